//! Merges frozen indexes.

use super::Frozen;
use super::batch::in_memory;
use super::live::Live;
use crate::error::{Error, MOST_DOCUMENTS};

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
    /// stored parts differ. [`Error::TooManyDocuments`] if together they have more than 2^31. [`Error::Index`] if the bytes of one are not
    /// what was written.
    pub fn merge<D: AsRef<[u8]>>(parts: &[Frozen<D>]) -> Result<Self, Error> {
        Self::merge_within(parts, MOST_DOCUMENTS as usize)
    }

    /// Merges indexes into one of at most this many documents.
    fn merge_within<D: AsRef<[u8]>>(parts: &[Frozen<D>], most: usize) -> Result<Self, Error> {
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
        if live.iter().map(|(_, rows)| rows.len()).sum::<usize>() > most {
            return Err(Error::TooManyDocuments);
        }
        let bytes = in_memory(|out| Live::new(live).write(out, first.tools(), [0; 16]))?;
        Self::open_with_tools(bytes, first.tools())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::FrozenBuilder;
    use crate::lsh::Banding;
    use crate::scheme::Scheme;

    #[test]
    fn too_many_documents_are_refused_before_they_are_written() {
        let hasher = Scheme::web().minhasher();
        let of = |ids: [u64; 2]| {
            let mut builder = FrozenBuilder::new(hasher.scheme(), Banding::new(16, 8).expect("valid")).expect("fits");
            ids.iter().for_each(|&id| builder.push(id, &hasher.signature(&[id])).expect("new"));
            builder.build().expect("sound")
        };
        let parts = [of([1, 2]), of([2, 3])];
        assert_eq!(Frozen::merge_within(&parts, 3).expect("three ids").len(), 3);
        assert!(matches!(Frozen::merge_within(&parts, 2), Err(Error::TooManyDocuments)));
    }
}
