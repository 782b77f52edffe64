//! The command as a process: what it prints and writes, and how it ends.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod corpora;
mod dedup;
mod formats;
mod pairs;
mod process;
mod resume;
