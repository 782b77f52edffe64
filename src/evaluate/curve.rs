//! Scores for every threshold.

use std::fmt;
use std::hash::Hash;

use super::labels::Judged;
use super::{Labels, Scores};
use crate::error::Error;

/// Scored pairs held against labels, for every threshold at once; see the [module](super).
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Evaluation {
    /// By rising threshold, each similarity that a labelled pair has.
    points: Vec<ThresholdScores>,
    duplicates: u64,
    never_scored: u64,
    unlabelled: u64,
}

/// What a threshold gives.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ThresholdScores {
    /// Pairs of this similarity or more are reported.
    pub threshold: f64,
    /// How they compare with the labels.
    pub scores: Scores,
}

/// Rows in the order of their thresholds. Its `Display` is a table of them.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ThresholdTable {
    rows: Vec<ThresholdScores>,
}

impl Evaluation {
    /// Holds scored pairs (two documents and their similarity, of any scale) against labels.
    ///
    /// Of several scores of a pair, either way round, the greatest counts. A document with itself is no pair. Pairs
    /// about which the labels say nothing are [counted](Self::unlabelled) and play no part. It takes n log n time.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] where a similarity is not a number.
    pub fn new<Id: Eq + Hash>(
        labels: &Labels<Id>,
        scored: impl IntoIterator<Item = (Id, Id, f64)>,
    ) -> Result<Self, Error> {
        let (mut judged, mut unlabelled) = (Vec::new(), 0);
        for (left, right, similarity) in scored {
            if similarity.is_nan() {
                let (value, expected) = (similarity.to_string(), "a number");
                return Err(Error::OutOfRange { field: "similarity", value, expected });
            }
            match labels.judge(&left, &right) {
                // Zero has two signs and one meaning.
                Some(Judged::Labelled { pair, duplicate }) => judged.push((pair, similarity + 0.0, duplicate)),
                Some(Judged::Unlabelled) => unlabelled += 1,
                None => {}
            }
        }
        judged.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        judged.dedup_by_key(|(pair, ..)| *pair);
        judged.sort_unstable_by(|a, b| b.1.total_cmp(&a.1));
        let duplicates = labels.duplicates();
        let points = points(&judged, duplicates);
        let found = points.first().map_or(0, |row| row.scores.true_pairs);
        Ok(Self { points, duplicates, never_scored: duplicates - found, unlabelled })
    }

    /// What each threshold gives at which something changes, rising: the points to plot precision against recall. At
    /// lower thresholds the first holds.
    #[must_use]
    pub fn points(&self) -> &[ThresholdScores] {
        &self.points
    }

    /// What this threshold gives. At one that is not a number nothing is reported.
    #[must_use]
    pub fn at(&self, threshold: f64) -> ThresholdScores {
        let next =
            if threshold.is_nan() { None } else { Some(self.points.partition_point(|row| row.threshold < threshold)) };
        let nothing = Scores { missed_pairs: self.duplicates, ..Scores::default() };
        let scores = next.and_then(|next| self.points.get(next)).map_or(nothing, |row| row.scores);
        ThresholdScores { threshold, scores }
    }

    /// The threshold of greatest F1, of equally good ones the highest. Where no labelled pair was scored, nothing can
    /// be reported, and the threshold is infinite.
    #[must_use]
    pub fn best(&self) -> ThresholdScores {
        let best = self.points.iter().max_by(|a, b| a.scores.f1().total_cmp(&b.scores.f1()));
        best.copied().unwrap_or_else(|| self.at(f64::INFINITY))
    }

    /// The rows of these thresholds.
    #[must_use]
    pub fn table(&self, thresholds: impl IntoIterator<Item = f64>) -> ThresholdTable {
        let mut rows: Vec<ThresholdScores> = thresholds.into_iter().map(|threshold| self.at(threshold)).collect();
        rows.sort_by(|a, b| a.threshold.total_cmp(&b.threshold));
        ThresholdTable { rows }
    }

    /// Pairs labelled as duplicates.
    #[must_use]
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// Pairs labelled as duplicates that have no score: what a table of pairs cannot show. They count as missed at
    /// every threshold.
    #[must_use]
    pub fn never_scored(&self) -> u64 {
        self.never_scored
    }

    /// Scored pairs about which the labels say nothing.
    #[must_use]
    pub fn unlabelled(&self) -> u64 {
        self.unlabelled
    }
}

/// A row for each distinct similarity, of pairs by falling similarity; the rows rise.
fn points(judged: &[((u32, u32), f64, bool)], duplicates: u64) -> Vec<ThresholdScores> {
    let mut scores = Scores { missed_pairs: duplicates, ..Scores::default() };
    let mut points = Vec::new();
    for tied in judged.chunk_by(|a, b| a.1 == b.1) {
        let found = tied.iter().filter(|(.., duplicate)| *duplicate).count() as u64;
        scores.true_pairs += found;
        scores.missed_pairs -= found;
        scores.false_pairs += tied.len() as u64 - found;
        points.push(ThresholdScores { threshold: tied[0].1, scores });
    }
    points.reverse();
    points
}

impl ThresholdTable {
    /// The rows, by rising threshold.
    #[must_use]
    pub fn rows(&self) -> &[ThresholdScores] {
        &self.rows
    }
}

impl fmt::Display for ThresholdTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "threshold  precision  recall      F1        true       false      missed")?;
        for ThresholdScores { threshold, scores } in &self.rows {
            let (precision, recall, f1) = (scores.precision(), scores.recall(), scores.f1());
            let Scores { true_pairs, false_pairs, missed_pairs } = scores;
            write!(
                f,
                "\n{threshold:9.3}  {precision:9.4}  {recall:6.4}  {f1:6.4}  {true_pairs:10}  {false_pairs:10}  {missed_pairs:10}"
            )?;
        }
        Ok(())
    }
}
