//! Indexes in files that open at once.
//!
//! [`Frozen`] answers "what is similar to this?" from bytes that never change: a file in memory, a memory map, or part of a program.
//! [`FrozenBuilder`] writes these bytes. The format is in `docs/index-format.md` of the repository. To add and remove documents, use a
//! [`Store`](crate::store::Store), which is made of such files.

mod batch;
mod blocks;
mod bytes;
mod format;
mod frozen;
mod id;
mod live;
mod merge;
mod query;
#[cfg(test)]
mod tests;
mod tools;
mod verify;
mod write;

pub use batch::FrozenBuilder;
pub use frozen::Frozen;
pub use id::DocumentId;
pub use query::FrozenHit;

#[cfg(feature = "store")]
pub(crate) use {
    batch::{Batch, Content, in_memory},
    bytes::{number, take, take_number, take_short, take_text},
    format::damaged,
    live::Live,
    query::{Answer, Question},
    tools::Tools,
    write::WriteError,
};
