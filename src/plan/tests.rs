use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::audit::Sample;
use crate::error::Error;
use crate::lsh::Banding;
use crate::mix::derive;
use crate::scheme::Algorithm;
use crate::{Document, Scheme, ShingleSet, SimilarityJoin};

proptest! {
    #[test]
    fn a_measure_is_what_brute_force_counts(sets in vec(vec(0_u64..12, 0..8), 0..25), seed: u64) {
        let sample: Vec<ShingleSet> = sets.into_iter().map(ShingleSet::from).collect();
        let measure = CorpusMeasure::from_sample(&sample, seed);
        let mut distinct: Vec<&[u64]> = sample.iter().map(ShingleSet::as_slice).filter(|set| !set.is_empty()).collect();
        let mut sizes: Vec<usize> = distinct.iter().map(|set| set.len()).collect();
        sizes.sort_unstable();
        distinct.sort_unstable();
        distinct.dedup();
        prop_assert_eq!((measure.documents(), measure.distinct()), (sample.len(), distinct.len()));
        prop_assert_eq!(measure.empty(), sample.len() - sizes.len());
        prop_assert_eq!(measure.quantile(0.0), sizes.first().copied().unwrap_or(0));
        prop_assert_eq!(measure.quantile(1.0), sizes.last().copied().unwrap_or(0));
        // Half of the sets are at most as large as the median, and half at least.
        let median = measure.quantile(0.5);
        prop_assert!(2 * sizes.iter().filter(|&&size| size <= median).count() >= sizes.len());
        prop_assert!(2 * sizes.iter().filter(|&&size| size >= median).count() >= sizes.len());

        let set = |elements: &&[u64]| elements.iter().copied().collect::<ShingleSet>();
        let pairs = (0..distinct.len()).flat_map(|right| (0..right).map(move |left| (left, right)));
        let jaccard = |(left, right): (usize, usize)| set(&distinct[left]).jaccard(&set(&distinct[right]));
        let all: Vec<f64> = pairs.map(jaccard).collect();
        prop_assert_eq!(measure.pairs(), all.len() as u64);
        prop_assert!(measure.similarities().is_sorted_by(|a, b| a.similarity < b.similarity));
        let mean: f64 = measure.similarities().iter().map(|bin| bin.similarity * bin.share).sum();
        let expected = all.iter().sum::<f64>() / all.len().max(1) as f64;
        prop_assert!((mean - expected).abs() < 1e-9);
        for from in (0..=10).map(|tenth| f64::from(tenth) / 10.0).filter(|_| !all.is_empty()) {
            let share = all.iter().filter(|&&similarity| similarity >= from).count() as f64 / all.len() as f64;
            prop_assert!((measure.share_from(from) - share).abs() < 1e-9);
            let below: f64 = measure.below(from).map(|bin| bin.share).sum();
            prop_assert!((below + share - 1.0).abs() < 1e-9);
        }
    }
}

/// Returns documents of forty elements of their own and twenty of one of ten topics. Each fiftieth is a near-duplicate of
/// the one before.
fn corpus(documents: u64) -> Vec<ShingleSet> {
    let set = |number: u64| {
        let (of, kept) = if number % 50 == 1 { (number - 1, 38) } else { (number, 40) };
        let topic = derive(1, "topic", of) % 10;
        let own = (0..kept).map(move |n| of << 8 | n).chain((kept..40).map(move |n| number << 8 | n));
        own.chain((0..20).map(move |n| 1 << 60 | topic << 8 | n)).collect()
    };
    (0..documents).map(set).collect()
}

#[test]
fn random_pairs_represent_all() {
    let sets = corpus(1500);
    let all = CorpusMeasure::from_sample(&sets[..600], 0);
    assert_eq!(all.pairs(), 600 * 599 / 2);
    let (drawn, again) = (CorpusMeasure::from_sample(&sets, 5), CorpusMeasure::from_sample(&sets, 5));
    assert_eq!(drawn, again);
    assert_eq!(drawn.pairs(), 200_000);
    // A tenth of the pairs are of one topic: 20 shared of 100.
    for measure in [all, drawn] {
        assert!((0.09..0.11).contains(&measure.share_from(0.2)), "{}", measure.share_from(0.2));
        assert!(measure.share_from(0.9) < 0.0005);
    }
}

#[test]
fn fewer_pairs_represent_all_in_less_time() {
    // Sets of 60 elements.
    let sets = corpus(1500);
    let within = |elements| CorpusMeasure::from_sample_within(&sets, 5, elements);
    assert_eq!(
        [0, 240_000, 2_400_000, u64::MAX].map(|elements| within(elements).pairs()),
        [1000, 2000, 20_000, 200_000]
    );
    assert_eq!(within(u64::MAX), CorpusMeasure::from_sample(&sets, 5));
    let few = within(2_400_000);
    assert!((0.09..0.11).contains(&few.share_from(0.2)), "{}", few.share_from(0.2));
    assert_eq!(CorpusMeasure::from_sample_within(&sets[..20], 5, 0).pairs(), 190);
}

