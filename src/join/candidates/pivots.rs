//! Pairs the documents of oversized buckets with the pivots of these buckets, and with nothing else.

use std::collections::hash_map::Entry;

use ahash::AHashMap;

use crate::error::Error;
use crate::external::{Records, Sort, Sorter};
use crate::join::origin::PairFilter;
use crate::join::storage::scratch::ScratchDir;

/// Collects the documents of oversized buckets with the pivots of these. A document is mostly in such a bucket in all bands, behind the
/// same pivots, so its pairs are made
/// when the bands are done: each once, and not once for each band.
pub(crate) struct PivotPairs<'a> {
    scratch: &'a ScratchDir,
    filter: &'a PairFilter,
    /// `document << 32 | bucket`.
    documents: Sorter<1>,
    /// The pivots of each bucket, by their places in `pivots`.
    buckets: Vec<Vec<u32>>,
    /// All pivots, each once, and where each is.
    pivots: Vec<u32>,
    places: AHashMap<u32, u32>,
    /// Bytes that buckets and pivots take.
    bytes: usize,
}

/// What a pivot takes, and what it takes to be one of a bucket.
const PIVOT_BYTES: usize = 24;
const PIVOT_OF_BUCKET_BYTES: usize = 4;

impl<'a> PivotPairs<'a> {
    pub(crate) fn new(scratch: &'a ScratchDir, filter: &'a PairFilter) -> Self {
        let documents = scratch.small_sorter("non-pivots");
        let (pivots, places) = (Vec::new(), AHashMap::new());
        Self { scratch, filter, documents, buckets: Vec::new(), pivots, places, bytes: 0 }
    }

    /// Begins a bucket behind these pivots, and returns its number.
    pub(crate) fn begin(&mut self, pivots: &[u32], pairs: &mut Sorter<1>) -> Result<u32, Error> {
        if self.bytes > self.scratch.memory() / 8 {
            self.pair(pairs)?;
        }
        let mut bucket = Vec::with_capacity(pivots.len());
        for &pivot in pivots {
            bucket.push(match self.places.entry(pivot) {
                Entry::Occupied(place) => *place.get(),
                Entry::Vacant(place) => {
                    self.pivots.push(pivot);
                    self.bytes += PIVOT_BYTES;
                    *place.insert(self.pivots.len() as u32 - 1)
                }
            });
        }
        self.bytes += size_of::<Vec<u32>>() + PIVOT_OF_BUCKET_BYTES * bucket.len();
        self.buckets.push(bucket);
        Ok(self.buckets.len() as u32 - 1)
    }

    /// Puts a document behind the pivots of a bucket, which come before it.
    pub(crate) fn add(&mut self, document: u32, bucket: u32) -> Result<(), Error> {
        self.documents.push([u64::from(document) << 32 | u64::from(bucket)])
    }

    /// Pairs all followers with their pivots, and forgets them.
    pub(crate) fn pair(&mut self, pairs: &mut Sorter<1>) -> Result<(), Error> {
        let documents = std::mem::replace(&mut self.documents, self.scratch.small_sorter("non-pivots"));
        let mut documents = documents.finish()?;
        // The document that each pivot was paired with last: none is paired with document 0, for pivots come before it.
        let mut paired = vec![0; self.pivots.len()];
        while let Some([entry]) = documents.next()? {
            let (document, bucket) = ((entry >> 32) as u32, entry as u32);
            for &place in &self.buckets[bucket as usize] {
                let pivot = self.pivots[place as usize];
                let last = std::mem::replace(&mut paired[place as usize], document);
                if last != document && self.filter.allows(pivot, document) {
                    pairs.push([u64::from(pivot) << 32 | u64::from(document)])?;
                }
            }
        }
        self.buckets.clear();
        self.pivots.clear();
        self.places.clear();
        self.bytes = 0;
        Ok(())
    }
}
