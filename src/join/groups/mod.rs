//! Which documents have equal sets.

#[cfg(feature = "disk")]
pub(crate) mod external;
pub(crate) mod memory;
