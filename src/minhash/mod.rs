//! Shingle hashes (or any `u64` features) to signatures.
//!
//! A signature is a short row of 32-bit numbers that represents a set: two signatures agree in a position with a probability
//! that is the Jaccard similarity of the sets (A. Broder, "On the resemblance and containment of documents", 1997). So the
//! share of positions that agree estimates the similarity, without the sets. Nothing here knows what a text is.
//!
//! [`MinHasher`] makes a [`Signature`] of one set, or a [`SignatureMatrix`] of many. [`Estimate`] is what two of them say of
//! the similarity, with its standard error.

mod estimate;
mod fast_similarity;
mod hasher;
mod kernel;
mod matrix;
mod permutations;
mod row;
mod signature;

pub use estimate::Estimate;
pub use hasher::MinHasher;
pub use matrix::{IntoSignatures, SignatureMatrix};
pub use signature::Signature;

pub(crate) use kernel::count_equal;
pub(crate) use row::{EMPTY, is_empty};
