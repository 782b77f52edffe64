//! The online index.

use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

use super::ids::Ids;
use super::{BandTable, Banding};
use crate::error::{Error, MOST_DOCUMENTS, Mismatch, similarity};
use crate::minhash::{Estimate, Signature, SignatureMatrix, is_empty};
use crate::scheme::Scheme;

/// Documents by their signatures, to be asked at any time which are like a given one.
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
/// # Ok::<(), twinprint::Error>(())
/// ```
///
/// Every answer is in a defined order, which depends on the order of insertion and on nothing else. A signature of an
/// empty set is kept, and is never found.
#[derive(Clone, Debug)]
pub struct LshIndex<Id> {
    scheme: Arc<Scheme>,
    banding: Banding,
    /// Slots ascend in the order of insertion, so that what is found in order of slots is in order of insertion.
    ids: Ids<Id>,
    /// One signature a slot.
    rows: SignatureMatrix,
    table: BandTable,
}

/// Fewer vacant slots than this are left as they are.
const FEW_VACANT: usize = 32;

/// A document that a query found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit<'a, Id> {
    /// Its id.
    pub id: &'a Id,
    /// Its estimated Jaccard similarity to what was asked, 0 to 1.
    pub jaccard: f64,
    /// The estimate with its standard error.
    pub estimate: Estimate,
}

/// Two documents that share a band. A candidate is not a duplicate: it wants verification.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate<'a, Id> {
    /// The id that was inserted first.
    pub left: &'a Id,
    /// The id that was inserted later.
    pub right: &'a Id,
    /// What their signatures say of their similarity.
    pub estimate: Estimate,
}

/// What an index holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct IndexStats {
    /// Documents.
    pub documents: usize,
    /// Documents with an empty set, which are never found.
    pub empty: usize,
    /// Buckets that hold at least one document, over all bands.
    pub buckets: usize,
    /// Documents in the largest bucket.
    pub largest_bucket: usize,
    /// Bytes of the signatures.
    pub signature_bytes: usize,
    /// Bytes of all the rest, as far as it can be told: tables, buckets and ids, without what ids own elsewhere.
    pub index_bytes: usize,
}

impl<Id: Eq + Hash> LshIndex<Id> {
    /// An empty index for signatures of one scheme.
    ///
    /// # Errors
    /// [`Error::BandingTooLarge`] where the scheme's signatures are too short for the banding.
    pub fn new(scheme: &Scheme, banding: Banding) -> Result<Self, Error> {
        banding.check_fits(scheme.sketch().num_hashes())?;
        let scheme = Arc::new(scheme.clone());
        Ok(Self {
            table: BandTable::new(banding, scheme.sketch().seed()),
            rows: SignatureMatrix::sharing(&scheme),
            scheme,
            banding,
            ids: Ids::new(),
        })
    }

    /// The scheme of its signatures.
    #[must_use]
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// How signatures are cut.
    #[must_use]
    pub fn banding(&self) -> Banding {
        self.banding
    }

