//! All pairs at once: documents are hashed, grouped by equal sets, made candidates by shared buckets, and verified.
//!
//! The folders name the steps in order: `storage`, `groups`, `candidates`, `verify`. In each, `memory` and `external` are two
//! ways to do one thing; what is true of both is in a file beside them.

pub(crate) mod builder;
pub(crate) mod candidates;
pub(crate) mod compare;
pub(crate) mod document;
pub(crate) mod edge;
#[cfg(feature = "disk")]
pub(crate) mod external;
pub(crate) mod groups;
pub(crate) mod intake;
pub(crate) mod memory;
pub(crate) mod online;
pub(crate) mod origin;
pub(crate) mod progress;
pub(crate) mod rejoin;
pub(crate) mod rules;
pub(crate) mod settings;
#[cfg(feature = "disk")]
pub(crate) mod shard_places;
#[cfg(feature = "disk")]
pub(crate) mod shards;
pub(crate) mod stats;
pub(crate) mod storage;
#[cfg(feature = "disk")]
pub(crate) mod stored_result;
pub(crate) mod verify;

pub use builder::SimilarityJoinBuilder;
pub use document::{Content, Document, Features, Text, View};
#[cfg(feature = "disk")]
pub use external::DiskJoin;
pub use memory::SimilarityJoin;
pub use origin::Origin;
pub use progress::{Progress, Stage};
pub use rules::JoinRules;
#[cfg(feature = "disk")]
pub use shards::{ShardSigner, ShardStage, ShardedJoin};
pub use stats::JoinStats;
#[cfg(feature = "disk")]
pub use storage::{
    file_info::FileInfo, id_lookup::IdLookup, scheme_key::work_folder_key, work_dir::remove_work_folder,
};
