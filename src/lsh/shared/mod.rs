//! The online index that threads share: they insert, replace, remove and ask at the same time.

mod bands;
mod convert;
mod counts;
mod documents;
mod ids;
mod query;
mod segments;
mod stats;
mod sync;

use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

pub use query::OwnedHit;

use self::bands::{Bands, Places, WrittenBands};
use self::counts::Counts;
use self::documents::{Document, Documents};
use self::ids::{IdHash, Ids, Numbers};
use super::{Banding, shortened};
use crate::error::{Error, MOST_DOCUMENTS};
use crate::minhash::Signature;
use crate::scheme::Scheme;

/// Indexes documents by their signatures, for many threads at once: all methods take `&self`, and no lock around the index is needed.
///
/// Use it where threads write while others ask. For one thread, or for many that only ask, an [`LshIndex`](crate::LshIndex) takes
/// half to two thirds of the time, and it adds many documents at once: fill one, and make this of it by `from`. Two threads that
/// only insert gain nothing by it either; with queries among their inserts, a lock around an `LshIndex` takes a quarter longer
/// (BENCHMARKS.md).
///
/// ```
/// use std::thread;
/// use twinprint::lsh::{Banding, SharedIndex};
/// use twinprint::Scheme;
///
/// let scheme = Scheme::builder().custom_features("numbers").build()?;
/// let hasher = scheme.minhasher();
/// let index = SharedIndex::new(&scheme, Banding::for_threshold(0.5).plan()?)?;
/// // Of eight threads that bring the same document, one inserts it.
/// let signature = hasher.signature(&[1, 2, 3]);
/// let inserted = thread::scope(|scope| {
///     let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| index.insert("page", &signature).is_ok())).collect();
///     threads.into_iter().filter_map(|thread| thread.join().ok()).filter(|&inserted| inserted).count()
/// });
/// assert_eq!((inserted, index.len()), (1, 1));
/// assert_eq!(index.query(&signature, 0.9)?[0].id, "page");
/// # Ok::<(), twinprint::Error>(())
/// ```
///
/// # Guarantees
///
/// * Each call acts at one moment between its beginning and its end, as if calls came one after the other (it is linearizable). A
///   document whose insertion has returned is found by every query that begins later. One that is being inserted, replaced or
///   removed is found as it was before or as it is after: never in part, never twice, and never not at all while it is replaced.
///   A query that finds a document also finds all those that were inserted before it, as far as they are similar.
/// * Calls that come one after the other are answered as by an [`LshIndex`](crate::LshIndex), in the same order. That of documents
///   which are inserted at the same time depends on the threads.
/// * Of several insertions of one id, one succeeds.
/// * No call waits for ever. Locks are held by a call while it works and not between calls, and each call takes them in one order.
/// * The memory of removed documents is free for new ones at once. No pass over the index stops others, except once in two billion
///   insertions, when numbers of documents begin again.
///
/// # How threads wait
///
/// The table of each band is cut into 256 segments by key, with a lock each, and a call locks one segment of each band. Queries do not
/// wait for each other. With 16 bands, a writer meets any other call that is at work with a probability of 16 in 256, and waits for a
/// microsecond or two then. Where thousands of documents are in one bucket, a query of it compares all of them, and writers to
/// that bucket wait so long.
///
/// Locks of ids come first, then those of bands in ascending order. The lock of a document's row comes last, and nothing is locked
/// while it is held. `Eq`, `Hash` and `Clone` of an id are called under these locks, so they must not use the index.
///
/// An empty index takes 32 KiB a band; [`stats`](Self::stats) tells what a filled one takes.
pub struct SharedIndex<Id> {
    scheme: Arc<Scheme>,
    banding: Banding,
    ids: Ids,
    bands: Bands,
    documents: Documents<Id>,
    counts: Counts,
}

/// How state is cut.
#[derive(Clone, Copy)]
struct Layout {
    /// A band has two to this power segments.
    band_bits: u32,
    /// The number of segments of ids, and of documents.
    segments: usize,
    /// Numbers of documents are below it.
    most: u32,
}

