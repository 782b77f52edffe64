//! Pairs of groups to pairs of documents.

use super::families::FamilyFile;
use super::numbered::{NumberedPair, numbered};
use super::segments::Documents;
use super::sorter::{Sorted, Sorter};
use super::verify::EdgeRecord;
use crate::error::Error;
use crate::similarity::Overlap;

/// What pairs of documents are made of, and with.
pub(super) struct Expansion<'a> {
    pub(super) families: &'a FamilyFile,
    /// Groups of more members stand by their first document.
    pub(super) limit: usize,
    /// Makes a sorter of this name.
    pub(super) sorter: &'a dyn Fn(&str) -> Sorter<3>,
}

impl Expansion<'_> {
    /// All pairs, sorted: those within groups, and those of the edges between groups.
    pub(super) fn pairs(
        &self,
        documents: Documents,
        edges: impl Iterator<Item = Result<NumberedPair, Error>>,
    ) -> Result<Sorted<3>, Error> {
        let mut pairs = (self.sorter)("pairs");
        self.within_groups(documents, &mut pairs)?;
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
        drop(by_left);
        pairs.finish()
    }

    /// Edges in the order of their right documents, which are written as left ones.
    fn by_right(&self, edges: impl Iterator<Item = Result<NumberedPair, Error>>) -> Result<Sorted<3>, Error> {
        let mut by_right = (self.sorter)("rights");
        for edge in edges {
            by_right.push(record(edge?.swapped()))?;
        }
        by_right.finish()
    }

    /// Pairs of equal sets: of the first document with each other one, and up to the limit of all with all.
    fn within_groups(&self, mut documents: Documents, pairs: &mut Sorter<3>) -> Result<(), Error> {
        let mut families = self.families.open()?;
        let mut others = Vec::new();
        while let Some(first) = families.document() {
            let size = documents.at(first)?.size as usize;
            let overlap = Overlap { left: size, right: size, shared: size };
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
    let Overlap { left, right, shared } = pair.overlap;
    [u64::from(pair.left) << 32 | u64::from(pair.right), (left as u64) << 32 | right as u64, shared as u64]
}
