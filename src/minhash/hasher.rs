//! Makes signatures of sets of features.

use std::fmt;
use std::sync::Arc;

use super::fast_similarity::FastSimilarity;
use super::kernel::{self, Mix};
use super::permutations::Permutations;
use super::row::EMPTY;
use super::weighted::Darts;
use super::{Signature, SignatureMatrix};
use crate::cpu::SimdLevel;
use crate::error::{Error, Mismatch};
use crate::mix::derive;
use crate::scheme::{Algorithm, Scheme};
use crate::text::TextScratch;

/// Makes signatures of sets of `u64` features, by the rules of one scheme. [`Scheme::minhasher`] makes one.
///
/// Features are shingle hashes, or numbers of your own such as ids of words, pixels or products; they need not look
/// random. A hasher never changes, so all threads can share one. Signatures of one scheme are the same on every machine
/// and at every SIMD level.
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
#[doc(alias = "MinHash")]
#[doc(alias = "MinHasher32")]
#[derive(Clone)]
pub struct MinHasher {
    scheme: Arc<Scheme>,
    level: SimdLevel,
    /// Features are mixed with this before anything else, so that sets of sequential numbers behave as random ones do.
    key_seed: u64,
    sketch: Sketch,
}

#[derive(Clone)]
enum Sketch {
    Permutations(Permutations),
    FastSimilarity(FastSimilarity),
    Weighted(Darts),
}

/// The number of features that are mixed to keys at a time. Their keys take 2 kB, which stay in the nearest cache while
/// every block of positions reads them again.
const BATCH: usize = 256;

/// Shows no constants, because those of a keyed scheme follow from its secret.
impl fmt::Debug for MinHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MinHasher").field("scheme", &self.scheme).field("level", &self.level).finish_non_exhaustive()
    }
}

impl Scheme {
    /// Returns the hasher of this scheme, which turns sets of features into signatures.
    #[must_use]
    pub fn minhasher(&self) -> MinHasher {
        MinHasher::new(self)
    }
}

