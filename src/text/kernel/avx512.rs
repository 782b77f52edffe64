//! AVX-512: a block is one register, and a comparison gives the mask of all its bytes at once.

use std::arch::x86_64::{
    __m512i, _mm_loadu_si128, _mm512_add_epi64, _mm512_and_si512, _mm512_broadcast_i32x4, _mm512_cmpeq_epi8_mask,
    _mm512_cmplt_epu8_mask, _mm512_loadu_si512, _mm512_mask_add_epi8, _mm512_mask_mov_epi8, _mm512_movepi8_mask,
    _mm512_mullo_epi64, _mm512_or_si512, _mm512_set1_epi8, _mm512_set1_epi64, _mm512_shuffle_epi8, _mm512_srli_epi16,
    _mm512_storeu_si512, _mm512_sub_epi8, _mm512_test_epi8_mask,
};

use super::{BLOCK, Masks, portable};
use crate::mix::avx512::mix64;

#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn classify(blocks: &[[u8; BLOCK]], fold_case: bool, lower: &mut [[u8; BLOCK]], masks: &mut [Masks]) {
    let case = _mm512_set1_epi8(0x20);
    for ((block, lower), masks) in blocks.iter().zip(lower).zip(masks) {
        // SAFETY: a block is sixty-four bytes, and the load needs no alignment.
        let bytes = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
        let capitals = if fold_case { within(bytes, b'A', 26) } else { 0 };
        let folded = _mm512_mask_add_epi8(bytes, capitals, bytes, case);
        let is = |byte: u8| _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte as i8));
        // Tab to carriage return are five codes in sequence. The vertical tab among them is not in the class.
        let spaces = is(b' ') | within(bytes, b'\t', 5) & !is(0x0b);
        let folded = _mm512_mask_mov_epi8(folded, spaces, _mm512_set1_epi8(b' ' as i8));
        // SAFETY: as above.
        unsafe { _mm512_storeu_si512(lower.as_mut_ptr().cast(), folded) };
        *masks = Masks {
            // Upper and lower case of a letter differ in one bit. With that bit set, one range holds both, and no other
            // character.
            letters: within(_mm512_or_si512(bytes, case), b'a', 26),
            digits: within(bytes, b'0', 10),
            underscores: is(b'_'),
            colons: is(b':'),
            dots: is(b'.') | is(b'\''),
            commas: is(b',') | is(b';'),
            spaces,
            // The highest bit of a byte is set beyond ASCII.
            others: _mm512_movepi8_mask(bytes),
            hyphens: is(b'-'),
            signs: signs(bytes),
        };
    }
}

/// Returns the bytes that are signs: those whose halves have a row of [`SIGNS`](super::SIGNS) in common.
#[target_feature(enable = "avx512f,avx512bw")]
fn signs(bytes: __m512i) -> u64 {
    let (low, high) = (&super::SIGNS.low, &super::SIGNS.high);
    // SAFETY: each table is sixteen bytes, and the loads need no alignment.
    let (low, high) = unsafe { (_mm_loadu_si128(low.as_ptr().cast()), _mm_loadu_si128(high.as_ptr().cast())) };
    // A shuffle takes an entry by the low half of a byte, and 0 for bytes beyond ASCII.
    let low = _mm512_shuffle_epi8(_mm512_broadcast_i32x4(low), bytes);
    let halves = _mm512_and_si512(_mm512_srli_epi16(bytes, 4), _mm512_set1_epi8(0xf));
    _mm512_test_epi8_mask(low, _mm512_shuffle_epi8(_mm512_broadcast_i32x4(high), halves))
}

/// Returns the bytes that are one of `count` from `first` on. The distance from `first` wraps around for lesser bytes, so one unsigned
/// comparison tests both ends of the range.
#[target_feature(enable = "avx512f,avx512bw")]
fn within(bytes: __m512i, first: u8, count: u8) -> u64 {
    let distance = _mm512_sub_epi8(bytes, _mm512_set1_epi8(first as i8));
    _mm512_cmplt_epu8_mask(distance, _mm512_set1_epi8(count as i8))
}

/// Hashes eight windows at a time: the tokens at one position of all eight are side by side in memory, and one load takes them.
///
/// A rolling hash would make each window wait for the one before it. Here each costs as many multiplications as it has tokens, but
/// eight go on at once.
#[target_feature(enable = "avx512f,avx512dq")]
pub(super) fn hash_windows(tokens: &[u64], offset: u64, powers: &[u64], hashes: &mut [u64]) {
    const WINDOWS: usize = 8;
    let (groups, rest) = hashes.as_chunks_mut::<WINDOWS>();
    let mut first = 0;
    for group in groups {
        let mut sum = _mm512_set1_epi64(offset as i64);
        for (position, &power) in powers[..powers.len() - 1].iter().rev().enumerate() {
            let tokens: &[u64] = &tokens[first + position..][..WINDOWS];
            // SAFETY: the slice holds eight 64-bit numbers, and the load needs no alignment.
            let tokens = unsafe { _mm512_loadu_si512(tokens.as_ptr().cast()) };
            sum = _mm512_add_epi64(sum, _mm512_mullo_epi64(tokens, _mm512_set1_epi64(power as i64)));
        }
        // SAFETY: a group is eight 64-bit numbers, and the store needs no alignment.
        unsafe { _mm512_storeu_si512(group.as_mut_ptr().cast(), mix64(sum)) };
        first += WINDOWS;
    }
    portable::hash_windows(&tokens[first..], offset, powers, rest);
}