#[test]
fn long_documents_are_sampled_too() {
    let long = |of: u64| (0..1_000_000).map(|n| n * 8 + of % 2).collect::<ShingleSet>();
    let sets: Vec<ShingleSet> = (0..2).map(long).collect();
    assert_eq!(CorpusMeasure::from_sample(&sets, 0).pairs(), 1);
}

#[test]
fn predictions_come_true() {
    let documents = 6000;
    let sets = corpus(documents);
    let measure = CorpusMeasure::from_sample(&sets[..1000], 3);
    let planner = CorpusPlanner::new(0.7, documents).num_hashes([128]).partners(2.0 / 50.0);
    // If candidates cost next to nothing, the planner takes few rows, which makes enough candidates to count.
    let cheap = CostModel { filter: 1e-12, compare: 1e-12, ..CostModel::default() };
    let plan = planner.cost_model(cheap).plan(&measure).expect("reachable");
    let scheme = Scheme::builder().custom_features("test").num_hashes(128).build().expect("valid");
    let builder = SimilarityJoin::builder(&scheme).threshold(0.7).banding(plan.banding());
    let mut join = builder.bucket_limit(100_000).build().expect("valid");
    for (id, set) in sets.iter().enumerate() {
        join.push(Document::features(id, set)).expect("few");
    }
    let stats = join.finish().expect("few").stats();
    let comparison = plan.compare(&stats);
    let row = |name| comparison.rows().iter().find(|row| row.name == name).copied().expect(name);
    assert!(row("candidates").actual > 10_000.0);
    for name in ["documents", "distinct", "candidates", "verified"] {
        let ratio = row(name).ratio().expect(name);
        assert!((0.75..1.33).contains(&ratio), "{comparison}");
    }
    assert!(row("compared").actual <= 1.33 * row("compared").predicted, "{comparison}");
    assert_eq!(comparison.to_string().lines().count(), 6);
    let ratio = |predicted| Prediction { name: "verified", predicted, low: 0.0, high: 9.0, actual: 3.0 }.ratio();
    assert_eq!((ratio(2.0), ratio(1e-9), ratio(0.0)), (Some(1.5), None, None));
}

#[test]
fn the_cheapest_of_those_that_reach_the_recall_is_chosen() {
    let measure = CorpusMeasure::from_sample(&corpus(500), 0);
    for documents in [100, 1_000_000, 1_000_000_000] {
        let plan = CorpusPlanner::new(0.5, documents).recall(0.97).plan(&measure).expect("reachable");
        assert!(plan.choices().iter().all(|choice| choice.banding.recall(0.5) >= 0.97));
        assert!(plan.choices().iter().all(|choice| choice.seconds >= plan.chosen().seconds));
        assert!(plan.choices().iter().all(|choice| choice.banding.num_hashes() <= choice.num_hashes));
        assert!(plan.choices().is_sorted_by(|a, b| a.num_hashes < b.num_hashes));
        assert_eq!(plan.to_string().matches("\n* ").count(), 1);
    }
    let hashes = |documents| CorpusPlanner::new(0.5, documents).plan(&measure).expect("reachable").num_hashes();
    assert!(hashes(100) < hashes(1_000_000_000));
}

#[test]
fn bytes_are_those_of_the_join() {
    let sets: Vec<ShingleSet> = (0..100_u64).map(|n| (n << 8..(n << 8) + 50).collect()).collect();
    let plan = CorpusPlanner::new(0.8, 1_000_000)
        .num_hashes([128])
        .plan(&CorpusMeasure::from_sample(&sets, 0))
        .expect("reachable");
    let bands = f64::from(plan.banding().bands());
    let signed = f64::from(plan.banding().signed_positions(128));
    assert_eq!((plan.chosen().candidates, signed), (0.0, 64.0));
    assert!((plan.chosen().memory_bytes - 1e6 * (8.0 * 50.0 + 4.0 * signed + 4.0 * bands + 12.0)).abs() < 1.0);
    let CostModel { shingle, position, band, .. } = CostModel::default();
    let seconds = 1e6 * (50.0 * (shingle + signed * position) + bands * band);
    assert!((plan.chosen().seconds - seconds).abs() < 1e-6);
}

