//! The prefix trees of a forest, as sorted runs.

use crate::minhash::SignatureMatrix;
use crate::parallel;

/// Slots are gathered until they are this many, and then sorted. Fewer are compared one by one, which is faster.
const UNSORTED: usize = 64;

/// Slots in the order of their positions, once for each tree. Slots with a common prefix are neighbours, so that a node of the tree is a
/// stretch of the run.
#[derive(Clone, Debug)]
struct Run {
    by_tree: Vec<Vec<u32>>,
}

/// The trees of a forest. Each looks at positions of its own: tree `t` at those from `t * depth` to `(t + 1) * depth`.
#[derive(Clone, Debug)]
pub(super) struct Runs {
    trees: usize,
    depth: usize,
    /// Each has at least twice as many slots as the next one.
    runs: Vec<Run>,
    /// Slots that are in no run yet, ascending.
    unsorted: Vec<u32>,
}

impl Runs {
    pub(super) fn new(trees: usize, depth: usize) -> Self {
        Self { trees, depth, runs: Vec::new(), unsorted: Vec::new() }
    }

    pub(super) fn trees(&self) -> usize {
        self.trees
    }

    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    pub(super) fn clear(&mut self) {
        self.runs.clear();
        self.unsorted.clear();
    }

    /// Returns the bytes in memory.
    pub(super) fn bytes(&self) -> usize {
        let trees = self.runs.iter().flat_map(|run| &run.by_tree);
        4 * (trees.map(Vec::capacity).sum::<usize>() + self.unsorted.capacity())
    }

    /// Adds slots, which are larger than all others.
    pub(super) fn push(&mut self, rows: &SignatureMatrix, slots: impl IntoIterator<Item = u32>) {
        self.unsorted.extend(slots);
        if self.unsorted.len() < UNSORTED {
            return;
        }
        let slots = std::mem::take(&mut self.unsorted);
        let mut by_tree = vec![slots; self.trees];
        parallel::for_each_mut(&mut by_tree, |tree, slots| {
            slots.sort_by(|a, b| self.branch(rows, tree, *a).cmp(self.branch(rows, tree, *b)));
        });
        self.runs.push(Run { by_tree });
        while let [.., before, last] = &self.runs[..]
            && before.len() < 2 * last.len()
        {
            let mut by_tree: Vec<Vec<u32>> =
                before.by_tree.iter().zip(&last.by_tree).map(|(a, b)| [&a[..], &b[..]].concat()).collect();
            // Two sorted stretches, which a merge sort finds.
            parallel::for_each_mut(&mut by_tree, |tree, slots| {
                slots.sort_by(|a, b| self.branch(rows, tree, *a).cmp(self.branch(rows, tree, *b)));
            });
            self.runs.truncate(self.runs.len() - 2);
            self.runs.push(Run { by_tree });
        }
    }

    /// Gives slots their new numbers, and drops those without one. The order of numbers stays.
    pub(super) fn renumber(&mut self, number: impl Fn(u32) -> Option<u32>) {
        let renumber = |slots: &mut Vec<u32>| *slots = slots.iter().filter_map(|slot| number(*slot)).collect();
        self.runs.iter_mut().flat_map(|run| &mut run.by_tree).for_each(renumber);
        renumber(&mut self.unsorted);
        self.runs.retain(|run| run.len() > 0);
    }

    /// Returns the positions of a slot that a tree looks at.
    fn branch<'a>(&self, rows: &'a SignatureMatrix, tree: usize, slot: u32) -> &'a [u32] {
        let row = rows.row(slot as usize).unwrap_or_default();
        row.get(tree * self.depth..(tree + 1) * self.depth).unwrap_or_default()
    }

    /// Returns the slots that share the longest prefixes with a signature, ascending: the trees are climbed together, from their leaves,
    /// until enough slots are below. What shares a prefix of that length in any tree is among them, and nothing else.
    ///
    /// `is_enough` is asked with the slots that were found so far.
    pub(super) fn climb(
        &self,
        rows: &SignatureMatrix,
        positions: &[u32],
        is_enough: impl Fn(&[u32]) -> bool,
    ) -> Vec<u32> {
        let mut nodes: Vec<Node<'_>> = Vec::new();
        for run in &self.runs {
            for (tree, slots) in run.by_tree.iter().enumerate() {
                let own = &positions[tree * self.depth..(tree + 1) * self.depth];
                let at = slots.partition_point(|slot| self.branch(rows, tree, *slot) < own);
                nodes.push(Node { tree, slots, own, start: at, end: at });
            }
        }
        let unsorted: Vec<(usize, u32)> =
            self.unsorted.iter().map(|slot| (self.longest_prefix(rows, positions, *slot), *slot)).collect();
        let mut found = Vec::new();
        for length in (1..=self.depth).rev() {
            for node in &mut nodes {
                let tree = node.tree;
                node.climb(length, |slot| self.branch(rows, tree, slot), &mut found);
            }
            found.extend(unsorted.iter().filter(|(prefix, _)| *prefix == length).map(|(_, slot)| *slot));
            found.sort_unstable();
            found.dedup();
            if is_enough(&found) {
                break;
            }
        }
        found
    }

    /// Returns the length of the longest prefix that a slot shares with a signature in any tree.
    fn longest_prefix(&self, rows: &SignatureMatrix, positions: &[u32], slot: u32) -> usize {
        let row = rows.row(slot as usize).unwrap_or_default();
        let trees = row.chunks_exact(self.depth).zip(positions.chunks_exact(self.depth)).take(self.trees);
        trees.map(|(a, b)| a.iter().zip(b).take_while(|(a, b)| a == b).count()).max().unwrap_or(0)
    }
}

impl Run {
    fn len(&self) -> usize {
        self.by_tree.first().map_or(0, Vec::len)
    }
}

/// The node of a tree above a signature, as a stretch of a run.
struct Node<'a> {
    tree: usize,
    slots: &'a [u32],
    /// The positions of the signature that the tree looks at.
    own: &'a [u32],
    start: usize,
    end: usize,
}

impl Node<'_> {
    /// Climbs to the node whose prefix has this length, and appends the slots that are new below it.
    fn climb<'r>(&mut self, length: usize, branch: impl Fn(u32) -> &'r [u32], found: &mut Vec<u32>) {
        let own = &self.own[..length];
        let prefix = |slot: &u32| branch(*slot).get(..length).unwrap_or_default();
        let start = self.slots[..self.start].partition_point(|slot| prefix(slot) < own);
        let end = self.end + self.slots[self.end..].partition_point(|slot| prefix(slot) <= own);
        found.extend_from_slice(&self.slots[start..self.start]);
        found.extend_from_slice(&self.slots[self.end..end]);
        (self.start, self.end) = (start, end);
    }
}
