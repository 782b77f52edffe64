//! A store against a map and brute force.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;

use crate::error::{Error, FileProblem};
use crate::lsh::Banding;
use crate::scheme::Scheme;
use crate::set::{Overlap, ShingleSet};
use crate::store::state::{Change, MAX_NAMES, State};
use crate::store::writer::Limits;
use crate::store::{Store, StoreHit, View};

pub(super) fn scheme() -> Scheme {
    Scheme::builder().custom_features("numbers").num_hashes(16).build().expect("valid")
}

/// A folder of its own, removed when it is dropped.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("twinprint-store-{name}-{}-{number}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Limits so small that logs, segments and merges come often.
pub(super) const SMALL: Limits = Limits { log_documents: 7, log_bytes: 1 << 20, batch_bytes: 6000, documents: 1 << 31 };

pub(super) fn create(path: &Path) -> Result<Store, Error> {
    let mut store = Store::builder().scheme(scheme()).banding(Banding::new(16, 1)?).threshold(0.5).create(path)?;
    store.limits = SMALL;
    Ok(store)
}

pub(super) fn open(path: &Path) -> Result<Store, Error> {
    let mut store = Store::open(path)?;
    store.limits = SMALL;
    Ok(store)
}

/// Sets that are similar to those of near numbers.
pub(super) fn set(number: u64) -> ShingleSet {
    if number.is_multiple_of(11) { ShingleSet::default() } else { (number..number + 12).collect() }
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    Upsert(u8, u64),
    Insert(u8, u64),
    Remove(u8),
    Expire(u64),
    Commit,
    Rollback,
    Compact,
    Reopen,
}

/// Documents in order of addition: id, set, time.
pub(super) type Model = Vec<(String, u64, u64)>;

pub(super) fn id(number: u8) -> String {
    format!("document {number}")
}

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (0..20_u8, 0..60_u64).prop_map(|(id, set)| Step::Upsert(id, set)),
        3 => (0..20_u8, 0..60_u64).prop_map(|(id, set)| Step::Insert(id, set)),
        3 => (0..20_u8).prop_map(Step::Remove),
        1 => (0..80_u64).prop_map(Step::Expire),
        4 => Just(Step::Commit),
        1 => Just(Step::Rollback),
        1 => Just(Step::Compact),
        2 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..80)
}

pub(super) fn model_of(view: &View) -> Result<Vec<(String, ShingleSet, u64)>, Error> {
    let read = |document: Result<super::super::StoredDocument, Error>| {
        document.map(|document| (document.id, document.prepared.set.expect("stored"), document.time))
    };
    view.documents().map(read).collect()
}

fn check(view: &View, model: &Model) {
    let expected: Vec<_> = model.iter().map(|(id, number, time)| (id.clone(), set(*number), *time)).collect();
    assert_eq!(model_of(view).expect("sound"), expected);
    assert_eq!(view.len(), model.len());
    view.verify().expect("sound");
    let hasher = scheme().minhasher();
    for number in [3, 17, 22, 40] {
        let asked = set(number);
        let signature = hasher.signature(asked.as_slice());
        // Bands of one row: whatever agrees in a position is a candidate.
        let mut found: Vec<(&str, f64)> = Vec::new();
        for (id, stored, _) in &expected {
            let estimate = signature.estimate(&hasher.signature(stored.as_slice())).expect("same scheme");
            let least = view.banding().min_agreeing(16, 0.4);
            let agreeing = (estimate.jaccard * 16.0).round() as usize;
            if agreeing > 0 && agreeing >= least && asked.jaccard(stored) >= 0.4 {
                found.push((id, asked.jaccard(stored)));
            }
        }
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        let hits = view.query(&view.preparer().set(asked.clone()), 0.4).expect("sound");
        assert_eq!(hits.iter().map(|hit| (&*hit.id, hit.jaccard)).collect::<Vec<_>>(), found);
        let nearest = view.nearest(&view.preparer().set(asked), 3).expect("sound");
        assert!(nearest.iter().zip(&hits).all(|(near, hit)| near == hit));
    }
    // Together with one that is inside many, and an empty one.
    let asked: Vec<ShingleSet> = [3, 17, 40].map(set).into_iter().chain([(20..24).collect(), set(11)]).collect();
    let prepared: Vec<_> = asked.iter().map(|set| view.preparer().set(set.clone())).collect();
    let hits = view.query_contained(&prepared, 0.6).expect("sound");
    for (asked, hits) in asked.iter().zip(hits) {
        let shares = |stored: &ShingleSet| Overlap::new(asked, stored).containment();
        let mut found: Vec<(&str, f64)> =
            expected.iter().map(|(id, stored, _)| (&**id, shares(stored))).filter(|(_, share)| *share >= 0.6).collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        let share = |hit: &StoreHit| hit.overlap.expect("exact").containment();
        assert_eq!(hits.iter().map(|hit| (&*hit.id, share(hit))).collect::<Vec<_>>(), found);
    }
}

