//! The tables of an online index: for each band, which slots have which key.

use std::hint::black_box;

use smallvec::SmallVec;

use super::bucket::Slots;
use super::ordered_table::Band;
use super::{BandKeys, Banding};

/// Slot numbers by band key. It holds no signatures: callers pass the row that a slot was put in with.
///
/// Slots are put in in ascending order, below [`MOST_DOCUMENTS`](crate::error::MOST_DOCUMENTS).
#[derive(Clone, Debug)]
pub(crate) struct BandTable {
    keys: BandKeys,
    bands: Vec<Band>,
}

/// What a row has in common with others fits without an allocation, unless it is much.
type Found = SmallVec<[u32; 32]>;

impl BandTable {
    pub(crate) fn new(banding: Banding, seed: u64) -> Self {
        Self { keys: BandKeys::new(banding, seed), bands: vec![Band::default(); banding.bands() as usize] }
    }

    pub(crate) fn insert(&mut self, row: &[u32], slot: u32) {
        let keys = self.keys_of(row);
        for (band, key) in self.bands.iter_mut().zip(keys) {
            band.insert(key, slot);
        }
    }

    pub(crate) fn remove(&mut self, row: &[u32], slot: u32) {
        let keys = self.keys_of(row);
        for (band, key) in self.bands.iter_mut().zip(keys) {
            band.remove(key, slot);
        }
    }

    /// Replaces each slot by its new number, where numbers keep their order.
    pub(crate) fn renumber(&mut self, numbers: &[u32]) {
        self.bands.iter_mut().for_each(|band| band.renumber(numbers));
    }

    /// The slots that share a band with a row, each once, ascending.
    pub(crate) fn like(&self, row: &[u32]) -> Found {
        let mut slots = Found::new();
        for bucket in self.buckets_of(row) {
            slots.extend(bucket.iter());
        }
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// For each band the slots that share it with a row.
    pub(crate) fn buckets_of(&self, row: &[u32]) -> impl Iterator<Item = Slots<'_>> {
        self.bands.iter().zip(self.keys_of(row)).filter_map(|(band, key)| band.get(key))
    }

    /// The keys of a row's bands. Each leads to where memory has to be waited for: a short pass without branches, before
    /// any search begins, waits for all of them at once.
    fn keys_of(&self, row: &[u32]) -> SmallVec<[u32; 32]> {
        let keys: SmallVec<[u32; 32]> = self.keys.of(row).collect();
        black_box(self.bands.iter().zip(&keys).fold(0, |seen, (band, &key)| seen ^ band.glance(key)));
        keys
    }

    /// Buckets that hold anything, over all bands.
    pub(crate) fn buckets(&self) -> usize {
        self.bands.iter().map(Band::len).sum()
    }

    /// Slots in the largest bucket.
    pub(crate) fn largest_bucket(&self) -> usize {
        self.bands.iter().map(Band::largest_bucket).max().unwrap_or(0)
    }

    /// Bytes in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.bands.iter().map(Band::bytes).sum()
    }
}
