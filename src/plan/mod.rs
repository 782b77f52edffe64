//! Plans a join from a sample of its corpus.
//!
//! What a banding costs depends on how similar *unrelated* documents of the corpus are, and nobody knows that
//! beforehand: news share two hundredths of their phrases, forms and product pages a third. So a [`CorpusMeasure`]
//! measures it on a sample. A [`CorpusPlanner`] then chooses the number of hashes and the banding by what they would
//! cost, and predicts what a join will do and take.
//!
//! ```
//! use twinprint::audit::Sample;
//! use twinprint::plan::{CorpusMeasure, CorpusPlanner};
//! use twinprint::{Scheme, ShingleSet};
//!
//! let texts: Vec<String> = (0..5000).map(|n| format!("price of item {n} is {} euros and {} cents", n * 7 % 90, n % 97)).collect();
//! let shingler = Scheme::builder().words(2).build()?.shingler()?;
//! let mut sample = Sample::new(42, 500);
//! for (number, text) in (0..).zip(&texts) {
//!     sample.offer(number, || shingler.set(text));
//! }
//! let sets: Vec<ShingleSet> = sample.into_documents().into_iter().map(|(_, set)| set).collect();
//!
//! let measure = CorpusMeasure::from_sample(&sets, 42);
//! assert!(measure.share_from(0.2) > 0.5);
//! let plan = CorpusPlanner::new(0.8, texts.len() as u64).recall(0.99).plan(&measure)?;
//! assert!(plan.banding().recall(0.8) >= 0.99);
//! println!("{plan}");
//! # Ok::<(), twinprint::Error>(())
//! ```
//!
//! # What a sample can show, and what it cannot
//!
//! Pairs of sampled documents show what is common: the similarity of unrelated documents, which makes false candidates.
//! They do not show what is rare. If each of a million documents has one near-duplicate, a sample of a thousand holds
//! such a pair with a probability of one in two thousand. So the number of true pairs has to come from elsewhere, such
//! as an [audit](crate::audit) of an earlier run; see [`CorpusPlanner::partners`]. The plan states the
//! [range](CorpusPlan::verified_range) of their number that the sample leaves plausible.
//!
//! # Steps
//!
//! 1. Draw a uniform sample with [`audit::Sample`](crate::audit::Sample) while the corpus is read once. A few hundred
//!    documents are enough.
//! 2. Measure it with [`CorpusMeasure::from_sample`], which compares pairs of its sets exactly.
//! 3. Choose with [`CorpusPlanner`]. Give it a [`CostModel`] that was [measured](CostModel::measured) if seconds
//!    matter.
//! 4. Build the scheme with [`CorpusPlan::num_hashes`] and the join with [`CorpusPlan::banding`].
//! 5. Afterwards, [`CorpusPlan::compare`] shows how far the predictions were off.
//!
//! If you know that unrelated documents of your corpus share little, skip all this: a
//! [builder](crate::SimilarityJoin::builder) plans for a similarity of unrelated documents of 0.02 by itself, and
//! [`background`](crate::SimilarityJoinBuilder::background) sets another one.

mod choice;
mod corpus_plan;
mod cost_model;
mod measure;
mod plan_check;
mod planner;
mod range;
mod spared;

pub use choice::Choice;
pub use corpus_plan::CorpusPlan;
pub use cost_model::CostModel;
pub use measure::{CorpusMeasure, SimilarityBin};
pub use plan_check::{PlanCheck, Prediction};
pub use planner::CorpusPlanner;

#[cfg(test)]
mod tests;