/// Does to the model what a step does to the store.
pub(super) fn apply(model: &mut Model, step: &Step, time: u64) {
    match step {
        Step::Upsert(number, set) => {
            model.retain(|(other, ..)| *other != id(*number));
            model.push((id(*number), *set, time));
        }
        Step::Insert(number, set) if model.iter().all(|(other, ..)| *other != id(*number)) => {
            model.push((id(*number), *set, time));
        }
        Step::Remove(number) => model.retain(|(other, ..)| *other != id(*number)),
        Step::Expire(before) => model.retain(|(.., time)| time >= before),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn a_store_is_a_map_that_remembers(steps in steps()) {
        let folder = Folder::new("model");
        let mut store = create(&folder.0).expect("created");
        let (mut committed, mut pending) = (Model::new(), Model::new());
        let reader = store.reader();
        for (time, step) in steps.iter().enumerate() {
            // Times of publication are in any order.
            let time = 29 * time as u64 % 80;
            store.set_time(Some(time));
            let before = pending.clone();
            apply(&mut pending, step, time);
            match step {
                Step::Upsert(number, features) => store.upsert_set(&id(*number), set(*features)).expect("added"),
                Step::Insert(number, features) => {
                    let is_new = !store.contains(&id(*number)).expect("sound");
                    prop_assert_eq!(is_new, before != pending);
                    if is_new {
                        store.upsert_set(&id(*number), set(*features)).expect("added");
                    }
                }
                Step::Remove(number) => prop_assert_eq!(store.remove(&id(*number)).expect("sound"), before != pending),
                Step::Expire(before) => store.expire(*before).expect("sound"),
                Step::Commit => {
                    store.commit().expect("committed");
                    committed.clone_from(&pending);
                    check(&View::open(&folder.0).expect("sound"), &committed);
                    prop_assert_eq!(reader.view().len(), committed.len());
                }
                Step::Compact => {
                    store.compact().expect("compacted");
                    committed.clone_from(&pending);
                    prop_assert!(store.view().segments() <= 1);
                }
                Step::Rollback => {
                    store.rollback();
                    pending.clone_from(&committed);
                }
                Step::Reopen => {
                    drop(store);
                    store = open(&folder.0).expect("sound");
                    pending.clone_from(&committed);
                    break;
                }
            }
            check(&store.view(), &committed);
        }
        check(&store.view(), &committed);
    }
}

/// The versions of one id may have any times, as those of their publication.
#[test]
fn a_replaced_document_does_not_come_back_when_its_replacement_expires() {
    for (removes_first, spills) in [(false, false), (true, false), (false, true)] {
        let folder = Folder::new("replaced");
        let mut store = create(&folder.0).expect("created");
        store.set_time(Some(64));
        store.upsert_set("page", set(1)).expect("added");
        store.commit().expect("committed");
        store.set_time(Some(1));
        if removes_first {
            assert!(store.remove("page").expect("sound"));
        }
        store.upsert_set("page", set(2)).expect("added");
        if spills {
            (0..200).for_each(|number| store.upsert_set(&id(number), set(5)).expect("added"));
            assert!(!store.pending.spilled().is_empty());
        }
        store.expire(10).expect("sound");
        assert!(!store.contains("page").expect("sound"));
        store.upsert_set("other", set(3)).expect("added");
        let committed = store.commit().expect("committed");
        assert_eq!((committed.added, committed.removed), (1, 1));
        drop(store);
        let view = View::open(&folder.0).expect("sound");
        assert_eq!(model_of(&view).expect("sound"), [("other".to_string(), set(3), 1)]);
    }
}

#[test]
fn a_commit_counts_what_it_changed() {
    let folder = Folder::new("counts");
    let mut store = create(&folder.0).expect("created");
    store.set_time(Some(5));
    for number in 0..40 {
        store.upsert_set(&id(number), set(7)).expect("added");
    }
    assert_eq!(store.commit().expect("committed").added, 40);
    store.set_time(Some(9));
    store.upsert_set(&id(3), set(8)).expect("added");
    store.upsert_set(&id(3), set(9)).expect("added");
    assert!(store.remove(&id(4)).expect("sound") && !store.remove(&id(4)).expect("sound"));
    let committed = store.commit().expect("committed");
    assert_eq!((committed.added, committed.replaced, committed.removed, committed.expired), (1, 1, 1, 0));
    store.expire(9).expect("sound");
    assert_eq!((store.commit().expect("committed").expired, store.view().len()), (38, 1));
    assert_eq!(store.commit().expect("nothing to do"), Default::default());
}

#[test]
fn strangers_files_stay_and_are_not_written_over() {
    let folder = Folder::new("strangers");
    std::fs::create_dir_all(&folder.0).expect("made");
    let strangers =
        ["notes.txt", "00000002.segment", "00000003.log", "00000004.segment.bak", ".00000005.segment.unfinished"];
    for name in strangers {
        std::fs::write(folder.0.join(name), name).expect("written");
    }
    let mut store = create(&folder.0).expect("created");
    for round in 0..6_u8 {
        for number in 0..30 {
            store.upsert_set(&id(number), set(u64::from(number + round))).expect("added");
        }
        store.commit().expect("committed");
        drop(store);
        store = open(&folder.0).expect("sound");
    }
    store.compact().expect("compacted");
    assert_eq!(store.view().len(), 30);
    for name in strangers {
        assert_eq!(std::fs::read_to_string(folder.0.join(name)).expect("there"), name);
    }
    let files = std::fs::read_dir(&folder.0).expect("there").count();
    assert_eq!(files, strangers.len() + 4, "manifest, lock, log and one segment");
}

#[test]
fn one_writer_at_a_time_and_other_schemes_are_refused() {
    let folder = Folder::new("lock");
    assert!(matches!(open(&folder.0), Err(Error::File { problem: FileProblem::NotAnIndex, .. })));
    assert!(!folder.0.exists());
    let store = create(&folder.0).expect("created");
    let refused = open(&folder.0).expect_err("there is a writer").to_string();
    assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
    assert!(create(&folder.0).is_err());
    View::open(&folder.0).expect("readers do not wait");
    drop(store);
    assert!(create(&folder.0).expect_err("there is a store").to_string().contains("already"));
    let other = Scheme::builder().custom_features("numbers").num_hashes(16).seed(2).build().expect("valid");
    let refused = Store::open_with(&folder.0, &other).expect_err("another scheme");
    assert!(matches!(&refused, Error::Mismatch(mismatch) if mismatch.field == "sketch.seed"), "{refused}");
    Store::open_with(&folder.0, &scheme()).expect("the same");
    let lock = folder.0.join("LOCK");
    std::fs::write(&lock, "a stranger's").expect("written");
    assert!(open(&folder.0).is_err());
    assert_eq!(std::fs::read_to_string(&lock).expect("there"), "a stranger's");
}

#[test]
fn merging_adds_the_documents_of_another_store() {
    let (one, two) = (Folder::new("merge-one"), Folder::new("merge-two"));
    let (mut store, mut other) = (create(&one.0).expect("created"), create(&two.0).expect("created"));
    for number in 0..30 {
        store.upsert_set(&id(number), set(1)).expect("added");
        other.upsert_set(&id(number + 20), set(2)).expect("added");
    }
    store.commit().and_then(|_| other.commit()).expect("committed");
    store.merge(&other.view()).expect("same scheme");
    let committed = store.commit().expect("committed");
    assert_eq!((committed.added, committed.replaced, store.view().len()), (30, 10, 50));
    let sets: BTreeMap<_, _> =
        model_of(&store.view()).expect("sound").into_iter().map(|(id, set, _)| (id, set)).collect();
    assert_eq!((&sets[&id(19)], &sets[&id(25)]), (&set(1), &set(2)));
}

#[test]
fn readers_in_threads_see_whole_commits() {
    let folder = Folder::new("threads");
    let mut store = create(&folder.0).expect("created");
    let reader = store.reader();
    let is_done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for other_process in [false, true] {
            let (reader, is_done, path) = (reader.clone(), &is_done, &folder.0);
            scope.spawn(move || {
                while !is_done.load(Ordering::Relaxed) {
                    let view = if other_process { View::open(path).expect("sound") } else { reader.view() };
                    // Each commit adds ten of one set, so that fewer would be a part of one.
                    let hits = view.query(&view.preparer().set(set(5)), 1.0).expect("sound");
                    assert!(hits.len().is_multiple_of(10) && hits.len() == view.len(), "{}", hits.len());
                }
            });
        }
        for round in 0..12_u8 {
            for number in 0..10 {
                store.upsert_set(&id(10 * round + number), set(5)).expect("added");
            }
            store.commit().expect("committed");
        }
        is_done.store(true, Ordering::Relaxed);
    });
}

