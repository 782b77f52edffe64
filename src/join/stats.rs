//! What a join did, in numbers.

/// Counts what a join did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
#[non_exhaustive]
pub struct JoinStats {
    /// Documents pushed.
    pub documents: u64,
    /// Documents without any shingle: they match nothing.
    pub empty: u64,
    /// Documents whose set equals that of an earlier one; copies are among them.
    pub equal_sets: u64,
    /// Copies: documents whose set equals that of an earlier one, and whose text does too after normalization, runs of white space aside.
    /// Of documents that came as features, those with equal sets.
    pub copies: u64,
    /// Shingles of all documents, repeated ones included.
    pub shingles: u64,
    /// Candidate pairs of distinct sets: those that share a band and, in a bucket over the limit, are not excluded by their sketches.
    /// Where such buckets leave much to search, they are not excluded by their rarest shingles either, unless documents came one by one.
    pub candidates: u64,
    /// Candidates that sizes or signatures ruled out.
    pub filtered: u64,
    /// Candidates whose sets were compared exactly.
    pub compared: u64,
    /// Pairs of distinct sets that reach the threshold.
    pub verified: u64,
    /// Buckets that hold more distinct sets than the [limit](crate::SimilarityJoinBuilder::bucket_limit). They are searched by sketches and
    /// by rare shingles.
    pub oversized_buckets: u64,
    /// The most pairs of distinct sets that share a bucket and were not compared, because one was out of the reach of
    /// the other in an oversized bucket. Each pair counts once, however many buckets it shares. 0 means that every pair that shares a bucket was compared.
    pub pairs_passed_over: u64,
    /// Candidate pairs for [containment](crate::SimilarityJoinBuilder::containment), all of which were compared exactly.
    pub contained_candidates: u64,
    /// Pairs of distinct sets of which the larger holds enough of the smaller.
    pub contained: u64,
    /// Distinct sets for which no larger one was looked up: each shingle of their samples is in more distinct sets than the
    /// [maximum document frequency](crate::containment::FracMinHash::max_document_frequency). A higher one finds what
    /// holds them, up to 1,048,576.
    pub contained_too_common: u64,
}

impl JoinStats {
    /// Returns the least recall that the limit to buckets can have left, from 0 to 1: the share of pairs found among the similar pairs
    /// that share a bucket, if every pair that was passed over were similar. It is 1 where nothing was passed over. What
    /// [banding](crate::Banding::recall) misses comes on top.
    ///
    /// Among versions of one form nearly all pairs are similar, so it is near 0 there, while each version still has its pairs with the
    /// first ones. An [audit](crate::audit) measures what is missing.
    ///
    /// ```
    /// use twinprint::join::JoinStats;
    ///
    /// assert_eq!(JoinStats::default().min_recall(), 1.0);
    /// ```
    #[must_use]
    pub fn min_recall(&self) -> f64 {
        let possible = self.verified as f64 + self.pairs_passed_over as f64;
        if possible == 0.0 { 1.0 } else { self.verified as f64 / possible }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_counts_have_a_recall() {
        let stats = JoinStats { verified: u64::MAX, pairs_passed_over: u64::MAX, ..JoinStats::default() };
        assert_eq!(stats.min_recall(), 0.5);
    }
}
