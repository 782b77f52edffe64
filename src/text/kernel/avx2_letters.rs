//! AVX2: the letters of two bytes in a block, sixty-four at a time.
//!
//! Letters with one first byte differ in six bits of the second one. So their forms are a table of 64 bytes, which four shuffles of sixteen
//! look up (Mula, Lemire, "Faster Base64 encoding and decoding using AVX2 instructions", 2018). Most blocks have one or two first bytes.

use std::arch::x86_64::{
    __m256i, _mm_loadu_si128, _mm256_alignr_epi8, _mm256_and_si256, _mm256_blendv_epi8, _mm256_broadcastsi128_si256,
    _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_or_si256, _mm256_permute2x128_si256,
    _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_slli_epi16, _mm256_srli_epi16,
    _mm256_storeu_si256, _mm256_xor_si256,
};

use super::Masks;
use super::multibyte::{Table, WINDOW};

/// Bytes in a register.
const HALF: usize = 32;

/// Does what [`Table::classify`] does.
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
pub(super) fn classify(table: &Table, text: &[u8], lower: &mut [u8], masks: &mut [Masks], spaceless: &mut Vec<u64>) {
    table.classify(text, lower, masks, spaceless, |text, lower| read_letters(table, text, lower));
}

/// Writes the forms of the letters that the table has forms of, and returns a mask of their first bytes.
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn read_letters(table: &Table, text: &[u8; WINDOW], lower: &mut [u8; WINDOW]) -> u64 {
    let low = load(&text[..HALF]);
    let high = load(&text[HALF..]);
    let mut left = both(pairs(low), pairs(high));
    if left == 0 {
        return 0;
    }
    let (low_seconds, high_seconds) = (load(&text[1..]), load(&text[HALF + 1..]));
    let (mut low_forms, mut high_forms) = (_mm256_setzero_si256(), _mm256_setzero_si256());
    while left != 0 {
        let first = text[left.trailing_zeros() as usize];
        let table = &table.forms[usize::from(first & 0x1f)];
        let (is_low, is_high) = (equal(low, first), equal(high, first));
        low_forms = _mm256_or_si256(low_forms, _mm256_and_si256(is_low, look_up(table, low_seconds)));
        high_forms = _mm256_or_si256(high_forms, _mm256_and_si256(is_high, look_up(table, high_seconds)));
        left &= !both(is_low, is_high);
    }
    let (low_new, high_new) = (seconds(low_forms), seconds(high_forms));
    write(low, low_forms, shifted(_mm256_setzero_si256(), low_new), &mut lower[..HALF]);
    write(high, high_forms, shifted(low_new, high_new), &mut lower[HALF..2 * HALF]);
    let letters = both(low_forms, high_forms);
    if letters >> 63 != 0 {
        let form = table.forms[usize::from(text[2 * HALF - 1] & 0x1f)][usize::from(text[2 * HALF] & 0x3f)];
        lower[2 * HALF] = form & 0x3f | 0x80;
    }
    letters
}

/// Sets the highest bit of the bytes that begin a character of two bytes.
#[target_feature(enable = "avx2")]
fn pairs(bytes: __m256i) -> __m256i {
    _mm256_cmpeq_epi8(_mm256_and_si256(bytes, constant(0xe0)), constant(0xc0))
}

/// Looks up bytes by their lowest six bits. A shuffle takes an entry by the lowest four, because the highest bit is cleared.
#[target_feature(enable = "avx2")]
fn look_up(table: &[u8; 64], bytes: __m256i) -> __m256i {
    let bytes = _mm256_and_si256(bytes, constant(0x3f));
    let row = |row: usize| {
        let row: &[u8] = &table[16 * row..16 * row + 16];
        // SAFETY: the slice holds sixteen bytes, and the load needs no alignment.
        _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(row.as_ptr().cast()) }), bytes)
    };
    // A blend selects by the highest bit of a byte.
    let (fifth, sixth) = (_mm256_slli_epi16::<3>(bytes), _mm256_slli_epi16::<2>(bytes));
    let lower = _mm256_blendv_epi8(row(0), row(1), fifth);
    let upper = _mm256_blendv_epi8(row(2), row(3), fifth);
    _mm256_blendv_epi8(lower, upper, sixth)
}

/// Returns the second bytes of letters, at the places of the first ones, and 0 elsewhere.
#[target_feature(enable = "avx2")]
fn seconds(forms: __m256i) -> __m256i {
    let second = _mm256_or_si256(_mm256_and_si256(forms, constant(0x3f)), constant(0x80));
    _mm256_blendv_epi8(_mm256_setzero_si256(), second, forms)
}

/// Returns the bytes one place further on, with the last one of `before` in the first place.
#[target_feature(enable = "avx2")]
fn shifted(before: __m256i, bytes: __m256i) -> __m256i {
    // The instruction shifts each half of the register apart, so it needs the half before each.
    _mm256_alignr_epi8::<15>(bytes, _mm256_permute2x128_si256::<0x21>(before, bytes))
}

/// Writes the first bytes of letters, and `seconds`, over what is there.
#[target_feature(enable = "avx2")]
fn write(bytes: __m256i, forms: __m256i, seconds: __m256i, lower: &mut [u8]) {
    // The seventh bit of a form is the lowest one of the first byte, if that changes.
    let change = _mm256_and_si256(_mm256_srli_epi16::<6>(forms), constant(1));
    let written = _mm256_blendv_epi8(load(lower), _mm256_xor_si256(bytes, change), forms);
    let written = _mm256_blendv_epi8(written, seconds, seconds);
    let lower: &mut [u8] = &mut lower[..HALF];
    // SAFETY: the slice holds thirty-two bytes, and the store needs no alignment.
    unsafe { _mm256_storeu_si256(lower.as_mut_ptr().cast(), written) }
}

#[target_feature(enable = "avx2")]
fn load(from: &[u8]) -> __m256i {
    let from: &[u8] = &from[..HALF];
    // SAFETY: the slice holds thirty-two bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(from.as_ptr().cast()) }
}

/// Returns the highest bits of the bytes of two registers.
#[target_feature(enable = "avx2")]
fn both(low: __m256i, high: __m256i) -> u64 {
    let bits = |bytes: __m256i| u64::from(_mm256_movemask_epi8(bytes) as u32);
    bits(high) << HALF | bits(low)
}

#[target_feature(enable = "avx2")]
fn equal(bytes: __m256i, byte: u8) -> __m256i {
    _mm256_cmpeq_epi8(bytes, constant(byte))
}

#[target_feature(enable = "avx2")]
fn constant(byte: u8) -> __m256i {
    _mm256_set1_epi8(byte as i8)
}
