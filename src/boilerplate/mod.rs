//! Shingles that are too common in a source to tell its texts apart: mastheads, templates, legal notices.
//!
//! Texts of one template share most of their shingles without being duplicates. This module counts how many documents
//! of a source have each shingle, and removes those that too many have, before signatures are made.
//!
//! * [`ShingleCounts`] counts exactly, in memory that grows with the number of different shingles.
//! * [`BoilerplateSketch`] goes over a corpus of any size twice, source by source, in bounded memory.
//!
//! The result is a plain value that can be stored: [`CommonShingles`] for one source, [`Boilerplate`] for a corpus.
//!
//! # Which one
//!
//! * **One source, or a corpus that fits:** add the set of each text to [`ShingleCounts`], ask for those that are
//!   [`common`](ShingleCounts::common), and [remove](CommonShingles::remove_from) them from each set.
//! * **Many sources, or more than memory:** read the corpus with a [`BoilerplateSketch`] and finish it into
//!   [`BoilerplateCounts`]. Read the corpus again with these and finish them into a [`Boilerplate`], which removes
//!   shingles.
//!
//! Then sign and join the sets that are left, with [`Document::features`](crate::Document::features):
//!
//! ```
//! use twinprint::boilerplate::ShingleCounts;
//! use twinprint::{Document, Scheme, SimilarityJoin};
//!
//! let texts = ["rain in Skelby", "sun in Orvane", "fog in Marn"].map(|news| {
//!     format!("Weather for the whole of the coast today, by the institute in the capital: {news}")
//! });
//! let scheme = Scheme::news();
//! let sets = texts.each_ref().map(|text| scheme.shingler().map(|shingler| shingler.set(text)));
//! let mut counts = ShingleCounts::new(&scheme);
//! sets.iter().flatten().for_each(|set| counts.add(set));
//! let common = counts.common(0.9, 3)?;
//!
//! let (mut with, mut without) = (SimilarityJoin::builder(&scheme).build()?, SimilarityJoin::builder(&scheme).build()?);
//! for (id, set) in sets.iter().flatten().enumerate() {
//!     with.push(Document::features(id, set.as_slice()))?;
//!     without.push(Document::features(id, common.remove_from(&scheme, set)?.as_slice()))?;
//! }
//! assert_eq!((with.finish()?.pairs().len(), without.finish()?.pairs().len()), (3, 0));
//! # Ok::<(), twinprint::Error>(())
//! ```
//!
//! In ten templated items of a sample corpus, six pairs reached a similarity of 0.2 and none did without the common
//! shingles, and the true copies around them were found as before (BENCHMARKS.md).

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
