//! A corpus whose pairs were found.

use std::time::Duration;

use anyhow::Result;
use twinprint::plan::PlanCheck;
use twinprint::result::{DiskClusters, DiskPairs};
use twinprint::{Clustering, Keep};

use super::ReadSummary;
use super::work_dir::WorkDir;
use crate::boilerplate::BoilerplateFilter;

/// The verified pairs of a corpus, and how they came about.
pub(crate) struct Joined {
    pub(crate) pairs: DiskPairs,
    pub(crate) read: ReadSummary,
    /// The costs predicted from a sample beside the measured ones, where they can be predicted.
    pub(crate) comparison: Option<PlanCheck>,
    /// Time spent after reading.
    pub(crate) seconds: Duration,
    /// The shingles that were removed as boilerplate, with `--boilerplate`.
    pub(crate) boilerplate: Option<BoilerplateFilter>,
    /// Keeps a temporary work folder until the pairs have been used.
    pub(super) _work: WorkDir,
}

impl Joined {
    /// Computes the clusters; the rule of `--keep` chooses their representatives.
    pub(crate) fn clusters(&self, clustering: Clustering) -> Result<DiskClusters> {
        let keys = &self.read.keys;
        Ok(if keys.is_empty() {
            self.pairs.clusters(clustering, Keep::First)?
        } else {
            self.pairs.clusters_by_key(clustering, |document| keys[document as usize])?
        })
    }
}
