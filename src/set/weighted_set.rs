//! The set of a text's features, each with a weight.

use crate::error::Error;

/// The greatest total weight of a set: 2^40. Sketches spend time in proportion to the weight beyond it.
const MAX_TOTAL: f64 = (1_u64 << 40) as f64;
/// The least total weight of a set that is not empty: 2^-64.
const MIN_TOTAL: f64 = 1.0 / (1_u128 << 64) as f64;

/// Distinct features in ascending order, each with a weight greater than 0.
///
/// Rare words say more about a text than common ones. With the inverse document frequency as weight, the weighted
/// Jaccard similarity of two texts follows the words that tell stories apart.
/// [`WeightedMinHasher`](crate::minhash::WeightedMinHasher) estimates it from sketches.
///
/// ```
/// use twinprint::set::WeightedSet;
///
/// let storm = WeightedSet::new([(1, 4.0), (2, 1.0), (3, 1.0)])?;
/// let flood = WeightedSet::new([(1, 3.0), (2, 1.0), (4, 1.0)])?;
/// // The lesser weights of the shared features, 3 + 1, of the greater weights of all, 4 + 1 + 1 + 1.
/// assert_eq!(storm.jaccard(&flood), 4.0 / 7.0);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WeightedSet {
    features: Box<[(u64, f64)]>,
    total: f64,
}

impl WeightedSet {
    /// Creates a set of features and weights in any order.
    ///
    /// A weight of 0 leaves its feature out. Of a feature that is given twice, the greater weight counts.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if a weight is negative, infinite or not a number, or if the weights are not 0 and add up to
    /// less than 2^-64 or more than 2^40.
    pub fn new(features: impl IntoIterator<Item = (u64, f64)>) -> Result<Self, Error> {
        let mut features: Vec<(u64, f64)> = features.into_iter().collect();
        let of_weight =
            |weight: f64, expected| Error::OutOfRange { field: "weight", value: weight.to_string(), expected };
        if let Some(&(_, weight)) = features.iter().find(|(_, weight)| !weight.is_finite() || *weight < 0.0) {
            return Err(of_weight(weight, "finite and 0 or more"));
        }
        features.retain(|&(_, weight)| weight > 0.0);
        features.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        features.dedup_by_key(|&mut (feature, _)| feature);
        let total = features.iter().map(|&(_, weight)| weight).sum::<f64>();
        if !features.is_empty() && !(MIN_TOTAL..=MAX_TOTAL).contains(&total) {
            return Err(Error::OutOfRange {
                field: "the sum of the weights",
                value: total.to_string(),
                expected: "0, or from 2^-64 to 2^40",
            });
        }
        Ok(Self { features: features.into_boxed_slice(), total })
    }

    /// Returns the features in ascending order, each once, with its weight.
    #[must_use]
    pub fn as_slice(&self) -> &[(u64, f64)] {
        &self.features
    }

    /// Returns the sum of the weights.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.total
    }

    /// Returns whether the set has no feature.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.features.is_empty()
    }

    /// Returns the sum of the lesser weights of the features that both sets have.
    #[must_use]
    pub fn shared(&self, other: &Self) -> f64 {
        let (mut shared, mut rest) = (0.0, &other.features[..]);
        for &(feature, weight) in &self.features {
            let skipped = rest.iter().take_while(|theirs| theirs.0 < feature).count();
            rest = &rest[skipped..];
            match rest.first() {
                Some(&(theirs, lesser)) if theirs == feature => shared += weight.min(lesser),
                Some(_) => {}
                None => break,
            }
        }
        shared
    }

    /// Returns the weighted Jaccard similarity, 0 to 1: the sum of the lesser weights of all features divided by the sum of
    /// the greater ones. It is 0 if either set is empty.
    #[must_use]
    pub fn jaccard(&self, other: &Self) -> f64 {
        let shared = self.shared(other);
        if shared > 0.0 { (shared / (self.total + other.total - shared)).min(1.0) } else { 0.0 }
    }

    /// Returns the share of this set's weight that the other has, 0 to 1. It is 0 if this set is empty.
    #[must_use]
    pub fn containment_in(&self, other: &Self) -> f64 {
        if self.total > 0.0 { (self.shared(other) / self.total).min(1.0) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn impossible_weights_are_refused() {
        for weight in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, -f64::MIN_POSITIVE] {
            let refused = WeightedSet::new([(1, 1.0), (2, weight)]).expect_err("no weight");
            assert!(refused.to_string().ends_with("it must be finite and 0 or more"), "{refused}");
        }
        for weights in [[1e-30, 0.0], [1e12, 1e12], [f64::MAX, f64::MAX], [f64::MIN_POSITIVE, 0.0]] {
            let refused = WeightedSet::new([(1, weights[0]), (2, weights[1])]).expect_err("no sum");
            assert!(refused.to_string().contains("the sum of the weights is"), "{refused}");
        }
    }

    #[test]
    fn weights_of_zero_are_as_if_not_there() {
        let set = WeightedSet::new([(3, 0.0), (1, 2.0), (1, 5.0), (2, -0.0)]).expect("valid");
        assert_eq!((set.as_slice(), set.total()), (&[(1, 5.0)][..], 5.0));
        let empty = WeightedSet::new([(3, 0.0)]).expect("valid");
        assert!(empty.is_empty() && empty == WeightedSet::default());
        assert_eq!((empty.jaccard(&set), empty.jaccard(&empty), empty.containment_in(&set)), (0.0, 0.0, 0.0));
    }

    proptest! {
        #[test]
        fn whole_weights_are_repeated_elements(
            left in prop::collection::btree_map(0_u64..20, 0_u32..9, 0..12),
            right in prop::collection::btree_map(0_u64..20, 0_u32..9, 0..12),
        ) {
            let weighted = |all: &std::collections::BTreeMap<u64, u32>| {
                WeightedSet::new(all.iter().map(|(&feature, &weight)| (feature, f64::from(weight)))).expect("valid")
            };
            let expanded = |all: &std::collections::BTreeMap<u64, u32>| -> crate::set::ShingleSet {
                all.iter().flat_map(|(&feature, &weight)| (0..u64::from(weight)).map(move |nth| feature * 100 + nth)).collect()
            };
            let (found, exact) = (weighted(&left).jaccard(&weighted(&right)), expanded(&left).jaccard(&expanded(&right)));
            prop_assert!((found - exact).abs() < 1e-12, "{} {}", found, exact);
        }
    }
}
