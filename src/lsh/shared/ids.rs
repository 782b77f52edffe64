//! Which id is the document of which number.

use std::hash::Hash;

use ahash::RandomState;
use hashbrown::HashTable;

use super::segments::Segments;
use super::sync::{self, RwLockReadGuard, RwLockWriteGuard};
use crate::mix::mix64;

/// The numbers of documents by the hashes of their ids. The ids themselves are with the documents, so that each is kept once.
pub(super) struct Ids {
    segments: Segments<Numbers>,
    hashing: RandomState,
}

/// One segment.
#[derive(Default)]
pub(super) struct Numbers(HashTable<Entry>);

/// A document by its number.
struct Entry {
    hash: u32,
    number: u32,
}

/// The hash of an id: the upper half chooses the segment, the lower half is kept.
#[derive(Clone, Copy)]
pub(super) struct IdHash(u64);

impl Ids {
    pub(super) fn new(segments: usize) -> Self {
        Self { segments: Segments::new(segments), hashing: sync::hashing() }
    }

    pub(super) fn hash<Id: Hash>(&self, id: &Id) -> IdHash {
        IdHash(self.hashing.hash_one(id))
    }

    pub(super) fn read(&self, hash: IdHash) -> RwLockReadGuard<'_, Numbers> {
        self.segments.read(self.segment(hash))
    }

    pub(super) fn write(&self, hash: IdHash) -> RwLockWriteGuard<'_, Numbers> {
        self.segments.write(self.segment(hash))
    }

    pub(super) fn read_all(&self) -> Vec<RwLockReadGuard<'_, Numbers>> {
        self.segments.read_all()
    }

    pub(super) fn write_all(&self) -> Vec<RwLockWriteGuard<'_, Numbers>> {
        self.segments.write_all()
    }

    /// Returns the bytes in memory.
    pub(super) fn bytes(&self) -> usize {
        self.segments.bytes(|numbers| numbers.0.allocation_size())
    }

    fn segment(&self, hash: IdHash) -> usize {
        (hash.0 >> 32) as usize % self.segments.len()
    }
}

impl Numbers {
    /// Returns the number with this hash that `is_it` accepts.
    pub(super) fn find(&self, hash: IdHash, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let entry = self.0.find(spread(hash.short()), |entry| entry.hash == hash.short() && is_it(entry.number));
        entry.map(|entry| entry.number)
    }

    pub(super) fn insert(&mut self, hash: IdHash, number: u32) {
        self.0.insert_unique(spread(hash.short()), Entry { hash: hash.short(), number }, hash_of);
    }

    pub(super) fn remove(&mut self, hash: IdHash, number: u32) {
        if let Ok(entry) = self.0.find_entry(spread(hash.short()), |entry| entry.number == number) {
            entry.remove();
        }
        if self.0.len() < self.0.capacity() / 4 {
            self.0.shrink_to(self.0.len() * 2, hash_of);
        }
    }

    pub(super) fn renumber(&mut self, number: impl Fn(u32) -> u32) {
        self.0.iter_mut().for_each(|entry| entry.number = number(entry.number));
    }
}

impl IdHash {
    fn short(self) -> u32 {
        self.0 as u32
    }
}

/// Returns the hash of an entry in the table of its segment.
fn spread(hash: u32) -> u64 {
    mix64(u64::from(hash))
}

fn hash_of(entry: &Entry) -> u64 {
    spread(entry.hash)
}
