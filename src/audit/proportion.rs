//! A share with its interval.

use std::fmt;

use crate::stats::wilson;

/// A share of what the sample touches, with an interval for the same share of the whole corpus.
///
/// The interval is Wilson's (1927). For shares of pairs the number of trials is not that of pairs but an *effective*
/// one (L. Kish, "Survey sampling", 1965): documents were drawn, so the variance is that of the ratio of two sums over
/// documents, and the effective number is what would give this variance if pairs were independent; never more than the
/// pairs. Where less than ten documents differ from perfection, or from its opposite, their spread says little, and the
/// pairs of a document count as one trial.
///
/// If all documents were drawn, the interval is the share itself.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Proportion {
    /// How many are.
    pub part: u64,
    /// Of how many.
    pub whole: u64,
    /// The lower end of the interval, 0 to 1.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// Pairs of one document, in halves: a pair of two documents of the sample counts half for each.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Halves {
    pub(super) part: u64,
    pub(super) whole: u64,
}

/// Documents without which a variance is not believed.
const ENOUGH: usize = 10;

impl Proportion {
    /// `part / whole`, 0 to 1; none where there is nothing to have a share of.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        (self.whole > 0).then(|| self.part as f64 / self.whole as f64)
    }

    /// Of units that were drawn one by one.
    pub(super) fn of_units(part: u64, whole: u64, z: f64, complete: bool) -> Self {
        Self { part, whole, low: 0.0, high: 1.0 }.with_interval(whole as f64, z, complete)
    }

    /// Of pairs of documents that were drawn.
    pub(super) fn of_pairs(documents: &[Halves], z: f64, complete: bool) -> Self {
        let sum = |of: fn(&Halves) -> u64| documents.iter().map(of).sum::<u64>();
        let share = Self { part: sum(|d| d.part) / 2, whole: sum(|d| d.whole) / 2, low: 0.0, high: 1.0 };
        share.with_interval(effective_pairs(documents), z, complete)
    }

    fn with_interval(self, trials: f64, z: f64, complete: bool) -> Self {
        let Some(value) = self.value() else { return self };
        let (low, high) = if complete { (value, value) } else { wilson(value, trials, z) };
        Self { low, high, ..self }
    }
}

/// Independent pairs that would say as much as these.
fn effective_pairs(documents: &[Halves]) -> f64 {
    let part: f64 = documents.iter().map(|d| d.part as f64).sum();
    let whole: f64 = documents.iter().map(|d| d.whole as f64).sum();
    let squares: f64 = documents.iter().map(|d| (d.whole as f64).powi(2)).sum();
    if whole == 0.0 {
        return 0.0;
    }
    // Kish's number of equal documents that these unequal ones are worth.
    let as_documents = (whole * whole / squares).min(whole / 2.0);
    let missing = documents.iter().filter(|d| d.part < d.whole).count();
    let present = documents.iter().filter(|d| d.part > 0).count();
    if missing.min(present) < ENOUGH {
        return as_documents;
    }
    let share = part / whole;
    let residuals: f64 = documents.iter().map(|d| (d.part as f64 - share * d.whole as f64).powi(2)).sum();
    let n = documents.len() as f64;
    let variance = n / (n - 1.0) * residuals / (whole * whole);
    (share * (1.0 - share) / variance).min(whole / 2.0)
}

impl fmt::Display for Proportion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value() {
            Some(value) => {
                let Self { part, whole, low, high } = self;
                write!(f, "{value:.4} ({low:.4} to {high:.4}), {part} of {whole}")
            }
            None => f.write_str("nothing to measure"),
        }
    }
}
