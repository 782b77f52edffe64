//! A work folder whose files were changed: a join in it gives the right answer or an error.
//!
//! * Bytes are flipped, files cut, extended, swapped, copied over one another, or replaced by the input.
//! * `FileInfo::read` says what any file is, or why it is refused.
//! * A file of somebody else in the folder stays as it is.

#![no_main]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use twinprint::containment::FracMinHash;
use twinprint::join::FileInfo;
use twinprint::lsh::Banding;
use twinprint::result::VerifiedPairs;
use twinprint::{Document, Error, Scheme, SimilarityJoin};

#[derive(Arbitrary, Debug)]
enum Change {
    Flip { file: u8, at: u16, bits: u8 },
    Cut { file: u8, at: u16 },
    Extend { file: u8, bytes: Vec<u8> },
    Copy { from: u8, to: u8 },
    Swap { one: u8, other: u8 },
    Remove { file: u8 },
    Replace { file: u8, bytes: Vec<u8> },
}

/// The files of a join that is done, by their names, and what it found.
struct Sound {
    files: Vec<(String, Vec<u8>)>,
    found: VerifiedPairs<String>,
}

static SOUND: LazyLock<Sound> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let found = join(folder.path()).expect("joined");
    let entries = fs::read_dir(folder.path()).expect("there").map(|entry| entry.expect("there").path());
    let mut files: Vec<_> = entries.map(|path| (name(&path), fs::read(&path).expect("a file"))).collect();
    files.sort();
    Sound { files, found }
});

fn name(path: &Path) -> String {
    path.file_name().expect("a name").to_string_lossy().into_owned()
}

fn join(folder: &Path) -> Result<VerifiedPairs<String>, Error> {
    let scheme = Scheme::builder().custom_features("numbers").num_hashes(16).build()?;
    let builder = SimilarityJoin::builder(&scheme).threshold(0.5).banding(Banding::new(8, 2)?);
    let mut join = builder.containment(0.8, FracMinHash::new(1, 100)?).build_on_disk(folder)?;
    for document in 0..24_u64 {
        let features: Vec<u64> = (0..8 + document % 5).map(|place| document / 6 * 100 + place).collect();
        join.push(Document::features(document, features))?;
    }
    join.finish()?.load()
}

fn apply(change: &Change, paths: &[PathBuf]) {
    let path = |file: &u8| &paths[usize::from(*file) % paths.len()];
    let edit = |file: &u8, edit: &dyn Fn(&mut Vec<u8>)| {
        if let Ok(mut bytes) = fs::read(path(file)) {
            edit(&mut bytes);
            fs::write(path(file), bytes).expect("written");
        }
    };
    match change {
        Change::Flip { file, at, bits } => edit(file, &|bytes| {
            let length = bytes.len().max(1);
            bytes.iter_mut().nth(usize::from(*at) % length).into_iter().for_each(|byte| *byte ^= bits);
        }),
        Change::Cut { file, at } => edit(file, &|bytes| bytes.truncate(usize::from(*at) % (bytes.len() + 1))),
        Change::Extend { file, bytes: more } => edit(file, &|bytes| bytes.extend_from_slice(more)),
        Change::Copy { from, to } => {
            if let Ok(bytes) = fs::read(path(from)) {
                fs::write(path(to), bytes).expect("written");
            }
        }
        Change::Swap { one, other } => {
            if let (Ok(one_bytes), Ok(other_bytes)) = (fs::read(path(one)), fs::read(path(other))) {
                fs::write(path(one), other_bytes).expect("written");
                fs::write(path(other), one_bytes).expect("written");
            }
        }
        Change::Remove { file } => {
            let _ = fs::remove_file(path(file));
        }
        Change::Replace { file, bytes } => fs::write(path(file), bytes).expect("written"),
    }
}

fuzz_target!(|changes: Vec<Change>| {
    let folder = tempfile::tempdir().expect("a folder");
    let paths: Vec<PathBuf> = SOUND.files.iter().map(|(name, _)| folder.path().join(name)).collect();
    paths.iter().zip(&SOUND.files).for_each(|(path, (_, bytes))| fs::write(path, bytes).expect("written"));
    let theirs = folder.path().join("run-1");
    fs::write(&theirs, "theirs").expect("written");
    changes.iter().take(8).for_each(|change| apply(change, &paths));
    for path in &paths {
        let _ = FileInfo::read(path);
    }
    if let Ok(found) = join(folder.path()) {
        assert_eq!(found, SOUND.found);
    }
    assert_eq!(fs::read_to_string(theirs).expect("there"), "theirs");
});
