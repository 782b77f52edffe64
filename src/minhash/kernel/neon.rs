//! NEON: four positions in a register.

use std::arch::aarch64::{
    uint32x4_t, vdupq_n_u32, vdupq_n_u64, vld1q_u32, vminq_u32, vmulq_u32, vreinterpretq_u32_u64, vst1q_u32,
};

use super::{Mix, portable};

/// The number of positions in a register.
const LANES: usize = 4;
/// The number of registers in a block. Minima and multipliers together take half of the 32 registers.
const REGISTERS: usize = 8;
const BLOCK: usize = LANES * REGISTERS;

/// Mixes with scalar instructions: NEON has no 64-bit multiplication, and emulating it is slower.
#[target_feature(enable = "neon")]
pub(super) fn mix_keys(features: &[u64], mix: Mix, keys: &mut [u64]) {
    portable::mix_keys(features, mix, keys);
}

#[target_feature(enable = "neon")]
pub(super) fn permute(features: &[u64], mix: Mix, keys: &mut [u64], multipliers: &[u32], row: &mut [u32]) {
    mix_keys(features, mix, keys);
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

/// Lowers the first `N` registers of positions. The slices have at least as many.
#[target_feature(enable = "neon")]
fn permute_registers<const N: usize>(keys: &[u64], multipliers: &[u32], row: &mut [u32]) {
    let multipliers: [uint32x4_t; N] = std::array::from_fn(|i| load(&multipliers[i * LANES..]));
    // Lowering the mark of an empty set here, once, spares the inner loop a comparison.
    let greatest = vdupq_n_u32(portable::GREATEST);
    let mut least: [uint32x4_t; N] = std::array::from_fn(|i| vminq_u32(load(&row[i * LANES..]), greatest));
    for &key in keys {
        // Read as 32-bit lanes, the low and the high half of the key alternate, as the positions take them.
        let halves = vreinterpretq_u32_u64(vdupq_n_u64(key));
        for i in 0..N {
            least[i] = vminq_u32(least[i], vmulq_u32(halves, multipliers[i]));
        }
    }
    for (i, register) in least.into_iter().enumerate() {
        store(register, &mut row[i * LANES..]);
    }
}

#[target_feature(enable = "neon")]
fn load(from: &[u32]) -> uint32x4_t {
    let from: &[u32] = &from[..LANES];
    // SAFETY: the slice holds four 32-bit numbers, and the load needs no alignment.
    unsafe { vld1q_u32(from.as_ptr()) }
}

#[target_feature(enable = "neon")]
fn store(register: uint32x4_t, to: &mut [u32]) {
    let to: &mut [u32] = &mut to[..LANES];
    // SAFETY: the slice holds four 32-bit numbers, and the store needs no alignment.
    unsafe { vst1q_u32(to.as_mut_ptr(), register) }
}
