//! XXH3 of short words: the same hash as [`token_hash`], for words that are in a larger buffer.
//!
//! XXH3 has one formula for 1 to 3 bytes, one for 4 to 8, and one for 9 to 16. The gain over the general function is that nothing is
//! called, and that a word is loaded in one instruction instead of byte by byte. This needs readable bytes behind the word, which the
//! buffer's padding provides.
//!
//! The lengths of words are as good as random, so the branch between the formulas is often mispredicted. Two cures were measured
//! and are no faster: to compute all three and select one, and to sort words by formula first. With vectors it does pay to compute
//! two formulas and select one (`avx2_hash`).

use crate::mix::token_hash;

/// The number of bytes behind a word that may be read.
pub(super) const PADDING: usize = 8;

/// The first bytes of the secret that XXH3 mixes with.
const SECRET: [u8; 56] = [
    0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c, 0xde, 0xd4, 0x6d,
    0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f, 0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0,
    0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21, 0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e,
];

/// Returns eight bytes of the secret as a little-endian number.
const fn secret(at: usize) -> u64 {
    let mut value = 0;
    let mut byte = 8;
    while byte > 0 {
        byte -= 1;
        value = value << 8 | SECRET[at + byte] as u64;
    }
    value
}

// What the input is combined with before it is multiplied, by formula.
pub(super) const FLIP_UP_TO_3: u64 = (secret(0) ^ secret(0) >> 32) & 0xffff_ffff;
pub(super) const FLIP_UP_TO_8: u64 = secret(8) ^ secret(16);
const FLIP_LOW: u64 = secret(24) ^ secret(32);
const FLIP_HIGH: u64 = secret(40) ^ secret(48);

// The multipliers of the formulas, named as in the specification of XXH3.
pub(super) const PRIME_2: u64 = 0xc2b2_ae3d_27d4_eb4f;
pub(super) const PRIME_3: u64 = 0x1656_67b1_9e37_79f9;
pub(super) const RRMXMX: u64 = 0x9fb2_1c65_1e98_df25;

/// Returns [`token_hash`] of `buffer[start..end]`. It is fast if the buffer has [`PADDING`] more bytes.
#[inline(always)]
pub(in crate::text) fn hash_in(buffer: &[u8], start: usize, end: usize) -> u64 {
    let length = end - start;
    match load(buffer, start) {
        Some(first) if (1..=3).contains(&length) => up_to_3(first, length as u64),
        Some(first) if (4..=8).contains(&length) => from_4_to_8(first, length as u64),
        Some(first) if (9..=16).contains(&length) => {
            from_9_to_16(first, load(buffer, end - 8).unwrap_or_default(), length as u64)
        }
        _ => token_hash(&buffer[start..end]),
    }
}

#[inline(always)]
pub(super) fn load(buffer: &[u8], at: usize) -> Option<u64> {
    buffer.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

#[inline(always)]
fn up_to_3(head: u64, length: u64) -> u64 {
    let byte = |at: u64| (head >> ((8 * at) & 63)) & 0xff;
    let combined = (byte(0) << 16) | (byte(length >> 1) << 24) | byte(length - 1) | (length << 8);
    let mut hash = combined ^ FLIP_UP_TO_3;
    hash = (hash ^ (hash >> 33)).wrapping_mul(PRIME_2);
    hash = (hash ^ (hash >> 29)).wrapping_mul(PRIME_3);
    hash ^ (hash >> 32)
}

#[inline(always)]
fn from_4_to_8(head: u64, length: u64) -> u64 {
    let last_four = (head >> (length.wrapping_sub(4).wrapping_mul(8) & 63)) & 0xffff_ffff;
    let mut hash = last_four.wrapping_add(head << 32) ^ FLIP_UP_TO_8;
    hash ^= hash.rotate_left(49) ^ hash.rotate_left(24);
    hash = hash.wrapping_mul(RRMXMX);
    hash ^= (hash >> 35).wrapping_add(length);
    hash = hash.wrapping_mul(RRMXMX);
    hash ^ (hash >> 28)
}

#[inline(always)]
fn from_9_to_16(first: u64, last: u64, length: u64) -> u64 {
    let (low, high) = (first ^ FLIP_LOW, last ^ FLIP_HIGH);
    let product = u128::from(low) * u128::from(high);
    let folded = product as u64 ^ (product >> 64) as u64;
    let mut hash = length.wrapping_add(low.swap_bytes()).wrapping_add(high).wrapping_add(folded);
    hash = (hash ^ (hash >> 37)).wrapping_mul(0x1656_6791_9e37_79f9);
    hash ^ (hash >> 32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_xxh3(buffer in prop::collection::vec(any::<u8>(), 1..80), start: prop::sample::Index, length in 1_usize..40) {
            let start = start.index(buffer.len());
            let end = (start + length).min(buffer.len());
            prop_assert_eq!(hash_in(&buffer, start, end), token_hash(&buffer[start..end]));
        }
    }
}
