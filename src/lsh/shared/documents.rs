//! The documents of a shared index by their numbers.

use hashbrown::HashTable;

use super::segments::Segments;
use crate::minhash::is_empty;
use crate::mix::mix64;

/// A document with its number, which says when it was inserted: later ones have greater numbers.
pub(super) struct Document<Id> {
    pub(super) number: u32,
    pub(super) id: Id,
    pub(super) row: Box<[u32]>,
}

/// Documents by number. A segment is locked for one access only, and nothing else is locked meanwhile.
pub(super) struct Documents<Id>(Segments<Table<Id>>);

/// One segment.
struct Table<Id>(HashTable<Document<Id>>);

impl<Id> Default for Table<Id> {
    fn default() -> Self {
        Self(HashTable::new())
    }
}

impl<Id> Documents<Id> {
    pub(super) fn new(segments: usize) -> Self {
        Self(Segments::new(segments))
    }

    /// Applies `read` to a document, if it is there.
    pub(super) fn with<R>(&self, number: u32, read: impl FnOnce(&Document<Id>) -> R) -> Option<R> {
        self.0.read(self.segment(number)).0.find(hash(number), |document| document.number == number).map(read)
    }

    pub(super) fn insert(&self, document: Document<Id>) {
        let mut table = self.0.write(self.segment(document.number));
        table.0.insert_unique(hash(document.number), document, hash_of);
    }

    pub(super) fn remove(&self, number: u32) -> Option<Document<Id>> {
        let mut table = self.0.write(self.segment(number));
        let (document, _) = table.0.find_entry(hash(number), |document| document.number == number).ok()?.remove();
        if table.0.len() < table.0.capacity() / 4 {
            let kept = table.0.len() * 2;
            table.0.shrink_to(kept, hash_of);
        }
        Some(document)
    }

    /// Takes all documents out, in no order.
    pub(super) fn take_all(&self) -> Vec<Document<Id>> {
        (0..self.0.len()).flat_map(|number| std::mem::take(&mut *self.0.write(number)).0).collect()
    }

    /// Returns what `copy` makes of each document, in no order.
    pub(super) fn copy_all<R>(&self, copy: impl Fn(&Document<Id>) -> R) -> Vec<R> {
        let mut copies = Vec::new();
        for number in 0..self.0.len() {
            copies.extend(self.0.read(number).0.iter().map(&copy));
        }
        copies
    }

    /// Returns the number of documents of empty sets.
    pub(super) fn empty(&self) -> usize {
        let empty = |table: &Table<Id>| table.0.iter().filter(|document| is_empty(&document.row)).count();
        (0..self.0.len()).map(|number| empty(&self.0.read(number))).sum()
    }

    /// Returns the bytes in memory, without those of rows and of what ids own.
    pub(super) fn bytes(&self) -> usize {
        self.0.bytes(|table| table.0.allocation_size())
    }

    /// Documents that were inserted one after the other are in different segments.
    fn segment(&self, number: u32) -> usize {
        number as usize % self.0.len()
    }
}

fn hash(number: u32) -> u64 {
    mix64(u64::from(number))
}

fn hash_of<Id>(document: &Document<Id>) -> u64 {
    hash(document.number)
}
