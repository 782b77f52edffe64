//! Every operation on files fails once, in every way, and the power is cut at every one of them.
//!
//! Whatever happens: a run gives the right answer or an error, the same call afterwards gives the right answer, and nothing of others is
//! lost. The method is that of the tests of `SQLite` (sqlite.org/testing.html, "I/O error testing" and "crash testing").

use super::*;
use crate::external::faults::{Fault, FaultyDisk};

/// What others have in the folder.
const THEIRS: [(&str, &str); 3] = [("run-1/letter.txt", "dear"), ("notes.txt", "buy milk"), ("lock", "theirs")];

/// What is joined: a few documents with all that a join can find, in several segments, chunks and runs.
struct Small {
    texts: Vec<(String, String)>,
    case: Case,
    expected: Found,
    /// Operations on files of a run, about.
    operations: u64,
}

/// Everything that is read from a result.
#[derive(Debug, PartialEq)]
struct Found {
    pairs: VerifiedPairs<String>,
    members: Vec<(u32, u32)>,
    ids: Vec<String>,
}

fn found(folder: &Path, texts: &[(String, String)], case: Case) -> Result<Found, Error> {
    let found = joined(folder, texts, case)?;
    let clusters = found.clusters(Clustering::Leader, Keep::Longest)?;
    let members =
        clusters.by_representative()?.map(|member| member.map(|member| (member.representative, member.document)));
    let members = members.collect::<Result<Vec<_>, Error>>()?;
    let mut lookup = found.id_lookup()?;
    let ids =
        (0..texts.len()).map(|id| lookup.get(id as u32).map(str::to_string)).collect::<Result<Vec<_>, Error>>()?;
    drop((clusters, lookup));
    Ok(Found { pairs: found.load()?, members, ids })
}

impl Small {
    fn new() -> Self {
        let texts = texts(40);
        let case = Case { memory: 8_000, piece: 4_000, durable: true, ..containing(0.9, 2, 1_000) };
        let folder = Folder::new("faults-expected");
        fs::create_dir_all(&folder.0).expect("made");
        let disk = FaultyDisk::new(&folder.0, None);
        let expected = found(&folder.0, &texts, case).expect("joined");
        assert!(
            expected.pairs.stats().verified > 5 && expected.pairs.stats().copies > 0,
            "{:?}",
            expected.pairs.stats()
        );
        assert!(expected.members.len() > 5);
        let operations = disk.operations();
        assert!(operations > 200, "{operations}");
        Self { texts, case, expected, operations }
    }

    /// Fails one operation, and runs again. Returns whether the run was long enough.
    fn check(&self, turn: u64, fault: Fault) -> bool {
        let folder = Folder::new(&format!("faults-{turn}-{fault:?}"));
        for (name, text) in THEIRS {
            let path = folder.0.join(name);
            fs::create_dir_all(path.parent().expect("below")).expect("made");
            fs::write(path, text).expect("written");
        }
        let disk = FaultyDisk::new(&folder.0, Some((turn, fault)));
        match found(&folder.0, &self.texts, self.case) {
            Ok(found) => assert_eq!(found, self.expected, "{fault:?} at {turn}"),
            Err(_) => assert!(disk.happened(), "an error without a fault"),
        }
        let happened = disk.happened();
        match fault {
            Fault::PowerCut(seed) => disk.restore(seed),
            _ => drop(disk),
        }
        // Only counts, and does not wait for the disk of the machine.
        let _disk = FaultyDisk::new(&folder.0, None);
        let again = found(&folder.0, &self.texts, self.case);
        assert_eq!(again.as_ref(), Ok(&self.expected), "after {fault:?} at {turn}");
        for (name, text) in THEIRS {
            assert_eq!(fs::read_to_string(folder.0.join(name)).expect("there"), text, "{fault:?} at {turn}");
        }
        happened
    }
}

/// Checks every n-th operation, from the first one on. Returns how many were checked.
fn every(small: &Small, step: u64, fault: impl Fn(u64) -> Fault) -> u64 {
    let (mut turn, mut checked) = (1, 1);
    while small.check(turn, fault(turn)) {
        turn += step;
        checked += 1;
    }
    assert!(turn > small.operations / 2, "{turn} of {} operations", small.operations);
    checked
}

#[test]
fn some_operations_fail_and_nothing_is_wrong() {
    let small = Small::new();
    let step = small.operations / 9;
    every(&small, step, |_| Fault::Once);
    every(&small, step + 1, |_| Fault::Short);
    every(&small, step + 2, |_| Fault::Full);
    every(&small, step + 3, |_| Fault::PowerCut(None));
    every(&small, step + 4, |turn| Fault::PowerCut(Some(mix64(turn))));
}

#[test]
fn only_files_of_a_durable_folder_wait_for_the_disk() {
    let texts = texts(300);
    for durable in [true, false] {
        let folder = Folder::new("waits");
        fs::create_dir_all(&folder.0).expect("made");
        let disk = FaultyDisk::new(&folder.0, None);
        joined(&folder.0, &texts, Case { durable, ..USUAL }).expect("joined");
        disk.restore(None);
        let left =
            ["documents-00000", "sets-00000", "candidates", "edges", "joined"].map(|name| folder.0.join(name).exists());
        assert_eq!(left, [durable; 5]);
    }
}

#[test]
fn a_power_cut_in_a_folder_that_is_not_durable_gives_an_error_or_the_right_answer() {
    let durable = Small::new();
    let small = Small { case: Case { durable: false, ..durable.case }, ..durable };
    let (mut right, mut refused) = (0, 0);
    for turn in (1..small.operations).step_by(small.operations as usize / 40) {
        let folder = Folder::new("not-durable");
        fs::create_dir_all(&folder.0).expect("made");
        let seed = Some(mix64(turn));
        let disk = FaultyDisk::new(&folder.0, Some((turn, Fault::PowerCut(seed))));
        let _ = found(&folder.0, &small.texts, small.case);
        disk.restore(seed);
        match found(&folder.0, &small.texts, small.case) {
            Ok(found) => {
                assert_eq!(found, small.expected, "at {turn}");
                right += 1;
            }
            Err(_) => refused += 1,
        }
    }
    assert!(right > 0 && refused > 0, "{right} {refused}");
}

/// Run it with `cargo xtask faults`.
#[test]
#[ignore = "takes minutes"]
fn every_operation_fails_and_nothing_is_wrong() {
    let small = Small::new();
    let rounds = [
        ("an error", every(&small, 1, |_| Fault::Once)),
        ("half a write", every(&small, 1, |_| Fault::Short)),
        ("a full disk", every(&small, 1, |_| Fault::Full)),
        ("a power cut", every(&small, 1, |_| Fault::PowerCut(None))),
    ];
    for (name, checked) in rounds {
        println!("{name} at each of {checked} operations: right or an error, and right when run again");
    }
    for seed in 0..4 {
        let checked = every(&small, 1, |turn| Fault::PowerCut(Some(mix64(turn ^ seed << 32))));
        println!("a power cut that keeps some of what was not synchronized, at each of {checked} operations");
    }
}
