//! Shingle hashes (or any `u64` features) to signatures.
//!
//! A signature is a short row of numbers that stands for a set: two signatures agree in a position with a probability
//! that is the Jaccard similarity of the sets. Nothing here knows what a text is.

mod fast_similarity;
mod hasher;
mod kernel;
mod matrix;
mod permutations;
mod signature;

pub use hasher::MinHasher;
pub use matrix::SignatureMatrix;
pub use signature::{Estimate, Signature};

pub(crate) use kernel::count_equal;
pub(crate) use signature::{EMPTY, is_empty};
