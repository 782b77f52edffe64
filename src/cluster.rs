//! Verified pairs to clusters, and to what is kept.

use std::cmp::Reverse;
use std::collections::VecDeque;

use crate::pairs::{Edge, VerifiedPairs};
use crate::set::Overlap;

/// How verified pairs become clusters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Clustering {
    /// Every document that is dropped has a verified pair with the one that is kept, and no two kept ones have. In the
    /// order of preference, each document is kept unless it is similar to one that was kept before; then it joins the
    /// most similar of these.
    #[default]
    Leader,
    /// Connected components: documents that chains of verified pairs connect. The ends of a chain need not be alike, so
    /// this is for looking at what belongs together, not for dropping; [`Reason::Linked`] says where it applies.
    Components,
}

/// Which document of a cluster is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Keep {
    /// The one that came first.
    #[default]
    First,
    /// The one with the longest text, of equally long ones the first.
    Longest,
}

/// Documents that belong together, and the one that stands for them.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Cluster<Id> {
    representative: Id,
    duplicates: Vec<Duplicate<Id>>,
    /// The duplicates' numbers in the order of documents, for ids may repeat.
    #[cfg_attr(feature = "serde", serde(skip))]
    numbers: Vec<u32>,
}

/// A document that is dropped, and why.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Duplicate<Id> {
    /// Its id.
    pub id: Id,
    /// Why it is in the cluster.
    pub reason: Reason<Id>,
}

/// Why a document is in a cluster.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Reason<Id> {
    /// Its shingle set equals the representative's.
    Copy,
    /// It has a verified pair with the representative; `left` of the overlap is this document's set.
    Similar(Overlap),
    /// It has none, but a chain of verified pairs leads there, and this is the first of the chain. Only among
    /// [components](Clustering::Components).
    Linked {
        /// The next document on the way to the representative.
        via: Id,
        /// What the two have in common; `left` is this document's set.
        overlap: Overlap,
    },
}

impl<Id> Cluster<Id> {
    /// The document that is kept.
    #[must_use]
    pub fn representative(&self) -> &Id {
        &self.representative
    }

    /// The documents that are dropped, in the order in which they came.
    #[must_use]
    pub fn duplicates(&self) -> &[Duplicate<Id>] {
        &self.duplicates
    }

    pub(crate) fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// The least verified Jaccard similarity of a duplicate to the representative; `None` where one has only a chain.
    #[must_use]
    pub fn least_jaccard(&self) -> Option<f64> {
        let jaccard = |duplicate: &Duplicate<Id>| match &duplicate.reason {
            Reason::Copy => Some(1.0),
            Reason::Similar(overlap) => Some(overlap.jaccard()),
            Reason::Linked { .. } => None,
        };
        self.duplicates.iter().map(jaccard).try_fold(1.0, |least: f64, jaccard| jaccard.map(|j| least.min(j)))
    }
}

impl<Id: Clone> VerifiedPairs<Id> {
    /// Clusters of two or more documents, in the order of their first ones.
    #[must_use]
    pub fn clusters(&self, clustering: Clustering, keep: Keep) -> Vec<Cluster<Id>> {
        match keep {
            Keep::First => self.clusters_by_preference(clustering, |_| ()),
            Keep::Longest => self.clusters_by_preference(clustering, |document| Reverse(self.lengths[document])),
        }
    }

    /// As [`clusters`](Self::clusters), where of each cluster the document of the least key is kept; of equal keys the
    /// first. Use [`Reverse`] for the greatest.
    #[must_use]
    pub fn clusters_by_key<K: Ord>(&self, clustering: Clustering, key: impl Fn(&Id) -> K) -> Vec<Cluster<Id>> {
        self.clusters_by_preference(clustering, |document| key(&self.ids[document]))
    }

    fn clusters_by_preference<K: Ord>(&self, clustering: Clustering, key: impl Fn(usize) -> K) -> Vec<Cluster<Id>> {
        let preferred: Vec<u32> = self.groups.iter().map(|group| best(&group.members, &key)).collect();
        let mut order: Vec<u32> = (0..self.groups.len() as u32).collect();
        order.sort_by_cached_key(|&group| {
            let document = preferred[group as usize];
            (key(document as usize), document)
        });
        let neighbours = Neighbours::of(self.groups.len(), &self.edges);
        let links = match clustering {
            Clustering::Leader => leaders(&order, &neighbours),
            Clustering::Components => components(&order, &neighbours),
        };
        self.gather(&preferred, &links)
    }

