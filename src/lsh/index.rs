//! The online index.

use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

use ahash::AHashMap;

use super::{BandTable, Banding};
use crate::error::{Error, Mismatch, similarity};
use crate::minhash::{Estimate, Signature, SignatureMatrix};
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
    /// One signature a slot.
    rows: SignatureMatrix,
    slots: Vec<Option<Slot<Id>>>,
    free: Vec<u32>,
    slot_of: AHashMap<Id, u32>,
    table: BandTable,
    inserted: u64,
}

#[derive(Clone, Debug)]
struct Slot<Id> {
    id: Id,
    /// When it was inserted: what ties are ordered by.
    number: u64,
}

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

impl<Id: Eq + Hash + Clone> LshIndex<Id> {
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
            slots: Vec::new(),
            free: Vec::new(),
            slot_of: AHashMap::new(),
            inserted: 0,
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
        self.slot_of.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slot_of.is_empty()
    }

    /// Whether it holds this id.
    #[must_use]
    pub fn contains(&self, id: &Id) -> bool {
        self.slot_of.contains_key(id)
    }

    /// The signature that was inserted under this id.
    #[must_use]
    pub fn signature(&self, id: &Id) -> Option<Signature> {
        self.slot_of.get(id).and_then(|&slot| self.rows.signature(slot as usize))
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
        if self.slot_of.contains_key(&id) {
            return Err(Error::DuplicateId { id: shortened(&id) });
        }
        self.upsert(id, signature).map(|_| ())
    }

    /// Adds a document, or replaces the one of this id; returns whether it replaced one. A replaced document counts as
    /// inserted now.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the signature is of another scheme; the index is as before then.
    /// [`Error::TooManyDocuments`].
    pub fn upsert(&mut self, id: Id, signature: &Signature) -> Result<bool, Error> {
        self.check(signature)?;
        let replaced = self.remove(&id);
        let slot = self.take_slot(signature.values())?;
        if !signature.is_empty() {
            self.table.insert(signature.values(), slot);
        }
        self.slots[slot as usize] = Some(Slot { id: id.clone(), number: self.inserted });
        self.inserted += 1;
        self.slot_of.insert(id, slot);
        Ok(replaced)
    }

    fn check(&self, signature: &Signature) -> Result<(), Mismatch> {
        if signature.is_of(&self.scheme) { Ok(()) } else { self.scheme.check_same(signature.scheme()) }
    }

    /// A slot that holds this row.
    fn take_slot(&mut self, row: &[u32]) -> Result<u32, Error> {
        if let Some(slot) = self.free.pop() {
            self.rows.replace(slot as usize, row);
            return Ok(slot);
        }
        let slot = u32::try_from(self.slots.len()).map_err(|_| Error::TooManyDocuments)?;
        self.rows.push_row(row);
        self.slots.push(None);
        Ok(slot)
    }

    /// Removes a document; returns whether it was there.
    pub fn remove(&mut self, id: &Id) -> bool {
        let Some(slot) = self.slot_of.remove(id) else { return false };
        let row = self.rows.row(slot as usize).unwrap_or_default();
        self.table.remove(row, slot);
        self.slots[slot as usize] = None;
        self.free.push(slot);
        true
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
        let mut found = self.candidates_of(signature)?;
        found.retain(|(hit, _)| hit.jaccard >= threshold);
        Ok(ranked(found))
    }

    /// The `count` most similar documents of those that share a band with the signature, in the order of
    /// [`query`](Self::query).
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the signature is of another scheme.
    pub fn nearest(&self, signature: &Signature, count: usize) -> Result<Vec<Hit<'_, Id>>, Error> {
        let mut found = ranked(self.candidates_of(signature)?);
        found.truncate(count);
        Ok(found)
    }

    /// Every pair of documents that share a band, once, by order of insertion of the left and then of the right one.
    ///
    /// Pairs are made as they are asked for: the memory needed is that of one document's candidates. A thousand copies
    /// of one text are half a million pairs all the same; [`SimilarityJoin`](crate::SimilarityJoin) groups them.
    pub fn candidate_pairs(&self) -> impl Iterator<Item = Candidate<'_, Id>> + '_ {
        let mut order: Vec<(u64, u32)> = (0..)
            .zip(&self.slots)
            .filter_map(|(slot, document)| document.as_ref().map(|document| (document.number, slot)))
            .collect();
        order.sort_unstable();
        order.into_iter().flat_map(move |(number, slot)| self.later_candidates(number, slot))
    }

    fn later_candidates(&self, number: u64, slot: u32) -> Vec<Candidate<'_, Id>> {
        let Some(left) = self.slots[slot as usize].as_ref() else { return Vec::new() };
        let row = self.rows.row(slot as usize).unwrap_or_default();
        let mut found: Vec<(u64, u32)> = self
            .table
            .like(row)
            .into_iter()
            .filter_map(|other| self.slots[other as usize].as_ref().map(|document| (document.number, other)))
            .filter(|other| other.0 > number)
            .collect();
        found.sort_unstable();
        found
            .into_iter()
            .filter_map(|(_, other)| {
                let right = self.slots[other as usize].as_ref()?;
                let estimate = self.rows.estimate(slot as usize, other as usize)?;
                Some(Candidate { left: &left.id, right: &right.id, estimate })
            })
            .collect()
    }

    fn candidates_of(&self, signature: &Signature) -> Result<Vec<(Hit<'_, Id>, u64)>, Error> {
        self.check(signature)?;
        if signature.is_empty() {
            return Ok(Vec::new());
        }
        let hit = |slot: u32| {
            let document = self.slots[slot as usize].as_ref()?;
            let estimate = Estimate::of_rows(self.rows.row(slot as usize)?, signature.values());
            Some((Hit { id: &document.id, jaccard: estimate.jaccard, estimate }, document.number))
        };
        Ok(self.table.like(signature.values()).into_iter().filter_map(hit).collect())
    }

    /// What the index holds.
    #[must_use]
    pub fn stats(&self) -> IndexStats {
        let ids = self.slots.capacity() * size_of::<Option<Slot<Id>>>()
            + self.slot_of.capacity() * 8 / 7 * (size_of::<(Id, u32)>() + 1);
        let held = |slot: &u32| self.rows.signature(*slot as usize).is_some_and(|s| s.is_empty());
        IndexStats {
            documents: self.len(),
            empty: self.slot_of.values().filter(|slot| held(slot)).count(),
            buckets: self.table.buckets(),
            largest_bucket: self.table.largest_bucket(),
            signature_bytes: self.rows.bytes(),
            index_bytes: self.table.bytes() + ids + self.free.capacity() * 4,
        }
    }
}

/// Most similar first; of equals, first inserted first.
fn ranked<Id>(mut found: Vec<(Hit<'_, Id>, u64)>) -> Vec<Hit<'_, Id>> {
    found.sort_by(|(a, a_number), (b, b_number)| b.jaccard.total_cmp(&a.jaccard).then(a_number.cmp(b_number)));
    found.into_iter().map(|(hit, _)| hit).collect()
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
