//! AVX2: eight positions in a register.

use std::arch::x86_64::{
    __m256i, _mm256_loadu_si256, _mm256_min_epu32, _mm256_mullo_epi32, _mm256_set1_epi32, _mm256_set1_epi64x,
    _mm256_storeu_si256,
};

use super::{Mix, portable};

/// The number of positions in a register.
const LANES: usize = 8;
/// The number of registers in a block. Its eight minima take half of the sixteen registers. The multipliers are read from the nearest
/// cache, as operands of the multiplication, which costs no instruction of its own.
const REGISTERS: usize = 8;
const BLOCK: usize = LANES * REGISTERS;
/// Half a block, of which rows that are shorter than a block, and rests, have one.
const HALF: usize = BLOCK / 2;

/// Mixes with scalar instructions: AVX2 has no 64-bit multiplication, and emulating it is slower.
#[target_feature(enable = "avx2")]
pub(super) fn mix_keys(features: &[u64], mix: Mix, keys: &mut [u64]) {
    portable::mix_keys(features, mix, keys);
}

#[target_feature(enable = "avx2")]
pub(super) fn permute(features: &[u64], mix: Mix, keys: &mut [u64], multipliers: &[u32], row: &mut [u32]) {
    let mut at = 0;
    if row.len() >= BLOCK {
        mix_and_permute::<REGISTERS>(features, mix, keys, multipliers, row);
        at = BLOCK;
    } else if row.len() >= HALF {
        mix_and_permute::<{ REGISTERS / 2 }>(features, mix, keys, multipliers, row);
        at = HALF;
    } else {
        mix_keys(features, mix, keys);
    }
    while at + BLOCK <= row.len() {
        permute_registers::<REGISTERS>(keys, &multipliers[at..], &mut row[at..]);
        at += BLOCK;
    }
    if at + HALF <= row.len() {
        permute_registers::<{ REGISTERS / 2 }>(keys, &multipliers[at..], &mut row[at..]);
        at += HALF;
    }
    while at + LANES <= row.len() {
        permute_registers::<1>(keys, &multipliers[at..], &mut row[at..]);
        at += LANES;
    }
    portable::permute_tail(keys, &multipliers[at..], &mut row[at..]);
}

/// Mixes the keys, and lowers the first `N` registers of positions by them.
///
/// Mixing is scalar work, and `permute` is vector work: side by side, either runs on units that the other leaves idle. A key is mixed a
/// few steps before it is used. It has reached memory by then, from where one instruction loads it into all lanes; a key that is still
/// in a scalar register would take a vector unit to get there.
#[target_feature(enable = "avx2")]
fn mix_and_permute<const N: usize>(features: &[u64], mix: Mix, keys: &mut [u64], multipliers: &[u32], row: &mut [u32]) {
    const AHEAD: usize = 4;
    let mut block = Block::<N>::load(multipliers, row);
    let ahead = AHEAD.min(features.len());
    portable::mix_keys(&features[..ahead], mix, &mut keys[..ahead]);
    for (at, feature) in features[ahead..].iter().enumerate() {
        keys[at + AHEAD] = mix.of(*feature);
        block.lower(keys[at]);
    }
    for &key in &keys[features.len() - ahead..] {
        block.lower(key);
    }
    block.store(row);
}

/// Lowers the first `N` registers of positions. The slices have at least as many.
#[target_feature(enable = "avx2")]
fn permute_registers<const N: usize>(keys: &[u64], multipliers: &[u32], row: &mut [u32]) {
    let mut block = Block::<N>::load(multipliers, row);
    for &key in keys {
        block.lower(key);
    }
    block.store(row);
}

/// A block: positions that stay in registers while all keys pass.
struct Block<const N: usize> {
    multipliers: [__m256i; N],
    least: [__m256i; N],
}

impl<const N: usize> Block<N> {
    #[target_feature(enable = "avx2")]
    fn load(multipliers: &[u32], row: &[u32]) -> Self {
        // Lowering the mark of an empty set here, once, spares the inner loop a comparison.
        let greatest = _mm256_set1_epi32(portable::GREATEST as i32);
        Self {
            multipliers: std::array::from_fn(|i| load(&multipliers[i * LANES..])),
            least: std::array::from_fn(|i| _mm256_min_epu32(load(&row[i * LANES..]), greatest)),
        }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn lower(&mut self, key: u64) {
        // Read as 32-bit lanes, the low and the high half of the key alternate, as the positions take them.
        let halves = _mm256_set1_epi64x(key as i64);
        for (least, multiplier) in self.least.iter_mut().zip(self.multipliers) {
            *least = _mm256_min_epu32(*least, _mm256_mullo_epi32(halves, multiplier));
        }
    }

    #[target_feature(enable = "avx2")]
    fn store(self, row: &mut [u32]) {
        for (i, register) in self.least.into_iter().enumerate() {
            store(register, &mut row[i * LANES..]);
        }
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
