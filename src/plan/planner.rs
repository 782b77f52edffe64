//! Chooses the number of hashes and the banding.

use super::corpus_plan::Choice;
use super::{Calibration, CorpusMeasure, CorpusPlan};
use crate::error::{Error, similarity, within};
use crate::lsh::Banding;
use crate::scheme::MAX_NUM_HASHES;

/// Plans a join by what was measured of its corpus; see the [module](super).
///
/// For each number of hashes the cheapest banding that reaches the recall is taken, and among these the one that
/// takes the least time.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct CorpusPlanner {
    pub(super) threshold: f64,
    pub(super) documents: u64,
    pub(super) recall: f64,
    pub(super) num_hashes: Vec<u32>,
    banding: Option<Banding>,
    pub(super) partners: Option<f64>,
    pub(super) calibration: Calibration,
}

/// What unrelated documents share if nothing was measured.
const UNMEASURED: [(f64, f64); 1] = [(0.02, 1.0)];

impl CorpusPlanner {
    /// A plan for pairs of this Jaccard similarity or more (greater than 0, at most 1) among so many documents.
    pub fn new(threshold: f64, documents: u64) -> Self {
        let num_hashes = vec![64, 128, 256, 512];
        Self {
            threshold,
            documents,
            recall: 0.99,
            num_hashes,
            banding: None,
            partners: None,
            calibration: Calibration::default(),
        }
    }

    /// The share of pairs at the threshold that must be found, 0 to 1 exclusive; 0.99 unless said.
    pub fn recall(mut self, recall: f64) -> Self {
        self.recall = recall;
        self
    }

    /// The numbers of hashes to choose from, 1 to 65,536; 64, 128, 256 and 512 unless said.
    pub fn num_hashes(mut self, choices: impl IntoIterator<Item = u32>) -> Self {
        self.num_hashes = choices.into_iter().collect();
        self
    }

    /// This banding, instead of the cheapest that reaches the recall: to predict what a join that has it will do. Numbers of hashes
    /// that are too few for it are passed over.
    ///
    /// ```
    /// use twinprint::ShingleSet;
    /// use twinprint::lsh::Banding;
    /// use twinprint::plan::{CorpusMeasure, CorpusPlanner};
    ///
    /// let banding = Banding::new(16, 6)?;
    /// let sample: Vec<ShingleSet> = (0..100).map(|n| (n..n + 20).collect()).collect();
    /// let planner = CorpusPlanner::new(0.8, 1_000).banding(banding);
    /// assert_eq!(planner.plan(&CorpusMeasure::of(&sample, 1))?.banding(), banding);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    pub fn banding(mut self, banding: Banding) -> Self {
        self.banding = Some(banding);
        self
    }

    /// With how many documents of other sets a document reaches the threshold, on average. An
    /// [audit](crate::audit::AuditReport::pairs_per_document) measures it, copies included. Unless said, what the
    /// sample shows counts, which is often nothing.
    pub fn partners(mut self, documents: f64) -> Self {
        self.partners = Some(documents);
        self
    }

    /// What steps cost; see [`Calibration`].
    pub fn calibration(mut self, calibration: Calibration) -> Self {
        self.calibration = calibration;
        self
    }

    /// The plan.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] names the parameter that is; [`Error::RecallUnreachable`] where no number of hashes
    /// reaches the recall: it speaks of the largest; [`Error::BandingTooLarge`] where the banding that was said needs more
    /// hashes than any.
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
            (Some(chosen), _) => Ok(CorpusPlan::new(&self, measure.clone(), chosen, choices)),
            (None, Some(unreachable)) => Err(unreachable),
            (None, None) => Err(Error::OutOfRange {
                field: "num_hashes",
                value: "empty".into(),
                expected: "at least one number from 1 to 65536",
            }),
        }
    }

    fn banding_of(&self, num_hashes: u32, measure: &CorpusMeasure) -> Result<Banding, Error> {
        within("num_hashes", num_hashes, 1..=MAX_NUM_HASHES, "from 1 to 65536")?;
        if let Some(banding) = self.banding {
            return banding.check_fits(num_hashes).map(|()| banding);
        }
        let Calibration { band, look, compare, .. } = self.calibration;
        let candidate_cost = (look * f64::from(num_hashes) + 2.0 * compare * measure.mean_size() * PASSES) / band;
        let background: Vec<(f64, f64)> =
            measure.below(self.threshold).map(|step| (step.similarity.min(1.0), step.share)).collect();
        let joined = (self.documents as f64 * measure.distinct_share()).ceil() as u64;
        Banding::for_threshold(self.threshold)
            .recall(self.recall)
            .num_hashes(num_hashes)
            .documents(joined)
            .candidate_cost(candidate_cost)
            .plan_against(if background.is_empty() { &UNMEASURED } else { &background })
    }

    fn check(&self) -> Result<(), Error> {
        self.calibration.check()?;
        similarity("threshold", self.threshold)?;
        if !(self.recall > 0.0 && self.recall < 1.0) {
            let expected = "greater than 0 and less than 1";
            return Err(Error::OutOfRange { field: "recall", value: self.recall.to_string(), expected });
        }
        let Some(partners) = self.partners else { return Ok(()) };
        if partners >= 0.0 && partners.is_finite() {
            return Ok(());
        }
        let expected = "zero or a positive number";
        Err(Error::OutOfRange { field: "partners", value: partners.to_string(), expected })
    }
}

/// False candidates whose sets are compared, as a share, when the banding is chosen: few, for signatures tell most of
/// them.
const PASSES: f64 = 0.02;
