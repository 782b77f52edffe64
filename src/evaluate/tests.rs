use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::{Clustering, Document, Keep, Scheme, SimilarityJoin};

/// Each pair once, lesser first, with its greatest score.
fn greatest(scored: &[(u8, u8, u8)]) -> BTreeMap<(u8, u8), u8> {
    let mut pairs = BTreeMap::new();
    for &(a, b, score) in scored.iter().filter(|(a, b, _)| a != b) {
        let known = pairs.entry((a.min(b), a.max(b))).or_insert(score);
        *known = score.max(*known);
    }
    pairs
}

/// Counts pair by pair.
fn brute_force(duplicates: &BTreeMap<(u8, u8), bool>, scored: &BTreeMap<(u8, u8), u8>, threshold: u8) -> Scores {
    let mut scores = Scores::default();
    for (pair, duplicate) in duplicates {
        match (scored.get(pair).is_some_and(|&score| score >= threshold), duplicate) {
            (true, true) => scores.true_pairs += 1,
            (true, false) => scores.false_pairs += 1,
            (false, true) => scores.missed_pairs += 1,
            (false, false) => {}
        }
    }
    scores
}

fn check(
    labels: &Labels<u8>,
    duplicates: &BTreeMap<(u8, u8), bool>,
    scored: &[(u8, u8, u8)],
) -> Result<(), TestCaseError> {
    let evaluation =
        Evaluation::new(labels, scored.iter().map(|&(a, b, score)| (a, b, f64::from(score)))).expect("numbers");
    let pairs = greatest(scored);
    prop_assert_eq!(evaluation.duplicates(), duplicates.values().filter(|duplicate| **duplicate).count() as u64);
    for threshold in 0..12 {
        prop_assert_eq!(evaluation.at(f64::from(threshold)).scores, brute_force(duplicates, &pairs, threshold));
    }
    let lowest = brute_force(duplicates, &pairs, 0);
    prop_assert_eq!(evaluation.never_scored(), lowest.missed_pairs);
    prop_assert!(evaluation.points().is_sorted_by(|a, b| a.threshold < b.threshold));
    let best = evaluation.best();
    prop_assert!(evaluation.points().iter().all(|row| row.scores.f1() <= best.scores.f1()));
    prop_assert_eq!(evaluation.at(best.threshold), best);
    Ok(())
}

proptest! {
    #[test]
    fn scores_of_labelled_pairs_are_those_of_brute_force(
        judged in vec((0_u8..8, 0_u8..8, any::<bool>()), 0..30),
        scored in vec((0_u8..10, 0_u8..10, 0_u8..10), 0..60),
    ) {
        let mut duplicates = BTreeMap::new();
        for &(a, b, duplicate) in judged.iter().filter(|(a, b, _)| a != b) {
            duplicates.insert((a.min(b), a.max(b)), duplicate);
        }
        check(&Labels::from_pairs(judged), &duplicates, &scored)?;
    }

    #[test]
    fn scores_of_labelled_documents_are_those_of_brute_force(
        labels in vec((0_u8..12, 0_u8..4), 0..20),
        scored in vec((0_u8..14, 0_u8..14, 0_u8..10), 0..60),
    ) {
        let last: BTreeMap<u8, u8> = labels.iter().copied().collect();
        let pairs = last.iter().flat_map(|(&a, x)| last.iter().map(move |(&b, y)| ((a, b), x == y)));
        let duplicates = pairs.filter(|((a, b), _)| a < b).collect();
        check(&Labels::from_documents(labels), &duplicates, &scored)?;
    }

    #[test]
    fn cluster_scores_are_those_of_brute_force(
        labels in vec((0_u8..20, 0_u8..5), 0..30),
        clusters in vec((0_u8..25, 0_u8..5), 0..30),
    ) {
        let scores = ClusterScores::new(labels.iter().copied(), clusters.iter().copied());
        let label: BTreeMap<u8, u8> = labels.into_iter().collect();
        let cluster: BTreeMap<u8, u8> = clusters.into_iter().collect();
        let together = |a: u8, b: u8| a == b || cluster.get(&a).is_some_and(|of| cluster.get(&b) == Some(of));
        let (mut pairs, mut precision, mut recall) = (Scores::default(), 0.0, 0.0);
        for (&a, of_a) in &label {
            let (mut both, mut in_cluster, mut in_label) = (0.0, 0.0, 0.0);
            for (&b, of_b) in &label {
                let (reported, duplicate) = (together(a, b), of_a == of_b);
                both += f64::from(u8::from(reported && duplicate));
                in_cluster += f64::from(u8::from(reported));
                in_label += f64::from(u8::from(duplicate));
                if a < b {
                    pairs.true_pairs += u64::from(reported && duplicate);
                    pairs.false_pairs += u64::from(reported && !duplicate);
                    pairs.missed_pairs += u64::from(!reported && duplicate);
                }
            }
            precision += both / in_cluster;
            recall += both / in_label;
        }
        prop_assert_eq!(scores.pairs, pairs);
        let n = label.len() as f64;
        if n > 0.0 {
            prop_assert!((scores.b_cubed.precision - precision / n).abs() < 1e-12);
            prop_assert!((scores.b_cubed.recall - recall / n).abs() < 1e-12);
        }
        let unlabelled: BTreeSet<&u8> = cluster.keys().filter(|document| !label.contains_key(document)).collect();
        prop_assert_eq!(scores.unlabelled, unlabelled.len() as u64);
    }
}

