//! What belongs to a work folder, and what does not.

use super::*;
use crate::external::{FrameReader, FrameWriter, Label};
use crate::join::remove_work_folder;
use crate::join::storage::work_dir::MARKER;

/// The names in a folder, and below it.
fn names(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("there") {
        let path = entry.expect("there").path();
        if path.is_dir() {
            all.extend(names(&path));
        }
        all.push(path);
    }
    all.sort();
    all
}

/// The random number of a work folder.
fn number(folder: &Path) -> String {
    let marker = fs::read_to_string(folder.join(MARKER)).expect("a marker");
    marker.lines().nth(1).expect("two lines")[..32].to_string()
}

fn forget(folder: &Path, names: &[&str]) {
    names.iter().for_each(|name| fs::remove_file(folder.join(name)).expect("there"));
}

#[test]
fn what_others_have_in_the_folder_is_never_removed() {
    let folder = Folder::new("theirs");
    let texts = texts(300);
    let theirs = [
        "run-1/letter.txt",
        "run-20261101/report.csv",
        "run-0/x",
        "lock",
        "verified-notes",
        ".sets-00003.0123456789abcdef.unfinished",
        ".joined.fedcba9876543210.unfinished",
        ".sets-00003.unfinished",
        "0123456789abcdef0123456789abcdef-0/x",
        "documents.txt",
    ];
    for name in theirs {
        let path = folder.0.join(name);
        fs::create_dir_all(path.parent().expect("below")).expect("made");
        fs::write(path, name).expect("written");
    }
    let are_there =
        || theirs.iter().all(|name| fs::read_to_string(folder.0.join(name)).is_ok_and(|text| text == *name));
    let expected = in_memory(&texts, 10_000);
    for case in [USUAL, Case { memory: 4_000, piece: 1, ..USUAL }, containing(0.9, 1, 1_000)] {
        on_disk(&folder.0, &texts, case).expect("joined");
        assert!(are_there());
    }
    assert_eq!(on_disk(&folder.0, &texts, USUAL).expect("joined"), expected);
    drop(open(&folder.0, USUAL).expect("opened"));
    assert!(are_there());
    remove_work_folder(&folder.0).expect("removed");
    assert!(are_there());
    assert_eq!(fs::read_dir(&folder.0).expect("there").count(), 10, "{:?}", names(&folder.0));
}

