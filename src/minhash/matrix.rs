//! The signatures of many documents in one block of memory.

use std::sync::Arc;

use super::row::{self, EMPTY};
use super::{Estimate, Signature};
use crate::error::{Error, Mismatch};
use crate::parallel;
use crate::scheme::Scheme;

/// Signatures of one scheme, one per row, in one block of memory: four bytes per position.
///
/// ```
/// use twinprint::Scheme;
///
/// let hasher = Scheme::news().minhasher();
/// let matrix = hasher.matrix_of_texts(&["a wall of text", "another wall", "a wall of text"])?;
/// assert_eq!(matrix.len(), 3);
/// assert_eq!(matrix.estimate(0, 2).map(|estimate| estimate.jaccard), Some(1.0));
/// # Ok::<(), twinprint::Error>(())
/// ```
///
/// A reference iterates over the rows as slices, the matrix itself over signatures:
///
/// ```
/// use twinprint::{Scheme, SignatureMatrix};
///
/// let hasher = Scheme::builder().custom_features("n").num_hashes(8).build()?.minhasher();
/// let signatures = [hasher.signature(&[1, 2]), hasher.signature(&[3])];
/// let mut matrix = SignatureMatrix::from_signatures(hasher.scheme(), &signatures)?;
/// matrix.try_extend([&hasher.empty()])?;
///
/// assert!(matrix.iter().all(|row| row.len() == 8));
/// let last = matrix.into_iter().last();
/// assert!(last.is_some_and(|signature| signature.is_empty()));
/// # Ok::<(), twinprint::Error>(())
/// ```
///
/// `Extend` and `FromIterator` are missing on purpose: a signature of another scheme must be an error, and they have no
/// way to return one. [`try_extend`](Self::try_extend) and [`from_signatures`](Self::from_signatures) do.
///
/// With the feature `serde` a matrix is stored as its scheme and all values, row by row. A stored matrix whose values
/// do not fill whole rows is refused.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredMatrix"))]
pub struct SignatureMatrix {
    scheme: Arc<Scheme>,
    values: Vec<u32>,
}

impl SignatureMatrix {
    /// Creates a matrix without rows.
    #[must_use]
    pub fn new(scheme: &Scheme) -> Self {
        Self::sharing(&Arc::new(scheme.clone()))
    }

    pub(crate) fn sharing(scheme: &Arc<Scheme>) -> Self {
        Self { scheme: Arc::clone(scheme), values: Vec::new() }
    }

    /// Builds a matrix from the values of all rows, one row after the other: what [`values`](Self::values) returned and
    /// the caller stored.
    ///
    /// ```
    /// use twinprint::{Error, Scheme, SignatureMatrix};
    ///
    /// let scheme = Scheme::builder().custom_features("n").num_hashes(8).build()?;
    /// let matrix = scheme.minhasher().matrix(&[vec![1, 2], vec![3]]);
    /// let stored: Vec<u32> = matrix.values().to_vec();
    /// assert_eq!(SignatureMatrix::from_values(&scheme, stored)?, matrix);
    /// let cut = SignatureMatrix::from_values(&scheme, vec![7; 15]);
    /// assert_eq!(cut, Err(Error::WrongLength { field: "values", found: 15, expected: 16 }));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::WrongLength`] if the values do not fill whole rows of the scheme's `num_hashes`; it names the next
    /// length that would. [`Error::OutOfRange`] if some but not all values of a row are `u32::MAX`, the mark of an
    /// empty set.
    pub fn from_values(scheme: &Scheme, values: Vec<u32>) -> Result<Self, Error> {
        let width = scheme.sketch().num_hashes() as usize;
        if !values.len().is_multiple_of(width) {
            let expected = values.len().next_multiple_of(width);
            return Err(Error::WrongLength { field: "values", found: values.len(), expected });
        }
        values.chunks_exact(width).try_for_each(row::check)?;
        Ok(Self { scheme: Arc::new(scheme.clone()), values })
    }

