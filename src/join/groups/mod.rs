//! Finds groups: documents with equal sets, each represented by its first.

#[cfg(feature = "disk")]
pub(crate) mod external;
pub(crate) mod memory;
#[cfg(feature = "disk")]
pub(crate) mod stored;
