//! Asks an index.

use std::hash::Hash;
use std::hint::black_box;
use std::iter::FusedIterator;

use super::{Candidate, Hit, LshIndex};
use crate::error::{Error, similarity};
use crate::minhash::{Estimate, Signature, SignatureMatrix, is_empty};
use crate::parallel;

/// Candidates whose rows are loaded at the same time.
const AT_ONCE: usize = 8;

impl<Id: Eq + Hash> LshIndex<Id> {
    /// Returns the documents that share a band with the signature and whose estimated similarity is at least
    /// `threshold`, 0 (exclusive) to 1. The most similar come first, and of equally similar ones the first inserted.
    ///
    /// The index has no sets, so the threshold applies to the estimate: a pair exactly at it passes about half the
    /// time. To find the pairs at a similarity reliably, ask for two or three [standard
    /// errors](Estimate::standard_error) less, and verify what is found. The signature itself need not be in the index;
    /// if it is, it is found too. That of an empty set finds nothing.
    ///
    /// ```
    /// use twinprint::{Banding, LshIndex, Scheme};
    ///
    /// let scheme = Scheme::builder().custom_features("numbers").build()?;
    /// let hasher = scheme.minhasher();
    /// let mut index = LshIndex::new(&scheme, Banding::for_threshold(0.5).plan()?)?;
    /// let sets: [Vec<u64>; 3] = [(0..100).collect(), (10..110).collect(), (500..600).collect()];
    /// for (id, set) in sets.iter().enumerate() {
    ///     index.insert(id, &hasher.signature(set))?;
    /// }
    /// let hits = index.query(&hasher.signature(&sets[0]), 0.5)?;
    /// assert_eq!(hits.iter().map(|hit| *hit.id).collect::<Vec<_>>(), [0, 1]);
    /// assert!(index.query(&hasher.empty(), 0.5)?.is_empty());
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the threshold is not within 0 (exclusive) to 1. [`Error::Mismatch`] if the signature is
    /// of another scheme.
    pub fn query(&self, signature: &Signature, threshold: f64) -> Result<Vec<Hit<'_, Id>>, Error> {
        similarity("threshold", threshold)?;
        self.ranked(signature, threshold)
    }

    /// Answers many [queries](Self::query) on all cores, in the order of the signatures. The index is only read: threads may also share it
    /// by a reference, or an `Arc`, and ask one question at a time.
    ///
    /// ```
    /// use twinprint::Scheme;
    /// use twinprint::lsh::{Banding, LshIndex};
    ///
    /// let signatures = Scheme::web().minhasher().matrix_of_texts(&["one text of some words", "another text of more words"])?;
    /// let index = LshIndex::from_signatures(Banding::new(20, 5)?, ["a", "b"], signatures.clone())?;
    /// let hits = index.query_all(&signatures, 0.8)?;
    /// assert_eq!((hits.len(), *hits[0][0].id, *hits[1][0].id), (2, "a", "b"));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`query`](Self::query).
    #[doc(alias = "bulk_query")]
    #[doc(alias = "par_bulk_query")]
    pub fn query_all(&self, signatures: &SignatureMatrix, threshold: f64) -> Result<Vec<Vec<Hit<'_, Id>>>, Error>
    where
        Id: Send + Sync,
    {
        similarity("threshold", threshold)?;
        self.scheme.check_same(signatures.scheme())?;
        let rows: Vec<&[u32]> = signatures.iter().collect();
        Ok(parallel::map(&rows, || (), |row, ()| self.ranked_row(row, threshold)))
    }

    /// Returns the `count` most similar of the documents that share a band with the signature, in the order of
    /// [`query`](Self::query). Documents that share no band are not found, however few the others are.
    ///
    /// So it is not a search for nearest neighbours at any distance: below the threshold that the banding was planned
    /// for, more and more documents share no band. [`LshForest`](crate::lsh::LshForest) is one.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if the signature is of another scheme.
    #[doc(alias = "query_top_k")]
    #[doc(alias = "top_k")]
    pub fn nearest(&self, signature: &Signature, count: usize) -> Result<Vec<Hit<'_, Id>>, Error> {
        let mut found = self.ranked(signature, 0.0)?;
        found.truncate(count);
        Ok(found)
    }

    /// Yields all pairs of documents that share a band. Each pair comes once, in the order of insertion of
    /// the left and then of the right document.
    ///
    /// Pairs are made one document at a time, so the memory needed is that of one document's candidates. A thousand
    /// copies of one text are half a million pairs; [`SimilarityJoin`](crate::SimilarityJoin) groups copies instead.
    pub fn candidate_pairs(&self) -> CandidatePairs<'_, Id> {
        CandidatePairs { index: self, slot: 0, found: Vec::new().into_iter() }
    }

    fn ranked(&self, signature: &Signature, min_jaccard: f64) -> Result<Vec<Hit<'_, Id>>, Error> {
        signature.check_is_of(&self.scheme)?;
        Ok(self.ranked_row(signature.values(), min_jaccard))
    }

    fn ranked_row(&self, row: &[u32], min_jaccard: f64) -> Vec<Hit<'_, Id>> {
        if is_empty(row) {
            return Vec::new();
        }
        let hit = |&slot: &u32| {
            let estimate = Estimate::from_rows(self.rows.row(slot as usize)?, row);
            let hit = Hit { id: self.slots.id(slot as usize)?, jaccard: estimate.jaccard, estimate };
            (hit.jaccard >= min_jaccard).then_some(hit)
        };
        let mut hits = Vec::new();
        for candidates in self.table.candidates(row).chunks(AT_ONCE) {
            black_box(candidates.iter().fold(0, |seen, &slot| seen ^ self.prefetch(slot as usize)));
            hits.extend(candidates.iter().filter_map(hit));
        }
        // The sort is stable and slots ascend, so equally similar documents stay in the order of insertion.
        hits.sort_by(|a, b| b.jaccard.total_cmp(&a.jaccard));
        hits
    }

    /// Reads a word of each cache line of a document's row, and whether it has an id, so that these are loaded when they are compared.
    /// The result has no meaning; the caller only has to use it.
    fn prefetch(&self, slot: usize) -> u32 {
        let row = self.rows.row(slot).unwrap_or_default();
        let words = row.iter().step_by(64 / size_of::<u32>());
        words.fold(u32::from(self.slots.id(slot).is_some()), |seen, word| seen ^ word)
    }

    /// Returns the candidates of one document among those that were inserted later.
    fn later_candidates(&self, slot: usize) -> Vec<Candidate<'_, Id>> {
        let (Some(left), Some(row)) = (self.slots.id(slot), self.rows.row(slot)) else { return Vec::new() };
        if is_empty(row) {
            return Vec::new();
        }
        let candidates = self.table.candidates(row);
        let later = candidates.iter().map(|&other| other as usize).filter(|&other| other > slot);
        let candidate = |other| {
            let estimate = Estimate::from_rows(row, self.rows.row(other)?);
            Some(Candidate { left, right: self.slots.id(other)?, estimate })
        };
        later.filter_map(candidate).collect()
    }
}

/// Iterates over pairs of documents that share a band; see [`LshIndex::candidate_pairs`], and [`Candidate`] for an
/// example.
#[derive(Clone, Debug)]
pub struct CandidatePairs<'a, Id> {
    index: &'a LshIndex<Id>,
    /// The document whose candidates come next.
    slot: usize,
    found: std::vec::IntoIter<Candidate<'a, Id>>,
}

impl<'a, Id: Eq + Hash> Iterator for CandidatePairs<'a, Id> {
    type Item = Candidate<'a, Id>;

    fn next(&mut self) -> Option<Candidate<'a, Id>> {
        loop {
            if let Some(candidate) = self.found.next() {
                return Some(candidate);
            }
            if self.slot == self.index.slots.len() {
                return None;
            }
            self.found = self.index.later_candidates(self.slot).into_iter();
            self.slot += 1;
        }
    }
}

impl<Id: Eq + Hash> FusedIterator for CandidatePairs<'_, Id> {}
