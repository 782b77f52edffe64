//! What a join in memory found.

use std::convert::Infallible;
use std::hash::Hash;
use std::ops::ControlFlow;

use ahash::AHashMap;

use super::clusters::{Order, members};
use super::pairs::{Groups, all_pairs, contained_pairs, count_pairs};
use super::partners::partners;
use super::ranks::Ranks;
use super::whole_groups::{self, NO_GROUP};
use super::{Cluster, Clustering, ContainedPair, Found, Keep, Member, Pair, Relation};
use crate::error::Error;
use crate::external::{InMemory, Records};
use crate::join::edge::{CopyRecord, Edge, next_edge};
use crate::join::memory::FoundInMemory;
use crate::join::progress::{Progress, Watch};
use crate::join::{JoinStats, SimilarityJoin};

/// The outcome of a join in memory: which documents have equal shingle sets, and which sets reach the threshold with one another.
///
/// A thousand copies of one text are one *group* here, not half a million pairs. Documents are numbered in the order in which they were
/// pushed.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct VerifiedPairs<Id> {
    ids: Vec<Id>,
    /// Bytes of each document's text, or of its features.
    lengths: Vec<u64>,
    /// Pairs of first documents of groups, sorted.
    edges: Vec<Edge>,
    /// Pairs of which the larger set holds the smaller, sorted, where that was asked for.
    contained: Option<Vec<Edge>>,
    /// Documents with equal sets: `document << 32 | first, size of the set`.
    copies: Vec<CopyRecord>,
    stats: JoinStats,
}

/// Edges or copies in memory, as records.
pub(crate) struct Stored<'a, T, const N: usize> {
    items: std::slice::Iter<'a, T>,
    record: fn(&T) -> [u64; N],
}

impl<T, const N: usize> Records<N> for Stored<'_, T, N> {
    type Error = Infallible;

    fn next(&mut self) -> Result<Option<[u64; N]>, Infallible> {
        Ok(self.items.next().map(self.record))
    }
}

impl<Id> Found for VerifiedPairs<Id> {
    type Error = Infallible;
    type Sorters = InMemory;
    type Edges<'a>
        = Stored<'a, Edge, 3>
    where
        Id: 'a;
    type Copies<'a>
        = Stored<'a, CopyRecord, 2>
    where
        Id: 'a;

    fn documents(&self) -> u32 {
        self.ids.len() as u32
    }

    fn edges(&self, relation: Relation) -> Result<Self::Edges<'_>, Infallible> {
        let edges = match relation {
            Relation::Similar => &self.edges[..],
            Relation::Contained => self.contained.as_deref().unwrap_or_default(),
        };
        Ok(Stored { items: edges.iter(), record: |edge| edge.to_record() })
    }

    fn copies(&self) -> Result<Self::Copies<'_>, Infallible> {
        Ok(Stored { items: self.copies.iter(), record: |copy| *copy })
    }

    fn lengths(&self) -> Result<Vec<u64>, Infallible> {
        Ok(self.lengths.clone())
    }
}

impl<Id> SimilarityJoin<Id> {
    /// Finds all pairs that reach the threshold, verified.
    ///
    /// # Errors
    /// None besides those of [`finish_with`](Self::finish_with); the result is for what may come.
    pub fn finish(self) -> Result<VerifiedPairs<Id>, Error> {
        self.finish_with(|_| ControlFlow::Continue(()))
    }

    /// Finds all pairs as [`finish`](Self::finish) does, and reports progress before each band, from this thread. The join ends if the
    /// callback breaks.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    pub fn finish_with(
        self,
        mut progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<VerifiedPairs<Id>, Error> {
        self.find(&mut Watch::new(&mut progress)).map(VerifiedPairs::from)
    }
}

impl<Id> From<FoundInMemory<Id>> for VerifiedPairs<Id> {
    fn from(found: FoundInMemory<Id>) -> Self {
        let FoundInMemory { ids, lengths, edges, contained, copies, stats } = found;
        Self { ids, lengths, edges, contained, copies, stats }
    }
}

