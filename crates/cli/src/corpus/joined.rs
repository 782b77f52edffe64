//! A corpus whose pairs were found.

use std::time::Duration;

use anyhow::Result;
use twinprint::dedup::Preference;
use twinprint::plan::PlanCheck;
use twinprint::result::{DiskClusters, DiskPairs, Rows};
use twinprint::{Clustering, Keep, Member};

use super::ReadSummary;
use super::work_dir::WorkDir;
use crate::boilerplate::BoilerplateFilter;
use crate::relations::Relations;
use crate::settings::Settings;

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
    /// What the documents of each pair are to one another, with `--relation`.
    pub(crate) relations: Option<Relations>,
    /// Keeps a temporary work folder until the pairs have been used.
    pub(super) _work: WorkDir,
}

/// What is to be removed.
pub(crate) struct Removal {
    /// The clusters, with the documents that represent them.
    pub(crate) clusters: DiskClusters,
    /// The removed documents, each with the one that it duplicates, where these are not the members of the clusters.
    partners: Option<DiskClusters>,
}

impl Removal {
    /// Returns whether the representatives of clusters are removed too.
    pub(crate) fn keeps_none(&self) -> bool {
        self.partners.is_some()
    }

    /// Iterates over the removed documents, each with the one that it duplicates, in the order of the documents.
    pub(crate) fn removed(&self) -> Result<Rows<Member<u32>>> {
        Ok(self.partners.as_ref().unwrap_or(&self.clusters).members()?)
    }
}

impl Joined {
    /// Computes the clusters; the rule of `--keep` chooses their representatives.
    pub(crate) fn clusters(&self, clustering: Clustering) -> Result<DiskClusters> {
        let keys = &self.read.keys;
        if !self.read.known.is_empty() || !self.read.corrections.is_empty() {
            let key = |document| (self.read.place_by_history(document), keys.get(document as usize));
            return Ok(self.pairs.clusters_by_key(clustering, key)?);
        }
        Ok(if keys.is_empty() {
            self.pairs.clusters(clustering, Keep::First)?
        } else {
            self.pairs.clusters_by_key(clustering, |document| &keys[document as usize])?
        })
    }

    /// Decides what is removed, by the rules of the settings.
    pub(crate) fn removal(&self, settings: &Settings) -> Result<Removal> {
        let (keys, groups) = (&self.read.keys, self.read.groups());
        if settings.preference()? == Preference::None {
            let clusters = self.clusters(Clustering::Components)?;
            return Ok(Removal { clusters, partners: Some(self.pairs.partners()?) });
        }
        let clusters = if settings.group.is_some() {
            self.pairs.clusters_of_groups(|document| keys.get(document as usize), groups)?
        } else if settings.contained.is_some() && self.read.against == 0 {
            self.clusters(Clustering::Containers)?
        } else {
            self.clusters(Clustering::Leader)?
        };
        Ok(Removal { clusters, partners: None })
    }
}
