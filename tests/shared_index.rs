//! The index that threads share, against the index of one thread.

use std::hash::{Hash, Hasher};
use std::thread;

use proptest::collection::vec;
use proptest::prelude::*;
use twinprint::lsh::{Banding, LshIndex, OwnedHit, SharedIndex};
use twinprint::{Error, Scheme, Signature};

#[derive(Clone, Debug)]
enum Step {
    Insert(u8, Vec<u64>),
    Upsert(u8, Vec<u64>),
    Remove(u8),
    Query(Vec<u64>, f64),
    Nearest(Vec<u64>, usize),
    ThereAndBack,
}

fn steps(ids: std::ops::Range<u8>, count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Step>> {
    let features = || vec(0_u64..12, 0..8);
    let step = prop_oneof![
        4 => (ids.clone(), features()).prop_map(|(id, features)| Step::Insert(id, features)),
        2 => (ids.clone(), features()).prop_map(|(id, features)| Step::Upsert(id, features)),
        3 => ids.prop_map(Step::Remove),
        2 => (features(), 0.05..1.0).prop_map(|(features, threshold)| Step::Query(features, threshold)),
        1 => (features(), 0_usize..5).prop_map(|(features, count)| Step::Nearest(features, count)),
        1 => Just(Step::ThereAndBack),
    ];
    vec(step, count)
}

fn scheme() -> Scheme {
    Scheme::builder().custom_features("test").num_hashes(16).build().expect("valid")
}

fn banding() -> Banding {
    Banding::new(6, 2).expect("valid")
}

fn new() -> SharedIndex<u8> {
    SharedIndex::new(&scheme(), banding()).expect("fits")
}

fn hits(index: &SharedIndex<u8>, signature: &Signature, threshold: f64) -> Vec<(u8, f64)> {
    let hits = index.query(signature, threshold).expect("valid");
    hits.into_iter().map(|OwnedHit { id, jaccard, .. }| (id, jaccard)).collect()
}

fn model_hits(model: &LshIndex<u8>, signature: &Signature, threshold: f64) -> Vec<(u8, f64)> {
    model.query(signature, threshold).expect("valid").iter().map(|hit| (*hit.id, hit.jaccard)).collect()
}

proptest! {
    #[test]
    fn one_thread_is_answered_as_by_the_index_of_one_thread(steps in steps(0..12, 1..60)) {
        let hasher = scheme().minhasher();
        let (mut shared, mut model) = (new(), LshIndex::new(&scheme(), banding()).expect("fits"));
        for step in steps {
            match step {
                Step::Insert(id, set) => {
                    let signature = hasher.signature(&set);
                    prop_assert_eq!(shared.insert(id, &signature), model.insert(id, &signature));
                }
                Step::Upsert(id, set) => {
                    let signature = hasher.signature(&set);
                    prop_assert_eq!(shared.upsert(id, &signature), model.upsert(id, &signature));
                }
                Step::Remove(id) => prop_assert_eq!(shared.remove(&id), model.remove(&id)),
                Step::Query(set, threshold) => {
                    let signature = hasher.signature(&set);
                    prop_assert_eq!(hits(&shared, &signature, threshold), model_hits(&model, &signature, threshold));
                    let all = shared.query_all(&hasher.matrix(&[set]), threshold).expect("valid");
                    prop_assert_eq!(&all, &[shared.query(&signature, threshold).expect("valid")]);
                }
                Step::Nearest(set, count) => {
                    let signature = hasher.signature(&set);
                    let found = shared.nearest(&signature, count).expect("same scheme");
                    let expected = model.nearest(&signature, count).expect("same scheme");
                    let found: Vec<_> = found.iter().map(|hit| (hit.id, hit.estimate)).collect();
                    prop_assert_eq!(found, expected.iter().map(|hit| (*hit.id, hit.estimate)).collect::<Vec<_>>());
                }
                Step::ThereAndBack => shared = SharedIndex::from(shared.into_index()),
            }
            prop_assert_eq!((shared.len(), shared.is_empty()), (model.len(), model.is_empty()));
            let (stats, expected) = (shared.stats(), model.stats());
            prop_assert_eq!((stats.documents, stats.empty), (expected.documents, expected.empty));
            prop_assert_eq!((stats.buckets, stats.largest_bucket), (expected.buckets, expected.largest_bucket));
            let copy = shared.to_index();
            prop_assert!(copy.ids().eq(model.ids()));
            for id in 0..12 {
                prop_assert_eq!((shared.contains(&id), shared.signature(&id)), (model.contains(&id), model.signature(&id)));
                prop_assert_eq!(copy.signature(&id), model.signature(&id));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Each thread has ids of its own, so that what is in the index at the end does not depend on who was faster.
    #[test]
    fn threads_with_ids_of_their_own_end_as_one_after_the_other(
        lives in (steps(0..40, 200..600), steps(40..80, 200..600), steps(80..120, 200..600)),
    ) {
        let (shared, hasher) = (new(), scheme().minhasher());
        let mut model = LshIndex::new(&scheme(), banding()).expect("fits");
        let lives = [lives.0, lives.1, lives.2];
        thread::scope(|scope| {
            for life in &lives {
                scope.spawn(|| live(&shared, life));
            }
        });
        for step in lives.iter().flatten() {
            match step {
                Step::Insert(id, set) => _ = model.insert(*id, &hasher.signature(set)),
                Step::Upsert(id, set) => _ = model.upsert(*id, &hasher.signature(set)),
                Step::Remove(id) => _ = model.remove(id),
                _ => {}
            }
        }
        prop_assert_eq!(shared.len(), model.len());
        for id in model.ids() {
            let signature = model.signature(id).expect("there");
            let mut found = hits(&shared, &signature, 0.01);
            let mut expected = model_hits(&model, &signature, 0.01);
            found.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
            expected.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
            prop_assert_eq!(found, expected);
        }
        let (stats, expected) = (shared.stats(), model.stats());
        prop_assert_eq!((stats.buckets, stats.largest_bucket), (expected.buckets, expected.largest_bucket));
        prop_assert_eq!(shared.into_index().len(), model.len());
    }
}

/// Does what a thread does, and checks what it can know of its own ids while others work.
fn live(shared: &SharedIndex<u8>, life: &[Step]) {
    let hasher = scheme().minhasher();
    for step in life {
        match step {
            Step::Insert(id, set) => {
                let (known, signature) = (shared.contains(id), hasher.signature(set));
                assert_eq!(shared.insert(*id, &signature).is_ok(), !known);
                let is_found = hits(shared, &signature, 1.0).iter().any(|hit| hit.0 == *id);
                assert!(known || is_found != signature.is_empty(), "what was inserted is found");
            }
            Step::Upsert(id, set) => {
                let signature = hasher.signature(set);
                assert_eq!(shared.contains(id), shared.upsert(*id, &signature).expect("same scheme"));
                let same = hits(shared, &signature, 1.0).iter().filter(|hit| hit.0 == *id).count();
                assert_eq!(same, usize::from(!signature.is_empty()), "what was replaced is found once");
            }
            Step::Remove(id) => {
                let signature = shared.signature(id);
                assert_eq!(shared.remove(id), signature.is_some());
                let is_found = |signature| hits(shared, &signature, 0.01).iter().any(|hit| hit.0 == *id);
                assert!(!signature.is_some_and(is_found), "what was removed is found");
            }
            Step::Query(set, threshold) => {
                let found = hits(shared, &hasher.signature(set), *threshold);
                assert!(found.iter().all(|hit| hit.1 >= *threshold));
                assert!(found.windows(2).all(|two| two[0].1 >= two[1].1), "the most similar come first");
            }
            Step::Nearest(set, count) => {
                assert!(shared.nearest(&hasher.signature(set), *count).expect("same scheme").len() <= *count);
            }
            Step::ThereAndBack => assert!(shared.to_index().len() <= 120),
        }
    }
}

#[test]
fn what_cannot_be_right_is_refused() {
    let index = new();
    let foreign = Scheme::builder().seed(2).build().expect("valid").minhasher().signature(&[1]);
    assert!(matches!(index.insert(1, &foreign), Err(Error::Mismatch(_))));
    assert!(matches!(index.upsert(1, &foreign), Err(Error::Mismatch(_))));
    assert!(matches!(index.query(&foreign, 0.5), Err(Error::Mismatch(_))));
    assert!(matches!(index.nearest(&foreign, 5), Err(Error::Mismatch(_))));
    assert!(index.is_empty() && !index.remove(&1));
    let signature = scheme().minhasher().signature(&[1]);
    for threshold in [0.0, -1.0, 1.1, f64::NAN] {
        assert!(matches!(index.query(&signature, threshold), Err(Error::OutOfRange { field: "threshold", .. })));
    }
    let banding = Banding::new(300, 2).expect("valid");
    assert!(matches!(SharedIndex::<u8>::new(&scheme(), banding), Err(Error::BandingTooLarge { num_hashes: 16, .. })));
}

/// An id that panics while it is compared, which poisons what is locked then.
#[derive(Clone, Debug)]
struct Touchy(bool);

impl Hash for Touchy {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl PartialEq for Touchy {
    fn eq(&self, other: &Self) -> bool {
        assert!(!self.0 && !other.0, "touched");
        true
    }
}

impl Eq for Touchy {}

#[test]
fn an_index_outlives_a_thread_that_panicked() {
    let index = SharedIndex::new(&scheme(), banding()).expect("fits");
    let signature = scheme().minhasher().signature(&[1, 2, 3]);
    index.insert(Touchy(true), &signature).expect("new");
    let panicked = thread::scope(|scope| scope.spawn(|| index.remove(&Touchy(true))).join().is_err());
    assert!(panicked);
    index.insert(Touchy(false), &signature).expect("new");
    assert_eq!((index.query(&signature, 0.9).expect("valid").len(), index.stats().largest_bucket), (2, 2));
}

/// In the same bucket of every band, so that work that grows with the bucket would take minutes.
#[test]
fn copies_come_and_go_in_linear_time() {
    let scheme = scheme();
    let signature = scheme.minhasher().signature(&[1, 2, 3]);
    let index = SharedIndex::new(&scheme, Banding::new(16, 1).expect("valid")).expect("fits");
    let copies = 300_000_u32;
    thread::scope(|scope| {
        for half in [0..copies / 2, copies / 2..copies] {
            let (index, signature) = (&index, &signature);
            scope.spawn(move || half.for_each(|id| index.insert(id, signature).expect("new")));
        }
    });
    let full = index.stats();
    assert_eq!((full.buckets, full.largest_bucket), (16, copies as usize));
    for id in (0..copies / 3).chain((copies / 3 * 2..copies).rev()).chain(copies / 3..copies / 3 * 2) {
        assert!(index.upsert(id, &signature).expect("same scheme"));
        assert!(index.remove(&id));
    }
    let stats = index.stats();
    assert_eq!((stats.documents, stats.buckets, stats.largest_bucket), (0, 0, 0));
}
