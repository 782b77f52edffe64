//! The index.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

use ahash::RandomState;
use hashbrown::HashMap;

use super::FracMinHash;
use super::prefix_filter::may_reach;
use super::postings::{Postings, Shared};
use crate::error::{Error, similarity};
use crate::parallel;
use crate::set::{Overlap, ShingleSet};

/// Documents by samples of their shingles, to be asked which contain a text, and which are contained in one.
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
/// All sets are of one scheme's features; sets do not carry their scheme, so nothing can check it. A set is kept whole,
/// eight bytes a shingle, for what is found is verified exactly. Its sample takes 14 bytes for each shingle kept. Empty
/// sets are kept and never found. Numbers are given in the order of insertion, and ties in answers are in this order.
#[derive(Clone, Debug)]
pub struct ContainmentIndex<Id> {
    rules: FracMinHash,
    documents: BTreeMap<u32, Document<Id>>,
    numbers: HashMap<Arc<Id>, u32, RandomState>,
    /// The number that the next document gets. None is given twice.
    next: u32,
    postings: Postings,
}

#[derive(Clone, Debug)]
struct Document<Id> {
    id: Arc<Id>,
    set: ShingleSet,
    /// Keys in its sample.
    keys: usize,
}

/// A document that contains what was asked for, or is contained in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Contained<'a, Id> {
    /// Its id.
    pub id: &'a Id,
    /// What was asked for, on the left, against the document, on the right; counted exactly.
    pub overlap: Overlap,
}

/// Two documents of an index, the smaller contained in the larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContainedPair<'a, Id> {
    /// The document with fewer shingles; of equally many the first inserted.
    pub inner: &'a Id,
    /// The document that contains it.
    pub outer: &'a Id,
    /// The inner document on the left, the outer on the right; counted exactly.
    pub overlap: Overlap,
}

impl<Id: Eq + Hash> ContainmentIndex<Id> {
    /// An index without documents.
    #[must_use]
    pub fn new(rules: FracMinHash) -> Self {
        let numbers = HashMap::with_hasher(RandomState::new());
        Self { rules, documents: BTreeMap::new(), numbers, next: 0, postings: Postings::default() }
    }

    /// Which hashes stand for a set.
    #[must_use]
    pub fn rules(&self) -> FracMinHash {
        self.rules
    }

    /// How many documents it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// The set that was inserted under this id.
    #[must_use]
    pub fn set(&self, id: &Id) -> Option<&ShingleSet> {
        Some(&self.documents.get(self.numbers.get(id)?)?.set)
    }

    /// Hashes kept in samples, over all documents.
    #[must_use]
    pub fn sampled(&self) -> usize {
        self.postings.len()
    }

    /// Adds a document under a new id.
    ///
    /// # Errors
    /// [`Error::DuplicateId`] where the id is taken, [`Error::TooManyDocuments`]. The index is as before then.
    pub fn insert(&mut self, id: Id, set: ShingleSet) -> Result<(), Error>
    where
        Id: Debug,
    {
        if self.numbers.contains_key(&id) {
            return Err(Error::DuplicateId { id: crate::lsh::shortened(&id) });
        }
        self.push(id, set)
    }

