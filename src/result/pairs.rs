//! Expands edges between groups to pairs of documents.

use super::{Found, Relation};
use crate::external::{Bits, Merged, Records, Sort, SortedBy, Sorters};
use crate::join::edge::{CopyRecord, Edge, EdgeRecord, join, next_edge, split};

/// Pairs of documents, by left, then right document.
pub(crate) type Pairs<E, S> = Merged<3, PairSource<E, SortedBy<S, 3>>>;

/// Pairs that are merged: most edges are pairs as they are, and are not sorted again.
#[derive(Debug)]
pub(crate) enum PairSource<E, S> {
    /// Edges as they are stored, except those that touch a group of several documents.
    Unexpanded(E, Bits),
    Sorted(S),
}

impl<E: Records<3>, S: Records<3, Error = E::Error>> Records<3> for PairSource<E, S> {
    type Error = E::Error;

    fn next(&mut self) -> Result<Option<EdgeRecord>, E::Error> {
        match self {
            Self::Unexpanded(edges, without) => loop {
                match edges.next()? {
                    Some(edge) if touches(without, edge) => {}
                    edge => return Ok(edge),
                }
            },
            Self::Sorted(pairs) => pairs.next(),
        }
    }
}

/// Returns whether either document of an edge is in the set.
fn touches(documents: &Bits, [pair, ..]: EdgeRecord) -> bool {
    let (left, right) = split(pair);
    documents.get(left) || documents.get(right)
}

/// Returns all pairs: those within groups, and those of the edges between groups. A group of up to `max_group`
/// documents is represented by each of them, a larger one by its first.
///
/// Most groups have one document, and their edges are pairs as they are. Only edges that touch a larger group are
/// expanded and sorted again, and then merged with the others.
pub(crate) fn all_pairs<'a, F: Found>(
    found: &'a F,
    relation: Relation,
    max_group: usize,
    sorters: &F::Sorters,
) -> Result<Pairs<F::Edges<'a>, F::Sorters>, F::Error> {
    let mut pairs = sorters.sorter("pairs");
    let firsts = within_groups(found, max_group, sorters, &mut pairs)?;
    let expanded = if max_group > 1 { firsts } else { Bits::default() };
    if max_group > 1 {
        between_groups(found, (relation, &expanded), max_group, sorters, &mut pairs)?;
    }
    Merged::new(vec![PairSource::Unexpanded(found.edges(relation)?, expanded), PairSource::Sorted(pairs.finish()?)])
}

/// Adds the pairs of equal sets: of the first document with each other one, and of all with all up to the maximum.
/// Returns the first documents of groups of several.
fn within_groups<F: Found>(
    found: &F,
    max_group: usize,
    sorters: &F::Sorters,
    pairs: &mut impl Sort<3, Error = F::Error>,
) -> Result<Bits, F::Error> {
    let mut firsts = Bits::default();
    let mut groups = Groups::new(found, sorters)?;
    while let Some((first, size)) = groups.next_group() {
        firsts.set(first);
        let mut others = Vec::new();
        while let Some(right) = groups.next_member(first)? {
            pairs.push(Edge::equal(first, right, size).to_record())?;
            // One more than may be, to know that there are too many.
            if others.len() < max_group {
                others.push(right);
            }
        }
        if others.len() < max_group {
            for (at, &left) in others.iter().enumerate() {
                let behind = others[at + 1..].iter();
                behind.copied().try_for_each(|right| pairs.push(Edge::equal(left, right, size).to_record()))?;
            }
        }
    }
    Ok(firsts)
}

/// Adds the pairs of the edges that touch a group of several documents: first each right document, then each left one
/// is replaced by those that represent its group.
fn between_groups<F: Found>(
    found: &F,
    (relation, expanded): (Relation, &Bits),
    max_group: usize,
    sorters: &F::Sorters,
    pairs: &mut impl Sort<3, Error = F::Error>,
) -> Result<(), F::Error> {
    let mut by_right = sorters.sorter::<3>("rights");
    let mut edges = found.edges(relation)?;
    while let Some(edge) = edges.next()? {
        if touches(expanded, edge) {
            by_right.push(Edge::from_record(edge).swapped().to_record())?;
        }
    }
    let (mut by_right, mut by_left) = (by_right.finish()?, sorters.sorter::<3>("lefts"));
    let mut groups = Groups::new(found, sorters)?;
    while let Some(edge) = next_edge(&mut by_right)? {
        let edge = edge.swapped();
        let rights = groups.representatives(edge.right, max_group)?;
        rights.iter().try_for_each(|&right| by_left.push(Edge { right, ..edge }.to_record()))?;
    }
    drop(by_right);
    let mut by_left = by_left.finish()?;
    let mut groups = Groups::new(found, sorters)?;
    while let Some(edge) = next_edge(&mut by_left)? {
        let lefts = groups.representatives(edge.left, max_group)?;
        lefts.iter().try_for_each(|&left| pairs.push(Edge { left, ..edge }.ordered().to_record()))?;
    }
    Ok(())
}

