//! The inner loops, once for each SIMD level.
//!
//! The file of each level has the same functions and gives the same numbers. [`portable`] is the definition, and the tests below hold
//! the others equal to it. The functions here choose the file. A level reaches them only after [`SimdLevel::check`] or
//! [`SimdLevel::detect`] found that the machine has it, which makes the calls sound.
//!
//! # How `permute` is made fast
//!
//! The work is a table of positions times keys: one multiplication and one minimum for each. The vector files keep a *block* of
//! positions in registers, minima and multipliers, and pass all keys by it before they go on to the next block. So in the inner loop
//! nothing is loaded but the key, and nothing is stored. A block has several registers, because the multiplication takes 5 to 10
//! cycles: several that do not depend on each other keep the unit busy while each waits for its result.
//!
//! Even positions take the low half of a key, odd positions the high half. A key that is copied to all 64-bit lanes of a register has
//! its halves in just these places when the register is read as 32-bit lanes. So one copy serves two hash functions, and no shuffle is
//! needed.
//!
//! Positions that do not fill a block go register by register, and the last few one by one.

mod portable;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;

use crate::cpu::SimdLevel;

/// The hash of one round of Fast Similarity Sketching: `y = x * multiplier + increment` modulo 2^64. The upper half of `y` chooses the
/// bin, and the lower half one of the `width` values from `first` on.
#[derive(Clone, Copy, Debug)]
pub(super) struct RoundHash {
    pub(super) multiplier: u64,
    pub(super) increment: u64,
    pub(super) first: u32,
    pub(super) width: u32,
}

/// Calls the function in the file of a level. Only the portable one may be called on any machine.
macro_rules! dispatch {
    ($level:expr, $function:ident($($argument:expr),*)) => {
        match $level {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the level was checked to be available when it was chosen.
            SimdLevel::Avx2 => unsafe { avx2::$function($($argument),*) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            SimdLevel::Avx512 => unsafe { avx512::$function($($argument),*) },
            #[cfg(target_arch = "aarch64")]
            // SAFETY: as above.
            SimdLevel::Neon => unsafe { neon::$function($($argument),*) },
            _ => portable::$function($($argument),*),
        }
    };
}

/// The rule by which features become keys: `mix64(feature ^ seed) | bits`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mix {
    pub(super) seed: u64,
    pub(super) bits: u64,
}

/// Mixes features to keys. Both slices have the same length.
pub(super) fn mix_keys(level: SimdLevel, features: &[u64], mix: Mix, keys: &mut [u64]) {
    debug_assert_eq!(features.len(), keys.len());
    dispatch!(level, mix_keys(features, mix, keys));
}

/// Mixes features, at least one, to keys as [`mix_keys`] does, and lowers a row by them:
/// `row[i] = min(row[i], MAX - 1, half_i(x) * multipliers[i])` over all keys `x`, modulo 2^32. The half is the low one for even `i` and
/// the high one for odd `i`. Row and multipliers have the same length, and so have features and keys.
pub(super) fn permute(
    level: SimdLevel,
    features: &[u64],
    mix: Mix,
    keys: &mut [u64],
    multipliers: &[u32],
    row: &mut [u32],
) {
    debug_assert!(multipliers.len() == row.len() && keys.len() == features.len() && !keys.is_empty());
    dispatch!(level, permute(features, mix, keys, multipliers, row));
}

/// Throws every key into the bin that its hash chooses. Each bin keeps its least value. Returns how many bins were `u32::MAX` before
/// and are not any more.
pub(super) fn throw(_level: SimdLevel, keys: &[u64], hash: RoundHash, bins: &mut [u32]) -> usize {
    // Two keys of one vector may choose the same bin, so the stores would have to be checked for conflicts. That costs what the
    // vector gains on the multiplication.
    portable::throw(keys, hash, bins)
}

/// Returns in how many positions two rows agree. The compiler makes a good vector loop of this at every level, because the sum is of
/// 32 bits, as the values are: a wider sum would need twice the registers.
#[inline]
pub(crate) fn count_equal(left: &[u32], right: &[u32]) -> usize {
    left.iter().zip(right).map(|(a, b)| u32::from(a == b)).sum::<u32>() as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn levels() -> impl Iterator<Item = SimdLevel> {
        SimdLevel::ALL.into_iter().filter(|level| level.is_available())
    }

    proptest! {
        #[test]
        fn every_level_mixes_alike(features in prop::collection::vec(any::<u64>(), 0..70), seed: u64, bits: u64) {
            let expected: Vec<u64> = features.iter().map(|x| crate::mix::mix64(x ^ seed) | bits).collect();
            for level in levels() {
                let mut keys = vec![0; features.len()];
                mix_keys(level, &features, Mix { seed, bits }, &mut keys);
                prop_assert_eq!(&keys, &expected, "{:?}", level);
            }
        }

        #[test]
        fn every_level_permutes_alike(
            features in prop::collection::vec(any::<u64>(), 1..40),
            seed: u64,
            bits: u64,
            lanes in prop::collection::vec((any::<u32>(), any::<u32>()), 0..300),
        ) {
            let multipliers: Vec<u32> = lanes.iter().map(|lane| lane.0).collect();
            let before: Vec<u32> = lanes.iter().map(|lane| lane.1).collect();
            let mixed: Vec<u64> = features.iter().map(|x| crate::mix::mix64(x ^ seed) | bits).collect();
            let expected: Vec<u32> = (0..lanes.len())
                .map(|i| {
                    let value = |x: &u64| ((x >> (32 * (i % 2))) as u32).wrapping_mul(multipliers[i]);
                    mixed.iter().map(value).chain([before[i]]).fold(u32::MAX - 1, u32::min)
                })
                .collect();
            for level in levels() {
                let (mut row, mut keys) = (before.clone(), vec![0; features.len()]);
                permute(level, &features, Mix { seed, bits }, &mut keys, &multipliers, &mut row);
                prop_assert_eq!(&row, &expected, "{:?}", level);
            }
        }
    }
}