    /// Adds a document, or replaces the one of this id; returns whether it replaced one. A replaced document counts as
    /// inserted now.
    ///
    /// # Errors
    /// [`Error::TooManyDocuments`] where four billion were inserted and replaced; the index is as before then.
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
        self.postings.insert(self.rules.keys(set.as_slice()), number);
        let id = Arc::new(id);
        self.numbers.insert(Arc::clone(&id), number);
        let keys = self.rules.keys(set.as_slice()).count();
        self.documents.insert(number, Document { id, set, keys });
        Ok(())
    }

    /// Removes a document; returns whether it was there.
    pub fn remove(&mut self, id: &Id) -> bool {
        let Some(document) = self.numbers.remove(id).and_then(|number| self.documents.remove_entry(&number)) else {
            return false;
        };
        self.postings.remove(self.rules.keys(document.1.set.as_slice()), document.0);
        true
    }

    /// The documents that hold at least the share `threshold` of a set; those that hold most of it first.
    ///
    /// A document that shares so much is missed about once in a thousand times, and more often where the set's sample
    /// is small: see the [module](super).
    ///
    /// # Errors
    /// [`Error::OutOfRange`] where the threshold is not within 0 (exclusive) to 1.
    pub fn containers(&self, set: &ShingleSet, threshold: f64) -> Result<Vec<Contained<'_, Id>>, Error> {
        similarity("threshold", threshold)?;
        Ok(self.containing(set, threshold).into_iter().map(|(_, found)| found).collect())
    }

    /// The documents of which a set holds at least the share `threshold`; those of which it holds most first.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] where the threshold is not within 0 (exclusive) to 1.
    pub fn contained(&self, set: &ShingleSet, threshold: f64) -> Result<Vec<Contained<'_, Id>>, Error> {
        similarity("threshold", threshold)?;
        let shared = self.shared(set);
        let found = shared.documents.iter().filter_map(|&(number, hits)| {
            let document = self.documents.get(&number)?;
            may_reach(hits, shared.common, document.keys, threshold).then_some(())?;
            let overlap = Overlap::of(set, &document.set);
            (overlap.right_in_left() >= threshold).then(|| Contained { id: &*document.id, overlap })
        });
        let mut found: Vec<_> = found.collect();
        found.sort_by(|a, b| b.overlap.right_in_left().total_cmp(&a.overlap.right_in_left()));
        Ok(found)
    }

    /// All pairs of documents of which the larger holds at least the share `threshold` of the smaller, each once: in
    /// the order of the smaller one, and for one of these in that of [`containers`](Self::containers). On all cores.
    ///
    /// More copies of one text than [`max_document_frequency`](FracMinHash::max_document_frequency) are boilerplate here: drop copies
    /// before.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] where the threshold is not within 0 (exclusive) to 1.
    pub fn pairs(&self, threshold: f64) -> Result<Vec<ContainedPair<'_, Id>>, Error>
    where
        Id: Send + Sync,
    {
        similarity("threshold", threshold)?;
        let documents: Vec<_> = self.documents.iter().collect();
        let outer = |&(&number, inner): &(&u32, &'_ Document<Id>), (): &mut ()| {
            let mut found = self.containing(&inner.set, threshold);
            found.retain(|(other, found)| (found.overlap.left, number) < (found.overlap.right, *other));
            found
        };
        let found = parallel::map(&documents, || (), outer);
        let pairs = documents.iter().zip(found).flat_map(|((_, inner), found)| {
            let inner = &*inner.id;
            found.into_iter().map(move |(_, found)| ContainedPair { inner, outer: found.id, overlap: found.overlap })
        });
        Ok(pairs.collect())
    }

    /// As [`containers`](Self::containers), with their numbers.
    fn containing(&self, set: &ShingleSet, threshold: f64) -> Vec<(u32, Contained<'_, Id>)> {
        let shared = self.shared(set);
        let found = shared.documents.iter().filter_map(|&(number, hits)| {
            may_reach(hits, shared.common, shared.keys, threshold).then_some(())?;
            let document = self.documents.get(&number)?;
            let overlap = Overlap::of(set, &document.set);
            (overlap.left_in_right() >= threshold).then(|| (number, Contained { id: &*document.id, overlap }))
        });
        let mut found: Vec<_> = found.collect();
        found.sort_by(|(_, a), (_, b)| b.overlap.left_in_right().total_cmp(&a.overlap.left_in_right()));
        found
    }

    fn shared(&self, set: &ShingleSet) -> Shared {
        let limit = usize::try_from(self.rules.max_document_frequency()).unwrap_or(usize::MAX);
        self.postings.shared(self.rules.keys(set.as_slice()), limit)
    }
}

#[cfg(test)]
mod tests;
