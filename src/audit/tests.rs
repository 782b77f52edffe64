use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;

use super::tally::Tally;
use super::*;
use crate::mix::derive;
use crate::{Document, Scheme, SimilarityJoin};

/// Returns what an audit should count: recall, recall of documents, and precision, each as part and whole.
fn brute_force(sets: &[ShingleSet], drawn: &[u32], threshold: f64, found: &BTreeSet<(u32, u32)>) -> [(u64, u64); 3] {
    let (mut recall, mut precision) = ((0, 0), (0, 0));
    let (mut with_pair, mut with_found) = (BTreeSet::new(), BTreeSet::new());
    for left in 0..sets.len() as u32 {
        for right in left + 1..sets.len() as u32 {
            let ends = [left, right].into_iter().filter(|end| drawn.contains(end));
            if ends.clone().next().is_none() {
                continue;
            }
            let is_true = sets[left as usize].jaccard(&sets[right as usize]) >= threshold;
            let is_found = found.contains(&(left, right));
            recall.0 += u64::from(is_true && is_found);
            recall.1 += u64::from(is_true);
            precision.0 += u64::from(is_true && is_found);
            precision.1 += u64::from(is_found);
            for end in ends.filter(|_| is_true) {
                with_pair.insert(end);
                if is_found {
                    with_found.insert(end);
                }
            }
        }
    }
    [recall, (with_found.len() as u64, with_pair.len() as u64), precision]
}

proptest! {
    #[test]
    fn it_counts_what_brute_force_counts(
        sets in vec(vec(0_u64..12, 0..10), 0..40),
        size in 1_usize..30,
        seed in 0_u64..100,
        threshold in prop_oneof![Just(1.0), Just(0.5), Just(1.0 / 3.0), 0.01_f64..1.0],
        kept in vec(any::<bool>(), 800),
    ) {
        let number = |at: usize| at as u32;
        let distinct: Vec<ShingleSet> = sets.iter().cloned().map(ShingleSet::from).collect();
        let all = (0..number(sets.len())).flat_map(|left| (0..left).map(move |right| (right, left)));
        let found: BTreeSet<(u32, u32)> = all.zip(&kept).filter(|(_, kept)| **kept).map(|(pair, _)| pair).collect();
        let options = AuditOptions::new(threshold).sample(size).seed(seed).examples(1000);
        let mut sample = options.sampler();
        for (document, set) in (0..).zip(&distinct) {
            sample.offer(document, || set.clone());
        }
        let mut audit = Audit::new(options, sample).expect("valid");
        // Half of them one by one, as they are; half of them as a batch, backwards.
        let (one_by_one, batch) = sets.split_at(sets.len() / 2);
        let mut batch: Vec<(u32, &Vec<u64>)> = (number(one_by_one.len())..).zip(batch).collect();
        batch.reverse();
        audit.observe_batch(&batch);
        for (document, set) in (0..).zip(one_by_one) {
            audit.observe(document, set);
        }
        let reported = found.iter().chain(&found).map(|&(left, right)| (right, left));
        let report = audit.finish(|left, right| found.contains(&(left, right)), reported);

        let drawn = Sample::numbers(seed, size, number(sets.len()));
        let expected = brute_force(&distinct, &drawn, threshold, &found);
        let counts = [report.recall, report.document_recall, report.precision].map(|share| (share.part, share.whole));
        prop_assert_eq!(counts, expected);
        prop_assert_eq!(report.missed.len() as u64, report.recall.whole - report.recall.part);
        prop_assert_eq!(report.false_pairs.len() as u64, report.precision.whole - report.precision.part);
        prop_assert!(report.missed.iter().all(|pair| pair.jaccard >= threshold && !found.contains(&(pair.left, pair.right))));
        prop_assert!(report.missed.is_sorted_by(|a, b| a.jaccard >= b.jaccard));
        let in_ranges = report.ranges.iter().fold((0, 0), |(part, whole), range| {
            (part + range.recall.part, whole + range.recall.whole)
        });
        prop_assert_eq!(in_ranges, expected[0]);
        for share in [report.recall, report.document_recall, report.precision] {
            prop_assert!(0.0 <= share.low && share.low <= share.high && share.high <= 1.0);
            prop_assert!(share.value().is_none_or(|value| (share.low..=share.high).contains(&value)));
            if drawn.len() == sets.len() && share.whole > 0 {
                prop_assert_eq!(share.low, share.high);
            }
        }
    }
}

