//! Precision, recall and F1.

/// Pairs counted against labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Scores {
    /// Pairs that are reported and labelled as duplicates.
    pub true_pairs: u64,
    /// Pairs that are reported and labelled as different.
    pub false_pairs: u64,
    /// Pairs that are labelled as duplicates and not reported.
    pub missed_pairs: u64,
}

impl Scores {
    /// The share of reported pairs that are duplicates, 0 to 1; 1 where none is reported.
    #[must_use]
    pub fn precision(&self) -> f64 {
        share(self.true_pairs, self.true_pairs + self.false_pairs)
    }

    /// The share of duplicates that are reported, 0 to 1; 1 where there are none.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.true_pairs, self.true_pairs + self.missed_pairs)
    }

    /// The harmonic mean of precision and recall, 0 to 1 (C. J. van Rijsbergen, "Information retrieval", 1979); 1 where
    /// there is nothing to report and nothing reported.
    #[must_use]
    pub fn f1(&self) -> f64 {
        share(2 * self.true_pairs, 2 * self.true_pairs + self.false_pairs + self.missed_pairs)
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// Precision and recall that are averages over documents.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct BCubed {
    /// 0 to 1; 1 without documents.
    pub precision: f64,
    /// 0 to 1; 1 without documents.
    pub recall: f64,
}

impl BCubed {
    /// The harmonic mean of precision and recall, 0 to 1.
    #[must_use]
    pub fn f1(&self) -> f64 {
        let sum = self.precision + self.recall;
        if sum == 0.0 { 0.0 } else { 2.0 * self.precision * self.recall / sum }
    }
}
