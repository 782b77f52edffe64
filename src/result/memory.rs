//! What a join in memory found.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::hash::Hash;
use std::ops::ControlFlow;
use std::sync::Arc;

use ahash::AHashMap;

use super::clusters::{Order, members};
use super::extended::Extended;
use super::pairs::{Groups, all_pairs, contained_pairs, count_pairs};
use super::partners::partners;
use super::ranks::Ranks;
use super::same_texts::SameTexts;
use super::whole_groups::{self, NO_GROUP};
use super::{Cluster, Clustering, ContainedPair, Found, Keep, Member, Pair, Relation};
use crate::error::Error;
use crate::external::{Bits, InMemory, Records};
use crate::join::edge::{Edge, EdgeRecord, MemberRecord, Members, next_edge, split};
use crate::join::memory::FoundInMemory;
use crate::join::progress::{Progress, Watch};
use crate::join::rejoin::memory::Crowded;
use crate::join::{JoinStats, SimilarityJoin};

/// Holds the outcome of a join in memory: which documents have equal shingle sets, and which sets reach the
/// threshold with one another.
///
/// A thousand copies of one text are one *group* here, not half a million pairs. Documents are numbered in the
/// order in which they were pushed. It takes 32 bytes for each similar pair of groups, 16 for each copy, and 8 for
/// each document and its id.
///
/// ```
/// use twinprint::{Clustering, Document, Keep, Scheme, SimilarityJoin};
///
/// let mut join = SimilarityJoin::builder(&Scheme::builder().words(1).build()?).threshold(0.5).build()?;
/// let texts = ["red green blue", "red green blue", "red green blue grey", "one two three"];
/// join.push_all((0..).zip(texts).map(|(id, text)| Document::text(id, text)))?;
/// let found = join.finish()?;
/// assert_eq!((found.ids(), found.copies()), (&[0, 1, 2, 3][..], vec![vec![&0, &1]]));
/// assert_eq!((found.pairs().len(), found.count_pairs(10)), (2, 3));
/// assert_eq!((found.stats().copies, found.stats().verified), (1, 1));
/// # Ok::<(), twinprint::Error>(())
/// ```
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
    /// Documents with the set of an earlier one, in order.
    members: Vec<MemberRecord>,
    /// The hash of the text of each document.
    #[cfg_attr(feature = "serde", serde(skip))]
    texts: SameTexts,
    /// The sets of oversized buckets, if pairs in these were passed over.
    #[cfg_attr(feature = "serde", serde(skip))]
    crowded: Option<Arc<Crowded>>,
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
        = Members<Stored<'a, MemberRecord, 2>>
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
        Ok(Members(Stored { items: self.members.iter(), record: |member| *member }))
    }

    fn lengths(&self) -> Result<Vec<u64>, Infallible> {
        Ok(self.lengths.clone())
    }
}

impl<Id> SimilarityJoin<Id> {
    /// Finds all pairs that reach the threshold, verified. With the feature `rayon`, all cores work on it.
    ///
    /// # Errors
    /// None at present besides those of [`finish_with`](Self::finish_with).
    pub fn finish(self) -> Result<VerifiedPairs<Id>, Error> {
        self.finish_with(|_| ControlFlow::Continue(()))
    }

    /// Finds all pairs as [`finish`](Self::finish) does, and reports progress before each band, from this thread. The
    /// join ends if the callback breaks.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    ///
    /// use twinprint::{Document, Error, Scheme, SimilarityJoin};
    ///
    /// let mut join = SimilarityJoin::builder(&Scheme::news()).build()?;
    /// join.push(Document::text(1, "The ferry to Skelby was cancelled on Monday."))?;
    /// let cancelled = join.finish_with(|progress| {
    ///     println!("{:?}: {} of {}", progress.stage, progress.done, progress.total);
    ///     ControlFlow::Break(())
    /// });
    /// assert_eq!(cancelled.unwrap_err(), Error::Cancelled);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Cancelled`] if the callback breaks.
    pub fn finish_with(
        self,
        mut progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<VerifiedPairs<Id>, Error> {
        self.find(&mut Watch::new(&mut progress)).map(VerifiedPairs::from)
    }
}

impl<Id> From<FoundInMemory<Id>> for VerifiedPairs<Id> {
    fn from(found: FoundInMemory<Id>) -> Self {
        let FoundInMemory { ids, lengths, edges, contained, members, texts, crowded, stats } = found;
        Self { ids, lengths, edges, contained, members, texts: SameTexts::Hashes(texts), crowded, stats }
    }
}

impl<Id> VerifiedPairs<Id> {
    /// Returns the ids of all documents, in the order in which they were pushed. Those without any pair are among them.
    #[must_use]
    pub fn ids(&self) -> &[Id] {
        &self.ids
    }

