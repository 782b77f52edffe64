//! Precision and recall for every threshold.

use std::fmt;
use std::hash::Hash;

use super::labels::Judged;
use super::{Labels, Scores};
use crate::error::Error;

/// Compares scored pairs with labels, for every threshold at once.
///
/// Use it to choose a threshold: score the pairs once with a low threshold, then read the scores at any higher one
/// from the same value. [`points`](Self::points) is the whole precision-recall curve, [`at`](Self::at) one point of
/// it, [`best`](Self::best) the point with the greatest F1, and [`table`](Self::table) some points to print. To
/// judge clusters rather than pairs, use [`ClusterScores`](super::ClusterScores).
///
/// It keeps one entry for each distinct similarity of a labelled pair, not the pairs.
///
/// ```
/// use twinprint::evaluate::{Evaluation, Labels};
/// use twinprint::{Document, Scheme, SimilarityJoin};
///
/// let texts = [(1, "the mayor resigned on friday"), (2, "the mayor resigned on monday"), (3, "the mayor sang on friday")];
/// let scheme = Scheme::builder().words(1).build()?;
/// let mut join = SimilarityJoin::builder(&scheme).threshold(0.3).build()?;
/// join.push_all(texts.map(|(id, text)| Document::text(id, text)))?;
/// let found = join.finish()?;
///
/// let labels = Labels::from_pairs([(1, 2, true), (1, 3, false), (2, 3, false)]);
/// let scored = found.pairs().into_iter().map(|pair| (*pair.left, *pair.right, pair.jaccard())).collect::<Vec<_>>();
/// let evaluation = Evaluation::new(&labels, scored)?;
/// // Both pairs with document 1 share four of six words, so no threshold separates the good one from the bad one.
/// let best = evaluation.best();
/// assert_eq!((best.threshold, best.scores.precision(), best.scores.recall()), (4.0 / 6.0, 0.5, 1.0));
/// # Ok::<(), twinprint::Error>(())
/// ```
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

/// Holds the scores at one threshold: one point of a precision-recall curve. [`Evaluation::at`] has an example.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ThresholdScores {
    /// The similarity from which on pairs are reported.
    /// Pairs of exactly this similarity are reported too.
    pub threshold: f64,
    /// The counts of these pairs against the labels.
    pub scores: Scores,
}

/// Holds the scores at some thresholds, in rising order. Its `Display` is a table with one line for each.
///
/// ```
/// use twinprint::evaluate::{Evaluation, Labels};
///
/// let labels = Labels::from_pairs([("a", "b", true), ("a", "c", false)]);
/// let table = Evaluation::new(&labels, [("a", "b", 0.9), ("a", "c", 0.7)])?.table([0.8, 0.6]);
/// assert_eq!(table.rows()[0].threshold, 0.6);
/// let lines: Vec<String> = table.to_string().lines().map(str::to_owned).collect();
/// assert_eq!(lines[0], "threshold  precision  recall      F1        true       false      missed");
/// assert_eq!(lines[1], "    0.600     0.5000  1.0000  0.6667           1           1           0");
/// assert_eq!(lines[2], "    0.800     1.0000  1.0000  1.0000           1           0           0");
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredThresholdTable"))]
pub struct ThresholdTable {
    rows: Vec<ThresholdScores>,
}

impl Evaluation {
    /// Compares scored pairs with labels. A scored pair is two documents and their similarity, on any scale.
    ///
    /// Greater is more similar. The scale need not be that of Jaccard similarities: cosines or logits do as well.
    /// Infinite values are allowed.
    ///
    /// Of several scores of a pair, in either order, the greatest counts. A document with itself is no pair. Pairs that
    /// are not labelled are [counted](Self::unlabelled) and have no other effect. It takes O(n log n) time for `n`
    /// scored pairs, and 24 bytes for each labelled one while it runs.
    ///
    /// ```
    /// use twinprint::evaluate::{Evaluation, Labels};
    ///
    /// let labels = Labels::from_pairs([("a", "b", true)]);
    /// // The second score of the pair is greater and counts. Nobody judged a and z.
    /// let evaluation = Evaluation::new(&labels, [("a", "b", 0.5), ("b", "a", 0.7), ("a", "z", 0.9)])?;
    /// assert_eq!((evaluation.best().threshold, evaluation.unlabelled()), (0.7, 1));
    /// assert!(Evaluation::new(&labels, [("a", "b", f64::NAN)]).is_err());
    /// # Ok::<(), twinprint::Error>(())
    /// ```
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
    /// These are the points of a precision-recall curve: as the threshold rises, recall never rises, and precision
    /// mostly does. Below the first threshold its scores stay the same. There is one point for each distinct similarity
    /// of a labelled pair, and none if no labelled pair was scored.
    #[must_use]
    pub fn points(&self) -> &[ThresholdScores] {
        &self.points
    }

    /// Returns the scores at a threshold, in O(log n) time. If it is not a number, no pair is reported.
    ///
    /// ```
    /// use twinprint::evaluate::{Evaluation, Labels};
    ///
    /// let labels = Labels::from_pairs([("a", "b", true), ("a", "c", true), ("b", "d", false)]);
    /// let evaluation = Evaluation::new(&labels, [("a", "b", 0.9), ("a", "c", 0.6), ("b", "d", 0.6)])?;
    /// let scores = evaluation.at(0.6).scores;
    /// assert_eq!((scores.true_pairs, scores.false_pairs, scores.missed_pairs), (2, 1, 0));
    /// // Above the greatest similarity nothing is reported. The precision of nothing is 1.
    /// let nothing = evaluation.at(0.95).scores;
    /// assert_eq!((nothing.precision(), nothing.recall()), (1.0, 0.0));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
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
    /// F1 weighs precision and recall alike. If a false pair costs you more than a missed one, choose from
    /// [`points`](Self::points) by your own costs. If no labelled pair was scored, nothing can be reported, and the
    /// threshold is infinite.
    #[must_use]
    pub fn best(&self) -> ThresholdScores {
        let best = self.points.iter().max_by(|a, b| a.scores.f1().total_cmp(&b.scores.f1()));
        best.copied().unwrap_or_else(|| self.at(f64::INFINITY))
    }

    /// Returns a table of the scores at these thresholds. They may be in any order; the table has them in rising order.
    #[must_use]
    pub fn table(&self, thresholds: impl IntoIterator<Item = f64>) -> ThresholdTable {
        let mut rows: Vec<ThresholdScores> = thresholds.into_iter().map(|threshold| self.at(threshold)).collect();
        rows.sort_by(|a, b| a.threshold.total_cmp(&b.threshold));
        ThresholdTable { rows }
    }

    /// Returns the number of pairs that are labelled as duplicates: what a recall of 1 would find.
    #[must_use]
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// Returns the number of pairs that are labelled as duplicates and have no score.
    ///
    /// They count as missed at every threshold, so they limit the recall: no threshold exceeds `1 - never_scored /
    /// duplicates`. Many of them mean that pairs were scored above too high a threshold, or that the duplicates are
    /// rewrites, which have few shingles in common.
    #[must_use]
    pub fn never_scored(&self) -> u64 {
        self.never_scored
    }

    /// Returns the number of scored pairs that are not labelled. A pair that was scored twice counts twice.
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
