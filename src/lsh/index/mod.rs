//! The online index: documents come and go, and each query is answered at once.

mod answers;
mod query;
pub(super) mod slots;
#[cfg(feature = "serde")]
mod stored;

use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

pub use answers::{Candidate, Hit, IndexStats};
pub use query::CandidatePairs;
pub use slots::Ids;

use self::slots::Slots;
use super::band_table::Few;
use super::{BandTable, Banding};
use crate::error::{Error, MOST_DOCUMENTS};
use crate::minhash::{Signature, SignatureMatrix, is_empty};
use crate::scheme::Scheme;

/// Indexes documents by their signatures, and finds those that are similar to a given one.
///
/// Documents come and go at any time. An index holds their ids and signatures in memory, not their texts or sets.
/// To find all pairs of a corpus at once, a [`SimilarityJoin`](crate::SimilarityJoin) is faster and verifies them;
/// to judge a stream of texts, a [`Deduplicator`](crate::Deduplicator) holds the sets as well and verifies each
/// text. Where threads write while others ask, share a [`SharedIndex`](crate::lsh::SharedIndex).
///
/// A million documents of 128 positions take 512 bytes each for signatures and 227 for ids, tables and buckets.
/// Inserting takes 1.3 µs and a query 1.0 µs on one core, with 16 bands of 6 rows and ids of eight bytes
/// (BENCHMARKS.md).
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::lsh::{Banding, LshIndex};
///
/// let scheme = Scheme::builder().words(1).build()?;
/// let (shingler, hasher) = (scheme.shingler()?, scheme.minhasher());
/// let sign = |text| hasher.signature(&shingler.hashes(text));
///
/// let mut index = LshIndex::new(&scheme, Banding::for_threshold(0.5).plan()?)?;
/// index.insert("fox", &sign("the quick brown fox jumps over the lazy dog"))?;
/// index.insert("rain", &sign("rain fell all night on the harbour"))?;
/// let hits = index.query(&sign("a quick brown fox jumps over the lazy dog"), 0.5)?;
/// assert_eq!(hits.iter().map(|hit| *hit.id).collect::<Vec<_>>(), ["fox"]);
///
/// index.remove(&"fox");
/// assert_eq!(index.ids().collect::<Vec<_>>(), [&"rain"]);
/// # Ok::<(), twinprint::Error>(())
/// ```
///
/// Every answer is in a defined order, which depends on the order of insertion and on nothing else. A signature of
/// an empty set is kept, and is never found.
///
/// With the feature `serde` an index is stored as its scheme, banding, ids and signatures. Its tables are built
/// again when it is read. A stored index that [`from_signatures`](Self::from_signatures) would refuse is refused.
#[doc(alias = "MinHashLSH")]
#[doc(alias = "RMinHashLSH")]
#[doc(alias = "MinHashIndex")]
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "stored::StoredIndex<Id>"))]
#[cfg_attr(feature = "serde", serde(bound(deserialize = "Id: Eq + Hash + Debug + serde::Deserialize<'de>")))]
pub struct LshIndex<Id> {
    scheme: Arc<Scheme>,
    banding: Banding,
    /// Slots ascend in the order of insertion, so that what is found in order of slots is in order of insertion.
    slots: Slots<Id>,
    /// One signature per slot.
    rows: SignatureMatrix,
    table: BandTable,
}

/// Fewer vacant slots than this are left as they are.
const FEW_VACANT: usize = 32;

impl<Id> LshIndex<Id> {
    fn with_rows(banding: Banding, rows: SignatureMatrix) -> Result<Self, Error> {
        banding.check_fits(rows.scheme().sketch().num_hashes())?;
        Ok(Self::of_rows(banding, rows))
    }

    /// Returns an index that has rows, but neither ids nor tables of them yet.
    fn of_rows(banding: Banding, rows: SignatureMatrix) -> Self {
        let scheme = rows.shared_scheme();
        let table = BandTable::new(banding, scheme.sketch().seed());
        Self { scheme, banding, slots: Slots::new(), rows, table }
    }

