//! Precision and recall for every threshold.

use std::fmt;
use std::hash::Hash;

use super::labels::Judged;
use super::{Labels, Scores};
use crate::error::Error;

/// Compares scored pairs with labels, for every threshold at once; see the [module](super) for an example.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredEvaluation"))]
pub struct Evaluation {
    /// One entry for each similarity that a labelled pair has, by rising threshold.
    points: Vec<ThresholdScores>,
    duplicates: u64,
    never_scored: u64,
    unlabelled: u64,
}

/// The scores at one threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ThresholdScores {
    /// The similarity from which on pairs are reported.
    pub threshold: f64,
    /// The counts of these pairs against the labels.
    pub scores: Scores,
}

/// The scores at some thresholds, in rising order. Its `Display` is a table.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredThresholdTable"))]
pub struct ThresholdTable {
    rows: Vec<ThresholdScores>,
}

impl Evaluation {
    /// Compares scored pairs with labels. A scored pair is two documents and their similarity, on any scale.
    ///
    /// Of several scores of a pair, in either order, the greatest counts. A document with itself is no pair. Pairs that
    /// are not labelled are [counted](Self::unlabelled) and have no other effect. It takes O(n log n) time.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if a similarity is not a number.
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
                // Adding 0 turns -0 into 0: the two are equal, but `total_cmp` tells them apart.
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

    /// Returns the scores at each threshold at which something changes, in rising order.
    ///
    /// These are the points of a precision-recall curve. Below the first threshold its scores stay the same.
    #[must_use]
    pub fn points(&self) -> &[ThresholdScores] {
        &self.points
    }

    /// Returns the scores at a threshold. If it is not a number, no pair is reported.
    #[must_use]
    pub fn at(&self, threshold: f64) -> ThresholdScores {
        let next =
            if threshold.is_nan() { None } else { Some(self.points.partition_point(|row| row.threshold < threshold)) };
        let nothing = Scores { missed_pairs: self.duplicates, ..Scores::default() };
        let scores = next.and_then(|next| self.points.get(next)).map_or(nothing, |row| row.scores);
        ThresholdScores { threshold, scores }
    }

    /// Returns the scores at the threshold with the greatest F1, the highest of equally good ones.
    ///
    /// If no labelled pair was scored, nothing can be reported, and the threshold is infinite.
    #[must_use]
    pub fn best(&self) -> ThresholdScores {
        let best = self.points.iter().max_by(|a, b| a.scores.f1().total_cmp(&b.scores.f1()));
        best.copied().unwrap_or_else(|| self.at(f64::INFINITY))
    }

    /// Returns a table of the scores at these thresholds.
    #[must_use]
    pub fn table(&self, thresholds: impl IntoIterator<Item = f64>) -> ThresholdTable {
        let mut rows: Vec<ThresholdScores> = thresholds.into_iter().map(|threshold| self.at(threshold)).collect();
        rows.sort_by(|a, b| a.threshold.total_cmp(&b.threshold));
        ThresholdTable { rows }
    }

    /// Returns the number of pairs that are labelled as duplicates.
    #[must_use]
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// Returns the number of pairs that are labelled as duplicates and have no score.
    ///
    /// They count as missed at every threshold.
    #[must_use]
    pub fn never_scored(&self) -> u64 {
        self.never_scored
    }

    /// Returns the number of scored pairs that are not labelled.
    #[must_use]
    pub fn unlabelled(&self) -> u64 {
        self.unlabelled
    }
}

/// Returns the scores at each distinct similarity, in rising order. `judged` is in falling order of similarity.
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
    /// Returns the scores at each threshold, in rising order.
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

impl<'a> IntoIterator for &'a ThresholdTable {
    type Item = &'a ThresholdScores;
    type IntoIter = std::slice::Iter<'a, ThresholdScores>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}

impl IntoIterator for ThresholdTable {
    type Item = ThresholdScores;
    type IntoIter = std::vec::IntoIter<ThresholdScores>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

/// Fails if stored thresholds do not rise, which searches in them rely on.
#[cfg(feature = "serde")]
fn check_rising(field: &'static str, scores: &[ThresholdScores]) -> Result<(), Error> {
    if scores.is_sorted_by(|a, b| a.threshold <= b.threshold) {
        return Ok(());
    }
    let thresholds: Vec<String> = scores.iter().map(|scores| scores.threshold.to_string()).collect();
    Err(Error::OutOfRange { field, value: thresholds.join(", "), expected: "in rising order of thresholds" })
}

/// The fields as stored, before they are checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredEvaluation {
    points: Vec<ThresholdScores>,
    duplicates: u64,
    never_scored: u64,
    unlabelled: u64,
}

#[cfg(feature = "serde")]
impl TryFrom<StoredEvaluation> for Evaluation {
    type Error = Error;

    fn try_from(stored: StoredEvaluation) -> Result<Self, Error> {
        let StoredEvaluation { points, duplicates, never_scored, unlabelled } = stored;
        check_rising("points", &points)?;
        Ok(Self { points, duplicates, never_scored, unlabelled })
    }
}

/// The fields as stored, before they are checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredThresholdTable {
    rows: Vec<ThresholdScores>,
}

#[cfg(feature = "serde")]
impl TryFrom<StoredThresholdTable> for ThresholdTable {
    type Error = Error;

    fn try_from(StoredThresholdTable { rows }: StoredThresholdTable) -> Result<Self, Error> {
        check_rising("rows", &rows)?;
        Ok(Self { rows })
    }
}