    /// How many documents it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.len() == 0
    }

    /// Whether it holds this id.
    #[must_use]
    pub fn contains(&self, id: &Id) -> bool {
        self.ids.slot_of(id).is_some()
    }

    /// The signature that was inserted under this id.
    #[must_use]
    pub fn signature(&self, id: &Id) -> Option<Signature> {
        self.ids.slot_of(id).and_then(|slot| self.rows.signature(slot as usize))
    }

    /// Adds a document under a new id.
    ///
    /// # Errors
    /// [`Error::DuplicateId`] where the id is taken, [`Error::Mismatch`] where the signature is of another scheme,
    /// [`Error::TooManyDocuments`]. The index is as before then.
    pub fn insert(&mut self, id: Id, signature: &Signature) -> Result<(), Error>
    where
        Id: Debug,
    {
        if self.contains(&id) {
            return Err(Error::DuplicateId { id: shortened(&id) });
        }
        self.check(signature)?;
        self.push(id, signature.values())
    }

    /// Adds a document, or replaces the one of this id; returns whether it replaced one. A replaced document counts as
    /// inserted now. Costs [`remove`](Self::remove) and [`insert`](Self::insert).
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the signature is of another scheme; the index is as before then.
    /// [`Error::TooManyDocuments`].
    pub fn upsert(&mut self, id: Id, signature: &Signature) -> Result<bool, Error> {
        self.check(signature)?;
        let replaced = self.remove(&id);
        self.push(id, signature.values())?;
        Ok(replaced)
    }

    fn check(&self, signature: &Signature) -> Result<(), Mismatch> {
        if signature.is_of(&self.scheme) { Ok(()) } else { self.scheme.check_same(signature.scheme()) }
    }

    /// Puts a document into the next slot.
    fn push(&mut self, id: Id, row: &[u32]) -> Result<(), Error> {
        if self.ids.slots() >= MOST_DOCUMENTS as usize {
            self.compact();
        }
        if self.ids.slots() >= MOST_DOCUMENTS as usize {
            return Err(Error::TooManyDocuments);
        }
        let slot = self.ids.push(id);
        self.rows.push_row(row);
        if !is_empty(row) {
            self.table.insert(row, slot);
        }
        Ok(())
    }

    /// Removes a document; returns whether it was there.
    ///
    /// Its buckets lose it at once, however large they are; its signature stays until there is one such for every two
    /// documents. All are dropped together then, in one pass over the index that costs each removal about three
    /// documents moved.
    pub fn remove(&mut self, id: &Id) -> bool {
        let Some(slot) = self.ids.remove(id) else { return false };
        let row = self.rows.row(slot as usize).unwrap_or_default();
        if !is_empty(row) {
            self.table.remove(row, slot);
        }
        let vacant = self.ids.slots() - self.ids.len();
        if vacant >= FEW_VACANT && vacant > self.ids.len() / 2 {
            self.compact();
        }
        true
    }

    /// Drops the vacant slots.
    fn compact(&mut self) {
        self.rows.retain(|slot| self.ids.id(slot).is_some());
        self.table.renumber(&self.ids.compact());
    }

    /// The documents that share a band with the signature and whose estimated similarity is at least `threshold`; the
    /// most similar first, of equally similar ones the first inserted.
    ///
    /// The index has no sets, so the threshold cuts the estimate: a pair exactly at it passes about half the time. To
    /// find the pairs at a similarity surely, ask for two or three [standard errors](Estimate::standard_error) less,
    /// and verify what is found.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] where the threshold is not within 0 (exclusive) to 1, [`Error::Mismatch`] where the
    /// signature is of another scheme.
    pub fn query(&self, signature: &Signature, threshold: f64) -> Result<Vec<Hit<'_, Id>>, Error> {
        similarity("threshold", threshold)?;
        self.ranked(signature, threshold)
    }

    /// The `count` most similar documents of those that share a band with the signature, in the order of
    /// [`query`](Self::query).
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the signature is of another scheme.
    pub fn nearest(&self, signature: &Signature, count: usize) -> Result<Vec<Hit<'_, Id>>, Error> {
        let mut found = self.ranked(signature, 0.0)?;
        found.truncate(count);
        Ok(found)
    }

    /// Every pair of documents that share a band, once, by order of insertion of the left and then of the right one.
    ///
    /// Pairs are made as they are asked for: the memory needed is that of one document's candidates. A thousand copies
    /// of one text are half a million pairs all the same; [`SimilarityJoin`](crate::SimilarityJoin) groups them.
    pub fn candidate_pairs(&self) -> impl Iterator<Item = Candidate<'_, Id>> + '_ {
        (0..self.ids.slots()).flat_map(|slot| self.later_candidates(slot))
    }

    fn later_candidates(&self, slot: usize) -> Vec<Candidate<'_, Id>> {
        let (Some(left), Some(row)) = (self.ids.id(slot), self.rows.row(slot)) else { return Vec::new() };
        if is_empty(row) {
            return Vec::new();
        }
        let like = self.table.like(row);
        let later = like.iter().map(|&other| other as usize).filter(|&other| other > slot);
        let candidate = |other| {
            let estimate = Estimate::from_rows(row, self.rows.row(other)?);
            Some(Candidate { left, right: self.ids.id(other)?, estimate })
        };
        later.filter_map(candidate).collect()
    }

    /// The documents that share a band with the signature and have at least this similarity: most similar first, of
    /// equals the first inserted first.
    fn ranked(&self, signature: &Signature, least: f64) -> Result<Vec<Hit<'_, Id>>, Error> {
        self.check(signature)?;
        if signature.is_empty() {
            return Ok(Vec::new());
        }
        let hit = |&slot: &u32| {
            let estimate = Estimate::from_rows(self.rows.row(slot as usize)?, signature.values());
            let hit = Hit { id: self.ids.id(slot as usize)?, jaccard: estimate.jaccard, estimate };
            (hit.jaccard >= least).then_some(hit)
        };
        let mut hits: Vec<_> = self.table.like(signature.values()).iter().filter_map(hit).collect();
        // The sort is stable, and slots ascend.
        hits.sort_by(|a, b| b.jaccard.total_cmp(&a.jaccard));
        Ok(hits)
    }

    /// What the index holds.
    #[must_use]
    pub fn stats(&self) -> IndexStats {
        let held = |slot: &usize| self.ids.id(*slot).is_some() && self.rows.row(*slot).is_some_and(is_empty);
        IndexStats {
            documents: self.len(),
            empty: (0..self.ids.slots()).filter(held).count(),
            buckets: self.table.buckets(),
            largest_bucket: self.table.largest_bucket(),
            signature_bytes: self.rows.bytes(),
            index_bytes: self.table.bytes() + self.ids.bytes(),
        }
    }
}

/// An id for an error message.
pub(crate) fn shortened(id: &impl Debug) -> String {
    let mut text = format!("{id:?}");
    if let Some((cut, _)) = text.char_indices().nth(80) {
        text.truncate(cut);
        text.push('…');
    }
    text
}
