//! Decides when a bucket is too large, and what is compared in it then.

use crate::error::Error;

/// Keeps the work in a bucket linear in its size, however large it is.
///
/// Up to a limit, all sets of a bucket are compared with one another. Over it, the first sets are *pivots*, and each set is only
/// compared with them. Often one pivot would do, because a bucket of that size has many versions of one text. But it may also have
/// many different texts that share a passage, if the positions of the band happen to fall into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BucketRule {
    limit: usize,
}

/// The most pivots, so that a set costs few comparisons in a bucket of any size.
const MAX_PIVOTS: usize = 32;

impl BucketRule {
    /// Returns the rule with this limit: the number of sets in a bucket, at least 2, up to which all are compared with one another.
    pub(crate) fn new(limit: usize) -> Result<Self, Error> {
        if limit < 2 {
            return Err(Error::OutOfRange { field: "bucket_limit", value: limit.to_string(), expected: "at least 2" });
        }
        Ok(Self { limit })
    }

    #[cfg(feature = "disk")]
    pub(crate) fn limit(self) -> usize {
        self.limit
    }

    /// Returns whether a bucket of this size is over the limit.
    pub(crate) fn is_oversized(self, size: usize) -> bool {
        size > self.limit
    }

    /// Returns the number of pivots of a bucket over the limit: the square root of the limit, at most 32.
    pub(crate) fn pivots(self) -> usize {
        self.limit.isqrt().clamp(1, MAX_PIVOTS)
    }

    /// Returns how many of the first sets in a bucket of this size are compared with all others.
    pub(crate) fn compared_with_all(self, size: usize) -> usize {
        if self.is_oversized(size) { self.pivots() } else { size }
    }

    /// Returns the number of pairs in a bucket of this size that are not compared there.
    pub(crate) fn skipped_pairs(self, size: usize) -> u64 {
        let others = (size - self.compared_with_all(size)) as u64;
        others * others.saturating_sub(1) / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_compared_or_skipped() {
        for limit in [2, 3, 10, 1_000, 5_000] {
            let rule = BucketRule::new(limit).expect("valid");
            for size in [1, 2, limit, limit + 1, 3 * limit] {
                let compared: usize = (0..rule.compared_with_all(size)).map(|pivot| size - pivot - 1).sum();
                assert_eq!(
                    compared as u64 + rule.skipped_pairs(size),
                    (size * (size - 1) / 2) as u64,
                    "{limit} {size}"
                );
                assert_eq!(rule.skipped_pairs(size) == 0, size <= limit || size - rule.pivots() < 2);
            }
            assert!(rule.pivots() < limit);
        }
        assert!(matches!(BucketRule::new(1), Err(Error::OutOfRange { field: "bucket_limit", .. })));
    }
}
