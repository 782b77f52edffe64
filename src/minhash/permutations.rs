//! Classic MinHash with one hash function a position (A. Broder, "On the resemblance and containment of documents",
//! 1997), in 32-bit lanes.
//!
//! Position `i` of the signature is the least value of `half(x) * a_i` modulo 2^32 over all keys `x` of the set, where
//! `a_i` is odd and the half is the low one for even positions and the high one for odd positions. Keys are mixed to 64
//! bits before they come here, so sets of sequential numbers are as good as random ones; each position has a multiplier
//! of its own, because families that share one (`h1 + i * h2`) collide too often together.
//!
//! There is no increment. It would cost a third of the time, and nothing is gained: for keys that are random already,
//! each odd multiplier is a permutation of its own, and bias, variance and band collisions are those of `a_i * x + b_i`
//! in sets of any size (BENCHMARKS.md has the figures). Only the zero would be special, the least value everywhere; so
//! the lowest bit of either half is set, and products of odd numbers are odd.

use ahash::AHashSet;

use super::kernel::{self, Mix};
use crate::cpu::SimdLevel;
use crate::mix::derive;

#[derive(Clone, Debug)]
pub(super) struct Permutations {
    multipliers: Vec<u32>,
}

impl Permutations {
    pub(super) fn new(num_hashes: u32, seed: u64) -> Self {
        // The seed may give one multiplier twice: there are 2^31 odd ones, and up to 2^16 positions. Two positions of one
        // multiplier would always agree together, and raise the variance.
        let candidates = (0..).map(|index| (derive(seed, "permutation multiplier", index) >> 32) as u32 | 1);
        let mut taken = AHashSet::with_capacity(num_hashes as usize);
        let distinct = candidates.filter(|&multiplier| taken.insert(multiplier));
        Self { multipliers: distinct.take(num_hashes as usize).collect() }
    }

    /// Keeps the hash functions of the first positions.
    pub(super) fn truncate(&mut self, positions: usize) {
        self.multipliers.truncate(positions);
    }

    /// Returns the number of positions.
    pub(super) fn positions(&self) -> usize {
        self.multipliers.len()
    }

    /// Lowers each position to the least value of its hash function over the features, at least one. `keys` has a place
    /// for the key of each.
    pub(super) fn update(&self, level: SimdLevel, features: &[u64], seed: u64, keys: &mut [u64], row: &mut [u32]) {
        // Sets the lowest bit of either half, so that no product is zero.
        let mix = Mix { seed, bits: 0x0000_0001_0000_0001 };
        kernel::permute(level, features, mix, keys, &self.multipliers, row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::MAX_NUM_HASHES;

    #[test]
    fn every_position_has_a_multiplier_of_its_own() {
        // Of 65,536 numbers of 31 bits, one pair is equal on average.
        for seed in 0..4 {
            let permutations = Permutations::new(MAX_NUM_HASHES, seed);
            let distinct: AHashSet<u32> = permutations.multipliers.iter().copied().collect();
            assert_eq!(distinct.len(), MAX_NUM_HASHES as usize);
            assert!(distinct.iter().all(|multiplier| multiplier % 2 == 1));
        }
    }
}
