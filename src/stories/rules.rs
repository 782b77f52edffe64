//! What makes two texts one story.

use crate::error::{Error, similarity, within};

/// Configures what makes texts one story.
///
/// The defaults were chosen by reading pairs of wire copy and web articles; BENCHMARKS.md says how many of those that are
/// reported are right.
///
/// ```
/// use twinprint::stories::StoryRules;
///
/// let strict = StoryRules::default().threshold(0.2).window(Some(24 * 60 * 60));
/// assert!(strict.checked().is_ok());
/// assert!(StoryRules::default().threshold(0.0).checked().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StoryRules {
    pub(super) threshold: Option<f64>,
    pub(super) window: Option<u64>,
    pub(super) max_document_frequency: u32,
    pub(super) order: bool,
}

impl Default for StoryRules {
    fn default() -> Self {
        Self { threshold: None, window: Some(3 * 24 * 60 * 60), max_document_frequency: 60, order: true }
    }
}

impl StoryRules {
    /// Configures the least similarity of two texts of a story, greater than 0 and at most 1. Defaults to 0.1 for up to 1,000
    /// texts and to 0.02 more for each tenfold number, because among more texts more pairs are alike by chance.
    #[must_use]
    pub fn threshold(self, threshold: f64) -> Self {
        Self { threshold: Some(threshold), ..self }
    }

    /// Returns the threshold for a number of texts.
    pub(super) fn threshold_for(&self, texts: usize) -> f64 {
        self.threshold.unwrap_or_else(|| (0.1 + 0.02 * libm::log10(texts.max(1_000) as f64 / 1_000.0)).min(1.0))
    }

    /// Configures how many seconds apart two texts of a pair may have appeared. Defaults to three days; `None` compares all.
    ///
    /// A story may last longer: each text needs others within the window. Texts without a time are compared with all.
    #[must_use]
    pub fn window(self, seconds: Option<u64>) -> Self {
        Self { window: seconds, ..self }
    }

    /// Configures in how many texts a word may be and still lead to candidates, 2 or more. Defaults to 60, a few times the
    /// number of articles that tell one story.
    #[must_use]
    pub fn max_document_frequency(self, max_document_frequency: u32) -> Self {
        Self { max_document_frequency, ..self }
    }

    /// Configures whether the order of the texts is taken for that of time if no text has a time and rare words come in
    /// bursts. Defaults to `true`.
    #[must_use]
    pub fn infer_order(self, infer_order: bool) -> Self {
        Self { order: infer_order, ..self }
    }

    /// Returns the rules if all are within their ranges.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] names the rule that is not.
    pub fn checked(self) -> Result<Self, Error> {
        self.threshold.map_or(Ok(0.0), |threshold| similarity("threshold", threshold))?;
        within("max_document_frequency", self.max_document_frequency, 2..=u32::MAX, "2 or more")?;
        Ok(self)
    }
}
