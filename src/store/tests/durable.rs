//! Disks that fail, power cuts and files that change.

use std::fs;
use std::path::Path;

use super::model::{Folder, Model, Step, apply, create, id, model_of, open, set};
use crate::error::{Error, FileProblem};
use crate::external::faults::{Fault, FaultyDisk};
use crate::mix::mix64;
use crate::set::ShingleSet;
use crate::store::View;

/// A run with commits to the log, batches that are too large for it, removals, expiry, merges and a second process.
fn steps() -> Vec<Step> {
    use Step::{Commit, Compact, Expire, Remove, Reopen, Upsert};
    let mut steps: Vec<Step> = (0..3).map(|n| Upsert(n, 5)).chain([Commit, Upsert(1, 20), Remove(2), Commit]).collect();
    steps.extend((10..22).map(|n| Upsert(n, u64::from(n))));
    steps.extend([Commit, Upsert(5, 1), Commit, Reopen, Upsert(30, 3), Remove(12), Commit]);
    steps.extend((40..70).map(|n| Upsert(n, 2)));
    steps.extend([Commit, Expire(5), Remove(41), Commit, Reopen, Compact, Upsert(7, 7), Commit]);
    steps
}

/// Runs the steps. Returns the states that may be on the disk: the last commit, and the one that failed.
fn run(path: &Path) -> (Vec<Model>, Result<(), Error>) {
    let (mut committed, mut pending) = (Model::new(), Model::new());
    let mut store = match create(path) {
        Ok(store) => store,
        Err(error) => return (vec![committed], Err(error)),
    };
    for (time, step) in steps().iter().enumerate() {
        let before = pending.clone();
        apply(&mut pending, step, time as u64);
        store.set_time(Some(time as u64));
        let done = match step {
            Step::Upsert(number, features) => store.upsert_set(&id(*number), set(*features)),
            Step::Remove(number) => store.remove(&id(*number)).map(drop),
            Step::Expire(before) => store.expire(*before),
            Step::Commit => store.commit_named(&name(pending.len())).map(drop),
            Step::Compact => store.compact(),
            _ => {
                drop(store);
                match open(path) {
                    Ok(opened) => store = opened,
                    Err(error) => return (vec![committed], Err(error)),
                }
                pending.clone_from(&committed);
                Ok(())
            }
        };
        let commits = matches!(step, Step::Commit | Step::Compact);
        if let Err(error) = done {
            let states = if commits { vec![committed, before] } else { vec![committed] };
            return (states, Err(error));
        }
        if commits {
            committed.clone_from(&pending);
        }
    }
    (vec![committed], Ok(()))
}

fn documents(model: &Model) -> Vec<(String, ShingleSet, u64)> {
    model.iter().map(|(id, number, time)| (id.clone(), set(*number), *time)).collect()
}

/// Returns the name of a commit after which there are this many documents.
fn name(documents: usize) -> String {
    format!("{documents} documents")
}

/// Checks that the folder has one of these states, to readers and writers, and that the next commit works.
fn check(path: &Path, states: &[Model], context: &str) {
    if !path.join("MANIFEST").exists() {
        assert!(states.iter().all(Vec::is_empty), "{context}: the manifest is gone");
        create(path).unwrap_or_else(|error| panic!("{context}: {error}"));
        return;
    }
    let view = View::open(path).unwrap_or_else(|error| panic!("{context}: {error}"));
    let found = model_of(&view).unwrap_or_else(|error| panic!("{context}: {error}"));
    assert!(states.iter().any(|state| documents(state) == found), "{context}: {found:?}");
    view.verify().unwrap_or_else(|error| panic!("{context}: {error}"));
    assert!(found.is_empty() || view.has_commit(&name(found.len())), "{context}: documents without their commit");
    let mut store = open(path).unwrap_or_else(|error| panic!("{context}: {error}"));
    assert_eq!(model_of(&store.view()).expect("sound"), found, "{context}");
    store
        .upsert_set("the next", set(1))
        .and_then(|()| store.commit())
        .unwrap_or_else(|error| panic!("{context}: {error}"));
    drop(store);
    assert_eq!(View::open(path).expect("sound").len(), found.len() + 1, "{context}");
    let mut left_over = names(path);
    left_over.retain(|name| name.ends_with("unfinished"));
    assert!(left_over.is_empty(), "{context}: {left_over:?}");
}

