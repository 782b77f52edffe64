//! Verifies candidates. In memory, they are compared where they are found; on disk, in passes over the sets.

#[cfg(feature = "disk")]
mod candidate_reader;
#[cfg(feature = "disk")]
mod chunk;
#[cfg(feature = "disk")]
pub(crate) mod chunk_edges;
#[cfg(feature = "disk")]
mod gather;
#[cfg(feature = "disk")]
pub(crate) mod passes;
#[cfg(feature = "disk")]
mod probe;
#[cfg(feature = "disk")]
mod sizes;
