//! What an audit is asked.

use super::Sample;
use crate::error::{Error, similarity};
use crate::set::ShingleSet;

/// What an [`Audit`](super::Audit) is asked: plain values, each with a default but the threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use]
pub struct AuditOptions {
    pub(super) threshold: f64,
    pub(super) sample: usize,
    pub(super) seed: u64,
    pub(super) confidence: f64,
    pub(super) examples: usize,
}

impl AuditOptions {
    /// An audit of the pairs of this Jaccard similarity or more, greater than 0 and at most 1.
    pub fn new(threshold: f64) -> Self {
        Self { threshold, sample: 1000, seed: 0, confidence: 0.95, examples: 20 }
    }

    /// Documents to draw, at least 1; 1,000 unless said.
    pub fn sample(mut self, documents: usize) -> Self {
        self.sample = documents;
        self
    }

    /// Which documents are drawn; 0 unless said.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// How often intervals are to contain the truth, 0 to 1 exclusive; 0.95 unless said.
    pub fn confidence(mut self, confidence: f64) -> Self {
        self.confidence = confidence;
        self
    }

    /// The most missed and false pairs to show; 20 of each unless said.
    pub fn examples(mut self, pairs: usize) -> Self {
        self.examples = pairs;
        self
    }

    /// An empty sample of the size and seed said, to which all documents are to be offered.
    #[must_use]
    pub fn sampler(&self) -> Sample<ShingleSet> {
        Sample::new(self.seed, self.sample)
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        similarity("threshold", self.threshold)?;
        let outside = |field, value: String, expected| Err(Error::OutOfRange { field, value, expected });
        if self.sample == 0 {
            return outside("sample", self.sample.to_string(), "at least 1");
        }
        if !(self.confidence > 0.0 && self.confidence < 1.0) {
            return outside("confidence", self.confidence.to_string(), "greater than 0 and less than 1");
        }
        Ok(())
    }
}
