//! The most similar documents without a threshold.

mod runs;

use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

use self::runs::Runs;
use super::Hit;
use super::index::shortened;
use super::index::slots::{Ids, Slots};
use crate::error::{Error, within};
use crate::minhash::{Estimate, Signature, SignatureMatrix, is_empty};
use crate::scheme::Scheme;

/// Finds the documents that are most similar to a given one, without a threshold: an LSH Forest (M. Bawa, T. Condie, P. Ganesan, "LSH
/// Forest: self-tuning indexes for similarity search", WWW 2005).
///
/// An [`LshIndex`](super::LshIndex) compares bands of a fixed length, which suits one threshold. Here each band is the path through a
/// prefix tree. A query goes down each tree as far as its signature leads, and then climbs all trees together until enough documents are
/// below: near neighbours are found at long prefixes, and distant ones at short prefixes.
///
/// With 128 positions in 16 trees, a document of Jaccard similarity `j` shares at least one position at the top of a tree with a
/// probability of `1 - (1 - j)^16`: 0.97 at 0.2, and 0.81 at 0.1. BENCHMARKS.md of the repository has the recall by `count` and
/// similarity. More trees find more of what is distant; fewer and deeper ones read fewer documents where many are alike.
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::lsh::LshForest;
///
/// let scheme = Scheme::builder().custom_features("numbers").build()?;
/// let hasher = scheme.minhasher();
/// let mut forest = LshForest::new(&scheme, 16)?;
/// for start in 0..50_u64 {
///     let set: Vec<u64> = (20 * start..20 * start + 100).collect();
///     forest.insert(start, &hasher.signature(&set))?;
/// }
/// let set: Vec<u64> = (400..500).collect();
/// let hits = forest.nearest(&hasher.signature(&set), 3)?;
/// assert_eq!(*hits[0].id, 20);
/// // Its neighbours share two thirds with it.
/// assert!(hits[1..].iter().all(|hit| [19, 21].contains(hit.id)));
/// # Ok::<(), twinprint::Error>(())
/// ```
///
/// Answers depend on the documents and the order in which they were inserted, and not on how they were batched. A signature of an empty
/// set is kept, and is never found. Queries take `&self`, and threads can share a forest.
#[doc(alias = "MinHashLSHForest")]
#[derive(Clone, Debug)]
pub struct LshForest<Id> {
    scheme: Arc<Scheme>,
    slots: Slots<Id>,
    /// One signature per slot.
    rows: SignatureMatrix,
    runs: Runs,
}

/// Documents that are ranked for each one that is asked for, and how many at least. Prefixes order documents roughly, and the estimate
/// from all positions orders them well.
const RANKED_PER_ANSWER: usize = 8;
const MIN_RANKED: usize = 100;

impl<Id: Eq + Hash> LshForest<Id> {
    /// Creates an empty forest for signatures of one scheme. Each of the trees, 1 or more, gets an equal share of the positions.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there are more trees than positions, or none.
    pub fn new(scheme: &Scheme, trees: u32) -> Result<Self, Error> {
        let num_hashes = scheme.sketch().num_hashes();
        let trees =
            within("trees", trees, 1..=num_hashes, "from 1 to the number of positions of a signature")? as usize;
        let rows = SignatureMatrix::new(scheme);
        let scheme = rows.shared_scheme();
        Ok(Self { scheme, slots: Slots::new(), rows, runs: Runs::new(trees, num_hashes as usize / trees) })
    }

    /// Returns the scheme of the signatures.
    #[must_use]
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Returns the number of trees.
    #[must_use]
    pub fn trees(&self) -> usize {
        self.runs.trees()
    }

