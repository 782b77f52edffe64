//! The choice of the number of hashes and of the banding.

use super::{CorpusMeasure, CostModel};
use crate::error::{Error, open_share, similarity};
use crate::lsh::Banding;
use crate::scheme::checked_num_hashes;

/// Plans a join from what was measured of its corpus; see the [module](super) for an example from texts to plan.
///
/// For each number of hashes it takes the cheapest banding that reaches the recall, and of these the one that needs
/// the least time.
///
/// Unlike [`BandingPlanner`](crate::lsh::BandingPlanner), which takes one assumed similarity of unrelated
/// documents, it takes all that were measured, and it chooses the number of hashes too.
///
/// ```
/// use twinprint::ShingleSet;
/// use twinprint::plan::{CorpusMeasure, CorpusPlanner};
///
/// let sample: Vec<ShingleSet> = (0..300).map(|n| (n..n + 30).collect()).collect();
/// let measure = CorpusMeasure::from_sample(&sample, 1);
/// let planner = CorpusPlanner::new(0.8, 1_000_000).num_hashes([64, 128]);
/// let (usual, careful) = (planner.clone().recall(0.9).plan(&measure)?, planner.recall(0.999).plan(&measure)?);
/// // A higher recall makes more candidates.
/// assert!(careful.chosen().candidates > usual.chosen().candidates);
/// assert!(careful.banding().recall(0.8) >= 0.999);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct CorpusPlanner {
    pub(super) threshold: f64,
    pub(super) documents: u64,
    pub(super) recall: f64,
    pub(super) num_hashes: Vec<u32>,
    banding: Option<Banding>,
    pub(super) partners: Option<f64>,
    pub(super) cost_model: CostModel,
}

/// The similarity of unrelated documents if nothing was measured, with the share of pairs that have it.
const UNMEASURED: [(f64, f64); 1] = [(0.02, 1.0)];

impl CorpusPlanner {
    /// Starts a plan for a corpus of this many documents, and for pairs of this Jaccard similarity or more, greater
    /// than 0 and at most 1.
    ///
    /// Parameters are checked by [`plan`](Self::plan). The number of documents need not be exact: a tenth more or less
    /// seldom changes the banding.
    pub fn new(threshold: f64, documents: u64) -> Self {
        let num_hashes = vec![64, 128, 256, 512];
        Self {
            threshold,
            documents,
            recall: 0.99,
            num_hashes,
            banding: None,
            partners: None,
            cost_model: CostModel::default(),
        }
    }

    /// Sets the share of pairs at the threshold that must be found, between 0 and 1, both exclusive. Defaults to 0.99.
    ///
    /// It is a promise for pairs of exactly this similarity. More similar pairs are found more often.
    pub fn recall(mut self, recall: f64) -> Self {
        self.recall = recall;
        self
    }

    /// Sets the numbers of hashes to choose from, each 1 to 65,536. Defaults to 64, 128, 256 and 512.
    ///
    /// Order and repetition do not matter. Give one number if the signatures exist already.
    pub fn num_hashes(mut self, choices: impl IntoIterator<Item = u32>) -> Self {
        self.num_hashes = choices.into_iter().collect();
        self
    }

    /// Sets the banding, to predict what a join with it will do. Defaults to the cheapest one that reaches the recall.
    ///
    /// Numbers of hashes that are too small for the banding are skipped.
    ///
    /// ```
    /// use twinprint::ShingleSet;
    /// use twinprint::lsh::Banding;
    /// use twinprint::plan::{CorpusMeasure, CorpusPlanner};
    ///
    /// let banding = Banding::new(16, 6)?;
    /// let sample: Vec<ShingleSet> = (0..100).map(|n| (n..n + 20).collect()).collect();
    /// let planner = CorpusPlanner::new(0.8, 1_000).banding(banding);
    /// assert_eq!(planner.plan(&CorpusMeasure::from_sample(&sample, 1))?.banding(), banding);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    pub fn banding(mut self, banding: Banding) -> Self {
        self.banding = Some(banding);
        self
    }

    /// Sets with how many documents of other sets a document reaches the threshold, on average: 0 or more. Defaults to
    /// what the sample shows, which is often nothing.
    ///
    /// It changes the predictions, and so which choice is the fastest, but not the banding of a number of hashes. An
    /// [audit](crate::audit::AuditReport::pairs_per_document) measures this number, with copies included.
    ///
    /// ```
    /// use twinprint::ShingleSet;
    /// use twinprint::plan::{CorpusMeasure, CorpusPlanner};
    ///
    /// let sample: Vec<ShingleSet> = (0..100).map(|n| (100 * n..100 * n + 50).collect()).collect();
    /// let measure = CorpusMeasure::from_sample(&sample, 1);
    /// let plan = CorpusPlanner::new(0.8, 10_000).partners(0.5).plan(&measure)?;
    /// // Half a partner for each of 10,000 documents, and two documents to a pair.
    /// assert_eq!(plan.chosen().verified, 2_500.0);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    pub fn partners(mut self, documents: f64) -> Self {
        self.partners = Some(documents);
        self
    }

    /// Sets what the steps of a join cost. Defaults to [`CostModel::default`]. Costs must be finite and not negative,
    /// and that of a band greater than 0.
    pub fn cost_model(mut self, cost_model: CostModel) -> Self {
        self.cost_model = cost_model;
        self
    }

    /// Returns the banding for this number of hashes.
    pub(super) fn banding_of(&self, num_hashes: u32, measure: &CorpusMeasure) -> Result<Banding, Error> {
        checked_num_hashes(num_hashes)?;
        if let Some(banding) = self.banding {
            return banding.check_fits(num_hashes).map(|()| banding);
        }
        let CostModel { band, filter, compare, .. } = self.cost_model;
        let candidate_cost = (filter * f64::from(num_hashes) + 2.0 * compare * measure.mean_size() * PASSES) / band;
        let background: Vec<(f64, f64)> =
            measure.below(self.threshold).map(|bin| (bin.similarity.min(1.0), bin.share)).collect();
        let joined = (self.documents as f64 * measure.distinct_share()).ceil() as u64;
        Banding::for_threshold(self.threshold)
            .recall(self.recall)
            .num_hashes(num_hashes)
            .documents(joined)
            .candidate_cost(candidate_cost)
            .plan_against(if background.is_empty() { &UNMEASURED } else { &background })
    }

    /// Fails if a parameter is outside its range.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.cost_model.check()?;
        similarity("threshold", self.threshold)?;
        open_share("recall", self.recall)?;
        let Some(partners) = self.partners else { return Ok(()) };
        if partners >= 0.0 && partners.is_finite() {
            return Ok(());
        }
        let expected = "zero or a positive number";
        Err(Error::OutOfRange { field: "partners", value: partners.to_string(), expected })
    }
}

/// The share of false candidates that pass the filter by signatures, as assumed while a banding is chosen.
const PASSES: f64 = 0.02;
