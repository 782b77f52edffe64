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
/// use twinprint::containment::SampleRules;
///
/// let rules = SampleRules::new(8, 500)?;
/// assert_eq!((rules.one_in(), rules.frequency_limit()), (8, 500));
/// assert!(SampleRules::new(0, 500).is_err());
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SampleRules {
    one_in: u32,
    frequency_limit: u32,
}

/// Makes the sample one of its own, and of features that are no random numbers too. Part of no scheme: samples are not
/// stored.
const KEY: u64 = derive_from(0, 2);

impl SampleRules {
    /// `one_in`: one hash in so many is kept, 1 to 65,536; 1 keeps all. `frequency_limit`: a hash of more documents
    /// than this, 1 or more, is boilerplate and makes no candidates.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] where a number is outside its range.
    pub fn new(one_in: u32, frequency_limit: u32) -> Result<Self, Error> {
        Ok(Self {
            one_in: within("one_in", one_in, 1..=1 << 16, "from 1 to 65536")?,
            frequency_limit: within("frequency_limit", frequency_limit, 1..=u32::MAX, "1 or more")?,
        })
    }

    /// One hash in so many is kept.
    #[must_use]
    pub fn one_in(&self) -> u32 {
        self.one_in
    }

    /// A hash of more documents than this makes no candidates.
    #[must_use]
    pub fn frequency_limit(&self) -> u32 {
        self.frequency_limit
    }

    /// The hashes of a set that are kept, mixed and cut to 32 bits. Sets that share one share its key; a key that is
    /// shared by accident makes at most a false candidate.
    pub(crate) fn keys<'a>(&self, hashes: &'a [u64]) -> impl Iterator<Item = u32> + 'a {
        let cut = u64::MAX / u64::from(self.one_in);
        hashes.iter().map(|hash| mix64(hash ^ KEY)).filter(move |&mixed| mixed <= cut).map(|mixed| mixed as u32)
    }
}

impl Default for SampleRules {
    /// One in 4, and a limit of 1,000 documents.
    fn default() -> Self {
        Self { one_in: 4, frequency_limit: 1_000 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_kept_is_that_asked_for() {
        let hashes = Vec::from_iter(0..100_000);
        for one_in in [1, 4, 50] {
            let rules = SampleRules::new(one_in, 1).expect("within");
            let (kept, mean) = (rules.keys(&hashes).count() as f64, 100_000.0 / f64::from(one_in));
            assert!((kept - mean).abs() <= 5.0 * (mean * (1.0 - 1.0 / f64::from(one_in))).sqrt(), "{kept}");
        }
    }

    #[test]
    fn ranges_are_checked() {
        let field = |found: Result<_, Error>| match found {
            Err(Error::OutOfRange { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(SampleRules::new(65_537, 1)), "one_in");
        assert_eq!(field(SampleRules::new(1, 0)), "frequency_limit");
    }
}