    /// Returns the banding, and the id and the row of each slot; a vacant slot has no id.
    pub(in crate::lsh) fn into_parts(self) -> (Banding, Vec<Option<Id>>, SignatureMatrix) {
        (self.banding, self.slots.into_ids(), self.rows)
    }

    /// Returns the scheme of the signatures.
    #[must_use]
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Returns the banding, which says how signatures are cut into bands.
    #[must_use]
    pub fn banding(&self) -> Banding {
        self.banding
    }

    /// Returns the number of documents.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.ids()
    }

    /// Returns whether there are no documents.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.ids() == 0
    }

    /// Returns an iterator over the ids, in the order of insertion.
    #[doc(alias = "keys")]
    pub fn ids(&self) -> Ids<'_, Id> {
        self.slots.iter()
    }

    /// Yields the buckets: the number of a band, and the ids of the documents that agree in all its rows, in the order of insertion.
    /// Buckets come by band, and within a band in the order of their keys. Most have one document.
    ///
    /// ```
    /// use twinprint::{Banding, LshIndex, Scheme};
    ///
    /// let scheme = Scheme::builder().custom_features("numbers").build()?;
    /// let mut index = LshIndex::new(&scheme, Banding::new(2, 8)?)?;
    /// for (id, set) in [("a", [1, 2, 3]), ("b", [7, 8, 9]), ("c", [1, 2, 3])] {
    ///     index.insert(id, &scheme.minhasher().signature(&set))?;
    /// }
    /// let shared: Vec<_> = index.buckets().filter(|(_, ids)| ids.len() > 1).collect();
    /// assert_eq!(shared, [(0, vec![&"a", &"c"]), (1, vec![&"a", &"c"])]);
    /// assert_eq!(index.buckets().count(), index.stats().buckets);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    pub fn buckets(&self) -> impl Iterator<Item = (usize, Vec<&Id>)> {
        self.table
            .all_buckets()
            .map(|(band, bucket)| (band, bucket.iter().filter_map(|slot| self.slots.id(slot as usize)).collect()))
    }

    /// Removes all documents, and keeps the memory for new ones.
    pub fn clear(&mut self) {
        self.slots.clear();
        self.rows.clear();
        self.table.clear();
    }

    /// Returns what the index holds, and how much memory that takes. Reads the whole index.
    #[must_use]
    pub fn stats(&self) -> IndexStats {
        let held = self.rows.iter().enumerate().filter(|(slot, _)| self.slots.id(*slot).is_some());
        IndexStats {
            documents: self.len(),
            empty: held.filter(|(_, row)| is_empty(row)).count(),
            buckets: self.table.buckets(),
            largest_bucket: self.table.largest_bucket(),
            signature_bytes: self.rows.bytes(),
            index_bytes: self.table.bytes() + self.slots.bytes(),
        }
    }
}

impl<Id: Eq + Hash> LshIndex<Id> {
    /// Creates an empty index for signatures of one scheme.
    ///
    /// # Errors
    /// [`Error::BandingTooLarge`] if the scheme's signatures have fewer positions than the banding needs.
    pub fn new(scheme: &Scheme, banding: Banding) -> Result<Self, Error> {
        Self::with_rows(banding, SignatureMatrix::new(scheme))
    }

    /// Builds an index from signatures and their ids, in the same order. With the feature `rayon` all bands are filled in
    /// parallel.
    ///
    /// ```
    /// use twinprint::Scheme;
    /// use twinprint::lsh::{Banding, LshIndex};
    ///
    /// let hasher = Scheme::web().minhasher();
    /// let texts = ["one text of some words", "another text of more words", "one text of some words"];
    /// let signatures = hasher.matrix_of_texts(&texts)?;
    /// let index = LshIndex::from_signatures(Banding::new(20, 5)?, ["a", "b", "c"], signatures)?;
    /// let pairs: Vec<_> = index.candidate_pairs().map(|pair| (*pair.left, *pair.right)).collect();
    /// assert_eq!(pairs, [("a", "c")]);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::BandingTooLarge`] as in [`new`](Self::new). [`Error::WrongLength`] if there are not as many ids as
    /// signatures, [`Error::DuplicateId`] if an id is there twice, and [`Error::TooManyDocuments`].
    pub fn from_signatures(
        banding: Banding,
        ids: impl IntoIterator<Item = Id>,
        signatures: SignatureMatrix,
    ) -> Result<Self, Error>
    where
        Id: Debug,
    {
        let mut index = Self::with_rows(banding, signatures)?;
        index.push_ids(ids, index.rows.len())?;
        index.table.insert_rows(&index.rows, 0);
        Ok(index)
    }

