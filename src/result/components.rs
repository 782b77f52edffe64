//! Connected components: documents that chains of verified pairs connect.
//!
//! A union-find forest of groups, by their first documents: whatever an edge connects gets one root, the most preferred
//! group of its component. A second pass over the edges says which groups have a verified pair with the root.

use super::ranks::Ranks;
use super::{CHAINED, Found, Relation};
use crate::external::{Bits, Sort, SortedBy, Sorters};
use crate::join::edge::{Edge, next_edge};
use crate::set::Overlap;

/// Links each group that is no root to its root, both by the documents that represent them.
pub(crate) fn links_to_roots<F: Found>(
    found: &F,
    ranks: &Ranks,
    sorters: &F::Sorters,
) -> Result<SortedBy<F::Sorters, 3>, F::Error> {
    let mut forest = Forest::new(found.documents());
    let mut edges = found.edges(Relation::Similar)?;
    while let Some(edge) = next_edge(&mut edges)? {
        forest.unite(edge.left, edge.right, ranks);
    }
    let mut links = sorters.sorter::<3>("links");
    let mut link = |group: u32, root: u32, overlap: Overlap| {
        let (left, right) = (ranks.preferred(group), ranks.preferred(root));
        links.push(Edge { left, right, overlap }.to_record())
    };
    let mut linked = Bits::default();
    let mut edges = found.edges(Relation::Similar)?;
    while let Some(edge) = next_edge(&mut edges)? {
        let root = forest.root(edge.left);
        let to_root = [edge, edge.swapped()].into_iter().find(|edge| edge.right == root);
        if let Some(Edge { left, right, overlap }) = to_root {
            linked.set(left);
            link(left, right, overlap)?;
        }
    }
    for group in 0..found.documents() {
        let root = forest.root(group);
        if root != group && !linked.get(group) {
            link(group, root, CHAINED)?;
        }
    }
    links.finish()
}

/// For each group one that is preferred to it and connected with it, or itself where it is the root of its tree.
///
/// Trees are linked by rank of preference, so that the root is the document to keep. Path halving alone keeps
/// operations at O(log n) amortized time.
struct Forest {
    parents: Vec<u32>,
}

impl Forest {
    fn new(documents: u32) -> Self {
        Self { parents: (0..documents).collect() }
    }

    /// Finds the root of a tree, with path halving (R. Tarjan and J. van Leeuwen, "Worst-case analysis of set union
    /// algorithms", 1984).
    fn root(&mut self, mut group: u32) -> u32 {
        loop {
            let parent = self.parents[group as usize];
            if parent == group {
                return group;
            }
            let next = self.parents[parent as usize];
            self.parents[group as usize] = next;
            group = next;
        }
    }

    fn unite(&mut self, left: u32, right: u32, ranks: &Ranks) {
        let (left, right) = (self.root(left), self.root(right));
        let (root, other) = if ranks.rank(left) <= ranks.rank(right) { (left, right) } else { (right, left) };
        self.parents[other as usize] = root;
    }
}
