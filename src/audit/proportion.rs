//! A proportion with its confidence interval.

use std::fmt;

use crate::stats::wilson;

/// Holds a proportion of the sample, with a confidence interval for the same proportion of the whole corpus.
///
/// The interval is Wilson's score interval (E. B. Wilson, 1927). For a proportion of pairs, the number of trials is
/// not that of pairs but an *effective* sample size (L. Kish, "Survey sampling", 1965). Documents were drawn, so
/// the variance is that of the ratio of two sums over documents. The effective size is the number of independent
/// pairs that would give the same variance, and never more than there are pairs. If fewer than ten documents have a
/// pair that is missing, or fewer than ten have one that is not, their variance is not reliable. The pairs of a
/// document then count as one trial.
///
/// If all documents were drawn, the interval is the proportion itself. Its `Display` has the value, the interval
/// and the counts.
///
/// ```
/// use twinprint::ShingleSet;
/// use twinprint::audit::{Audit, AuditOptions};
///
/// // 200 documents in pairs that are alike; 20 of them are drawn.
/// let sets: Vec<(u32, ShingleSet)> =
///     (0..200).map(|n| (n, (u64::from(n / 2 * 100)..u64::from(n / 2 * 100 + 50 + n % 2)).collect())).collect();
/// let options = AuditOptions::new(0.9).sample(20);
/// let mut sample = options.sampler();
/// for (number, set) in &sets {
///     sample.offer(*number, || set.clone());
/// }
/// let mut audit = Audit::new(options, sample)?;
/// audit.observe_batch(&sets);
/// let recall = audit.finish(|_, _| true, []).recall;
/// assert_eq!((recall.value(), recall.high), (Some(1.0), 1.0));
/// // That all pairs of so few documents were found does not say that all others were.
/// assert!(recall.low > 0.8 && recall.low < 0.9);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Proportion {
    /// The number of units that have the property, such as true pairs that were found.
    pub part: u64,
    /// The number of all units, such as true pairs.
    pub whole: u64,
    /// The lower end of the interval, 0 to 1.
    /// It is at most the value, and 0 if there is nothing to measure.
    pub low: f64,
    /// The upper end of the interval, 0 to 1.
    /// It is at least the value, and 1 if there is nothing to measure.
    pub high: f64,
}

/// The pairs of one document, in halves: a pair of two documents of the sample counts half for each.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Halves {
    pub(super) part: u64,
    pub(super) whole: u64,
}

/// The fewest documents that give a reliable variance.
const ENOUGH: usize = 10;

impl Proportion {
    /// Returns `part / whole`, 0 to 1, or `None` if the whole is 0.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        (self.whole > 0).then(|| self.part as f64 / self.whole as f64)
    }

    /// Creates a proportion of units that were drawn one by one.
    pub(super) fn from_units(part: u64, whole: u64, z: f64, complete: bool) -> Self {
        Self { part, whole, low: 0.0, high: 1.0 }.with_interval(whole as f64, z, complete)
    }

    /// Creates a proportion of pairs of documents that were drawn.
    pub(super) fn from_pairs(documents: &[Halves], z: f64, complete: bool) -> Self {
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

/// Returns the effective sample size: how many independent pairs would tell as much as these.
fn effective_pairs(documents: &[Halves]) -> f64 {
    let part: f64 = documents.iter().map(|d| d.part as f64).sum();
    let whole: f64 = documents.iter().map(|d| d.whole as f64).sum();
    let squares: f64 = documents.iter().map(|d| (d.whole as f64).powi(2)).sum();
    if whole == 0.0 {
        return 0.0;
    }
    // Kish's effective number of documents, given that they have unequal numbers of pairs.
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
