//! Signatures and what they say of similarity.

use std::sync::Arc;

use super::count_equal;
use crate::error::{Error, Mismatch};
use crate::scheme::Scheme;
use crate::stats::wilson;

/// What every position of an empty set's signature holds, and no position of another.
pub(crate) const EMPTY: u32 = u32::MAX;

/// A set's MinHash signature, with the scheme that gives it its meaning.
///
/// Made by [`MinHasher::signature`](crate::MinHasher::signature). Signatures of one scheme can be compared and merged;
/// those of different schemes refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredSignature"))]
pub struct Signature {
    scheme: Arc<Scheme>,
    values: Box<[u32]>,
}

impl Signature {
    pub(crate) fn new(scheme: Arc<Scheme>, values: Box<[u32]>) -> Self {
        Self { scheme, values }
    }

    /// A signature from its stored positions.
    ///
    /// # Errors
    /// [`Error::WrongLength`] where their number is not the scheme's `num_hashes`.
    pub fn from_values(scheme: &Scheme, values: Vec<u32>) -> Result<Self, Error> {
        let expected = scheme.sketch().num_hashes as usize;
        if values.len() != expected {
            return Err(Error::WrongLength { field: "values", found: values.len(), expected });
        }
        Ok(Self::new(Arc::new(scheme.clone()), values.into_boxed_slice()))
    }

    /// The scheme it was made under.
    #[must_use]
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// The positions.
    #[must_use]
    pub fn values(&self) -> &[u32] {
        &self.values
    }

    pub(crate) fn values_mut(&mut self) -> &mut [u32] {
        &mut self.values
    }

    /// Whether it stands for the empty set, which is like nothing, not even itself.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        is_empty(&self.values)
    }

    /// The estimated Jaccard similarity of the two sets, 0 to 1: the share of positions that agree.
    ///
    /// # Errors
    /// Where the schemes differ.
    pub fn jaccard(&self, other: &Self) -> Result<f64, Mismatch> {
        Ok(self.estimate(other)?.jaccard)
    }

    /// The estimated Jaccard similarity with its standard error.
    ///
    /// # Errors
    /// Where the schemes differ.
    pub fn estimate(&self, other: &Self) -> Result<Estimate, Mismatch> {
        self.check_same(&other.scheme)?;
        Ok(Estimate::of_rows(&self.values, &other.values))
    }

    /// Makes this the signature of the union of the two sets.
    ///
    /// # Errors
    /// Where the schemes differ; nothing is changed then.
    pub fn merge(&mut self, other: &Self) -> Result<(), Mismatch> {
        self.check_same(&other.scheme)?;
        // In both algorithms a position holds the least of what its set offers.
        for (mine, theirs) in self.values.iter_mut().zip(&other.values) {
            *mine = (*mine).min(*theirs);
        }
        Ok(())
    }

    /// Whether it shares this very scheme, so that there is nothing to compare.
    pub(crate) fn is_of(&self, scheme: &Arc<Scheme>) -> bool {
        Arc::ptr_eq(&self.scheme, scheme)
    }

    fn check_same(&self, scheme: &Arc<Scheme>) -> Result<(), Mismatch> {
        if self.is_of(scheme) { Ok(()) } else { self.scheme.check_same(scheme) }
    }
}

pub(crate) fn is_empty(row: &[u32]) -> bool {
    row.first() == Some(&EMPTY)
}

/// A Jaccard similarity estimated from two signatures.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Estimate {
    /// The share of positions that agree, 0 to 1.
    pub jaccard: f64,
    /// `sqrt(J (1 - J) / num_hashes)`, with half a position added to either outcome so that it is never zero. Classic
    /// MinHash has this error; Fast Similarity Sketching has at most this.
    pub standard_error: f64,
    /// Positions that were compared.
    pub num_hashes: usize,
}

impl Estimate {
    pub(crate) fn of_rows(left: &[u32], right: &[u32]) -> Self {
        let num_hashes = left.len();
        let equal = if is_empty(left) || is_empty(right) { 0 } else { count_equal(left, right) };
        let positions = num_hashes as f64;
        let share = (equal as f64 + 0.5) / (positions + 1.0);
        Self {
            jaccard: equal as f64 / positions,
            standard_error: (share * (1.0 - share) / positions).sqrt(),
            num_hashes,
        }
    }

    /// The Wilson score interval (1927) at `z` standard deviations: 1.96 covers the true similarity in 95 of 100 cases.
    ///
    /// ```
    /// # use twinprint::Scheme;
    /// let hasher = Scheme::builder().custom_features("n").build()?.minhasher();
    /// let (a, b) = (hasher.signature(&[1, 2, 3]), hasher.signature(&[2, 3, 4]));
    /// let (low, high) = a.estimate(&b)?.interval(1.96);
    /// assert!(low < 0.5 && 0.5 < high);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn interval(&self, z: f64) -> (f64, f64) {
        wilson(self.jaccard, self.num_hashes as f64, z)
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct StoredSignature {
    scheme: Scheme,
    values: Vec<u32>,
}

#[cfg(feature = "serde")]
impl TryFrom<StoredSignature> for Signature {
    type Error = Error;

    fn try_from(stored: StoredSignature) -> Result<Self, Error> {
        Self::from_values(&stored.scheme, stored.values)
    }
}
