//! Which pairs may be similar: those that share a bucket.

pub(crate) mod containment;
pub(crate) mod crowd;
#[cfg(feature = "disk")]
mod crowd_file;
#[cfg(feature = "disk")]
pub(crate) mod external;
#[cfg(feature = "disk")]
mod finder;
pub(crate) mod memory;
pub(crate) mod online;
mod prefix_index;
mod prefix_maker;
