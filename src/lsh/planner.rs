//! Plans the cheapest banding that reaches a recall.

use super::Banding;
use super::banding::{FILTER_LOSS, probability};
use crate::error::{Error, open_share, similarity};
use crate::scheme::{MAX_NUM_HASHES, checked_num_hashes};

/// Plans a [`Banding`]; see [`Banding::for_threshold`].
///
/// Of all bandings that reach the recall at the threshold, the plan is the one of least cost. The cost is that of
/// inserting the documents into the bands, and of comparing the signatures of unrelated documents that become
/// candidates:
///
/// `documents * bands + candidate_cost * (documents^2 / 2) * probability(background)`
///
/// The unit is the cost of inserting one document into one band. [`plan_against`](Self::plan_against) takes the mean
/// probability over a distribution of similarities instead of a single background.
///
/// ```
/// use twinprint::lsh::Banding;
///
/// let small = Banding::for_threshold(0.8).num_hashes(256).documents(10_000).plan()?;
/// let large = Banding::for_threshold(0.8).num_hashes(256).documents(1_000_000_000).plan()?;
/// // With more documents, false candidates cost more than bands: longer bands avoid them.
/// assert!(small.rows() < large.rows() && small.bands() < large.bands());
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use]
pub struct BandingPlanner {
    threshold: f64,
    recall: f64,
    num_hashes: u32,
    documents: f64,
    background: f64,
    candidate_cost: f64,
}

impl Banding {
    /// Returns a planner for the cheapest banding that finds nearly all pairs at this Jaccard similarity, 0 (exclusive)
    /// to 1.
    ///
    /// ```
    /// use twinprint::lsh::Banding;
    ///
    /// let banding = Banding::for_threshold(0.8).recall(0.99).num_hashes(256).plan()?;
    /// assert!(banding.recall(0.8) >= 0.99);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    pub fn for_threshold(threshold: f64) -> BandingPlanner {
        BandingPlanner::new(threshold)
    }
}

impl BandingPlanner {
    fn new(threshold: f64) -> Self {
        Self { threshold, recall: 0.99, num_hashes: 128, documents: 1e6, background: 0.02, candidate_cost: 2.0 }
    }

    /// Configures the share of pairs exactly at the threshold that must be found, 0 to 1 (both exclusive). More similar
    /// pairs are found with a higher probability. Defaults to 0.99.
    ///
    /// Pairs that are rejected when signatures are compared count as lost; see [`Banding::filter_loss`].
    ///
    /// A higher recall takes more bands, and so more memory and more false candidates.
    pub fn recall(mut self, recall: f64) -> Self {
        self.recall = recall;
        self
    }

    /// Configures the number of positions of the signatures, 1 to 65,536. Defaults to 128.
    #[doc(alias = "num_perm")]
    pub fn num_hashes(mut self, num_hashes: u32) -> Self {
        self.num_hashes = num_hashes;
        self
    }

    /// Configures the number of documents. The cost of false candidates grows with its square. Defaults to 1,000,000.
    ///
    /// The order of magnitude is enough.
    pub fn documents(mut self, documents: u64) -> Self {
        self.documents = documents as f64;
        self
    }

    /// Configures the similarity of unrelated documents, 0 to 1 (both exclusive). Defaults to 0.02, the similarity of
    /// unrelated news items by word 3-grams.
    ///
    /// Pages made from templates have 0.3 and more. A [`CorpusMeasure`](crate::plan::CorpusMeasure) measures it on a
    /// sample.
    pub fn background(mut self, similarity: f64) -> Self {
        self.background = similarity;
        self
    }

    /// Configures the cost of comparing the signatures of one candidate pair, in units of inserting one document into
    /// one band. Defaults to 2.
    ///
    /// With a greater cost, plans have more rows and fewer false candidates. With 0, the banding of fewest bands is
    /// planned.
    pub fn candidate_cost(mut self, cost: f64) -> Self {
        self.candidate_cost = cost;
        self
    }

