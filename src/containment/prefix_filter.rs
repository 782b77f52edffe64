//! How much of a sample must be looked up, and what makes a candidate.

/// The logarithm of a thousand, halved: with this much room, chance takes away the threshold from one pair in a
/// thousand.
const CHANCE: f64 = 3.453_877_639_491_069;

/// Returns the fewest keys that a set with `keys` in its sample shares with one that holds the share `threshold` of it.
///
/// The shared keys of a sample are a draw without replacement. By Hoeffding's inequality ("Probability inequalities for
/// sums of bounded random variables", 1963) it stays below its mean by `x` per key with a probability of at most
/// `exp(-2 keys x^2)`.
fn min_shared(keys: usize, threshold: f64) -> f64 {
    let keys = keys as f64;
    threshold * keys - (keys * CHANCE).sqrt()
}

/// Returns whether a set with `keys` in its sample may be contained to the share `threshold`.
///
/// It shares `hits` of the keys, and at best all of the `common` ones, which were not looked up.
pub(super) fn may_reach(hits: usize, common: usize, keys: usize, threshold: f64) -> bool {
    (hits + common) as f64 >= min_shared(keys, threshold)
}

/// A prefix filter: which keys of a set are looked up, and how many of them make a candidate.
///
/// If at least `k` of `n` rare keys must be shared, any `n - k + 1` of them contain one that is, and any `n - k + 2`
/// contain two. So it is enough to look up the rarest ones, which few sets have (S. Chaudhuri, V. Ganti, R. Kaushik, "A
/// primitive operator for similarity joins in data cleaning", 2006).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PrefixFilter {
    /// How many of the rarest keys are looked up.
    pub(crate) prefix: usize,
    /// How many of these a candidate shares at least.
    pub(crate) min_shared: usize,
}

/// Keys of the prefix that a candidate shares, if enough must be shared at all. A single one may be an accident.
const MIN_SHARED: usize = 2;

impl PrefixFilter {
    /// Creates the filter for a set with `keys` in its sample, of which `common` are too common to be looked up.
    pub(crate) fn new(keys: usize, common: usize, threshold: f64) -> Self {
        // The cast makes a negative number 0.
        let needed = (min_shared(keys, threshold).ceil() as usize).saturating_sub(common).max(1);
        let min_shared = needed.min(MIN_SHARED);
        Self { prefix: (keys.saturating_sub(common) + min_shared).saturating_sub(needed), min_shared }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_prefix_is_as_long_as_needed() {
        assert_eq!(PrefixFilter::new(0, 0, 0.8), PrefixFilter { prefix: 0, min_shared: 1 });
        assert_eq!(PrefixFilter::new(10, 0, 0.9), PrefixFilter { prefix: 8, min_shared: 2 });
        assert_eq!(PrefixFilter::new(1_000, 0, 0.9), PrefixFilter { prefix: 160, min_shared: 2 });
        assert_eq!(PrefixFilter::new(1_000, 990, 0.9), PrefixFilter { prefix: 10, min_shared: 1 });
        assert_eq!(PrefixFilter::new(5, 5, 0.9), PrefixFilter { prefix: 0, min_shared: 1 });
    }

    proptest! {
        /// Whichever keys are shared: if they are enough, the prefix holds enough of them.
        #[test]
        fn no_pair_that_may_reach_the_threshold_is_missed(
            shared in proptest::collection::vec(any::<bool>(), 0..60), common in 0_usize..60, threshold in 0.01_f64..=1.0,
        ) {
            let keys = shared.len();
            let rare = keys - common.min(keys);
            let hits = shared[..rare].iter().filter(|&&shared| shared).count();
            let filter = PrefixFilter::new(keys, keys - rare, threshold);
            prop_assert!(filter.prefix <= rare);
            let seen = shared[..filter.prefix].iter().filter(|&&shared| shared).count();
            let possible = hits > 0 && may_reach(hits, keys - rare, keys, threshold);
            prop_assert!(!possible || seen >= filter.min_shared, "{} of {}", seen, hits);
        }
    }
}
