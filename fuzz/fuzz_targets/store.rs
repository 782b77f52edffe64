//! The files of a store, changed: a reader sees one of its commits or an error, and a writer goes on from there.
//!
//! * Bytes of any file are flipped, or the file is cut, extended or removed.
//! * After one change nothing is lost without an error. After more, the end of the log may be lost with the mark that would prove it.

#![no_main]

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use twinprint::lsh::Banding;
use twinprint::store::{Store, View};
use twinprint::{Error, Scheme, ShingleSet};

#[derive(Arbitrary, Debug)]
enum Change {
    Flip { file: u8, at: u16, bits: u8 },
    Cut { file: u8, at: u16 },
    Extend { file: u8, bytes: Vec<u8> },
    Remove { file: u8 },
}

type Documents = Vec<(String, u64)>;

/// The files by their names, and the documents after each commit of the log.
struct Sound {
    files: Vec<(String, Vec<u8>)>,
    commits: Vec<Documents>,
}

fn documents(view: &View) -> Result<Documents, Error> {
    let read = |document: Result<twinprint::store::StoredDocument, Error>| {
        document.map(|document| (document.id, document.time))
    };
    view.verify()?;
    view.documents().map(read).collect()
}

static SOUND: LazyLock<Sound> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store");
    let scheme = Scheme::builder().custom_features("numbers").num_hashes(16).build().expect("valid");
    let banding = Banding::new(8, 2).expect("valid");
    let mut store = Store::builder().scheme(scheme).banding(banding).create(&path).expect("created");
    let mut commits = Vec::new();
    for round in 0..5_u64 {
        store.set_time(Some(round));
        for number in 0..6 {
            let set: ShingleSet = (number..number + 10).collect();
            store.upsert_set(&format!("{}", round * 4 + number), set).expect("added");
        }
        store.commit().expect("committed");
        if round == 1 {
            store.compact().expect("compacted");
        }
        if round > 0 {
            commits.push(documents(&store.view()).expect("sound"));
        }
    }
    drop(store);
    let read = |name: String| (name.clone(), fs::read(path.join(name)).expect("there"));
    let names = fs::read_dir(&path).expect("there").map(|entry| entry.expect("there").file_name());
    let mut files: Vec<_> = names.map(|name| read(name.into_string().expect("ours"))).collect();
    files.retain(|(name, _)| name != "LOCK");
    files.sort();
    Sound { files, commits }
});

fn write(folder: &Path, changes: &[Change]) {
    let mut files: Vec<Option<Vec<u8>>> = SOUND.files.iter().map(|(_, bytes)| Some(bytes.clone())).collect();
    let count = files.len();
    for change in changes {
        let number = |file: &u8| usize::from(*file) % count;
        match change {
            Change::Flip { file, at, bits } => {
                if let Some(byte) = files[number(file)].as_mut().and_then(|bytes| bytes.get_mut(usize::from(*at))) {
                    *byte ^= bits;
                }
            }
            Change::Cut { file, at } => {
                if let Some(bytes) = &mut files[number(file)] {
                    bytes.truncate(usize::from(*at));
                }
            }
            Change::Extend { file, bytes: more } => {
                if let Some(bytes) = &mut files[number(file)] {
                    bytes.extend(more);
                }
            }
            Change::Remove { file } => files[number(file)] = None,
        }
    }
    for ((name, _), bytes) in SOUND.files.iter().zip(files) {
        if let Some(bytes) = bytes {
            fs::write(folder.join(name), bytes).expect("written");
        }
    }
}

fuzz_target!(|changes: Vec<Change>| {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), &changes);
    let Ok(found) = View::open(folder.path()).and_then(|view| documents(&view)) else {
        let _ = Store::open(folder.path());
        return;
    };
    assert!(SOUND.commits.contains(&found), "what was read was never committed");
    assert!(changes.len() > 1 || SOUND.commits.last() == Some(&found), "a commit was lost without an error");
    let mut store = Store::open(folder.path()).expect("a reader could open it");
    store.upsert_set("the next", (0..5).collect()).expect("added");
    store.commit().expect("committed");
    drop(store);
    assert_eq!(View::open(folder.path()).expect("sound").len(), found.len() + 1);
});