#[cfg(feature = "disk")]
#[test]
fn the_bytes_on_disk_are_those_of_a_work_folder() {
    let folder = std::env::temp_dir().join(format!("twinprint-plan-{}", std::process::id()));
    for (number, elements) in [(0, 20), (1, 200)] {
        let folder = folder.join(number.to_string());
        // One document in ten has no shingles.
        let set = |n: u64| (n << 8..(n << 8) + elements * u64::from(!n.is_multiple_of(10))).collect::<ShingleSet>();
        let sets: Vec<ShingleSet> = (0..5_000).map(set).collect();
        let planner = CorpusPlanner::new(0.5, 5_000).num_hashes([256]);
        let plan = planner.plan(&CorpusMeasure::from_sample(&sets[..1_000], 0)).expect("reachable");
        let scheme = Scheme::builder().custom_features("test").num_hashes(256).build().expect("valid");
        let builder = SimilarityJoin::builder(&scheme).threshold(0.5).banding(plan.banding());
        let mut join = builder.build_on_disk(&folder).expect("a folder");
        for (id, set) in sets.iter().enumerate() {
            join.push(Document::features(id, set)).expect("few");
        }
        drop(join.finish().expect("joined"));
        let files = std::fs::read_dir(&folder).expect("there").map(|entry| entry.expect("there"));
        let found: u64 = files.map(|file| file.metadata().expect("there").len()).sum();
        let ratio = plan.chosen().disk_bytes / found as f64;
        assert!((1.0 / 1.5..1.5).contains(&ratio), "{elements} elements: {} of {found}", plan.chosen().disk_bytes);
    }
    std::fs::remove_dir_all(&folder).expect("our own");
}

#[test]
fn copies_and_empty_documents_are_not_joined() {
    let set = |elements: &[u64]| elements.iter().copied().collect::<ShingleSet>();
    let sets = [set(&[]), set(&[1, 2]), set(&[1, 2]), set(&[3, 4])];
    let measure = CorpusMeasure::from_sample(&sets, 0);
    assert_eq!((measure.empty(), measure.distinct(), measure.distinct_share()), (1, 2, 0.5));
    assert_eq!(measure.pairs(), 1);
    let plan = CorpusPlanner::new(0.8, 1000).plan(&measure).expect("reachable");
    assert_eq!((plan.chosen().verified, plan.unseen_partners()), (0.0, 1500.0));
}

#[test]
fn an_empty_measure_makes_a_plan() {
    for sample in [vec![], vec![ShingleSet::default()], vec![ShingleSet::from(vec![1])]] {
        let plan = CorpusPlanner::new(0.8, 1000).plan(&CorpusMeasure::from_sample(&sample, 0)).expect("reachable");
        assert!(plan.banding().recall(0.8) >= 0.99);
        assert_eq!(plan.candidates_per_document(), 0.0);
        assert!(plan.chosen().seconds.is_finite());
        assert_eq!(plan.unseen_partners(), f64::INFINITY);
        let told = plan.to_string();
        assert!(told.contains("not known") && !["-0", "inf", "NaN"].iter().any(|odd| told.contains(odd)), "{told}");
        assert!(sample.is_empty() || plan.measure().share_from(0.5).is_sign_positive());
    }
    let plan = CorpusPlanner::new(0.8, 0).plan(&CorpusMeasure::from_sample(&corpus(10), 0)).expect("reachable");
    assert_eq!((plan.candidates_per_document(), plan.chosen().verified), (0.0, 0.0));
}

#[test]
fn a_machine_can_be_measured() {
    let texts: Vec<String> = (0..50).map(|n| format!("text {n} of {} words or more ", n % 7).repeat(5)).collect();
    let measure = CorpusMeasure::from_sample(&corpus(20), 0);
    for algorithm in [Algorithm::Permutations, Algorithm::FastSimilarity] {
        let scheme = Scheme::builder().words(2).algorithm(algorithm).build().expect("valid");
        let cost_model = CostModel::measured(&scheme, &texts).expect("text");
        assert!(CorpusPlanner::new(0.8, 1000).cost_model(cost_model).plan(&measure).is_ok(), "{cost_model:?}");
        assert_eq!(cost_model.position == 0.0, algorithm == Algorithm::FastSimilarity);
        // What cannot be measured keeps its default.
        let CostModel { shingle, filter, compare, .. } = CostModel::measured(&scheme, &[""]).expect("text");
        let usual = CostModel::default();
        assert_eq!((shingle, filter, compare), (usual.shingle, usual.filter, usual.compare));
    }
    let own = Scheme::builder().custom_features("own").build().expect("valid");
    assert!(matches!(CostModel::measured(&own, &texts), Err(Error::NoTextFeatures { .. })));
}

