//! What a candidate must meet to be verified: a Jaccard similarity, or a containment.

use super::{Cascade, QuerySet, SignedSet, Verdict};
use crate::set::{Overlap, SketchFilter};

/// What a verified pair must fulfil.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Criterion {
    /// The Jaccard similarity reaches a threshold.
    Similar(Cascade),
    /// The larger set holds at least this share of the smaller one.
    Contained(f64),
}

impl Criterion {
    pub(crate) fn judge(&self, left: &mut QuerySet<'_>, right: SignedSet<'_>) -> Verdict {
        match self {
            Self::Similar(cascade) => cascade.judge(left, right),
            Self::Contained(least) => match Overlap::from_sorted_contained(left.signed.set, right.set, *least) {
                Some(overlap) => Verdict::Verified(overlap),
                None => Verdict::Rejected,
            },
        }
    }
}

impl Criterion {
    /// Returns the filter that sketches of pairs pass before they are candidates.
    pub(crate) fn sketch_filter(&self) -> SketchFilter {
        SketchFilter::new(match self {
            Self::Similar(cascade) => cascade.threshold,
            // A small set may be in one of any size.
            Self::Contained(_) => 0.0,
        })
    }
}

/// How files of a join on disk name a criterion.
#[cfg(feature = "disk")]
impl Criterion {
    /// The names of the criteria in the names of files.
    pub(crate) const NAMES: [&str; 2] = ["verified", "verified-contained"];

    /// Returns whether a pair of this overlap meets the criterion.
    pub(crate) fn accepts(&self, overlap: Overlap) -> bool {
        match self {
            Self::Similar(cascade) => overlap.jaccard() >= cascade.threshold,
            Self::Contained(least) => overlap.containment() >= *least,
        }
    }

    /// Returns whether signatures are compared before sets.
    pub(crate) fn compares_signatures(&self) -> bool {
        matches!(self, Self::Similar(_))
    }

    /// Returns the name for files.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Similar(_) => Self::NAMES[0],
            Self::Contained(_) => Self::NAMES[1],
        }
    }

    /// Returns numbers that identify the criterion and its parameters.
    pub(crate) fn parameters(&self) -> [u64; 3] {
        match self {
            Self::Similar(cascade) => [0, cascade.threshold.to_bits(), cascade.min_agreeing as u64],
            Self::Contained(least) => [1, least.to_bits(), 0],
        }
    }
}