#[test]
fn the_example_of_bagga_and_baldwin() {
    // Figure 1 of the paper: {1..5}, {6, 7}, {8..12}. The first response joins the two small ones, the second the two
    // large.
    let labels = (1..=12).map(|n| {
        (
            n,
            if n <= 5 {
                1
            } else if n <= 7 {
                2
            } else {
                3
            },
        )
    });
    let first = ClusterScores::new(labels.clone(), (1..=12).map(|n| (n, n <= 5)));
    let second = ClusterScores::new(labels, (1..=12).map(|n| (n, n == 6 || n == 7)));
    assert!((first.b_cubed.precision - 16.0 / 21.0).abs() < 1e-12);
    assert!((second.b_cubed.precision - 7.0 / 12.0).abs() < 1e-12);
    assert_eq!((first.b_cubed.recall, second.b_cubed.recall), (1.0, 1.0));
}

#[test]
fn a_label_of_many_documents_lists_no_pairs() {
    let many = 1_000_000_u64;
    let pairs = many * (many - 1) / 2;
    let labels = Labels::from_documents((0..many).map(|document| (document, ())));
    let evaluation = Evaluation::new(&labels, [(1, 2, 0.5)]).expect("numbers");
    assert_eq!((evaluation.duplicates(), evaluation.never_scored()), (pairs, pairs - 1));
    let scores = ClusterScores::new((0..many).map(|document| (document, ())), (0..many).map(|document| (document, ())));
    assert_eq!((scores.pairs.true_pairs, scores.b_cubed.f1()), (pairs, 1.0));
}

#[test]
fn nothing_is_no_accident() {
    let nothing = Evaluation::new(&Labels::<u8>::from_pairs([]), []).expect("numbers");
    let best = nothing.best();
    assert_eq!((best.threshold, best.scores.f1()), (f64::INFINITY, 1.0));
    let labels = Labels::from_pairs([(1, 2, true)]);
    let evaluation = Evaluation::new(&labels, [(1, 1, 0.9), (1, 3, 0.8)]).expect("numbers");
    assert_eq!((evaluation.never_scored(), evaluation.unlabelled(), evaluation.best().scores.f1()), (1, 1, 0.0));
    assert_eq!(evaluation.at(f64::NAN).scores.missed_pairs, 1);
    assert!(Evaluation::new(&labels, [(1, 2, f64::NAN)]).is_err());
    let scores = ClusterScores::new::<u8, u8, u8>([], []);
    assert_eq!((scores.pairs.f1(), scores.b_cubed.f1()), (1.0, 1.0));
    assert_eq!(BCubed { precision: 0.0, recall: 0.0 }.f1(), 0.0);
}

#[test]
fn clusters_of_a_join_can_be_judged() {
    let scheme = Scheme::builder().words(1).build().expect("valid");
    let mut join = SimilarityJoin::builder(&scheme).threshold(0.5).build().expect("valid");
    join.push_all(
        ([(0, "a b c"), (1, "x y z"), (2, "a b c d"), (3, "x y z")])
            .into_iter()
            .map(|(id, text)| Document::text(id, text)),
    )
    .expect("few");
    let clusters = join.finish().expect("few").clusters(Clustering::Leader, Keep::First);
    let labels = [(0, "abc"), (1, "xyz"), (2, "abc"), (3, "xyz")];
    let scores = ClusterScores::new(labels.iter().map(|(id, label)| (id, label)), assignments(&clusters));
    assert_eq!((scores.pairs.true_pairs, scores.pairs.f1()), (2, 1.0));
}

#[test]
fn a_table_reads_well() {
    let labels = Labels::from_pairs([(1, 2, true), (1, 3, false)]);
    let evaluation = Evaluation::new(&labels, [(2, 1, 0.9), (1, 3, 0.4)]).expect("numbers");
    let table = evaluation.table([0.5, 0.25]);
    let expected = "\
threshold  precision  recall      F1        true       false      missed
    0.250     0.5000  1.0000  0.6667           1           1           0
    0.500     1.0000  1.0000  1.0000           1           0           0";
    assert_eq!(table.to_string(), expected);
    assert!(table.rows().is_sorted_by(|a, b| a.threshold < b.threshold));
}

#[cfg(feature = "serde")]
#[test]
fn stored_scores_are_checked() {
    let labels = Labels::from_pairs([(1, 2, true), (1, 3, false)]);
    let evaluation = Evaluation::new(&labels, [(2, 1, 0.75), (1, 3, 0.5)]).expect("numbers");
    let stored = serde_json::to_string(&evaluation).expect("plain");
    assert_eq!(serde_json::from_str::<Evaluation>(&stored).expect("valid"), evaluation);
    assert!(serde_json::from_str::<Evaluation>(&stored.replace("0.5", "0.9")).is_err());
    let table = evaluation.table([0.5, 0.25]);
    let stored = serde_json::to_string(&table).expect("plain");
    assert_eq!(serde_json::from_str::<ThresholdTable>(&stored).expect("valid"), table);
    assert!(serde_json::from_str::<ThresholdTable>(&stored.replace("0.25", "0.75")).is_err());
}