#[test]
fn the_last_names_of_commits_are_remembered() {
    let folder = Folder::new("names");
    let mut store = create(&folder.0).expect("created");
    for number in 0..70 {
        // Some have documents, some change nothing, and some are so large that they are no record of the log.
        for document in 0..[0, 1, 60][number % 3] {
            store.upsert_set(&id(document), set(number as u64)).expect("added");
        }
        store.commit_named(&number.to_string()).expect("committed");
        if number % 10 == 9 {
            drop(store);
            store = open(&folder.0).expect("sound");
        }
        let view = View::open(&folder.0).expect("sound");
        for other in 0..72 {
            let is_known = other <= number;
            assert_eq!(view.has_commit(&other.to_string()), is_known, "{other} after {number}");
            assert_eq!(store.view().has_commit(&other.to_string()), is_known, "{other} after {number}");
        }
    }
    store.compact().expect("compacted");
    assert!(View::open(&folder.0).expect("sound").has_commit("69"));
    assert!(store.commit_named("").is_err() && store.commit_named(&"x".repeat(65)).is_err());
    // What is remembered does not grow without end.
    let mut state = State::clone(&store.view().state);
    let last = 70 + MAX_NAMES;
    for number in 70..=last {
        let change = Change { name: number.to_string(), ..Change::default() };
        state.apply(change, &mut |_| ()).expect("nothing is added");
    }
    let expected: Vec<String> = (last - MAX_NAMES + 1..=last).map(|number| number.to_string()).collect();
    assert_eq!(*state.names, expected);
    let other = Folder::new("names-other");
    let other = create(&other.0).expect("created").view();
    assert_ne!(other.store_id(), store.view().store_id());
    // As in the names of temporary files.
    assert_eq!(store.view().store_id(), store.manifest.id.to_string());
    assert_eq!(
        (other.store_id().len(), store.view().store_id()),
        (32, View::open(&folder.0).expect("sound").store_id())
    );
}

