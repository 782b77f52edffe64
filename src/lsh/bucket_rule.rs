//! Decides when a bucket is too large to compare all of it, and how far it is searched then.

use crate::error::Error;

/// Bounds the work in a bucket, however large it is.
///
/// The sets of a bucket are taken in order. Up to the limit, each is compared with all before it. A later one *searches* those before it,
/// by their sketches: see [`Search`]. What becomes of a set depends only on the sets before it, so a stream gives the same answer as a
/// corpus that is known at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BucketRule {
    limit: usize,
}

/// The most pairs after which a search among nothing but similar sets ends.
const MAX_OF_SIMILAR: usize = 32;

/// The most sets that a search visits, for each of the limit.
const VISITED_PER_LIMIT: usize = 64;

/// How far a set has searched the sets before it in its oversized buckets, each of them once, in their order.
///
/// Where few are similar, the search goes on to the end, or until it has visited 64 times the limit: that is where pairs would be
/// missed. Where nearly all are similar, a few pairs connect the set with the rest, and all of them would be a number that grows with the
/// square of the bucket. So a search also ends when the number of similar sets that it has found reaches the limit, or the
/// square root of `p` times the number of sets visited, where `p` is the square root of the limit, at most 32. With the share `s` of
/// similar ones it ends after `p / s` pairs, `p / s^2` sets visited: after 31 pairs if all are similar, and not within 64,000 sets
/// if fewer than one in 45 is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Search {
    /// Sets that passed the sketch filter.
    pub(crate) found: u32,
    /// Sets visited.
    pub(crate) visited: u32,
    pub(crate) has_ended: bool,
    /// Sets that were left when the search ended, once for each bucket that they are in.
    pub(crate) left: u64,
}

impl BucketRule {
    /// Returns the rule with this limit: the number of sets in a bucket, at least 2, up to which all are compared with one another.
    pub(crate) fn new(limit: usize) -> Result<Self, Error> {
        if limit < 2 {
            return Err(Error::OutOfRange { field: "bucket_limit", value: limit.to_string(), expected: "at least 2" });
        }
        Ok(Self { limit })
    }

    pub(crate) fn limit(self) -> usize {
        self.limit
    }

    /// Returns whether a bucket of this size is over the limit.
    pub(crate) fn is_oversized(self, size: usize) -> bool {
        size > self.limit
    }
}

impl Search {
    /// Counts a set that the search visits, and whether it passed the sketch filter.
    pub(crate) fn visit(&mut self, rule: BucketRule, passed: bool) {
        self.visited += 1;
        if passed {
            self.found += 1;
            let (found, of_similar) = (u64::from(self.found), rule.limit.isqrt().clamp(1, MAX_OF_SIMILAR) as u64);
            self.has_ended = found >= rule.limit as u64 || found * found >= of_similar * u64::from(self.visited);
        }
        self.has_ended |= self.visited as usize >= rule.limit.saturating_mul(VISITED_PER_LIMIT);
    }

    /// Returns the most pairs that were passed over: with sets that were left, of which there are no more than of those before this one.
    pub(crate) fn passed_over(self, before: u32) -> u64 {
        self.left.min(u64::from(before.saturating_sub(self.visited)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Searches among sets of which one in so many is similar; returns what was found and visited.
    fn searched(limit: usize, one_in: u32, sets: u32) -> (u32, u32) {
        let (rule, mut search) = (BucketRule::new(limit).expect("valid"), Search::default());
        (1..=sets).for_each(|set| {
            if !search.has_ended {
                search.visit(rule, set % one_in == 0);
            }
        });
        (search.found, search.visited)
    }

    #[test]
    fn a_search_is_short_where_all_are_similar_and_long_where_few_are() {
        assert_eq!(searched(1_000, 1, 100_000), (31, 31));
        assert_eq!(searched(1_000, 10, 100_000), (310, 3_100));
        assert_eq!(searched(1_000, 400, 50_000), (125, 50_000));
        assert_eq!(searched(1_000, 200_000, 100_000), (0, 64_000));
        assert_eq!(searched(1_000_000, 200_000, 100_000), (0, 100_000));
    }

    #[test]
    fn nothing_is_found_beyond_the_limit() {
        for limit in [2, 3, 10, 1_000] {
            for one_in in [1, 2, 5, 30, 60] {
                let (found, visited) = searched(limit, one_in, 100_000);
                assert!(found as usize <= limit && visited as usize <= 64 * limit, "{limit} {one_in}");
            }
        }
        assert!(matches!(BucketRule::new(1), Err(Error::OutOfRange { field: "bucket_limit", .. })));
    }

    #[test]
    fn no_more_is_passed_over_than_there_is() {
        let search = Search { found: 3, visited: 10, has_ended: true, left: 50 };
        assert_eq!((search.passed_over(100), search.passed_over(40), search.passed_over(10)), (50, 30, 0));
    }
}
