//! Pairs of groups to pairs of documents.

use super::families::FamilyFile;
use super::groups::Bits;
use super::numbered::{NumberedPair, numbered};
use super::outcome::EdgeReader;
use super::segments::Documents;
use super::sorter::{Merged, Records, Sorted, Sorter};
use super::verify::EdgeRecord;
use crate::error::Error;
use crate::set::Overlap;

/// What pairs of documents are made of, and with.
pub(super) struct Expansion<'a> {
    pub(super) families: &'a FamilyFile,
    /// Documents whose group has others.
    pub(super) with_family: Bits,
    /// Groups of more members stand by their first document.
    pub(super) limit: usize,
    /// Makes a sorter of this name.
    pub(super) sorter: &'a dyn Fn(&str) -> Sorter<3>,
}

/// Pairs of documents in order.
pub(super) type Pairs = Merged<3, PairSource>;

/// Pairs that are brought together with others.
#[derive(Debug)]
pub(super) enum PairSource {
    /// Edges as they are stored, but for those of these documents.
    Plain(EdgeReader, Bits),
    Sorted(Sorted<3>),
}

impl Records<3> for PairSource {
    fn next(&mut self) -> Result<Option<EdgeRecord>, Error> {
        match self {
            Self::Plain(edges, without) => loop {
                match edges.next()? {
                    Some(edge) if has_any(without, edge) => {}
                    edge => return Ok(edge),
                }
            },
            Self::Sorted(pairs) => pairs.next(),
        }
    }
}

/// Whether either document of an edge is one of these.
fn has_any(documents: &Bits, [pair, ..]: EdgeRecord) -> bool {
    documents.get((pair >> 32) as u32) || documents.get(pair as u32)
}

impl Expansion<'_> {
    /// All pairs: those within groups, and those of the edges between groups, of which most stand for themselves and come
    /// in order.
    pub(super) fn pairs(
        self,
        documents: Documents,
        edges: impl Fn() -> Result<EdgeReader, Error>,
    ) -> Result<Pairs, Error> {
        let mut pairs = (self.sorter)("pairs");
        self.within_groups(documents, &mut pairs)?;
        if self.limit > 1 {
            self.between_groups(edges()?, &mut pairs)?;
        }
        let plain_without = if self.limit > 1 { self.with_family } else { Bits::default() };
        Merged::of(vec![PairSource::Plain(edges()?, plain_without), PairSource::Sorted(pairs.finish()?)])
    }

    /// Pairs of the edges whose documents have families.
    fn between_groups(&self, edges: EdgeReader, pairs: &mut Sorter<3>) -> Result<(), Error> {
        let mut families = self.families.open()?;
        let mut by_right = self.by_right(edges)?;
        let mut by_left = (self.sorter)("lefts");
        while let Some(edge) = by_right.next()? {
            let pair = numbered(edge).swapped();
            let standing = families.standing(pair.right, self.limit)?;
            standing.iter().try_for_each(|&right| by_left.push(record(NumberedPair { right, ..pair })))?;
        }
        drop(by_right);
        let (mut families, mut by_left) = (self.families.open()?, by_left.finish()?);
        while let Some(edge) = by_left.next()? {
            let pair = numbered(edge);
            let standing = families.standing(pair.left, self.limit)?;
            standing.iter().try_for_each(|&left| pairs.push(record(NumberedPair { left, ..pair }.ordered())))?;
        }
        Ok(())
    }

    /// Edges whose documents have families, in the order of their right documents, which are written as left ones.
    fn by_right(&self, mut edges: EdgeReader) -> Result<Sorted<3>, Error> {
        let mut by_right = (self.sorter)("rights");
        while let Some(edge) = edges.next()? {
            if has_any(&self.with_family, edge) {
                by_right.push(record(numbered(edge).swapped()))?;
            }
        }
        by_right.finish()
    }

    /// Pairs of equal sets: of the first document with each other one, and up to the limit of all with all.
    fn within_groups(&self, mut documents: Documents, pairs: &mut Sorter<3>) -> Result<(), Error> {
        let mut families = self.families.open()?;
        let mut others = Vec::new();
        while let Some(first) = families.document() {
            let size = documents.at(first)?.known.size as usize;
            let overlap = Overlap::from_equal_sets(size);
            while let Some(right) = families.member_of(first)? {
                pairs.push(record(NumberedPair { left: first, right, overlap }))?;
                // One more than may be, to know that there are too many.
                if others.len() < self.limit {
                    others.push(right);
                }
            }
            if others.len() < self.limit {
                for (at, &left) in others.iter().enumerate() {
                    let behind = others[at + 1..].iter();
                    behind.copied().try_for_each(|right| pairs.push(record(NumberedPair { left, right, overlap })))?;
                }
            }
            others.clear();
        }
        Ok(())
    }
}

/// A pair as it is sorted and stored.
pub(super) fn record(pair: NumberedPair) -> EdgeRecord {
    let (left, right, shared) = (pair.overlap.left(), pair.overlap.right(), pair.overlap.shared());
    [u64::from(pair.left) << 32 | u64::from(pair.right), (left as u64) << 32 | right as u64, shared as u64]
}
