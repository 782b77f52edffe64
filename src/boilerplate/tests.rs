use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::counts::BYTES_PER_COUNT;
use super::rule::min_count;
use super::seen_sets::BYTES_PER_SET;
use super::*;
use crate::error::{Error, Mismatch};
use crate::scheme::Scheme;
use crate::set::ShingleSet;

fn set(elements: impl IntoIterator<Item = u64>) -> ShingleSet {
    elements.into_iter().collect()
}

#[test]
fn counts_of_another_scheme_are_refused() {
    let common = ShingleCounts::new(&Scheme::news()).common(0.5, 1).expect("valid");
    let refused = common.remove_from(&Scheme::web(), &set([1]));
    assert!(matches!(refused, Err(Error::Mismatch(Mismatch { field: "scheme id", .. }))));
    assert!(ShingleCounts::new(&Scheme::news()).common(0.0, 1).is_err());
}

#[test]
fn a_share_is_exact() {
    for (share, documents, least) in
        [(0.07, 100, 7), (0.14, 100, 14), (0.28, 100, 28), (0.55, 100, 55), (0.071, 100, 8)]
    {
        assert_eq!(min_count(share, documents), least, "{share}");
    }
    for documents in 1..300 {
        for part in 1..=documents {
            assert_eq!(min_count(part as f64 / documents as f64, documents), part);
        }
    }
    assert_eq!((min_count(0.5, 0), min_count(1.0, 3), min_count(0.01, 3)), (0, 3, 1));
}

#[test]
fn a_limit_of_all_memory_reserves_little() {
    let rule = BoilerplateRule::new(0.5, 2).expect("valid");
    let mut sketch = BoilerplateSketch::new(&Scheme::news(), rule, usize::MAX);
    let sets = [set([1, 2]), set([1, 3])];
    sets.iter().for_each(|set| sketch.add(0, set).expect("few"));
    let mut counts = sketch.finish();
    sets.iter().for_each(|set| counts.add(0, set).expect("few"));
    assert_eq!(counts.finish().expect("the same").remove_from(0, &sets[0]), set([2]));
}

#[test]
fn the_id_names_the_rule_and_the_shingles() {
    let mut counts = ShingleCounts::new(&Scheme::news());
    counts.add(&set([1, 2]));
    counts.add(&set([1, 3]));
    let (one, all) = (counts.common(1.0, 1).expect("valid"), counts.common(0.5, 1).expect("valid"));
    assert_eq!((one.len(), all.len(), one.documents(), one.min_documents()), (1, 3, 2, 2));
    assert_ne!(one.id(), all.id());
    assert_eq!(one.id(), counts.common(0.9, 2).expect("valid").id());
}

proptest! {
    #[test]
    fn common_shingles_are_those_of_brute_force(
        documents in prop::collection::vec(prop::collection::btree_set(0_u64..20, 0..15), 1..12),
        share in 0.05_f64..=1.0,
        least in 0_u64..6,
    ) {
        let scheme = Scheme::news();
        let (mut counts, mut naive) = (ShingleCounts::new(&scheme), BTreeMap::new());
        for document in &documents {
            counts.add(&set(document.iter().copied()));
            document.iter().for_each(|hash| *naive.entry(*hash).or_insert(0_u64) += 1);
        }
        let common = counts.common(share, least).expect("valid");
        for document in &documents {
            let rare = |hash: &u64| naive[hash] < least || (naive[hash] as f64) < share * documents.len() as f64;
            let expected = set(document.iter().copied().filter(rare));
            prop_assert_eq!(common.remove_from(&scheme, &set(document.iter().copied())), Ok(expected));
        }
    }
}

/// Makes both passes over documents, with this number of counters.
fn found(documents: &[(u64, ShingleSet)], rule: BoilerplateRule, counters: usize) -> Result<Boilerplate, Error> {
    let mut sketch = BoilerplateSketch::new(&Scheme::news(), rule, 1 << 16);
    sketch.counters = vec![0; counters];
    documents.iter().try_for_each(|(source, set)| sketch.add(*source, set))?;
    let mut counts = sketch.finish();
    documents.iter().try_for_each(|(source, set)| counts.add(*source, set))?;
    counts.finish()
}

fn rule(share: f64, least: u64) -> BoilerplateRule {
    BoilerplateRule::new(share, least).expect("valid")
}

#[test]
fn ranges_are_checked() {
    assert!(matches!(BoilerplateRule::new(0.0, 2), Err(Error::OutOfRange { field: "share", .. })));
    assert!(matches!(BoilerplateRule::new(0.5, 1), Err(Error::OutOfRange { field: "min_documents", .. })));
}

