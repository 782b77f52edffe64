//! Leader clusters: where a kept document is chosen.
//!
//! Documents are taken in the order of preference. Each is kept, unless it is similar to one that was kept before; then it joins the
//! most similar of these. With the edges of each document to preferred ones sorted by it, one pass does it: one bit a document says
//! which are not kept.

use super::levels::{for_each_only_contained, levels};
use super::pairs::Groups;
use super::ranks::Ranks;
use super::{Clustering, Found, Relation, components};
use crate::external::{Bits, Records, Sort, SortedBy, Sorters};
use crate::join::edge::{Edge, join, next_edge, split};

/// By which document members of clusters are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Document,
    Representative,
}

/// Returns all members of clusters except the representatives, as edges from the document to its representative. Takes the ranks of
/// groups.
pub(crate) fn members<F: Found>(
    found: &F,
    clustering: Clustering,
    ranks: &Ranks,
    (order, sorters): (Order, &F::Sorters),
) -> Result<SortedBy<F::Sorters, 3>, F::Error> {
    let leveled = match clustering {
        Clustering::Containers => ranks.by_levels(found.documents(), &levels(found, sorters)?),
        Clustering::Leader | Clustering::Components => None,
    };
    let ranks = leveled.as_ref().unwrap_or(ranks);
    let links = match clustering {
        Clustering::Leader | Clustering::Containers => links_to_leaders(found, clustering, ranks, sorters)?,
        Clustering::Components => components::links_to_roots(found, ranks, sorters)?,
    };
    let mut members = sorters.sorter::<3>("members-of-clusters");
    expand(found, ranks, links, sorters, |edge| {
        members.push(if order == Order::Document { edge } else { edge.swapped() }.to_record())
    })?;
    members.finish()
}

/// Links each group that has a leader to it, both by the documents that represent them.
fn links_to_leaders<F: Found>(
    found: &F,
    clustering: Clustering,
    ranks: &Ranks,
    sorters: &F::Sorters,
) -> Result<SortedBy<F::Sorters, 3>, F::Error> {
    let mut by_rank = sorters.sorter::<3>("ranks");
    let mut push = |edge: Edge| {
        let (left, right) = (ranks.rank(edge.left), ranks.rank(edge.right));
        by_rank.push(Edge { left, right, ..edge }.ordered().swapped().to_record())
    };
    let mut edges = found.edges(Relation::Similar)?;
    while let Some(edge) = next_edge(&mut edges)? {
        push(edge)?;
    }
    if clustering == Clustering::Containers {
        // By its level, the document that is inside has the later rank, so it can only join the one that holds it.
        for_each_only_contained(found, &mut push)?;
    }
    let (mut by_rank, mut links) = (by_rank.finish()?, sorters.sorter::<3>("links"));
    let mut followers = Bits::default();
    let mut best: Option<Edge> = None;
    let mut link = |best: Option<Edge>, followers: &mut Bits| {
        let Some(best) = best else { return Ok(()) };
        followers.set(best.left);
        let (left, right) = (ranks.document(best.left), ranks.document(best.right));
        links.push(Edge { left, right, ..best }.to_record())
    };
    while let Some(edge) = next_edge(&mut by_rank)? {
        if best.is_some_and(|best| best.left != edge.left) {
            link(best.take(), &mut followers)?;
        }
        // Leaders come in the order of preference, so the first of equally similar ones stays.
        let is_better = |best: Edge| best.overlap.jaccard() < edge.overlap.jaccard();
        if !followers.get(edge.right) && best.is_none_or(is_better) {
            best = Some(edge);
        }
    }
    link(best, &mut followers)?;
    links.finish()
}

/// Expands links of groups to links of documents: a member of a group has the link of the group, or is a copy of its representative.
fn expand<F: Found>(
    found: &F,
    ranks: &Ranks,
    mut links: SortedBy<F::Sorters, 3>,
    sorters: &F::Sorters,
    mut member: impl FnMut(Edge) -> Result<(), F::Error>,
) -> Result<(), F::Error> {
    let mut groups = Groups::from_members(others_of_groups(found, ranks, sorters)?)?;
    let mut link = next_edge(&mut links)?;
    loop {
        let group = groups.next_group();
        let document = match (link.map(|link| link.left), group.map(|(document, _)| document)) {
            (Some(a), Some(b)) => a.min(b),
            (a, b) => match a.or(b) {
                Some(document) => document,
                None => return Ok(()),
            },
        };
        let of_group = match link.filter(|link| link.left == document) {
            Some(found) => {
                member(found)?;
                link = next_edge(&mut links)?;
                found
            }
            None => Edge::equal(document, document, group.map_or(0, |(_, size)| size)),
        };
        while let Some(left) = groups.next_member(document)? {
            member(Edge { left, ..of_group })?;
        }
    }
}

/// Returns the members of each group except its most preferred one, by that one.
fn others_of_groups<F: Found>(
    found: &F,
    ranks: &Ranks,
    sorters: &F::Sorters,
) -> Result<SortedBy<F::Sorters, 2>, F::Error> {
    let mut others = sorters.sorter::<2>("others");
    let mut copies = found.copies()?;
    while let Some([copy, size]) = copies.next()? {
        let (document, first) = split(copy);
        let preferred = ranks.preferred(first);
        for member in [document, first] {
            if member != preferred {
                // The first document comes once for each copy; the sorter leaves one.
                others.push([join(preferred, member), size])?;
            }
        }
    }
    others.finish()
}
