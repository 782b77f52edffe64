//! The sample of a set: every hash below a cut.

use crate::error::{Error, within};
use crate::mix::{derive_from, mix64};

/// Says which hashes of a set are kept as its sample, and which of these are too common to make candidates.
///
/// A hash is kept if it mixes to a number below a cut, and the cut is the same for every set. What a short text and a
/// long page share is then in the samples of both, or of neither. A. Broder ("On the resemblance and containment of
/// documents", 1997) kept hashes that are 0 modulo a number; L. Irber et al. ("Lightweight compositional analysis of
/// metagenomes with FracMinHash and minimum metagenome covers", 2022) use the cut and call it `FracMinHash`. sourmash
/// calls the inverse of the sampled share `scaled`, scikit-learn the limit to common features `max_df`.
///
/// ```
/// use twinprint::containment::FracMinHash;
///
/// let sampling = FracMinHash::new(8, 500)?;
/// assert_eq!((sampling.scaled(), sampling.max_document_frequency()), (8, 500));
/// assert!(FracMinHash::new(0, 500).is_err());
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredFracMinHash"))]
pub struct FracMinHash {
    scaled: u32,
    max_document_frequency: u32,
}

/// The purpose of these hashes, mixed into each feature: the sample is then independent of all other uses of the same
/// features, even if these are not random numbers. No scheme includes it, because samples are not stored.
const KEY: u64 = derive_from(0, 2);

impl FracMinHash {
    /// Creates the rule from the share of hashes to keep and the limit to common ones.
    ///
    /// One hash in `scaled` is kept, 1 to 65,536; 1 keeps all. A hash that more than `max_document_frequency` documents
    /// have, 1 or more, is boilerplate and makes no candidates.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if a number is outside its range.
    pub fn new(scaled: u32, max_document_frequency: u32) -> Result<Self, Error> {
        let frequency = within("max_document_frequency", max_document_frequency, 1..=u32::MAX, "1 or more")?;
        Ok(Self {
            scaled: within("scaled", scaled, 1..=1 << 16, "from 1 to 65536")?,
            max_document_frequency: frequency,
        })
    }

    /// Returns the inverse of the share that is kept: one hash in this many.
    #[must_use]
    pub fn scaled(&self) -> u32 {
        self.scaled
    }

    /// Returns the most documents that may have a hash that makes candidates.
    #[must_use]
    #[doc(alias = "max_df")]
    pub fn max_document_frequency(&self) -> u32 {
        self.max_document_frequency
    }

    /// Yields the hashes of a set that are kept, mixed and cut to 32 bits.
    ///
    /// Sets that share a hash share its key. Two hashes with one key make at most a false candidate.
    pub(crate) fn keys<'a>(&self, hashes: &'a [u64]) -> impl Iterator<Item = u32> + 'a {
        let cut = u64::MAX / u64::from(self.scaled);
        hashes.iter().map(|hash| mix64(hash ^ KEY)).filter(move |&mixed| mixed <= cut).map(|mixed| mixed as u32)
    }
}

impl Default for FracMinHash {
    /// Returns the rule that keeps one hash in 4, with a limit of 1,000 documents.
    fn default() -> Self {
        Self { scaled: 4, max_document_frequency: 1_000 }
    }
}

/// The fields as stored, before they are checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredFracMinHash {
    scaled: u32,
    max_document_frequency: u32,
}

#[cfg(feature = "serde")]
impl TryFrom<StoredFracMinHash> for FracMinHash {
    type Error = Error;

    fn try_from(stored: StoredFracMinHash) -> Result<Self, Error> {
        Self::new(stored.scaled, stored.max_document_frequency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_kept_is_that_asked_for() {
        let hashes = Vec::from_iter(0..100_000);
        for scaled in [1, 4, 50] {
            let sampling = FracMinHash::new(scaled, 1).expect("within");
            let (kept, mean) = (sampling.keys(&hashes).count() as f64, 100_000.0 / f64::from(scaled));
            assert!((kept - mean).abs() <= 5.0 * (mean * (1.0 - 1.0 / f64::from(scaled))).sqrt(), "{kept}");
        }
    }

    #[test]
    fn ranges_are_checked() {
        let field = |found: Result<_, Error>| match found {
            Err(Error::OutOfRange { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(FracMinHash::new(65_537, 1)), "scaled");
        assert_eq!(field(FracMinHash::new(1, 0)), "max_document_frequency");
    }

    #[cfg(feature = "serde")]
    #[test]
    fn stored_values_are_checked() {
        let stored = serde_json::to_string(&FracMinHash::default()).expect("plain");
        assert_eq!(serde_json::from_str::<FracMinHash>(&stored).expect("valid"), FracMinHash::default());
        let forged = r#"{"scaled":0,"max_document_frequency":1}"#;
        assert!(serde_json::from_str::<FracMinHash>(forged).is_err());
    }
}
