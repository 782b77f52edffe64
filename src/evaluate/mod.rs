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
//!
//! # Which scores
//!
//! | I have | I want | Use |
//! |---|---|---|
//! | pairs with similarities, and labels | the best threshold, and a precision-recall curve | [`Evaluation`] |
//! | clusters, and labels | how well they agree, by pair and by document | [`ClusterScores`] |
//! | a result and no labels | how much of what is similar was found | [`audit`](crate::audit) |
//!
//! Labels come as judged pairs ([`Labels::from_pairs`]) or as documents with the cluster that each belongs to
//! ([`Labels::from_documents`]). Pairs suit labels that were drawn from a result. They say nothing of pairs that no
//! result proposed, so the recall is then that among the judged pairs. Labelled documents judge every pair among them.
//!
//! A threshold that was chosen on some labels looks better on them than on others. Choose it on one half of the labels
//! and state the scores of the other half:
//!
//! ```
//! use twinprint::evaluate::{Evaluation, Labels};
//!
//! let chosen_on = Labels::from_pairs([("a", "b", true), ("c", "d", false)]);
//! let stated_on = Labels::from_pairs([("e", "f", true), ("g", "h", true), ("i", "j", false)]);
//! let scored = [("a", "b", 0.8), ("c", "d", 0.4), ("e", "f", 0.9), ("g", "h", 0.6), ("i", "j", 0.3)];
//!
//! let threshold = Evaluation::new(&chosen_on, scored)?.best().threshold;
//! let stated = Evaluation::new(&stated_on, scored)?.at(threshold);
//! assert_eq!((threshold, stated.scores.precision(), stated.scores.recall()), (0.8, 1.0, 0.5));
//! # Ok::<(), twinprint::Error>(())
//! ```

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
