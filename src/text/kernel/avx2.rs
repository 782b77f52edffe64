//! AVX2: a block is two registers of thirty-two bytes.
//!
//! A comparison sets all bits of the bytes for which it holds. `movemask` collects one bit of each into a mask.

use std::arch::x86_64::{
    __m128i, __m256i, _mm_loadu_si128, _mm256_add_epi8, _mm256_and_si256, _mm256_andnot_si256, _mm256_blendv_epi8,
    _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_min_epu8, _mm256_movemask_epi8,
    _mm256_or_si256, _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16,
    _mm256_storeu_si256, _mm256_sub_epi8, _mm256_xor_si256,
};

use std::ops::Range;

use super::runs::Blocks;
use super::words::AsciiWords;
use super::{BLOCK, Masks};

#[target_feature(enable = "avx2")]
pub(super) fn classify(blocks: &[[u8; BLOCK]], fold_case: bool, lower: &mut [[u8; BLOCK]], masks: &mut [Masks]) {
    for ((block, lower), masks) in blocks.iter().zip(lower).zip(masks) {
        let (low, high) = block.split_at(BLOCK / 2);
        let (low_out, high_out) = lower.split_at_mut(BLOCK / 2);
        let low = half(load(low), fold_case, low_out);
        let high = half(load(high), fold_case, high_out);
        let both = |low: u32, high: u32| u64::from(high) << 32 | u64::from(low);
        *masks = Masks {
            letters: both(low.letters, high.letters),
            digits: both(low.digits, high.digits),
            underscores: both(low.underscores, high.underscores),
            colons: both(low.colons, high.colons),
            dots: both(low.dots, high.dots),
            commas: both(low.commas, high.commas),
            spaces: both(low.spaces, high.spaces),
            others: both(low.others, high.others),
            hyphens: both(low.hyphens, high.hyphens),
            signs: both(low.signs, high.signs),
        };
    }
}

/// The masks of thirty-two bytes.
struct Half {
    letters: u32,
    digits: u32,
    underscores: u32,
    colons: u32,
    dots: u32,
    commas: u32,
    spaces: u32,
    others: u32,
    hyphens: u32,
    signs: u32,
}

#[target_feature(enable = "avx2")]
fn half(bytes: __m256i, fold_case: bool, lower: &mut [u8]) -> Half {
    let case = _mm256_set1_epi8(0x20);
    // Upper and lower case of a letter differ in one bit. With that bit set, one range holds both, and no other character.
    let letters = within(_mm256_or_si256(bytes, case), b'a', 26);
    let is = |byte: u8| _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte as i8));
    // Tab to carriage return are five codes in sequence. The vertical tab among them is not in the class.
    let spaces = _mm256_or_si256(is(b' '), _mm256_andnot_si256(is(0x0b), within(bytes, b'\t', 5)));
    let folded = if fold_case { _mm256_add_epi8(bytes, _mm256_and_si256(capitals(bytes), case)) } else { bytes };
    store(_mm256_blendv_epi8(folded, _mm256_set1_epi8(b' ' as i8), spaces), lower);
    Half {
        letters: bits(letters),
        digits: bits(within(bytes, b'0', 10)),
        underscores: bits(is(b'_')),
        colons: bits(is(b':')),
        dots: bits(_mm256_or_si256(is(b'.'), is(b'\''))),
        commas: bits(_mm256_or_si256(is(b','), is(b';'))),
        spaces: bits(spaces),
        // The highest bit of a byte, which `movemask` takes, is set beyond ASCII.
        others: bits(bytes),
        hyphens: bits(is(b'-')),
        signs: bits(signs(bytes)),
    }
}

/// Sets all bits of the bytes that are signs: those whose halves have a row of [`SIGNS`](super::SIGNS) in common.
#[target_feature(enable = "avx2")]
fn signs(bytes: __m256i) -> __m256i {
    let low_rows = _mm256_broadcastsi128_si256(load_table(&super::SIGNS.low));
    let high_rows = _mm256_broadcastsi128_si256(load_table(&super::SIGNS.high));
    // A shuffle takes an entry by the low half of a byte, and 0 for bytes beyond ASCII.
    let low = _mm256_shuffle_epi8(low_rows, bytes);
    let high = _mm256_shuffle_epi8(high_rows, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0xf)));
    let none = _mm256_cmpeq_epi8(_mm256_and_si256(low, high), _mm256_setzero_si256());
    _mm256_xor_si256(none, _mm256_set1_epi8(-1))
}

#[target_feature(enable = "avx2")]
fn load_table(table: &[u8; 16]) -> __m128i {
    // SAFETY: the table is sixteen bytes, and the load needs no alignment.
    unsafe { _mm_loadu_si128(table.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
fn capitals(bytes: __m256i) -> __m256i {
    within(bytes, b'A', 26)
}

/// Sets all bits of the bytes that are one of `count` from `first` on.
///
/// The distance from `first` wraps around for lesser bytes, so one unsigned comparison tests both ends of the range. AVX2 has no
/// unsigned comparison: `distance <= max` is written as `distance == min(distance, max)`.
#[target_feature(enable = "avx2")]
fn within(bytes: __m256i, first: u8, count: u8) -> __m256i {
    let distance = _mm256_sub_epi8(bytes, _mm256_set1_epi8(first as i8));
    _mm256_cmpeq_epi8(distance, _mm256_min_epu8(distance, _mm256_set1_epi8(count as i8 - 1)))
}

#[target_feature(enable = "avx2")]
fn bits(mask: __m256i) -> u32 {
    _mm256_movemask_epi8(mask) as u32
}

#[target_feature(enable = "avx2")]
fn load(from: &[u8]) -> __m256i {
    let from: &[u8] = &from[..BLOCK / 2];
    // SAFETY: the slice holds thirty-two bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(from.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
fn store(register: __m256i, to: &mut [u8]) {
    let to: &mut [u8] = &mut to[..BLOCK / 2];
    // SAFETY: the slice holds thirty-two bytes, and the store needs no alignment.
    unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), register) }
}

/// Runs [`AsciiWords::find_bounds`] compiled with the instructions that count, find and clear bits, which came with AVX2.
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
pub(super) fn find_bounds(rules: AsciiWords, blocks: Blocks<'_>, run: &Range<usize>, bounds: &mut [u32]) -> usize {
    rules.find_bounds(blocks, run, bounds)
}
