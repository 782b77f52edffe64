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
    /// Candidate pairs of distinct sets: those that share a band.
    pub candidates: u64,
    /// Candidates that sizes or signatures ruled out.
    pub filtered: u64,
    /// Candidates whose sets were compared exactly.
    pub compared: u64,
    /// Pairs of distinct sets that reach the threshold.
    pub verified: u64,
    /// Buckets over the limit, in which documents were only compared with the first ones.
    pub oversized_buckets: u64,
    /// Pairs in such buckets that were not compared there.
    pub pairs_passed_over: u64,
    /// Candidate pairs for [containment](crate::SimilarityJoinBuilder::containment), all of which were compared exactly.
    pub contained_candidates: u64,
    /// Pairs of distinct sets of which the larger holds enough of the smaller.
    pub contained: u64,
}

impl JoinStats {
    /// Returns what the limit to buckets can have cost, at the very worst: the share of all pairs of distinct sets that reach the
    /// threshold which would be missing if each pair that was passed over were one of them, and in no other bucket. 0 to 1.
    ///
    /// In a bucket of one template's versions nearly all pairs are true ones, so it is near 1 there, while each version still has
    /// its pairs with the first ones. An [audit](crate::audit) measures what is missing.
    #[must_use]
    pub fn passed_over_share(&self) -> f64 {
        let possible = self.verified + self.pairs_passed_over;
        if possible == 0 { 0.0 } else { self.pairs_passed_over as f64 / possible as f64 }
    }
}