fn names(path: &Path) -> Vec<String> {
    let entries = fs::read_dir(path).expect("there");
    entries.map(|entry| entry.expect("there").file_name().into_string().expect("ours")).collect()
}

fn all_turns(fault: impl Fn(u64) -> Fault, step: u64, name: &str) -> u64 {
    let mut turn = 1;
    loop {
        let folder = Folder::new(name);
        fs::create_dir_all(&folder.0).expect("made");
        let disk = FaultyDisk::new(&folder.0, Some((turn, fault(turn))));
        let store = folder.0.join("store");
        let (states, outcome) = run(&store);
        let happened = disk.happened();
        match fault(turn) {
            Fault::PowerCut(seed) => disk.restore(seed),
            _ => drop(disk),
        }
        let context = format!("{:?} at operation {turn}: {outcome:?}", fault(turn));
        if let Err(Error::File { path, .. }) = &outcome {
            assert!(path.starts_with(&folder.0), "{context}");
        } else {
            assert!(outcome.is_ok(), "{context}: an error that names no file");
        }
        check(&store, &states, &context);
        if !happened {
            return turn;
        }
        turn += step;
    }
}

#[test]
fn a_commit_that_fails_does_not_count_and_one_that_counts_does_not_fail() {
    let (mut turn, mut counted) = (0, 0);
    loop {
        turn += 1;
        let folder = Folder::new("due");
        fs::create_dir_all(&folder.0).expect("made");
        let path = folder.0.join("store");
        let disk = FaultyDisk::new(&folder.0, Some((turn, Fault::Once)));
        let Ok(mut store) = create(&path) else { continue };
        // More than the log may hold, so that the commit is followed by a checkpoint.
        (0..9).for_each(|number| store.upsert_set(&id(number), set(4)).expect("in memory"));
        let outcome = store.commit().or_else(|error| {
            assert!(store.view().is_empty(), "operation {turn}: {error}");
            // The changes are still there, or nothing goes on.
            store.commit()
        });
        let happened = disk.happened();
        drop(disk);
        match outcome {
            Ok(committed) => {
                assert_eq!((committed.added, store.view().len()), (9, 9), "operation {turn}");
                counted += 1;
                // A checkpoint that failed is made before the next commit.
                let next = store.upsert_set("next", set(4)).and_then(|()| store.commit());
                drop(store);
                let expected = if next.is_ok() { 10 } else { 9 };
                assert_eq!(View::open(&path).expect("sound").len(), expected, "operation {turn}");
                let segments = names(&path).iter().filter(|name| name.ends_with(".segment")).count();
                assert!(next.is_err() || segments == 1, "operation {turn}: {:?}", names(&path));
            }
            Err(error) => assert!(matches!(error, Error::File { problem: FileProblem::Interrupted, .. }), "{error}"),
        }
        if !happened {
            break;
        }
    }
    assert!(turn > 10 && counted > 5, "{counted} of {turn} operations");
}

#[test]
fn a_failing_operation_loses_no_commit() {
    let turns = all_turns(|_| Fault::Once, 1, "once");
    assert!(turns > 100, "{turns} operations");
}

#[test]
fn a_short_write_loses_no_commit() {
    all_turns(|_| Fault::Short, 1, "short");
}

#[test]
fn a_full_disk_loses_no_commit() {
    all_turns(|_| Fault::Full, 1, "full");
}

#[test]
fn a_power_cut_loses_no_commit() {
    all_turns(|_| Fault::PowerCut(None), 1, "cut");
    for round in 0..3 {
        all_turns(|turn| Fault::PowerCut(Some(mix64(turn + (round << 32)))), 1, "cut-some");
    }
}

