//! A verified pair of groups, as a value in memory and as a record in files.

use crate::external::Records;
use crate::set::Overlap;

/// Two documents, by their numbers, and what their sets have in common.
///
/// Documents with equal sets form a group, and a join compares groups: there, each document is the first one of its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(crate) struct Edge {
    pub(crate) left: u32,
    pub(crate) right: u32,
    pub(crate) overlap: Overlap,
}

/// An edge as it is sorted and stored: both documents, the sizes of their sets, the number of shared elements. Records sort by left,
/// then right document.
pub(crate) type EdgeRecord = [u64; 3];

/// A document whose set equals that of an earlier one, and the size of that set: `document << 32 | first, size`.
pub(crate) type CopyRecord = [u64; 2];

/// The same, with the first document that has this set and the same text: `document << 32 | first, same_text << 32 | size`. If none has,
/// that is the document itself.
pub(crate) type MemberRecord = [u64; 2];

/// Reads member records as those of copies.
pub(crate) struct Members<R>(pub(crate) R);

impl<R: Records<2>> Records<2> for Members<R> {
    type Error = R::Error;

    fn next(&mut self) -> Result<Option<CopyRecord>, R::Error> {
        Ok(self.0.next()?.map(|[member, text_and_size]| [member, u64::from(split(text_and_size).1)]))
    }
}

impl Edge {
    /// Returns the same pair the other way round.
    pub(crate) fn swapped(self) -> Self {
        Self { left: self.right, right: self.left, overlap: self.overlap.swapped() }
    }

    /// Returns the pair with the lesser number on the left.
    pub(crate) fn ordered(self) -> Self {
        if self.left <= self.right { self } else { self.swapped() }
    }

    /// Returns whether the two sets are equal, and not empty.
    pub(crate) fn has_equal_sets(&self) -> bool {
        self.overlap.shared() > 0 && self.overlap.shared() == self.overlap.left().max(self.overlap.right())
    }

    /// Returns the pair of two documents whose sets are equal.
    pub(crate) fn equal(left: u32, right: u32, size: u64) -> Self {
        Self { left, right, overlap: Overlap::from_equal_sets(size as usize) }
    }

    pub(crate) fn to_record(self) -> EdgeRecord {
        let (left, right) = (self.overlap.left() as u64, self.overlap.right() as u64);
        [join(self.left, self.right), left << 32 | right, self.overlap.shared() as u64]
    }

    pub(crate) fn from_record([pair, sizes, shared]: EdgeRecord) -> Self {
        let (left, right) = split(pair);
        let overlap = Overlap::from_trusted((sizes >> 32) as usize, sizes as u32 as usize, shared as usize);
        Self { left, right, overlap }
    }
}

/// Puts two numbers into one that sorts by the first, then by the second.
pub(crate) fn join(first: u32, second: u32) -> u64 {
    u64::from(first) << 32 | u64::from(second)
}

/// Takes apart what [`join`] put together.
pub(crate) fn split(both: u64) -> (u32, u32) {
    ((both >> 32) as u32, both as u32)
}

/// Reads the next edge of a stream.
pub(crate) fn next_edge<R: Records<3>>(records: &mut R) -> Result<Option<Edge>, R::Error> {
    Ok(records.next()?.map(Edge::from_record))
}
