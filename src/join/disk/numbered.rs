//! Pairs of documents by their numbers, as they are read in order.

use super::expand::{PairSource, Pairs, record};
use super::sorter::{Records, Sorted};
use super::work::Work;
use crate::error::Error;
use crate::set::Overlap;

/// A verified pair of documents, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NumberedPair {
    /// The document that came first, numbered from 0.
    pub left: u32,
    /// The document that came later.
    pub right: u32,
    /// The sizes of their sets and of what they share.
    pub overlap: Overlap,
}

/// Two documents by their numbers, of which one stands inside the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContainedDocument {
    /// The document with fewer shingles, of equally many the earlier one; numbered from 0.
    pub inner: u32,
    /// The document that holds it.
    pub outer: u32,
    /// The sizes of their sets and of what they share; left is the inner document.
    pub overlap: Overlap,
}

/// A document that is dropped, by its number, and the one that is kept for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dropped {
    /// The document that is dropped, numbered from 0.
    pub document: u32,
    /// The document that is kept.
    pub representative: u32,
    /// The sizes of their sets and of what they share; left is the document that is dropped.
    pub overlap: Overlap,
}

impl NumberedPair {
    /// The same pair the other way round.
    pub(super) fn swapped(self) -> Self {
        Self { left: self.right, right: self.left, overlap: self.overlap.swapped() }
    }

    /// With the lesser number on the left.
    pub(super) fn ordered(self) -> Self {
        if self.left <= self.right { self } else { self.swapped() }
    }

    /// The exact Jaccard similarity of their shingle sets, 0 to 1.
    #[must_use]
    pub fn jaccard(&self) -> f64 {
        self.overlap.jaccard()
    }
}

/// Verified pairs, in order; see [`DiskPairs::pairs`](crate::DiskPairs::pairs).
#[derive(Debug)]
pub struct NumberedPairs {
    pub(super) pairs: Pairs,
    /// Where they are read from.
    pub(super) work: Work,
}

impl NumberedPairs {
    /// The same pairs the other way round: the later document on the left, and ordered by it.
    ///
    /// # Errors
    /// [`Error::File`] where a file cannot be written or read.
    pub fn by_right(self) -> Result<Self, Error> {
        let (sorted, work) = swapped(self.pairs, self.work)?;
        Ok(Self { pairs: Pairs::of(vec![PairSource::Sorted(sorted)])?, work })
    }
}

impl Iterator for NumberedPairs {
    type Item = Result<NumberedPair, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.pairs.next().map(|pair| pair.map(numbered)).transpose()
    }
}

/// Documents that stand inside others, in order; see [`DiskPairs::contained`](crate::DiskPairs::contained).
#[derive(Debug)]
pub struct ContainedDocuments {
    pub(super) sorted: Sorted<3>,
    /// Where they are read from.
    pub(super) _work: Work,
}

impl Iterator for ContainedDocuments {
    type Item = Result<ContainedDocument, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let contained = |pair| {
            let NumberedPair { left: inner, right: outer, overlap } = numbered(pair);
            ContainedDocument { inner, outer, overlap }
        };
        self.sorted.next().map(|pair| pair.map(contained)).transpose()
    }
}

/// Documents that are dropped, in order; see [`DiskPairs::dropped`](crate::DiskPairs::dropped).
#[derive(Debug)]
pub struct DroppedDocuments {
    pub(super) sorted: Sorted<3>,
    /// Where they are read from.
    pub(super) work: Work,
}

impl DroppedDocuments {
    /// The same documents cluster by cluster: ordered by representative, then by document.
    ///
    /// # Errors
    /// [`Error::File`] where a file cannot be written or read.
    pub fn by_representative(self) -> Result<DroppedOfClusters, Error> {
        swapped(self.sorted, self.work).map(|(sorted, work)| DroppedOfClusters { sorted, _work: work })
    }
}

/// Documents that are dropped, cluster by cluster; see [`DroppedDocuments::by_representative`].
#[derive(Debug)]
pub struct DroppedOfClusters {
    pub(super) sorted: Sorted<3>,
    /// Where they are read from.
    pub(super) _work: Work,
}

impl Iterator for DroppedOfClusters {
    type Item = Result<Dropped, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.sorted.next().map(|pair| pair.map(|pair| Dropped::of(numbered(pair).swapped()))).transpose()
    }
}

/// Sorts pairs by what was on their right.
fn swapped(mut pairs: impl Records<3>, work: Work) -> Result<(Sorted<3>, Work), Error> {
    let mut sorter = work.sorter("swapped");
    while let Some(pair) = pairs.next()? {
        sorter.push(record(numbered(pair).swapped()))?;
    }
    drop(pairs);
    Ok((sorter.finish()?, work))
}

impl Iterator for DroppedDocuments {
    type Item = Result<Dropped, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.sorted.next().map(|pair| pair.map(|pair| Dropped::of(numbered(pair)))).transpose()
    }
}

impl Dropped {
    fn of(NumberedPair { left, right, overlap }: NumberedPair) -> Self {
        Self { document: left, representative: right, overlap }
    }

    /// The exact Jaccard similarity to the representative, 0 to 1; 1 says that it is a copy.
    #[must_use]
    pub fn jaccard(&self) -> f64 {
        self.overlap.jaccard()
    }
}

/// The pair that is stored.
pub(super) fn numbered([pair, sizes, shared]: [u64; 3]) -> NumberedPair {
    let overlap = Overlap::from_trusted((sizes >> 32) as usize, sizes as u32 as usize, shared as usize);
    NumberedPair { left: (pair >> 32) as u32, right: pair as u32, overlap }
}
