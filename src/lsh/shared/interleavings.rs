//! Threads in thousands of interleavings, which shuttle chooses. It also notices threads that wait for each other.

use std::sync::Arc;

use shuttle::thread;

use super::*;

/// Four bands of one row each, so that a row says with which others it shares which band.
type Row = [u32; 4];

const OLD: Row = [1, 2, 3, 4];
const NEW: Row = [5, 6, 7, 8];

/// It shares the last band with `OLD` and the first with `NEW`; bands are read from first to last.
const LATE_OLD: Row = [5, 0, 0, 4];

/// It shares the first band with `OLD` and the last with `NEW`.
const EARLY_OLD: Row = [1, 0, 0, 8];

type Index = SharedIndex<&'static str>;

fn signature(row: Row) -> Signature {
    let scheme = Scheme::builder().custom_features("test").num_hashes(4).build().expect("valid");
    Signature::from_values(&scheme, row.to_vec()).expect("as long")
}

/// An index of few segments, in which threads meet. It begins its numbers again after `most`.
fn index(most: u32) -> Arc<Index> {
    let banding = Banding::new(4, 1).expect("valid");
    let layout = Layout { band_bits: 1, segments: 2, most };
    Arc::new(Index::with_layout(Arc::new(signature(OLD).scheme().clone()), banding, layout))
}

/// The ids that a row finds, and the share of positions in which they agree.
fn found(index: &Index, row: Row) -> Vec<(&'static str, f64)> {
    let hits = index.nearest(&signature(row), usize::MAX).expect("same scheme");
    hits.into_iter().map(|hit| (hit.id, hit.jaccard)).collect()
}

fn with(index: &Arc<Index>, work: impl FnOnce(&Index) + Send + 'static) -> thread::JoinHandle<()> {
    let index = Arc::clone(index);
    thread::spawn(move || work(&index))
}

/// Runs a test under schedules drawn at random, and under those that change between threads at three points.
fn schedules(test: impl Fn() + Copy + Send + Sync + 'static) {
    shuttle::check_random(test, 20_000);
    shuttle::check_pct(test, 20_000, 3);
}

#[test]
fn an_insertion_is_found_whole_or_not_at_all() {
    schedules(|| {
        let index = index(9);
        let writer = with(&index, |index| index.insert("a", &signature(OLD)).expect("new"));
        let (first, second) = (found(&index, EARLY_OLD), found(&index, LATE_OLD));
        assert!(first.is_empty() || first == [("a", 0.25)], "{first:?}");
        assert!(second.len() >= first.len(), "what was found is gone");
        assert!(second.is_empty() || index.contains(&"a") && index.len() == 1);
        writer.join().expect("no panic");
        assert_eq!(found(&index, OLD), [("a", 1.0)]);
    });
}

#[test]
fn of_two_insertions_of_one_id_one_succeeds() {
    schedules(|| {
        let index = index(9);
        let other = Arc::clone(&index);
        let writer = thread::spawn(move || other.insert("a", &signature(OLD)).is_ok());
        let (new, old) = (index.insert("a", &signature(NEW)).is_ok(), writer.join().expect("no panic"));
        assert!(new ^ old, "{new} {old}");
        assert_eq!((found(&index, NEW).len(), found(&index, OLD).len()), (usize::from(new), usize::from(old)));
        assert_eq!((index.len(), index.to_index().len()), (1, 1));
    });
}

#[test]
fn of_two_removals_of_one_id_one_succeeds() {
    schedules(|| {
        let index = index(9);
        index.insert("a", &signature(OLD)).expect("new");
        let other = Arc::clone(&index);
        let writer = thread::spawn(move || other.remove(&"a"));
        let found_before = found(&index, EARLY_OLD).len();
        let found_after = found(&index, LATE_OLD).len();
        assert!(found_after <= found_before, "a removed document is back");
        assert!(index.remove(&"a") ^ writer.join().expect("no panic"));
        assert!(found(&index, OLD).is_empty() && index.is_empty());
    });
}

