//! The distinct shingle sets of a corpus, with their signatures, and which documents have each.

use ahash::AHashMap;
use smallvec::{SmallVec, smallvec};

use crate::error::{Error, MOST_DOCUMENTS};
use crate::minhash::{EMPTY, MinHasher, SignatureMatrix};
use crate::mix::{GOLDEN, mix64};
use crate::pairs::{Edge, Group, JoinStats, VerifiedPairs};
use crate::similarity::Document;

/// Sorted sets of `u64` in one block of memory: eight bytes an element.
#[derive(Clone, Debug, Default)]
pub(super) struct SetStore {
    elements: Vec<u64>,
    /// Where each set ends.
    ends: Vec<usize>,
}

impl SetStore {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, number: usize) -> &[u64] {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.elements[start..self.ends[number]]
    }

    fn push(&mut self, set: &[u64]) {
        self.elements.extend_from_slice(set);
        self.ends.push(self.elements.len());
    }
}

/// Distinct sets in the order of their first documents. A copy costs four bytes.
#[derive(Clone, Debug)]
pub(super) struct Corpus {
    hasher: MinHasher,
    sets: SetStore,
    rows: SignatureMatrix,
    groups: Vec<Group>,
    /// Groups by the hash of their set. Hashes may collide: sets are compared before they are called equal.
    by_hash: AHashMap<u64, SmallVec<[u32; 2]>>,
    documents: u32,
    empty: u64,
}

/// A document's features, made ready on any thread.
#[derive(Debug)]
pub(super) struct Prepared {
    /// Sorted and distinct.
    set: Vec<u64>,
    hash: u64,
    row: Vec<u32>,
}

/// What became of a document that was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Added {
    /// It has no features.
    Empty,
    /// Its set is new, and got this group.
    New(u32),
    /// Its set is that of this group.
    Copy(u32),
}

impl Prepared {
    /// Sorts the features and signs them.
    pub(super) fn new(hasher: &MinHasher, mut features: Vec<u64>) -> Self {
        features.sort_unstable();
        features.dedup();
        let mut row = vec![EMPTY; hasher.num_hashes()];
        hasher.update_row(&features, &mut row);
        // A sum of mixed elements: sets are equal or their hashes are unrelated.
        let sum = features.iter().fold(features.len() as u64, |sum, &x| sum.wrapping_add(mix64(x ^ GOLDEN)));
        Self { set: features, hash: mix64(sum), row }
    }
}

impl Corpus {
    pub(super) fn new(hasher: MinHasher) -> Self {
        Self {
            rows: SignatureMatrix::sharing(hasher.shared_scheme()),
            hasher,
            sets: SetStore::default(),
            groups: Vec::new(),
            by_hash: AHashMap::new(),
            documents: 0,
            empty: 0,
        }
    }

    pub(super) fn hasher(&self) -> &MinHasher {
        &self.hasher
    }

    pub(super) fn sets(&self) -> &SetStore {
        &self.sets
    }

    /// The first document with this set.
    pub(super) fn first_of(&self, group: u32) -> u32 {
        self.groups[group as usize].members[0]
    }

    /// The outcome of a join of this corpus; `stats` counts what was done with candidates.
    pub(super) fn into_pairs<Id>(
        self,
        ids: Vec<Id>,
        lengths: Vec<u64>,
        edges: Vec<Edge>,
        stats: JoinStats,
    ) -> VerifiedPairs<Id> {
        let documents = u64::from(self.documents);
        let stats = JoinStats {
            documents,
            empty: self.empty,
            copies: documents - self.empty - self.groups.len() as u64,
            shingles: self.sets.elements.len() as u64,
            verified: edges.len() as u64,
            ..stats
        };
        VerifiedPairs { ids, lengths, groups: self.groups, edges, stats }
    }

    /// A distinct set with its signature. The group exists.
    pub(super) fn document(&self, group: u32) -> Document<'_> {
        let number = group as usize;
        Document { row: self.rows.row(number).unwrap_or_default(), set: self.sets.get(number) }
    }

    pub(super) fn row(&self, group: u32) -> &[u32] {
        self.rows.row(group as usize).unwrap_or_default()
    }

    /// Adds the next document.
    pub(super) fn add(&mut self, prepared: &Prepared) -> Result<Added, Error> {
        if self.documents >= MOST_DOCUMENTS {
            return Err(Error::TooManyDocuments);
        }
        let number = self.documents;
        self.documents += 1;
        if prepared.set.is_empty() {
            self.empty += 1;
            return Ok(Added::Empty);
        }
        let same_hash = self.by_hash.entry(prepared.hash).or_default();
        let equal = same_hash.iter().copied().find(|&group| self.sets.get(group as usize) == prepared.set);
        if let Some(group) = equal {
            self.groups[group as usize].members.push(number);
            return Ok(Added::Copy(group));
        }
        let group = self.groups.len() as u32;
        same_hash.push(group);
        self.sets.push(&prepared.set);
        self.rows.push_row(&prepared.row);
        self.groups.push(Group { members: smallvec![number], size: prepared.set.len() as u32 });
        Ok(Added::New(group))
    }
}
