//! The tables of an online index: for each band, which slots have which key.

use std::hint::black_box;

use smallvec::SmallVec;

use super::bucket::Slots;
use super::ordered_table::OrderedTable;
use super::{BandKeys, Banding};
use crate::minhash::{SignatureMatrix, is_empty};
use crate::parallel;

/// Slot numbers by band key, with one table per band. It holds no signatures: to remove a slot, the caller passes the row with
/// which it was inserted.
///
/// Slots are inserted in ascending order, and are below [`MOST_DOCUMENTS`](crate::error::MOST_DOCUMENTS).
#[derive(Clone, Debug)]
pub(crate) struct BandTable {
    keys: BandKeys,
    bands: Vec<OrderedTable>,
}

/// The candidates of most rows, and the keys of most bandings, fit in here without an allocation.
pub(crate) type Few = SmallVec<[u32; 32]>;

impl BandTable {
    pub(crate) fn new(banding: Banding, seed: u64) -> Self {
        Self { keys: BandKeys::new(banding, seed), bands: vec![OrderedTable::default(); banding.bands() as usize] }
    }

    pub(crate) fn insert(&mut self, row: &[u32], slot: u32) {
        self.insert_keys(self.prefetched_keys(row), slot);
    }

    /// Inserts a slot by the keys of its row.
    pub(crate) fn insert_keys(&mut self, keys: Few, slot: u32) {
        for (band, key) in self.bands.iter_mut().zip(keys) {
            band.insert(key, slot);
        }
    }

    /// Inserts the rows of a matrix from a number on, except those of empty sets. The slot of a row is its number.
    ///
    /// Bands do not share anything, so each is filled by one thread, in the order of the rows. The outcome is that of
    /// inserting one row after the other.
    pub(crate) fn insert_rows(&mut self, rows: &SignatureMatrix, first: usize) {
        /// As many lookups as the memory can serve at the same time, and some more.
        const BATCH: usize = 32;
        let slots: Vec<u32> = (first..rows.len())
            .filter(|&slot| rows.row(slot).is_some_and(|row| !is_empty(row)))
            .map(|slot| slot as u32)
            .collect();
        let keys = &self.keys;
        parallel::for_each_mut(&mut self.bands, |band, table| {
            for slots in slots.chunks(BATCH) {
                let key = |&slot: &u32| keys.key(band, rows.row(slot as usize).unwrap_or_default());
                let keys: SmallVec<[u32; BATCH]> = slots.iter().map(key).collect();
                black_box(keys.iter().fold(0, |seen, &key| seen ^ table.prefetch(key)));
                for (key, &slot) in keys.into_iter().zip(slots) {
                    table.insert(key, slot);
                }
            }
        });
    }

    pub(crate) fn remove(&mut self, row: &[u32], slot: u32) {
        let keys = self.prefetched_keys(row);
        for (band, key) in self.bands.iter_mut().zip(keys) {
            band.remove(key, slot);
        }
    }

    /// Replaces each slot by its new number. The new numbers keep the order of the old ones.
    pub(crate) fn renumber(&mut self, numbers: &[u32]) {
        self.bands.iter_mut().for_each(|band| band.renumber(|slot| numbers[slot as usize]));
    }

    /// Returns the slots that share a band with a row, each once, in ascending order.
    pub(crate) fn candidates(&self, row: &[u32]) -> Few {
        candidates(self.bands.iter().zip(self.prefetched_keys(row)))
    }

    /// Returns the bucket of each band that has one for the row, with the number of the band.
    pub(crate) fn numbered_buckets_of(&self, row: &[u32]) -> impl Iterator<Item = (usize, Slots<'_>)> {
        let numbered = self.bands.iter().zip(self.prefetched_keys(row)).enumerate();
        numbered.filter_map(|(number, (band, key))| Some((number, band.get(key)?)))
    }

    /// Returns the bucket of each band that has one for the row.
    pub(crate) fn buckets_of(&self, row: &[u32]) -> impl Iterator<Item = Slots<'_>> {
        self.bands.iter().zip(self.prefetched_keys(row)).filter_map(|(band, key)| band.get(key))
    }

    /// Yields all buckets with the numbers of their bands, by band and then by key.
    pub(crate) fn all_buckets(&self) -> impl Iterator<Item = (usize, Slots<'_>)> {
        self.bands.iter().enumerate().flat_map(|(number, band)| band.iter().map(move |bucket| (number, bucket)))
    }

    /// Returns the keys of a row's bands, and brings the memory near to which they lead.
    ///
    /// Each key leads to another place in memory. Searching band by band would wait for one place after the other. One short
    /// pass over all of them, before any search and without branches, waits for all at the same time.
    pub(crate) fn prefetched_keys(&self, row: &[u32]) -> Few {
        let keys: Few = self.keys.of(row).collect();
        black_box(self.bands.iter().zip(&keys).fold(0, |seen, (band, &key)| seen ^ band.prefetch(key)));
        keys
    }

    /// Removes all slots, and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.bands.iter_mut().for_each(OrderedTable::clear);
    }

    /// Makes room for more slots in each band.
    pub(crate) fn reserve(&mut self, additional: usize) {
        self.bands.iter_mut().for_each(|band| band.reserve(additional));
    }

    /// Gives back memory that holds no slot.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.bands.iter_mut().for_each(OrderedTable::shrink_to_fit);
    }

    /// Returns the number of buckets that hold anything, over all bands.
    pub(crate) fn buckets(&self) -> usize {
        self.bands.iter().map(OrderedTable::len).sum()
    }

    /// Returns the number of slots in the largest bucket.
    pub(crate) fn largest_bucket(&self) -> usize {
        self.bands.iter().map(OrderedTable::largest_bucket).max().unwrap_or(0)
    }

    /// Returns the bytes in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.bands.iter().map(OrderedTable::bytes).sum()
    }
}

/// Returns the slots that have a key in its table, each once, in ascending order.
pub(super) fn candidates<'a>(keys: impl Iterator<Item = (&'a OrderedTable, u32)>) -> Few {
    let held: SmallVec<[_; 32]> = keys.filter_map(|(table, key)| Some((table, table.held(key)?))).collect();
    black_box(held.iter().fold(0, |seen, (table, held)| seen ^ table.prefetch_held(*held)));
    let mut slots = Few::new();
    for (table, held) in held {
        slots.extend(table.slots_of(held).iter());
    }
    slots.sort_unstable();
    slots.dedup();
    slots
}
