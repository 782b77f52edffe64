//! The names of the presets.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// A sketch of another tool, with the flaws of that tool.
///
/// Values of two presets are never equal except by chance. The name of a preset is stable; what it computes never changes. If a
/// later version of a tool computes something else, that becomes another preset.
///
/// ```
/// use twinprint_compat::Preset;
///
/// assert_eq!("datatrove-64-xxhash".parse(), Ok(Preset::Datatrove64Xxhash));
/// assert_eq!(Preset::TextDedup32Sha1.to_string(), "text-dedup-32-sha1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Preset {
    /// datasketch before 2.0, and `scheme="legacy"` since. Its 64-bit product wraps before the prime is applied, and the cut to
    /// 32 bits lets values collide, so that estimates of large sets are too high.
    DatasketchLegacy,
    /// datasketch 2.0 by default: a bijection of 32 bits.
    DatasketchAffine32,
    /// datasketch 2.0 for sets of 100 million elements and more: a bijection of 64 bits.
    DatasketchAffine64,
    /// datatrove 0.10 by default: 64 bits, XXH64.
    Datatrove64Xxhash,
    /// datatrove 0.10 with 64 bits and SHA-1.
    Datatrove64Sha1,
    /// datatrove 0.10 with 32 bits and XXH32.
    Datatrove32Xxhash,
    /// datatrove 0.10 with 32 bits and SHA-1.
    Datatrove32Sha1,
    /// text-dedup at revision 7538f3e: 64-bit arithmetic over 32-bit XXH3. The hash takes the seed of the permutations.
    TextDedup64Xxh3,
    /// text-dedup at revision 7538f3e: 64-bit arithmetic over 32-bit SHA-1.
    TextDedup64Sha1,
    /// text-dedup at revision 7538f3e: 32-bit arithmetic over XXH3. The product wraps before the prime is applied.
    TextDedup32Xxh3,
    /// text-dedup at revision 7538f3e: 32-bit arithmetic over SHA-1. The product wraps before the prime is applied.
    TextDedup32Sha1,
    /// The deduplication of BigCode's The Stack: datasketch's legacy scheme, seed 42, tokens of code. Empty tokens between two
    /// separators count as tokens.
    BigCode,
    /// data-juicer at revision 1dc20a5: datasketch's legacy scheme, seed 42, words in fives.
    DataJuicer,
    /// NVIDIA NeMo Curator at revision 1e2e427 with 32-bit hashes: windows of 24 characters. The seed of MurmurHash3 is the
    /// first multiplier, so that hash and permutations are not independent.
    Nemo32,
    /// Daft 0.7 with MurmurHash3, its default.
    DaftMurmur3,
    /// Daft 0.7 with `hash_function="xxhash64"`.
    DaftXxh64,
    /// Daft 0.7 with `hash_function="xxhash"`, which is XXH3.
    DaftXxh3,
    /// Daft 0.7 with `hash_function="sha1"`.
    DaftSha1,
}

impl Preset {
    /// All presets of byte strings. Spark hashes indices instead: see [`SparkMinHash`](crate::SparkMinHash).
    pub const ALL: [Self; 18] = [
        Self::DatasketchLegacy,
        Self::DatasketchAffine32,
        Self::DatasketchAffine64,
        Self::Datatrove64Xxhash,
        Self::Datatrove64Sha1,
        Self::Datatrove32Xxhash,
        Self::Datatrove32Sha1,
        Self::TextDedup64Xxh3,
        Self::TextDedup64Sha1,
        Self::TextDedup32Xxh3,
        Self::TextDedup32Sha1,
        Self::BigCode,
        Self::DataJuicer,
        Self::Nemo32,
        Self::DaftMurmur3,
        Self::DaftXxh64,
        Self::DaftXxh3,
        Self::DaftSha1,
    ];

    /// Returns the stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DatasketchLegacy => "datasketch-legacy",
            Self::DatasketchAffine32 => "datasketch-affine32",
            Self::DatasketchAffine64 => "datasketch-affine64",
            Self::Datatrove64Xxhash => "datatrove-64-xxhash",
            Self::Datatrove64Sha1 => "datatrove-64-sha1",
            Self::Datatrove32Xxhash => "datatrove-32-xxhash",
            Self::Datatrove32Sha1 => "datatrove-32-sha1",
            Self::TextDedup64Xxh3 => "text-dedup-64-xxh3",
            Self::TextDedup64Sha1 => "text-dedup-64-sha1",
            Self::TextDedup32Xxh3 => "text-dedup-32-xxh3",
            Self::TextDedup32Sha1 => "text-dedup-32-sha1",
            Self::BigCode => "bigcode",
            Self::DataJuicer => "data-juicer",
            Self::Nemo32 => "nemo-32",
            Self::DaftMurmur3 => "daft-murmur3",
            Self::DaftXxh64 => "daft-xxh64",
            Self::DaftXxh3 => "daft-xxh3",
            Self::DaftSha1 => "daft-sha1",
        }
    }

    /// Returns the seed that the tool uses by default.
    #[must_use]
    pub const fn default_seed(self) -> u32 {
        match self {
            Self::TextDedup64Xxh3
            | Self::TextDedup64Sha1
            | Self::TextDedup32Xxh3
            | Self::TextDedup32Sha1
            | Self::BigCode
            | Self::DataJuicer
            | Self::Nemo32 => 42,
            _ => 1,
        }
    }

    /// Returns the number of values that the tool computes by default; 240 for text-dedup and 64 for Daft, which have no default,
    /// after the examples in their documentation.
    #[must_use]
    pub const fn default_num_hashes(self) -> usize {
        match self {
            Self::DatasketchLegacy | Self::DatasketchAffine32 | Self::DatasketchAffine64 => 128,
            Self::Datatrove64Xxhash | Self::Datatrove64Sha1 | Self::Datatrove32Xxhash | Self::Datatrove32Sha1 => 112,
            Self::TextDedup64Xxh3 | Self::TextDedup64Sha1 | Self::TextDedup32Xxh3 | Self::TextDedup32Sha1 => 240,
            Self::BigCode | Self::DataJuicer => 256,
            Self::Nemo32 => 260,
            Self::DaftMurmur3 | Self::DaftXxh64 | Self::DaftXxh3 | Self::DaftSha1 => 64,
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Preset {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|preset| preset.name() == name);
        found.ok_or_else(|| Error::UnknownPreset { name: name.to_string() })
    }
}