#[test]
fn bad_parameters_are_named() {
    let measure = CorpusMeasure::from_sample(&corpus(20), 0);
    let field = |planner: CorpusPlanner| match planner.plan(&measure) {
        Err(Error::OutOfRange { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    let planner = CorpusPlanner::new(0.5, 1000);
    assert_eq!(field(CorpusPlanner::new(0.0, 1000)), "threshold");
    assert_eq!(field(planner.clone().recall(1.0)), "recall");
    assert_eq!(field(planner.clone().num_hashes([])), "num_hashes");
    assert_eq!(field(planner.clone().num_hashes([128, 0])), "num_hashes");
    assert_eq!(field(planner.clone().partners(f64::NAN)), "partners");
    let odd = |cost_model| field(planner.clone().cost_model(cost_model));
    assert_eq!(odd(CostModel { band: 0.0, ..CostModel::default() }), "cost_model.band");
    assert_eq!(odd(CostModel { filter: -1.0, ..CostModel::default() }), "cost_model.filter");
    let wide = planner.clone().num_hashes([64]).banding(Banding::new(20, 5).expect("valid")).plan(&measure);
    assert!(matches!(wide, Err(Error::BandingTooLarge { num_hashes: 64, .. })), "{wide:?}");
    let unreachable = CorpusPlanner::new(0.05, 1000).num_hashes([64, 32]).plan(&measure);
    assert!(matches!(unreachable, Err(Error::RecallUnreachable { num_hashes: 64, .. })), "{unreachable:?}");
}

#[cfg(feature = "serde")]
#[test]
fn stored_plans_are_checked() {
    let measure = CorpusMeasure::from_sample(&corpus(20), 0);
    let plan = CorpusPlanner::new(0.8, 1000).num_hashes([64]).plan(&measure).expect("reachable");
    let stored = serde_json::to_string(&plan).expect("plain");
    let read: CorpusPlan = serde_json::from_str(&stored).expect("valid");
    assert_eq!((read.to_string(), read.measure().quantile(0.5)), (plan.to_string(), measure.quantile(0.5)));
    let forged = |from: &str, to: &str| serde_json::from_str::<CorpusPlan>(&stored.replacen(from, to, 1)).is_err();
    assert!(forged(r#""num_hashes":64"#, r#""num_hashes":65"#));
    assert!(forged(r#""empty":0"#, r#""empty":21"#));
    assert!(forged(r#""distinct":20"#, r#""distinct":21"#));
}

/// Corpora with pairs, with groups of twenty, and with one large group, among sets that have nothing in common.
fn grouped(documents: u64, in_group: u64, groups: u64) -> Vec<ShingleSet> {
    let of_group = |n: u64| (n / in_group * 1_000..n / in_group * 1_000 + 40).chain([1 << 40 | n]).collect();
    let alone = |n: u64| ((n + 1) << 20..((n + 1) << 20) + 10).collect();
    (0..documents).map(|n| if n < in_group * groups { of_group(n) } else { alone(n) }).collect()
}

#[test]
fn the_range_holds_the_number_of_pairs_19_times_in_20() {
    for (in_group, groups) in [(2, 3), (2, 300), (20, 60), (300, 1)] {
        let sets = grouped(3_000, in_group, groups);
        let pairs = (groups * in_group * (in_group - 1) / 2) as f64;
        let holds = |seed| {
            let mut sample = Sample::new(seed, 200);
            for (number, set) in (0..).zip(&sets) {
                sample.offer(number, || set.clone());
            }
            let sample: Vec<ShingleSet> = sample.into_documents().into_iter().map(|(_, set)| set).collect();
            let plan = CorpusPlanner::new(0.8, 3_000).num_hashes([64]).plan(&CorpusMeasure::from_sample(&sample, seed));
            let (low, high) = plan.expect("reachable").verified_range();
            low <= pairs && pairs <= high
        };
        let held = (0..100).filter(|&seed| holds(seed)).count();
        assert!(held >= 90, "{groups} groups of {in_group}: {held} of 100");
    }
}

#[test]
fn copies_that_a_sample_does_not_show_are_in_the_range() {
    // Each document has a copy, and a tenth of a sample of a tenth of them.
    let sets: Vec<ShingleSet> = (0..1_000_u64).map(|n| (n / 2 * 100..n / 2 * 100 + 10).collect()).collect();
    let sample: Vec<ShingleSet> =
        Sample::numbers(7, 100, 1_000).into_iter().map(|n| sets[n as usize].clone()).collect();
    let plan = CorpusPlanner::new(0.8, 1_000)
        .num_hashes([64])
        .plan(&CorpusMeasure::from_sample(&sample, 7))
        .expect("reachable");
    let (low, high) = plan.distinct_range();
    assert!(low <= 500.0 && high > 900.0, "{low} to {high}");
}
