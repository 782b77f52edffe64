//! From the cheapest look to the exact one.

use super::measure::least_shared;
use super::{Left, Overlap};
use crate::lsh::Banding;
use crate::minhash::count_equal;

/// Decides of a candidate pair whether it reaches the threshold, by looks of rising cost: at the sizes of the sets, at
/// the signatures, at the sets themselves. The last alone accepts; the second may reject, by bad luck, the share of
/// true pairs that the banding states as its [filter loss](Banding::filter_loss).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cascade {
    pub(super) threshold: f64,
    pub(super) least_agreeing: usize,
}

/// One document, as the cascade sees it: a signature's row and the sorted set it stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Document<'a> {
    pub(crate) row: &'a [u32],
    pub(crate) set: &'a [u64],
}

/// What became of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The sizes or the signatures ruled it out.
    Filtered,
    /// The sets were compared, and are not similar enough.
    Rejected,
    /// The pair reaches the threshold, exactly.
    Verified(Overlap),
}

impl Cascade {
    pub(crate) fn new(banding: Banding, num_hashes: usize, threshold: f64) -> Self {
        Self { threshold, least_agreeing: banding.least_agreeing(num_hashes, threshold) }
    }

    pub(crate) fn judge(&self, left: &mut Left<'_>, right: Document<'_>) -> Verdict {
        let (a, b) = (left.document.set.len(), right.set.len());
        let least = least_shared(a, b, self.threshold);
        if a.min(b) < least || count_equal(left.document.row, right.row) < self.least_agreeing {
            return Verdict::Filtered;
        }
        let overlap = left.shared_at_least(right.set, least).map(|shared| Overlap { left: a, right: b, shared });
        match overlap {
            Some(overlap) if overlap.jaccard() >= self.threshold => Verdict::Verified(overlap),
            _ => Verdict::Rejected,
        }
    }
}
