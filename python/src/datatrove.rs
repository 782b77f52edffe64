//! The clusters of datatrove.

use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray2};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::collections::BTreeMap;
use twinprint_compat::datatrove::SENTINEL;

/// A file and the number of a document in it.
type Node = (u32, u32);

/// The node of all documents of an index.
const INDEX: Node = (SENTINEL, SENTINEL);

/// Joins nodes by size, as datatrove does, so that the same documents are kept.
#[derive(Default)]
struct UnionFind {
    places: BTreeMap<Node, usize>,
    nodes: Vec<Node>,
    parents: Vec<usize>,
    sizes: Vec<u32>,
}

impl UnionFind {
    fn place(&mut self, node: Node) -> usize {
        let next = self.nodes.len();
        let place = *self.places.entry(node).or_insert(next);
        if place == next {
            self.nodes.push(node);
            self.parents.push(next);
            self.sizes.push(1);
        }
        place
    }

    /// Finds the root, and halves the path to it.
    fn root(&mut self, mut place: usize) -> usize {
        while self.parents[place] != place {
            self.parents[place] = self.parents[self.parents[place]];
            place = self.parents[place];
        }
        place
    }

    /// Joins the smaller set to the larger one; of equal ones, and of the index and others, the second to the first, or to the index.
    fn union(&mut self, left: Node, right: Node) {
        let (left, right) = (self.place(left), self.place(right));
        let (mut larger, mut smaller) = (self.root(left), self.root(right));
        if larger == smaller {
            return;
        }
        let is_less = self.sizes[larger] < self.sizes[smaller];
        if self.nodes[smaller] == INDEX || (self.nodes[larger] != INDEX && is_less) {
            std::mem::swap(&mut larger, &mut smaller);
        }
        self.parents[smaller] = larger;
        self.sizes[larger] += self.sizes[smaller];
    }
}

/// The documents of a table of duplicate pairs (file, document, file, document): all nodes in ascending order (file, document), whether
/// each goes, the number of its cluster, and the size of that.
#[pyfunction]
#[pyo3(signature = (pairs, *, ignore_index))]
#[allow(clippy::type_complexity)]
pub fn datatrove_clusters<'py>(
    py: Python<'py>,
    pairs: PyReadonlyArray2<'py, u32>,
    ignore_index: bool,
) -> PyResult<(
    Bound<'py, PyArray2<u32>>,
    Bound<'py, PyArray1<bool>>,
    Bound<'py, PyArray1<u32>>,
    Bound<'py, PyArray1<u32>>,
)> {
    let pairs = pairs.as_array();
    if pairs.ncols() != 4 {
        return Err(PyValueError::new_err(format!("a table of pairs has 4 columns, not {}", pairs.ncols())));
    }
    let mut sets = UnionFind::default();
    for row in pairs.rows() {
        let (left, right) = ((row[0], row[1]), (row[2], row[3]));
        if !(ignore_index && left == INDEX) {
            sets.union(left, right);
        }
    }
    let ordered: Vec<(Node, usize)> = sets.places.iter().map(|(&node, &place)| (node, place)).collect();
    let mut numbers = BTreeMap::new();
    let (mut nodes, mut is_removed, mut clusters, mut sizes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (node, place) in ordered {
        let root = sets.root(place);
        let next = numbers.len() as u32;
        nodes.extend([node.0, node.1]);
        is_removed.push(root != place);
        clusters.push(*numbers.entry(root).or_insert(next));
        sizes.push(sets.sizes[root]);
    }
    let nodes = PyArray1::from_vec(py, nodes).reshape([is_removed.len(), 2])?;
    Ok((nodes, PyArray1::from_vec(py, is_removed), PyArray1::from_vec(py, clusters), PyArray1::from_vec(py, sizes)))
}
