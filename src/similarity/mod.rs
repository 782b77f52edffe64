//! Candidate pairs to verified pairs: exact Jaccard and containment of shingle sets.

mod cascade;
mod left;
mod measure;
mod rule;
mod set;
mod sort;
mod table;

pub use measure::Overlap;
pub use set::ShingleSet;

pub(crate) use cascade::{Cascade, Document, Verdict};
pub(crate) use left::Left;
pub(crate) use rule::Rule;
pub(crate) use sort::{SortScratch, sort_distinct};
