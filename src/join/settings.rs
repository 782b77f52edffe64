//! The settings of a join, all of them checked.

#[cfg(feature = "disk")]
use xxhash_rust::xxh3::xxh3_64;

use super::candidates::containment::Containment;
#[cfg(feature = "disk")]
use super::candidates::external::Parameters;
use super::origin::PairFilter;
use crate::lsh::{Banding, BucketRule};
use crate::minhash::MinHasher;
use crate::verify::{Cascade, Criterion};

/// What a join is made with, all of it checked.
#[derive(Clone, Debug)]
pub(crate) struct JoinSettings {
    /// Signs the positions that the banding and the filter use.
    pub(crate) hasher: MinHasher,
    pub(crate) banding: Banding,
    pub(crate) threshold: f64,
    pub(crate) rule: BucketRule,
    pub(crate) containment: Option<Containment>,
    /// The rule which pairs are compared, of no documents yet.
    pub(crate) filter: PairFilter,
}

#[cfg(feature = "disk")]
impl JoinSettings {
    /// Names the scheme in the headers of files.
    pub(crate) fn owner(&self) -> u64 {
        xxh3_64(self.hasher.scheme().id().to_string().as_bytes())
    }

    /// Returns what candidates depend on.
    pub(crate) fn parameters(&self) -> Parameters {
        let Self { hasher, banding, rule, .. } = self;
        let (width, seed) = (hasher.row_width(), hasher.scheme().sketch().seed());
        Parameters { banding: *banding, seed, width, rule: *rule, sketch_filter: self.criterion().sketch_filter() }
    }
}

impl JoinSettings {
    /// Returns what a pair must meet.
    pub(crate) fn criterion(&self) -> Criterion {
        let min_agreeing = self.banding.min_agreeing(self.hasher.row_width(), self.threshold);
        Criterion::Similar(Cascade::new(self.threshold, min_agreeing))
    }
}
