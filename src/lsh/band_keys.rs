//! Band keys: one number for each band of a signature.

use crate::lsh::Banding;
use crate::mix::{derive, mix64};

/// Hashes the bands of signatures.
///
/// The key of a band with values `v0, v1, ..` is the upper half of `mix(c0 * v0 + c1 * v1 + ..)` modulo 2^64, where each
/// position of the signature has an odd constant of its own, derived from the seed.
///
/// Equal bands have equal keys. Different ones share a key with probability 2^-32: among a million sets that makes 116
/// false candidates a band in all, which verification rejects; 64 bits would double the memory to spare these.
#[derive(Clone, Debug)]
pub(crate) struct BandKeys {
    multipliers: Vec<u64>,
    rows: usize,
}

impl BandKeys {
    pub(crate) fn new(banding: Banding, seed: u64) -> Self {
        let positions = 0..u64::from(banding.num_hashes());
        Self {
            multipliers: positions.map(|position| derive(seed, "band key", position) | 1).collect(),
            rows: banding.rows() as usize,
        }
    }

    /// The keys of a signature's bands, in order.
    pub(crate) fn of<'a>(&'a self, row: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
        row.chunks_exact(self.rows).zip(self.multipliers.chunks_exact(self.rows)).map(|(values, multipliers)| {
            let terms = values.iter().zip(multipliers).map(|(&v, &c)| u64::from(v).wrapping_mul(c));
            (mix64(terms.fold(0, u64::wrapping_add)) >> 32) as u32
        })
    }
}