/// Texts of which each tenth is like the one before, and each hundredth equal to it.
fn texts() -> Vec<String> {
    let words = |story: u64, from: u64| (from..from + 40).map(move |word| format!("w{story}x{word}"));
    let text = |number: u64| match number % 100 {
        10 => words(number - 1, 0),
        _ if number.is_multiple_of(10) => words(number.saturating_sub(1), number / 10 % 8),
        _ => words(number, 0),
    };
    (0..3000).map(|number| text(number).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn a_join_is_perfect_and_planted_losses_are_seen() {
    let scheme = Scheme::builder().words(1).build().expect("valid");
    let texts = texts();
    let mut join = SimilarityJoin::builder(&scheme).threshold(0.5).build().expect("valid");
    join.push_all(((0_u32..).zip(&texts)).map(|(id, text)| Document::text(id, text))).expect("few");
    let mut found = join.finish().expect("few");
    let options = AuditOptions::new(0.6).sample(1500);
    let report = audit(&scheme, &texts, &found, options).expect("same texts");
    assert_eq!((report.recall.value(), report.precision.value()), (Some(1.0), Some(1.0)));
    assert!(report.recall.whole > 100 && report.missed.is_empty() && report.false_pairs.is_empty());
    assert!((0.8..1.0).contains(&report.recall.low));
    assert_eq!(report.recall.high, 1.0);
    let equal = report.ranges.last().expect("some");
    assert!(equal.from == 1.0 && equal.recall.whole > 5);

    let before = found.pairs().iter().filter(|pair| pair.jaccard() >= 0.6).count();
    found.retain(|pair| pair.left % 40 != 9);
    let truth = found.pairs().iter().filter(|pair| pair.jaccard() >= 0.6).count() as f64 / before as f64;
    let report = audit(&scheme, &texts, &found, options).expect("same texts");
    assert!((report.recall.low..=report.recall.high).contains(&truth), "{truth} {report}");
    assert!(truth < 0.9 && report.recall.high < 0.95);
    assert_eq!(report.missed.len(), 20);
    assert_eq!(report.precision.value(), Some(1.0));
    // If all documents are drawn, the interval is the truth.
    let report = audit(&scheme, &texts, &found, options.sample(3000)).expect("same texts");
    assert_eq!((report.recall.value(), report.recall.low, report.recall.high), (Some(truth), truth, truth));
}

/// A corpus as an audit sees it: for each document its true pairs, and whether they were found.
struct Population {
    pairs: Vec<Vec<(u32, bool)>>,
}

impl Population {
    /// Clusters of documents that are all similar, with a rule for which pairs are found.
    fn new(documents: u32, seed: u64, size: impl Fn(f64) -> u32, found: impl Fn(u32, u32, u32) -> bool) -> Self {
        let mut pairs = vec![Vec::new(); documents as usize];
        let mut first = 0;
        while first < documents {
            let end = (first + size(uniform(seed, first, 0))).min(documents);
            for left in first..end {
                for right in left + 1..end {
                    let found = found(first, left, right);
                    pairs[left as usize].push((right, found));
                    pairs[right as usize].push((left, found));
                }
            }
            first = end;
        }
        Self { pairs }
    }

    fn recall(&self) -> f64 {
        let pairs = self.pairs.iter().flatten();
        pairs.clone().filter(|(_, found)| *found).count() as f64 / pairs.count() as f64
    }

    fn document_recall(&self) -> f64 {
        let some = self.pairs.iter().filter(|pairs| !pairs.is_empty());
        some.clone().filter(|pairs| pairs.iter().any(|(_, found)| *found)).count() as f64 / some.count() as f64
    }

    /// What an audit by this sample would count.
    fn tally(&self, drawn: &[u32]) -> Tally {
        let is_drawn: BTreeSet<u32> = drawn.iter().copied().collect();
        let mut tally = Tally::default();
        for &document in drawn {
            for &(other, found) in &self.pairs[document as usize] {
                match is_drawn.contains(&other) {
                    true if other < document => {}
                    true => tally.add(&[document, other], found),
                    false => tally.add(&[document], found),
                }
            }
        }
        tally
    }
}

fn uniform(seed: u64, a: u32, b: u32) -> f64 {
    (derive(seed, "simulation", u64::from(a) << 32 | u64::from(b)) >> 11) as f64 / (1_u64 << 53) as f64
}

#[test]
fn intervals_contain_the_truth_as_often_as_they_say() {
    let few = |u: f64| 1 + (3.0 * u) as u32;
    // A tenth of the clusters are ten times as large.
    let skewed = |u: f64| if u < 0.1 { 10 + (200.0 * u) as u32 } else { 2 };
    let populations = [
        ("pairs missed one by one", Population::new(20_000, 1, few, |_, a, b| uniform(2, a, b) < 0.95)),
        ("hardly any missed", Population::new(20_000, 1, few, |_, a, b| uniform(2, a, b) < 0.995)),
        ("large clusters", Population::new(20_000, 1, skewed, |_, a, b| uniform(2, a, b) < 0.97)),
        (
            "documents that lose all their pairs",
            Population::new(20_000, 1, skewed, |_, a, b| uniform(2, a, 0).min(uniform(2, b, 0)) > 0.04),
        ),
        (
            "clusters that are missed as a whole",
            Population::new(20_000, 1, few, |first, _, _| uniform(2, first, 1) > 0.1),
        ),
        ("mostly missed", Population::new(20_000, 1, few, |_, a, b| uniform(2, a, b) < 0.2)),
    ];
    for (name, population) in populations {
        let (recall, of_documents) = (population.recall(), population.document_recall());
        let (mut covered, mut documents_covered) = (0, 0);
        for seed in 0..1000 {
            let tally = population.tally(&Sample::numbers(seed, 1000, 20_000));
            let share = tally.pairs(1.96, false);
            covered += u32::from((share.low..=share.high).contains(&recall));
            let share = tally.documents(1.96, false);
            documents_covered += u32::from((share.low..=share.high).contains(&of_documents));
        }
        assert!(covered >= 930, "{name}: pairs {covered} of 1000");
        assert!(documents_covered >= 930, "{name}: documents {documents_covered} of 1000");
    }
}

#[test]
fn pairs_taken_as_independent_would_promise_too_much() {
    // Clusters of fifty that are found or missed as a whole: this is why the interval counts documents.
    let population = Population::new(20_000, 1, |_| 50, |first, _, _| uniform(2, first, 1) > 0.3);
    let recall = population.recall();
    let mut covered = [0, 0];
    for seed in 0..1000 {
        let share = population.tally(&Sample::numbers(seed, 200, 20_000)).pairs(1.96, false);
        let naive = Proportion::from_units(share.part, share.whole, 1.96, false);
        covered[0] += u32::from((share.low..=share.high).contains(&recall));
        covered[1] += u32::from((naive.low..=naive.high).contains(&recall));
    }
    assert!(covered[0] >= 930 && covered[1] < 500, "{covered:?}");
}

#[test]
fn bad_options_are_named() {
    let field = |options: AuditOptions| match Audit::new(options, options.sampler()) {
        Err(Error::OutOfRange { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(field(AuditOptions::new(0.0)), "threshold");
    assert_eq!(field(AuditOptions::new(f64::NAN)), "threshold");
    assert_eq!(field(AuditOptions::new(0.5).sample(0)), "sample");
    assert_eq!(field(AuditOptions::new(0.5).confidence(1.0)), "confidence");
}

#[test]
fn other_texts_than_were_joined_are_an_error() {
    let scheme = Scheme::news();
    let found = SimilarityJoin::<u32>::finish(SimilarityJoin::builder(&scheme).build().expect("valid")).expect("none");
    let outcome = audit(&scheme, &["one"], &found, AuditOptions::new(0.5));
    assert_eq!(outcome.err(), Some(Error::WrongLength { field: "texts", found: 1, expected: 0 }));
    let report = audit::<u32, &str>(&scheme, &[], &found, AuditOptions::new(0.5)).expect("nothing to do");
    assert_eq!((report.recall.value(), report.recall.low, report.recall.high), (None, 0.0, 1.0));
}