    /// Makes clusters of the groups' links.
    fn gather(&self, preferred: &[u32], links: &[Link]) -> Vec<Cluster<Id>> {
        let mut members: Vec<Vec<(u32, Reason<Id>)>> = vec![Vec::new(); self.groups.len()];
        for (group, link) in links.iter().enumerate() {
            let reason = match link.kind {
                LinkKind::Leads => Reason::Copy,
                LinkKind::Direct(overlap) => Reason::Similar(overlap),
                LinkKind::Via(via, overlap) => {
                    Reason::Linked { via: self.ids[preferred[via as usize] as usize].clone(), overlap }
                }
            };
            let representative = preferred[link.leader as usize];
            let others = self.groups[group].members.iter().filter(|&&document| document != representative);
            members[link.leader as usize].extend(others.map(|&document| (document, reason.clone())));
        }
        let mut clusters: Vec<(u32, Cluster<Id>)> = Vec::new();
        for (leader, mut dropped) in members.into_iter().enumerate().filter(|(_, dropped)| !dropped.is_empty()) {
            dropped.sort_unstable_by_key(|(document, _)| *document);
            let representative = preferred[leader];
            let first = dropped[0].0.min(representative);
            let numbers = dropped.iter().map(|(document, _)| *document).collect();
            let duplicate = |(document, reason)| Duplicate { id: self.ids[document as usize].clone(), reason };
            let duplicates = dropped.into_iter().map(duplicate).collect();
            let representative = self.ids[representative as usize].clone();
            clusters.push((first, Cluster { representative, duplicates, numbers }));
        }
        clusters.sort_unstable_by_key(|(first, _)| *first);
        clusters.into_iter().map(|(_, cluster)| cluster).collect()
    }
}

/// The member of least key, of equal keys the first.
fn best<K: Ord>(members: &[u32], key: impl Fn(usize) -> K) -> u32 {
    members.iter().copied().min_by_key(|&document| (key(document as usize), document)).unwrap_or(0)
}

/// Where a group belongs.
#[derive(Clone, Copy, Debug)]
struct Link {
    leader: u32,
    kind: LinkKind,
}

#[derive(Clone, Copy, Debug)]
enum LinkKind {
    /// It is the leader itself.
    Leads,
    /// It has an edge to the leader; the overlap is seen from this group.
    Direct(Overlap),
    /// It has an edge to this group, which is nearer to the leader.
    Via(u32, Overlap),
}

/// For each group the groups it has an edge with.
struct Neighbours {
    starts: Vec<usize>,
    /// Neighbour and overlap as seen from the group.
    entries: Vec<(u32, Overlap)>,
}

impl Neighbours {
    fn of(groups: usize, edges: &[Edge]) -> Self {
        let mut starts = vec![0; groups + 1];
        for edge in edges {
            starts[edge.left as usize + 1] += 1;
            starts[edge.right as usize + 1] += 1;
        }
        for group in 0..groups {
            starts[group + 1] += starts[group];
        }
        let mut next = starts.clone();
        let mut entries = vec![(0, Overlap::from_equal_sets(0)); 2 * edges.len()];
        let mut put = |from: u32, to: u32, overlap: Overlap| {
            entries[next[from as usize]] = (to, overlap);
            next[from as usize] += 1;
        };
        for edge in edges {
            put(edge.left, edge.right, edge.overlap);
            put(edge.right, edge.left, edge.overlap.swapped());
        }
        Self { starts, entries }
    }

    fn of_group(&self, group: u32) -> &[(u32, Overlap)] {
        let group = group as usize;
        &self.entries[self.starts[group]..self.starts[group + 1]]
    }
}

