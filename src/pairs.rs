//! Verified pairs, with equal texts held in groups.

use smallvec::SmallVec;

use crate::containment::ContainedPair;
use crate::set::Overlap;

/// The outcome of a join: which documents have equal shingle sets, and which sets reach the threshold with one another.
///
/// A thousand copies of one text are one *group* here, not half a million pairs. Documents are numbered in the order
/// in which they were pushed; groups in the order of their first documents.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct VerifiedPairs<Id> {
    pub(crate) ids: Vec<Id>,
    /// Bytes of each document's text (of its features, where there was no text).
    pub(crate) lengths: Vec<u64>,
    /// Members of each group, ascending: documents whose shingle sets are equal. Empty sets are in none.
    pub(crate) groups: Vec<Group>,
    /// Pairs of groups, left before right, sorted.
    pub(crate) edges: Vec<Edge>,
    /// Pairs of groups of which the larger set holds the smaller, sorted, where that was asked for.
    pub(crate) contained: Option<Vec<Edge>>,
    pub(crate) stats: JoinStats,
}

/// Documents with one set. Most texts have no copy.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(crate) struct Group {
    pub(crate) members: SmallVec<[u32; 2]>,
    /// Elements of the set, where there are several members; else nobody may have counted them.
    pub(crate) size: u32,
}

/// Two groups whose sets reach the threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(crate) struct Edge {
    pub(crate) left: u32,
    pub(crate) right: u32,
    pub(crate) overlap: Overlap,
}

/// A verified pair of documents.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair<'a, Id> {
    /// The document that came first.
    pub left: &'a Id,
    /// The document that came later.
    pub right: &'a Id,
    /// The exact Jaccard similarity of their shingle sets, 0 to 1.
    pub jaccard: f64,
    /// The sizes of the sets and of what they share, from which every other measure follows.
    pub overlap: Overlap,
}

/// What a join did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
#[non_exhaustive]
pub struct JoinStats {
    /// Documents pushed.
    pub documents: u64,
    /// Documents without any shingle: they match nothing.
    pub empty: u64,
    /// Documents whose set equals that of an earlier one.
    pub copies: u64,
    /// Shingles of all documents, repeated ones included.
    pub shingles: u64,
    /// Candidate pairs of distinct sets: those that share a band.
    pub candidates: u64,
    /// Candidates that sizes or signatures ruled out.
    pub filtered: u64,
    /// Candidates whose sets were compared exactly.
    pub compared: u64,
    /// Pairs of distinct sets that reach the threshold.
    pub verified: u64,
    /// Buckets over the limit, in which documents were only compared with the first ones.
    pub oversized_buckets: u64,
    /// Pairs in such buckets that were not looked at there.
    pub pairs_passed_over: u64,
    /// Candidate pairs for [containment](crate::SimilarityJoinBuilder::containment), all of which were compared exactly.
    pub contained_candidates: u64,
    /// Pairs of distinct sets of which the larger holds enough of the smaller.
    pub contained: u64,
}

impl JoinStats {
    /// What the limit to buckets can have cost, at the very worst: the share of all pairs of distinct sets that reach the
    /// threshold which would be missing if each pair that was passed over were one of them, and in no other bucket. 0 to 1.
    ///
    /// In a bucket of one template's versions nearly all pairs are true ones, so it is near 1 there, while each version still has
    /// its pairs with the first ones. An [audit](crate::audit) measures what is missing.
    #[must_use]
    pub fn passed_over_share(&self) -> f64 {
        let possible = self.verified + self.pairs_passed_over;
        if possible == 0 { 0.0 } else { self.pairs_passed_over as f64 / possible as f64 }
    }
}

impl<Id> VerifiedPairs<Id> {
    /// The ids of all documents, in order.
    #[must_use]
    pub fn ids(&self) -> &[Id] {
        &self.ids
    }

    /// What the join did.
    #[must_use]
    pub fn stats(&self) -> JoinStats {
        self.stats
    }

