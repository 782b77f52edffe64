//! The index that answers which documents contain a text.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

use ahash::RandomState;
use hashbrown::HashMap;

use super::FracMinHash;
use super::postings::{Postings, Shared};
use super::prefix_filter::may_reach;
use crate::error::{Error, similarity};
use crate::parallel;
use crate::set::{Overlap, ShingleSet};

/// Indexes documents by samples of their shingles, and finds those that contain a text or are contained in one.
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::containment::{ContainmentIndex, FracMinHash};
///
/// let shingler = Scheme::news().shingler()?;
/// let article = "The ferry to Skelby was cancelled on Monday because of high winds, the operator said, and \
///                passengers were brought to the mainland by bus over the old bridge at Tarrow.";
/// let page = format!("Weather. Sports. Council votes to close the harbour road for summer. {article} Log in to comment.");
///
/// let mut index = ContainmentIndex::new(FracMinHash::default());
/// index.insert("page", shingler.set(&page))?;
/// let found = index.containers(&shingler.set(article), 0.9)?;
/// assert_eq!((found[0].id, found[0].overlap.left_in_right()), (&"page", 1.0));
/// # Ok::<(), twinprint::Error>(())
/// ```
///
/// All sets must be made with one scheme. Sets do not carry their scheme, so the index cannot check it.
///
/// A set is kept whole, at eight bytes a shingle, because what is found is verified exactly. Its sample takes 14 bytes
/// for each shingle that it keeps. Empty sets are kept and never found. Answers of equal containment are in the order of
/// insertion.
#[derive(Clone, Debug)]
pub struct ContainmentIndex<Id> {
    sampling: FracMinHash,
    documents: BTreeMap<u32, Document<Id>>,
    numbers: HashMap<Arc<Id>, u32, RandomState>,
    /// The number of the next document. Numbers are never reused, so they ascend in the order of insertion.
    next: u32,
    postings: Postings,
}

#[derive(Clone, Debug)]
struct Document<Id> {
    id: Arc<Id>,
    set: ShingleSet,
    /// The number of keys in its sample.
    keys: usize,
}

/// A document that contains the set of a query, or is contained in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Contained<'a, Id> {
    /// The id of the document.
    pub id: &'a Id,
    /// The exact overlap: the set of the query on the left, the document on the right.
    pub overlap: Overlap,
}

/// Two documents of an index of which the larger contains the smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContainedPair<'a, Id> {
    /// The document with fewer shingles, or the one inserted first if both have equally many.
    pub inner: &'a Id,
    /// The document that contains it.
    pub outer: &'a Id,
    /// The exact overlap: the inner document on the left, the outer on the right.
    pub overlap: Overlap,
}

impl<Id: Eq + Hash> ContainmentIndex<Id> {
    /// Creates an index without documents.
    #[must_use]
    pub fn new(sampling: FracMinHash) -> Self {
        let numbers = HashMap::with_hasher(RandomState::new());
        Self { sampling, documents: BTreeMap::new(), numbers, next: 0, postings: Postings::default() }
    }

    /// Returns the rule by which sets are sampled.
    #[must_use]
    pub fn sampling(&self) -> FracMinHash {
        self.sampling
    }

    /// Returns the number of documents.
    #[must_use]
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// Returns whether there are no documents.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// Returns the set that was inserted under this id.
    #[must_use]
    pub fn set(&self, id: &Id) -> Option<&ShingleSet> {
        Some(&self.documents.get(self.numbers.get(id)?)?.set)
    }

    /// Returns the number of hashes in the samples of all documents.
    #[must_use]
    pub fn sampled(&self) -> usize {
        self.postings.len()
    }

    /// Adds a document under a new id.
    ///
    /// # Errors
    /// [`Error::DuplicateId`] if the id is taken; [`Error::TooManyDocuments`] as for [`upsert`](Self::upsert). After an
    /// error the index is unchanged.
    pub fn insert(&mut self, id: Id, set: ShingleSet) -> Result<(), Error>
    where
        Id: Debug,
    {
        if self.numbers.contains_key(&id) {
            return Err(Error::DuplicateId { id: crate::lsh::shortened(&id) });
        }
        self.push(id, set)
    }

    /// Adds a document, or replaces the one of this id. Returns whether it replaced one.
    ///
    /// For the order of answers, a replaced document counts as inserted now.
    ///
    /// # Errors
    /// [`Error::TooManyDocuments`] after four billion insertions, replacements included. The index is then unchanged.
    pub fn upsert(&mut self, id: Id, set: ShingleSet) -> Result<bool, Error> {
        if self.next == u32::MAX {
            return Err(Error::TooManyDocuments);
        }
        let replaced = self.remove(&id);
        self.push(id, set)?;
        Ok(replaced)
    }

