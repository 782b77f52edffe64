//! Documents of buckets over the limit, which are paired with the leaders of these alone.

use std::collections::hash_map::Entry;

use ahash::AHashMap;

use super::sorter::{Records, Sorter};
use super::work::Work;
use crate::error::Error;
use crate::join::pairing::Pairing;

/// Followers and leaders. A document that follows in one band mostly does so in all of them, behind the same leaders, so its pairs are made
/// when the bands are done: each once, and not once for each band.
pub(super) struct Followers<'a> {
    work: &'a Work,
    pairing: &'a Pairing,
    /// `document << 32 | bucket`.
    documents: Sorter<1>,
    /// The leaders of each bucket, by their places in `leaders`.
    buckets: Vec<Vec<u32>>,
    /// All leaders, each once, and where each is.
    leaders: Vec<u32>,
    places: AHashMap<u32, u32>,
    /// Bytes that buckets and leaders take.
    bytes: usize,
}

/// What a leader takes, and what it takes to be one of a bucket.
const LEADER: usize = 24;
const LEADS: usize = 4;

impl<'a> Followers<'a> {
    pub(super) fn new(work: &'a Work, pairing: &'a Pairing) -> Self {
        let documents = work.small_sorter("followers");
        let (leaders, places) = (Vec::new(), AHashMap::new());
        Self { work, pairing, documents, buckets: Vec::new(), leaders, places, bytes: 0 }
    }

    /// Begins a bucket behind these leaders, and returns its number.
    pub(super) fn begin(&mut self, leaders: &[u32], pairs: &mut Sorter<1>) -> Result<u32, Error> {
        if self.bytes > self.work.memory() / 8 {
            self.pair(pairs)?;
        }
        let mut bucket = Vec::with_capacity(leaders.len());
        for &leader in leaders {
            bucket.push(match self.places.entry(leader) {
                Entry::Occupied(place) => *place.get(),
                Entry::Vacant(place) => {
                    self.leaders.push(leader);
                    self.bytes += LEADER;
                    *place.insert(self.leaders.len() as u32 - 1)
                }
            });
        }
        self.bytes += size_of::<Vec<u32>>() + LEADS * bucket.len();
        self.buckets.push(bucket);
        Ok(self.buckets.len() as u32 - 1)
    }

    /// Puts a document behind the leaders of a bucket, which come before it.
    pub(super) fn follow(&mut self, document: u32, bucket: u32) -> Result<(), Error> {
        self.documents.push([u64::from(document) << 32 | u64::from(bucket)])
    }

    /// Pairs all followers with their leaders, and forgets them.
    pub(super) fn pair(&mut self, pairs: &mut Sorter<1>) -> Result<(), Error> {
        let documents = std::mem::replace(&mut self.documents, self.work.small_sorter("followers"));
        let mut documents = documents.finish()?;
        // The document that each leader was paired with last: none is paired with document 0, for leaders come before it.
        let mut paired = vec![0; self.leaders.len()];
        while let Some([follower]) = documents.next()? {
            let (document, bucket) = ((follower >> 32) as u32, follower as u32);
            for &place in &self.buckets[bucket as usize] {
                let leader = self.leaders[place as usize];
                let last = std::mem::replace(&mut paired[place as usize], document);
                if last != document && self.pairing.allows(leader, document) {
                    pairs.push([u64::from(leader) << 32 | u64::from(document)])?;
                }
            }
        }
        self.buckets.clear();
        self.leaders.clear();
        self.places.clear();
        self.bytes = 0;
        Ok(())
    }
}
