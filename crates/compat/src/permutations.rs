//! The multipliers and addends of each tool, drawn as it draws them, and the arithmetic that they go through.

use crate::fastrand::WyRand;
use crate::kernels::{self, MERSENNE_61};
use crate::numpy::RandomState;
use crate::preset::Preset;

/// The prime of text-dedup's 32 bits, 2^32 - 5.
const PRIME_32: u32 = u32::MAX - 4;

/// How a tool permutes hashes.
#[derive(Clone, Debug)]
pub(crate) enum Permutations {
    Affine32 { a: Vec<u32>, b: Vec<u32> },
    Affine64 { a: Vec<u64>, b: Vec<u64> },
    Mersenne { a: Vec<u64>, b: Vec<u64>, mask: u64 },
    Prime32 { a: Vec<u32>, b: Vec<u32> },
    Daft { a: Vec<u64>, b: Vec<u64> },
}

impl Permutations {
    /// Draws the permutations of a preset.
    pub(crate) fn draw(preset: Preset, seed: u32, count: usize) -> Self {
        let mut random = RandomState::new(seed);
        match preset {
            Preset::DatasketchAffine32 => {
                let a = (0..count).map(|_| random.between_u32(0, (1 << 31) - 1) << 1 | 1).collect();
                let b = (0..count).map(|_| random.between_u32(0, u32::MAX)).collect();
                Self::Affine32 { a, b }
            }
            Preset::DatasketchAffine64 => {
                let a = (0..count).map(|_| random.between_u64(0, (1 << 63) - 1) << 1 | 1).collect();
                let b = (0..count).map(|_| random.between_u64(0, u64::MAX)).collect();
                Self::Affine64 { a, b }
            }
            Preset::DatasketchLegacy | Preset::BigCode | Preset::DataJuicer => {
                let pairs = (0..count)
                    .map(|_| (random.between_u64(1, MERSENNE_61 - 1), random.between_u64(0, MERSENNE_61 - 1)));
                let (a, b) = pairs.unzip();
                Self::Mersenne { a, b, mask: u64::from(u32::MAX) }
            }
            Preset::Nemo32 => {
                const LAST: u32 = (1 << 31) - 2;
                let pairs = (0..count)
                    .map(|_| (u64::from(random.between_u32(1, LAST)), u64::from(random.between_u32(0, LAST))));
                let (a, b) = pairs.unzip();
                Self::Mersenne { a, b, mask: u64::from(u32::MAX) }
            }
            Preset::TextDedup32Xxh3 | Preset::TextDedup32Sha1 => {
                let a = (0..count).map(|_| random.between_u32(1, PRIME_32 - 1)).collect();
                let b = (0..count).map(|_| random.between_u32(0, PRIME_32 - 1)).collect();
                Self::Prime32 { a, b }
            }
            Preset::Datatrove64Xxhash | Preset::Datatrove64Sha1 => Self::in_turn(random, count, u64::MAX),
            Preset::Datatrove32Xxhash | Preset::Datatrove32Sha1 | Preset::TextDedup64Xxh3 | Preset::TextDedup64Sha1 => {
                Self::in_turn(random, count, u64::from(u32::MAX))
            }
            Preset::DaftMurmur3 | Preset::DaftXxh64 | Preset::DaftXxh3 | Preset::DaftSha1 => {
                const LAST: u64 = (1 << 31) - 2;
                let mut random = WyRand::new(u64::from(seed));
                let a = (0..count).map(|_| random.between(1, LAST)).collect();
                let b = (0..count).map(|_| random.between(0, LAST)).collect();
                Self::Daft { a, b }
            }
        }
    }

    /// Draws all multipliers, then all addends.
    fn in_turn(mut random: RandomState, count: usize, mask: u64) -> Self {
        let a = (0..count).map(|_| random.between_u64(1, MERSENNE_61 - 1)).collect();
        let b = (0..count).map(|_| random.between_u64(0, MERSENNE_61 - 1)).collect();
        Self::Mersenne { a, b, mask }
    }

    /// Returns the multipliers and the addends.
    pub(crate) fn parameters(&self) -> (Vec<u64>, Vec<u64>) {
        let widened = |values: &[u32]| values.iter().map(|&value| u64::from(value)).collect();
        match self {
            Self::Affine32 { a, b } | Self::Prime32 { a, b } => (widened(a), widened(b)),
            Self::Affine64 { a, b } | Self::Mersenne { a, b, .. } | Self::Daft { a, b } => (a.clone(), b.clone()),
        }
    }

    /// Returns the value of a set without elements.
    pub(crate) fn empty(&self) -> u64 {
        match self {
            Self::Mersenne { mask, .. } => *mask,
            Self::Affine64 { .. } => u64::MAX,
            Self::Affine32 { .. } | Self::Prime32 { .. } | Self::Daft { .. } => u64::from(u32::MAX),
        }
    }

    /// Returns the least permuted hash for each permutation.
    pub(crate) fn minima(&self, hashes: &[u64]) -> Vec<u64> {
        match self {
            Self::Affine32 { a, b } => narrow(hashes, a.len(), |hashes, minima| {
                kernels::affine_32(hashes, a, b, minima);
            }),
            Self::Prime32 { a, b } => narrow(hashes, a.len(), |hashes, minima| {
                kernels::prime_32(hashes, a, b, PRIME_32, minima);
            }),
            Self::Affine64 { a, b } => {
                let mut minima = vec![self.empty(); a.len()];
                kernels::affine_64(hashes, a, b, &mut minima);
                minima
            }
            Self::Mersenne { a, b, mask } => {
                let mut minima = vec![self.empty(); a.len()];
                kernels::mersenne(hashes, a, b, *mask, &mut minima);
                minima
            }
            Self::Daft { a, b } => {
                let mut minima = vec![self.empty(); a.len()];
                kernels::daft(hashes, a, b, &mut minima);
                minima
            }
        }
    }
}

/// Works on the low halves of the hashes, and widens the minima.
fn narrow(hashes: &[u64], count: usize, kernel: impl FnOnce(&[u32], &mut [u32])) -> Vec<u64> {
    let hashes: Vec<u32> = hashes.iter().map(|&hash| hash as u32).collect();
    let mut minima = vec![u32::MAX; count];
    kernel(&hashes, &mut minima);
    minima.into_iter().map(u64::from).collect()
}
