//! Shingles that are too common in a source to tell its texts apart: mastheads, templates, legal notices.
//!
//! Texts of one template share most of their shingles without being duplicates. This module counts how many documents
//! of a source have each shingle, and removes those that too many have, before signatures are made.
//!
//! * [`ShingleCounts`] counts exactly, in memory that grows with the number of different shingles.
//! * [`BoilerplateSketch`] goes over a corpus of any size twice, source by source, in bounded memory.
//!
//! The result is a plain value that can be stored: [`CommonShingles`] for one source, [`Boilerplate`] for a corpus.

mod by_source;
mod common;
mod counts;
mod rule;
mod seen_sets;
mod shingle_counts;
mod sketch;

pub use by_source::Boilerplate;
pub use common::CommonShingles;
pub use counts::BoilerplateCounts;
pub use rule::BoilerplateRule;
pub use shingle_counts::ShingleCounts;
pub use sketch::BoilerplateSketch;

#[cfg(test)]
mod tests;
