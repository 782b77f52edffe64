//! All tests, in one program: each that links the engine takes hundreds of megabytes.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod functions;
mod same_answer;