    /// The groups of two or more documents with equal shingle sets.
    pub fn copies(&self) -> impl Iterator<Item = Vec<&Id>> + '_ {
        let several = self.groups.iter().filter(|group| group.members.len() > 1);
        several.map(|group| group.members.iter().map(|&document| &self.ids[document as usize]).collect())
    }

    /// Drops the pairs of distinct sets for which `keep` says no, before [`clusters`](Self::clusters) are made of the
    /// others. Each is shown once, by the first documents that have these sets. Copies stay together.
    pub fn retain(&mut self, mut keep: impl FnMut(&Pair<'_, Id>) -> bool) {
        let Self { ids, groups, edges, .. } = self;
        let first = |group: u32| &ids[groups[group as usize].members[0] as usize];
        edges.retain(|edge| {
            let (left, right) = (first(edge.left), first(edge.right));
            keep(&Pair { left, right, jaccard: edge.overlap.jaccard(), overlap: edge.overlap })
        });
    }

    /// The verified pairs, each group standing by its first document: that document with each of its copies, and with
    /// the first documents of the groups that are similar to it. Ordered by left, then right document.
    #[must_use]
    pub fn pairs(&self) -> Vec<Pair<'_, Id>> {
        self.expanded(1)
    }

    /// As [`pairs`](Self::pairs), but a group of up to `limit` documents stands by every one of them: all pairs among
    /// them, and of each with those of similar groups. Larger groups stand by their first document.
    ///
    /// The number of pairs grows with the square of the limit.
    #[must_use]
    pub fn expanded(&self, limit: usize) -> Vec<Pair<'_, Id>> {
        let pair = |(left, right, overlap): (u32, u32, Overlap)| Pair {
            left: &self.ids[left as usize],
            right: &self.ids[right as usize],
            jaccard: overlap.jaccard(),
            overlap,
        };
        self.numbered(limit).into_iter().map(pair).collect()
    }

    /// Documents that hold at least the share of another one that was [asked for](crate::SimilarityJoinBuilder::containment); none
    /// where nothing was. Copies hold one another. A group of up to `limit` documents stands by every one of them, a larger one
    /// by its first. Ordered by inner, then outer document.
    #[must_use]
    pub fn contained(&self, limit: usize) -> Vec<ContainedPair<'_, Id>> {
        let inner_first = |(left, right, overlap): (u32, u32, Overlap)| {
            if overlap.left() <= overlap.right() { (left, right, overlap) } else { (right, left, overlap.swapped()) }
        };
        let Some(contained) = &self.contained else { return Vec::new() };
        let mut found: Vec<_> = self.numbered_of(contained, limit).into_iter().map(inner_first).collect();
        found.sort_unstable_by_key(|&(inner, outer, _)| (inner, outer));
        let pair = |(inner, outer, overlap): (u32, u32, Overlap)| ContainedPair {
            inner: &self.ids[inner as usize],
            outer: &self.ids[outer as usize],
            overlap,
        };
        found.into_iter().map(pair).collect()
    }

    /// [`expanded`](Self::expanded) by the numbers of documents.
    pub(crate) fn numbered(&self, limit: usize) -> Vec<(u32, u32, Overlap)> {
        self.numbered_of(&self.edges, limit)
    }

    fn numbered_of(&self, edges: &[Edge], limit: usize) -> Vec<(u32, u32, Overlap)> {
        let mut found: Vec<(u32, u32, Overlap)> = Vec::with_capacity(edges.len());
        for group in &self.groups {
            let size = group.size as usize;
            let equal = Overlap::from_equal_sets(size);
            for (at, &left) in group.standing(limit).iter().enumerate() {
                found.extend(group.members[at + 1..].iter().map(|&right| (left, right, equal)));
            }
        }
        for edge in edges {
            for &left in self.groups[edge.left as usize].standing(limit) {
                for &right in self.groups[edge.right as usize].standing(limit) {
                    // The groups are ordered by their first documents, not by all.
                    let ordered = (left, right, edge.overlap);
                    found.push(if left < right { ordered } else { (right, left, edge.overlap.swapped()) });
                }
            }
        }
        found.sort_unstable_by_key(|&(left, right, _)| (left, right));
        found
    }
}

impl Group {
    /// The members that stand for the group: all of them up to a limit, else the first.
    fn standing(&self, limit: usize) -> &[u32] {
        if self.members.len() <= limit { &self.members } else { &self.members[..1] }
    }
}