impl MinHasher {
    /// Returns the hasher of a scheme.
    ///
    /// It derives the hash functions from the seed, once. Keep the hasher rather than make it for each document. It
    /// takes four bytes for each position with [`Permutations`](Algorithm::Permutations), and 32 with
    /// [`FastSimilarity`](Algorithm::FastSimilarity).
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
                Algorithm::Weighted => Sketch::Weighted(Darts::new(sketch.seed)),
            },
        }
    }

    /// Returns the same hasher at another SIMD level: it makes the same signatures at another speed.
    ///
    /// It is for tests and measurements. By default the best level of the machine is used, or the one that the
    /// environment variable `TWINPRINT_SIMD` names.
    ///
    /// ```
    /// use twinprint::{Scheme, SimdLevel};
    ///
    /// let hasher = Scheme::news().minhasher();
    /// let portable = hasher.clone().with_simd(SimdLevel::Portable)?;
    /// assert_eq!(hasher.signature(&[1, 2, 3]), portable.signature(&[1, 2, 3]));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::SimdUnavailable`] if the machine lacks the level.
    pub fn with_simd(mut self, level: SimdLevel) -> Result<Self, Error> {
        self.level = level.check()?;
        Ok(self)
    }

    /// Returns the scheme whose rules the hasher follows.
    #[must_use]
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Returns the number of positions of every signature that the hasher makes.
    #[doc(alias = "num_perm")]
    #[must_use]
    pub fn num_hashes(&self) -> usize {
        self.scheme.sketch().num_hashes as usize
    }

    /// Returns the signature of the set of these features. Order and repetition do not matter.
    ///
    /// It takes O(n t) time for `n` features, repeated ones included, and `t` positions with
    /// [`Permutations`](Algorithm::Permutations), and O(n + t log t) on average with
    /// the other algorithms. No features give the signature of the [empty](Self::empty) set.
    ///
    /// ```
    /// use twinprint::Scheme;
    ///
    /// let hasher = Scheme::builder().custom_features("numbers").num_hashes(64).build()?.minhasher();
    /// let signature = hasher.signature(&[1, 2, 3]);
    /// assert_eq!(signature.values().len(), 64);
    /// assert_eq!(signature, hasher.signature(&[3, 3, 2, 1]));
    /// assert!(hasher.signature(&[]).is_empty());
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn signature(&self, features: &[u64]) -> Signature {
        let mut signature = self.empty();
        self.update_row(features, signature.values_mut());
        signature
    }

    /// Replaces a signature by the signature of the set of these features, without allocating.
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
    /// [`Mismatch`] if the signature was made under another scheme. Nothing is changed then.
    pub fn signature_into(&self, features: &[u64], signature: &mut Signature) -> Result<(), Mismatch> {
        signature.check_is_of(&self.scheme)?;
        signature.values_mut().fill(EMPTY);
        self.update_row(features, signature.values_mut());
        Ok(())
    }

    /// Returns the signature of the empty set. It is similar to nothing. [`update`](Self::update) adds features to it.
    #[must_use]
    pub fn empty(&self) -> Signature {
        Signature::new(Arc::clone(&self.scheme), vec![EMPTY; self.num_hashes()].into_boxed_slice())
    }

    /// Adds features to the set that the signature represents. The outcome is the signature of all features together.
    ///
    /// A set that arrives in parts, such as a file that is read in blocks, needs never be in memory as a whole.
    ///
    /// ```
    /// use twinprint::Scheme;
    ///
    /// let hasher = Scheme::builder().custom_features("numbers").build()?.minhasher();
    /// let mut signature = hasher.empty();
    /// for part in [[1, 2], [3, 4]] {
    ///     hasher.update(&mut signature, &part)?;
    /// }
    /// assert_eq!(signature, hasher.signature(&[1, 2, 3, 4]));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Mismatch`] if the signature was made under another scheme. Nothing is changed then.
    #[doc(alias = "update_batch")]
    pub fn update(&self, signature: &mut Signature, features: &[u64]) -> Result<(), Mismatch> {
        signature.check_is_of(&self.scheme)?;
        self.update_row(features, signature.values_mut());
        Ok(())
    }

    /// Returns a hasher for rows of at least this many of the first positions, with the values that they have in a signature.
    /// [`Permutations`](Algorithm::Permutations) compute each position by itself, so the rest costs nothing;
    /// the others compute all together, and keep them. It makes no signatures.
    pub(crate) fn of_first_positions(mut self, positions: usize) -> Self {
        if let Sketch::Permutations(permutations) = &mut self.sketch {
            permutations.truncate(positions);
        }
        self
    }

    /// Returns the number of positions of a row, which is that of a signature except for a hasher of the
    /// [first positions](Self::of_first_positions).
    pub(crate) fn row_width(&self) -> usize {
        match &self.sketch {
            Sketch::Permutations(permutations) => permutations.positions(),
            Sketch::FastSimilarity(_) | Sketch::Weighted(_) => self.num_hashes(),
        }
    }

    /// Returns the row of the set of these features.
    pub(crate) fn row(&self, features: &[u64]) -> Vec<u32> {
        let mut row = vec![EMPTY; self.row_width()];
        self.update_row(features, &mut row);
        row
    }

    /// Returns the signatures of many sets, one row each. With the feature `rayon` all cores work on them.
    ///
    /// ```
    /// use twinprint::Scheme;
    ///
    /// let hasher = Scheme::builder().custom_features("numbers").build()?.minhasher();
    /// let matrix = hasher.matrix(&[vec![1, 2, 3], vec![], vec![2, 3, 4]]);
    /// assert_eq!(matrix.signature(2), Some(hasher.signature(&[2, 3, 4])));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[doc(alias = "bulk")]
    #[must_use]
    pub fn matrix<S: AsRef<[u64]> + Sync>(&self, sets: &[S]) -> SignatureMatrix {
        let mut matrix = SignatureMatrix::sharing(&self.scheme);
        matrix.extend_with(sets, || (), |set, (), row| self.update_row(set.as_ref(), row));
        matrix
    }

    /// Returns the signatures of many texts, one row each. With the feature `rayon` all cores work on them.
    ///
    /// Texts are shingled in buffers that each thread reuses, so that neither shingle hashes nor sets are kept. A text
    /// without shingles has the row of the empty set.
    ///
    /// ```
    /// use twinprint::Scheme;
    ///
    /// let scheme = Scheme::news();
    /// let (shingler, hasher) = (scheme.shingler()?, scheme.minhasher());
    /// let text = "The ferry to Skelby was cancelled on Monday.";
    /// let matrix = hasher.matrix_of_texts(&[text, ""])?;
    /// assert_eq!(matrix.signature(0), Some(hasher.signature(&shingler.hashes(text))));
    /// assert_eq!(matrix.signature(1), Some(hasher.empty()));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoTextFeatures`] if the scheme's features are the caller's own.
    pub fn matrix_of_texts<S: AsRef<str> + Sync>(&self, texts: &[S]) -> Result<SignatureMatrix, Error> {
        let shingler = self.scheme.shingler()?;
        let mut matrix = SignatureMatrix::sharing(&self.scheme);
        matrix.extend_with(texts, TextScratch::default, |text, scratch, row| {
            self.update_row(shingler.hashes_into(text.as_ref(), scratch), row);
        });
        Ok(matrix)
    }

    /// Lowers the positions of one row, which has the [row width](Self::row_width), to the minima over these features as well.
    pub(crate) fn update_row(&self, features: &[u64], row: &mut [u32]) {
        let mut keys = [0; BATCH];
        let batches = features.chunks(BATCH);
        match &self.sketch {
            Sketch::Permutations(permutations) => batches.for_each(|batch| {
                permutations.update(self.level, batch, self.key_seed, &mut keys[..batch.len()], row);
            }),
            Sketch::FastSimilarity(sketch) => batches.for_each(|batch| {
                let keys = &mut keys[..batch.len()];
                kernel::mix_keys(self.level, batch, Mix { seed: self.key_seed, bits: 0 }, keys);
                sketch.update(self.level, keys, row);
            }),
            // Its time is in the positions rather than in the features, so batches would multiply it.
            Sketch::Weighted(darts) => darts.update(features, row),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_positions_have_the_values_of_the_signature() {
        let features: Vec<u64> = (0..700).collect();
        for (algorithm, widths) in
            [(Algorithm::Permutations, [36, 64, 200, 200]), (Algorithm::FastSimilarity, [200, 200, 200, 200])]
        {
            let scheme = Scheme::builder().custom_features("numbers").algorithm(algorithm).num_hashes(200).build();
            let hasher = scheme.expect("valid").minhasher();
            for (positions, width) in [36, 64, 200, 300].into_iter().zip(widths) {
                let first = hasher.clone().of_first_positions(positions);
                assert_eq!(first.row_width(), width);
                for features in [&features[..], &features[..1], &[]] {
                    assert_eq!(first.row(features), hasher.signature(features).values()[..width]);
                }
            }
        }
    }
}
