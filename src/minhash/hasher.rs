//! Features to signatures.

use std::sync::Arc;

use super::fast_similarity::FastSimilarity;
use super::kernel::{self, Mix};
use super::permutations::Permutations;
use super::row::EMPTY;
use super::{Signature, SignatureMatrix};
use crate::cpu::SimdLevel;
use crate::error::{Error, Mismatch};
use crate::mix::derive;
use crate::scheme::{Algorithm, Scheme};
use crate::text::TextScratch;

/// Makes signatures by the rules of one scheme. It never changes, so all threads can use one.
///
/// ```
/// use twinprint::Scheme;
///
/// let scheme = Scheme::builder().custom_features("numbers").num_hashes(512).build()?;
/// let hasher = scheme.minhasher();
/// let evens: Vec<u64> = (0..1000).map(|i| 2 * i).collect();
/// let all: Vec<u64> = (0..2000).collect();
/// let estimate = hasher.signature(&evens).estimate(&hasher.signature(&all))?;
/// assert!((estimate.jaccard - 0.5).abs() < 4.0 * estimate.standard_error);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct MinHasher {
    scheme: Arc<Scheme>,
    level: SimdLevel,
    /// Features are mixed with this before anything else, so that their own structure does not matter.
    key_seed: u64,
    sketch: Sketch,
}

#[derive(Clone, Debug)]
enum Sketch {
    Permutations(Permutations),
    FastSimilarity(FastSimilarity),
}

/// Keys that are mixed together. Small enough for the nearest cache.
const BATCH: usize = 256;

impl Scheme {
    /// Returns the hasher of this scheme, which turns sets of features into signatures.
    #[must_use]
    pub fn minhasher(&self) -> MinHasher {
        MinHasher::new(self)
    }
}

impl MinHasher {
    /// Returns the hasher of a scheme.
    #[must_use]
    pub fn new(scheme: &Scheme) -> Self {
        let sketch = scheme.sketch();
        Self {
            scheme: Arc::new(scheme.clone()),
            level: SimdLevel::detect(),
            key_seed: derive(sketch.seed, "key", 0),
            sketch: match sketch.algorithm {
                Algorithm::Permutations => Sketch::Permutations(Permutations::new(sketch.num_hashes, sketch.seed)),
                Algorithm::FastSimilarity => {
                    Sketch::FastSimilarity(FastSimilarity::new(sketch.num_hashes, sketch.seed))
                }
            },
        }
    }

    /// The same hasher on another SIMD level: the same signatures, at another speed.
    ///
    /// # Errors
    /// [`Error::SimdUnavailable`] where the machine lacks it.
    pub fn with_simd(mut self, level: SimdLevel) -> Result<Self, Error> {
        self.level = level.check()?;
        Ok(self)
    }

    /// The scheme whose rules these are.
    #[must_use]
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Positions of every signature made here.
    #[must_use]
    pub fn num_hashes(&self) -> usize {
        self.scheme.sketch().num_hashes as usize
    }

    /// The signature of the set of these features. Order and repetition do not matter.
    #[must_use]
    pub fn signature(&self, features: &[u64]) -> Signature {
        let mut signature = self.empty();
        self.update_row(features, signature.values_mut());
        signature
    }

    /// Replaces a signature by that of the set of these features, without allocating.
    ///
    /// ```
    /// use twinprint::Scheme;
    ///
    /// let hasher = Scheme::builder().custom_features("numbers").build()?.minhasher();
    /// let mut signature = hasher.empty();
    /// hasher.signature_into(&[1, 2, 3], &mut signature)?;
    /// assert_eq!(signature, hasher.signature(&[3, 2, 1]));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where the signature was made under another scheme; it stays as it was then.
    pub fn signature_into(&self, features: &[u64], signature: &mut Signature) -> Result<(), Mismatch> {
        self.check(signature)?;
        signature.values_mut().fill(EMPTY);
        self.update_row(features, signature.values_mut());
        Ok(())
    }

    /// The signature of the empty set: it is like nothing, and [`update`](Self::update) adds to it.
    #[must_use]
    pub fn empty(&self) -> Signature {
        Signature::new(Arc::clone(&self.scheme), vec![EMPTY; self.num_hashes()].into_boxed_slice())
    }

    /// Adds features to the set that the signature stands for: the outcome is the signature of them all.
    ///
    /// # Errors
    /// Where the signature was made under another scheme.
    pub fn update(&self, signature: &mut Signature, features: &[u64]) -> Result<(), Mismatch> {
        self.check(signature)?;
        self.update_row(features, signature.values_mut());
        Ok(())
    }

    fn check(&self, signature: &Signature) -> Result<(), Mismatch> {
        if signature.is_of(&self.scheme) { Ok(()) } else { self.scheme.check_same(signature.scheme()) }
    }

    /// The signature of many sets, one row each, on all cores.
    #[must_use]
    pub fn matrix<S: AsRef<[u64]> + Sync>(&self, sets: &[S]) -> SignatureMatrix {
        let mut matrix = SignatureMatrix::sharing(&self.scheme);
        matrix.extend_with(sets, || (), |set, (), row| self.update_row(set.as_ref(), row));
        matrix
    }

    /// The signatures of many texts, one row each, on all cores.
    ///
    /// # Errors
    /// [`Error::NoTextFeatures`] where the scheme's features are the caller's own.
    pub fn matrix_of_texts<S: AsRef<str> + Sync>(&self, texts: &[S]) -> Result<SignatureMatrix, Error> {
        let shingler = self.scheme.shingler()?;
        let mut matrix = SignatureMatrix::sharing(&self.scheme);
        matrix.extend_with(texts, TextScratch::default, |text, scratch, row| {
            self.update_row(shingler.hashes_into(text.as_ref(), scratch), row);
        });
        Ok(matrix)
    }

    /// Lowers the positions of one row, which is as long as the scheme says.
    pub(crate) fn update_row(&self, features: &[u64], row: &mut [u32]) {
        let mut keys = [0; BATCH];
        for batch in features.chunks(BATCH) {
            let keys = &mut keys[..batch.len()];
            match &self.sketch {
                Sketch::Permutations(permutations) => {
                    permutations.update(self.level, batch, self.key_seed, keys, row);
                }
                Sketch::FastSimilarity(sketch) => {
                    kernel::mix_keys(self.level, batch, Mix { seed: self.key_seed, bits: 0 }, keys);
                    sketch.update(self.level, keys, row);
                }
            }
        }
    }
}
