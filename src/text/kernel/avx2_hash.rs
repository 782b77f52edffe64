//! AVX2: XXH3 of four words at once, for words of up to eight bytes. Most words are no longer.
//!
//! XXH3 has one formula for up to 3 bytes and one for 4 to 8. Both are computed for all four words, and each word takes the one of
//! its length: a select instead of a branch that is often mispredicted. Longer words are hashed one by one afterwards. The formulas
//! are those of `short_hash`, whose tests and those of `kernel` hold the two equal.

use std::arch::x86_64::{
    __m256i, _mm256_add_epi64, _mm256_and_si256, _mm256_blendv_epi8, _mm256_castsi256_pd, _mm256_cmpgt_epi64,
    _mm256_loadu_si256, _mm256_movemask_pd, _mm256_mul_epu32, _mm256_or_si256, _mm256_set_epi64x, _mm256_set1_epi64x,
    _mm256_slli_epi64, _mm256_srli_epi64, _mm256_srlv_epi64, _mm256_storeu_si256, _mm256_sub_epi64, _mm256_xor_si256,
};

use super::short_hash::{FLIP_UP_TO_3, FLIP_UP_TO_8, PRIME_2, PRIME_3, RRMXMX, hash_in, load};

/// Words in a register.
const LANES: usize = 4;
/// Words per mask of those that are left to be hashed one by one.
const BATCH: usize = 64;

/// Hashes the words of a buffer. `hashes` is as long as `bounds`.
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
pub(super) fn hash_words(buffer: &[u8], bounds: &[[u32; 2]], hashes: &mut [u64]) {
    for (bounds, hashes) in bounds.chunks(BATCH).zip(hashes.chunks_mut(BATCH)) {
        let (groups, rest) = bounds.as_chunks::<LANES>();
        let (out, _) = hashes.as_chunks_mut::<LANES>();
        // The words that are left: those that do not fill a register, and, from below, those longer than eight bytes.
        let mut left = if rest.is_empty() { 0 } else { ((1 << rest.len()) - 1) << (LANES * groups.len()) };
        for (number, (group, out)) in groups.iter().zip(out).enumerate() {
            left |= hash_group(buffer, group, out) << (LANES * number);
        }
        while left != 0 {
            let place = left.trailing_zeros() as usize;
            let [start, end] = bounds[place];
            hashes[place] = hash_in(buffer, start as usize, end as usize);
            left &= left - 1;
        }
    }
}

/// Hashes four words, and returns which of them are too long for that.
#[target_feature(enable = "avx2")]
fn hash_group(buffer: &[u8], group: &[[u32; 2]; LANES], out: &mut [u64; LANES]) -> u64 {
    let [a, b, c, d] = group.map(|[start, _]| load(buffer, start as usize).unwrap_or_default() as i64);
    let head = _mm256_set_epi64x(d, c, b, a);
    // SAFETY: a group is four pairs of 32-bit numbers, and the load needs no alignment.
    let pairs = unsafe { _mm256_loadu_si256(group.as_ptr().cast()) };
    // Each 64-bit lane has the start of a word in its lower half and the end in its upper half.
    let starts = _mm256_and_si256(pairs, constant(0xffff_ffff));
    let length = _mm256_sub_epi64(_mm256_srli_epi64::<32>(pairs), starts);
    let short = _mm256_cmpgt_epi64(constant(4), length);
    let hash = _mm256_blendv_epi8(from_4_to_8(head, length), up_to_3(head, length), short);
    // SAFETY: the group has four 64-bit places, and the store needs no alignment.
    unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), hash) };
    let long = _mm256_cmpgt_epi64(length, constant(8));
    _mm256_movemask_pd(_mm256_castsi256_pd(long)) as u64
}

/// Applies the formula for 1 to 3 bytes, which are the lowest of `head`.
#[target_feature(enable = "avx2")]
fn up_to_3(head: __m256i, length: __m256i) -> __m256i {
    let byte = |bits: __m256i| _mm256_and_si256(_mm256_srlv_epi64(head, bits), constant(0xff));
    // The formula takes the bytes at 0, length / 2 and length - 1. Shifts are in bits, so a place is multiplied by eight: the length
    // shifted by 2 to the left, without its lowest bits, is eight times its half.
    let first = byte(constant(0));
    let middle = byte(_mm256_and_si256(_mm256_slli_epi64::<2>(length), constant(!7)));
    let last = byte(_mm256_sub_epi64(_mm256_slli_epi64::<3>(length), constant(8)));
    let upper = _mm256_or_si256(_mm256_slli_epi64::<16>(first), _mm256_slli_epi64::<24>(middle));
    let lower = _mm256_or_si256(last, _mm256_slli_epi64::<8>(length));
    let keyed = _mm256_xor_si256(_mm256_or_si256(upper, lower), constant(FLIP_UP_TO_3));
    // It has 32 bits, so the first shift of the formula leaves nothing to mix in.
    let mut hash = multiply(keyed, PRIME_2);
    hash = multiply(_mm256_xor_si256(hash, _mm256_srli_epi64::<29>(hash)), PRIME_3);
    _mm256_xor_si256(hash, _mm256_srli_epi64::<32>(hash))
}

/// Applies the formula for 4 to 8 bytes, which are the lowest of `head`: to the first four and the last four, which may overlap.
#[target_feature(enable = "avx2")]
fn from_4_to_8(head: __m256i, length: __m256i) -> __m256i {
    let before = _mm256_sub_epi64(_mm256_slli_epi64::<3>(length), constant(32));
    let last_four = _mm256_and_si256(_mm256_srlv_epi64(head, before), constant(0xffff_ffff));
    let both = _mm256_add_epi64(last_four, _mm256_slli_epi64::<32>(head));
    let mut hash = _mm256_xor_si256(both, constant(FLIP_UP_TO_8));
    let rotated_49 = _mm256_or_si256(_mm256_slli_epi64::<49>(hash), _mm256_srli_epi64::<15>(hash));
    let rotated_24 = _mm256_or_si256(_mm256_slli_epi64::<24>(hash), _mm256_srli_epi64::<40>(hash));
    hash = multiply(_mm256_xor_si256(hash, _mm256_xor_si256(rotated_49, rotated_24)), RRMXMX);
    hash = _mm256_xor_si256(hash, _mm256_add_epi64(_mm256_srli_epi64::<35>(hash), length));
    hash = multiply(hash, RRMXMX);
    _mm256_xor_si256(hash, _mm256_srli_epi64::<28>(hash))
}

/// Returns the low 64 bits of each product. AVX2 only multiplies 32 bits by 32, so a product is added up from its parts: `low * low`
/// plus both crossed products shifted by 32. The product of the high halves is beyond 64 bits.
#[target_feature(enable = "avx2")]
fn multiply(x: __m256i, by: u64) -> __m256i {
    let (low, high) = (constant(by & 0xffff_ffff), constant(by >> 32));
    let crossed = _mm256_add_epi64(_mm256_mul_epu32(_mm256_srli_epi64::<32>(x), low), _mm256_mul_epu32(x, high));
    _mm256_add_epi64(_mm256_mul_epu32(x, low), _mm256_slli_epi64::<32>(crossed))
}

#[target_feature(enable = "avx2")]
fn constant(value: u64) -> __m256i {
    _mm256_set1_epi64x(value as i64)
}
