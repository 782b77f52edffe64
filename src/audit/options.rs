//! The options of an audit.

use super::Sample;
use crate::error::{Error, open_share, similarity};
use crate::set::ShingleSet;

/// Configures an [`Audit`](super::Audit): plain values, each with a default except the threshold.
///
/// ```
/// use twinprint::audit::AuditOptions;
///
/// let options = AuditOptions::new(0.8).sample(2000).seed(7);
/// let mut sample = options.sampler();
/// for number in 0..10_000 {
///     sample.offer(number, || twinprint::ShingleSet::from(vec![u64::from(number)]));
/// }
/// assert_eq!(sample.into_documents().len(), 2000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[must_use]
pub struct AuditOptions {
    pub(super) threshold: f64,
    pub(super) sample: usize,
    pub(super) seed: u64,
    pub(super) confidence: f64,
    pub(super) examples: usize,
}

impl AuditOptions {
    /// Starts from the least Jaccard similarity of a true pair, greater than 0 and at most 1.
    ///
    /// The options are checked by [`Audit::new`](super::Audit::new).
    pub fn new(threshold: f64) -> Self {
        Self { threshold, sample: 1000, seed: 0, confidence: 0.95, examples: 20 }
    }

    /// Sets the number of documents to draw, at least 1. Defaults to 1,000.
    ///
    /// All of them are drawn if the corpus has no more. Four times as many about halve the width of intervals, and take
    /// four times the memory and time.
    pub fn sample(mut self, documents: usize) -> Self {
        self.sample = documents;
        self
    }

    /// Sets the seed by which documents are drawn. Defaults to 0.
    ///
    /// Audits of one seed draw the same documents from the same corpus, so that two results can be compared on one
    /// sample.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets how often intervals contain the truth, between 0 and 1, both exclusive. Defaults to 0.95. A higher
    /// confidence gives wider intervals.
    pub fn confidence(mut self, confidence: f64) -> Self {
        self.confidence = confidence;
        self
    }

    /// Sets how many missed and how many false pairs are listed at most. Defaults to 20 of each. With 0 none are
    /// listed, and all are counted.
    pub fn examples(mut self, pairs: usize) -> Self {
        self.examples = pairs;
        self
    }

    /// Returns an empty sample of this size and seed. Offer it all documents.
    #[must_use]
    pub fn sampler(&self) -> Sample<ShingleSet> {
        Sample::new(self.seed, self.sample)
    }

    /// Fails with the name of an option that is outside its range.
    pub(super) fn check(&self) -> Result<(), Error> {
        similarity("threshold", self.threshold)?;
        if self.sample == 0 {
            return Err(Error::OutOfRange { field: "sample", value: "0".to_string(), expected: "at least 1" });
        }
        open_share("confidence", self.confidence)
    }
}