    fn push(&mut self, id: Id, set: ShingleSet) -> Result<(), Error> {
        let number = self.next;
        self.next = number.checked_add(1).ok_or(Error::TooManyDocuments)?;
        self.postings.insert(self.sampling.keys(set.as_slice()), number);
        let id = Arc::new(id);
        self.numbers.insert(Arc::clone(&id), number);
        let keys = self.sampling.keys(set.as_slice()).count();
        self.documents.insert(number, Document { id, set, keys });
        Ok(())
    }

    /// Removes a document. Returns whether it was there.
    pub fn remove(&mut self, id: &Id) -> bool {
        let Some(document) = self.numbers.remove(id).and_then(|number| self.documents.remove_entry(&number)) else {
            return false;
        };
        self.postings.remove(self.sampling.keys(document.1.set.as_slice()), document.0);
        true
    }

    /// Finds the documents that hold at least the share `threshold` of a set. Those that hold most of it come first.
    ///
    /// About one such document in a thousand is missed, and more if the sample of the set is small: see the
    /// [module](super).
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the threshold is not greater than 0 and at most 1.
    pub fn containers(&self, set: &ShingleSet, threshold: f64) -> Result<Vec<Contained<'_, Id>>, Error> {
        similarity("threshold", threshold)?;
        Ok(self.containing(set, threshold).into_iter().map(|(_, found)| found).collect())
    }

    /// Finds the documents of which a set holds at least the share `threshold`. Those of which it holds most come first.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the threshold is not greater than 0 and at most 1.
    pub fn contained(&self, set: &ShingleSet, threshold: f64) -> Result<Vec<Contained<'_, Id>>, Error> {
        similarity("threshold", threshold)?;
        let shared = self.shared(set);
        let found = shared.documents.iter().filter_map(|&(number, hits)| {
            let document = self.documents.get(&number)?;
            may_reach(hits, shared.common, document.keys, threshold).then_some(())?;
            let overlap = Overlap::new(set, &document.set);
            (overlap.right_in_left() >= threshold).then(|| Contained { id: &*document.id, overlap })
        });
        let mut found: Vec<_> = found.collect();
        found.sort_by(|a, b| b.overlap.right_in_left().total_cmp(&a.overlap.right_in_left()));
        Ok(found)
    }

    /// Finds all pairs of documents of which the larger holds at least the share `threshold` of the smaller, on all
    /// cores.
    ///
    /// Each pair comes once, in the order of the smaller document, and for one of these in the order of
    /// [`containers`](Self::containers).
    ///
    /// If a text has more copies than [`max_document_frequency`](FracMinHash::max_document_frequency), all its hashes
    /// are boilerplate. So insert only one of equal texts.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the threshold is not greater than 0 and at most 1.
    pub fn pairs(&self, threshold: f64) -> Result<Vec<ContainedPair<'_, Id>>, Error>
    where
        Id: Send + Sync,
    {
        similarity("threshold", threshold)?;
        let documents: Vec<_> = self.documents.iter().collect();
        let outer = |&(&number, inner): &(&u32, &'_ Document<Id>), (): &mut ()| {
            let mut found = self.containing(&inner.set, threshold);
            // Two documents of much the same size find each other. The pair belongs to the smaller, or to the earlier.
            found.retain(|(other, found)| (found.overlap.left(), number) < (found.overlap.right(), *other));
            found
        };
        let found = parallel::map(&documents, || (), outer);
        let pairs = documents.iter().zip(found).flat_map(|((_, inner), found)| {
            let inner = &*inner.id;
            found.into_iter().map(move |(_, found)| ContainedPair { inner, outer: found.id, overlap: found.overlap })
        });
        Ok(pairs.collect())
    }

    /// Finds what [`containers`](Self::containers) returns, with the numbers of the documents.
    fn containing(&self, set: &ShingleSet, threshold: f64) -> Vec<(u32, Contained<'_, Id>)> {
        let shared = self.shared(set);
        let found = shared.documents.iter().filter_map(|&(number, hits)| {
            may_reach(hits, shared.common, shared.keys, threshold).then_some(())?;
            let document = self.documents.get(&number)?;
            let overlap = Overlap::new(set, &document.set);
            (overlap.left_in_right() >= threshold).then(|| (number, Contained { id: &*document.id, overlap }))
        });
        let mut found: Vec<_> = found.collect();
        found.sort_by(|(_, a), (_, b)| b.overlap.left_in_right().total_cmp(&a.overlap.left_in_right()));
        found
    }

    fn shared(&self, set: &ShingleSet) -> Shared {
        let limit = usize::try_from(self.sampling.max_document_frequency()).unwrap_or(usize::MAX);
        self.postings.shared(self.sampling.keys(set.as_slice()), limit)
    }
}

#[cfg(test)]
mod tests;
