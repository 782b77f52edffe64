//! The stages of a join by shards, and their folders.

use std::fmt;
use std::path::{Path, PathBuf};

/// Names a stage of a [join by shards](crate::join::ShardedJoin), in order. Stages compare by that order.
///
/// ```
/// use twinprint::join::ShardStage;
///
/// assert!(ShardStage::Sign < ShardStage::Verify);
/// assert_eq!(ShardStage::Bands.to_string(), "bands");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ShardStage {
    /// Documents become sets with band keys.
    Sign,
    /// Equal sets are found, by one process.
    Group,
    /// Documents that share a bucket become candidates.
    Bands,
    /// The candidates of all bands are merged, by one process.
    Merge,
    /// Candidates are verified.
    Verify,
    /// The verified pairs become a result, by one process.
    Clusters,
}

impl ShardStage {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Group => "group",
            Self::Bands => "bands",
            Self::Merge => "merge",
            Self::Verify => "verify",
            Self::Clusters => "clusters",
        }
    }

    /// Returns whether each shard does a part of the stage.
    #[must_use]
    pub fn is_by_shard(self) -> bool {
        matches!(self, Self::Sign | Self::Bands | Self::Verify)
    }

    /// Returns the folder of a stage, and of a shard where each has one. Shards count from 1 there, as in messages.
    pub(super) fn folder(self, folder: &Path, shard: u32) -> PathBuf {
        let name = self.name();
        if self.is_by_shard() { folder.join(format!("{name}-{:05}", shard + 1)) } else { folder.join(name) }
    }
}

impl fmt::Display for ShardStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