    /// Builds an index from rows and as many ids, of which no two are equal. The banding fits the rows.
    pub(in crate::lsh) fn from_distinct(banding: Banding, ids: Vec<Id>, rows: SignatureMatrix) -> Self {
        let mut index = Self::of_rows(banding, rows);
        index.slots.reserve(ids.len());
        ids.into_iter().for_each(|id| _ = index.slots.push(id));
        index.table.insert_rows(&index.rows, 0);
        index
    }

    /// Returns whether the index has a document with this id.
    #[must_use]
    pub fn contains(&self, id: &Id) -> bool {
        self.slots.slot_of(id).is_some()
    }

    /// Returns a copy of the signature that was inserted under this id, or `None` if there is none.
    #[must_use]
    pub fn signature(&self, id: &Id) -> Option<Signature> {
        self.slots.slot_of(id).and_then(|slot| self.rows.signature(slot as usize))
    }

    /// Adds a document under a new id.
    ///
    /// # Errors
    /// [`Error::DuplicateId`] if the id is in the index, [`Error::Mismatch`] if the signature is of another scheme, and
    /// [`Error::TooManyDocuments`]. Nothing is changed then.
    pub fn insert(&mut self, id: Id, signature: &Signature) -> Result<(), Error>
    where
        Id: Debug,
    {
        // The search for the id waits for the memory too, so it begins while that of the bands is on its way.
        let keys = self.table.prefetched_keys(signature.values());
        if self.contains(&id) {
            return Err(Error::DuplicateId { id: shortened(&id) });
        }
        signature.check_is_of(&self.scheme)?;
        self.push(id, signature.values(), keys)
    }

    /// Adds many documents, as if they were [inserted](Self::insert) one after the other. With the feature `rayon` all
    /// bands are filled in parallel.
    ///
    /// ```
    /// use twinprint::Scheme;
    /// use twinprint::lsh::{Banding, LshIndex};
    ///
    /// let scheme = Scheme::web();
    /// let mut index = LshIndex::new(&scheme, Banding::new(20, 5)?)?;
    /// let signatures = scheme.minhasher().matrix_of_texts(&["one text", "another text"])?;
    /// index.insert_all(["a", "b"], &signatures)?;
    /// assert_eq!(index.len(), 2);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`insert`](Self::insert), and [`Error::WrongLength`] if there are not as many ids as signatures.
    /// Nothing is changed then: all documents are added, or none.
    #[doc(alias = "bulk_insert")]
    #[doc(alias = "par_bulk_insert")]
    #[doc(alias = "insertion_session")]
    pub fn insert_all(&mut self, ids: impl IntoIterator<Item = Id>, signatures: &SignatureMatrix) -> Result<(), Error>
    where
        Id: Debug,
    {
        if !signatures.shares(&self.scheme) {
            self.scheme.check_same(signatures.scheme())?;
        }
        self.push_ids(ids, signatures.len())?;
        let first = self.rows.len();
        self.rows.push_rows(signatures.values());
        self.table.insert_rows(&self.rows, first);
        Ok(())
    }

    /// Gives new ids the next slots, or changes nothing that shows.
    fn push_ids(&mut self, ids: impl IntoIterator<Item = Id>, expected: usize) -> Result<(), Error>
    where
        Id: Debug,
    {
        let ids = Vec::from_iter(ids);
        if ids.len() != expected {
            return Err(Error::WrongLength { field: "ids", found: ids.len(), expected });
        }
        self.make_room(expected)?;
        self.slots.push_all(ids).map_err(|id| Error::DuplicateId { id: shortened(&id) })
    }