#[test]
fn a_file_that_changed_is_an_error_or_changes_nothing() {
    let folder = Folder::new("mutated");
    let (states, outcome) = run(&folder.0);
    outcome.expect("no fault");
    // Some commits in the log, so that it has a tail and what comes before it.
    let mut store = open(&folder.0).expect("sound");
    store.compact().expect("compacted");
    let mut model = states[0].clone();
    for number in 80..84 {
        store.set_time(Some(99));
        store.upsert_set(&id(number), set(4)).and_then(|()| store.commit()).expect("committed");
        model.push((id(number), 4, 99));
    }
    drop(store);
    let expected = documents(&model);
    let mut files: Vec<_> = fs::read_dir(&folder.0).expect("there").map(|entry| entry.expect("there").path()).collect();
    files.retain(|path| !path.ends_with("LOCK"));
    files.sort();
    assert!(files.len() >= 3, "{files:?}");
    let mut refused = 0;
    for path in &files {
        let original = fs::read(path).expect("there");
        for round in 0..800_u64 {
            let random = mix64(round + ((original.len() as u64) << 20));
            // Every second time within the last commits.
            let (from_end, kind) = ((random >> 8) as usize, random % 5);
            let within = if round % 2 == 0 { original.len() } else { original.len().min(4_000) };
            let at = original.len() - 1 - from_end % within;
            let mut bytes = original.clone();
            match kind {
                0 => bytes[at] ^= (random >> 40) as u8 | 1,
                1 => bytes.truncate(at),
                2 => bytes[at..].iter_mut().take(40).for_each(|byte| *byte = 0),
                3 => bytes[at..].iter_mut().take(4096).for_each(|byte| *byte = 0),
                _ => drop(bytes.splice(at..at, [random as u8; 9])),
            }
            fs::write(path, &bytes).expect("written");
            let found = View::open(&folder.0).and_then(|view| view.verify().and_then(|()| model_of(&view)));
            match found {
                Err(error) => {
                    refused += 1;
                    let is_named = matches!(&error, Error::File { path: named, .. } if named == path);
                    assert!(is_named, "{path:?} {kind} at {at}: {error}");
                    // Whoever made an index there would lose the other files.
                    let is_manifest = path.ends_with("MANIFEST");
                    assert!(is_manifest || !error.to_string().contains("create one first"), "{path:?}: {error}");
                }
                Ok(found) => assert!(found == expected, "{path:?} {kind} at {at}"),
            }
        }
        fs::write(path, &original).expect("written");
    }
    assert!(refused > 1_600, "{refused}");
    assert_eq!(model_of(&View::open(&folder.0).expect("sound")).expect("sound"), expected);
}

#[test]
fn an_acknowledged_commit_is_never_taken_for_a_torn_one() {
    let folder = Folder::new("acknowledged");
    let mut store = create(&folder.0).expect("created");
    for number in 0..3 {
        store.upsert_set(&id(number), set(4)).and_then(|()| store.commit()).expect("committed");
    }
    let mut paths = fs::read_dir(&folder.0).expect("there").map(|entry| entry.expect("there").path());
    let log = paths.find(|path| path.extension().is_some_and(|extension| extension == "log")).expect("there");
    let bytes = fs::read(&log).expect("there");
    drop(store);
    // All at the end of the log, as a power cut would do it to a commit that was not acknowledged.
    for lost in [1, 30, 600, 1_500] {
        for filled in [0, lost] {
            let damaged = [&bytes[..bytes.len() - lost], &vec![0; filled]].concat();
            fs::write(&log, damaged).expect("written");
            for error in [View::open(&folder.0).map(drop), open(&folder.0).map(drop)] {
                let error = error.expect_err("a commit is gone").to_string();
                assert!(error.contains(".log") && error.contains("a commit has changed"), "{error}");
            }
        }
    }
    fs::write(&log, &bytes).expect("written");
    assert_eq!(open(&folder.0).expect("sound").view().len(), 3);
}
