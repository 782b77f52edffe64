//! The nearest duplicate of each document that has one, for results that keep none of them.

use super::pairs::Groups;
use super::{Found, Relation};
use crate::external::{Sort, SortedBy, Sorters};
use crate::join::edge::{Edge, next_edge};

/// Returns each document that has a copy or a verified pair, as an edge to its nearest one: a copy, else the most similar document, of
/// equally similar ones the first. In the order of the documents.
pub(crate) fn partners<F: Found>(found: &F, sorters: &F::Sorters) -> Result<SortedBy<F::Sorters, 3>, F::Error> {
    let mut all = sorters.sorter::<3>("partners");
    let mut nearest = nearest_groups(found, sorters)?;
    let mut groups = Groups::new(found, sorters)?;
    let mut next = next_edge(&mut nearest)?;
    while let Some((first, size)) = groups.next_group() {
        // A copy is nearer than any other document.
        while let Some(edge) = next.filter(|edge| edge.left <= first) {
            if edge.left < first {
                all.push(edge.to_record())?;
            }
            next = next_edge(&mut nearest)?;
        }
        let mut of_first = true;
        while let Some(member) = groups.next_member(first)? {
            if std::mem::take(&mut of_first) {
                all.push(Edge::equal(first, member, size).to_record())?;
            }
            all.push(Edge::equal(member, first, size).to_record())?;
        }
    }
    while let Some(edge) = next {
        all.push(edge.to_record())?;
        next = next_edge(&mut nearest)?;
    }
    all.finish()
}

/// Links each group that is similar to others to the most similar one, both by their first documents.
fn nearest_groups<F: Found>(found: &F, sorters: &F::Sorters) -> Result<SortedBy<F::Sorters, 3>, F::Error> {
    let mut both_ways = sorters.sorter::<3>("both-ways");
    let mut edges = found.edges(Relation::Similar)?;
    while let Some(edge) = next_edge(&mut edges)? {
        both_ways.push(edge.to_record())?;
        both_ways.push(edge.swapped().to_record())?;
    }
    let (mut both_ways, mut nearest) = (both_ways.finish()?, sorters.sorter::<3>("nearest"));
    let mut best: Option<Edge> = None;
    while let Some(edge) = next_edge(&mut both_ways)? {
        match best {
            Some(last) if last.left == edge.left => {
                if last.overlap.jaccard() < edge.overlap.jaccard() {
                    best = Some(edge);
                }
            }
            last => {
                if let Some(last) = last {
                    nearest.push(last.to_record())?;
                }
                best = Some(edge);
            }
        }
    }
    if let Some(last) = best {
        nearest.push(last.to_record())?;
    }
    nearest.finish()
}
