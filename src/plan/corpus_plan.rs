//! The plan of a join.

use std::fmt;

use super::{Choice, CorpusMeasure, CorpusPlanner};
use crate::error::Error;
use crate::lsh::Banding;

/// Predicts what a join of a corpus will do and take, and chooses its number of hashes and its banding; made by a
/// [`CorpusPlanner`].
///
/// The predicted numbers of pairs ignore the [limit to buckets](crate::SimilarityJoinBuilder::bucket_limit). The
/// `Display` of a plan is a small table, with `*` before the line that was chosen.
///
/// ```
/// use twinprint::ShingleSet;
/// use twinprint::plan::{CorpusMeasure, CorpusPlanner};
///
/// // No two of a hundred sampled documents have anything in common.
/// let sample: Vec<ShingleSet> = (0..100).map(|n| (100 * n..100 * n + 50).collect()).collect();
/// let plan = CorpusPlanner::new(0.8, 1_000_000).num_hashes([128]).plan(&CorpusMeasure::from_sample(&sample, 42))?;
/// assert_eq!((plan.num_hashes(), plan.documents(), plan.threshold()), (128, 1_000_000, 0.8));
/// assert!(plan.banding().recall(0.8) >= 0.99);
/// assert!(plan.to_string().starts_with("plan for 1000000 documents, pairs at 0.8 or more\n"));
/// // The sample is small: each document may have hundreds of similar ones that no pair of it shows.
/// assert_eq!(plan.chosen().verified, 0.0);
/// assert!((plan.unseen_partners() - 3.0 * 1_000_000.0 / 4_950.0).abs() < 1e-6);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredCorpusPlan"))]
pub struct CorpusPlan {
    threshold: f64,
    documents: u64,
    measure: CorpusMeasure,
    chosen: Choice,
    choices: Vec<Choice>,
}

impl CorpusPlanner {
    /// Makes the plan.
    ///
    /// For each number of hashes it plans the banding that reaches the recall at the least cost, and of these it takes
    /// the one with the fewest seconds. Of equally fast ones the smaller number of hashes is chosen. Numbers that
    /// cannot reach the recall are left out, as long as another one can.
    ///
    /// ```
    /// use twinprint::plan::{CorpusMeasure, CorpusPlanner};
    /// use twinprint::{Error, ShingleSet};
    ///
    /// let sample: Vec<ShingleSet> = (0..100).map(|n| (n..n + 20).collect()).collect();
    /// let measure = CorpusMeasure::from_sample(&sample, 1);
    /// // Eight positions cannot find 99.9 % of the pairs of similarity 0.3, even with a band for each.
    /// let refused = CorpusPlanner::new(0.3, 1_000).recall(0.999).num_hashes([8]).plan(&measure);
    /// assert!(matches!(refused, Err(Error::RecallUnreachable { num_hashes: 8, .. })));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// * [`Error::OutOfRange`] names a parameter that is outside its range.
    /// * [`Error::RecallUnreachable`] if no number of hashes reaches the recall. It names the largest one.
    /// * [`Error::BandingTooLarge`] if the banding needs more hashes than any of the numbers.
    pub fn plan(self, measure: &CorpusMeasure) -> Result<CorpusPlan, Error> {
        self.check()?;
        let (mut choices, mut last) = (Vec::new(), None);
        let mut rising = self.num_hashes.clone();
        rising.sort_unstable();
        rising.dedup();
        for num_hashes in rising {
            match self.banding_of(num_hashes, measure) {
                Ok(banding) => choices.push(Choice::new(&self, measure, num_hashes, banding)),
                Err(error @ (Error::RecallUnreachable { .. } | Error::BandingTooLarge { .. })) => last = Some(error),
                Err(error) => return Err(error),
            }
        }
        let best = choices.iter().min_by(|a, b| a.seconds.total_cmp(&b.seconds)).copied();
        match (best, last) {
            (Some(chosen), _) => {
                let (threshold, documents) = (self.threshold, self.documents);
                Ok(CorpusPlan { threshold, documents, measure: measure.clone(), chosen, choices })
            }
            (None, Some(unreachable)) => Err(unreachable),
            (None, None) => Err(Error::OutOfRange {
                field: "num_hashes",
                value: "empty".into(),
                expected: "at least one number from 1 to 65536",
            }),
        }
    }
}

impl CorpusPlan {
    /// Returns the number of positions that signatures should have, for [`SchemeBuilder::num_hashes`].
    ///
    /// [`SchemeBuilder::num_hashes`]: crate::SchemeBuilder::num_hashes
    #[must_use]
    pub fn num_hashes(&self) -> u32 {
        self.chosen.num_hashes
    }

