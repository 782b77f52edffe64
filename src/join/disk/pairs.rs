//! What a join found, to be read from its files.

use std::cmp::Reverse;
use std::sync::Arc;

use smallvec::smallvec;
use xxhash_rust::xxh3::xxh3_128;

use super::clusters::{Preference, Ranks, dropped, follow};
use super::expand::{Expansion, record};
use super::families::FamilyFile;
use super::groups::Bits;
use super::ids::IdLookup;
use super::numbered::{ContainedDocuments, DroppedDocuments, NumberedPair, NumberedPairs, numbered};
use super::outcome::{CONTAINED, COPIES, EDGES, Outcome};
use super::segments::{Documents, Segments};
use super::sorter::Records;
use super::work::{Lock, Work};
use crate::cluster::Keep;
use crate::error::Error;
use crate::pairs::{Edge, Group, JoinStats, VerifiedPairs};

/// The outcome of a [`DiskJoin`](crate::DiskJoin), on disk.
#[derive(Debug)]
pub struct DiskPairs {
    segments: Segments,
    outcome: Outcome,
    /// Bytes that one sorter may take.
    memory: usize,
    lock: Arc<Lock>,
}

impl DiskPairs {
    pub(super) fn new(segments: Segments, outcome: Outcome, memory: usize, lock: Arc<Lock>) -> Self {
        Self { segments, outcome, memory, lock }
    }

    /// What the join did.
    #[must_use]
    pub fn stats(&self) -> JoinStats {
        self.outcome.stats()
    }

