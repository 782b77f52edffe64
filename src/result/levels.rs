//! Levels of containment: which texts are decided before those that are inside them.
//!
//! A text inside no other is on level 0. Each other one is a level above the highest text that holds it. In the order of levels, a text
//! is chosen or not before all that it holds, so leader clusters need no other rule for containment.

use ahash::AHashMap;

use super::{Found, Relation};
use crate::external::{Records, Sort, Sorters};
use crate::join::edge::{Edge, join, next_edge, split};

/// Returns the level of each group that is inside another, by its first document. Groups that are not listed are on level 0.
///
/// Pairs that are similar as well do not count: of those the order of preference decides.
pub(crate) fn levels<F: Found>(found: &F, sorters: &F::Sorters) -> Result<AHashMap<u32, u32>, F::Error> {
    let mut by_outer = sorters.sorter::<2>("outer");
    for_each_only_contained(found, |edge| {
        let (inner, outer) = inner_and_outer(edge);
        let size = edge.overlap.left().max(edge.overlap.right()) as u32;
        // The largest comes first: what holds a text is larger than the text, so its own level is final by then.
        by_outer.push([!join(size, outer), u64::from(inner)])
    })?;
    let mut levels = AHashMap::<u32, u32>::new();
    let mut by_outer = by_outer.finish()?;
    while let Some([outer, inner]) = by_outer.next()? {
        let above = levels.get(&split(!outer).1).map_or(1, |level| level + 1);
        let level = levels.entry(inner as u32).or_default();
        *level = above.max(*level);
    }
    Ok(levels)
}

/// Visits the pairs that containment alone connects, in order.
pub(crate) fn for_each_only_contained<F: Found>(
    found: &F,
    mut visit: impl FnMut(Edge) -> Result<(), F::Error>,
) -> Result<(), F::Error> {
    let (mut similar, mut contained) = (found.edges(Relation::Similar)?, found.edges(Relation::Contained)?);
    let mut next = next_edge(&mut similar)?;
    while let Some(edge) = next_edge(&mut contained)? {
        let pair = (edge.left, edge.right);
        while next.is_some_and(|similar| (similar.left, similar.right) < pair) {
            next = next_edge(&mut similar)?;
        }
        if next.is_none_or(|similar| (similar.left, similar.right) != pair) {
            visit(edge)?;
        }
    }
    Ok(())
}

/// Returns the document with the smaller set, of equally large ones the earlier, and the other.
pub(crate) fn inner_and_outer(edge: Edge) -> (u32, u32) {
    let Edge { left, right, overlap } = edge.ordered();
    if overlap.left() <= overlap.right() { (left, right) } else { (right, left) }
}
