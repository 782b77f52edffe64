use std::ops::Range;

use proptest::prelude::*;

use super::batches::batches;
use super::postings::Postings;
use super::*;

#[test]
fn ranges_are_checked() {
    let field = |found: Result<_, Error>| match found {
        Err(Error::OutOfRange { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(field(RewriteRules::new(0.0, 2, 1)), "threshold");
    assert_eq!(field(RewriteRules::new(0.1, 1, 1)), "max_document_frequency");
    assert_eq!(field(RewriteRules::new(0.1, 2, 0)), "min_rare");
}

#[test]
fn a_word_of_all_texts_makes_no_candidates() {
    let sets: Vec<ShingleSet> = (0..100).map(|text| [0, 1, 2, 1_000 + text].into_iter().collect()).collect();
    assert_eq!(RewriteRules::new(0.1, 99, 1).expect("valid").find(&sets), Rewrites::default());
    assert_eq!(RewriteRules::new(0.1, 100, 1).expect("valid").find(&sets).candidates, 4_950);
}

proptest! {
    #[test]
    fn pairs_are_those_of_brute_force(
        texts in prop::collection::vec(prop::collection::btree_set(0_u64..30, 0..12), 0..12),
        limit in 2_u32..6,
        least in 1_u32..4,
        threshold in 0.05_f64..0.6,
        stop in 1_usize..20,
    ) {
        let sets: Vec<ShingleSet> = texts.iter().map(|words| words.iter().copied().collect()).collect();
        let is_rare = |word: &u64| texts.iter().filter(|words| words.contains(word)).count() <= limit as usize;
        let mut expected = Rewrites::default();
        for left in 0..texts.len() {
            for right in left + 1..texts.len() {
                let rare = texts[left].intersection(&texts[right]).filter(|word| is_rare(word)).count();
                if rare >= least as usize {
                    let overlap = sets[left].overlap(&sets[right]);
                    expected.candidates += 1;
                    let reaches = overlap.jaccard() >= threshold;
                    expected.pairs.extend(reaches.then_some(RewritePair { left, right, rare, overlap }));
                }
            }
        }
        let rules = RewriteRules::new(threshold, limit, least).expect("valid");
        prop_assert_eq!(&rules.find(&sets), &expected);
        for held in [0, 1, 7] {
            let mut pairs = Vec::new();
            let candidates = rules.find_in_batches(held, &sets, |pair| {
                pairs.push(pair);
                if pairs.len() < stop { Ok(()) } else { Err(()) }
            });
            prop_assert_eq!(candidates.ok(), (expected.pairs.len() < stop).then_some(expected.candidates));
            prop_assert_eq!(&pairs[..], &expected.pairs[..expected.pairs.len().min(stop)]);
        }
    }

    #[test]
    fn no_text_has_more_partners_than_predicted(
        texts in prop::collection::vec(prop::collection::btree_set(0_u64..20, 0..12), 0..12),
        limit in 2_usize..6,
        least in 1_usize..4,
    ) {
        let sets: Vec<ShingleSet> = texts.iter().map(|words| words.iter().copied().collect()).collect();
        let rules = RewriteRules::new(f64::MIN_POSITIVE, limit as u32, least as u32).expect("valid");
        let mut found = vec![0; sets.len()];
        rules.find(&sets).pairs.iter().for_each(|pair| found[pair.left] += 1);
        let most = Postings::rare(&sets, limit).max_partners(sets.len(), least);
        prop_assert!(found.iter().zip(&most).all(|(found, most)| found <= most), "{:?} {:?}", found, most);
    }

    #[test]
    fn batches_are_small_and_hold_each_text_once(most in prop::collection::vec(0_usize..9, 0..40), held in 0_usize..20) {
        let parts: Vec<Range<usize>> = batches(&most, held).collect();
        prop_assert!(parts.iter().cloned().flatten().eq(0..most.len()));
        for (at, part) in parts.iter().enumerate() {
            let pairs: usize = most[part.clone()].iter().sum();
            prop_assert!(part.len() == 1 || pairs <= held);
            let with_next = parts.get(at + 1).map(|next| pairs + most[next.start]);
            prop_assert!(with_next.is_none_or(|pairs| pairs > held), "a batch is smaller than it must be");
        }
    }
}

#[test]
fn a_pair_takes_as_much_as_documented() {
    assert_eq!(size_of::<RewritePair>(), 6 * size_of::<usize>());
}

#[cfg(feature = "serde")]
#[test]
fn stored_rules_are_checked() {
    let rules = RewriteRules::new(0.3, 100, 3).expect("valid");
    let stored = serde_json::to_string(&rules).expect("plain");
    assert_eq!(serde_json::from_str::<RewriteRules>(&stored).expect("valid"), rules);
    let forged = r#"{"threshold":0.3,"max_document_frequency":1,"min_rare":3}"#;
    assert!(serde_json::from_str::<RewriteRules>(forged).is_err());
}
