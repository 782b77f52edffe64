//! Which sets may be contained in which: candidates by the rarest keys of their samples.

#[cfg(feature = "disk")]
pub(crate) mod external;
pub(crate) mod memory;
#[cfg(feature = "disk")]
mod shared_keys;

use crate::containment::FracMinHash;
use crate::verify::Criterion;

/// Which pairs are looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Containment {
    /// The share of the smaller set that the larger one holds at least.
    pub(crate) least: f64,
    pub(crate) rules: FracMinHash,
}

/// Keys of more sets than this are common, whatever the rules allow.
const MAX_SETS_OF_KEY: usize = 1 << 20;

impl Containment {
    /// Returns the maximum document frequency: keys of more sets than this are common.
    pub(crate) fn limit(&self) -> usize {
        usize::try_from(self.rules.max_document_frequency()).unwrap_or(usize::MAX).min(MAX_SETS_OF_KEY)
    }

    pub(crate) fn criterion(&self) -> Criterion {
        Criterion::Contained(self.least)
    }
}
