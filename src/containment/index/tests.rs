use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn set(elements: impl IntoIterator<Item = u64>) -> ShingleSet {
    elements.into_iter().collect()
}

/// An index that keeps all hashes misses nothing that chance could take.
fn whole() -> FracMinHash {
    FracMinHash::new(1, 1_000).expect("within")
}

fn ids<'a>(found: &[Contained<'a, u32>]) -> Vec<u32> {
    found.iter().map(|found| *found.id).collect()
}

#[test]
fn both_directions_are_exact() {
    let mut index = ContainmentIndex::new(whole());
    index.insert(1, set(0..1_000)).expect("new");
    index.insert(2, set(0..95)).expect("new");
    index.insert(3, set(50..150)).expect("new");
    index.insert(4, set(5_000..5_100)).expect("new");
    let asked = set(0..100);
    let found = index.containers(&asked, 0.9).expect("valid");
    assert_eq!(ids(&found), [1, 2]);
    assert_eq!(found[1].overlap, Overlap::from_trusted(100, 95, 95));
    assert_eq!(ids(&index.containers(&asked, 0.5).expect("valid")), [1, 2, 3]);
    assert_eq!(ids(&index.contained(&asked, 0.5).expect("valid")), [2, 3]);
    assert_eq!(ids(&index.contained(&asked, 0.1).expect("valid")), [2, 3, 1]);
    assert!(ids(&index.contained(&set([]), 0.1).expect("valid")).is_empty());
}

#[test]
fn replaced_and_removed_documents_are_not_found() {
    let mut index = ContainmentIndex::new(whole());
    assert_eq!(index.upsert(1, set(0..50)), Ok(false));
    assert_eq!(index.upsert(1, set(100..150)), Ok(true));
    assert!(ids(&index.containers(&set(0..50), 0.9).expect("valid")).is_empty());
    assert_eq!(ids(&index.containers(&set(100..150), 0.9).expect("valid")), [1]);
    assert!(matches!(index.insert(1, set([])), Err(Error::DuplicateId { .. })));
    assert_eq!(index.set(&1), Some(&set(100..150)));
    assert!(index.remove(&1) && !index.remove(&1));
    assert_eq!((index.len(), index.sampled(), index.set(&1)), (0, 0, None));
}

#[test]
fn thresholds_are_checked() {
    let index = ContainmentIndex::<u32>::new(whole());
    for threshold in [0.0, -1.0, 1.1, f64::NAN] {
        assert!(index.containers(&set([1]), threshold).is_err());
        assert!(index.contained(&set([1]), threshold).is_err());
        assert!(index.pairs(threshold).is_err());
    }
}

#[test]
fn boilerplate_makes_no_candidates_and_hides_none() {
    let mut index = ContainmentIndex::new(FracMinHash::new(1, 5).expect("within"));
    // Twenty pages with one footer; the third has an article as well.
    for page in 0..20 {
        let own = page * 1_000 + 100;
        index.insert(page as u32, set((0..60).chain(own..own + 40))).expect("new");
    }
    let article = set((0..60).chain(3_100..3_110));
    assert_eq!(ids(&index.containers(&article, 0.9).expect("valid")), [3]);
    assert!(ids(&index.containers(&set(0..60), 0.9).expect("valid")).is_empty());
}

#[test]
fn pairs_come_once_the_smaller_first() {
    let mut index = ContainmentIndex::new(whole());
    for (id, elements) in [(1, 0..500), (2, 0..50), (3, 0..50), (4, 25..75), (5, 900..1_000)] {
        index.insert(id, set(elements)).expect("new");
    }
    let pairs = index.pairs(0.9).expect("valid");
    let found: Vec<_> = pairs.iter().map(|pair| (*pair.inner, *pair.outer, pair.overlap.shared())).collect();
    assert_eq!(found, [(2, 1, 50), (2, 3, 50), (3, 1, 50), (4, 1, 50)]);
}

proptest! {
    #[test]
    fn it_answers_what_brute_force_answers(
        actions in prop::collection::vec((0_u32..12, any::<bool>(), 0_u64..60, 1_u64..60), 1..40),
        asked in (0_u64..60, 1_u64..60),
        threshold in 0.05_f64..=1.0,
    ) {
        let mut index = ContainmentIndex::new(whole());
        let mut plain: BTreeMap<u32, ShingleSet> = BTreeMap::new();
        for (id, add, start, length) in actions {
            if add {
                let elements = set(start..start + length);
                prop_assert_eq!(index.upsert(id, elements.clone()), Ok(plain.insert(id, elements).is_some()));
            } else {
                prop_assert_eq!(index.remove(&id), plain.remove(&id).is_some());
            }
        }
        let asked = set(asked.0..asked.0 + asked.1);
        let sorted = |found: Vec<Contained<'_, u32>>| {
            let mut found = ids(&found);
            found.sort_unstable();
            found
        };
        let naive = |reaches: &dyn Fn(&ShingleSet) -> bool| -> Vec<u32> {
            plain.iter().filter(|(_, set)| reaches(set)).map(|(id, _)| *id).collect()
        };
        let containers = naive(&|set| asked.contained_in(set) >= threshold);
        prop_assert_eq!(sorted(index.containers(&asked, threshold).expect("valid")), containers);
        let contained = naive(&|set| set.contained_in(&asked) >= threshold);
        prop_assert_eq!(sorted(index.contained(&asked, threshold).expect("valid")), contained);
        let mut pairs = 0;
        for (id, left) in &plain {
            let later = plain.range(id + 1..);
            pairs += later.filter(|(_, right)| left.overlap(right).containment() >= threshold).count();
        }
        prop_assert_eq!(index.pairs(threshold).expect("valid").len(), pairs);
    }
}
