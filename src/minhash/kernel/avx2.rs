//! AVX2: eight positions in a register.

use std::arch::x86_64::{
    __m256i, _mm256_loadu_si256, _mm256_min_epu32, _mm256_mullo_epi32, _mm256_set1_epi64x, _mm256_storeu_si256,
};

use super::portable;

/// Positions in a register.
const LANES: usize = 8;
/// Registers worked on together: their minima stay in registers (of which there are sixteen) while all keys pass.
const REGISTERS: usize = 8;
const BLOCK: usize = LANES * REGISTERS;

/// AVX2 has no 64-bit multiplication: emulating it is slower than the scalar one.
#[target_feature(enable = "avx2")]
pub(super) fn mix_keys(features: &[u64], seed: u64, bits: u64, keys: &mut [u64]) {
    portable::mix_keys(features, seed, bits, keys);
}

#[target_feature(enable = "avx2")]
pub(super) fn permute(keys: &[u64], multipliers: &[u32], row: &mut [u32]) {
    let mut at = 0;
    while at + BLOCK <= row.len() {
        permute_registers::<REGISTERS>(keys, &multipliers[at..], &mut row[at..]);
        at += BLOCK;
    }
    while at + LANES <= row.len() {
        permute_registers::<1>(keys, &multipliers[at..], &mut row[at..]);
        at += LANES;
    }
    portable::permute_tail(keys, &multipliers[at..], &mut row[at..]);
}

/// The first `N` registers' worth of positions. The slices hold at least so many.
#[target_feature(enable = "avx2")]
fn permute_registers<const N: usize>(keys: &[u64], multipliers: &[u32], row: &mut [u32]) {
    let multipliers: [__m256i; N] = std::array::from_fn(|i| load(&multipliers[i * LANES..]));
    let mut least: [__m256i; N] = std::array::from_fn(|i| load(&row[i * LANES..]));
    for &key in keys {
        // Low and high half of the key alternate, as the positions want them.
        let halves = _mm256_set1_epi64x(key as i64);
        for i in 0..N {
            least[i] = _mm256_min_epu32(least[i], _mm256_mullo_epi32(halves, multipliers[i]));
        }
    }
    for (i, register) in least.into_iter().enumerate() {
        store(register, &mut row[i * LANES..]);
    }
}

#[target_feature(enable = "avx2")]
fn load(from: &[u32]) -> __m256i {
    let from: &[u32] = &from[..LANES];
    // SAFETY: the slice holds eight 32-bit numbers, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(from.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
fn store(register: __m256i, to: &mut [u32]) {
    let to: &mut [u32] = &mut to[..LANES];
    // SAFETY: the slice holds eight 32-bit numbers, and the store needs no alignment.
    unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), register) }
}
