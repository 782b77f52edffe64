//! Shingle hashes (or any `u64` features) to signatures.
//!
//! A signature is a short row of 32-bit numbers that represents a set: two signatures agree in a position with a
//! probability that is the Jaccard similarity of the sets (A. Broder, "On the resemblance and containment of
//! documents", 1997). So the share of positions that agree estimates the similarity, without the sets. Nothing here
//! knows what a text is.
//!
//! [`MinHasher`] makes a [`Signature`] of one set, or a [`SignatureMatrix`] of many. [`Estimate`] is what two of them
//! say of the similarity, with its standard error.
//!
//! ```
//! use twinprint::Scheme;
//!
//! let scheme = Scheme::builder().words(2).num_hashes(256).build()?;
//! let (shingler, hasher) = (scheme.shingler()?, scheme.minhasher());
//! let (one, two) = ("one two three four five six seven", "one two three four five six eight");
//! let (left, right) = (hasher.signature(&shingler.hashes(one)), hasher.signature(&shingler.hashes(two)));
//!
//! // Five of seven shingles are shared. The estimate is near, and says how near it may be expected.
//! let estimate = left.estimate(&right)?;
//! assert!((estimate.jaccard - 5.0 / 7.0).abs() < 4.0 * estimate.standard_error);
//! assert!(estimate.standard_error < 0.03);
//! # Ok::<(), twinprint::Error>(())
//! ```
//!
//! | I have | I want | Use |
//! |---|---|---|
//! | one set at a time | a signature to store or to ask an index with | [`MinHasher::signature`] |
//! | the same, in a hot loop | no allocation | [`MinHasher::signature_into`] |
//! | a set that arrives in parts | its signature, without holding the set | [`MinHasher::update`] |
//! | two signatures | that of the union of their sets | [`Signature::merge`] |
//! | many sets or texts | all signatures in one block, on all cores | [`MinHasher::matrix`], [`MinHasher::matrix_of_texts`] |
//! | features with weights | a signature of them | [`WeightedMinHasher`] |
//! | two sets | their exact similarity | not this: [`ShingleSet::jaccard`](crate::ShingleSet::jaccard) |
//!
//! On one core with AVX-512, a signature of 128 positions takes about 3.2 ns for each element of a set of 1,000, and
//! texts become signatures at 533 MB/s (BENCHMARKS.md).

mod estimate;
mod fast_similarity;
mod hasher;
mod kernel;
mod matrix;
mod permutations;
mod row;
mod signature;
mod weighted;

pub use estimate::Estimate;
pub use hasher::MinHasher;
pub use matrix::{IntoSignatures, SignatureMatrix};
pub use signature::Signature;
pub use weighted::WeightedMinHasher;

pub(crate) use kernel::count_equal;
pub(crate) use row::{EMPTY, is_empty};
