//! Asks a shared index.

use std::hash::Hash;

use super::SharedIndex;
use super::documents::Document;
use crate::error::{Error, similarity};
use crate::minhash::{Estimate, Signature, SignatureMatrix};
use crate::parallel;

/// Holds a document that a query of a [`SharedIndex`] found. It is a copy, since the document may be removed at any time.
///
/// Its similarity is an estimate from signatures. Verify it with the sets before anything is removed because of it.
///
/// ```
/// use twinprint::lsh::{Banding, SharedIndex};
/// use twinprint::Scheme;
///
/// let scheme = Scheme::builder().custom_features("numbers").build()?;
/// let signature = scheme.minhasher().signature(&[1, 2, 3]);
/// let index = SharedIndex::new(&scheme, Banding::new(16, 8)?)?;
/// index.insert("a".to_string(), &signature)?;
/// let hits = index.query(&signature, 0.8)?;
/// assert_eq!((&*hits[0].id, hits[0].jaccard, hits[0].estimate.num_hashes), ("a", 1.0, 128));
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct OwnedHit<Id> {
    /// The document's id.
    pub id: Id,
    /// The estimated Jaccard similarity to the signature that was asked for, 0 to 1.
    pub jaccard: f64,
    /// The same estimate with its standard error.
    pub estimate: Estimate,
}

impl<Id: Clone + Eq + Hash> SharedIndex<Id> {
    /// Returns the documents that share a band with the signature and whose estimated similarity is at least `threshold`, 0
    /// (exclusive) to 1. The most similar come first, and of equally similar ones the first inserted.
    ///
    /// The answer is the one that [`LshIndex::query`](crate::LshIndex::query) would give at one moment of the call; what that says
    /// of thresholds is true here.
    ///
    /// ```
    /// use twinprint::lsh::{Banding, SharedIndex};
    /// use twinprint::Scheme;
    ///
    /// let scheme = Scheme::builder().custom_features("numbers").build()?;
    /// let hasher = scheme.minhasher();
    /// let index = SharedIndex::new(&scheme, Banding::for_threshold(0.5).plan()?)?;
    /// let sets: [Vec<u64>; 3] = [(0..100).collect(), (10..110).collect(), (500..600).collect()];
    /// for (id, set) in sets.iter().enumerate() {
    ///     index.insert(id, &hasher.signature(set))?;
    /// }
    /// let hits = index.query(&hasher.signature(&sets[0]), 0.5)?;
    /// assert_eq!(hits.iter().map(|hit| hit.id).collect::<Vec<_>>(), [0, 1]);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the threshold is not within 0 (exclusive) to 1. [`Error::Mismatch`] if the signature is of
    /// another scheme.
    pub fn query(&self, signature: &Signature, threshold: f64) -> Result<Vec<OwnedHit<Id>>, Error> {
        similarity("threshold", threshold)?;
        signature.check_is_of(&self.scheme)?;
        Ok(self.ranked(signature.values(), threshold))
    }

    /// Answers many [queries](Self::query) on all cores, in the order of the signatures. Each is answered for a moment of its own.
    ///
    /// ```
    /// use twinprint::lsh::{Banding, LshIndex, SharedIndex};
    /// use twinprint::Scheme;
    ///
    /// let signatures = Scheme::web().minhasher().matrix_of_texts(&["one text of some words", "another text of more words"])?;
    /// let index = SharedIndex::from(LshIndex::from_signatures(Banding::new(20, 5)?, ["a", "b"], signatures.clone())?);
    /// let hits = index.query_all(&signatures, 0.8)?;
    /// assert_eq!((hits.len(), hits[0][0].id, hits[1][0].id), (2, "a", "b"));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`query`](Self::query).
    pub fn query_all(&self, signatures: &SignatureMatrix, threshold: f64) -> Result<Vec<Vec<OwnedHit<Id>>>, Error>
    where
        Id: Send + Sync,
    {
        similarity("threshold", threshold)?;
        self.scheme.check_same(signatures.scheme())?;
        let rows: Vec<&[u32]> = signatures.iter().collect();
        Ok(parallel::map(&rows, || (), |row, ()| self.ranked(row, threshold)))
    }

    /// Returns the `count` most similar of the documents that share a band with the signature, in the order of
    /// [`query`](Self::query). Documents that share no band are not found, however few the others are.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if the signature is of another scheme.
    pub fn nearest(&self, signature: &Signature, count: usize) -> Result<Vec<OwnedHit<Id>>, Error> {
        signature.check_is_of(&self.scheme)?;
        let mut found = self.ranked(signature.values(), 0.0);
        found.truncate(count);
        Ok(found)
    }

    fn ranked(&self, row: &[u32], min_jaccard: f64) -> Vec<OwnedHit<Id>> {
        let hit = |document: &Document<Id>| {
            let estimate = Estimate::from_rows(&document.row, row);
            let is_hit = estimate.jaccard >= min_jaccard;
            is_hit.then(|| OwnedHit { id: document.id.clone(), jaccard: estimate.jaccard, estimate })
        };
        let places = self.bands.places(row);
        // Documents are read before any band is let go, so that all of them are there at one moment.
        let bands = self.bands.read(&places);
        let candidates = bands.candidates(&places).into_iter();
        let mut hits: Vec<_> = candidates.filter_map(|number| self.documents.with(number, hit).flatten()).collect();
        drop(bands);
        // The sort is stable and numbers ascend, so equally similar documents stay in the order of insertion.
        hits.sort_by(|a, b| b.jaccard.total_cmp(&a.jaccard));
        hits
    }
}
