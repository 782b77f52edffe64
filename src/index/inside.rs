//! Finds sets that hold others, or are inside them, by reading all sets once.

use std::ops::Range;

use ahash::AHashMap;

use super::Frozen;
use super::bytes::numbers;
use super::format::damaged;
use crate::error::Error;
use crate::mix::mix64;
use crate::parallel;
use crate::set::Overlap;

/// Rows that a thread reads at a time.
const ROWS_AT_A_TIME: usize = 1 << 10;

/// Bits of the filter for each hash that is asked for. Seven of eight other hashes are passed over without a look-up.
const FILTER_BITS: usize = 8;

/// Sets that are asked for together, so that the sets of an index are read once for all of them.
pub(crate) struct AskedSets<'a> {
    sets: Vec<&'a [u64]>,
    /// For each hash where the numbers of its sets are in `owners`.
    places: AHashMap<u64, Range<u32>>,
    owners: Vec<u32>,
    /// A bit for each hash; the number of bits is a power of two.
    filter: Vec<u64>,
}

/// A set of an index that holds enough of one that was asked for, or of which that one holds enough.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Inside {
    pub(crate) row: usize,
    /// The number of the set that was asked for.
    pub(crate) asked: usize,
    /// What the two share, the set that was asked for on the left.
    pub(crate) overlap: Overlap,
}

impl<'a> AskedSets<'a> {
    /// Takes sets of sorted hashes.
    pub(crate) fn new(sets: Vec<&'a [u64]>) -> Self {
        let owned = sets.iter().zip(0_u32..).flat_map(|(set, owner)| set.iter().map(move |hash| (*hash, owner)));
        let mut owned: Vec<(u64, u32)> = owned.collect();
        owned.sort_unstable();
        let bits = (FILTER_BITS * owned.len()).next_power_of_two().max(64);
        let (mut places, mut filter) = (AHashMap::new(), vec![0; bits / 64]);
        let mut start = 0_u32;
        for same in owned.chunk_by(|a, b| a.0 == b.0) {
            let (hash, end) = (same[0].0, start + same.len() as u32);
            places.insert(hash, start..end);
            let bit = mix64(hash) as usize % bits;
            filter[bit / 64] |= 1_u64 << (bit % 64);
            start = end;
        }
        Self { sets, places, owners: owned.into_iter().map(|(_, owner)| owner).collect(), filter }
    }

    /// Returns the numbers of the sets that have a hash.
    fn owners(&self, hash: u64) -> &[u32] {
        let bit = mix64(hash) as usize % (64 * self.filter.len());
        if self.filter[bit / 64] >> (bit % 64) & 1 == 0 {
            return &[];
        }
        self.places.get(&hash).map_or(&[], |place| &self.owners[place.start as usize..place.end as usize])
    }

    /// Returns which live sets of an index hold at least a share of those asked for, or are held by one to that share; in the order of
    /// rows. Runs on all cores.
    pub(crate) fn find<D: AsRef<[u8]> + Sync>(
        &self,
        frozen: &Frozen<D>,
        min_share: f64,
        is_live: impl Fn(usize) -> bool + Sync + Send,
    ) -> Result<Vec<Inside>, Error> {
        let starts: Vec<usize> = (0..frozen.len()).step_by(ROWS_AT_A_TIME).collect();
        let scratch = || Counts { of_sets: vec![0; self.sets.len()], touched: Vec::new() };
        let found = parallel::map(&starts, scratch, |&start, counts| {
            let mut found = Vec::new();
            for row in (start..frozen.len().min(start + ROWS_AT_A_TIME)).filter(|row| is_live(*row)) {
                let size = self.count(frozen.set_bytes(row)?, counts)?;
                for asked in counts.touched.drain(..) {
                    let asked = asked as usize;
                    let shared = std::mem::take(&mut counts.of_sets[asked]) as usize;
                    let overlap = Overlap::from_trusted(self.sets[asked].len(), size, shared);
                    if overlap.containment() >= min_share {
                        found.push(Inside { row, asked, overlap });
                    }
                }
            }
            Ok::<_, Error>(found)
        });
        let found = found.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Counts what a set shares with each of those that are asked for. Returns its size.
    fn count(&self, bytes: &[u8], counts: &mut Counts) -> Result<usize, Error> {
        let (mut before, mut size) = (None, 0);
        for hash in numbers(bytes) {
            if before.is_some_and(|before| before >= hash) {
                return Err(damaged("the hashes of a set do not ascend"));
            }
            (before, size) = (Some(hash), size + 1);
            for &owner in self.owners(hash) {
                let count = &mut counts.of_sets[owner as usize];
                if *count == 0 {
                    counts.touched.push(owner);
                }
                *count += 1;
            }
        }
        Ok(size)
    }
}

/// Counts of shared hashes.
struct Counts {
    of_sets: Vec<u32>,
    /// The sets whose counts are not zero.
    touched: Vec<u32>,
}