#[test]
fn what_is_inside_cannot_be_told_by_signatures() {
    let folder = Folder::new("contained");
    let builder = Store::builder().scheme(scheme()).banding(Banding::new(16, 1).expect("valid"));
    let mut store = builder.sets(false).create(&folder.0).expect("created");
    store.upsert_set("a", set(1)).and_then(|()| store.commit()).expect("committed");
    let asked = [store.preparer().set(set(1))];
    let refused = store.view().query_contained(&asked, 0.5).expect_err("signatures only").to_string();
    assert!(refused.contains("created with sets"), "{refused}");
    let other = Folder::new("contained-sets");
    let store = create(&other.0).expect("created");
    let signature = scheme().minhasher().signature(&[1, 2]);
    let asked = [store.preparer().signature(&signature).expect("same scheme")];
    assert!(store.view().query_contained(&asked, 0.5).is_err());
    assert!(store.view().query_contained(&[], 0.0).is_err());
    assert!(store.view().query_contained(&[], 1.0).expect("in range").is_empty());
}

#[test]
fn more_documents_than_can_be_merged_are_refused_and_nothing_is_lost() {
    let folder = Folder::new("full");
    let mut store = create(&folder.0).expect("created");
    store.limits.documents = 3;
    for number in 0..4 {
        store.upsert_set(&id(number), set(4)).expect("in memory");
    }
    assert!(matches!(store.commit(), Err(Error::TooManyDocuments)));
    assert_eq!(store.view().len(), 0);
    store.remove(&id(3)).expect("there");
    assert_eq!(store.commit().expect("few enough").added, 3);
    // A document in place of another takes no room.
    store.upsert_set(&id(1), set(5)).and_then(|()| store.commit()).expect("few enough");
    store.upsert_set(&id(5), set(5)).expect("in memory");
    assert!(matches!(store.compact(), Err(Error::TooManyDocuments)));
    store.rollback();
    store.compact().expect("nothing is too much");
    assert_eq!(store.view().len(), 3);
}

