//! What two signatures say of the similarity of their sets.

use super::kernel::count_equal;
use super::row::is_empty;
#[cfg(feature = "serde")]
use crate::error::{Error, similarity};
#[cfg(feature = "serde")]
use crate::scheme::MAX_NUM_HASHES;
use crate::stats::wilson;

/// Tells what two signatures say of the Jaccard similarity of their sets, and how exactly.
///
/// The estimate has no bias, but it has a standard error. At 128 hashes and a similarity of 0.5 that is 0.044; four
/// times as many hashes halve it. Compare the sets themselves where a decision depends on it.
///
/// An empty set is similar to nothing, so the estimate is 0 if either is empty, also if both are.
///
/// ```
/// use twinprint::Scheme;
///
/// let hasher = Scheme::builder().custom_features("numbers").num_hashes(512).build()?.minhasher();
/// let (a, b): (Vec<u64>, Vec<u64>) = ((0..300).collect(), (100..400).collect());
/// let estimate = hasher.signature(&a).estimate(&hasher.signature(&b))?;
/// let exact = 200.0 / 400.0;
/// assert!((estimate.jaccard - exact).abs() < 4.0 * estimate.standard_error);
/// assert_eq!(estimate.num_hashes, 512);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredEstimate"))]
#[non_exhaustive]
pub struct Estimate {
    /// The share of positions that agree, 0 to 1.
    /// It is a multiple of `1 / num_hashes`.
    pub jaccard: f64,
    /// The standard error `sqrt(J (1 - J) / num_hashes)`, with half a position added to either outcome so that it is
    /// never zero. Classic MinHash has this error; Fast Similarity Sketching has at most this.
    pub standard_error: f64,
    /// The number of positions that were compared, at least 1.
    pub num_hashes: usize,
}

impl Estimate {
    /// Compares two rows of one length, which is at least 1.
    pub(crate) fn from_rows(left: &[u32], right: &[u32]) -> Self {
        let num_hashes = left.len();
        // The signatures of two empty sets agree everywhere, and yet an empty set is similar to nothing.
        let equal = if is_empty(left) || is_empty(right) { 0 } else { count_equal(left, right) };
        let positions = num_hashes as f64;
        let share = (equal as f64 + 0.5) / (positions + 1.0);
        Self {
            jaccard: equal as f64 / positions,
            standard_error: (share * (1.0 - share) / positions).sqrt(),
            num_hashes,
        }
    }

    /// Returns the Wilson score interval (E. B. Wilson, 1927) at `z` standard deviations, within 0 to 1: with 1.96 it
    /// covers the true similarity in 95 of 100 cases, with 2.58 in 99.
    ///
    /// Unlike `jaccard ± z * standard_error` it never leaves the range of 0 to 1, and it has a sensible width at both
    /// ends of it.
    ///
    /// ```
    /// use twinprint::Scheme;
    ///
    /// let hasher = Scheme::builder().custom_features("n").build()?.minhasher();
    /// let (a, b) = (hasher.signature(&[1, 2, 3]), hasher.signature(&[2, 3, 4]));
    /// let (low, high) = a.estimate(&b)?.interval(1.96);
    /// assert!(low < 0.5 && 0.5 < high);
    ///
    /// // 128 positions that all agree do not prove that the sets are equal.
    /// let (low, high) = a.estimate(&a)?.interval(1.96);
    /// assert!(0.96 < low && low < 0.98 && high == 1.0);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn interval(&self, z: f64) -> (f64, f64) {
        wilson(self.jaccard, self.num_hashes as f64, z)
    }
}

/// The fields of an [`Estimate`] as they are stored, not yet checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct StoredEstimate {
    jaccard: f64,
    standard_error: f64,
    num_hashes: usize,
}

#[cfg(feature = "serde")]
impl TryFrom<StoredEstimate> for Estimate {
    type Error = Error;

    fn try_from(stored: StoredEstimate) -> Result<Self, Error> {
        let StoredEstimate { jaccard, standard_error, num_hashes } = stored;
        if !(1..=MAX_NUM_HASHES as usize).contains(&num_hashes) {
            let value = num_hashes.to_string();
            return Err(Error::OutOfRange { field: "num_hashes", value, expected: "from 1 to 65536" });
        }
        similarity("standard_error", standard_error)?;
        if !(0.0..=1.0).contains(&jaccard) {
            return Err(Error::OutOfRange { field: "jaccard", value: jaccard.to_string(), expected: "from 0 to 1" });
        }
        Ok(Self { jaccard, standard_error, num_hashes })
    }
}
