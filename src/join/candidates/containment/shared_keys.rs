//! How many keys pairs share, counted no further than matters.

use std::collections::hash_map::Entry;

use ahash::AHashMap;
use xxhash_rust::xxh3::xxh3_128;

use crate::error::Error;
use crate::external::{Records, Sort, Sorted, Sorter, put};
use crate::join::storage::scratch::ScratchDir;

/// Counts the keys that pairs share, and gives the pairs that share as many as they must.
///
/// Near-copies of one page share nearly all of their keys, though two make a pair a candidate. So a count ends there, and a list of sets
/// that came often enough is not gone through again: its pairs have all that they can get from it.
pub(crate) struct SharedKeys {
    /// Of each pair the keys found so far and those that must agree, or [`DONE`].
    counts: AHashMap<u64, u8>,
    max_counts: usize,
    /// `pair`, and `round << 4 | keys found in it << 2 | keys that must agree`, where the counts did not fit in memory.
    rounds: Sorter<2>,
    round: u64,
    candidates: Sorter<1>,
    /// How often a list came, by its hash.
    lists: AHashMap<u128, u8>,
    max_lists: usize,
    bytes: Vec<u8>,
}

/// Marks a pair that is a candidate.
const DONE: u8 = u8::MAX;

/// The most keys that must agree: a count has two bits.
const MAX_AGREEING: u8 = 3;

/// Bytes that an entry of a map takes at worst, while the map grows.
const ENTRY_BYTES: usize = 48;

/// Lists of fewer sets are gone through faster than they are looked up.
const MIN_LIST: usize = 16;

impl SharedKeys {
    pub(crate) fn new(scratch: &ScratchDir) -> Self {
        let memory = scratch.memory();
        Self {
            counts: AHashMap::new(),
            max_counts: memory / 4 / ENTRY_BYTES,
            rounds: scratch.sorter_with("shared", memory / 8),
            round: 0,
            candidates: scratch.sorter_with("contained", memory / 8),
            lists: AHashMap::new(),
            max_lists: memory / 16 / ENTRY_BYTES,
            bytes: Vec::new(),
        }
    }

    /// Counts a list of sets, and returns whether it came so often that its pairs gain nothing more from it.
    pub(crate) fn is_repeated(&mut self, list: &[u64]) -> bool {
        if list.len() < MIN_LIST {
            return false;
        }
        if self.lists.len() > self.max_lists {
            self.lists.clear();
        }
        self.bytes.clear();
        put(&mut self.bytes, list);
        let times = self.lists.entry(xxh3_128(&self.bytes)).or_insert(0);
        let is_repeated = *times >= MAX_AGREEING;
        *times = times.saturating_add(1);
        is_repeated
    }

    /// Counts a key that a pair shares, of which this number must agree.
    pub(crate) fn add(&mut self, pair: u64, agreeing: u8) -> Result<(), Error> {
        let found = match self.counts.entry(pair) {
            Entry::Occupied(count) if *count.get() == DONE => return Ok(()),
            Entry::Occupied(count) => {
                let count = count.into_mut();
                *count += 1 << 2;
                count
            }
            Entry::Vacant(place) => place.insert(1 << 2 | agreeing),
        };
        if *found >> 2 >= agreeing {
            *found = DONE;
            self.candidates.push([pair])?;
        }
        if self.counts.len() > self.max_counts { self.end_round() } else { Ok(()) }
    }

    /// Writes the counts that are not complete, and begins again.
    fn end_round(&mut self) -> Result<(), Error> {
        for (pair, count) in self.counts.drain().filter(|(_, count)| *count != DONE) {
            self.rounds.push([pair, self.round << 4 | u64::from(count)])?;
        }
        self.round += 1;
        Ok(())
    }

    /// Returns the candidates, each once and in order.
    pub(crate) fn finish(mut self) -> Result<Sorted<1>, Error> {
        // Counts of one round alone are complete, or not enough.
        if self.round == 0 {
            return self.candidates.finish();
        }
        self.end_round()?;
        let Self { rounds, mut candidates, .. } = self;
        let (mut rounds, mut last) = (rounds.finish()?, None);
        while let Some([pair, count]) = rounds.next()? {
            let before = last.filter(|(same, _)| *same == pair).map_or(0, |(_, keys)| keys);
            let keys = before + (count >> 2 & 3);
            if keys >= count & 3 {
                candidates.push([pair])?;
            }
            last = Some((pair, keys));
        }
        candidates.finish()
    }
}