#[test]
fn counters_that_are_full_are_never_too_low() {
    let documents: Vec<_> = (0..70_000).map(|other| (0, [1, 100 + other].into_iter().collect())).collect();
    let mut sketch = BoilerplateSketch::new(&Scheme::news(), rule(1.0, 2), 100 << 20);
    documents.iter().for_each(|(source, set)| sketch.add(*source, set).expect("they fit"));
    let mut counts = sketch.finish();
    documents.iter().for_each(|(source, set)| counts.add(*source, set).expect("they fit"));
    let boilerplate = counts.finish().expect("the same documents");
    let common = boilerplate.of_source(0).expect("a source");
    assert_eq!((common.len(), common.documents(), common.min_documents()), (1, 70_000, 70_000));
}

#[test]
fn too_many_are_an_error() {
    let refused = |documents: &[(u64, ShingleSet)]| match found(documents, rule(0.5, 2), 1 << 20) {
        Err(Error::TooManyToCount { what, most }) => (what, most),
        other => panic!("{other:?}"),
    };
    let long: Vec<_> = (0..4_u64).map(|other| (0, (other..10_000 + other).collect())).collect();
    assert_eq!(refused(&long), ("shingles that may be boilerplate", (1 << 14) / BYTES_PER_COUNT));
    let mut many: Vec<_> = (0..2_000).map(|other| (0, [other].into_iter().collect())).collect();
    assert_eq!(refused(&many), ("different documents", (1 << 15) / BYTES_PER_SET));
    many.truncate((1 << 15) / BYTES_PER_SET);
    many.extend(many.clone());
    assert!(found(&many, rule(0.5, 2), 1 << 20).is_ok(), "copies take no memory");
}

#[test]
fn passes_over_different_documents_are_an_error() {
    let documents: Vec<(u64, ShingleSet)> =
        (0..9).map(|other| (other % 2, [1, 10 + other].into_iter().collect())).collect();
    let mut sketch = BoilerplateSketch::new(&Scheme::news(), rule(0.5, 2), 1 << 16);
    documents.iter().for_each(|(source, set)| sketch.add(*source, set).expect("they fit"));
    let mut other_source = documents.clone();
    other_source[0].0 = 1;
    for again in [&documents[..6], &other_source] {
        let mut counts = sketch.clone().finish();
        again.iter().for_each(|(source, set)| counts.add(*source, set).expect("they fit"));
        assert_eq!(counts.finish(), Err(Error::ChangedCorpus { documents: 9, again: again.len() as u64 }));
    }
}

#[test]
fn boilerplate_of_another_scheme_is_refused() {
    let boilerplate = found(&[], rule(0.5, 2), 1).expect("nothing");
    assert_eq!(boilerplate.check(&Scheme::news()), Ok(()));
    assert!(matches!(boilerplate.check(&Scheme::web()), Err(Error::Mismatch(_))));
}

proptest! {
    #[test]
    fn boilerplate_is_that_of_exact_counts(
        documents in prop::collection::vec((0_u64..3, prop::collection::btree_set(0_u64..12, 0..6)), 0..40),
        share in 0.05_f64..=1.0,
        least in 2_u64..5,
        counters in 1_usize..40,
    ) {
        let sets: Vec<(u64, ShingleSet)> =
            documents.iter().map(|(source, set)| (*source, set.iter().copied().collect())).collect();
        let boilerplate = found(&sets, rule(share, least), counters).expect("few shingles");
        let mut naive: BTreeMap<u64, (ShingleCounts, BTreeSet<BTreeSet<u64>>)> = BTreeMap::new();
        for (source, set) in &documents {
            let (counts, seen) =
                naive.entry(*source).or_insert_with(|| (ShingleCounts::new(&Scheme::news()), BTreeSet::new()));
            if seen.insert(set.clone()) {
                counts.add(&set.iter().copied().collect());
            }
        }
        let expected: Vec<(u64, CommonShingles)> =
            naive.into_iter().map(|(source, (counts, _))| (source, counts.common(share, least).expect("valid"))).collect();
        let found: Vec<(u64, CommonShingles)> =
            boilerplate.sources().map(|(source, common)| (source, common.clone())).collect();
        prop_assert_eq!(&found, &expected);
        for (source, set) in &sets {
            let left = boilerplate.remove_from(*source, set);
            let common = boilerplate.of_source(*source).expect("it has documents");
            prop_assert_eq!(Ok(left), common.remove_from(&Scheme::news(), set));
        }
    }
}

#[cfg(feature = "serde")]
#[test]
fn stored_values_are_checked() {
    let documents: Vec<(u64, ShingleSet)> = (0..4).map(|other| (7, set([1, 10 + other]))).collect();
    let boilerplate = found(&documents, rule(0.5, 2), 8).expect("few shingles");
    let stored = serde_json::to_string(&boilerplate).expect("plain");
    assert_eq!(serde_json::from_str::<Boilerplate>(&stored).expect("valid"), boilerplate);
    let of_others = stored.replacen(&boilerplate.scheme_id().to_string(), "0000000000000000", 1);
    assert!(serde_json::from_str::<Boilerplate>(&of_others).is_err());
    assert!(serde_json::from_str::<BoilerplateRule>(r#"{"share":0.5,"min_documents":1}"#).is_err());
}
