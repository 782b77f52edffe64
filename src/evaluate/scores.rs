//! Precision, recall and F1, by pair and by document.

/// Counts pairs against labels, and tells their precision, recall and F1.
///
/// Pairs that are labelled as different and not reported (true negatives) are not counted: nearly all pairs of a
/// corpus are such, so that a share of them says nothing.
///
/// ```
/// use twinprint::evaluate::{Evaluation, Labels, Scores};
///
/// let labels = Labels::from_pairs([("a", "b", true), ("a", "c", true), ("a", "d", false)]);
/// let evaluation = Evaluation::new(&labels, [("a", "b", 0.9), ("a", "d", 0.8), ("a", "c", 0.3)])?;
/// let scores: Scores = evaluation.at(0.5).scores;
/// assert_eq!((scores.true_pairs, scores.false_pairs, scores.missed_pairs), (1, 1, 1));
/// assert_eq!((scores.precision(), scores.recall(), scores.f1()), (0.5, 0.5, 0.5));
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Scores {
    /// Pairs that are reported and labelled as duplicates (true positives).
    pub true_pairs: u64,
    /// Pairs that are reported and labelled as different (false positives).
    pub false_pairs: u64,
    /// Pairs that are labelled as duplicates and not reported (false negatives).
    pub missed_pairs: u64,
}

impl Scores {
    /// Returns the share of reported pairs that are duplicates, 0 to 1. It is 1 if no pair is reported.
    #[must_use]
    pub fn precision(&self) -> f64 {
        share(self.true_pairs as f64, self.false_pairs as f64)
    }

    /// Returns the share of duplicates that are reported, 0 to 1. It is 1 if there are no duplicates.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.true_pairs as f64, self.missed_pairs as f64)
    }

    /// Returns the harmonic mean of precision and recall, 0 to 1 (C. J. van Rijsbergen, "Information retrieval", 1979).
    ///
    /// It is 1 if there are no duplicates and no pair is reported.
    ///
    /// A mean of another kind would forgive one of the two: the arithmetic mean of a precision of 1 and a recall of 0
    /// is 0.5, and F1 is 0.
    #[must_use]
    pub fn f1(&self) -> f64 {
        let wrong = self.false_pairs as f64 + self.missed_pairs as f64;
        share(2.0 * self.true_pairs as f64, wrong)
    }
}

/// Returns the share of what is right, or 1 if there is nothing: nothing went wrong then.
fn share(right: f64, wrong: f64) -> f64 {
    let all = right + wrong;
    if all == 0.0 { 1.0 } else { right / all }
}

/// Holds B-cubed precision and recall: averages over documents (A. Bagga, B. Baldwin, "Algorithms for scoring
/// coreference chains", 1998).
///
/// Each document counts once, however large its cluster is. In counts of pairs a cluster of `n` documents weighs as
/// `n (n - 1) / 2`. Of the usual scores for clusterings it is the one that meets four formal constraints that a
/// score should (E. Amigó and others, "A comparison of extrinsic clustering evaluation metrics based on formal
/// constraints", 2009): for one, it is better to split a small cluster wrongly than to break many.
///
/// ```
/// use twinprint::evaluate::ClusterScores;
///
/// // One cluster of two stories, with three documents of the one and one of the other.
/// let labels = [("a", 1), ("b", 1), ("c", 1), ("d", 2)];
/// let b_cubed = ClusterScores::new(labels, ["a", "b", "c", "d"].map(|id| (id, 0))).b_cubed;
/// // Three documents share their cluster with three of four, one with one of four.
/// assert_eq!((b_cubed.precision, b_cubed.recall), ((3.0 * 0.75 + 0.25) / 4.0, 1.0));
/// assert!((b_cubed.f1() - 0.769).abs() < 0.001);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct BCubed {
    /// The average share of the cluster of a document that has its label, 0 to 1. It is 1 without documents.
    pub precision: f64,
    /// The average share of the documents of a label that are in the same cluster, 0 to 1. It is 1 without documents.
    pub recall: f64,
}

impl BCubed {
    /// Returns the harmonic mean of precision and recall, 0 to 1.
    ///
    /// It is 0 if both are 0, which no clustering of a document reaches: each is at least in a cluster with itself.
    #[must_use]
    pub fn f1(&self) -> f64 {
        let sum = self.precision + self.recall;
        if sum == 0.0 { 0.0 } else { 2.0 * self.precision * self.recall / sum }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_counts_have_scores() {
        let scores = Scores { true_pairs: u64::MAX, false_pairs: u64::MAX, missed_pairs: u64::MAX };
        assert_eq!((scores.precision(), scores.recall(), scores.f1()), (0.5, 0.5, 0.5));
    }
}
