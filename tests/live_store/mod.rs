//! A store under a mix of changes, and models of what it must hold and answer. `tests/live_store.rs` and `tools/soak` share it.

pub(crate) mod mix;
pub(crate) mod two_threads;
pub(crate) mod versions;