/// The row that is asked for shares a band with the removed document and another with the one that comes after it.
#[test]
fn the_document_after_a_removed_one_is_not_mistaken_for_it() {
    schedules(|| {
        let index = index(2);
        index.insert("a", &signature(OLD)).expect("new");
        let writer = with(&index, |index| {
            assert!(index.remove(&"a"));
            index.insert("b", &signature(NEW)).expect("new");
            assert!(index.remove(&"b"));
            // The numbers are used, and begin again.
            index.insert("c", &signature(NEW)).expect("new");
        });
        for row in [OLD, LATE_OLD, EARLY_OLD] {
            let found = found(&index, row);
            let expected = if row == OLD { 1.0 } else { 0.25 };
            assert!(found.len() <= 1 && found.iter().all(|hit| hit.1 == expected), "{found:?}");
            assert!(row != OLD || found.iter().all(|hit| hit.0 == "a"), "{found:?}");
        }
        writer.join().expect("no panic");
        assert_eq!((found(&index, NEW), index.len()), (vec![("c", 1.0)], 1));
    });
}

/// Before and after, and so at each moment between, the document shares one band with the row that is asked for.
#[test]
fn a_document_is_found_once_while_it_is_replaced() {
    schedules(|| {
        let index = index(3);
        index.upsert("a", &signature(OLD)).expect("same scheme");
        let writer = with(&index, |index| {
            for row in [NEW, OLD, NEW] {
                assert!(index.upsert("a", &signature(row)).expect("same scheme"));
            }
        });
        for row in [LATE_OLD, EARLY_OLD] {
            assert_eq!(found(&index, row), [("a", 0.25)]);
        }
        let copy = index.to_index();
        assert_eq!((copy.len(), copy.stats().buckets), (1, 4));
        writer.join().expect("no panic");
        assert_eq!((found(&index, NEW), found(&index, OLD)), (vec![("a", 1.0)], vec![]));
    });
}

#[test]
fn who_finds_a_document_finds_those_inserted_before_it() {
    schedules(|| {
        let index = index(9);
        let writer = with(&index, |index| {
            index.insert("first", &signature(OLD)).expect("new");
            index.insert("second", &signature(NEW)).expect("new");
        });
        for row in [LATE_OLD, EARLY_OLD] {
            let ids: Vec<_> = found(&index, row).into_iter().map(|hit| hit.0).collect();
            let states: [&[&str]; 3] = [&[], &["first"], &["first", "second"]];
            assert!(states.contains(&&*ids), "{ids:?}");
        }
        writer.join().expect("no panic");
        assert_eq!(found(&index, NEW), [("second", 1.0)]);
    });
}

/// Each has the bands of the other, numbers run out, and a third thread asks and copies.
#[test]
fn documents_that_change_places_do_not_wait_for_each_other() {
    schedules(|| {
        let index = index(3);
        index.insert("a", &signature(OLD)).expect("new");
        index.insert("b", &signature(NEW)).expect("new");
        let one = with(&index, |index| _ = index.upsert("a", &signature(NEW)).expect("same scheme"));
        let two = with(&index, |index| _ = index.upsert("b", &signature(OLD)).expect("same scheme"));
        for row in [LATE_OLD, EARLY_OLD] {
            assert_eq!(found(&index, row).len(), 2);
        }
        assert_eq!(index.to_index().len(), 2);
        one.join().and(two.join()).expect("no panic");
        assert_eq!((found(&index, OLD), found(&index, NEW)), (vec![("b", 1.0)], vec![("a", 1.0)]));
    });
}

#[test]
fn an_index_that_is_full_stays_full_for_all() {
    schedules(|| {
        let index = index(2);
        let ids = ["a", "b", "c"];
        let insert = |id| {
            let index = Arc::clone(&index);
            thread::spawn(move || index.insert(id, &signature(OLD)))
        };
        let outcomes: Vec<_> = ids.map(insert).into_iter().map(|thread| thread.join().expect("no panic")).collect();
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 2);
        assert!(outcomes.contains(&Err(Error::TooManyDocuments)));
        assert_eq!(found(&index, OLD).len(), 2);
        let gone = ids.into_iter().find(|id| index.remove(id)).expect("two are there");
        index.insert(gone, &signature(NEW)).expect("a number is free");
    });
}
