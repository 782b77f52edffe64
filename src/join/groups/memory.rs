//! The distinct shingle sets of a corpus, and which documents have each.

use ahash::AHashMap;
use smallvec::SmallVec;

use crate::join::edge::{Edge, MemberRecord, join};
use crate::join::origin::PairFilter;
use crate::join::stats::JoinStats;
use crate::join::storage::memory::{Sets, Unplaced};
use crate::join::storage::set_block::{Prepared, SetBlock};
use crate::minhash::MinHasher;
use crate::mix::{GOLDEN, mix64};
use crate::verify::SignedSet;

/// Distinct sets in the order of their first documents.
#[derive(Clone, Debug)]
pub(crate) struct DistinctSets {
    hasher: MinHasher,
    sets: Sets,
    /// The first document of each group.
    firsts: Vec<u32>,
    /// The hash of the text of each document.
    texts: Vec<u64>,
    /// Further documents, in the order in which they came.
    members: Vec<Equal>,
    /// The first document of a group with a text that is not that of the first one, by the group and the hash of the text.
    other_texts: AHashMap<(u32, u64), u32>,
    copies: u64,
    /// The first group of each signature, by its hash.
    by_row: AHashMap<u64, u32>,
    /// Groups that are not alone with the hash of their signature, by the hash of their set. Hashes may collide: sets are
    /// compared before they are called equal.
    by_set: AHashMap<u64, SmallVec<[u32; 2]>>,
    documents: u32,
    shingles: u64,
    empty: u64,
}

/// A document whose set equals that of an earlier one.
#[derive(Clone, Copy, Debug)]
struct Equal {
    document: u32,
    group: u32,
    /// The first document of the group with the same text, which may be this one.
    same_text: u32,
}

/// What became of a document that was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Added {
    /// It has no features.
    Empty,
    /// Its set is new, and got this group.
    New(u32),
    /// Its set is that of this group, in which the document named was the first with the same text, if any had it.
    Equal(u32, Option<u32>),
}

impl DistinctSets {
    pub(crate) fn new(hasher: MinHasher) -> Self {
        Self {
            sets: Sets::new(&hasher),
            hasher,
            firsts: Vec::new(),
            texts: Vec::new(),
            members: Vec::new(),
            other_texts: AHashMap::new(),
            copies: 0,
            by_row: AHashMap::new(),
            by_set: AHashMap::new(),
            documents: 0,
            shingles: 0,
            empty: 0,
        }
    }

    pub(crate) fn hasher(&self) -> &MinHasher {
        &self.hasher
    }

    pub(crate) fn sets(&self) -> &Sets {
        &self.sets
    }

    pub(crate) fn sets_mut(&mut self) -> &mut Sets {
        &mut self.sets
    }

    /// Returns the first document with this set.
    pub(crate) fn first_of(&self, group: u32) -> u32 {
        self.firsts[group as usize]
    }