    /// The ids of all documents, in order.
    ///
    /// # Errors
    /// [`Error::File`], in place of an id, where a file cannot be read.
    pub fn ids(&self) -> impl Iterator<Item = Result<String, Error>> + '_ {
        let mut documents = self.segments.documents();
        std::iter::from_fn(move || documents.next().map(|next| next.map(|document| document.label.id)).transpose())
    }

    /// Two documents that have the same id, if there are any, by their numbers: the earlier one, and the later.
    ///
    /// # Errors
    /// [`Error::File`] where a file cannot be written or read.
    pub fn repeated_id(&self) -> Result<Option<(u32, u32)>, Error> {
        let work = self.work()?;
        let mut by_hash = work.sorter::<3>("ids");
        let (mut documents, mut number) = (self.segments.documents(), 0);
        while let Some(document) = documents.next()? {
            let hash = xxh3_128(document.label.id.as_bytes());
            by_hash.push([(hash >> 64) as u64, hash as u64, number])?;
            number += 1;
        }
        let (mut sorted, mut last) = (by_hash.finish()?, None);
        while let Some([upper, lower, document]) = sorted.next()? {
            match last {
                Some((hash, earlier)) if hash == [upper, lower] => return Ok(Some((earlier, document as u32))),
                _ => last = Some(([upper, lower], document as u32)),
            }
        }
        Ok(None)
    }

    /// Shows the shingle set of every document, sorted, in the order of the documents.
    ///
    /// # Errors
    /// [`Error::File`] where a file cannot be read.
    pub fn for_each_set(&self, mut show: impl FnMut(u32, &[u64])) -> Result<(), Error> {
        let (mut documents, mut sets, mut set, mut number) =
            (self.segments.documents(), self.segments.sets(), Vec::new(), 0);
        while let Some(document) = documents.next()? {
            set.clear();
            sets.append(document.known.size as usize, &mut set)?;
            show(number, &set);
            number += 1;
        }
        Ok(())
    }

    /// Ids by the numbers of documents, in any order: from memory as far as it goes, else from a file.
    ///
    /// # Errors
    /// [`Error::File`] where a file cannot be written or read.
    pub fn id_lookup(&self) -> Result<IdLookup, Error> {
        IdLookup::new(&self.segments, self.work()?, self.memory)
    }

    /// The verified pairs, a group of documents with equal sets standing by its first one: that document with each of its
    /// copies, and with the first documents of the groups that are similar to it. Ordered by left, then right document.
    ///
    /// # Errors
    /// [`Error::File`], at once or in place of a pair, where a file cannot be written or read.
    pub fn pairs(&self) -> Result<NumberedPairs, Error> {
        self.expanded(1)
    }

    /// As [`pairs`](Self::pairs), but a group of up to `limit` documents stands by every one of them: all pairs among
    /// them, and of each with those of similar groups. The number of pairs grows with the square of the limit.
    ///
    /// # Errors
    /// As [`pairs`](Self::pairs).
    pub fn expanded(&self, limit: usize) -> Result<NumberedPairs, Error> {
        self.expanded_of(EDGES, limit)
    }

    /// Documents that hold at least the share of another one that was [asked for](crate::SimilarityJoinBuilder::containment); none
    /// where nothing was. Copies hold one another. A group of up to `limit` documents stands by every one of them, a larger one
    /// by its first. Ordered by inner, then outer document.
    ///
    /// # Errors
    /// As [`pairs`](Self::pairs).
    pub fn contained(&self, limit: usize) -> Result<ContainedDocuments, Error> {
        if !self.outcome.knows_contained() {
            let work = self.work()?;
            return Ok(ContainedDocuments { sorted: work.sorter("inner").finish()?, _work: work });
        }
        let NumberedPairs { mut pairs, work } = self.expanded_of(CONTAINED, limit)?;
        let mut by_inner = work.sorter("inner");
        while let Some(pair) = pairs.next()? {
            let pair = numbered(pair);
            let left_is_inner = pair.overlap.left() <= pair.overlap.right();
            by_inner.push(record(if left_is_inner { pair } else { pair.swapped() }))?;
        }
        drop(pairs);
        Ok(ContainedDocuments { sorted: by_inner.finish()?, _work: work })
    }

    fn expanded_of(&self, edges: &str, limit: usize) -> Result<NumberedPairs, Error> {
        let work = self.work()?;
        let (copies, mut with_family) = (self.copies()?, Bits::default());
        let members = copies.map(|copy| {
            let (document, first) = copy?;
            with_family.set(first);
            Ok((first, document))
        });
        let families = work.families(members)?;
        let sorter = |name: &str| work.sorter(name);
        let expansion = Expansion { families: &families, with_family, limit, sorter: &sorter };
        let pairs = expansion.pairs(self.segments.documents(), || self.outcome.edges(edges))?;
        Ok(NumberedPairs { pairs, work })
    }

    /// Which documents are dropped, and which is kept for each, in the order of the documents, clustered by
    /// [`Leader`](crate::Clustering::Leader).
    ///
    /// # Errors
    /// [`Error::File`], at once or in place of a document, where a file cannot be written or read.
    pub fn dropped(&self, keep: Keep) -> Result<DroppedDocuments, Error> {
        self.dropped_by(self.preference(keep)?)
    }

    /// As [`dropped`](Self::dropped), where of each cluster the document of the least key is kept; of equal keys the first.
    /// The key of each document is asked for by its number. Takes twelve bytes a document, besides the keys.
    ///
    /// # Errors
    /// As [`dropped`](Self::dropped).
    pub fn dropped_by_key<K: Ord>(&self, key: impl Fn(u32) -> K) -> Result<DroppedDocuments, Error> {
        self.dropped_by(self.preference_by_key(key))
    }

    fn dropped_by(&self, preference: Preference) -> Result<DroppedDocuments, Error> {
        let (work, preference, families) = self.families_by(preference)?;
        let links = follow(&preference, self.edges()?, &|name| work.sorter(name))?;
        let mut sorter = work.sorter("dropped");
        dropped(links, &families, self.documents(), |pair| sorter.push(record(pair)))?;
        Ok(DroppedDocuments { sorted: sorter.finish()?, work })
    }

    pub(super) fn preference(&self, keep: Keep) -> Result<Preference, Error> {
        Ok(match keep {
            Keep::First => Preference::First,
            Keep::Longest => {
                let mut lengths = Vec::with_capacity(self.outcome.stats().documents as usize);
                let mut documents = self.documents();
                while let Some(document) = documents.next()? {
                    lengths.push(Reverse(document.label.bytes));
                }
                Preference::Ranked(Ranks::by_kept_key(lengths.len() as u32, |document| lengths[document as usize]))
            }
        })
    }

    pub(super) fn preference_by_key<K: Ord>(&self, key: impl Fn(u32) -> K) -> Preference {
        Preference::Ranked(Ranks::by_key(self.outcome.stats().documents as u32, key))
    }

    /// The other members of each group, by its most preferred one; where work goes on; and the preference of groups.
    pub(super) fn families_by(&self, mut preference: Preference) -> Result<(Work, Preference, FamilyFile), Error> {
        let work = self.work()?;
        for copy in self.copies()? {
            let (document, first) = copy?;
            preference.group(document, first);
        }
        let both = self.copies()?.flat_map(|copy| match copy {
            Ok((document, first)) => [Some(Ok((first, document))), Some(Ok((first, first)))],
            Err(error) => [Some(Err(error)), None],
        });
        let others = both.flatten().filter_map(|member| match member {
            Ok((first, document)) => {
                let preferred = preference.preferred(first);
                (preferred != document).then_some(Ok((preferred, document)))
            }
            Err(error) => Some(Err(error)),
        });
        let families = work.families(others)?;
        Ok((work, preference, families))
    }

    fn work(&self) -> Result<Work, Error> {
        Work::begin(self.outcome.folder(), &self.lock, self.memory)
    }

    pub(super) fn documents(&self) -> Documents {
        self.segments.documents()
    }

    /// Pairs of groups, by their first documents, sorted.
    pub(crate) fn edges(&self) -> Result<impl Iterator<Item = Result<NumberedPair, Error>> + use<>, Error> {
        self.edges_of(EDGES)
    }

    fn edges_of(&self, name: &str) -> Result<impl Iterator<Item = Result<NumberedPair, Error>> + use<>, Error> {
        Ok(self.outcome.records(name)?.map(|record| record.map(numbered)))
    }

    /// Each document whose set equals that of an earlier one, with the first such, in order.
    ///
    /// # Errors
    /// [`Error::File`], at once or in place of a document, where a file cannot be read.
    pub fn copies(&self) -> Result<impl Iterator<Item = Result<(u32, u32), Error>> + use<>, Error> {
        let copy = |[copy]: [u64; 1]| ((copy >> 32) as u32, copy as u32);
        Ok(self.outcome.records(COPIES)?.map(move |record| record.map(copy)))
    }

    /// All of it in memory, as [`SimilarityJoin::finish`](crate::SimilarityJoin::finish) gives it: some 60 bytes a document and its id, and 32 a pair.
    ///
    /// # Errors
    /// [`Error::File`] where a file cannot be read.
    pub fn load(self) -> Result<VerifiedPairs<String>, Error> {
        let (mut ids, mut lengths, mut groups) = (Vec::new(), Vec::new(), Vec::<Group>::new());
        // The group of each document, and sizes of sets; an empty document is in none.
        let mut group_of = Vec::new();
        let mut copies = self.copies()?;
        let mut copy = copies.next().transpose()?;
        let mut documents = self.segments.documents();
        while let Some(document) = documents.next()? {
            let number = ids.len() as u32;
            let group = match copy {
                Some((member, first)) if member == number => {
                    copy = copies.next().transpose()?;
                    let group: u32 = group_of[first as usize];
                    groups[group as usize].members.push(number);
                    groups[group as usize].size = document.known.size;
                    group
                }
                _ if document.known.size == 0 => u32::MAX,
                _ => {
                    groups.push(Group { members: smallvec![number], size: 0 });
                    groups.len() as u32 - 1
                }
            };
            group_of.push(group);
            ids.push(document.label.id);
            lengths.push(document.label.bytes);
        }
        let edge = |pair: NumberedPair| Edge {
            left: group_of[pair.left as usize],
            right: group_of[pair.right as usize],
            overlap: pair.overlap,
        };
        let [edges, contained] = [EDGES, CONTAINED]
            .map(|name| self.edges_of(name)?.map(|pair| pair.map(edge)).collect::<Result<Vec<Edge>, Error>>());
        let edges = edges?;
        let contained = if self.outcome.knows_contained() { Some(contained?) } else { None };
        Ok(VerifiedPairs { ids, lengths, groups, edges, contained, stats: self.outcome.stats() })
    }
}
