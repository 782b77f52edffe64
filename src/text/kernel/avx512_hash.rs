//! AVX-512: XXH3 of eight words at once, by both formulas for short words. `avx2_hash` explains the method.

use std::arch::x86_64::{
    __m512i, _mm512_add_epi64, _mm512_and_si512, _mm512_cmpgt_epi64_mask, _mm512_loadu_si512, _mm512_mask_blend_epi64,
    _mm512_mullo_epi64, _mm512_or_si512, _mm512_rol_epi64, _mm512_set_epi64, _mm512_set1_epi64, _mm512_slli_epi64,
    _mm512_srli_epi64, _mm512_srlv_epi64, _mm512_storeu_si512, _mm512_sub_epi64, _mm512_xor_si512,
};

use super::short_hash::{FLIP_UP_TO_3, FLIP_UP_TO_8, PRIME_2, PRIME_3, RRMXMX, hash_in, load};

/// Words in a register.
const LANES: usize = 8;
/// Words per mask of those that are left to be hashed one by one.
const BATCH: usize = 64;

/// Hashes the words of a buffer. `hashes` is as long as `bounds`.
#[target_feature(enable = "avx512f,avx512dq,bmi1,bmi2,popcnt")]
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

/// Hashes eight words, and returns which of them are too long for that.
#[target_feature(enable = "avx512f,avx512dq")]
fn hash_group(buffer: &[u8], group: &[[u32; 2]; LANES], out: &mut [u64; LANES]) -> u64 {
    let [a, b, c, d, e, f, g, h] = group.map(|[start, _]| load(buffer, start as usize).unwrap_or_default() as i64);
    let head = _mm512_set_epi64(h, g, f, e, d, c, b, a);
    // SAFETY: a group is eight pairs of 32-bit numbers, and the load needs no alignment.
    let pairs = unsafe { _mm512_loadu_si512(group.as_ptr().cast()) };
    // Each 64-bit lane has the start of a word in its lower half and the end in its upper half.
    let starts = _mm512_and_si512(pairs, constant(0xffff_ffff));
    let length = _mm512_sub_epi64(_mm512_srli_epi64::<32>(pairs), starts);
    let short = _mm512_cmpgt_epi64_mask(constant(4), length);
    let hash = _mm512_mask_blend_epi64(short, from_4_to_8(head, length), up_to_3(head, length));
    // SAFETY: the group has eight 64-bit places, and the store needs no alignment.
    unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), hash) };
    u64::from(_mm512_cmpgt_epi64_mask(length, constant(8)))
}

#[target_feature(enable = "avx512f,avx512dq")]
fn up_to_3(head: __m512i, length: __m512i) -> __m512i {
    let byte = |bits: __m512i| _mm512_and_si512(_mm512_srlv_epi64(head, bits), constant(0xff));
    let first = byte(constant(0));
    let middle = byte(_mm512_and_si512(_mm512_slli_epi64::<2>(length), constant(!7)));
    let last = byte(_mm512_sub_epi64(_mm512_slli_epi64::<3>(length), constant(8)));
    let upper = _mm512_or_si512(_mm512_slli_epi64::<16>(first), _mm512_slli_epi64::<24>(middle));
    let lower = _mm512_or_si512(last, _mm512_slli_epi64::<8>(length));
    let keyed = _mm512_xor_si512(_mm512_or_si512(upper, lower), constant(FLIP_UP_TO_3));
    // It has 32 bits, so the first shift of the formula leaves nothing to mix in.
    let mut hash = _mm512_mullo_epi64(keyed, constant(PRIME_2));
    hash = _mm512_mullo_epi64(_mm512_xor_si512(hash, _mm512_srli_epi64::<29>(hash)), constant(PRIME_3));
    _mm512_xor_si512(hash, _mm512_srli_epi64::<32>(hash))
}

#[target_feature(enable = "avx512f,avx512dq")]
fn from_4_to_8(head: __m512i, length: __m512i) -> __m512i {
    let before = _mm512_sub_epi64(_mm512_slli_epi64::<3>(length), constant(32));
    let last_four = _mm512_and_si512(_mm512_srlv_epi64(head, before), constant(0xffff_ffff));
    let both = _mm512_add_epi64(last_four, _mm512_slli_epi64::<32>(head));
    let mut hash = _mm512_xor_si512(both, constant(FLIP_UP_TO_8));
    let rotated = _mm512_xor_si512(_mm512_rol_epi64::<49>(hash), _mm512_rol_epi64::<24>(hash));
    hash = _mm512_mullo_epi64(_mm512_xor_si512(hash, rotated), constant(RRMXMX));
    hash = _mm512_xor_si512(hash, _mm512_add_epi64(_mm512_srli_epi64::<35>(hash), length));
    hash = _mm512_mullo_epi64(hash, constant(RRMXMX));
    _mm512_xor_si512(hash, _mm512_srli_epi64::<28>(hash))
}

#[target_feature(enable = "avx512f,avx512dq")]
fn constant(value: u64) -> __m512i {
    _mm512_set1_epi64(value as i64)
}
