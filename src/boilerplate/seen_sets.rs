//! Recognizes sets that came before.

use ahash::RandomState;
use hashbrown::HashSet;

use crate::error::Error;
use crate::mix::{GOLDEN, mix64};
use crate::set::ShingleSet;

/// Bytes that a set takes at most: a hash and a control byte at a load of seven eighths, in a table that has just
/// doubled, beside the old one.
pub(super) const BYTES_PER_SET: usize = (9 * 3 * 8_usize).div_ceil(7);

/// Knows sets that came before, by a hash of 64 bits each.
///
/// Among a million sets, two that differ have one hash with a probability of 3 in 10^8. One of them is then not
/// counted, which changes a document frequency by one.
#[derive(Clone, Debug)]
pub(super) struct SeenSets {
    seen: HashSet<u64, RandomState>,
    max: usize,
}

impl SeenSets {
    /// Creates an empty collection that takes at most this many bytes.
    pub(super) fn new(memory: usize) -> Self {
        Self { seen: HashSet::with_hasher(RandomState::new()), max: memory / BYTES_PER_SET }
    }

    /// Adds a set of a source. Returns whether it is new. Equal sets of two sources are two.
    ///
    /// Fails if it is new and there is no room. Sets that were seen are recognized even then.
    pub(super) fn insert(&mut self, source: u64, set: &ShingleSet) -> Result<bool, Error> {
        let start = mix64(mix64(source ^ GOLDEN) ^ set.len() as u64);
        let hash = set.as_slice().iter().fold(start, |hash, &element| mix64(hash ^ element));
        if self.seen.len() < self.max {
            return Ok(self.seen.insert(hash));
        }
        if self.seen.contains(&hash) {
            return Ok(false);
        }
        Err(Error::TooManyToCount { what: "different documents", most: self.max })
    }
}
