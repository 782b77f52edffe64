//! Finds short texts inside long ones, and says where: test questions in training documents.

mod builder;
mod cut;
mod places;

use std::ops::Range;

use ahash::AHashMap;
use smallvec::SmallVec;

pub use builder::PassageFinderBuilder;

use crate::set::Overlap;
use crate::text::{Shingler, TextScratch};
use places::{Places, Question};

/// Finds which of a small corpus's texts are inside a document, and where: verbatim, wrapped into other lines, or edited.
///
/// It is made for decontamination: the small corpus is a test set, and the documents are training data, of any number, one after the
/// other. The search is exact. A text is found if a passage of the document, at most about twice as long as the text, has at least the
/// share of its shingles that was asked for; no sample and no signature is involved. The order of the shingles within the passage does
/// not matter, so the choices of a question may come in another order.
///
/// Candidates come from an index of each text's rarest shingles, as many as a prefix filter needs (S. Chaudhuri, V. Ganti, R. Kaushik, "A
/// primitive operator for similarity joins in data cleaning", 2006). So a document costs a look-up per shingle, and phrases that
/// many texts share, such as "which of the following", cost nothing.
///
/// Texts that are too short are not searched for, because their few words are in many documents by chance. See
/// [`min_words`](PassageFinderBuilder::min_words).
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::containment::PassageFinder;
///
/// let mut builder = PassageFinder::builder(&Scheme::news(), 0.8)?;
/// builder.insert("q1", "A train leaves Marn at nine with forty passengers. How many of them get off at Tarrow?");
/// let finder = builder.build();
///
/// let page = "Exercises\n\n1. A train leaves Marn at nine\nwith forty passengers. How many of them\nget off at Tarrow? 2. Add.";
/// let found = &finder.find(page)[0];
/// assert_eq!((found.id, found.share), (&"q1", 1.0));
/// assert_eq!(&page[found.range.clone()], "A train leaves Marn at nine\nwith forty passengers. How many of them\nget off at Tarrow");
/// assert_eq!(PassageFinder::cut(page, &[found.range.clone()]), "Exercises\n\n1. 2. Add.");
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PassageFinder<Id> {
    shingler: Shingler,
    questions: Vec<Question>,
    /// The ids of the texts with the shingles of each question.
    ids: Vec<SmallVec<[Id; 1]>>,
    /// The questions that look a shingle up, by the shingle.
    postings: AHashMap<u64, SmallVec<[u32; 1]>>,
    too_short: usize,
}

/// A text that was found inside a document.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FoundPassage<'a, Id> {
    /// The id of the text. Of texts with equal shingles, that of the first.
    pub id: &'a Id,
    /// The ids of other texts with the same shingles.
    pub copies: &'a [Id],
    /// The bytes of the document that the passage takes, from its first token to its last.
    pub range: Range<usize>,
    /// The share of the text's shingles that the passage has, 0 to 1.
    pub share: f64,
    /// The overlap of the whole sets: the text on the left, the document on the right.
    pub overlap: Overlap,
}

impl<Id> PassageFinder<Id> {
    /// Returns the number of texts that are searched for, counting texts with equal shingles once.
    #[must_use]
    pub fn len(&self) -> usize {
        self.questions.len()
    }

    /// Returns whether no text is searched for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.questions.is_empty()
    }

    /// Returns the number of texts that were inserted and are too short to be searched for.
    #[must_use]
    pub fn too_short(&self) -> usize {
        self.too_short
    }

    /// Returns the passages of a document that have enough of a text, in the order of the document. A text that is there several times
    /// is found several times.
    #[must_use]
    pub fn find(&self, document: &str) -> Vec<FoundPassage<'_, Id>> {
        self.find_with(document, &mut TextScratch::default())
    }

    /// Returns what [`find`](Self::find) returns, with buffers that are reused. One for each thread is enough.
    #[must_use]
    pub fn find_with(&self, document: &str, scratch: &mut TextScratch) -> Vec<FoundPassage<'_, Id>> {
        let hashes = self.shingler.hashes_into(document, scratch);
        let mut candidates: Vec<u32> =
            hashes.iter().filter_map(|hash| self.postings.get(hash)).flatten().copied().collect();
        if candidates.is_empty() {
            return Vec::new();
        }
        candidates.sort_unstable();
        candidates.dedup();
        let places = Places::new(self.shingler.shingles(document));
        let mut found = Vec::new();
        for number in candidates {
            let (question, ids) = (&self.questions[number as usize], &self.ids[number as usize]);
            let Some((id, copies)) = ids.split_first() else { continue };
            let (passages, overlap) = places.passages(question);
            found.extend(passages.into_iter().map(|passage| {
                let share = passage.shared as f64 / question.shingles.len() as f64;
                FoundPassage { id, copies, range: passage.range, share, overlap }
            }));
        }
        found.sort_by_key(|passage| (passage.range.start, passage.range.end));
        found
    }
}

#[cfg(test)]
mod tests;
