//! How a set of features becomes a signature.

use std::fmt;

use super::SchemeKey;
use super::names::names;

/// How a set of features becomes a signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Algorithm {
    /// Classic MinHash with one hash function a position (Broder 1997), in 32-bit lanes. Takes time in proportion to
    /// positions times features. The variance of the estimate is `J (1 - J) / num_hashes`.
    #[default]
    Permutations,
    /// Fast Similarity Sketching (Dahlgaard, Knudsen, Thorup, FOCS 2017). Takes time in proportion to the features plus
    /// `t log t` for `t` positions. The estimate has no bias; its variance is never more than that of
    /// [`Permutations`](Self::Permutations), and about half of it for sets smaller than `num_hashes`.
    FastSimilarity,
}

names!(Algorithm, "algorithm", "permutations or fast-similarity",
    Permutations => "permutations", FastSimilarity => "fast-similarity");

/// The part of a [`Scheme`](crate::Scheme) that says how a set becomes a signature.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "super::stored::StoredSketch", into = "super::stored::StoredSketch"))]
pub struct SketchParams {
    pub(crate) algorithm: Algorithm,
    pub(crate) num_hashes: u32,
    pub(crate) seed: u64,
    /// What names the secret key that the seed was derived from, if there is one.
    pub(super) key: Option<u64>,
}

impl SketchParams {
    /// Returns the algorithm that makes the signature.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Returns the number of positions of a signature, 1 to 65,536.
    #[must_use]
    pub fn num_hashes(&self) -> u32 {
        self.num_hashes
    }

    /// Returns the master seed. Every constant is derived from it, each for a purpose of its own. That of a [keyed](Self::is_keyed)
    /// scheme is a secret.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Whether the seed was derived from a [secret key](crate::SchemeBuilder::keyed).
    #[must_use]
    pub fn is_keyed(&self) -> bool {
        self.key.is_some()
    }

    /// Returns the parameters under a secret key.
    pub(super) fn keyed(self, key: SchemeKey) -> Self {
        let seed = key.derive("twinprint sketch seed", self.seed);
        Self { seed, key: Some(key.derive("twinprint key name", self.seed)), ..self }
    }

    /// Describes the seed, without the one that is a secret.
    pub(super) fn shown_seed(&self) -> String {
        self.key.map_or_else(|| self.seed.to_string(), |key| format!("keyed {key:016x}"))
    }
}

impl fmt::Debug for SketchParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SketchParams")
            .field("algorithm", &self.algorithm)
            .field("num_hashes", &self.num_hashes)
            .field("seed", &format_args!("{}", self.shown_seed()))
            .finish()
    }
}