const LAYOUT: Layout = Layout { band_bits: 8, segments: 256, most: MOST_DOCUMENTS };

/// What became of a document.
enum Put<Id> {
    Added,
    /// The document that it replaced, to be dropped when nothing is locked.
    Replaced(Option<Document<Id>>),
    /// Its id is known.
    Refused(Id),
    /// All numbers are used.
    Exhausted(Id),
}

impl<Id> SharedIndex<Id> {
    fn with_layout(scheme: Arc<Scheme>, banding: Banding, layout: Layout) -> Self {
        Self {
            banding,
            ids: Ids::new(layout.segments),
            bands: Bands::new(banding, scheme.sketch().seed(), layout.band_bits),
            documents: Documents::new(layout.segments),
            counts: Counts::new(layout.most),
            scheme,
        }
    }

    /// Creates an empty index for signatures of one scheme.
    ///
    /// # Errors
    /// [`Error::BandingTooLarge`] if the scheme's signatures have fewer positions than the banding needs.
    pub fn new(scheme: &Scheme, banding: Banding) -> Result<Self, Error> {
        banding.check_fits(scheme.sketch().num_hashes())?;
        Ok(Self::with_layout(Arc::new(scheme.clone()), banding, LAYOUT))
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
        self.counts.documents()
    }

    /// Returns whether there are no documents.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Gives the documents the least numbers, in the same order, when all numbers are used.
    fn renumber(&self) -> Result<(), Error> {
        let (mut ids, mut bands) = (self.ids.write_all(), self.bands.write_all());
        // Another thread may have done it, while this one waited.
        if !self.counts.is_exhausted() {
            return Ok(());
        }
        if self.counts.is_full() {
            return Err(Error::TooManyDocuments);
        }
        let mut documents = self.documents.take_all();
        documents.sort_unstable_by_key(|document| document.number);
        let old: Vec<u32> = documents.iter().map(|document| document.number).collect();
        let new = |number| old.partition_point(|&other| other < number) as u32;
        ids.iter_mut().for_each(|numbers| numbers.renumber(new));
        bands.renumber(new);
        for (number, document) in (0..).zip(documents) {
            self.documents.insert(Document { number, ..document });
        }
        self.counts.restart(old.len() as u32);
        Ok(())
    }
}

impl<Id: Eq + Hash> SharedIndex<Id> {
    /// Returns whether the index has a document with this id.
    #[must_use]
    pub fn contains(&self, id: &Id) -> bool {
        let hash = self.ids.hash(id);
        self.find(&self.ids.read(hash), hash, id).is_some()
    }

    /// Returns a copy of the signature that was inserted under this id, or `None` if there is none.
    #[must_use]
    pub fn signature(&self, id: &Id) -> Option<Signature> {
        let hash = self.ids.hash(id);
        let numbers = self.ids.read(hash);
        let number = self.find(&numbers, hash, id)?;
        self.documents.with(number, |document| Signature::new(Arc::clone(&self.scheme), document.row.clone()))
    }

    /// Adds a document under a new id.
    ///
    /// # Errors
    /// [`Error::DuplicateId`] if the id is in the index, [`Error::Mismatch`] if the signature is of another scheme, and
    /// [`Error::TooManyDocuments`]. Nothing is changed then.
    pub fn insert(&self, id: Id, signature: &Signature) -> Result<(), Error>
    where
        Id: fmt::Debug,
    {
        match self.put(id, signature, false)? {
            Put::Refused(id) => Err(Error::DuplicateId { id: shortened(&id) }),
            _ => Ok(()),
        }
    }

