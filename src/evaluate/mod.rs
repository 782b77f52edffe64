//! How good a result is, by labels of your own.
//!
//! An [audit](crate::audit) knows what is *similar*; only people know what is a *duplicate*. With labelled pairs, or
//! with labelled documents, [`Evaluation`] says for every threshold how many duplicates a table of scored pairs finds
//! (recall) and how many of its pairs are duplicates (precision), and which threshold is best.
//!
//! ```
//! use twinprint::evaluate::{Evaluation, Labels};
//!
//! // Which story each document tells. Documents of one story are duplicates.
//! let labels = Labels::from_documents([("a", "ferry"), ("b", "ferry"), ("c", "ferry"), ("d", "budget"), ("e", "harbour")]);
//! let scored = [("a", "b", 0.9), ("a", "c", 0.6), ("c", "d", 0.5), ("d", "e", 0.2)];
//! let evaluation = Evaluation::new(&labels, scored)?;
//!
//! let best = evaluation.best();
//! assert_eq!((best.threshold, best.scores.precision(), best.scores.recall()), (0.6, 1.0, 2.0 / 3.0));
//! // The pair of b and c was never scored: no threshold finds it.
//! assert_eq!(evaluation.never_scored(), 1);
//! println!("{}", evaluation.table([0.2, 0.4, 0.6, 0.8]));
//! # Ok::<(), twinprint::Error>(())
//! ```
//!
//! A clustering is judged as a whole by [`ClusterScores`].

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