    /// Returns the number of positions on the path through a tree.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.runs.depth()
    }

    /// Returns the number of documents.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.ids()
    }

    /// Returns whether there are no documents.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns whether there is a document with this id.
    #[must_use]
    pub fn contains(&self, id: &Id) -> bool {
        self.slots.slot_of(id).is_some()
    }

    /// Returns an iterator over the ids, in the order of insertion.
    pub fn ids(&self) -> Ids<'_, Id> {
        self.slots.iter()
    }

    /// Returns the bytes in memory, without what ids own elsewhere.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.rows.bytes() + self.slots.bytes() + self.runs.bytes()
    }

    /// Adds a document under a new id.
    ///
    /// # Errors
    /// [`Error::DuplicateId`] if the id is there, [`Error::Mismatch`] if the signature is of another scheme, and
    /// [`Error::TooManyDocuments`]. Nothing is changed then.
    pub fn insert(&mut self, id: Id, signature: &Signature) -> Result<(), Error>
    where
        Id: Debug,
    {
        if self.contains(&id) {
            return Err(Error::DuplicateId { id: shortened(&id) });
        }
        self.scheme.check_same(signature.scheme())?;
        self.make_room(1)?;
        let slot = self.slots.push(id);
        self.rows.push_rows(signature.values());
        self.runs.push(&self.rows, (!signature.is_empty()).then_some(slot));
        Ok(())
    }

    /// Adds many documents, as if they were [inserted](Self::insert) one after the other. With the feature `rayon` all trees are sorted
    /// in parallel.
    ///
    /// # Errors
    /// Those of [`insert`](Self::insert), and [`Error::WrongLength`] if there are not as many ids as signatures. Nothing is changed then.
    pub fn insert_all(&mut self, ids: impl IntoIterator<Item = Id>, signatures: &SignatureMatrix) -> Result<(), Error>
    where
        Id: Debug,
    {
        self.scheme.check_same(signatures.scheme())?;
        let (ids, expected) = (Vec::from_iter(ids), signatures.len());
        if ids.len() != expected {
            return Err(Error::WrongLength { field: "ids", found: ids.len(), expected });
        }
        self.make_room(expected)?;
        let first = self.slots.len() as u32;
        self.slots.push_all(ids).map_err(|id| Error::DuplicateId { id: shortened(&id) })?;
        self.rows.push_rows(signatures.values());
        let filled = (first..).zip(signatures.iter()).filter(|(_, row)| !is_empty(row)).map(|(slot, _)| slot);
        self.runs.push(&self.rows, filled);
        Ok(())
    }

    /// Removes a document. Returns whether it was there. Its signature stays until half of all signatures are of removed documents; then
    /// these are dropped together.
    pub fn remove(&mut self, id: &Id) -> bool {
        if self.slots.remove(id).is_none() {
            return false;
        }
        if self.slots.len() > 2 * self.slots.ids() + MIN_RANKED {
            self.compact();
        }
        true
    }

    /// Removes all documents, and keeps the memory for new ones.
    pub fn clear(&mut self) {
        self.slots.clear();
        self.rows.clear();
        self.runs.clear();
    }

    fn compact(&mut self) {
        let vacant: Vec<bool> = (0..self.slots.len()).map(|slot| self.slots.id(slot).is_none()).collect();
        self.rows.retain(|slot| !vacant[slot]);
        let numbers = self.slots.compact();
        self.runs.renumber(|slot| (!vacant[slot as usize]).then(|| numbers[slot as usize]));
    }

    fn make_room(&mut self, additional: usize) -> Result<(), Error> {
        self.slots.check_room(additional).or_else(|_| {
            self.compact();
            self.slots.check_room(additional)
        })
    }

    /// Returns about the `count` most similar documents, the most similar first, and of equally similar ones the first inserted. There are
    /// fewer if fewer agree with the signature at the top of any tree.
    ///
    /// It ranks eight candidates for each answer, and a hundred at least. [`nearest_of`](Self::nearest_of) ranks more of them.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if the signature is of another scheme.
    #[doc(alias = "query_top_k")]
    pub fn nearest(&self, signature: &Signature, count: usize) -> Result<Vec<Hit<'_, Id>>, Error> {
        self.nearest_of(signature, count, count.saturating_mul(RANKED_PER_ANSWER).max(MIN_RANKED))
    }

    /// Returns the `count` most similar of at least `candidates` documents, if that many agree with the signature at the top of any tree.
    /// More candidates find more of the nearest, and take longer.
    ///
    /// # Errors
    /// As [`nearest`](Self::nearest).
    pub fn nearest_of(
        &self,
        signature: &Signature,
        count: usize,
        candidates: usize,
    ) -> Result<Vec<Hit<'_, Id>>, Error> {
        self.scheme.check_same(signature.scheme())?;
        if signature.is_empty() || count == 0 {
            return Ok(Vec::new());
        }
        let is_there = |slot: &&u32| self.slots.id(**slot as usize).is_some();
        let is_enough =
            |found: &[u32]| found.len() >= candidates && found.iter().filter(is_there).count() >= candidates;
        let found = self.runs.climb(&self.rows, signature.values(), is_enough);
        let hit = |slot: u32| {
            let id = self.slots.id(slot as usize)?;
            let estimate = Estimate::from_rows(self.rows.row(slot as usize)?, signature.values());
            Some(Hit { id, jaccard: estimate.jaccard, estimate })
        };
        let mut hits: Vec<_> = found.into_iter().filter_map(hit).collect();
        // The sort is stable and slots ascend, so equally similar documents stay in the order of insertion.
        hits.sort_by(|a, b| b.jaccard.total_cmp(&a.jaccard));
        hits.truncate(count);
        Ok(hits)
    }
}

#[cfg(test)]
mod tests;
