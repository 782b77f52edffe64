//! The online index against a model that is too simple to be wrong.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use twinprint::lsh::{Banding, LshIndex};
use twinprint::{Error, MinHasher, Scheme, Signature, SignatureMatrix};

#[derive(Clone, Debug)]
enum Step {
    Insert(u8, Vec<u64>),
    Upsert(u8, Vec<u64>),
    InsertAll(Vec<(u8, Vec<u64>)>),
    Remove(u8),
    Clear,
    Reserve(usize),
    Shrink,
    Query(Vec<u64>, f64),
    Nearest(Vec<u64>, usize),
    Pairs,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let features = || vec(0_u64..12, 0..8);
    let step = prop_oneof![
        4 => (0_u8..12, features()).prop_map(|(id, features)| Step::Insert(id, features)),
        2 => (0_u8..12, features()).prop_map(|(id, features)| Step::Upsert(id, features)),
        2 => vec((0_u8..40, features()), 0..4).prop_map(Step::InsertAll),
        2 => (0_u8..12).prop_map(Step::Remove),
        1 => prop_oneof![Just(Step::Clear), (0_usize..50).prop_map(Step::Reserve), Just(Step::Shrink)],
        2 => (features(), 0.05..1.0).prop_map(|(features, threshold)| Step::Query(features, threshold)),
        1 => (features(), 0_usize..5).prop_map(|(features, count)| Step::Nearest(features, count)),
        1 => Just(Step::Pairs),
    ];
    vec(step, 1..40)
}

/// All documents in the order of insertion; candidates by comparing bands.
#[derive(Default)]
struct Model {
    documents: BTreeMap<u64, (u8, Signature)>,
    inserted: u64,
}

impl Model {
    fn remove(&mut self, id: u8) -> bool {
        let before = self.documents.len();
        self.documents.retain(|_, document| document.0 != id);
        before > self.documents.len()
    }

    fn put(&mut self, id: u8, signature: Signature) {
        self.documents.insert(self.inserted, (id, signature));
        self.inserted += 1;
    }

    fn contains(&self, id: u8) -> bool {
        self.documents.values().any(|document| document.0 == id)
    }

    fn like(&self, signature: &Signature, banding: Banding) -> Vec<(u8, f64)> {
        let mut found: Vec<(u8, f64)> = self
            .documents
            .values()
            .filter(|document| share_a_band(&document.1, signature, banding))
            .map(|document| (document.0, document.1.jaccard(signature).expect("same scheme")))
            .collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        found
    }
}

fn share_a_band(a: &Signature, b: &Signature, banding: Banding) -> bool {
    let rows = banding.rows() as usize;
    let bands = |signature: &Signature| {
        signature.values().chunks_exact(rows).take(banding.bands() as usize).map(<[u32]>::to_vec).collect::<Vec<_>>()
    };
    !a.is_empty() && !b.is_empty() && bands(a).iter().zip(bands(b)).any(|(a, b)| *a == b)
}

