//! The signatures of many documents in one block of memory.

use std::sync::Arc;

use super::{Estimate, Signature};
use crate::error::{Error, Mismatch};
use crate::minhash::signature::EMPTY;
use crate::parallel;
use crate::scheme::Scheme;

/// One signature a row, all under one scheme, in one block of memory: four bytes a position.
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureMatrix {
    scheme: Arc<Scheme>,
    values: Vec<u32>,
}

impl SignatureMatrix {
    /// A matrix without rows.
    #[must_use]
    pub fn new(scheme: &Scheme) -> Self {
        Self::sharing(&Arc::new(scheme.clone()))
    }

    pub(crate) fn sharing(scheme: &Arc<Scheme>) -> Self {
        Self { scheme: Arc::clone(scheme), values: Vec::new() }
    }

    /// The scheme of all rows.
    #[must_use]
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len() / self.num_hashes()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Positions of a row.
    #[must_use]
    pub fn num_hashes(&self) -> usize {
        self.scheme.sketch().num_hashes() as usize
    }

    /// The row with this number.
    #[must_use]
    pub fn row(&self, number: usize) -> Option<&[u32]> {
        let start = number.checked_mul(self.num_hashes())?;
        self.values.get(start..start.checked_add(self.num_hashes())?)
    }

    /// The row with this number, as a signature of its own.
    #[must_use]
    pub fn signature(&self, number: usize) -> Option<Signature> {
        self.row(number).map(|row| Signature::new(Arc::clone(&self.scheme), row.into()))
    }

    /// The estimated Jaccard similarity of two rows.
    #[must_use]
    pub fn estimate(&self, left: usize, right: usize) -> Option<Estimate> {
        Some(Estimate::of_rows(self.row(left)?, self.row(right)?))
    }

    /// Appends a signature, and returns its row number.
    ///
    /// # Errors
    /// Where its scheme is another.
    pub fn push(&mut self, signature: &Signature) -> Result<usize, Mismatch> {
        if !signature.is_of(&self.scheme) {
            self.scheme.check_same(signature.scheme())?;
        }
        self.values.extend_from_slice(signature.values());
        Ok(self.len() - 1)
    }

    /// Appends the rows of another matrix.
    ///
    /// # Errors
    /// Where its scheme is another.
    pub fn append(&mut self, other: &Self) -> Result<(), Error> {
        if !Arc::ptr_eq(&self.scheme, &other.scheme) {
            self.scheme.check_same(&other.scheme)?;
        }
        self.values.extend_from_slice(&other.values);
        Ok(())
    }

    /// Appends one row for each item, which `fill` lowers from the row of an empty set. Rows are filled in parallel,
    /// each thread with a scratch of its own; their order is that of the items.
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

    /// Appends a row, which has the scheme's length.
    pub(crate) fn push_row(&mut self, row: &[u32]) {
        self.values.extend_from_slice(row);
    }

    /// Keeps the rows whose numbers pass, in their order, and gives back memory where most is no longer used.
    pub(crate) fn retain(&mut self, keep: impl Fn(usize) -> bool) {
        let width = self.num_hashes();
        let mut kept = 0;
        for number in (0..self.len()).filter(|&number| keep(number)) {
            self.values.copy_within(number * width..(number + 1) * width, kept * width);
            kept += 1;
        }
        self.values.truncate(kept * width);
        if self.values.len() < self.values.capacity() / 2 {
            self.values.shrink_to(self.values.len() / 2 * 3);
        }
    }

    /// Bytes in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.values.capacity() * size_of::<u32>()
    }
}
