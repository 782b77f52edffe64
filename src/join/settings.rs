//! The settings of a join, all of them checked.

use super::candidates::containment::Containment;
use super::origin::PairFilter;
use crate::lsh::{Banding, BucketRule};
use crate::minhash::MinHasher;
use crate::verify::{Cascade, Criterion};

/// What a join is made with, all of it checked.
#[derive(Clone, Debug)]
pub(crate) struct JoinSettings {
    pub(crate) hasher: MinHasher,
    pub(crate) banding: Banding,
    pub(crate) threshold: f64,
    pub(crate) rule: BucketRule,
    pub(crate) containment: Option<Containment>,
    /// The rule which pairs are compared, of no documents yet.
    pub(crate) filter: PairFilter,
}

impl JoinSettings {
    /// Returns what a pair must meet.
    pub(crate) fn criterion(&self) -> Criterion {
        let min_agreeing = self.banding.min_agreeing(self.hasher.num_hashes(), self.threshold);
        Criterion::Similar(Cascade::new(self.threshold, min_agreeing))
    }
}