/// Counts the pairs that [`all_pairs`] returns, in time that is linear in edges and copies, however many pairs there are.
pub(crate) fn count_pairs<F: Found>(
    found: &F,
    relation: Relation,
    max_group: usize,
    sorters: &F::Sorters,
) -> Result<u64, F::Error> {
    let (mut firsts, mut count) = (Bits::default(), 0_u64);
    let mut groups = Groups::new(found, sorters)?;
    while let Some((first, _)) = groups.next_group() {
        firsts.set(first);
        let mut others = 0_u64;
        while groups.next_member(first)?.is_some() {
            others += 1;
        }
        let is_expanded = others < max_group as u64;
        count = count.saturating_add(if is_expanded { others * (others + 1) / 2 } else { others });
    }
    let expanded = if max_group > 1 { firsts } else { Bits::default() };
    let mut by_right = sorters.sorter::<1>("rights");
    let mut edges = found.edges(relation)?;
    while let Some(edge) = edges.next()? {
        if touches(&expanded, edge) {
            let (left, right) = split(edge[0]);
            by_right.push([join(right, left)])?;
        } else {
            count = count.saturating_add(1);
        }
    }
    let (mut by_right, mut by_left) = (by_right.finish()?, sorters.sorter::<2>("lefts"));
    let mut groups = Groups::new(found, sorters)?;
    while let Some([pair]) = by_right.next()? {
        let (right, left) = split(pair);
        by_left.push([join(left, right), groups.representatives(right, max_group)?.len() as u64])?;
    }
    drop(by_right);
    let mut by_left = by_left.finish()?;
    let mut groups = Groups::new(found, sorters)?;
    while let Some([pair, rights]) = by_left.next()? {
        let lefts = groups.representatives(split(pair).0, max_group)?.len() as u64;
        count = count.saturating_add(lefts.saturating_mul(rights));
    }
    Ok(count)
}

/// Returns the pairs of which the right document holds the left one: ordered by inner, then outer document.
pub(crate) fn contained_pairs<F: Found>(
    found: &F,
    max_group: usize,
    sorters: &F::Sorters,
) -> Result<SortedBy<F::Sorters, 3>, F::Error> {
    let mut pairs = all_pairs(found, Relation::Contained, max_group, sorters)?;
    let mut by_inner = sorters.sorter::<3>("inner");
    while let Some(pair) = next_edge(&mut pairs)? {
        let left_is_inner = pair.overlap.left() <= pair.overlap.right();
        by_inner.push(if left_is_inner { pair } else { pair.swapped() }.to_record())?;
    }
    by_inner.finish()
}

/// Reads the members of groups, one group after the other.
///
/// It is a merge join: groups are asked for in ascending order, and each is read once.
pub(crate) struct Groups<R> {
    /// `first << 32 | document, size`.
    members: R,
    next: Option<CopyRecord>,
    /// The documents that represent the group asked for last.
    representatives: Vec<u32>,
}

impl<R: Records<2>> Groups<R> {
    /// Sorts the copies by the first document of their group.
    pub(crate) fn new<F>(found: &F, sorters: &F::Sorters) -> Result<Self, F::Error>
    where
        F: Found<Error = R::Error>,
        <F::Sorters as Sorters>::Sorter<2>: Sort<2, Sorted = R>,
    {
        let mut by_first = sorters.sorter::<2>("members");
        let mut copies = found.copies()?;
        while let Some([copy, size]) = copies.next()? {
            let (document, first) = split(copy);
            by_first.push([join(first, document), size])?;
        }
        Self::from_members(by_first.finish()?)
    }

    /// Reads members that are sorted already.
    pub(crate) fn from_members(mut members: R) -> Result<Self, R::Error> {
        let next = members.next()?;
        Ok(Self { members, next, representatives: Vec::new() })
    }

    /// Returns the document that the next member belongs to, and the size of its set.
    pub(crate) fn next_group(&self) -> Option<(u32, u64)> {
        self.next.map(|[member, size]| (split(member).0, size))
    }

    /// Returns the next member of a document's group, if there is one left.
    pub(crate) fn next_member(&mut self, document: u32) -> Result<Option<u32>, R::Error> {
        match self.next.map(|[member, _]| split(member)) {
            Some((first, member)) if first == document => {
                self.next = self.members.next()?;
                Ok(Some(member))
            }
            _ => Ok(None),
        }
    }

    /// Returns the documents that represent the group of a first document: all its members, up to a maximum, else the
    /// first alone. Documents are asked for in ascending order, each any number of times.
    fn representatives(&mut self, document: u32, max_group: usize) -> Result<&[u32], R::Error> {
        if self.representatives.first() != Some(&document) {
            self.representatives.clear();
            self.representatives.push(document);
            while let Some((other, _)) = self.next_group().filter(|(other, _)| *other < document) {
                self.next_member(other)?;
            }
            let mut members = 1;
            while let Some(member) = self.next_member(document)? {
                members += 1;
                if members <= max_group {
                    self.representatives.push(member);
                }
            }
            if members > max_group {
                self.representatives.truncate(1);
            }
        }
        Ok(&self.representatives)
    }
}
