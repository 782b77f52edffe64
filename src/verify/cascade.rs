//! Checks of rising cost: sizes, then signatures, then the sets themselves.

use super::query_set::{QuerySet, SignedSet};
use crate::minhash::count_equal;
use crate::set::{Overlap, min_shared};

/// Decides whether a candidate pair reaches the threshold, by three checks of rising cost: the sizes of the sets, the
/// signatures, and the sets themselves.
///
/// Only the last check accepts. The second rejects a few true pairs by chance, no more than the
/// [filter loss](crate::lsh::Banding::filter_loss) that the banding states.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cascade {
    pub(super) threshold: f64,
    pub(super) min_agreeing: usize,
}

/// The outcome of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The sizes or the signatures excluded the pair.
    Filtered,
    /// The sets were compared and are not similar enough.
    Rejected,
    /// The sets were compared and reach the threshold.
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
