//! Pairs of documents that are similar to very many others, such as items of one form.

use std::collections::HashSet;

use anyhow::Result;
use twinprint::relation::NearestPairs;
use twinprint::result::DiskPairs;

/// The maximum number of partners with which the text of a document is compared, if the memory has room for them.
const MAX_PARTNERS: u32 = 32;
const MIN_PARTNERS: u32 = 4;

/// The partners take this part of the memory, unless each document has only a few.
const MEMORY_PER_BYTE: u64 = 16;

/// Pairs after which their memory is checked.
const CHECKED_PAIRS: usize = 1 << 16;

/// Which pairs are compared by their texts, and what the others are taken for.
pub(super) struct Crowd {
    pub(super) nearest: NearestPairs,
    /// The documents that are copies or edits of each of their nearest partners.
    pub(super) versions: HashSet<u32>,
}

impl Crowd {
    /// Reads all pairs, and keeps the nearest partners of each document.
    pub(super) fn new(pairs: &DiskPairs, memory: u64) -> Result<Self> {
        let mut nearest = NearestPairs::new(MAX_PARTNERS)?;
        let similar = pairs.pairs()?.map(|pair| pair.map(|pair| (pair.left, pair.right, pair.jaccard())));
        let contained =
            pairs.contained(1)?.map(|pair| pair.map(|pair| (pair.inner, pair.outer, pair.overlap.containment())));
        for (count, pair) in similar.chain(contained).enumerate() {
            let (left, right, similarity) = pair?;
            nearest.add(left, right, similarity);
            let is_full = count % CHECKED_PAIRS == 0 && nearest.memory() as u64 > memory / MEMORY_PER_BYTE;
            if is_full && nearest.limit() > MIN_PARTNERS {
                nearest.lower_limit((nearest.limit() / 2).max(MIN_PARTNERS));
            }
        }
        Ok(Self { nearest, versions: HashSet::new() })
    }

    /// Returns whether a pair that is not compared is taken for an edit. Otherwise it is taken for one template, of which nothing is removed.
    pub(super) fn are_versions(&self, left: u32, right: u32) -> bool {
        self.versions.contains(&left) && self.versions.contains(&right)
    }
}
