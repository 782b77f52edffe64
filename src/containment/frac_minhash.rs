//! Which hashes of a set stand for it in the index.

use crate::error::{Error, within};
use crate::mix::{derive_from, mix64};

/// Which hashes of a set stand for it in a [`ContainmentIndex`](super::ContainmentIndex).
///
/// Those that are mixed to a number below a cut, the same for every set (Broder 1997 kept those that are 0 modulo a
/// number; Irber et al. 2022 call it FracMinHash). What a short text and a long page share is then in the samples of
/// both, or of neither.
///
/// ```
/// use twinprint::containment::FracMinHash;
///
/// let rules = FracMinHash::new(8, 500)?;
/// assert_eq!((rules.scaled(), rules.max_document_frequency()), (8, 500));
/// assert!(FracMinHash::new(0, 500).is_err());
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FracMinHash {
    scaled: u32,
    max_document_frequency: u32,
}

/// Makes the sample one of its own, and of features that are no random numbers too. Part of no scheme: samples are not
/// stored.
const KEY: u64 = derive_from(0, 2);

impl FracMinHash {
    /// `scaled`: one hash in so many is kept, 1 to 65,536; 1 keeps all. `max_document_frequency`: a hash of more documents
    /// than this, 1 or more, is boilerplate and makes no candidates.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] where a number is outside its range.
    pub fn new(scaled: u32, max_document_frequency: u32) -> Result<Self, Error> {
        Ok(Self {
            scaled: within("scaled", scaled, 1..=1 << 16, "from 1 to 65536")?,
            max_document_frequency: within("max_document_frequency", max_document_frequency, 1..=u32::MAX, "1 or more")?,
        })
    }

    /// One hash in so many is kept.
    #[must_use]
    pub fn scaled(&self) -> u32 {
        self.scaled
    }

    /// A hash of more documents than this makes no candidates.
    #[must_use]
    pub fn max_document_frequency(&self) -> u32 {
        self.max_document_frequency
    }

    /// The hashes of a set that are kept, mixed and cut to 32 bits. Sets that share one share its key; a key that is
    /// shared by accident makes at most a false candidate.
    pub(crate) fn keys<'a>(&self, hashes: &'a [u64]) -> impl Iterator<Item = u32> + 'a {
        let cut = u64::MAX / u64::from(self.scaled);
        hashes.iter().map(|hash| mix64(hash ^ KEY)).filter(move |&mixed| mixed <= cut).map(|mixed| mixed as u32)
    }
}

impl Default for FracMinHash {
    /// One in 4, and a limit of 1,000 documents.
    fn default() -> Self {
        Self { scaled: 4, max_document_frequency: 1_000 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_kept_is_that_asked_for() {
        let hashes = Vec::from_iter(0..100_000);
        for scaled in [1, 4, 50] {
            let rules = FracMinHash::new(scaled, 1).expect("within");
            let (kept, mean) = (rules.keys(&hashes).count() as f64, 100_000.0 / f64::from(scaled));
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
}