impl<Id> VerifiedPairs<Id> {
    /// Returns the ids of all documents, in order.
    #[must_use]
    pub fn ids(&self) -> &[Id] {
        &self.ids
    }

    /// Returns what the join did.
    #[must_use]
    pub fn stats(&self) -> JoinStats {
        self.stats
    }

    /// Returns the groups of two or more documents with equal shingle sets, in the order of their first documents.
    #[must_use]
    pub fn copies(&self) -> Vec<Vec<&Id>> {
        let Ok(mut groups) = Groups::new(self, &InMemory);
        let mut all = Vec::new();
        while let Some((first, _)) = groups.next_group() {
            let mut group = vec![self.id(first)];
            while let Ok(Some(member)) = groups.next_member(first) {
                group.push(self.id(member));
            }
            all.push(group);
        }
        all
    }

    /// Drops the pairs of distinct sets for which `keep` says no, before [`clusters`](Self::clusters) are made of the others. Each is
    /// shown once, by the first documents that have these sets. Copies stay together.
    pub fn retain(&mut self, mut keep: impl FnMut(&Pair<&Id>) -> bool) {
        let Self { ids, edges, .. } = self;
        edges.retain(|edge| keep(&Pair::from_edge(*edge).name(|document| &ids[document as usize])));
    }

    /// Returns the verified pairs, each group represented by its first document: that document with each of its copies, and with the
    /// first documents of the groups that are similar to it. Ordered by left, then right document.
    #[must_use]
    pub fn pairs(&self) -> Vec<Pair<&Id>> {
        self.all_pairs(1)
    }

    /// Returns the verified pairs as [`pairs`](Self::pairs) does, but a group of up to `max_group` documents is represented by every one
    /// of them: all pairs among them, and of each with those of similar groups. Larger groups are represented by their first document.
    ///
    /// The number of pairs grows with the square of the maximum.
    #[must_use]
    pub fn all_pairs(&self, max_group: usize) -> Vec<Pair<&Id>> {
        let Ok(pairs) = all_pairs(self, Relation::Similar, max_group, &InMemory);
        let mut all = Vec::with_capacity(self.edges.len() + self.copies.len());
        all.extend(edges_of(pairs).map(|edge| Pair::from_edge(edge).name(|document| self.id(document))));
        all
    }

    /// Returns how many pairs [`all_pairs`](Self::all_pairs) gives, without making them.
    #[must_use]
    pub fn count_pairs(&self, max_group: usize) -> u64 {
        let Ok(count) = count_pairs(self, Relation::Similar, max_group, &InMemory);
        count
    }

    /// Returns the documents that hold at least the share of another one that was
    /// [asked for](crate::SimilarityJoinBuilder::containment); none where nothing was. Copies hold one another. A group of up to
    /// `max_group` documents is represented by every one of them, a larger one by its first. Ordered by inner, then outer document.
    #[must_use]
    pub fn contained(&self, max_group: usize) -> Vec<ContainedPair<&Id>> {
        if self.contained.is_none() {
            return Vec::new();
        }
        let Ok(pairs) = contained_pairs(self, max_group, &InMemory);
        edges_of(pairs).map(|edge| ContainedPair::from_edge(edge).name(|document| self.id(document))).collect()
    }

    /// Returns each document that has a copy or a verified pair, with the nearest such document as its representative: a copy, else
    /// the most similar one. These are the documents to remove where none of a cluster is to be kept.
    ///
    /// ```
    /// use twinprint::{Document, Scheme, SimilarityJoin};
    ///
    /// let mut join = SimilarityJoin::builder(&Scheme::news()).build()?;
    /// let texts = [("a", "to be or not to be"), ("b", "To be, or not to be!"), ("c", "that is the question")];
    /// join.push_all(texts.map(|(id, text)| Document::text(id, text)))?;
    /// let found = join.finish()?;
    /// let partners: Vec<_> = found.partners().iter().map(|one| (*one.document, *one.representative)).collect();
    /// assert_eq!(partners, [("a", "b"), ("b", "a")]);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn partners(&self) -> Vec<Member<&Id>> {
        let Ok(partners) = partners(self, &InMemory);
        edges_of(partners).map(|edge| Member::from_edge(edge).name(|document| self.id(document))).collect()
    }

    fn id(&self, document: u32) -> &Id {
        &self.ids[document as usize]
    }
}

