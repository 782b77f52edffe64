//! AVX-512: sixteen positions in a register.

use std::arch::x86_64::{
    __m512i, _mm512_loadu_si512, _mm512_min_epu32, _mm512_mullo_epi32, _mm512_or_si512, _mm512_set1_epi32,
    _mm512_set1_epi64, _mm512_storeu_si512, _mm512_xor_si512,
};

use super::{Mix, portable};
use crate::mix::avx512::mix64;

/// The number of positions in a register.
const LANES: usize = 16;
/// The number of registers in a block. Minima and multipliers together take half of the 32 registers.
const REGISTERS: usize = 8;
const BLOCK: usize = LANES * REGISTERS;
/// Half a block, of which rows that are shorter than a block, and rests, have one.
const HALF: usize = BLOCK / 2;

#[target_feature(enable = "avx512f,avx512dq")]
pub(super) fn mix_keys(features: &[u64], mix: Mix, keys: &mut [u64]) {
    // Keys have 64 bits, so a register has half as many of them as of positions.
    const KEYS: usize = LANES / 2;
    let (blocks, rest) = features.as_chunks::<KEYS>();
    let (out_blocks, out_rest) = keys.as_chunks_mut::<KEYS>();
    let (seeds, bits_set) = (_mm512_set1_epi64(mix.seed as i64), _mm512_set1_epi64(mix.bits as i64));
    for (block, out) in blocks.iter().zip(out_blocks) {
        // SAFETY: a block is eight 64-bit numbers, and the load needs no alignment.
        let features = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
        let mixed = _mm512_or_si512(mix64(_mm512_xor_si512(features, seeds)), bits_set);
        // SAFETY: as above.
        unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), mixed) };
    }
    portable::mix_keys(rest, mix, out_rest);
}

#[target_feature(enable = "avx512f,avx512dq")]
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
/// Mixing uses the scalar units, although there are vector instructions for it: these would compete with the block for the vector
/// multiplier. A key is mixed some steps before it is used, so that one instruction can load it from memory into all lanes.
#[target_feature(enable = "avx512f,avx512dq")]
fn mix_and_permute<const N: usize>(features: &[u64], mix: Mix, keys: &mut [u64], multipliers: &[u32], row: &mut [u32]) {
    const AHEAD: usize = 16;
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
#[target_feature(enable = "avx512f,avx512dq")]
fn permute_registers<const N: usize>(keys: &[u64], multipliers: &[u32], row: &mut [u32]) {
    let mut block = Block::<N>::load(multipliers, row);
    for &key in keys {
        block.lower(key);
    }
    block.store(row);
}

/// A block: positions that stay in registers while all keys pass.
struct Block<const N: usize> {
    multipliers: [__m512i; N],
    least: [__m512i; N],
}

impl<const N: usize> Block<N> {
    #[target_feature(enable = "avx512f,avx512dq")]
    fn load(multipliers: &[u32], row: &[u32]) -> Self {
        // Lowering the mark of an empty set here, once, spares the inner loop a comparison.
        let greatest = _mm512_set1_epi32(portable::GREATEST as i32);
        Self {
            multipliers: std::array::from_fn(|i| load(&multipliers[i * LANES..])),
            least: std::array::from_fn(|i| _mm512_min_epu32(load(&row[i * LANES..]), greatest)),
        }
    }

    #[target_feature(enable = "avx512f,avx512dq")]
    #[inline]
    fn lower(&mut self, key: u64) {
        // Read as 32-bit lanes, the low and the high half of the key alternate, as the positions take them.
        let halves = _mm512_set1_epi64(key as i64);
        for (least, multiplier) in self.least.iter_mut().zip(self.multipliers) {
            *least = _mm512_min_epu32(*least, _mm512_mullo_epi32(halves, multiplier));
        }
    }

    #[target_feature(enable = "avx512f,avx512dq")]
    fn store(self, row: &mut [u32]) {
        for (i, register) in self.least.into_iter().enumerate() {
            store(register, &mut row[i * LANES..]);
        }
    }
}

#[target_feature(enable = "avx512f,avx512dq")]
fn load(from: &[u32]) -> __m512i {
    let from: &[u32] = &from[..LANES];
    // SAFETY: the slice holds sixteen 32-bit numbers, and the load needs no alignment.
    unsafe { _mm512_loadu_si512(from.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f,avx512dq")]
fn store(register: __m512i, to: &mut [u32]) {
    let to: &mut [u32] = &mut to[..LANES];
    // SAFETY: the slice holds sixteen 32-bit numbers, and the store needs no alignment.
    unsafe { _mm512_storeu_si512(to.as_mut_ptr().cast(), register) }
}
