//! Where shards left what the last step of a join reads.

use std::sync::Arc;

use super::storage::work_dir::WorkDir;

/// The folders of a [join by shards](super::shards), all of whose stages are done.
#[derive(Debug)]
pub(crate) struct ShardPlaces {
    pub(crate) groups: Arc<WorkDir>,
    /// What the groups belong to.
    pub(crate) groups_owner: u64,
    pub(crate) candidates: Arc<WorkDir>,
    /// The folder of each shard.
    pub(crate) verified: Vec<Arc<WorkDir>>,
}