    /// Adds a document, or replaces the one with this id. Returns whether it replaced one. A replaced document counts
    /// as inserted last. Costs [`remove`](Self::remove) and [`insert`](Self::insert).
    ///
    /// ```
    /// use twinprint::{Banding, LshIndex, Scheme};
    ///
    /// let scheme = Scheme::builder().custom_features("numbers").build()?;
    /// let hasher = scheme.minhasher();
    /// let mut index = LshIndex::new(&scheme, Banding::new(16, 8)?)?;
    /// index.insert("a", &hasher.signature(&[1, 2, 3]))?;
    /// index.insert("b", &hasher.signature(&[4, 5, 6]))?;
    /// assert!(index.insert("a", &hasher.empty()).is_err());
    /// assert!(index.upsert("a", &hasher.signature(&[7, 8, 9]))?);
    /// assert_eq!(index.ids().collect::<Vec<_>>(), [&"b", &"a"]);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Mismatch`] if the signature is of another scheme, and [`Error::TooManyDocuments`]. Nothing is changed
    /// then.
    pub fn upsert(&mut self, id: Id, signature: &Signature) -> Result<bool, Error> {
        signature.check_is_of(&self.scheme)?;
        let replaced = self.remove(&id);
        let keys = self.table.prefetched_keys(signature.values());
        self.push(id, signature.values(), keys)?;
        Ok(replaced)
    }

    /// Puts a document into the next slot. The keys are those of its row.
    fn push(&mut self, id: Id, row: &[u32], keys: Few) -> Result<(), Error> {
        self.make_room(1)?;
        let slot = self.slots.push(id);
        self.rows.push_rows(row);
        // An empty set is similar to nothing, so it is in no bucket.
        if !is_empty(row) {
            self.table.insert_keys(keys, slot);
        }
        Ok(())
    }

    /// Checks that slot numbers suffice for more documents, if need be after dropping vacant ones.
    fn make_room(&mut self, additional: usize) -> Result<(), Error> {
        self.slots.check_room(additional).or_else(|_| {
            self.compact();
            self.slots.check_room(additional)
        })
    }

    /// Removes a document. Returns whether it was there.
    ///
    /// Its buckets lose it at once, however large they are. Its signature stays until a third of all signatures are of
    /// removed documents. These are then dropped together, in one pass over the index that costs each removal about as
    /// much as moving three documents.
    pub fn remove(&mut self, id: &Id) -> bool {
        let Some(slot) = self.slots.remove(id) else { return false };
        let row = self.rows.row(slot as usize).unwrap_or_default();
        if !is_empty(row) {
            self.table.remove(row, slot);
        }
        let vacant = self.slots.len() - self.slots.ids();
        if vacant >= FEW_VACANT && vacant > self.slots.ids() / 2 {
            self.compact();
        }
        true
    }

    /// Drops the vacant slots.
    fn compact(&mut self) {
        self.rows.retain(|slot| self.slots.id(slot).is_some());
        self.table.renumber(&self.slots.compact());
    }

    /// Makes room for at least this many more documents, so that inserting them does not move the index in memory.
    pub fn reserve(&mut self, additional: usize) {
        let additional = additional.min(MOST_DOCUMENTS as usize - self.slots.len());
        self.slots.reserve(additional);
        self.rows.reserve(additional);
        self.table.reserve(additional);
    }

    /// Gives back memory that holds no document, that of removed documents included.
    pub fn shrink_to_fit(&mut self) {
        if self.slots.len() > self.slots.ids() {
            self.compact();
        }
        self.slots.shrink_to(0);
        self.rows.shrink_to_fit();
        self.table.shrink_to_fit();
    }
}

/// Returns an id as an error message shows it.
pub(crate) fn shortened(id: &impl Debug) -> String {
    let mut text = format!("{id:?}");
    if let Some((cut, _)) = text.char_indices().nth(80) {
        text.truncate(cut);
        text.push('…');
    }
    text
}
