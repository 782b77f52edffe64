//! Signatures to candidate pairs.
//!
//! A signature is cut into bands of a few rows; two signatures that agree in a whole band are a candidate pair.
//! Nothing here knows what a text is, and nothing here calls a candidate a duplicate.

mod band;
mod banding;
mod bucket;
mod ids;
mod index;
mod keys;
mod plan;
mod table;

pub use banding::Banding;
pub use index::{Candidate, Hit, IndexStats, LshIndex};
pub use plan::BandingPlanner;

pub(crate) use index::shortened;
pub(crate) use keys::BandKeys;
pub(crate) use table::BandTable;
