//! How a set of features becomes a signature.

use std::fmt;

#[cfg(feature = "serde")]
use serde::ser::SerializeStruct;

use super::SchemeKey;
#[cfg(feature = "serde")]
use super::left_out::{add_if, has_all_fields};
use super::names::names;
#[cfg(feature = "serde")]
use crate::error::Error;

/// The algorithm that turns a set of features into a signature.
///
/// All estimate the Jaccard similarity of sets. `SimHash` is not among them: it estimates the cosine of weighted vectors.
///
/// ```
/// use twinprint::scheme::Algorithm;
/// use twinprint::Scheme;
///
/// let scheme = Scheme::builder().algorithm("fast-similarity".parse()?).build()?;
/// assert_eq!(scheme.sketch().algorithm(), Algorithm::FastSimilarity);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[doc(alias = "simhash")]
#[doc(alias = "minhash")]
#[doc(alias = "permutations")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Algorithm {
    /// Classic MinHash with one hash function per position (Broder 1997), in 32-bit lanes. The time is proportional to positions
    /// times features. The variance of the estimate is `J (1 - J) / num_hashes`.
    #[default]
    Permutations,
    /// Fast Similarity Sketching (Dahlgaard, Knudsen, Thorup, FOCS 2017). The time is proportional to the features plus `t log t`
    /// for `t` positions. The estimate has no bias. Its variance is never more than that of
    /// [`Permutations`](Self::Permutations), and about half of it for sets smaller than `num_hashes`.
    FastSimilarity,
    /// The algorithm of [`WeightedMinHasher`](crate::minhash::WeightedMinHasher), for sets whose features have weights. A
    /// [`MinHasher`](crate::MinHasher) of such a scheme gives each feature the weight 1. The variance is that of
    /// [`Permutations`](Self::Permutations).
    Weighted,
}

names!(Algorithm, "algorithm", "permutations, fast-similarity or weighted",
    Permutations => "permutations", FastSimilarity => "fast-similarity", Weighted => "weighted");

/// The part of a [`Scheme`](crate::Scheme) that says how a set becomes a signature.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredSketch", into = "StoredSketch"))]
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
    #[doc(alias = "num_perm")]
    #[must_use]
    pub fn num_hashes(&self) -> u32 {
        self.num_hashes
    }

    /// Returns the master seed, from which all constants are derived. The seed of a [keyed](Self::is_keyed) scheme is a secret.
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

/// [`SketchParams`] as they are stored. A seed that was derived from a key is left out, because it is a secret.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredSketch {
    algorithm: Algorithm,
    #[serde(deserialize_with = "super::checked::num_hashes")]
    num_hashes: u32,
    #[serde(default)]
    seed: Option<u64>,
    #[serde(default)]
    key: Option<String>,
}

#[cfg(feature = "serde")]
impl serde::Serialize for StoredSketch {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let all = has_all_fields(&serializer);
        let (seed, key) = (all || self.seed.is_some(), all || self.key.is_some());
        let mut fields = serializer.serialize_struct("StoredSketch", 2 + usize::from(seed) + usize::from(key))?;
        fields.serialize_field("algorithm", &self.algorithm)?;
        fields.serialize_field("num_hashes", &self.num_hashes)?;
        add_if(&mut fields, seed, "seed", &self.seed)?;
        add_if(&mut fields, key, "key", &self.key)?;
        fields.end()
    }
}

#[cfg(feature = "serde")]
impl From<SketchParams> for StoredSketch {
    fn from(SketchParams { algorithm, num_hashes, seed, key }: SketchParams) -> Self {
        let seed = key.is_none().then_some(seed);
        Self { algorithm, num_hashes, seed, key: key.map(|key| format!("{key:016x}")) }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<StoredSketch> for SketchParams {
    type Error = Error;

    fn try_from(StoredSketch { algorithm, num_hashes, seed, key }: StoredSketch) -> Result<Self, Error> {
        match (seed, key) {
            (Some(seed), None) => Ok(Self { algorithm, num_hashes, seed, key: None }),
            (_, Some(key)) => {
                let expected = "given by building the scheme with its secret key, which is not stored with it";
                Err(Error::OutOfRange { field: "key", value: key, expected })
            }
            (None, None) => {
                Err(Error::OutOfRange { field: "seed", value: "missing".to_string(), expected: "a number" })
            }
        }
    }
}
