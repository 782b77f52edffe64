//! Signatures to candidate pairs, by locality-sensitive hashing.
//!
//! A signature is cut into bands of a few rows each. Two documents are candidates if their signatures agree in all rows of some
//! band (P. Indyk, R. Motwani, "Approximate nearest neighbors: towards removing the curse of dimensionality", 1998). Documents
//! with equal bands meet in one bucket, so candidates are found without comparing all pairs.
//!
//! * [`Banding`] is the number of bands and of rows, and the S-curve that follows from them. [`BandingPlanner`] chooses them.
//! * [`LshIndex`] finds the documents that are similar to a given signature. Documents come and go at any time.
//! * [`SharedIndex`] does so for many threads that write and ask at the same time.
//! * [`LshForest`] finds the most similar documents without a threshold.
//! * [`BandHasher`] makes the keys of bands for engines outside this crate.
//!
//! Nothing here knows what a text is, and nothing here calls a candidate a duplicate: that takes verification.

mod band_keys;
mod band_table;
mod banding;
mod bucket;
mod bucket_rule;
mod forest;
mod index;
mod ordered_table;
mod planner;
mod shared;

pub use band_keys::BandHasher;
pub use banding::Banding;
pub use forest::LshForest;
pub use index::{Candidate, CandidatePairs, Hit, Ids, IndexStats, LshIndex};
pub use planner::BandingPlanner;
pub use shared::{OwnedHit, SharedIndex};

pub(crate) use band_keys::BandKeys;
pub(crate) use band_table::BandTable;
pub(crate) use bucket::Slots;
pub(crate) use bucket_rule::BucketRule;
pub(crate) use index::shortened;
