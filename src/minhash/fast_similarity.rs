//! Fast Similarity Sketching (S. Dahlgaard, M. Knudsen, M. Thorup, "Fast Similarity Sketching", FOCS 2017).
//!
//! The sketch has `t` bins. Each of the rounds `0, 1, .. 2t - 1` throws every key. In the first `t` rounds the hash of
//! the key chooses the bin. In round `t + j` all keys go into bin `j`, so that no bin stays empty. A bin keeps the
//! least value thrown into it, and every value of an earlier round is less than those of later ones. Rounds stop when
//! no bin can be lowered any more. Large sets need one round, a single key up to `2t`.
//!
//! A bin's 32-bit value is ordered by round and then by hash. Values below 2^31 belong to round 0, whose 31 bits of
//! hash matter in large sets. The other rounds share the upper half evenly.

use super::kernel;
use super::row::EMPTY;
use crate::cpu::SimdLevel;
use crate::mix::derive;

#[derive(Clone, Debug)]
pub(super) struct FastSimilarity {
    /// Multiplier (odd) and increment of each round's hash.
    rounds: Vec<(u64, u64)>,
    bins: u32,
    /// The number of values of each round after the first.
    width: u32,
}

/// The first value that does not belong to round 0.
const LATER_ROUNDS: u32 = 1 << 31;

impl FastSimilarity {
    pub(super) fn new(num_hashes: u32, seed: u64) -> Self {
        let rounds = 2 * u64::from(num_hashes);
        let constants = |round| {
            (derive(seed, "fast similarity multiplier", round) | 1, derive(seed, "fast similarity increment", round))
        };
        // One less than half the range, so that no value is u32::MAX, which marks an empty bin.
        let width = (LATER_ROUNDS - 1) / (2 * num_hashes - 1);
        Self { rounds: (0..rounds).map(constants).collect(), bins: num_hashes, width }
    }

    /// Lowers the bins by the keys, in as many rounds as can change a bin. Either all bins are empty before, or none is.
    pub(super) fn update(&self, level: SimdLevel, keys: &[u64], row: &mut [u32]) {
        let bins = self.bins as usize;
        let greatest = row.iter().copied().max().unwrap_or(EMPTY);
        let mut empty = if greatest == EMPTY { bins } else { 0 };
        for (round, &(multiplier, increment)) in self.rounds.iter().enumerate() {
            let values = self.values(round as u32);
            // All values of this round and of later ones are greater than every bin. A row that was empty before stops as soon as
            // no bin is empty, because each later value is greater than all so far.
            if empty == 0 && (greatest == EMPTY || values.start > greatest) {
                return;
            }
            let width = values.end - values.start;
            let hash = kernel::RoundHash { multiplier, increment, first: values.start, width };
            let filled = match round.checked_sub(bins) {
                None => kernel::throw(level, keys, hash, row),
                Some(bin) => kernel::throw(level, keys, hash, &mut row[bin..=bin]),
            };
            empty = empty.saturating_sub(filled);
        }
    }

    /// Returns the values of a round, which are greater than those of the rounds before.
    fn values(&self, round: u32) -> std::ops::Range<u32> {
        match round.checked_sub(1) {
            None => 0..LATER_ROUNDS,
            Some(later) => {
                let start = LATER_ROUNDS + later * self.width;
                start..start + self.width
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_never_overlap_nor_reach_the_mark_of_an_empty_bin() {
        for bins in [1, 2, 3, 64, 128, 1000, crate::scheme::MAX_NUM_HASHES] {
            let sketch = FastSimilarity::new(bins, 7);
            let mut next = 0_u64;
            for round in 0..2 * bins {
                let values = sketch.values(round);
                assert!(u64::from(values.start) >= next && !values.is_empty());
                next = u64::from(values.start) + values.len() as u64;
            }
            // The end is not a value itself, so u32::MAX may be it.
            assert!(next <= u64::from(u32::MAX));
        }
    }
}
