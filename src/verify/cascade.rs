//! Checks of rising cost: sizes, then signatures, then the sets themselves.

use super::query_set::{QuerySet, SignedSet};
use crate::minhash::count_equal;
use crate::set::{Overlap, min_shared};

/// Decides of a candidate pair whether it reaches the threshold, by looks of rising cost: at the sizes of the sets, at
/// the signatures, at the sets themselves. The last alone accepts; the second may reject, by bad luck, the share of
/// true pairs that the banding states as its [filter loss](crate::lsh::Banding::filter_loss).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cascade {
    pub(super) threshold: f64,
    pub(super) min_agreeing: usize,
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
    pub(crate) fn new(threshold: f64, min_agreeing: usize) -> Self {
        Self { threshold, min_agreeing }
    }

    pub(crate) fn judge(&self, left: &mut QuerySet<'_>, right: SignedSet<'_>) -> Verdict {
        let (a, b) = (left.signed.set.len(), right.set.len());
        let least = min_shared(a, b, self.threshold);
        if a.min(b) < least || count_equal(left.signed.row, right.row) < self.min_agreeing {
            return Verdict::Filtered;
        }
        let overlap = left.shared_at_least(right.set, least).map(|shared| Overlap::from_trusted(a, b, shared));
        match overlap {
            Some(overlap) if overlap.jaccard() >= self.threshold => Verdict::Verified(overlap),
            _ => Verdict::Rejected,
        }
    }
}
