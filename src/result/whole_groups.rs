//! Removal of whole groups of the caller's, such as repositories: all documents of a group are kept, or all are removed.
//!
//! Groups are taken in the order of preference, that of their most preferred documents. A group is removed if each of its documents has
//! a duplicate in a group that was kept before; otherwise all of it is kept. So no removed document is without a kept duplicate, and a
//! second run over what was kept removes nothing, as long as no pairs were passed over in oversized buckets: kept documents are not joined
//! again here.

use ahash::AHashMap;

use super::levels::{for_each_only_contained, inner_and_outer};
use super::ranks::Ranks;
use super::{Found, Relation};
use crate::external::Records;
use crate::join::edge::{Edge, next_edge, split};

/// Marks a document that has no group.
pub(crate) const NO_GROUP: u32 = u32::MAX;

/// Returns the documents of the groups that are removed, each as an edge to the kept document that is most similar to it, in the order
/// of the documents. Memory: 40 bytes a document, and 64 a pair, which both its sets have.
///
/// `group_of` has the group of each document; a document of [`NO_GROUP`] is a group of its own.
pub(crate) fn removed<F: Found>(found: &F, ranks: &Ranks, group_of: &[u32]) -> Result<Vec<Edge>, F::Error> {
    let sets = Sets::read(found)?;
    let mut kept_with = KeptDocuments::default();
    let mut removed = Vec::new();
    for group in groups_in_order(ranks, group_of) {
        let edges: Option<Vec<Edge>> = group.iter().map(|&document| sets.nearest(document, &kept_with)).collect();
        match edges {
            Some(edges) => removed.extend(edges),
            None => group.iter().for_each(|&document| kept_with.add(sets.first_of(document), document)),
        }
    }
    removed.sort_unstable_by_key(|edge| edge.left);
    Ok(removed)
}

/// Returns the documents of each group, the group with the most preferred document first.
fn groups_in_order(ranks: &Ranks, group_of: &[u32]) -> Vec<Vec<u32>> {
    let mut groups: Vec<Vec<u32>> = Vec::new();
    let mut place_of = AHashMap::new();
    for rank in 0..group_of.len() as u32 {
        let document = ranks.document(rank);
        match group_of[document as usize] {
            NO_GROUP => groups.push(vec![document]),
            group => {
                let place = *place_of.entry(group).or_insert_with(|| {
                    groups.push(Vec::new());
                    groups.len() - 1
                });
                groups[place].push(document);
            }
        }
    }
    groups
}

/// The most preferred kept document of each set, by the first document with that set.
#[derive(Default)]
struct KeptDocuments(AHashMap<u32, u32>);

impl KeptDocuments {
    fn add(&mut self, first: u32, document: u32) {
        self.0.entry(first).or_insert(document);
    }
}

/// Which sets documents have, and which sets make one a duplicate of another.
struct Sets {
    /// The first document with the same set, and the size of that set, of each copy and of each document that has copies.
    copies: AHashMap<u32, (u32, u64)>,
    /// What may replace a set: sorted by left, which is the set that would be removed.
    edges: Vec<Edge>,
}

impl Sets {
    fn read<F: Found>(found: &F) -> Result<Self, F::Error> {
        let (mut copies, mut edges) = (AHashMap::new(), Vec::new());
        let mut stored = found.copies()?;
        while let Some([copy, size]) = stored.next()? {
            let (document, first) = split(copy);
            copies.insert(document, (first, size));
            copies.insert(first, (first, size));
        }
        let mut similar = found.edges(Relation::Similar)?;
        while let Some(edge) = next_edge(&mut similar)? {
            edges.extend([edge, edge.swapped()]);
        }
        for_each_only_contained(found, |edge| {
            let edge = edge.ordered();
            edges.push(if inner_and_outer(edge).0 == edge.left { edge } else { edge.swapped() });
            Ok(())
        })?;
        edges.sort_unstable_by_key(|edge| (edge.left, edge.right));
        Ok(Self { copies, edges })
    }

    fn first_of(&self, document: u32) -> u32 {
        self.copies.get(&document).map_or(document, |(first, _)| *first)
    }

    /// Returns the edge to the kept document that is most similar: to a copy, if one was kept.
    fn nearest(&self, document: u32, kept: &KeptDocuments) -> Option<Edge> {
        let first = self.first_of(document);
        if let (Some(&copy), Some(&(_, size))) = (kept.0.get(&first), self.copies.get(&document)) {
            return Some(Edge::equal(document, copy, size));
        }
        let start = self.edges.partition_point(|edge| edge.left < first);
        let edges = self.edges[start..].iter().take_while(|edge| edge.left == first);
        let to_kept = edges.filter_map(|edge| Some(Edge { left: document, right: *kept.0.get(&edge.right)?, ..*edge }));
        // Of equally similar ones, the first stays.
        to_kept.reduce(|best, edge| if edge.overlap.jaccard() > best.overlap.jaccard() { edge } else { best })
    }
}
