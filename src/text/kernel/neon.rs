//! NEON: a block is four registers of sixteen bytes.

use std::arch::aarch64::{
    uint8x16_t, vaddq_u8, vaddv_u8, vandq_u8, vbicq_u8, vbslq_u8, vceqq_u8, vcgeq_u8, vcltq_u8, vdupq_n_u8,
    vget_high_u8, vget_low_u8, vld1q_u8, vorrq_u8, vqtbl1q_u8, vshrq_n_u8, vst1q_u8, vsubq_u8, vtstq_u8,
};

use super::{BLOCK, Masks};

const LANES: usize = 16;

#[target_feature(enable = "neon")]
pub(super) fn classify(blocks: &[[u8; BLOCK]], fold_case: bool, lower: &mut [[u8; BLOCK]], masks: &mut [Masks]) {
    let case = vdupq_n_u8(0x20);
    for ((block, lower), masks) in blocks.iter().zip(lower).zip(masks) {
        *masks = Masks::default();
        for (part, (from, to)) in block.chunks_exact(LANES).zip(lower.chunks_exact_mut(LANES)).enumerate() {
            let bytes = load(from);
            // Upper and lower case of a letter differ in one bit, which is added to capitals.
            let folded = vaddq_u8(bytes, vandq_u8(within(bytes, b'A', 26), case));
            let is = |byte: u8| vceqq_u8(bytes, vdupq_n_u8(byte));
            // Tab to carriage return are five codes in sequence. The vertical tab among them is not in the class.
            let spaces = vorrq_u8(is(b' '), vbicq_u8(within(bytes, b'\t', 5), is(0x0b)));
            store(vbslq_u8(spaces, vdupq_n_u8(b' '), if fold_case { folded } else { bytes }), to);
            let place = |mask: uint8x16_t| bits(mask) << (LANES * part);
            masks.letters |= place(within(vorrq_u8(bytes, case), b'a', 26));
            masks.digits |= place(within(bytes, b'0', 10));
            masks.underscores |= place(is(b'_'));
            masks.colons |= place(is(b':'));
            masks.dots |= place(vorrq_u8(is(b'.'), is(b'\'')));
            masks.commas |= place(vorrq_u8(is(b','), is(b';')));
            masks.spaces |= place(spaces);
            masks.others |= place(vcgeq_u8(bytes, vdupq_n_u8(0x80)));
            masks.hyphens |= place(is(b'-'));
            masks.signs |= place(signs(bytes));
        }
    }
}

/// Sets all bits of the bytes that are signs: those whose halves have a row of [`SIGNS`](super::SIGNS) in common.
#[target_feature(enable = "neon")]
fn signs(bytes: uint8x16_t) -> uint8x16_t {
    let low = vqtbl1q_u8(load(&super::SIGNS.low), vandq_u8(bytes, vdupq_n_u8(0xf)));
    vtstq_u8(low, vqtbl1q_u8(load(&super::SIGNS.high), vshrq_n_u8::<4>(bytes)))
}

/// Sets all bits of the bytes that are one of `count` from `first` on. The distance from `first` wraps around for lesser bytes, so one
/// unsigned comparison tests both ends of the range.
#[target_feature(enable = "neon")]
fn within(bytes: uint8x16_t, first: u8, count: u8) -> uint8x16_t {
    vcltq_u8(vsubq_u8(bytes, vdupq_n_u8(first)), vdupq_n_u8(count))
}

/// Collects one bit of each byte into a mask. NEON has no instruction for that, so each byte keeps the bit of its place, and the
/// bytes of each half are added up.
#[target_feature(enable = "neon")]
fn bits(mask: uint8x16_t) -> u64 {
    const PLACES: [u8; LANES] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];
    let placed = vandq_u8(mask, load(&PLACES));
    u64::from(vaddv_u8(vget_low_u8(placed))) | u64::from(vaddv_u8(vget_high_u8(placed))) << 8
}

#[target_feature(enable = "neon")]
fn load(from: &[u8]) -> uint8x16_t {
    let from: &[u8] = &from[..LANES];
    // SAFETY: the slice holds sixteen bytes, and the load needs no alignment.
    unsafe { vld1q_u8(from.as_ptr()) }
}

#[target_feature(enable = "neon")]
fn store(register: uint8x16_t, to: &mut [u8]) {
    let to: &mut [u8] = &mut to[..LANES];
    // SAFETY: the slice holds sixteen bytes, and the store needs no alignment.
    unsafe { vst1q_u8(to.as_mut_ptr(), register) }
}
