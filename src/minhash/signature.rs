//! The signature of one set.

use std::sync::Arc;

use super::Estimate;
use super::row::{self, is_empty};
use crate::error::{Error, Mismatch};
use crate::scheme::Scheme;

/// The MinHash signature of a set, with the scheme that gives it its meaning.
///
/// [`MinHasher::signature`](crate::MinHasher::signature) makes signatures. Those of one scheme can be compared and
/// merged. A comparison of two schemes is an error that names the field in which they differ.
///
/// ```
/// use twinprint::Scheme;
///
/// let scheme = Scheme::builder().words(1).build()?;
/// let (shingler, hasher) = (scheme.shingler()?, scheme.minhasher());
/// let mut a = hasher.signature(&shingler.hashes("red green"));
/// let b = hasher.signature(&shingler.hashes("blue"));
/// assert_eq!(a.jaccard(&b)?, 0.0);
///
/// // The signature of a union needs the two signatures only.
/// a.merge(&b)?;
/// assert_eq!(a, hasher.signature(&shingler.hashes("blue green red")));
///
/// let other = Scheme::builder().words(1).seed(2).build()?.minhasher();
/// let mismatch = a.jaccard(&other.signature(&[1])).unwrap_err();
/// assert_eq!(mismatch.field, "sketch.seed");
/// # Ok::<(), twinprint::Error>(())
/// ```
///
/// With the feature `serde` a signature is stored together with its scheme. A stored signature of the wrong length, or
/// of a scheme that this version does not know, is refused. Store many signatures as a
/// [`SignatureMatrix`](crate::SignatureMatrix), which has the scheme once.
#[doc(alias = "MinHash")]
#[doc(alias = "LeanMinHash")]
#[doc(alias = "RMinHash")]
#[doc(alias = "sketch")]
#[doc(alias = "fingerprint")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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

    /// Builds a signature from positions that were stored.
    ///
    /// ```
    /// use twinprint::{Scheme, Signature};
    ///
    /// let scheme = Scheme::builder().custom_features("n").num_hashes(4).build()?;
    /// let signature = scheme.minhasher().signature(&[1, 2, 3]);
    /// let stored: Vec<u32> = signature.values().to_vec();
    /// assert_eq!(Signature::from_values(&scheme, stored)?, signature);
    /// assert!(Signature::from_values(&scheme, vec![7; 3]).is_err());
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::WrongLength`] if their number is not the scheme's `num_hashes`. [`Error::OutOfRange`] if some but not
    /// all of them are `u32::MAX`, the mark of an empty set.
    pub fn from_values(scheme: &Scheme, values: Vec<u32>) -> Result<Self, Error> {
        let expected = scheme.sketch().num_hashes as usize;
        if values.len() != expected {
            return Err(Error::WrongLength { field: "values", found: values.len(), expected });
        }
        row::check(&values)?;
        Ok(Self::new(Arc::new(scheme.clone()), values.into_boxed_slice()))
    }

    /// Returns the scheme under which the signature was made.
    #[must_use]
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Returns the positions, as many as the scheme's `num_hashes`.
    #[doc(alias = "hashvalues")]
    #[doc(alias = "digest")]
    #[must_use]
    pub fn values(&self) -> &[u32] {
        &self.values
    }

    pub(crate) fn values_mut(&mut self) -> &mut [u32] {
        &mut self.values
    }

    /// Returns whether this is the signature of the empty set, which is similar to nothing, not even to itself.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        is_empty(&self.values)
    }

    /// Returns the estimated Jaccard similarity of the two sets, 0 to 1: the share of positions that agree.
    ///
    /// It is 0 if either set is empty. [`estimate`](Self::estimate) gives the standard error too.
    ///
    /// # Errors
    /// [`Mismatch`] if the schemes differ.
    #[doc(alias = "similarity")]
    pub fn jaccard(&self, other: &Self) -> Result<f64, Mismatch> {
        Ok(self.estimate(other)?.jaccard)
    }

    /// Returns the estimated Jaccard similarity with its standard error.
    ///
    /// Comparing two signatures of 128 positions takes some nanoseconds, if they share a scheme. Those that were read
    /// one by one from storage have a scheme each, which is compared field by field.
    ///
    /// # Errors
    /// [`Mismatch`] if the schemes differ.
    pub fn estimate(&self, other: &Self) -> Result<Estimate, Mismatch> {
        other.check_is_of(&self.scheme)?;
        Ok(Estimate::from_rows(&self.values, &other.values))
    }

    /// Turns this into the signature of the union of the two sets.
    ///
    /// It is exact: the outcome equals the signature of all elements together. The signature of an intersection cannot
    /// be had in this way.
    ///
    /// # Errors
    /// [`Mismatch`] if the schemes differ. Nothing is changed then.
    #[doc(alias = "union")]
    pub fn merge(&mut self, other: &Self) -> Result<(), Mismatch> {
        other.check_is_of(&self.scheme)?;
        // In both algorithms a position is a minimum over the set, and the minimum over a union is the lesser of two minima.
        // The mark of an empty set is the greatest value, so it gives way to any other.
        for (mine, theirs) in self.values.iter_mut().zip(&other.values) {
            *mine = (*mine).min(*theirs);
        }
        Ok(())
    }

    /// Returns whether it shares this very scheme, so that there is nothing to compare.
    pub(crate) fn is_of(&self, scheme: &Arc<Scheme>) -> bool {
        Arc::ptr_eq(&self.scheme, scheme)
    }

    /// Checks that it is of this scheme, which is the left one where they differ.
    pub(crate) fn check_is_of(&self, scheme: &Arc<Scheme>) -> Result<(), Mismatch> {
        if self.is_of(scheme) { Ok(()) } else { scheme.check_same(&self.scheme) }
    }
}

/// The fields of a [`Signature`] as they are stored, not yet checked.
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
