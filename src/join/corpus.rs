//! The distinct shingle sets of a corpus, and which documents have each.

use ahash::AHashMap;
use smallvec::{SmallVec, smallvec};

use super::pairing::{Origin, Pairing};
use super::sets::{Arrived, Block, Opened, Sets};
use crate::error::{Error, MOST_DOCUMENTS};
use crate::minhash::MinHasher;
use crate::mix::{GOLDEN, mix64};
use crate::pairs::{Edge, Group, JoinStats, VerifiedPairs};
use crate::verify::SignedSet;

/// Distinct sets in the order of their first documents. A copy costs four bytes.
#[derive(Clone, Debug)]
pub(super) struct Corpus {
    hasher: MinHasher,
    sets: Sets,
    groups: Vec<Group>,
    /// The first group of each signature, by its hash.
    by_row: AHashMap<u64, u32>,
    /// Groups that are not alone with the hash of their signature, by the hash of their set. Hashes may collide: sets are
    /// compared before they are called equal.
    by_set: AHashMap<u64, SmallVec<[u32; 2]>>,
    pairing: Pairing,
    documents: u32,
    shingles: u64,
    empty: u64,
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

impl Corpus {
    pub(super) fn new(hasher: MinHasher, pairing: Pairing) -> Self {
        Self {
            sets: Sets::new(&hasher),
            hasher,
            groups: Vec::new(),
            by_row: AHashMap::new(),
            by_set: AHashMap::new(),
            pairing,
            documents: 0,
            shingles: 0,
            empty: 0,
        }
    }

    pub(super) fn hasher(&self) -> &MinHasher {
        &self.hasher
    }

    pub(super) fn sets(&self) -> &Sets {
        &self.sets
    }

    pub(super) fn sets_mut(&mut self) -> &mut Sets {
        &mut self.sets
    }

    pub(super) fn pairing(&self) -> &Pairing {
        &self.pairing
    }

    /// Says where the next document is from, before it is added.
    pub(super) fn push_origin(&mut self, origin: Origin) {
        self.pairing.push(origin);
    }

    /// The first document with this set.
    pub(super) fn first_of(&self, group: u32) -> u32 {
        self.groups[group as usize].members[0]
    }

    /// A distinct set with its signature.
    pub(super) fn document(&self, group: u32) -> SignedSet<'_> {
        self.sets.document(group)
    }

    /// The outcome of a join of this corpus; `stats` counts what was done with candidates.
    pub(super) fn into_pairs<Id>(
        mut self,
        ids: Vec<Id>,
        lengths: Vec<u64>,
        (edges, contained): (Vec<Edge>, Option<Vec<Edge>>),
        stats: JoinStats,
    ) -> VerifiedPairs<Id> {
        for (number, group) in (0..).zip(&mut self.groups) {
            if group.members.len() > 1 {
                self.sets.sort(number);
                group.size = self.sets.get(number).len() as u32;
            }
        }
        let documents = u64::from(self.documents);
        let stats = JoinStats {
            documents,
            empty: self.empty,
            copies: documents - self.empty - self.groups.len() as u64,
            shingles: self.shingles,
            verified: edges.len() as u64,
            ..stats
        };
        VerifiedPairs { ids, lengths, groups: self.groups, edges, contained, stats }
    }

    /// Adds the documents of some blocks; returns what became of the last one.
    pub(super) fn add(&mut self, blocks: impl IntoIterator<Item = Block>) -> Result<Added, Error> {
        let (mut last, mut added) = (Added::Empty, Vec::new());
        for block in blocks {
            let opened = self.sets.open(block);
            for number in 0..opened.documents.len() {
                last = self.add_document(&opened, number)?;
            }
            added.push(opened);
        }
        self.sets.close(added);
        Ok(last)
    }

    fn add_document(&mut self, opened: &Opened, number: usize) -> Result<Added, Error> {
        let document = opened.documents[number];
        if self.documents >= MOST_DOCUMENTS {
            return Err(Error::TooManyDocuments);
        }
        self.documents += 1;
        self.shingles += document.length as u64;
        if document.length == 0 {
            self.empty += 1;
            return Ok(Added::Empty);
        }
        let arrived = self.sets.arrived(opened, number);
        let class = self.pairing.class(self.documents - 1);
        let row_hash = document.row_hash ^ mix64(class);
        let Some(&same_row) = self.by_row.get(&row_hash) else {
            let group = self.found(arrived);
            self.by_row.insert(row_hash, group);
            return Ok(Added::New(group));
        };
        // The same text has the same features in the same order.
        if self.is_of(class, same_row) && self.sets.elements_of(arrived) == self.sets.get(same_row) {
            return Ok(self.join(same_row));
        }
        Ok(self.add_by_set(same_row, class, arrived))
    }

    /// Adds a document that has the signature of another set.
    fn add_by_set(&mut self, same_row: u32, class: u64, mut arrived: Arrived) -> Added {
        self.sets.sort(same_row);
        let same_hash = self.by_set.entry(set_hash(self.sets.get(same_row))).or_default();
        if !same_hash.contains(&same_row) {
            same_hash.push(same_row);
        }
        self.sets.sort_arrived(&mut arrived);
        let set = self.sets.elements_of(arrived);
        let hash = set_hash(set);
        let known = self.by_set.get(&hash).map(SmallVec::as_slice).unwrap_or_default();
        if let Some(&group) = known.iter().find(|&&group| self.is_of(class, group) && self.sets.get(group) == set) {
            return self.join(group);
        }
        let group = self.found(arrived);
        self.by_set.entry(hash).or_default().push(group);
        Added::New(group)
    }

    fn is_of(&self, class: u64, group: u32) -> bool {
        self.pairing.class(self.first_of(group)) == class
    }

    fn join(&mut self, group: u32) -> Added {
        self.groups[group as usize].members.push(self.documents - 1);
        Added::Copy(group)
    }

    /// Makes the document a group of its own.
    fn found(&mut self, arrived: Arrived) -> u32 {
        self.groups.push(Group { members: smallvec![self.documents - 1], size: 0 });
        self.sets.keep(arrived)
    }
}

/// A sum of mixed elements: sets are equal or their hashes are unrelated.
fn set_hash(set: &[u64]) -> u64 {
    mix64(set.iter().fold(set.len() as u64, |sum, &x| sum.wrapping_add(mix64(x ^ GOLDEN))))
}
