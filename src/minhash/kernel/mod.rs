//! The inner loops, once for each SIMD level.
//!
//! Every level's file has the same functions and gives the same numbers; [`portable`] is the definition, and the tests
//! below hold the others to it. The functions here choose the file. A level only reaches them after
//! [`SimdLevel::check`] or [`SimdLevel::detect`] found that the machine has it, which is what makes the calls sound.

mod portable;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;

use crate::cpu::SimdLevel;

/// The hash of one round of Fast Similarity Sketching: `y = x * multiplier + increment` modulo 2^64; the upper half of
/// `y` chooses the bin, the lower half one of `width` values from `first` on.
#[derive(Clone, Copy, Debug)]
pub(super) struct RoundHash {
    pub(super) multiplier: u64,
    pub(super) increment: u64,
    pub(super) first: u32,
    pub(super) width: u32,
}

/// Calls the function of the level's file. Only the portable one is safe to call anywhere.
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

/// How features become keys: `mix64(feature ^ seed) | bits`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mix {
    pub(super) seed: u64,
    pub(super) bits: u64,
}

/// Mixes features to keys. The slices have one length.
pub(super) fn mix_keys(level: SimdLevel, features: &[u64], mix: Mix, keys: &mut [u64]) {
    debug_assert_eq!(features.len(), keys.len());
    dispatch!(level, mix_keys(features, mix, keys));
}

/// Mixes features, of which there is one at least, to keys as [`mix_keys`] does, and lowers a row by them:
/// `row[i] = min(row[i], MAX - 1, half_i(x) * multipliers[i])` over all keys `x`, modulo 2^32; the half is the low one for
/// even `i`, the high one for odd `i`. Row and multipliers have one length, and so have features and keys.
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

/// Throws every key into the bin that its hash chooses; each bin keeps its least value. Returns how many bins were
/// `u32::MAX` before and are not now.
pub(super) fn throw(_level: SimdLevel, keys: &[u64], hash: RoundHash, bins: &mut [u32]) -> usize {
    // Scatter with conflicts: what a vector would gain on the multiplication it loses on the stores.
    portable::throw(keys, hash, bins)
}

/// In how many positions two rows agree. The compiler makes a good vector loop of this at every level.
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
