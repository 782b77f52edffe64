//! The named integer mixes, and the rule by which every constant is derived from a seed.
//!
//! Bytes are hashed by XXH3 where they enter. From there on, only these functions act. They are part of the meaning of every scheme:
//! a change of one would change every signature.

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Returns the hash of a token's bytes: XXH3 with 64 bits and seed 0.
#[inline]
pub(crate) fn token_hash(bytes: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64(bytes)
}

/// Returns the hash of a row of numbers, for maps in memory. It has four polynomials side by side, because each step of one waits for
/// the step before it.
pub(crate) fn row_hash(row: &[u32]) -> u64 {
    const LANES: usize = 4;
    let (groups, rest) = row.as_chunks::<{ 2 * LANES }>();
    let mut lanes = [row.len() as u64; LANES];
    for group in groups {
        for (lane, [low, high]) in lanes.iter_mut().zip(group.as_chunks::<2>().0) {
            *lane = lane.wrapping_mul(GOLDEN).wrapping_add(u64::from(*high) << 32 | u64::from(*low));
        }
    }
    let rest = rest.iter().map(|&value| u64::from(value));
    lanes.into_iter().chain(rest).fold(0, |hash, value| mix64(hash ^ value))
}

/// Mixes 64 bits, so that every input bit reaches every output bit: the finalizer of SplitMix64 (Steele, Lea, Flood 2014) with the
/// constants of Stafford's variant 13. It is a bijection, so different inputs never collide.
#[inline]
pub(crate) const fn mix64(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// [`mix64`] of eight numbers at once.
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512 {
    use std::arch::x86_64::{__m512i, _mm512_mullo_epi64, _mm512_set1_epi64, _mm512_srli_epi64, _mm512_xor_si512};

    /// Returns [`super::mix64`] of each number.
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(crate) fn mix64(mut x: __m512i) -> __m512i {
        x = _mm512_xor_si512(x, _mm512_srli_epi64::<30>(x));
        x = _mm512_mullo_epi64(x, _mm512_set1_epi64(0xbf58_476d_1ce4_e5b9_u64 as i64));
        x = _mm512_xor_si512(x, _mm512_srli_epi64::<27>(x));
        x = _mm512_mullo_epi64(x, _mm512_set1_epi64(0x94d0_49bb_1331_11eb_u64 as i64));
        _mm512_xor_si512(x, _mm512_srli_epi64::<31>(x))
    }
}

/// The increment of SplitMix64: 2^64 divided by the golden ratio, made odd.
pub(crate) const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Returns the `index`-th constant that `seed` gives for `purpose`.
///
/// The name of the purpose, hashed by XXH3 under the seed, starts a SplitMix64 sequence of its own. So constants for different
/// purposes are unrelated, also under one seed.
pub(crate) fn derive(seed: u64, purpose: &str, index: u64) -> u64 {
    derive_from(xxh3_64_with_seed(purpose.as_bytes(), seed), index)
}

/// Returns the `index`-th constant of the sequence that starts at `origin`.
pub(crate) const fn derive_from(origin: u64, index: u64) -> u64 {
    mix64(origin.wrapping_add(index.wrapping_add(1).wrapping_mul(GOLDEN)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_mixes() {
        // SplitMix64 from state 0 gives these first outputs in every published implementation.
        assert_eq!(derive_from(0, 0), 0xe220_a839_7b1d_cdaf);
        assert_eq!(derive_from(0, 1), 0x6e78_9e6a_a1b9_65f4);
        assert_eq!(token_hash(b""), 0x2d06_8005_38d3_94c2);
    }

    #[test]
    fn purposes_are_unrelated() {
        assert_ne!(derive(42, "band key", 0), derive(42, "permutation multiplier", 0));
        assert_ne!(derive(42, "band key", 0), derive(43, "band key", 0));
    }
}