    /// Builds a matrix with a row for each signature.
    ///
    /// # Errors
    /// [`Mismatch`] if a signature is of another scheme.
    pub fn from_signatures<'a>(
        scheme: &Scheme,
        signatures: impl IntoIterator<Item = &'a Signature>,
    ) -> Result<Self, Mismatch> {
        let mut matrix = Self::new(scheme);
        matrix.try_extend(signatures)?;
        Ok(matrix)
    }

    /// Returns the scheme of all rows.
    #[must_use]
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    pub(crate) fn shared_scheme(&self) -> Arc<Scheme> {
        Arc::clone(&self.scheme)
    }

    pub(crate) fn shares(&self, scheme: &Arc<Scheme>) -> bool {
        Arc::ptr_eq(&self.scheme, scheme)
    }

    /// Returns the number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len() / self.num_hashes()
    }

    /// Returns whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Returns the number of positions in a row.
    #[doc(alias = "num_perm")]
    #[must_use]
    pub fn num_hashes(&self) -> usize {
        self.scheme.sketch().num_hashes() as usize
    }

    /// Returns the values of all rows, one row after the other.
    #[must_use]
    pub fn values(&self) -> &[u32] {
        &self.values
    }

    /// Returns the row with this number, counted from 0.
    ///
    /// It borrows, where [`signature`](Self::signature) copies.
    #[must_use]
    pub fn row(&self, number: usize) -> Option<&[u32]> {
        let start = number.checked_mul(self.num_hashes())?;
        self.values.get(start..start.checked_add(self.num_hashes())?)
    }

    /// Returns an iterator over the rows, in order.
    pub fn iter(&self) -> std::slice::ChunksExact<'_, u32> {
        self.values.chunks_exact(self.num_hashes())
    }

    /// Returns a copy of the row with this number as a signature.
    #[must_use]
    pub fn signature(&self, number: usize) -> Option<Signature> {
        self.row(number).map(|row| Signature::new(Arc::clone(&self.scheme), row.into()))
    }

    /// Returns the estimated Jaccard similarity of two rows, or `None` if there is no row with one of the numbers.
    ///
    /// To compare all rows with all others takes quadratic time. An [`LshIndex`](crate::LshIndex) that was
    /// [built](crate::LshIndex::from_signatures) of the matrix yields only the pairs that may be similar.
    #[must_use]
    pub fn estimate(&self, left: usize, right: usize) -> Option<Estimate> {
        Some(Estimate::from_rows(self.row(left)?, self.row(right)?))
    }

    /// Appends a signature, and returns its row number.
    ///
    /// ```
    /// use twinprint::{Scheme, SignatureMatrix};
    ///
    /// let hasher = Scheme::news().minhasher();
    /// let mut matrix = SignatureMatrix::new(hasher.scheme());
    /// assert_eq!((matrix.push(&hasher.signature(&[1]))?, matrix.push(&hasher.signature(&[2]))?), (0, 1));
    ///
    /// let other = Scheme::web().minhasher();
    /// assert!(matrix.push(&other.empty()).is_err());
    /// assert_eq!(matrix.len(), 2);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Mismatch`] if the signature is of another scheme. Nothing is changed then.
    pub fn push(&mut self, signature: &Signature) -> Result<usize, Mismatch> {
        signature.check_is_of(&self.scheme)?;
        self.values.extend_from_slice(signature.values());
        Ok(self.len() - 1)
    }

    /// Appends signatures, one row each.
    ///
    /// # Errors
    /// [`Mismatch`] if a signature is of another scheme. Nothing is changed then.
    pub fn try_extend<'a>(&mut self, signatures: impl IntoIterator<Item = &'a Signature>) -> Result<(), Mismatch> {
        let before = self.values.len();
        for signature in signatures {
            if let Err(mismatch) = signature.check_is_of(&self.scheme) {
                self.values.truncate(before);
                return Err(mismatch);
            }
            self.values.extend_from_slice(signature.values());
        }
        Ok(())
    }

    /// Appends the rows of another matrix, such as one that another process made of its part of a corpus.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if its scheme is another. Nothing is changed then.
    pub fn append(&mut self, other: &Self) -> Result<(), Error> {
        if !other.shares(&self.scheme) {
            self.scheme.check_same(&other.scheme)?;
        }
        self.values.extend_from_slice(&other.values);
        Ok(())
    }

    /// Removes all rows, and keeps the memory for new ones.
    pub fn clear(&mut self) {
        self.values.clear();
    }

    /// Makes room for at least this many more rows.
    pub fn reserve(&mut self, additional: usize) {
        self.values.reserve(additional.saturating_mul(self.num_hashes()));
    }

    /// Gives back memory that holds no row.
    pub fn shrink_to_fit(&mut self) {
        self.values.shrink_to_fit();
    }

    /// Appends one row for each item. `fill` gets the row of an empty set and lowers it. Rows are filled in parallel,
    /// each thread with a scratch of its own. Their order is that of the items.
    pub(crate) fn extend_with<T: Sync, S: Send>(
        &mut self,
        items: &[T],
        scratch: impl Fn() -> S + Sync + Send,
        fill: impl Fn(&T, &mut S, &mut [u32]) + Sync + Send,
    ) {
        let width = self.num_hashes();
        let start = self.values.len();
        self.values.resize(start + items.len() * width, EMPTY);
        parallel::for_each_row(&mut self.values[start..], width, items, scratch, fill);
    }

    /// Appends the values of whole rows, which signatures of the same scheme have.
    pub(crate) fn push_rows(&mut self, rows: &[u32]) {
        self.values.extend_from_slice(rows);
    }

    /// Keeps the rows whose numbers pass, in their order. Gives back memory if less than half of it is used then.
    pub(crate) fn retain(&mut self, keep: impl Fn(usize) -> bool) {
        let width = self.num_hashes();
        let mut kept = 0;
        for number in (0..self.len()).filter(|&number| keep(number)) {
            self.values.copy_within(number * width..(number + 1) * width, kept * width);
            kept += 1;
        }
        self.values.truncate(kept * width);
        if self.values.len() < self.values.capacity() / 2 {
            // Half as much again stays, so that an index that shrinks and grows in turn does not allocate each time.
            self.values.shrink_to(self.values.len() / 2 * 3);
        }
    }

    /// Returns the bytes that the rows take in memory, unused capacity included.
    pub(crate) fn bytes(&self) -> usize {
        self.values.capacity() * size_of::<u32>()
    }
}