    /// Returns what the join did.
    #[must_use]
    pub fn stats(&self) -> JoinStats {
        self.stats
    }

    /// Returns the groups of two or more copies, in the order of their first documents: documents with equal sets whose texts are equal too
    /// after normalization, runs of white space aside. Of documents that came as features, those with [equal sets](Self::equal_sets).
    ///
    /// ```
    /// use twinprint::{Document, Scheme, SimilarityJoin};
    ///
    /// let mut join = SimilarityJoin::builder(&Scheme::news()).build()?;
    /// let texts = [(1, "It is late, again."), (2, "IT IS  LATE, AGAIN."), (3, "It is late again")];
    /// join.push_all(texts.map(|(id, text)| Document::text(id, text)))?;
    /// let found = join.finish()?;
    /// assert_eq!(found.equal_sets(), [[&1, &2, &3]]);
    /// assert_eq!(found.copies(), [[&1, &2]]);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn copies(&self) -> Vec<Vec<&Id>> {
        let mut by_first: BTreeMap<u32, Vec<&Id>> = BTreeMap::new();
        for [member, text_and_size] in &self.members {
            let (document, first) = (split(*member).0, split(*text_and_size).0);
            if first != document {
                by_first.entry(first).or_insert_with(|| vec![self.id(first)]).push(self.id(document));
            }
        }
        by_first.into_values().collect()
    }

    /// Returns the groups of two or more documents with equal shingle sets, in the order of their first documents.
    #[must_use]
    pub fn equal_sets(&self) -> Vec<Vec<&Id>> {
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
    /// shown once, by the first documents that have these sets. Copies stay together. Pairs that were
    /// [passed over](JoinStats::pairs_passed_over) are not searched for when clusters are made, because they were not shown.
    pub fn retain(&mut self, mut keep: impl FnMut(&Pair<&Id>) -> bool) {
        let Self { ids, edges, texts, crowded, .. } = self;
        *crowded = None;
        edges.retain(|edge| keep(&Pair::from_edge(*edge, texts).name(|document| &ids[document as usize])));
    }

    /// Returns the verified pairs, each group represented by its first document: that document with each of its copies,
    /// and with the first documents of the groups that are similar to it. Ordered by left, then right document.
    ///
    /// Every document that is similar to any other is in a pair, so it is enough to decide what to keep.
    #[must_use]
    pub fn pairs(&self) -> Vec<Pair<&Id>> {
        self.all_pairs(1)
    }

    /// Returns the verified pairs as [`pairs`](Self::pairs) does, but a group of up to `max_group` documents is
    /// represented by every one of them: all pairs among them, and of each with those of similar groups. Larger groups
    /// are represented by their first document.
    ///
    /// The number of pairs grows with the square of the maximum. With 0 or 1 they are those of [`pairs`](Self::pairs).
    /// Ask [`count_pairs`](Self::count_pairs) first if there may be large groups.
    #[must_use]
    pub fn all_pairs(&self, max_group: usize) -> Vec<Pair<&Id>> {
        let Ok(pairs) = all_pairs(self, Relation::Similar, max_group, &InMemory);
        let mut all = Vec::with_capacity(self.edges.len() + self.members.len());
        all.extend(edges_of(pairs).map(|edge| Pair::from_edge(edge, &self.texts).name(|document| self.id(document))));
        all
    }

    /// Returns how many pairs [`all_pairs`](Self::all_pairs) gives, without making them.
    ///
    /// ```
    /// use twinprint::{Document, Scheme, SimilarityJoin};
    ///
    /// let mut join = SimilarityJoin::builder(&Scheme::news()).build()?;
    /// for id in 0..1000 {
    ///     join.push(Document::text(id, "The ferry to Skelby was cancelled on Monday because of high winds."))?;
    /// }
    /// let found = join.finish()?;
    /// assert_eq!((found.count_pairs(1), found.count_pairs(1000)), (999, 499_500));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn count_pairs(&self, max_group: usize) -> u64 {
        let Ok(count) = count_pairs(self, Relation::Similar, max_group, &InMemory);
        count
    }