    /// Returns the banding for the join, for [`SimilarityJoinBuilder::banding`](crate::SimilarityJoinBuilder::banding).
    #[must_use]
    pub fn banding(&self) -> Banding {
        self.chosen.banding
    }

    /// Returns the choice that takes the least time, with all its predictions. It is one of [`choices`](Self::choices).
    #[must_use]
    pub fn chosen(&self) -> Choice {
        self.chosen
    }

    /// Returns all choices that reach the recall, by rising number of hashes.
    ///
    /// They show what another number of hashes would cost: more hashes take more memory and time to sign, and make
    /// fewer false candidates.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// Returns the Jaccard similarity from which on pairs are found.
    #[must_use]
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// Returns the number of documents of the corpus.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.documents
    }

    /// Returns what was measured of the corpus.
    #[must_use]
    pub fn measure(&self) -> &CorpusMeasure {
        &self.measure
    }

    /// Returns how many candidates a document has on average. Each candidate counts for both its documents.
    ///
    /// By the default costs and with 128 hashes, filtering a candidate takes as long as shingling and signing three
    /// shingles. If a document has many times more candidates than shingles, a higher threshold or a lower recall helps
    /// most.
    #[must_use]
    pub fn candidates_per_document(&self) -> f64 {
        if self.documents == 0 { 0.0 } else { 2.0 * self.chosen.candidates / self.documents as f64 }
    }

    /// Returns how many similar documents each document may have, on average, without the sample having shown any such
    /// pair.
    ///
    /// It is the upper limit at a confidence of 95 %, by the rule of three (J. A. Hanley, A. Lippman-Hand, "If nothing
    /// goes wrong, is everything all right?", 1983). It is infinite if the sample has no two distinct documents.
    #[must_use]
    pub fn unseen_partners(&self) -> f64 {
        match self.measure.pairs() {
            0 => f64::INFINITY,
            pairs => 3.0 * self.documents as f64 * self.measure.distinct_share() / pairs as f64,
        }
    }
}

impl fmt::Display for CorpusPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { threshold, documents, measure, chosen, choices } = self;
        writeln!(f, "plan for {documents} documents, pairs at {threshold} or more")?;
        writeln!(
            f,
            "sample      {} documents, {} empty, {} distinct",
            measure.documents(),
            measure.empty(),
            measure.distinct()
        )?;
        let [least, low, median, high, most] = [0.0, 0.05, 0.5, 0.95, 1.0].map(|share| measure.quantile(share));
        writeln!(f, "shingles    {least} least, {low} at 5 %, {median} median, {high} at 95 %, {most} most")?;
        if measure.pairs() == 0 {
            writeln!(f, "similarity  not known, because the sample has no two distinct documents")?;
        } else {
            write!(f, "similarity  of {} random pairs:", measure.pairs())?;
            for from in [0.02, 0.1, 0.3, 0.5] {
                write!(f, " {:.4} % from {from}", 100.0 * measure.share_from(from))?;
            }
            let (low, high) = self.verified_range();
            writeln!(f, "\nsimilar     {low:.0} to {high:.0} pairs at the threshold, as far as the sample shows them")?;
        }
        writeln!(f, "  hashes  bands x rows  candidates    compared    verified   seconds     memory       disk")?;
        for choice in choices {
            writeln!(f, "{} {choice}", if choice == chosen { '*' } else { ' ' })?;
        }
        write!(f, "candidates  {:.3} a document", self.candidates_per_document())
    }
}

/// The fields as stored, before they are checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredCorpusPlan {
    threshold: f64,
    documents: u64,
    measure: CorpusMeasure,
    chosen: Choice,
    choices: Vec<Choice>,
}

#[cfg(feature = "serde")]
impl TryFrom<StoredCorpusPlan> for CorpusPlan {
    type Error = Error;

    fn try_from(stored: StoredCorpusPlan) -> Result<Self, Error> {
        let StoredCorpusPlan { threshold, documents, measure, chosen, choices } = stored;
        choices.iter().try_for_each(|choice| choice.banding.check_fits(choice.num_hashes))?;
        if !choices.contains(&chosen) {
            let (value, expected) = (format!("{} hashes", chosen.num_hashes), "one of the choices");
            return Err(Error::OutOfRange { field: "chosen", value, expected });
        }
        Ok(Self { threshold, documents, measure, chosen, choices })
    }
}
