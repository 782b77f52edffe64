//! The tables of an online index: for each band, which slots have which key.

use ahash::AHashMap;
use smallvec::SmallVec;

use super::{BandKeys, Banding};

/// Slot numbers by band key. It holds no signatures: callers pass the row that a slot was put in with.
#[derive(Clone, Debug)]
pub(crate) struct BandTable {
    keys: BandKeys,
    bands: Vec<AHashMap<u32, Bucket>>,
}

/// Most buckets hold one slot or two.
type Bucket = SmallVec<[u32; 4]>;

impl BandTable {
    pub(crate) fn new(banding: Banding, seed: u64) -> Self {
        Self { keys: BandKeys::new(banding, seed), bands: vec![AHashMap::new(); banding.bands() as usize] }
    }

    pub(crate) fn insert(&mut self, row: &[u32], slot: u32) {
        for (band, key) in self.bands.iter_mut().zip(self.keys.of(row)) {
            band.entry(key).or_default().push(slot);
        }
    }

    pub(crate) fn remove(&mut self, row: &[u32], slot: u32) {
        for (band, key) in self.bands.iter_mut().zip(self.keys.of(row)) {
            let Some(bucket) = band.get_mut(&key) else { continue };
            if let Some(place) = bucket.iter().position(|&other| other == slot) {
                bucket.swap_remove(place);
            }
            if bucket.is_empty() {
                band.remove(&key);
            }
        }
    }

    /// The slots that share a band with a row, each once, ascending.
    pub(crate) fn like(&self, row: &[u32]) -> Vec<u32> {
        let mut slots: Vec<u32> = self.buckets_of(row).flatten().copied().collect();
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// For each band the slots that share it with a row, in the order in which they were put in if none was removed.
    pub(crate) fn buckets_of<'a>(&'a self, row: &'a [u32]) -> impl Iterator<Item = &'a [u32]> + 'a {
        let found = self.bands.iter().zip(self.keys.of(row)).filter_map(|(band, key)| band.get(&key));
        found.map(SmallVec::as_slice)
    }

    /// Buckets that hold anything, over all bands.
    pub(crate) fn buckets(&self) -> usize {
        self.bands.iter().map(|band| band.len()).sum()
    }

    /// Slots in the largest bucket.
    pub(crate) fn largest_bucket(&self) -> usize {
        self.bands.iter().flat_map(|band| band.values()).map(SmallVec::len).max().unwrap_or(0)
    }

    /// Bytes in memory.
    pub(crate) fn bytes(&self) -> usize {
        // A table of this kind keeps one entry in eight free, and a byte of its own for each.
        let entry = size_of::<(u32, Bucket)>() + 1;
        let tables: usize = self.bands.iter().map(|band| band.capacity() * 8 / 7 * entry).sum();
        let spilled = self.bands.iter().flat_map(|band| band.values()).filter(|bucket| bucket.spilled());
        tables + spilled.map(|bucket| bucket.capacity() * size_of::<u32>()).sum::<usize>()
    }
}
