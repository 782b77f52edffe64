//! The predictions of a plan, compared with what a join did.

use std::fmt;

use super::CorpusPlan;
use crate::join::JoinStats;

/// Compares what a plan predicted with what a join did; made by [`CorpusPlan::compare`], which has an example. Its
/// `Display` is a small table.
///
/// Candidates that are several times what was predicted mean that the sample was not uniform, or that the corpus
/// has templates that it missed. A sample shows few similar pairs, or none: each number has the range that the sample leaves
/// plausible; see [`CorpusPlan::verified_range`].
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct PlanCheck {
    rows: Vec<Prediction>,
}

/// Holds one number, as predicted and as counted.
///
/// ```
/// use twinprint::plan::{CorpusMeasure, CorpusPlanner};
/// use twinprint::{Document, Scheme, ShingleSet, SimilarityJoin};
///
/// let sets: Vec<ShingleSet> = (0..50).map(|n| (100 * n..100 * n + 30).collect()).collect();
/// let plan = CorpusPlanner::new(0.8, 50).num_hashes([128]).plan(&CorpusMeasure::from_sample(&sets, 1))?;
/// let scheme = Scheme::builder().custom_features("numbers").num_hashes(128).build()?;
/// let mut join = SimilarityJoin::builder(&scheme).threshold(0.8).banding(plan.banding()).build()?;
/// join.push_all((0..).zip(&sets).map(|(id, set)| Document::features(id, set.as_slice())))?;
///
/// let check = plan.compare(&join.finish()?.stats());
/// let distinct = check.rows()[1];
/// assert_eq!((distinct.name, distinct.predicted, distinct.actual, distinct.ratio()), ("distinct", 50.0, 50.0, Some(1.0)));
/// let verified = check.rows()[4];
/// assert_eq!((verified.name, verified.predicted, verified.ratio()), ("verified", 0.0, None));
/// // The sample is all there is, and has no similar pair.
/// assert_eq!((verified.low, verified.high), (0.0, 0.0));
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Prediction {
    /// The name of the number: `documents`, `distinct`, `candidates`, `compared` or `verified`.
    pub name: &'static str,
    /// The number that the plan predicted.
    /// It is an expectation, and may be a fraction.
    pub predicted: f64,
    /// The least number that the sample leaves plausible, at a confidence of about 95 %.
    pub low: f64,
    /// The greatest number that the sample leaves plausible.
    pub high: f64,
    /// The number that the join counted.
    pub actual: f64,
}

impl CorpusPlan {
    /// Compares the predictions of this plan with what a join did.
    ///
    /// ```
    /// use twinprint::plan::{CorpusMeasure, CorpusPlanner};
    /// use twinprint::{Document, Scheme, ShingleSet, SimilarityJoin};
    ///
    /// let texts: Vec<String> = (0..300).map(|n| format!("one two three {n} four {} five {}", n * 3, n + 5)).collect();
    /// let builder = Scheme::builder().words(1);
    /// let sets: Vec<ShingleSet> = texts.iter().map(|text| Ok(builder.clone().build()?.shingler()?.set(text)))
    ///     .collect::<Result<_, twinprint::Error>>()?;
    /// let plan = CorpusPlanner::new(0.9, 300).plan(&CorpusMeasure::from_sample(&sets, 1))?;
    ///
    /// let scheme = builder.num_hashes(plan.num_hashes()).build()?;
    /// let mut join = SimilarityJoin::builder(&scheme).threshold(0.9).banding(plan.banding()).build()?;
    /// join.push_all(((0..).zip(&texts)).map(|(id, text)| Document::text(id, text)))?;
    /// println!("{}", plan.compare(&join.finish()?.stats()));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn compare(&self, stats: &JoinStats) -> PlanCheck {
        let chosen = self.chosen();
        let documents = self.documents() as f64;
        let distinct = documents * self.measure().distinct_share();
        let joined = stats.documents.saturating_sub(stats.empty).saturating_sub(stats.equal_sets);
        let row = |name, predicted, (low, high), actual: u64| Prediction {
            name,
            predicted,
            low,
            high,
            actual: actual as f64,
        };
        let rows = vec![
            row("documents", documents, (documents, documents), stats.documents),
            row("distinct", distinct, self.distinct_range(), joined),
            row("candidates", chosen.candidates, self.candidates_range(), stats.candidates),
            row("compared", chosen.compared, self.compared_range(), stats.compared),
            row("verified", chosen.verified, self.verified_range(), stats.verified),
        ];
        PlanCheck { rows }
    }
}

impl PlanCheck {
    /// Returns the numbers in the order of the work.
    #[must_use]
    pub fn rows(&self) -> &[Prediction] {
        &self.rows
    }
}

impl Prediction {
    /// Returns the actual number divided by the predicted one: above 1 if there was more than predicted.
    ///
    /// It is `None` if less than a half was predicted; see [`low`](Self::low) and [`high`](Self::high) for what is rare in a sample.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        (self.predicted >= 0.5).then(|| self.actual / self.predicted)
    }
}

impl fmt::Display for PlanCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "               predicted     at least     at most      actual   ratio")?;
        for row @ Prediction { name, predicted, low, high, actual } in &self.rows {
            write!(f, "\n{name:12}  {predicted:10.0}   {low:10.0}  {high:10.0}  {actual:10.0}")?;
            match row.ratio() {
                Some(ratio) => write!(f, "  {ratio:6.2}")?,
                None => f.write_str("       -")?,
            }
        }
        Ok(())
    }
}

impl<'a> IntoIterator for &'a PlanCheck {
    type Item = &'a Prediction;
    type IntoIter = std::slice::Iter<'a, Prediction>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}
