//! When a shingle is common.

use crate::error::{Error, similarity};

/// Says which shingles are boilerplate: those that enough documents of a source have, as a share and as a number.
///
/// Both must be met. The share decides in large sources, and the number in small ones: in a source of four
/// documents, two that share a phrase are half of all, and prove nothing. Copies of one text count once.
///
/// ```
/// use twinprint::boilerplate::BoilerplateRule;
///
/// let rule = BoilerplateRule::new(0.2, 3)?;
/// assert_eq!((rule.share(), rule.min_documents()), (0.2, 3));
/// assert!(BoilerplateRule::new(0.2, 1).is_err());
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredBoilerplateRule"))]
pub struct BoilerplateRule {
    share: f64,
    min_documents: u64,
}

impl BoilerplateRule {
    /// Creates a rule from the least share of documents, greater than 0 and at most 1, and their least number, 2 or
    /// more.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if a value is outside its range.
    pub fn new(share: f64, min_documents: u64) -> Result<Self, Error> {
        if min_documents < 2 {
            let (field, value) = ("min_documents", min_documents.to_string());
            return Err(Error::OutOfRange { field, value, expected: "2 or more" });
        }
        Ok(Self { share: similarity("share", share)?, min_documents })
    }

    /// Returns the least share of the documents of a source that have a common shingle.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.share
    }

    /// Returns the least number of documents that have a common shingle.
    #[must_use]
    pub fn min_documents(&self) -> u64 {
        self.min_documents
    }

    /// Returns how many documents must have a shingle in a source with this many documents.
    pub(super) fn min_count(self, documents: u64) -> u64 {
        self.min_documents.max(min_count(self.share, documents))
    }
}

/// Returns the least number of documents that is at least this share of all.
pub(super) fn min_count(share: f64, documents: u64) -> u64 {
    let least = (share * documents as f64).ceil() as u64;
    // The product may be rounded up by a hair, which makes the number one too high: 0.07 of 100 is 7.
    let is_enough = |count: u64| count as f64 / documents as f64 >= share;
    if least > 0 && is_enough(least - 1) { least - 1 } else { least }
}

/// The fields as stored, before they are checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredBoilerplateRule {
    share: f64,
    min_documents: u64,
}

#[cfg(feature = "serde")]
impl TryFrom<StoredBoilerplateRule> for BoilerplateRule {
    type Error = Error;

    fn try_from(stored: StoredBoilerplateRule) -> Result<Self, Error> {
        Self::new(stored.share, stored.min_documents)
    }
}