proptest! {
    #[test]
    fn the_index_is_the_model(steps in steps(), bands in 1_u32..6, rows in 1_u32..4) {
        let scheme = Scheme::builder().custom_features("test").num_hashes(16).build().expect("valid");
        let hasher = scheme.minhasher();
        let banding = Banding::new(bands, rows).expect("valid");
        let mut index = LshIndex::new(&scheme, banding).expect("fits");
        let mut model = Model::default();
        for step in steps {
            match step {
                Step::Insert(id, features) => {
                    let signature = hasher.signature(&features);
                    let known = model.contains(id);
                    match index.insert(id, &signature) {
                        Ok(()) => prop_assert!(!known),
                        Err(error) => {
                            let duplicate = matches!(error, Error::DuplicateId { .. });
                            prop_assert!(known && duplicate);
                        }
                    }
                    if !known {
                        model.put(id, signature);
                    }
                }
                Step::Upsert(id, features) => {
                    let signature = hasher.signature(&features);
                    let replaced = model.remove(id);
                    prop_assert_eq!(index.upsert(id, &signature).expect("same scheme"), replaced);
                    model.put(id, signature);
                }
                Step::InsertAll(documents) => {
                    let signatures = matrix(&hasher, documents.iter().map(|document| &document.1));
                    let distinct: BTreeSet<u8> = documents.iter().map(|document| document.0).collect();
                    let known = distinct.len() < documents.len() || distinct.iter().any(|id| model.contains(*id));
                    match index.insert_all(documents.iter().map(|document| document.0), &signatures) {
                        Ok(()) => {
                            prop_assert!(!known);
                            documents.iter().zip(signatures).for_each(|(document, row)| model.put(document.0, row));
                        }
                        Err(error) => {
                            let duplicate = matches!(error, Error::DuplicateId { .. });
                            prop_assert!(known && duplicate);
                        }
                    }
                }
                Step::Clear => {
                    index.clear();
                    model.documents.clear();
                }
                Step::Reserve(documents) => index.reserve(documents),
                Step::Shrink => index.shrink_to_fit(),
                Step::Remove(id) => prop_assert_eq!(index.remove(&id), model.remove(id)),
                Step::Query(features, threshold) => {
                    let signature = hasher.signature(&features);
                    let hits = index.query(&signature, threshold).expect("valid");
                    let hits: Vec<(u8, f64)> = hits.iter().map(|hit| (*hit.id, hit.jaccard)).collect();
                    let mut expected = model.like(&signature, banding);
                    expected.retain(|hit| hit.1 >= threshold);
                    prop_assert_eq!(hits, expected);
                }
                Step::Nearest(features, count) => {
                    let signature = hasher.signature(&features);
                    let hits = index.nearest(&signature, count).expect("same scheme");
                    let hits: Vec<(u8, f64)> = hits.iter().map(|hit| (*hit.id, hit.jaccard)).collect();
                    let mut expected = model.like(&signature, banding);
                    expected.truncate(count);
                    prop_assert_eq!(hits, expected);
                }
                Step::Pairs => {
                    let found: Vec<(u8, u8)> = index.candidate_pairs().map(|pair| (*pair.left, *pair.right)).collect();
                    let documents: Vec<&(u8, Signature)> = model.documents.values().collect();
                    let mut expected = Vec::new();
                    for (at, left) in documents.iter().enumerate() {
                        let later = documents[at + 1..].iter().filter(|right| share_a_band(&left.1, &right.1, banding));
                        expected.extend(later.map(|right| (left.0, right.0)));
                    }
                    prop_assert_eq!(found, expected);
                }
            }
            prop_assert_eq!(index.len(), model.documents.len());
            prop_assert_eq!(index.is_empty(), model.documents.is_empty());
            prop_assert_eq!(index.ids().len(), model.documents.len());
            prop_assert!(index.ids().eq(model.documents.values().map(|document| &document.0)));
            let stats = index.stats();
            prop_assert_eq!(stats.documents, model.documents.len());
            prop_assert_eq!(stats.empty, model.documents.values().filter(|document| document.1.is_empty()).count());
            for (id, signature) in model.documents.values() {
                let held = index.signature(id);
                prop_assert_eq!(held.as_ref(), Some(signature));
            }
        }
    }
}

fn matrix<'a>(hasher: &MinHasher, sets: impl Iterator<Item = &'a Vec<u64>>) -> SignatureMatrix {
    hasher.matrix(&sets.collect::<Vec<_>>())
}

proptest! {
    /// Also over the size at which tables grow, with removals before, and with batches of any size.
    #[test]
    fn many_at_once_are_one_by_one(
        sets in vec(vec(0_u64..200, 0..4), 0..300),
        cuts in vec(any::<prop::sample::Index>(), 0..4),
        removed in vec(any::<prop::sample::Index>(), 0..200),
    ) {
        let scheme = Scheme::builder().custom_features("test").num_hashes(16).build().expect("valid");
        let hasher = scheme.minhasher();
        let banding = Banding::new(8, 2).expect("valid");
        let (mut one_by_one, mut at_once) =
            (LshIndex::new(&scheme, banding).expect("fits"), LshIndex::new(&scheme, banding).expect("fits"));
        for (id, set) in sets.iter().enumerate() {
            one_by_one.insert(id, &hasher.signature(set)).expect("new");
        }
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(sets.len() + 1)).chain([sets.len()]).collect();
        ends.sort_unstable();
        let mut start = 0;
        for end in ends {
            at_once.insert_all(start..end, &matrix(&hasher, sets[start..end].iter())).expect("new");
            start = end;
        }
        let whole = LshIndex::from_signatures(banding, 0..sets.len(), matrix(&hasher, sets.iter())).expect("fits");
        let pairs = |index: &LshIndex<usize>| -> Vec<_> {
            index.candidate_pairs().map(|pair| (*pair.left, *pair.right, pair.estimate)).collect()
        };
        for index in [&at_once, &whole] {
            prop_assert!(index.ids().eq(one_by_one.ids()));
            prop_assert_eq!(pairs(index), pairs(&one_by_one));
            let (stats, expected) = (index.stats(), one_by_one.stats());
            prop_assert_eq!((stats.documents, stats.empty), (expected.documents, expected.empty));
            prop_assert_eq!((stats.buckets, stats.largest_bucket), (expected.buckets, expected.largest_bucket));
        }
        if !sets.is_empty() {
            for place in removed {
                let id = place.index(sets.len());
                prop_assert_eq!(at_once.remove(&id), one_by_one.remove(&id));
            }
            prop_assert_eq!(pairs(&at_once), pairs(&one_by_one));
        }
        // What shrank and was stored differs in nothing.
        one_by_one.shrink_to_fit();
        prop_assert_eq!(pairs(&at_once), pairs(&one_by_one));
    }
}

