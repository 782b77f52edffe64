//! Decides when a bucket is too large to compare all of it, and what is compared then.

use crate::error::Error;

/// Bounds the work in a bucket, however large it is.
///
/// The sets of a bucket are taken in order. Up to the limit, each is compared with all before it. A later one is compared with the
/// first ones, as many as its [reach](Self::reach). What a set is compared with depends only on the sets before it, so a stream
/// gives the same answer as a corpus that is known at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BucketRule {
    limit: usize,
}

/// The reach where all sets are similar.
const MAX_MIN_REACH: usize = 32;

/// The most sets in reach, for each of the limit.
const REACH_PER_LIMIT: usize = 32;

impl BucketRule {
    /// Returns the rule with this limit: the number of sets in a bucket, at least 2, up to which all are compared with one another.
    pub(crate) fn new(limit: usize) -> Result<Self, Error> {
        if limit < 2 {
            return Err(Error::OutOfRange { field: "bucket_limit", value: limit.to_string(), expected: "at least 2" });
        }
        Ok(Self { limit })
    }

    /// Returns the number of sets in reach at most, of buckets over this limit.
    pub(crate) fn max_reach(limit: usize) -> usize {
        limit.saturating_mul(REACH_PER_LIMIT)
    }

    pub(crate) fn limit(self) -> usize {
        self.limit
    }

    /// Returns whether a bucket of this size is over the limit.
    pub(crate) fn is_oversized(self, size: usize) -> bool {
        size > self.limit
    }

    /// Returns with how many of the first sets a set is compared of which `before` sets come before it in the bucket. `similar` of
    /// these and itself are similar to the one right before them.
    ///
    /// Where few are similar, all have to be compared: that is where pairs would be missed. Where nearly all are, a few pairs connect a
    /// set with the rest, and all of them would grow with the square of the bucket. With the share `s` of similar ones, `p / s^2` sets
    /// are in reach, and `p / s` pairs are expected; `p` is the square root of the limit, at most 32. There are
    /// never more than 32 times the limit in reach.
    pub(crate) fn reach(self, before: u32, similar: u32) -> u32 {
        if !self.is_oversized(before as usize + 1) {
            return before;
        }
        let least = self.limit.isqrt().clamp(1, MAX_MIN_REACH) as u128;
        let most = Self::max_reach(self.limit) as u128;
        let (before, similar) = (u128::from(before), u128::from(similar.max(1)));
        (least * before * before / (similar * similar)).clamp(least, most).min(before) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reach_is_short_where_all_are_similar_and_long_where_few_are() {
        let rule = BucketRule::new(1_000).expect("valid");
        let reach = |before: u32, one_in: u32| rule.reach(before, before / one_in);
        assert_eq!((reach(999, 1), reach(1_000, 1), reach(1_000_000, 1)), (999, 31, 31));
        assert_eq!((reach(1_000, 10), reach(100_000, 10)), (1_000, 3_100));
        assert_eq!((reach(20_000, 100), reach(100_000, 100)), (20_000, 32_000));
    }

    #[test]
    fn the_reach_has_bounds() {
        for limit in [2, 3, 10, 1_000] {
            let rule = BucketRule::new(limit).expect("valid");
            for before in [0, 1, 2, 9, 10, 1_000, u32::MAX - 1] {
                for similar in [0, 1, before / 7, before] {
                    let reach = rule.reach(before, similar);
                    assert!(reach <= before && (reach == before || reach as usize <= 32 * limit));
                    assert!(reach >= before.min(1) && (reach == before || rule.is_oversized(before as usize + 1)));
                }
            }
        }
        assert!(matches!(BucketRule::new(1), Err(Error::OutOfRange { field: "bucket_limit", .. })));
    }
}
