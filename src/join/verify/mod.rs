//! Which candidates are accepted. In memory, candidates are compared where they are found; on disk, in passes over the stored sets.

#[cfg(feature = "disk")]
mod chunk;
#[cfg(feature = "disk")]
pub(crate) mod chunk_edges;
#[cfg(feature = "disk")]
pub(crate) mod passes;
#[cfg(feature = "disk")]
mod probe;
