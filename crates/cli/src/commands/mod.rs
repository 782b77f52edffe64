//! The subcommands, one file each.

pub(crate) mod audit;
pub(crate) mod clusters;
pub(crate) mod completions;
pub(crate) mod contained;
pub(crate) mod dedup;
pub(crate) mod evaluate;
pub(crate) mod index;
pub(crate) mod inspect;
pub(crate) mod pairs;
pub(crate) mod plan;
pub(crate) mod rewrites;
pub(crate) mod shard;
pub(crate) mod stories;
pub(crate) mod trim;
mod word_memory;
