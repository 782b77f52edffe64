//! Merges frozen indexes.

use super::Frozen;
use super::batch::in_memory;
use super::live::Live;
use crate::error::Error;

impl Frozen<Vec<u8>> {
    /// Merges indexes of one scheme and banding into one: the documents of the first, then those of the second, and so on. Of
    /// documents with the same id, the last one counts.
    ///
    /// ```
    /// use twinprint::index::{Frozen, FrozenBuilder};
    /// use twinprint::{Banding, Scheme};
    ///
    /// let hasher = Scheme::web().minhasher();
    /// let of = |id: u64, feature| -> Result<_, twinprint::Error> {
    ///     let mut builder = FrozenBuilder::new(hasher.scheme(), Banding::new(16, 8)?)?;
    ///     builder.push(id, &hasher.signature(&[feature]))?;
    ///     builder.build()
    /// };
    /// let merged = Frozen::merge(&[of(1, 10)?, of(2, 20)?, of(1, 30)?])?;
    /// assert_eq!(merged.len(), 2);
    /// assert_eq!(merged.query(&hasher.signature(&[30]), 0.5)?[0].id, 1.into());
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Mismatch`] if the schemes differ. [`Error::OutOfRange`] if there is nothing to merge, or if bandings, kinds of ids or
    /// stored parts differ. [`Error::Index`] if the bytes of one are not what was written.
    pub fn merge<D: AsRef<[u8]>>(parts: &[Frozen<D>]) -> Result<Self, Error> {
        let refused = |value: &str, expected| Error::OutOfRange { field: "parts", value: value.to_string(), expected };
        let first = parts.first().ok_or_else(|| refused("none", "at least one index"))?;
        for part in parts {
            first.scheme().check_same(part.scheme())?;
            if (part.banding(), part.has_sets(), part.has_numbers())
                != (first.banding(), first.has_sets(), first.has_numbers())
            {
                return Err(refused(
                    "different",
                    "of one banding and one kind of ids, and all with sets or all without",
                ));
            }
        }
        let mut live = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            let mut rows = Vec::new();
            for row in 0..part.len() {
                let id = part.id_of(row)?;
                let mut later = parts[number + 1..].iter();
                if !later.try_fold(false, |found, part| Ok::<_, Error>(found || part.row_of(id)?.is_some()))? {
                    rows.push(row as u32);
                }
            }
            live.push((part, rows));
        }
        let bytes = in_memory(|out| Live::new(live).write(out, first.tools(), [0; 16]))?;
        Self::open_with_tools(bytes, first.tools())
    }
}