#[test]
fn a_refused_batch_changes_nothing() {
    let scheme = Scheme::builder().custom_features("test").num_hashes(16).build().expect("valid");
    let hasher = scheme.minhasher();
    let mut index = LshIndex::new(&scheme, Banding::new(8, 2).expect("valid")).expect("fits");
    index.insert("kept", &hasher.signature(&[1])).expect("new");
    let two = hasher.matrix(&[[2], [3]]);
    let wrong_length = Error::WrongLength { field: "ids", found: 1, expected: 2 };
    assert_eq!(index.insert_all(["a"], &two), Err(wrong_length));
    assert!(matches!(index.insert_all(["a", "a"], &two), Err(Error::DuplicateId { id }) if id == "\"a\""));
    assert!(matches!(index.insert_all(["a", "kept"], &two), Err(Error::DuplicateId { .. })));
    let foreign = Scheme::builder().num_hashes(16).build().expect("valid").minhasher().matrix(&[[2], [3]]);
    assert!(matches!(index.insert_all(["a", "b"], &foreign), Err(Error::Mismatch(_))));
    assert_eq!(index.ids().collect::<Vec<_>>(), [&"kept"]);
    assert!(!index.contains(&"a") && index.stats().buckets == 8);
    index.insert_all(["a", "b"], &two).expect("new");
    assert_eq!(index.signature(&"b"), two.signature(1));
    assert!(LshIndex::from_signatures(Banding::new(9, 2).expect("valid"), ["a", "b"], two).is_err());
}

#[test]
fn memory_is_reserved_and_given_back() {
    let scheme = Scheme::builder().custom_features("test").num_hashes(16).build().expect("valid");
    let hasher = scheme.minhasher();
    let mut index = LshIndex::new(&scheme, Banding::new(8, 2).expect("valid")).expect("fits");
    let bytes = |index: &LshIndex<u64>| index.stats().index_bytes + index.stats().signature_bytes;
    index.reserve(10_000);
    let reserved = bytes(&index);
    let signatures = hasher.matrix(&(0..10_000_u64).map(|feature| [feature]).collect::<Vec<_>>());
    index.insert_all(0..10_000, &signatures).expect("new");
    // A few of the documents share a key by chance, which takes a bucket.
    let filled = bytes(&index);
    assert!(filled <= reserved + 1_000, "{filled} of {reserved}");
    index.clear();
    assert_eq!((index.len(), index.stats().buckets, bytes(&index)), (0, 0, filled));
    assert!(index.query(&signatures.signature(7).expect("there"), 0.5).expect("valid").is_empty());
    index.insert_all(0..10_000, &signatures).expect("new");
    index.shrink_to_fit();
    let full = bytes(&index);
    (0..4_000).for_each(|id| assert!(index.remove(&id)));
    index.shrink_to_fit();
    assert!(bytes(&index) < full * 7 / 10, "{} of {full}", bytes(&index));
    assert_eq!(index.query(&signatures.signature(4_000).expect("there"), 0.9).expect("valid").len(), 1);
    index.clear();
    index.shrink_to_fit();
    assert!(bytes(&index) < 4_000, "{}", bytes(&index));
}

