//! Frames that are read back, and files that are not what they should be.

use std::fs;

use tempfile::TempDir;

use super::*;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn label() -> Label {
    Label::new(FolderId::from_bytes(&[7; 16]), Role::new(Kind::Numbers, 1, 7).piece(3))
}

fn write(path: &Path, records: &[u64]) {
    let mut file = FrameWriter::create(path, label()).expect("created");
    for (at, &record) in records.iter().enumerate() {
        file.record(|bytes| put(bytes, &[record])).expect("written");
        if at % 3 == 0 {
            let content = std::mem::take(&mut file.content);
            file.frame(&content).expect("written");
        }
    }
    file.finish().expect("finished");
}

fn read(path: &Path) -> Result<Vec<u64>, Error> {
    let mut file = FrameReader::open(path, label())?;
    let mut records = Vec::new();
    while file.has_more()? {
        records.extend(numbers(file.take(8)?));
    }
    Ok(records)
}

fn problem(found: Result<impl Sized, Error>) -> FileProblem {
    match found.map(|_| ()) {
        Err(Error::File { problem, .. }) => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_written_is_read() {
    let folder = folder();
    let path = folder.path().join("file");
    for records in [vec![], vec![1], (0..50).collect::<Vec<u64>>(), (0..40_000).collect()] {
        write(&path, &records);
        assert_eq!(read(&path).expect("sound"), records);
    }
}

#[test]
fn every_changed_missing_or_added_byte_is_noticed() {
    let folder = folder();
    let path = folder.path().join("file");
    write(&path, &[3, 1, 4, 1, 5, 9]);
    let sound = fs::read(&path).expect("there");
    for at in 0..sound.len() {
        for flip in [1, 0x80] {
            let mut bytes = sound.clone();
            bytes[at] ^= flip;
            fs::write(&path, &bytes).expect("written");
            assert!(read(&path).is_err(), "byte {at}");
        }
        fs::write(&path, &sound[..at]).expect("written");
        assert!(read(&path).is_err(), "cut at {at}");
    }
    fs::write(&path, [&sound[..], &[0]].concat()).expect("written");
    assert!(read(&path).is_err());
}

#[test]
fn files_of_others_are_refused() {
    let folder = folder();
    let path = folder.path().join("file");
    write(&path, &[1]);
    let open = |label| problem(FrameReader::open(&path, label));
    assert_eq!(open(Label { kind: Kind::Sets as u16, ..label() }), FileProblem::Misplaced);
    assert_eq!(open(Label { owner: 8, ..label() }), FileProblem::OtherScheme);
    assert_eq!(open(Label { width: 2, ..label() }), FileProblem::OtherScheme);
    assert_eq!(open(Label { piece: 2, ..label() }), FileProblem::Misplaced);
    assert_eq!(open(Label { folder: FolderId::from_bytes(&[8; 16]), ..label() }), FileProblem::OtherFolder);
    fs::write(&path, "a text that is somebody's, and that is longer than the header of a file").expect("written");
    assert_eq!(open(label()), FileProblem::Foreign);
}

#[test]
fn a_frame_of_another_file_is_not_taken_for_one_of_this() {
    let folder = folder();
    let (one, other) = (folder.path().join("one"), folder.path().join("other"));
    write(&one, &[1]);
    let mut file = FrameWriter::create(&other, Label { piece: 4, ..label() }).expect("created");
    file.record(|bytes| put(bytes, &[2])).expect("written");
    file.finish().expect("finished");
    let (mut mixed, other) = (fs::read(&one).expect("there"), fs::read(&other).expect("there"));
    mixed[HEADER..HEADER + 24].copy_from_slice(&other[HEADER..HEADER + 24]);
    fs::write(&one, mixed).expect("written");
    assert_eq!(problem(read(&one)), FileProblem::Corrupt);
}

/// The header of version 3 was shorter, and its hash was in another place.
#[test]
fn an_older_version_is_named_whatever_else_has_changed() {
    let folder = folder();
    let path = folder.path().join("file");
    for version in [1, 2, 3, 5] {
        let mut old = [MAGIC.as_slice(), &u16::to_le_bytes(version), &[4, 0, 0, 0, 0, 0]].concat();
        put(&mut old, &[7]);
        let check = xxh3_64(&old);
        put(&mut old, &[check]);
        put(&mut old, &[0, 0, 1]);
        fs::write(&path, &old).expect("written");
        assert_eq!(problem(read(&path)), FileProblem::Version(version));
        // What is left when only the version of a file is changed, too.
        write(&folder.path().join("new"), &[1]);
        let mut bytes = fs::read(folder.path().join("new")).expect("there");
        bytes[8..10].copy_from_slice(&version.to_le_bytes());
        fs::write(&path, &bytes).expect("written");
        assert_eq!(problem(read(&path)), FileProblem::Version(version));
    }
}

#[test]
fn what_is_not_of_the_folder_is_not_replaced() {
    let folder = folder();
    let path = folder.path().join("edges");
    for theirs in [b"somebody's".to_vec(), [MAGIC.as_slice(), &[9; 100]].concat(), Vec::new()] {
        fs::write(&path, &theirs).expect("written");
        assert!(FrameWriter::create(&path, label()).is_err());
        assert_eq!(fs::read(&path).expect("there"), theirs);
    }
    fs::remove_file(&path).expect("removed");
    let file = FrameWriter::create(&path, label()).expect("nothing is there");
    fs::write(&path, "somebody's, meanwhile").expect("written");
    assert_eq!(problem(file.finish()), FileProblem::Foreign);
    assert_eq!(fs::read_to_string(&path).expect("there"), "somebody's, meanwhile");
    fs::remove_file(&path).expect("removed");
    write(&path, &[1]);
    write(&path, &[2]);
    assert_eq!(read(&path), Ok(vec![2]));
}