    /// Returns a distinct set with its signature.
    pub(crate) fn document(&self, group: u32) -> SignedSet<'_> {
        self.sets.document(group)
    }

    /// Turns edges between groups, sorted, into edges between their first documents, which have the same order.
    pub(crate) fn by_documents(&self, mut edges: Vec<Edge>) -> Vec<Edge> {
        for edge in &mut edges {
            (edge.left, edge.right) = (self.first_of(edge.left), self.first_of(edge.right));
        }
        edges
    }

    /// Returns the documents whose sets equal those of earlier ones.
    pub(crate) fn members(&mut self) -> Vec<MemberRecord> {
        let mut groups: Vec<u32> = self.members.iter().map(|member| member.group).collect();
        groups.sort_unstable();
        groups.dedup();
        self.sets.sort_all(groups);
        let record = |&Equal { document, group, same_text }: &Equal| {
            let size = self.sets.get(group).len() as u32;
            [join(document, self.firsts[group as usize]), join(same_text, size)]
        };
        self.members.iter().map(record).collect()
    }

    /// Returns the hash of the text of each document.
    pub(crate) fn take_texts(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.texts)
    }

    /// Adds the counts of documents.
    pub(crate) fn count(&self, stats: &mut JoinStats) {
        stats.documents = u64::from(self.documents);
        (stats.empty, stats.shingles) = (self.empty, self.shingles);
        (stats.equal_sets, stats.copies) = (self.members.len() as u64, self.copies);
    }

    /// Adds the documents of some blocks, whose origins the filter knows. Returns what became of the last one, and the blocks, which can
    /// be filled again.
    pub(crate) fn add(
        &mut self,
        blocks: impl IntoIterator<Item = SetBlock>,
        filter: &PairFilter,
    ) -> (Added, Vec<SetBlock>) {
        let mut last = Added::Empty;
        for block in blocks {
            for (number, document) in self.sets.append(block).into_iter().enumerate() {
                last = self.add_document(document, number, filter);
            }
        }
        (last, self.sets.settle())
    }

    fn add_document(&mut self, document: Prepared, number: usize, filter: &PairFilter) -> Added {
        self.documents += 1;
        self.texts.push(document.text);
        self.shingles += document.length as u64;
        if document.length == 0 {
            self.empty += 1;
            return Added::Empty;
        }
        let unplaced = self.sets.unplaced(document, number);
        let class = filter.group_class(self.documents - 1);
        let row_hash = document.row_hash ^ mix64(class);
        let Some(&same_row) = self.by_row.get(&row_hash) else {
            let group = self.start_group(unplaced);
            self.by_row.insert(row_hash, group);
            return Added::New(group);
        };
        // The same text has the same features in the same order.
        if self.same_class(filter, class, same_row) && self.sets.elements_of(unplaced) == self.sets.get(same_row) {
            return self.add_to_group(same_row, document.text);
        }
        self.add_by_set(same_row, (filter, class), (unplaced, document.text))
    }

    /// Adds a document that has the signature of another set.
    fn add_by_set(
        &mut self,
        same_row: u32,
        (filter, class): (&PairFilter, u64),
        (mut unplaced, text): (Unplaced, u64),
    ) -> Added {
        self.sets.sort(same_row);
        let same_hash = self.by_set.entry(set_hash(self.sets.get(same_row))).or_default();
        if !same_hash.contains(&same_row) {
            same_hash.push(same_row);
        }
        self.sets.sort_unplaced(&mut unplaced);
        let set = self.sets.elements_of(unplaced);
        let hash = set_hash(set);
        let known = self.by_set.get(&hash).map(SmallVec::as_slice).unwrap_or_default();
        if let Some(&group) =
            known.iter().find(|&&group| self.same_class(filter, class, group) && self.sets.get(group) == set)
        {
            return self.add_to_group(group, text);
        }
        let group = self.start_group(unplaced);
        self.by_set.entry(hash).or_default().push(group);
        Added::New(group)
    }

    fn same_class(&self, filter: &PairFilter, class: u64, group: u32) -> bool {
        filter.group_class(self.first_of(group)) == class
    }

    fn add_to_group(&mut self, group: u32, text: u64) -> Added {
        let document = self.documents - 1;
        let same_text = if text == self.texts[self.first_of(group) as usize] {
            self.first_of(group)
        } else {
            *self.other_texts.entry((group, text)).or_insert(document)
        };
        self.members.push(Equal { document, group, same_text });
        let is_copy = same_text != document;
        self.copies += u64::from(is_copy);
        Added::Equal(group, is_copy.then_some(same_text))
    }

    /// Makes the document the first of a new group.
    fn start_group(&mut self, unplaced: Unplaced) -> u32 {
        self.firsts.push(self.documents - 1);
        self.sets.place(unplaced)
    }
}

/// Hashes a set as a sum of mixed elements: sets are equal, or their hashes are unrelated.
fn set_hash(set: &[u64]) -> u64 {
    mix64(set.iter().fold(set.len() as u64, |sum, &x| sum.wrapping_add(mix64(x ^ GOLDEN))))
}
