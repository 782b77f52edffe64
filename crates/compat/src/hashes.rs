//! The hash functions of elements.

use sha1::{Digest, Sha1};

/// Returns the first four bytes of the SHA-1 digest as a little-endian number: datasketch's `sha1_hash32`.
///
/// ```
/// assert_eq!(twinprint_compat::sha1_32(b"minhash"), 442221856);
/// ```
#[must_use]
pub fn sha1_32(bytes: &[u8]) -> u32 {
    // The eight bytes begin with the four.
    sha1_64(bytes) as u32
}

/// Returns the first eight bytes of the SHA-1 digest as a little-endian number: datasketch's `sha1_hash64`.
///
/// ```
/// assert_eq!(twinprint_compat::sha1_64(b"minhash"), 11329278907223098656);
/// ```
#[must_use]
pub fn sha1_64(bytes: &[u8]) -> u64 {
    let digest = Sha1::digest(bytes);
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    u64::from_le_bytes(first)
}

/// Mixes 32 bits with the finalizer of MurmurHash3, a bijection.
#[must_use]
pub const fn fmix32(mut hash: u32) -> u32 {
    hash = (hash ^ hash >> 16).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ hash >> 13).wrapping_mul(0xc2b2_ae35);
    hash ^ hash >> 16
}

/// Mixes 64 bits with the finalizer of MurmurHash3, a bijection.
#[must_use]
pub const fn fmix64(mut hash: u64) -> u64 {
    hash = (hash ^ hash >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ hash >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ hash >> 33
}

/// Returns MurmurHash3 for 32 bits (`MurmurHash3_x86_32`), the hash of NeMo and Daft.
///
/// ```
/// assert_eq!(twinprint_compat::murmur3_32(b"", 1), 0x514e28b7);
/// assert_eq!(twinprint_compat::murmur3_32(b"test", 0), 0xba6bd213);
/// ```
#[must_use]
pub fn murmur3_32(bytes: &[u8], seed: u32) -> u32 {
    const fn mixed(block: u32) -> u32 {
        block.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593)
    }
    let mut hash = seed;
    let (blocks, tail) = bytes.as_chunks::<4>();
    for block in blocks {
        hash ^= mixed(u32::from_le_bytes(*block));
        hash = hash.rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64);
    }
    let mut last = [0; 4];
    last[..tail.len()].copy_from_slice(tail);
    // A tail of zeros mixes to zero, so an absent one needs no case of its own.
    hash ^= mixed(u32::from_le_bytes(last));
    // The length enters modulo 2^32, as in the reference.
    fmix32(hash ^ bytes.len() as u32)
}