    /// Adds a document, or replaces the one with this id. Returns whether it replaced one. A replaced document counts as inserted
    /// last.
    ///
    /// ```
    /// use twinprint::lsh::{Banding, SharedIndex};
    /// use twinprint::Scheme;
    ///
    /// let scheme = Scheme::builder().custom_features("numbers").build()?;
    /// let hasher = scheme.minhasher();
    /// let index = SharedIndex::new(&scheme, Banding::new(16, 8)?)?;
    /// assert!(!index.upsert("a", &hasher.signature(&[1, 2, 3]))?);
    /// assert!(index.upsert("a", &hasher.signature(&[7, 8, 9]))?);
    /// assert!(index.query(&hasher.signature(&[1, 2, 3]), 0.5)?.is_empty());
    /// assert_eq!(index.query(&hasher.signature(&[7, 8, 9]), 0.5)?[0].id, "a");
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Mismatch`] if the signature is of another scheme, and [`Error::TooManyDocuments`]. Nothing is changed then.
    pub fn upsert(&self, id: Id, signature: &Signature) -> Result<bool, Error> {
        Ok(matches!(self.put(id, signature, true)?, Put::Replaced(_)))
    }

    /// Removes a document. Returns whether it was there. Its memory is free at once.
    pub fn remove(&self, id: &Id) -> bool {
        self.take(id).is_some()
    }

    fn put(&self, mut id: Id, signature: &Signature, replace: bool) -> Result<Put<Id>, Error> {
        signature.check_is_of(&self.scheme)?;
        let (hash, places) = (self.ids.hash(&id), self.bands.places(signature.values()));
        loop {
            match self.try_put(id, hash, signature.values(), &places, replace) {
                Put::Exhausted(returned) => id = returned,
                put => return Ok(put),
            }
            self.renumber()?;
        }
    }

    /// Adds a document if a number is left for it. All that it touches is locked before the first change, and let go after the last.
    fn try_put(&self, id: Id, hash: IdHash, row: &[u32], places: &Places, replace: bool) -> Put<Id> {
        let mut numbers = self.ids.write(hash);
        let old = self.find(&numbers, hash, &id);
        if old.is_some() && !replace {
            return Put::Refused(id);
        }
        let row = Box::from(row);
        let old_places = old.map(|old| self.places_of(old)).unwrap_or_default();
        let mut bands = self.bands.write(&old_places, places);
        let Some(number) = self.counts.number() else { return Put::Exhausted(id) };
        let put = match old {
            Some(old) => Put::Replaced(self.unlink(old, hash, &old_places, &mut numbers, &mut bands)),
            None => Put::Added,
        };
        self.documents.insert(Document { number, id, row });
        bands.insert(places, number);
        numbers.insert(hash, number);
        if matches!(put, Put::Added) {
            self.counts.add();
        }
        put
    }

    /// Takes a document out. The caller drops it when nothing is locked.
    fn take(&self, id: &Id) -> Option<Document<Id>> {
        let hash = self.ids.hash(id);
        let mut numbers = self.ids.write(hash);
        let number = self.find(&numbers, hash, id)?;
        let places = self.places_of(number);
        let mut bands = self.bands.write(&places, &Places::new());
        self.counts.subtract();
        self.unlink(number, hash, &places, &mut numbers, &mut bands)
    }

    /// Removes a document from everywhere; its id and its places are locked.
    fn unlink(
        &self,
        number: u32,
        hash: IdHash,
        places: &Places,
        numbers: &mut Numbers,
        bands: &mut WrittenBands<'_>,
    ) -> Option<Document<Id>> {
        numbers.remove(hash, number);
        bands.remove(places, number);
        self.documents.remove(number)
    }

    fn find(&self, numbers: &Numbers, hash: IdHash, id: &Id) -> Option<u32> {
        numbers.find(hash, |number| self.documents.with(number, |document| document.id == *id) == Some(true))
    }

    fn places_of(&self, number: u32) -> Places {
        self.documents.with(number, |document| self.bands.places(&document.row)).unwrap_or_default()
    }
}

/// Shows no documents: to show them would lock them.
impl<Id> fmt::Debug for SharedIndex<Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("SharedIndex");
        fields.field("scheme", &self.scheme).field("banding", &self.banding).field("len", &self.len());
        fields.finish_non_exhaustive()
    }
}

#[cfg(all(test, shuttle))]
mod interleavings;
#[cfg(all(test, not(shuttle)))]
mod tests;
