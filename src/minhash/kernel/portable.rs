//! The definition of every kernel, in plain Rust.

use super::{Mix, RoundHash};
use crate::mix::mix64;

pub(super) fn mix_keys(features: &[u64], mix: Mix, keys: &mut [u64]) {
    for (key, feature) in keys.iter_mut().zip(features) {
        *key = mix.of(*feature);
    }
}

/// The greatest value that a key may leave in a row. One more is the mark of an empty set.
pub(super) const GREATEST: u32 = u32::MAX - 1;

/// The number of positions that stay in registers while all keys pass.
const BLOCK: usize = 16;

impl Mix {
    /// Returns the key of a feature.
    #[inline(always)]
    pub(super) fn of(self, feature: u64) -> u64 {
        mix64(feature ^ self.seed) | self.bits
    }
}

pub(super) fn permute(features: &[u64], mix: Mix, keys: &mut [u64], multipliers: &[u32], row: &mut [u32]) {
    mix_keys(features, mix, keys);
    for (row, multipliers) in row.chunks_mut(BLOCK).zip(multipliers.chunks(BLOCK)) {
        match (<&mut [u32; BLOCK]>::try_from(&mut *row), multipliers.try_into()) {
            (Ok(row), Ok(multipliers)) => permute_block(keys, multipliers, row),
            _ => permute_tail(keys, multipliers, row),
        }
    }
}

/// Lowers a whole block. Its length is a constant, so the compiler unrolls the loop over positions and keeps them in registers.
fn permute_block(keys: &[u64], multipliers: &[u32; BLOCK], row: &mut [u32; BLOCK]) {
    let mut least = row.map(|value| value.min(GREATEST));
    for &key in keys {
        let halves = [key as u32, (key >> 32) as u32];
        for i in 0..BLOCK {
            least[i] = least[i].min(halves[i % 2].wrapping_mul(multipliers[i]));
        }
    }
    *row = least;
}

/// Lowers the positions that are left after the last whole block. The number of the first is even, so the halves alternate from here
/// as they do from the beginning of the row.
pub(super) fn permute_tail(keys: &[u64], multipliers: &[u32], row: &mut [u32]) {
    for (i, (least, multiplier)) in row.iter_mut().zip(multipliers).enumerate() {
        let shift = 32 * (i % 2);
        let value = |key: &u64| ((key >> shift) as u32).wrapping_mul(*multiplier);
        *least = keys.iter().map(value).fold((*least).min(GREATEST), u32::min);
    }
}

pub(super) fn throw(keys: &[u64], hash: RoundHash, bins: &mut [u32]) -> usize {
    let count = bins.len() as u64;
    let mut filled = 0;
    for &key in keys {
        let (choice, value) = hash.of(key);
        // Scales 32 bits to a number below `count` without a division (D. Lemire, "Fast random integer generation in an
        // interval", 2019).
        let bin = (u64::from(choice) * count) >> 32;
        if let Some(least) = bins.get_mut(bin as usize) {
            // Both steps are without a branch: which keys lower a bin cannot be predicted.
            filled += usize::from(*least == u32::MAX);
            *least = value.min(*least);
        }
    }
    filled
}

impl RoundHash {
    /// Returns the 32 bits that choose the bin, and the value.
    fn of(self, key: u64) -> (u32, u32) {
        let y = key.wrapping_mul(self.multiplier).wrapping_add(self.increment);
        let offset = (u64::from(y as u32) * u64::from(self.width)) >> 32;
        ((y >> 32) as u32, self.first + offset as u32)
    }
}
