//! How a set of features becomes a signature.

use super::names::names;

/// The algorithm that turns a set of features into a signature.
///
/// Both estimate the Jaccard similarity of sets. `SimHash` is not among them: it estimates the cosine of weighted vectors.
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
}

names!(Algorithm, "algorithm", "permutations or fast-similarity",
    Permutations => "permutations", FastSimilarity => "fast-similarity");

/// The part of a [`Scheme`](crate::Scheme) that says how a set becomes a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct SketchParams {
    pub(crate) algorithm: Algorithm,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "super::checked::num_hashes"))]
    pub(crate) num_hashes: u32,
    pub(crate) seed: u64,
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

    /// Returns the master seed, from which all constants are derived.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }
}
