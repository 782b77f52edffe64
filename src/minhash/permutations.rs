//! Classic MinHash with one hash function a position (A. Broder, "On the resemblance and containment of documents",
//! 1997), in 32-bit lanes.
//!
//! Position `i` of the signature is the least value of `half(x) * a_i + b_i` modulo 2^32 over all keys `x` of the set,
//! where `a_i` is odd and the half is the low one for even positions and the high one for odd positions. Keys are mixed
//! to 64 bits before they come here, so sets of sequential numbers are as good as random ones; each position has a
//! multiplier of its own, because families that share one (`h1 + i * h2`) collide too often together.

use super::kernel;
use crate::cpu::SimdLevel;
use crate::mix::derive;

#[derive(Clone, Debug)]
pub(super) struct Permutations {
    multipliers: Vec<u32>,
    increments: Vec<u32>,
}

impl Permutations {
    pub(super) fn new(num_hashes: u32, seed: u64) -> Self {
        let high_half = |purpose: &'static str| {
            (0..u64::from(num_hashes)).map(move |position| (derive(seed, purpose, position) >> 32) as u32)
        };
        Self {
            multipliers: high_half("permutation multiplier").map(|a| a | 1).collect(),
            increments: high_half("permutation increment").collect(),
        }
    }

    /// Lowers each position to the least value of its hash function over the keys.
    pub(super) fn update(&self, level: SimdLevel, keys: &[u64], row: &mut [u32]) {
        kernel::permute(level, keys, &self.multipliers, &self.increments, row);
    }
}
