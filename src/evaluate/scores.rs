//! Precision, recall and F1, by pair and by document.

/// Counts of pairs against labels, with their precision, recall and F1.
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
        share(self.true_pairs, self.true_pairs + self.false_pairs)
    }

    /// Returns the share of duplicates that are reported, 0 to 1. It is 1 if there are no duplicates.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.true_pairs, self.true_pairs + self.missed_pairs)
    }

    /// Returns the harmonic mean of precision and recall, 0 to 1 (C. J. van Rijsbergen, "Information retrieval", 1979).
    ///
    /// It is 1 if there are no duplicates and no pair is reported.
    #[must_use]
    pub fn f1(&self) -> f64 {
        share(2 * self.true_pairs, 2 * self.true_pairs + self.false_pairs + self.missed_pairs)
    }
}

/// Returns `part / whole`, or 1 if the whole is empty: nothing went wrong then.
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// B-cubed precision and recall: averages over documents (A. Bagga, B. Baldwin, "Algorithms for scoring coreference
/// chains", 1998).
///
/// Each document counts once, however large its cluster is. In counts of pairs a cluster of `n` documents weighs as
/// `n (n - 1) / 2`.
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
    #[must_use]
    pub fn f1(&self) -> f64 {
        let sum = self.precision + self.recall;
        if sum == 0.0 { 0.0 } else { 2.0 * self.precision * self.recall / sum }
    }
}
