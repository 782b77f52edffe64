//! Which pairs may be similar: those that share a bucket.

pub(crate) mod containment;
#[cfg(feature = "disk")]
pub(crate) mod external;
pub(crate) mod memory;
#[cfg(feature = "disk")]
mod pivots;
