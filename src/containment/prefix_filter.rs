//! How much of a sample must be looked up.

/// The share of a pair's samples that chance may take away without its being missed, once in a thousand times: the
/// logarithm of a thousand, halved.
const CHANCE: f64 = 3.453_877_639_491_069;

/// The fewest keys that a set with so many in its sample shares with one that holds the share `threshold` of it.
///
/// The shared keys of a sample are a draw without replacement, which stays below its mean by `x` for each key with a
/// probability of at most `exp(-2 keys x^2)` (W. Hoeffding, "Probability inequalities for sums of bounded random
/// variables", 1963).
fn least_shared(keys: usize, threshold: f64) -> f64 {
    let keys = keys as f64;
    threshold * keys - (keys * CHANCE).sqrt()
}

/// Whether a set with so many `keys` in its sample may be contained to the share `threshold`, if it shares `hits` of
/// them, and the `common` ones that were not looked up at best.
pub(super) fn may_reach(hits: usize, common: usize, keys: usize, threshold: f64) -> bool {
    (hits + common) as f64 >= least_shared(keys, threshold)
}

/// Which keys of a set are looked up, and what makes a candidate.
///
/// Among the keys that are not common, so and so many are shared with a set that holds enough of this one. So however
/// they are chosen, of all but that many keys and some more, some are shared: the rarest ones are chosen, which few sets
/// have (as prefixes are in joins of sets; Chaudhuri, Ganti, Kaushik, ICDE 2006).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PrefixFilter {
    /// So many of the rarest keys are looked up.
    pub(crate) prefix: usize,
    /// So many of these a candidate has at least.
    pub(crate) min_shared: usize,
}

/// Shared keys that make a candidate, if a set has enough: one alone may be an accident.
const AGREEING: usize = 2;

impl PrefixFilter {
    /// Of a set with so many keys, of which so many are common.
    pub(crate) fn new(keys: usize, common: usize, threshold: f64) -> Self {
        // A negative number becomes 0.
        let least = (least_shared(keys, threshold).ceil() as usize).saturating_sub(common).max(1);
        let min_shared = least.min(AGREEING);
        Self { prefix: (keys.saturating_sub(common) + min_shared).saturating_sub(least), min_shared }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rare_keys_suffice() {
        assert_eq!(PrefixFilter::new(0, 0, 0.8), PrefixFilter { prefix: 0, min_shared: 1 });
        assert_eq!(PrefixFilter::new(10, 0, 0.9), PrefixFilter { prefix: 8, min_shared: 2 });
        assert_eq!(PrefixFilter::new(1_000, 0, 0.9), PrefixFilter { prefix: 160, min_shared: 2 });
        assert_eq!(PrefixFilter::new(1_000, 990, 0.9), PrefixFilter { prefix: 10, min_shared: 1 });
        assert_eq!(PrefixFilter::new(5, 5, 0.9), PrefixFilter { prefix: 0, min_shared: 1 });
    }

    proptest! {
        /// Whichever keys are shared: if they are enough, those that are looked up hold enough of them.
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