/// Greedy: each group leads, unless it has an edge to one that does; then it joins the most similar of these, of equally
/// similar ones the most preferred.
fn leaders(order: &[u32], neighbours: &Neighbours) -> Vec<Link> {
    let mut rank = vec![usize::MAX; order.len()];
    let mut links: Vec<Link> =
        (0..order.len() as u32).map(|group| Link { leader: group, kind: LinkKind::Leads }).collect();
    for (place, &group) in order.iter().enumerate() {
        let leading = neighbours.of_group(group).iter().filter(|(other, _)| rank[*other as usize] != usize::MAX);
        let nearest = leading.max_by(|(a, a_overlap), (b, b_overlap)| {
            let similar = a_overlap.jaccard().total_cmp(&b_overlap.jaccard());
            similar.then(rank[*b as usize].cmp(&rank[*a as usize]))
        });
        match nearest {
            Some(&(leader, overlap)) => {
                links[group as usize] = Link { leader, kind: LinkKind::Direct(overlap) };
            }
            None => rank[group as usize] = place,
        }
    }
    links
}

/// Breadth first from the most preferred group of each component.
fn components(order: &[u32], neighbours: &Neighbours) -> Vec<Link> {
    let mut links: Vec<Option<Link>> = vec![None; order.len()];
    let mut queue = VecDeque::new();
    for &leader in order {
        if links[leader as usize].is_some() {
            continue;
        }
        links[leader as usize] = Some(Link { leader, kind: LinkKind::Leads });
        queue.push_back(leader);
        while let Some(group) = queue.pop_front() {
            for &(other, overlap) in neighbours.of_group(group) {
                if links[other as usize].is_none() {
                    let back = overlap.swapped();
                    let kind = if group == leader { LinkKind::Direct(back) } else { LinkKind::Via(group, back) };
                    links[other as usize] = Some(Link { leader, kind });
                    queue.push_back(other);
                }
            }
        }
    }
    let alone =
        |(group, link): (usize, Option<Link>)| link.unwrap_or(Link { leader: group as u32, kind: LinkKind::Leads });
    links.into_iter().enumerate().map(alone).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::{Scheme, ShingleSet, SimilarityJoin};

    proptest! {
        #[test]
        fn the_least_similarity_to_the_representative_is_stated(
            sets in vec(vec(0_u64..14, 1..8), 0..30),
            longest: bool,
            components: bool,
        ) {
            let scheme = Scheme::builder().custom_features("test").num_hashes(256).build().expect("valid");
            let mut join = SimilarityJoin::builder(&scheme).threshold(0.4).build().expect("valid");
            for (id, set) in sets.iter().enumerate() {
                join.push_features(id, set).expect("few");
            }
            let found = join.finish().expect("few");
            let clustering = if components { Clustering::Components } else { Clustering::Leader };
            let keep = if longest { Keep::Longest } else { Keep::First };
            let verified: BTreeMap<(usize, usize), f64> =
                found.expanded(usize::MAX).iter().map(|pair| ((*pair.left, *pair.right), pair.jaccard)).collect();
            for cluster in found.clusters(clustering, keep) {
                let kept = *cluster.representative();
                let with_kept = |id: usize| verified.get(&(kept.min(id), kept.max(id))).copied();
                let all: Option<Vec<f64>> = cluster.duplicates().iter().map(|duplicate| with_kept(duplicate.id)).collect();
                prop_assert_eq!(cluster.least_jaccard(), all.clone().map(|all| all.into_iter().fold(1.0, f64::min)));
                prop_assert!(all.is_some() || components);
                let of = |id: usize| sets[id].iter().copied().collect::<ShingleSet>();
                for duplicate in cluster.duplicates() {
                    let exact = of(kept).jaccard(&of(duplicate.id));
                    prop_assert!(cluster.least_jaccard().is_none_or(|least| exact >= least));
                }
            }
        }
    }

    #[test]
    fn a_chain_has_no_least_similarity() {
        let scheme = Scheme::builder().custom_features("test").build().expect("valid");
        let mut join = SimilarityJoin::builder(&scheme).threshold(0.5).build().expect("valid");
        for (id, set) in [[1, 2, 3, 4], [2, 3, 4, 5], [3, 4, 5, 6]].iter().enumerate() {
            join.push_features(id, set).expect("few");
        }
        let found = join.finish().expect("few");
        let least = |clustering| found.clusters(clustering, Keep::First)[0].least_jaccard();
        assert_eq!((least(Clustering::Leader), least(Clustering::Components)), (Some(0.6), None));
    }
}
