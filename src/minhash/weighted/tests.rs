use proptest::prelude::*;

use super::*;
use crate::mix::derive_from;

fn set(features: &[(u64, f64)]) -> WeightedSet {
    WeightedSet::new(features.iter().copied()).expect("valid")
}

/// Two sets of `size` features with weights over three powers of ten, half of them shared.
fn two_sets(size: u64, seed: u64) -> (WeightedSet, WeightedSet) {
    let unit = |index| derive_from(seed, index) as f64 / 2_f64.powi(64);
    let weight = |index| 10_f64.powf(3.0 * unit(index) - 1.0);
    let left: Vec<_> = (0..size).map(|word| (word, weight(word))).collect();
    let right: Vec<_> =
        (size / 4..size / 4 + size).map(|word| (word, weight(word) * (0.5 + unit(word + 9_999)))).collect();
    (set(&left), set(&right))
}

/// The mean of the estimates is within four standard errors of the similarity, and their spread is that of MinHash.
#[test]
fn estimates_are_those_of_weighted_jaccard() {
    for (size, num_hashes) in [(1, 16), (3, 64), (40, 64), (200, 256)] {
        let (left, right) = if size == 1 { (set(&[(7, 3.0)]), set(&[(7, 8.0)])) } else { two_sets(size, 5) };
        let exact = left.jaccard(&right);
        let runs = 600;
        let (mut sum, mut squares) = (0.0, 0.0);
        for seed in 0..runs {
            let hasher = WeightedMinHasher::new("test", num_hashes, seed).expect("valid");
            let error = hasher.signature(&left).jaccard(&hasher.signature(&right)).expect("one scheme") - exact;
            (sum, squares) = (sum + error, squares + error * error);
        }
        let variance = exact * (1.0 - exact) / f64::from(num_hashes);
        let mean = sum / runs as f64;
        assert!(mean.abs() < 4.0 * (variance / runs as f64).sqrt(), "{size} features, J {exact}: off by {mean}");
        let ratio = squares / runs as f64 / variance;
        assert!((0.77..1.25).contains(&ratio), "{size} features: {ratio} of the variance");
    }
}

#[test]
fn scaling_both_sets_keeps_the_estimate_within_its_error() {
    let (left, right) = two_sets(100, 8);
    let exact = left.jaccard(&right);
    let hasher = WeightedMinHasher::new("test", 4_096, 3).expect("valid");
    for scale in [1e-18, 1e-6, 0.3, 7.0, 1e6] {
        let scaled = |of: &WeightedSet| set(&of.as_slice().iter().map(|&(f, w)| (f, w * scale)).collect::<Vec<_>>());
        let estimate =
            hasher.signature(&scaled(&left)).estimate(&hasher.signature(&scaled(&right))).expect("one scheme");
        assert!((estimate.jaccard - exact).abs() < 4.0 * estimate.standard_error, "{scale}: {estimate:?} of {exact}");
    }
}

#[test]
fn the_empty_set_is_similar_to_nothing() {
    let hasher = WeightedMinHasher::new("test", 32, 1).expect("valid");
    let empty = hasher.signature(&WeightedSet::default());
    assert!(empty.is_empty());
    assert_eq!(empty.jaccard(&empty).expect("one scheme"), 0.0);
    assert_eq!(empty.jaccard(&hasher.signature(&set(&[(1, 1.0)]))).expect("one scheme"), 0.0);
}

#[test]
fn greatest_and_least_weights_make_whole_signatures() {
    let hasher = WeightedMinHasher::new("test", 1_024, 1).expect("valid");
    for weight in [2_f64.powi(-64), 2_f64.powi(40)] {
        let signature = hasher.signature(&set(&[(1, weight)]));
        assert!(signature.values().iter().all(|&value| value < EMPTY - 1), "{weight}");
    }
}

#[test]
fn signatures_of_sets_and_weighted_sets_do_not_mix() {
    let weighted = WeightedMinHasher::new("n", 64, 1).expect("valid").signature(&set(&[(1, 1.0)]));
    let plain =
        Scheme::builder().custom_features("n").num_hashes(64).build().expect("valid").minhasher().signature(&[1]);
    let mismatch = weighted.jaccard(&plain).expect_err("two schemes");
    assert_eq!((mismatch.field, &*mismatch.left, &*mismatch.right), ("sketch.algorithm", "Weighted", "Permutations"));
    // Features of the very name do not make it weighted.
    let of_name = Scheme::builder().custom_features("weighted n").num_hashes(64).build().expect("valid");
    let plain = of_name.minhasher().signature(&[1]);
    assert!(weighted.jaccard(&plain).is_err_and(|mismatch| mismatch.field == "sketch.algorithm"));
    assert!(weighted.clone().merge(&plain).is_err());
    assert!(WeightedMinHasher::new("n", 0, 1).is_err());
}

#[test]
fn a_set_in_the_scheme_of_a_weighted_hasher_has_weights_of_one() {
    let hasher = WeightedMinHasher::new("n", 64, 1).expect("valid");
    let plain = hasher.scheme().minhasher();
    let features: Vec<u64> = (0..700).collect();
    let ones = |features: &[u64]| set(&features.iter().map(|&feature| (feature, 1.0)).collect::<Vec<_>>());
    for features in [&features[..], &features[..1], &[]] {
        assert_eq!(plain.signature(features), hasher.signature(&ones(features)));
    }
    let mut in_parts = plain.signature(&features[..300]);
    plain.update(&mut in_parts, &features[200..]).expect("one scheme");
    assert_eq!(in_parts, plain.signature(&features));
    let weighted = hasher.signature(&set(&features.iter().map(|&f| (f, 3.0)).collect::<Vec<_>>()));
    let estimate = weighted.estimate(&in_parts).expect("one scheme");
    assert!((estimate.jaccard - 1.0 / 3.0).abs() < 4.0 * estimate.standard_error, "{estimate:?}");
}

proptest! {
    #[test]
    fn order_does_not_matter_and_merging_takes_the_greater_weights(
        left in prop::collection::vec((0_u64..30, 0.001_f64..50.0), 1..20),
        right in prop::collection::vec((0_u64..30, 0.001_f64..50.0), 1..20),
    ) {
        let hasher = WeightedMinHasher::new("test", 64, 9).expect("valid");
        let signature = |features: &[(u64, f64)]| hasher.signature(&set(features));
        let reversed: Vec<_> = left.iter().rev().copied().collect();
        prop_assert_eq!(signature(&left), signature(&reversed));
        let mut merged = signature(&left);
        merged.merge(&signature(&right)).expect("one scheme");
        prop_assert_eq!(merged, signature(&[left, right].concat()));
    }
}