impl<Id: Clone> VerifiedPairs<Id> {
    /// Returns the clusters of two or more documents, in the order of their first ones.
    #[must_use]
    pub fn clusters(&self, clustering: Clustering, keep: Keep) -> Vec<Cluster<Id>> {
        let Ok(ranks) = Ranks::new(self, keep);
        self.clusters_by(clustering, ranks)
    }

    /// Returns the clusters as [`clusters`](Self::clusters) does, where of each the document of the least key is kept; of equal keys the
    /// first. Use [`Reverse`](std::cmp::Reverse) for the greatest.
    #[must_use]
    pub fn clusters_by_key<K: Ord>(&self, clustering: Clustering, key: impl Fn(&Id) -> K) -> Vec<Cluster<Id>> {
        self.clusters_by(clustering, Ranks::by_key(self.documents(), |document| key(self.id(document))))
    }

    /// Returns the clusters that remove whole groups, such as repositories or books: all documents of a group stay, or all go.
    ///
    /// A group goes if each of its documents has a duplicate (a copy, a verified pair, or a text that contains it) in a group that
    /// stays and is preferred to it. Otherwise all of it stays, duplicates included. Groups are preferred by the least key of their
    /// documents, of equal keys by the first document. A document without a group is a group of its own.
    ///
    /// ```
    /// use twinprint::{Document, Scheme, SimilarityJoin};
    ///
    /// let mut join = SimilarityJoin::builder(&Scheme::news()).build()?;
    /// let files = [("a/1", "to be or not to be"), ("b/1", "To be, or not to be!"), ("c/1", "to be or not to be"), ("c/2", "other")];
    /// join.push_all(files.map(|(id, text)| Document::text(id, text)))?;
    /// let repository = |id: &&'static str| id.split('/').next();
    /// let clusters = join.finish()?.clusters_of_groups(|_| 0, repository);
    /// assert_eq!(clusters.len(), 1);
    /// assert_eq!((*clusters[0].representative(), clusters[0].members()[0].document), ("a/1", "b/1"));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn clusters_of_groups<K: Ord, G: Eq + Hash>(
        &self,
        key: impl Fn(&Id) -> K,
        group: impl Fn(&Id) -> Option<G>,
    ) -> Vec<Cluster<Id>> {
        let mut numbers = AHashMap::new();
        let mut number_of = |id: &Id| {
            let next = numbers.len() as u32;
            group(id).map_or(NO_GROUP, |group| *numbers.entry(group).or_insert(next))
        };
        let group_of: Vec<u32> = self.ids.iter().map(&mut number_of).collect();
        let ranks = Ranks::by_key(self.documents(), |document| key(self.id(document)));
        let Ok(mut removed) = whole_groups::removed(self, &ranks, &group_of);
        removed.sort_unstable_by_key(|edge| (edge.right, edge.left));
        Cluster::gather(removed.into_iter().map(Member::from_edge), &self.ids)
    }

    fn clusters_by(&self, clustering: Clustering, ranks: Ranks) -> Vec<Cluster<Id>> {
        let Ok(members) = members(self, clustering, ranks, (Order::Representative, &InMemory));
        Cluster::gather(edges_of(members).map(Member::from_swapped), &self.ids)
    }
}

/// Iterates over edges that are in memory.
fn edges_of(mut records: impl Records<3, Error = Infallible>) -> impl Iterator<Item = Edge> {
    std::iter::from_fn(move || {
        let Ok(edge) = next_edge(&mut records);
        edge
    })
}

impl<Id> VerifiedPairs<Id> {
    /// Takes what was read from disk.
    #[cfg(feature = "disk")]
    pub(crate) fn from_parts(
        (ids, lengths): (Vec<Id>, Vec<u64>),
        (edges, contained): (Vec<Edge>, Option<Vec<Edge>>),
        copies: Vec<CopyRecord>,
        stats: JoinStats,
    ) -> Self {
        Self { ids, lengths, edges, contained, copies, stats }
    }
}
