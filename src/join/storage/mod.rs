//! Keeps documents until they are joined: in memory, or in segments on disk.

mod arena;
#[cfg(feature = "disk")]
pub(crate) mod band_keys;
#[cfg(feature = "disk")]
pub(crate) mod file_info;
#[cfg(feature = "disk")]
pub(crate) mod id_lookup;
pub(crate) mod memory;
#[cfg(feature = "disk")]
pub(crate) mod memory_check;
#[cfg(feature = "disk")]
pub(crate) mod scheme_key;
#[cfg(feature = "disk")]
pub(crate) mod scratch;
#[cfg(feature = "disk")]
pub(crate) mod segments;
pub(crate) mod set_block;
#[cfg(feature = "disk")]
pub(crate) mod set_key;
#[cfg(feature = "disk")]
pub(crate) mod set_removal;
#[cfg(feature = "disk")]
pub(crate) mod work_dir;
#[cfg(feature = "disk")]
pub(crate) mod writer;