/// Many more removals than documents that stay, so that the index drops what is removed again and again.
#[test]
fn long_lives_end_as_the_model_does() {
    let scheme = Scheme::builder().custom_features("test").num_hashes(16).build().expect("valid");
    let hasher = scheme.minhasher();
    let banding = Banding::new(5, 2).expect("valid");
    let mut index = LshIndex::new(&scheme, banding).expect("fits");
    let mut model = Model::default();
    let mut state = 1_u64;
    let mut random = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for step in 0..12_000 {
        let id = random(200) as u8;
        let first = random(30);
        let signature = hasher.signature(&(first..first + random(6)).collect::<Vec<u64>>());
        // It grows for a while, then shrinks to almost nothing, and so on.
        if random(10) < if step / 2_000 % 2 == 0 { 7 } else { 3 } {
            assert_eq!(index.upsert(id, &signature).expect("same scheme"), model.remove(id));
            model.put(id, signature.clone());
        } else {
            assert_eq!(index.remove(&id), model.remove(id));
            assert!(index.signature(&id).is_none());
        }
        let hits = index.nearest(&signature, usize::MAX).expect("same scheme");
        let hits: Vec<(u8, f64)> = hits.iter().map(|hit| (*hit.id, hit.jaccard)).collect();
        assert_eq!(hits, model.like(&signature, banding), "at step {step}");
        assert_eq!(index.len(), model.documents.len());
    }
}

/// In the same bucket of every band, so that work that grows with the bucket would take minutes.
#[test]
fn copies_come_and_go_in_linear_time() {
    let scheme = Scheme::builder().custom_features("test").num_hashes(16).build().expect("valid");
    let signature = scheme.minhasher().signature(&[1, 2, 3]);
    let mut index = LshIndex::new(&scheme, Banding::new(16, 1).expect("valid")).expect("fits");
    let copies = 300_000_u32;
    for id in 0..copies {
        index.insert(id, &signature).expect("new");
    }
    let full = index.stats();
    assert_eq!((full.buckets, full.largest_bucket), (16, copies as usize));
    // From the front, from the back, and then what is left in between.
    for id in (0..copies / 3).chain((copies / 3 * 2..copies).rev()).chain(copies / 3..copies / 3 * 2) {
        assert!(index.remove(&id));
    }
    let stats = index.stats();
    assert_eq!((stats.documents, stats.buckets, stats.largest_bucket), (0, 0, 0));
    assert!(stats.index_bytes + stats.signature_bytes < (full.index_bytes + full.signature_bytes) / 100, "{stats:?}");
}

/// A document that is replaced all the time does not leave what its queries would have to pass over.
#[test]
fn one_document_replaced_many_times_stays_one() {
    let scheme = Scheme::builder().custom_features("test").num_hashes(16).build().expect("valid");
    let hasher = scheme.minhasher();
    let mut index = LshIndex::new(&scheme, Banding::new(16, 1).expect("valid")).expect("fits");
    for id in 0..1_000_u32 {
        index.insert(id, &hasher.signature(&[u64::from(id)])).expect("new");
    }
    let before = index.stats();
    let signature = hasher.signature(&[7]);
    for _ in 0..10_000 {
        assert!(index.upsert(7, &signature).expect("same scheme"));
        assert_eq!(index.query(&signature, 0.9).expect("valid").len(), 1);
    }
    let after = index.stats();
    assert_eq!((after.documents, after.buckets, after.largest_bucket), (1_000, before.buckets, before.largest_bucket));
}

#[test]
fn schemes_do_not_mix() {
    let one = Scheme::builder().seed(1).build().expect("valid");
    let two = Scheme::builder().seed(2).build().expect("valid");
    let mut index = LshIndex::new(&one, Banding::new(4, 4).expect("valid")).expect("fits");
    let foreign = two.minhasher().signature(&[1, 2, 3]);
    assert!(matches!(index.insert("a", &foreign), Err(Error::Mismatch(_))));
    assert!(matches!(index.query(&foreign, 0.5), Err(Error::Mismatch(_))));
    assert!(index.is_empty());
    let Err(error) = foreign.jaccard(&one.minhasher().signature(&[1])) else { panic!("schemes differ") };
    assert_eq!(
        error.to_string(),
        "the schemes differ in sketch.seed: 2 on the left, 1 on the right; make both with one scheme"
    );
}

#[test]
fn thresholds_out_of_range_are_errors() {
    let scheme = Scheme::news();
    let index: LshIndex<u8> = LshIndex::new(&scheme, Banding::new(4, 4).expect("valid")).expect("fits");
    let signature = scheme.minhasher().signature(&[1]);
    for threshold in [0.0, -1.0, 1.1, f64::NAN] {
        assert!(matches!(index.query(&signature, threshold), Err(Error::OutOfRange { field: "threshold", .. })));
    }
    let banding = Banding::new(300, 2).expect("valid");
    assert!(matches!(LshIndex::<u8>::new(&scheme, banding), Err(Error::BandingTooLarge { num_hashes: 256, .. })));
}