#[test]
fn what_was_prepared_by_another_scheme_is_refused() {
    let folders = [Folder::new("own"), Folder::new("other")];
    let [own, other] = &folders;
    let mut store = create(&own.0).expect("created");
    store.upsert_set("a", set(1)).expect("added");
    store.commit().expect("committed");
    // Of as many positions, and of the same features, under a secret key.
    let keyed = Scheme::builder().custom_features("numbers").num_hashes(16).keyed([7; 16]).build().expect("valid");
    let banding = Banding::new(16, 1).expect("valid");
    let stranger = Store::builder().scheme(keyed).banding(banding).threshold(0.5).create(&other.0).expect("created");
    let (view, prepared) = (store.view(), stranger.preparer().set(set(1)));
    assert!(matches!(view.query(&prepared, 0.5), Err(Error::Mismatch(_))));
    assert!(matches!(view.nearest(&prepared, 1), Err(Error::Mismatch(_))));
    assert!(matches!(view.query_contained(std::slice::from_ref(&prepared), 0.5), Err(Error::Mismatch(_))));
    assert!(matches!(store.upsert_prepared("b", prepared), Err(Error::Mismatch(_))));
    // What a store itself holds, and what a reader of it prepared, is of its scheme.
    let again = View::open(&own.0).expect("sound");
    store.upsert_prepared("b", again.preparer().set(set(2))).expect("the same scheme");
    let document = again.documents().next().expect("one").expect("sound");
    assert_eq!(store.view().query(&document.prepared, 0.5).expect("sound").len(), 1);
    assert_eq!(document.prepared, store.preparer().set(set(1)));
}
