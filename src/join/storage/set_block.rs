//! Documents that one thread made ready for a join, in buffers that are used again.

use crate::minhash::{EMPTY, MinHasher};
use crate::mix::row_hash;
#[cfg(feature = "disk")]
use crate::set::{SortScratch, sort_distinct};

/// The number of bytes that are gathered before they are hashed.
pub(crate) const BATCH_BYTES: usize = 4 << 20;

/// Buffers of more bytes are not kept for reuse.
pub(crate) const MAX_SPARE_BYTES: usize = 2 * BATCH_BYTES;

/// Documents that one thread made ready.
#[derive(Clone, Debug, Default)]
pub(crate) struct SetBlock {
    /// The features of all documents, one after the other.
    pub(super) elements: Vec<u64>,
    /// Their signatures.
    pub(super) rows: Vec<u32>,
    pub(super) documents: Vec<Prepared>,
}

/// A document in a block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prepared {
    pub(super) start: usize,
    pub(crate) length: usize,
    /// The hash of its signature: sets that are equal have the same one, and most others do not.
    pub(crate) row_hash: u64,
    /// The hash of its normalized text, or [`NO_TEXT`].
    pub(crate) text: u64,
}

/// The hash of the text of a document that has none, only features.
pub(crate) const NO_TEXT: u64 = 0;

impl SetBlock {
    /// Returns the bytes that it takes, used or not.
    pub(crate) fn bytes(&self) -> usize {
        self.elements.capacity() * size_of::<u64>() + self.rows.capacity() * size_of::<u32>()
    }

    /// Forgets all documents, but keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.elements.clear();
        self.rows.clear();
        self.documents.clear();
    }

    /// Adds a document's features, as they come, and signs them.
    pub(crate) fn push(&mut self, hasher: &MinHasher, features: &[u64]) {
        self.push_with(hasher, |elements| {
            elements.extend_from_slice(features);
            NO_TEXT
        });
    }

    /// Adds a document by what appends its features and returns the hash of its text, and signs them.
    pub(crate) fn push_with(&mut self, hasher: &MinHasher, append: impl FnOnce(&mut Vec<u64>) -> u64) {
        let (start, row) = (self.elements.len(), self.rows.len());
        let text = append(&mut self.elements);
        let features = &self.elements[start..];
        self.rows.resize(row + hasher.row_width(), EMPTY);
        let row = &mut self.rows[row..];
        hasher.update_row(features, row);
        self.documents.push(Prepared { start, length: features.len(), row_hash: row_hash(row), text });
    }

    /// Shows all documents: what came, the sorted and distinct features, and the row.
    #[cfg(feature = "disk")]
    pub(crate) fn for_each_sorted(&mut self, width: usize, mut show: impl FnMut(Prepared, &[u64], &[u32])) {
        let mut scratch = SortScratch::default();
        for (document, row) in self.documents.iter().zip(self.rows.chunks_exact(width)) {
            let elements = &mut self.elements[document.start..][..document.length];
            let length = sort_distinct(elements, &mut scratch);
            show(*document, &elements[..length], row);
        }
    }
}
