//! Sets of shingle hashes, and what two of them share.
//!
//! [`ShingleSet`] is the exact representation of a text: verification compares these sets, element by element. [`Overlap`] is
//! the outcome of one comparison, from which every similarity follows.

mod intersect;
mod odd_sketch;
mod overlap;
mod shingle_set;
mod sort;

pub use overlap::Overlap;
pub use shingle_set::ShingleSet;

pub(crate) use intersect::{min_shared, shared_at_least};
pub(crate) use odd_sketch::{OddSketch, OddSketches, SketchFilter};
pub(crate) use sort::{SortScratch, sort_distinct};