    /// Returns the documents that hold at least the share of another one that was [asked
    /// for](crate::SimilarityJoinBuilder::containment); none if nothing was. Copies hold one another. A group of up to
    /// `max_group` documents is represented by every one of them, a larger one by its first. Ordered by inner, then
    /// outer document.
    #[must_use]
    pub fn contained(&self, max_group: usize) -> Vec<ContainedPair<&Id>> {
        if self.contained.is_none() {
            return Vec::new();
        }
        let Ok(pairs) = contained_pairs(self, max_group, &InMemory);
        edges_of(pairs)
            .map(|edge| ContainedPair::from_edge(edge, &self.texts).name(|document| self.id(document)))
            .collect()
    }

    /// Returns each document that has a copy or a verified pair, with the nearest such document as its representative: a copy, else
    /// the most similar one. These are the documents to remove where none of a cluster is to be kept.
    ///
    /// A second run over the others removes nothing, unless [pairs were passed over](crate::join::JoinStats::pairs_passed_over).
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
        edges_of(partners).map(|edge| Member::from_edge(edge, &self.texts).name(|document| self.id(document))).collect()
    }

    fn id(&self, document: u32) -> &Id {
        &self.ids[document as usize]
    }
}

impl<Id: Clone> VerifiedPairs<Id> {
    /// Returns the clusters of two or more documents, in the order of their first ones.
    ///
    /// Where pairs were [passed over](JoinStats::pairs_passed_over), the documents that would be kept are joined once more, until a second
    /// run over them would find nothing. So a member can have a verified pair with its representative that
    /// [`pairs`](Self::pairs) does not list.
    #[must_use]
    pub fn clusters(&self, clustering: Clustering, keep: Keep) -> Vec<Cluster<Id>> {
        let Ok(ranks) = Ranks::new(self, keep);
        self.clusters_by(clustering, ranks)
    }

    /// Returns the clusters as [`clusters`](Self::clusters) does, where the document of the least key is kept of each;
    /// of equal keys the first. Use [`Reverse`](std::cmp::Reverse) for the greatest.
    ///
    /// ```
    /// use std::cmp::Reverse;
    ///
    /// use twinprint::{Clustering, Document, Scheme, SimilarityJoin};
    ///
    /// let mut join = SimilarityJoin::builder(&Scheme::builder().words(1).build()?).threshold(0.5).build()?;
    /// for (year, text) in [(2023, "one two three"), (2025, "one two three four"), (2024, "one two three")] {
    ///     join.push(Document::text(year, text))?;
    /// }
    /// // The newest one is kept.
    /// let clusters = join.finish()?.clusters_by_key(Clustering::Leader, |year| Reverse(*year));
    /// assert_eq!(*clusters[0].representative(), 2025);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
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
    /// A second run over what stays removes nothing, unless [pairs were passed over](crate::join::JoinStats::pairs_passed_over): only
    /// [clusters](Self::clusters) join these again among the kept documents.
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
        Cluster::gather(removed.into_iter().map(|edge| Member::from_edge(edge, &self.texts)), &self.ids)
    }

    fn clusters_by(&self, clustering: Clustering, ranks: Ranks) -> Vec<Cluster<Id>> {
        let Ok(ranks) = ranks.of_groups(self);
        let mut later: Vec<EdgeRecord> = Vec::new();
        loop {
            let extended = Extended { found: self, later: &later };
            let Ok(members) = members(&extended, clustering, &ranks, (Order::Representative, &InMemory));
            let members: Vec<Member<u32>> =
                edges_of(members).map(|edge| Member::from_swapped(edge, &self.texts)).collect();
            let missed = self.crowded.as_ref().map_or_else(Vec::new, |crowded| {
                let mut removed = Bits::default();
                members.iter().for_each(|member| removed.set(member.document));
                crowded.join_kept(|first| ranks.kept(first, &removed), |first| ranks.rank(first))
            });
            if missed.is_empty() {
                return Cluster::gather(members.into_iter(), &self.ids);
            }
            later.extend(missed.into_iter().map(Edge::to_record));
            later.sort_unstable();
        }
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
        (members, texts): (Vec<MemberRecord>, SameTexts),
        crowded: Option<Arc<Crowded>>,
        stats: JoinStats,
    ) -> Self {
        Self { ids, lengths, edges, contained, members, texts, crowded, stats }
    }
}
