//! The tables of the bands, in segments by key.

use std::hint::black_box;

use smallvec::SmallVec;

use super::segments::Segments;
use super::sync::{RwLockReadGuard, RwLockWriteGuard};
use crate::lsh::band_table::{Few, candidates};
use crate::lsh::ordered_table::OrderedTable;
use crate::lsh::{BandKeys, Banding};
use crate::minhash::is_empty;

/// Numbers of documents by band key. A segment is the part of a band's table that has the same top bits in all keys.
///
/// The numbers in a bucket ascend because a document gets its number while its segments are locked.
pub(super) struct Bands {
    keys: BandKeys,
    segments: Segments<OrderedTable>,
    /// A band has two to this power segments.
    bits: u32,
}

/// Says where a band of a row is. Places ascend in the order in which they are locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    segment: usize,
    /// The key without the bits that are the same in all of the segment, so that keys spread over the whole table.
    key: u32,
}

/// The places of most bandings fit in here without an allocation.
pub(super) type Places = SmallVec<[Place; 32]>;

/// The locked segments of places, in the order of the places.
pub(super) struct ReadBands<'a>(SmallVec<[RwLockReadGuard<'a, OrderedTable>; 32]>);

/// The locked segments of places that change.
pub(super) struct WrittenBands<'a> {
    /// The numbers of the segments, in ascending order.
    numbers: SmallVec<[usize; 32]>,
    tables: SmallVec<[RwLockWriteGuard<'a, OrderedTable>; 32]>,
}

impl Bands {
    pub(super) fn new(banding: Banding, seed: u64, bits: u32) -> Self {
        let segments = Segments::new((banding.bands() as usize) << bits);
        Self { keys: BandKeys::new(banding, seed), segments, bits }
    }

    /// Returns the place of each band of a row, in ascending order. An empty set is similar to nothing, so its row has none.
    pub(super) fn places(&self, row: &[u32]) -> Places {
        if is_empty(row) {
            return Places::new();
        }
        let place = |(band, key): (usize, u32)| {
            let wide = u64::from(key) << self.bits;
            Place { segment: band << self.bits | (wide >> 32) as usize, key: wide as u32 }
        };
        self.keys.of(row).enumerate().map(place).collect()
    }

    pub(super) fn read(&self, places: &Places) -> ReadBands<'_> {
        self.prefetch(places.iter().map(|place| place.segment));
        ReadBands(places.iter().map(|place| self.segments.read(place.segment)).collect())
    }

    /// Locks the segments of both lists for writing.
    pub(super) fn write(&self, old: &Places, new: &Places) -> WrittenBands<'_> {
        let mut numbers: SmallVec<[usize; 32]> = old.iter().chain(new).map(|place| place.segment).collect();
        numbers.sort_unstable();
        numbers.dedup();
        self.prefetch(numbers.iter().copied());
        let tables = numbers.iter().map(|&number| self.segments.write(number)).collect();
        WrittenBands { numbers, tables }
    }

    /// Locks everything.
    pub(super) fn write_all(&self) -> WrittenBands<'_> {
        WrittenBands { numbers: (0..self.segments.len()).collect(), tables: self.segments.write_all().into() }
    }

    /// Returns the number of buckets that hold anything, over all bands.
    pub(super) fn buckets(&self) -> usize {
        (0..self.segments.len()).map(|number| self.segments.read(number).len()).sum()
    }

    /// Returns the number of documents in the largest bucket.
    pub(super) fn largest_bucket(&self) -> usize {
        (0..self.segments.len()).map(|number| self.segments.read(number).largest_bucket()).max().unwrap_or(0)
    }

    /// Returns the bytes in memory.
    pub(super) fn bytes(&self) -> usize {
        self.segments.bytes(|table| table.bytes() - size_of::<OrderedTable>())
    }

    /// Loads the lines of all locks at the same time: a lock waits for its own before the next one is looked at.
    fn prefetch(&self, segments: impl Iterator<Item = usize>) {
        black_box(segments.fold(false, |seen, segment| seen ^ self.segments.prefetch(segment)));
    }
}

impl ReadBands<'_> {
    /// Returns the documents that share a band with the row of these places, each once, in the order of insertion.
    pub(super) fn candidates(&self, places: &Places) -> Few {
        let keys = || self.0.iter().map(|table| &**table).zip(places.iter().map(|place| place.key));
        black_box(keys().fold(0, |seen, (table, key)| seen ^ table.prefetch(key)));
        candidates(keys())
    }
}

impl WrittenBands<'_> {
    /// Inserts a document whose number is greater than all others.
    pub(super) fn insert(&mut self, places: &Places, number: u32) {
        self.prefetch(places);
        for place in places {
            self.table(place).insert(place.key, number);
        }
    }

    pub(super) fn remove(&mut self, places: &Places, number: u32) {
        self.prefetch(places);
        for place in places {
            let table = self.table(place);
            table.remove(place.key, number);
            table.shrink_if_sparse();
        }
    }

    /// Replaces each number by its new one. The new numbers keep the order of the old ones.
    pub(super) fn renumber(&mut self, number: impl Fn(u32) -> u32) {
        self.tables.iter_mut().for_each(|table| table.renumber(&number));
    }

    fn prefetch(&mut self, places: &Places) {
        black_box(places.iter().fold(0, |seen, place| seen ^ self.table(place).prefetch(place.key)));
    }

    fn table(&mut self, place: &Place) -> &mut OrderedTable {
        let at = self.numbers.partition_point(|&number| number < place.segment);
        &mut self.tables[at]
    }
}
