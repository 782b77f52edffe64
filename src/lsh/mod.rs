//! Signatures to candidate pairs.
//!
//! A signature is cut into bands of a few rows; two signatures that agree in a whole band are a candidate pair.
//! Nothing here knows what a text is, and nothing here calls a candidate a duplicate.

mod band_keys;
mod band_table;
mod banding;
mod bucket;
mod bucket_rule;
mod ids;
mod index;
mod ordered_table;
mod planner;

pub use banding::Banding;
pub use index::{Candidate, Hit, IndexStats, LshIndex};
pub use planner::BandingPlanner;

pub(crate) use band_keys::BandKeys;
pub(crate) use band_table::BandTable;
pub(crate) use bucket_rule::BucketRule;
pub(crate) use index::shortened;
