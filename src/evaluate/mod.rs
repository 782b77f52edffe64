//! Precision and recall of a result, measured with labels of your own.
//!
//! An [audit](crate::audit) knows what is *similar*, but only people know what is a *duplicate*. With labelled pairs or
//! labelled documents, an [`Evaluation`] tells for every threshold which share of the duplicates a list of scored pairs
//! finds (recall), which share of its pairs are duplicates (precision), and which threshold is best.
//!
//! ```
//! use twinprint::evaluate::{Evaluation, Labels};
//!
//! // Each document with its story. Documents of one story are duplicates.
//! let labels = Labels::from_documents([("a", "ferry"), ("b", "ferry"), ("c", "ferry"), ("d", "budget"), ("e", "harbour")]);
//! let scored = [("a", "b", 0.9), ("a", "c", 0.6), ("c", "d", 0.5), ("d", "e", 0.2)];
//! let evaluation = Evaluation::new(&labels, scored)?;
//!
//! let best = evaluation.best();
//! assert_eq!((best.threshold, best.scores.precision(), best.scores.recall()), (0.6, 1.0, 2.0 / 3.0));
//! // The pair of b and c was never scored, so no threshold finds it.
//! assert_eq!(evaluation.never_scored(), 1);
//! println!("{}", evaluation.table([0.2, 0.4, 0.6, 0.8]));
//! # Ok::<(), twinprint::Error>(())
//! ```
//!
//! [`ClusterScores`] judge a clustering as a whole.

mod clusters;
mod curve;
mod labels;
mod scores;

pub use clusters::{ClusterScores, assignments};
pub use curve::{Evaluation, ThresholdScores, ThresholdTable};
pub use labels::Labels;
pub use scores::{BCubed, Scores};

#[cfg(test)]
mod tests;
