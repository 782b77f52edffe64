//! Asks a frozen index.

use super::frozen::Table;
use super::{DocumentId, Frozen};
use crate::error::{Error, similarity};
use crate::minhash::{Estimate, Signature};
use crate::set::{Overlap, ShingleSet};

/// Holds a document that a query of a [`Frozen`] index found.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct FrozenHit<'a> {
    /// The document's id.
    pub id: DocumentId<'a>,
    /// The document's row.
    pub row: usize,
    /// The Jaccard similarity, 0 to 1: exact where there is an [`overlap`](Self::overlap), and an estimate otherwise.
    pub jaccard: f64,
    /// What the two sets share. The left one is that of the query. `None` where the sets were not compared.
    pub overlap: Option<Overlap>,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    pub(crate) positions: &'a [u32],
    /// The sorted hashes, where answers are to be exact.
    pub(crate) set: Option<&'a [u64]>,
    pub(crate) min_jaccard: f64,
}

/// A document that answers a question.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) row: usize,
    pub(crate) jaccard: f64,
    pub(crate) overlap: Option<Overlap>,
}

impl<D: AsRef<[u8]>> Frozen<D> {
    /// Returns the documents that share a band with the signature and whose estimated similarity is at least `threshold`, 0 (exclusive) to
    /// 1. The most similar come first, and of equally similar ones the first added.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the threshold is not within 0 (exclusive) to 1. [`Error::Mismatch`] if the signature is of another scheme.
    /// [`Error::Index`] if the bytes are not what was written.
    pub fn query(&self, signature: &Signature, threshold: f64) -> Result<Vec<FrozenHit<'_>>, Error> {
        self.scheme().check_same(signature.scheme())?;
        let min_jaccard = similarity("threshold", threshold)?;
        self.hits(Question { positions: signature.values(), set: None, min_jaccard })
    }

    /// Returns the documents whose similarity to a set is at least `threshold`, in the order of [`query`](Self::query). Where sets are
    /// stored, candidates are compared exactly.
    ///
    /// # Errors
    /// As [`query`](Self::query).
    pub fn query_set(&self, set: &ShingleSet, threshold: f64) -> Result<Vec<FrozenHit<'_>>, Error> {
        let min_jaccard = similarity("threshold", threshold)?;
        self.ask_set(set, min_jaccard)
    }

    /// Returns the `count` most similar of the documents that share a band with a set, in the order of [`query`](Self::query).
    ///
    /// # Errors
    /// [`Error::Index`] if the bytes are not what was written.
    pub fn nearest(&self, set: &ShingleSet, count: usize) -> Result<Vec<FrozenHit<'_>>, Error> {
        let mut hits = self.ask_set(set, 0.0)?;
        hits.truncate(count);
        Ok(hits)
    }

    fn ask_set(&self, set: &ShingleSet, min_jaccard: f64) -> Result<Vec<FrozenHit<'_>>, Error> {
        let signature = self.tools().hasher().signature(set.as_slice());
        let set = self.has_sets().then_some(set.as_slice());
        self.hits(Question { positions: signature.values(), set, min_jaccard })
    }

    fn hits(&self, question: Question<'_>) -> Result<Vec<FrozenHit<'_>>, Error> {
        let mut answers = Vec::new();
        self.answer(question, |_| true, &mut answers)?;
        sort(&mut answers);
        let hit = |Answer { row, jaccard, overlap }| Ok(FrozenHit { id: self.id_of(row)?, row, jaccard, overlap });
        answers.into_iter().map(hit).collect()
    }

    /// Appends what is similar enough among the live documents that share a band, in the order of rows.
    pub(crate) fn answer(
        &self,
        question: Question<'_>,
        is_live: impl Fn(usize) -> bool,
        answers: &mut Vec<Answer>,
    ) -> Result<(), Error> {
        let Question { positions, set, min_jaccard } = question;
        if crate::minhash::is_empty(positions) {
            return Ok(());
        }
        let mut rows = Vec::new();
        for (band, key) in self.tools().keys(positions).into_iter().enumerate() {
            rows.extend(self.entries_of(Table::Band(band), key)?);
        }
        rows.sort_unstable();
        rows.dedup();
        // A candidate with so few agreeing positions is below the threshold, with the certainty that the banding was planned for.
        let min_agreeing = match set {
            Some(_) if min_jaccard > 0.0 => self.banding().min_agreeing(positions.len(), min_jaccard),
            _ => 0,
        };
        let mut theirs = Vec::new();
        for row in rows {
            let row = self.checked_row(row)?;
            if !is_live(row) {
                continue;
            }
            self.read_row(row, &mut theirs)?;
            let estimate = Estimate::from_rows(positions, &theirs);
            let Some(set) = set else {
                if estimate.jaccard >= min_jaccard {
                    answers.push(Answer { row, jaccard: estimate.jaccard, overlap: None });
                }
                continue;
            };
            if estimate.jaccard * (positions.len() as f64) + 0.5 < min_agreeing as f64 {
                continue;
            }
            if let Some(overlap) = Overlap::from_sorted_at_least(set, &self.set_of(row)?, min_jaccard)
                && overlap.shared() > 0
            {
                answers.push(Answer { row, jaccard: overlap.jaccard(), overlap: Some(overlap) });
            }
        }
        Ok(())
    }
}

/// Sorts by similarity; equally similar ones stay in their order.
fn sort(answers: &mut [Answer]) {
    answers.sort_by(|a, b| b.jaccard.total_cmp(&a.jaccard));
}