impl<'a> IntoIterator for &'a SignatureMatrix {
    type Item = &'a [u32];
    type IntoIter = std::slice::ChunksExact<'a, u32>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for SignatureMatrix {
    type Item = Signature;
    type IntoIter = IntoSignatures;

    fn into_iter(self) -> IntoSignatures {
        IntoSignatures { rows: 0..self.len(), matrix: self }
    }
}

/// Iterates over the rows of a matrix as signatures; see [`SignatureMatrix`].
///
/// The signatures share one scheme, so that comparing them checks it at no cost. The matrix stays in memory until
/// the iterator is dropped.
///
/// ```
/// use twinprint::Scheme;
///
/// let hasher = Scheme::builder().custom_features("n").build()?.minhasher();
/// let mut signatures = hasher.matrix(&[vec![1], vec![2], vec![3]]).into_iter();
/// assert_eq!(signatures.len(), 3);
/// assert_eq!(signatures.next_back(), Some(hasher.signature(&[3])));
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct IntoSignatures {
    matrix: SignatureMatrix,
    rows: std::ops::Range<usize>,
}

impl Iterator for IntoSignatures {
    type Item = Signature;

    fn next(&mut self) -> Option<Signature> {
        self.rows.next().and_then(|number| self.matrix.signature(number))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rows.size_hint()
    }
}

impl DoubleEndedIterator for IntoSignatures {
    fn next_back(&mut self) -> Option<Signature> {
        self.rows.next_back().and_then(|number| self.matrix.signature(number))
    }
}

impl ExactSizeIterator for IntoSignatures {}

impl std::iter::FusedIterator for IntoSignatures {}

/// The fields of a [`SignatureMatrix`] as they are stored, not yet checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct StoredMatrix {
    scheme: Scheme,
    values: Vec<u32>,
}

#[cfg(feature = "serde")]
impl TryFrom<StoredMatrix> for SignatureMatrix {
    type Error = Error;

    fn try_from(stored: StoredMatrix) -> Result<Self, Error> {
        Self::from_values(&stored.scheme, stored.values)
    }
}
