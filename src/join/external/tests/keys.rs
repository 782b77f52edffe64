//! Band keys, which follow from the stored sets.

use super::*;

const LIMITS: DiskLimits = DiskLimits { memory: 40_000, segment: 20_000 };

fn again(folder: &Path, banding: Banding) -> VerifiedPairs<String> {
    let scheme = scheme();
    let settings = settings(&scheme, banding, USUAL);
    let work = WorkDir::open(folder).expect("open");
    let mut join = DiskJoin::open(&work, settings, LIMITS).expect("open");
    join.reuse_stored().expect("read");
    join.finish().expect("joined").load().expect("read")
}

#[test]
fn keys_that_are_missing_or_of_another_banding_are_made_again_and_others_are_not_replaced() {
    let (folder, texts) = (Folder::new("keys"), texts(9_000));
    let first = joined(&folder.0, &texts, Case { piece: 20_000, memory: 40_000, ..USUAL }).expect("joined");
    let expected = first.load().expect("read");
    let keys = |piece: u32| folder.0.join(format!("keys-{piece:05}"));
    assert!(keys(3).exists() && expected.stats().candidates > 100);
    let forget =
        || ["joined", "candidates"].iter().for_each(|name| fs::remove_file(folder.0.join(name)).expect("there"));
    let before = fs::read(keys(1)).expect("there");

    forget();
    fs::remove_file(keys(1)).expect("there");
    let second = fs::read(keys(2)).expect("there");
    fs::write(keys(2), "something else").expect("written");
    let opened =
        WorkDir::open(&folder.0).and_then(|work| DiskJoin::open(&work, settings(&scheme(), banding(), USUAL), LIMITS));
    let refused = opened.and_then(|mut join| {
        join.reuse_stored()?;
        join.finish().map(|_| ())
    });
    assert_eq!(refused, Err(Error::File { path: keys(2), problem: FileProblem::Foreign }));
    assert_eq!(fs::read(keys(2)).expect("there"), b"something else");
    fs::write(keys(2), second).expect("written");
    assert_eq!(again(&folder.0, banding()), expected);
    assert_eq!(fs::read(keys(1)).expect("there"), before);

    let other = again(&folder.0, Banding::new(20, 3).expect("valid"));
    assert!(other.stats().candidates != expected.stats().candidates && other.stats().verified > 100);
    assert_eq!(again(&folder.0, banding()), expected);
    assert_eq!(fs::read(keys(1)).expect("there"), before);
}

#[test]
fn keys_of_another_number_of_documents_are_refused() {
    let (folder, texts) = (Folder::new("fewer-keys"), texts(9_000));
    drop(joined(&folder.0, &texts, Case { piece: 20_000, memory: 40_000, ..USUAL }).expect("joined"));
    ["joined", "candidates"].iter().for_each(|name| fs::remove_file(folder.0.join(name)).expect("there"));
    let keys = |piece: u32| folder.0.join(format!("keys-{piece:05}"));
    let last = (0..).take_while(|&piece| keys(piece).exists()).last().expect("pieces");
    fs::copy(keys(last), keys(0)).expect("copied");
    let mut join = open(&folder.0, Case { piece: 20_000, memory: 40_000, ..USUAL }).expect("open");
    join.reuse_stored().expect("read");
    assert!(matches!(join.finish(), Err(Error::File { problem: FileProblem::Misplaced, .. })));
}
