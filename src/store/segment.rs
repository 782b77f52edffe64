//! A frozen index in a store, with the rows that were removed since it was written.

use std::sync::Arc;

use crate::error::Error;
use crate::index::{Frozen, damaged};

/// The bytes of a segment.
#[derive(Debug)]
pub(super) enum Data {
    Memory(Vec<u8>),
    #[cfg(feature = "mmap")]
    Map(memmap2::Mmap),
}

impl AsRef<[u8]> for Data {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Memory(bytes) => bytes,
            #[cfg(feature = "mmap")]
            Self::Map(map) => map,
        }
    }
}

/// Rows of a segment: one bit each.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rows {
    words: Vec<u64>,
    count: usize,
}

impl Rows {
    pub(super) fn contains(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Adds a row. Returns whether it was not there.
    pub(super) fn insert(&mut self, row: usize) -> bool {
        if self.words.len() <= row / 64 {
            self.words.resize(row / 64 + 1, 0);
        }
        let is_new = !self.contains(row);
        self.words[row / 64] |= 1 << (row % 64);
        self.count += usize::from(is_new);
        is_new
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Returns the rows, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        (0..64 * self.words.len()).filter(|&row| self.contains(row)).map(|row| row as u32)
    }
}

/// Documents that were written together. Cloning it copies no document.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    frozen: Arc<Frozen<Data>>,
    /// The number of its file, if it has one.
    number: Option<u64>,
    removed: Arc<Rows>,
}

impl Segment {
    pub(super) fn new(frozen: Frozen<Data>, number: Option<u64>) -> Self {
        Self { frozen: Arc::new(frozen), number, removed: Arc::default() }
    }

    /// Sets the rows that were removed, ascending, which must be there.
    pub(super) fn with_removed(self, rows: &[u32]) -> Result<Self, Error> {
        // Checked first, because a bit for each row up to the last takes memory.
        if rows.last().is_some_and(|last| *last as usize >= self.frozen.len()) {
            return Err(damaged("more documents were removed from it than it has"));
        }
        let mut removed = Rows::default();
        for row in rows {
            removed.insert(*row as usize);
        }
        Ok(Self { removed: Arc::new(removed), ..self })
    }

    pub(super) fn frozen(&self) -> &Frozen<Data> {
        &self.frozen
    }

    pub(super) fn number(&self) -> Option<u64> {
        self.number
    }

    pub(super) fn removed(&self) -> &Rows {
        &self.removed
    }

    /// Returns the number of documents that were not removed.
    pub(super) fn live(&self) -> usize {
        self.frozen.len() - self.removed.len()
    }

    pub(super) fn is_live(&self, row: usize) -> bool {
        !self.removed.contains(row)
    }

    pub(super) fn live_rows(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.frozen.len()).filter(|&row| self.is_live(row))
    }

    /// Marks a row as removed. Returns whether it was not.
    pub(super) fn remove(&mut self, row: usize) -> bool {
        // Views that share the rows keep theirs.
        Arc::make_mut(&mut self.removed).insert(row)
    }

    /// Returns the row of a document that is there.
    pub(super) fn find(&self, id: &str) -> Result<Option<usize>, Error> {
        Ok(self.frozen.row_of(id)?.filter(|&row| self.is_live(row)))
    }
}
