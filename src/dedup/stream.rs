//! Deduplicates a stream of texts.

use super::deduplication::Deduplication;
use crate::error::Error;
use crate::join::online::{Arrival, OnlineJoin};
use crate::result::{Clustering, Keep};
use crate::set::Overlap;
use crate::text::is_blank;

/// Finds near-duplicate texts: verified pairs, clusters, and which texts to keep.
///
/// On a stream, [`insert`](Self::insert) tells at once whether a text duplicates an earlier one. For a whole corpus,
/// [`run`](super::DeduplicatorBuilder::run) uses all cores. Both find the same pairs and clusters.
///
/// # Memory
/// Verification needs the shingle set of every distinct text, at eight bytes per shingle: 4 kB for an article of 500
/// words. Its signature takes four bytes for each position that the banding needs (450 bytes under
/// [`Scheme::news`](crate::Scheme::news) at the default threshold), and on a stream the index takes 10 to 20 bytes per band. A text equal to an earlier one takes 24 bytes and its id.
///
/// ```
/// use twinprint::{Deduplicator, Scheme};
///
/// let mut dedup = Deduplicator::builder().scheme(Scheme::builder().words(2).build()?).threshold(0.5).build()?;
/// dedup.insert(1, "The ferry to Skelby was cancelled on Monday because of high winds.")?;
/// let second = dedup.insert(2, "The ferry to Skelby was cancelled on Monday because of very high winds.")?;
/// assert!(second.is_duplicate());
/// dedup.insert(3, "The council approved the new budget.")?;
///
/// let found = dedup.finish();
/// assert_eq!(found.pairs().len(), 1);
/// assert_eq!(*found.clusters()[0].representative(), 1);
/// assert_eq!(found.kept().collect::<Vec<_>>(), [&1, &3]);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Debug)]
pub struct Deduplicator<Id> {
    pub(super) join: OnlineJoin<Id>,
    pub(super) clustering: Clustering,
    pub(super) keep: Keep,
    pub(super) drop_blank: bool,
    pub(super) blank: Vec<Id>,
}

/// Tells how a text relates to the texts before it; returned by [`Deduplicator::insert`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum InsertOutcome<Id> {
    /// No earlier text is similar.
    New,
    /// The text has no shingles and matches nothing; most such texts are [blank](crate::text::is_blank).
    Empty,
    /// An earlier text is the same after normalization.
    Copy {
        /// The first such text.
        of: Id,
    },
    /// An earlier text has the same shingle set, but none is the same text: they differ in what is no token, such as a comma, or in the
    /// order or the number of their passages.
    SameShingles {
        /// The first such text.
        to: Id,
    },
    /// An earlier text is similar, and was verified. Of several, this is the most similar one; of equally similar ones,
    /// the first.
    Similar {
        /// The earlier text.
        to: Id,
        /// The overlap of the two sets. Its left is the set of the earlier text.
        overlap: Overlap,
    },
}

impl<Id> InsertOutcome<Id> {
    /// Returns whether the text duplicates an earlier one, which may itself be a duplicate.
    ///
    /// Removing every such text can remove a whole chain whose ends are not similar. The clusters of
    /// [`Deduplicator::finish`] keep a similar text for each that they remove.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Copy { .. } | Self::SameShingles { .. } | Self::Similar { .. })
    }
}

impl<Id: Clone> Deduplicator<Id> {
    /// Adds a text and tells whether it duplicates an earlier one. Ids may repeat, as in
    /// [`run`](super::DeduplicatorBuilder::run): they are only returned.
    ///
    /// # Errors
    /// [`Error::TooManyDocuments`] if 2^31 texts were inserted.
    pub fn insert(&mut self, id: Id, text: &str) -> Result<InsertOutcome<Id>, Error> {
        if self.drop_blank && is_blank(text) {
            self.blank.push(id);
            return Ok(InsertOutcome::Empty);
        }
        Ok(match self.join.insert(id, text)? {
            Arrival::Empty => InsertOutcome::Empty,
            Arrival::New => InsertOutcome::New,
            Arrival::Copy(earlier) => InsertOutcome::Copy { of: self.join.id(earlier).clone() },
            Arrival::Equal(earlier) => InsertOutcome::SameShingles { to: self.join.id(earlier).clone() },
            Arrival::Similar(earlier, overlap) => InsertOutcome::Similar { to: self.join.id(earlier).clone(), overlap },
        })
    }

    /// Returns the number of texts inserted so far, without blank ones that were dropped.
    #[must_use]
    pub fn len(&self) -> usize {
        self.join.len()
    }

    /// Returns whether no text was inserted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.join.len() == 0
    }

    /// Ends the stream and returns all pairs and clusters.
    #[must_use]
    pub fn finish(self) -> Deduplication<Id> {
        Deduplication::new(self.join.finish().into(), self.clustering, self.keep).with_blank(self.blank)
    }
}