    /// Returns the banding of least cost that reaches the recall.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] names the parameter that is out of range. [`Error::RecallUnreachable`] says how many
    /// positions would reach the recall.
    pub fn plan(self) -> Result<Banding, Error> {
        open_share("background", self.background)?;
        self.plan_against(&[(self.background, 1.0)])
    }

    /// Plans as [`plan`](Self::plan) does, but against a distribution of the similarities of unrelated documents.
    ///
    /// `background` lists similarities, 0 to 1, each with the share of pairs that have it. Shares may add up to less
    /// than 1: the rest of the pairs never become candidates. The single [`background`](Self::background) has no
    /// effect.
    ///
    /// ```
    /// use twinprint::lsh::Banding;
    ///
    /// let planner = Banding::for_threshold(0.8).documents(10_000_000);
    /// let forms = planner.plan_against(&[(0.01, 0.99), (0.5, 0.01)])?;
    /// assert!(forms.rows() > planner.background(0.01).plan()?.rows());
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`plan`](Self::plan).
    pub fn plan_against(self, background: &[(f64, f64)]) -> Result<Banding, Error> {
        self.check()?;
        let unit = 0.0..=1.0;
        if let Some(odd) =
            background.iter().find(|(similarity, share)| !unit.contains(similarity) || !unit.contains(share))
        {
            let (value, expected) = (format!("{odd:?}"), "similarities and shares from 0 to 1");
            return Err(Error::OutOfRange { field: "background", value, expected });
        }
        let filter_loss = self.filter_loss();
        let wanted = self.recall + filter_loss;
        let candidates = (1..=self.num_hashes).filter_map(|rows| {
            let bands = self.min_bands(rows, wanted)?;
            Some((self.cost(background, bands, rows), bands, rows))
        });
        // Of equal costs the first is taken. It has the fewest rows, and so the highest recall.
        match candidates.min_by(|a, b| a.0.total_cmp(&b.0)) {
            Some((_, bands, rows)) => Banding::with_filter_loss(bands, rows, filter_loss),
            None => Err(self.unreachable(wanted)),
        }
    }

    /// Returns the share that the comparison of signatures may lose: the default, or half of what the recall allows to
    /// be lost.
    fn filter_loss(&self) -> f64 {
        FILTER_LOSS.min((1.0 - self.recall) / 2.0)
    }

    fn check(&self) -> Result<(), Error> {
        similarity("threshold", self.threshold)?;
        checked_num_hashes(self.num_hashes)?;
        open_share("recall", self.recall)?;
        if self.candidate_cost >= 0.0 && self.candidate_cost.is_finite() {
            return Ok(());
        }
        let expected = "zero or a positive number";
        Err(Error::OutOfRange { field: "candidate_cost", value: self.candidate_cost.to_string(), expected })
    }

    fn cost(&self, background: &[(f64, f64)], bands: u32, rows: u32) -> f64 {
        let (bands, rows) = (f64::from(bands), f64::from(rows));
        let chance: f64 =
            background.iter().map(|(similarity, share)| share * probability(*similarity, bands, rows)).sum();
        bands + self.candidate_cost * self.documents / 2.0 * chance
    }

    /// Returns the fewest bands of this many rows that find the wanted share, if the signature has enough positions for
    /// them. The share grows with the bands, so a binary search finds them.
    fn min_bands(&self, rows: u32, wanted: f64) -> Option<u32> {
        let most = self.num_hashes / rows;
        let finds = |bands: u32| probability(self.threshold, f64::from(bands), f64::from(rows)) >= wanted;
        if !finds(most) {
            return None;
        }
        let (mut low, mut high) = (1, most);
        while low < high {
            let middle = low + (high - low) / 2;
            if finds(middle) { high = middle } else { low = middle + 1 }
        }
        Some(low)
    }

    fn unreachable(&self, wanted: f64) -> Error {
        // Bands of one row give the highest recall there is.
        let best = probability(self.threshold, f64::from(self.num_hashes), 1.0) - self.filter_loss();
        let needed = (libm::log(1.0 - wanted) / libm::log1p(-self.threshold)).ceil();
        Error::RecallUnreachable {
            threshold: self.threshold,
            recall: self.recall,
            num_hashes: self.num_hashes,
            best: best.max(0.0),
            needed: (needed <= f64::from(MAX_NUM_HASHES)).then_some(needed as u32),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_reaches_its_recall_at_least_cost() {
        for (threshold, recall, num_hashes) in
            [(0.8, 0.99, 128), (0.5, 0.99, 128), (0.5, 0.999, 256), (0.13, 0.95, 512)]
        {
            let planner = BandingPlanner::new(threshold).recall(recall).num_hashes(num_hashes);
            let banding = planner.plan().expect("reachable");
            assert!(banding.recall(threshold) >= recall, "{banding:?}");
            let background = [(0.02, 1.0)];
            let cost = planner.cost(&background, banding.bands(), banding.rows());
            for rows in 1..=num_hashes {
                for bands in 1..=num_hashes / rows {
                    let other = Banding::with_filter_loss(bands, rows, banding.filter_loss()).expect("valid");
                    assert!(
                        other.recall(threshold) < recall || planner.cost(&background, bands, rows) >= cost,
                        "{other:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn more_documents_call_for_more_rows() {
        let rows = |documents| BandingPlanner::new(0.8).documents(documents).plan().expect("reachable").rows();
        assert!(rows(1_000) < rows(1_000_000_000));
    }

    #[test]
    fn a_distribution_is_its_parts() {
        let planner = BandingPlanner::new(0.7).num_hashes(256);
        assert_eq!(planner.plan_against(&[(0.1, 0.25), (0.1, 0.75)]), planner.background(0.1).plan());
        assert_eq!(planner.background(f64::NAN).plan_against(&[(0.1, 1.0)]), planner.background(0.1).plan());
        // A thousandth of the pairs is what makes candidates.
        let rare = planner.plan_against(&[(0.0, 0.999), (0.5, 0.001)]).expect("reachable");
        assert!(rare.rows() > planner.background(0.001).plan().expect("reachable").rows());
        // Without anything to mistake, the fewest bands are the cheapest.
        let none = planner.plan_against(&[]).expect("reachable");
        assert!((1..=256).all(|rows| planner.min_bands(rows, 0.991).is_none_or(|bands| bands >= none.bands())));
        for odd in [(f64::NAN, 0.5), (0.5, -0.1), (1.5, 0.5), (0.5, 1.5)] {
            let outcome = planner.plan_against(&[(0.1, 0.5), odd]);
            assert!(matches!(outcome, Err(Error::OutOfRange { field: "background", .. })), "{odd:?}");
        }
    }

    #[test]
    fn what_cannot_be_reached_says_what_would() {
        let planner = BandingPlanner::new(0.05).recall(0.99).num_hashes(64);
        let Err(Error::RecallUnreachable { needed: Some(needed), best, .. }) = planner.plan() else {
            panic!("64 hashes cannot do this");
        };
        assert!(best < 0.99);
        assert!(planner.num_hashes(needed).plan().is_ok());
        assert!(planner.num_hashes(needed - 1).plan().is_err());
    }

    #[test]
    fn bad_parameters_are_named() {
        let field = |planner: BandingPlanner| match planner.plan() {
            Err(Error::OutOfRange { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(BandingPlanner::new(0.0)), "threshold");
        assert_eq!(field(BandingPlanner::new(f64::NAN)), "threshold");
        assert_eq!(field(BandingPlanner::new(0.5).recall(1.0)), "recall");
        assert_eq!(field(BandingPlanner::new(0.5).background(0.0)), "background");
        assert_eq!(field(BandingPlanner::new(0.5).num_hashes(0)), "num_hashes");
        assert_eq!(field(BandingPlanner::new(0.5).candidate_cost(f64::INFINITY)), "candidate_cost");
    }
}