#[test]
fn what_was_left_unfinished_is_removed_and_nothing_of_others_in_it() {
    let folder = Folder::new("unfinished");
    drop(open(&folder.0, USUAL).expect("opened"));
    let number = number(&folder.0);
    let scratch = folder.0.join(format!("{number}-7"));
    fs::create_dir(&scratch).expect("made");
    let ours = [
        folder.0.join(format!(".sets-00003.{number}-0123456789abcdef.unfinished")),
        scratch.join(format!("{number}-entries-1-run-0")),
        scratch.join(format!(".{number}-entries-1-run-1.{number}-0123456789abcdef.unfinished")),
    ];
    let theirs = [folder.0.join(".sets-00003.0123456789abcdef.unfinished"), scratch.join("mine.txt")];
    ours.iter().chain(&theirs).for_each(|path| fs::write(path, "a part").expect("written"));
    drop(open(&folder.0, USUAL).expect("opened"));
    assert!(ours.iter().all(|path| !path.exists()));
    assert!(theirs.iter().all(|path| path.exists()));
    // A directory that is there already is not in the way either.
    fs::rename(&scratch, folder.0.join(format!("{number}-0"))).expect("renamed");
    let texts = texts(100);
    assert_eq!(on_disk(&folder.0, &texts, USUAL).expect("joined"), in_memory(&texts, 10_000));
    assert!(folder.0.join(format!("{number}-0/mine.txt")).exists());
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_when_something_is_removed() {
    let (folder, elsewhere) = (Folder::new("links"), Folder::new("elsewhere"));
    drop(open(&folder.0, USUAL).expect("opened"));
    let number = number(&folder.0);
    fs::create_dir_all(&elsewhere.0).expect("made");
    let theirs = elsewhere.0.join(format!("{number}-theirs"));
    fs::write(&theirs, "theirs").expect("written");
    std::os::unix::fs::symlink(&elsewhere.0, folder.0.join(format!("{number}-3"))).expect("linked");
    drop(open(&folder.0, USUAL).expect("opened"));
    assert!(theirs.exists());
}

#[test]
fn a_folder_of_work_without_a_marker_is_refused_and_left() {
    let folder = Folder::new("old");
    let texts = texts(100);
    on_disk(&folder.0, &texts, USUAL).expect("joined");
    fs::remove_file(folder.0.join(MARKER)).expect("there");
    let before = names(&folder.0);
    let refused = on_disk(&folder.0, &texts, USUAL);
    assert!(matches!(refused, Err(Error::File { problem: FileProblem::Foreign, .. })), "{refused:?}");
    assert!(matches!(remove_work_folder(&folder.0), Err(Error::File { problem: FileProblem::NotAWorkFolder, .. })));
    assert_eq!(names(&folder.0), before);
    // A folder of version 3 had a lock and no marker.
    for path in before {
        fs::remove_file(path).expect("removed");
    }
    fs::write(folder.0.join("lock"), "").expect("written");
    let old = [b"twinprnt".as_slice(), &[3, 0, 1, 0, 0, 0, 0, 0], &[5; 16]].concat();
    fs::write(folder.0.join("documents-00000"), old).expect("written");
    let Err(error) = on_disk(&folder.0, &texts, USUAL) else { panic!("an old folder") };
    assert!(matches!(error, Error::File { problem: FileProblem::Version(3), .. }), "{error:?}");
    assert!(error.to_string().contains("another folder"), "{error}");
    assert_eq!(names(&folder.0).len(), 2);
}

#[test]
fn a_marker_that_is_somebody_elses_is_refused() {
    let folder = Folder::new("marker");
    fs::create_dir_all(&folder.0).expect("made");
    let marker = folder.0.join(MARKER);
    fs::write(&marker, "my notes on twins").expect("written");
    let refused = open(&folder.0, USUAL).map(|_| ());
    assert_eq!(refused, Err(Error::File { path: marker.clone(), problem: FileProblem::Foreign }));
    assert_eq!(fs::read_to_string(&marker).expect("there"), "my notes on twins");
    fs::remove_file(&marker).expect("removed");
    fs::create_dir(&marker).expect("made");
    assert!(open(&folder.0, USUAL).is_err());
    // One whose writing was interrupted is written again.
    fs::remove_dir(&marker).expect("removed");
    fs::write(&marker, "This is a work fol").expect("written");
    drop(open(&folder.0, USUAL).expect("opened"));
    assert_eq!(number(&folder.0).len(), 32);
}

#[test]
fn whole_files_of_another_folder_are_refused() {
    let (here, there) = (Folder::new("here"), Folder::new("there"));
    let case = Case { piece: 20_000, ..containing(0.9, 1, 1_000) };
    let texts = texts(600);
    let others: Vec<_> = texts.iter().map(|(id, text)| (id.clone(), text.replace('w', "v"))).collect();
    let expected = on_disk(&here.0, &texts, case).expect("joined");
    on_disk(&there.0, &others, case).expect("joined");
    let files: Vec<String> =
        names(&there.0).iter().map(|path| path.file_name().expect("a name").to_string_lossy().into_owned()).collect();
    let mut refused = 0;
    for name in files.iter().filter(|name| *name != MARKER) {
        let path = here.0.join(name);
        let own = fs::read(&path).expect("there");
        let joined = fs::read(here.0.join("joined")).expect("there");
        fs::copy(there.0.join(name), &path).expect("copied");
        for is_whole in [true, false] {
            if !is_whole && name != "joined" {
                forget(&here.0, &["joined"]);
            }
            match on_disk(&here.0, &texts, case) {
                Ok(found) => assert_eq!(found, expected, "{name}"),
                Err(error) => {
                    refused += 1;
                    assert_eq!(error, Error::File { path: path.clone(), problem: FileProblem::OtherFolder });
                }
            }
            fs::copy(there.0.join(name), &path).expect("copied");
        }
        fs::write(here.0.join("joined"), joined).expect("written");
        fs::write(&path, own).expect("written");
    }
    assert!(refused > files.len(), "{refused}");
    assert_eq!(on_disk(&here.0, &texts, case).expect("joined"), expected);
}

/// Files of one folder, each under the name of another one.
#[test]
fn files_in_the_place_of_others_are_refused() {
    let folder = Folder::new("misplaced");
    let case = Case { piece: 20_000, ..containing(0.9, 1, 1_000) };
    let texts = texts(600);
    let expected = on_disk(&folder.0, &texts, case).expect("joined");
    let path = |name: &str| folder.0.join(name);
    for (one, other, without) in [
        ("edges", "contained", None),
        ("copies", "edges", None),
        ("candidates", "samples", Some("joined")),
        ("sets-00000", "sets-00001", Some("candidates")),
        ("keys-00000", "keys-00001", Some("candidates")),
        ("documents-00000", "documents-00001", None),
    ] {
        let all = ["joined", "candidates", "samples"].map(|name| (path(name), fs::read(path(name)).expect("there")));
        let swap = || {
            let (a, b) = (fs::read(path(one)).expect("there"), fs::read(path(other)).expect("there"));
            fs::write(path(one), b).expect("written");
            fs::write(path(other), a).expect("written");
        };
        swap();
        if let Some(name) = without {
            forget(&folder.0, &["joined"]);
            let _ = fs::remove_file(path(name));
        }
        let Err(Error::File { path: named, problem }) = on_disk(&folder.0, &texts, case) else { panic!("{one}") };
        assert_eq!(problem, FileProblem::Misplaced);
        assert!(named.ends_with(one) || named.ends_with(other), "{}", named.display());
        swap();
        all.iter().for_each(|(path, bytes)| fs::write(path, bytes).expect("written"));
        assert_eq!(on_disk(&folder.0, &texts, case).expect("joined"), expected);
    }
}

/// A sound file of sets with the right label, of which one element is another.
#[test]
fn sets_are_held_against_the_hashes_of_their_documents() {
    let folder = Folder::new("held");
    let texts = texts(300);
    let expected = on_disk(&folder.0, &texts, USUAL).expect("joined");
    let path = folder.0.join("sets-00000");
    let label = Label::of_file(&path).expect("sound");
    let mut changed: Vec<Vec<u8>> = Vec::new();
    let mut file = FrameReader::open(&path, label).expect("sound");
    while file.has_more().expect("sound") {
        changed.push(file.take_frame().expect("sound").to_vec());
    }
    // Of a document that has candidates: the last element of the last frame would be seldom read.
    changed.iter_mut().for_each(|frame| frame.iter_mut().step_by(64).for_each(|byte| *byte ^= 1));
    let mut file = FrameWriter::create(&path, label).expect("created");
    changed.iter().for_each(|frame| file.frame(frame).expect("written"));
    file.finish().expect("finished");

    let refused = |found: Result<(), Error>| {
        assert_eq!(found, Err(Error::File { path: path.clone(), problem: FileProblem::Corrupt }));
    };
    let found = joined(&folder.0, &texts, USUAL).expect("nothing is read of the sets");
    assert_eq!(found.stats(), expected.stats());
    refused(found.for_each_set(|_, _| {}));
    drop(found);
    forget(&folder.0, &["joined"]);
    refused(on_disk(&folder.0, &texts, USUAL).map(|_| ()));
    refused(on_disk(&folder.0, &texts, containing(0.9, 1, 1_000)).map(|_| ()));
    forget(&folder.0, &["keys-00000", "candidates"]);
    refused(on_disk(&folder.0, &texts, USUAL).map(|_| ()));
}

/// Keys of other sets, made for the same piece of the same folder.
#[test]
fn keys_of_other_sets_are_made_again() {
    let folder = Folder::new("other-keys");
    let (texts, others) = (texts(300), texts(300).into_iter().map(|(id, text)| (id, text.replace('w', "v"))));
    let others: Vec<_> = others.collect();
    on_disk(&folder.0, &others, USUAL).expect("joined");
    let keys = fs::read(folder.0.join("keys-00000")).expect("there");
    forget(&folder.0, &["documents-00000", "joined", "candidates"]);
    let expected = in_memory(&texts, 10_000);
    assert_eq!(on_disk(&folder.0, &texts, USUAL).expect("joined"), expected);
    fs::write(folder.0.join("keys-00000"), keys).expect("written");
    forget(&folder.0, &["joined", "candidates"]);
    assert_eq!(on_disk(&folder.0, &texts, USUAL).expect("joined"), expected);
}

/// Sets that are hashed under another key would not be found equal to those that are stored.
#[test]
fn a_folder_whose_key_is_lost_is_refused() {
    let folder = Folder::new("no-key");
    let texts = texts(200);
    on_disk(&folder.0, &texts, USUAL).expect("joined");
    let key = fs::read(folder.0.join("key")).expect("there");
    forget(&folder.0, &["key"]);
    let refused = on_disk(&folder.0, &texts, USUAL).map(|_| ());
    assert_eq!(refused, Err(Error::File { path: folder.0.join("key"), problem: FileProblem::Missing }));
    fs::write(folder.0.join("key"), key).expect("written");
    assert!(on_disk(&folder.0, &texts, USUAL).is_ok());
}

#[test]
fn a_work_folder_can_be_moved() {
    let (folder, moved) = (Folder::new("move"), Folder::new("moved"));
    let texts = texts(200);
    let expected = on_disk(&folder.0, &texts, USUAL).expect("joined");
    fs::rename(&folder.0, &moved.0).expect("moved");
    assert_eq!(on_disk(&moved.0, &texts, USUAL).expect("joined"), expected);
    assert_eq!(open(&moved.0, USUAL).expect("opened").stored_len(), 200);
}

#[test]
fn a_folder_at_work_is_not_removed() {
    let folder = Folder::new("at-work");
    let join = open(&folder.0, USUAL).expect("opened");
    let refused = remove_work_folder(&folder.0);
    assert!(matches!(refused, Err(Error::File { problem: FileProblem::InUse, .. })), "{refused:?}");
    drop(join);
    remove_work_folder(&folder.0).expect("removed");
    assert!(!folder.0.exists());
    assert_eq!(remove_work_folder(&folder.0), Ok(()));
}

#[test]
fn a_file_that_takes_the_place_of_one_of_ours_is_not_replaced() {
    let folder = Folder::new("taken");
    let texts = texts(200);
    on_disk(&folder.0, &texts, USUAL).expect("joined");
    for name in ["edges", "candidates", "joined", "verified-00000", "copies", "contained"] {
        let path = folder.0.join(name);
        let own = fs::read(&path).ok();
        fs::write(&path, "a list of somebody's edges").expect("written");
        // At another threshold everything is written again.
        let mut case = settings(&scheme(), Banding::new(12, 3).expect("valid"), USUAL);
        case.threshold = 0.7;
        let limits = DiskLimits { memory: USUAL.memory, segment: USUAL.piece };
        let found = WorkDir::open(&folder.0).and_then(|work| {
            let mut join = DiskJoin::open(&work, case, limits)?;
            join.reuse_stored()?;
            join.finish().map(|_| ())
        });
        assert_eq!(fs::read_to_string(&path).expect("there"), "a list of somebody's edges", "{name}: {found:?}");
        assert!(found.is_err(), "{name}");
        match own {
            Some(own) => fs::write(&path, own).expect("written"),
            None => fs::remove_file(&path).expect("removed"),
        }
    }
}

#[test]
fn sets_are_discarded_where_nobody_needs_them() {
    let texts = texts(300);
    let throwaway = Case { durable: false, piece: 1_000, ..USUAL };
    for (case, discarded) in
        [(throwaway, true), (Case { durable: true, ..USUAL }, false), (Case { limit: 2, ..throwaway }, false)]
    {
        let folder = Folder::new("discarded");
        let mut found = joined(&folder.0, &texts, case).expect("joined");
        let sets = || names(&folder.0).iter().filter(|path| path.to_string_lossy().contains("sets-")).count();
        assert_eq!(found.stats().pairs_passed_over > 0, case.limit == 2);
        let before = sets();
        assert!(before > 0);
        found.discard_sets();
        found.discard_sets();
        assert_eq!(found.load().expect("read"), in_memory(&texts, case.limit));
        assert_eq!(sets(), if discarded { 0 } else { before });
        remove_work_folder(&folder.0).expect("ours");
        assert!(!folder.0.exists());
    }
}
