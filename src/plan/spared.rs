//! What the limit to buckets spares of the predicted pairs.

use super::Choice;
use crate::lsh::BucketRule;

impl Choice {
    /// Returns how many of the [verified](Self::verified) pairs a join with this
    /// [limit to buckets](crate::SimilarityJoinBuilder::bucket_limit) passes over at least. Their comparison is in the
    /// [seconds](Self::seconds), which know of no limit.
    ///
    /// A sample shows many pairs where many documents are similar to one another. They are taken for one bucket, of which each document
    /// is compared with 32 times the limit at most.
    ///
    /// ```
    /// use twinprint::ShingleSet;
    /// use twinprint::plan::{CorpusMeasure, CorpusPlanner};
    ///
    /// let sample: Vec<ShingleSet> = (0..100).map(|n| (n..n + 20).collect()).collect();
    /// let measure = CorpusMeasure::from_sample(&sample, 1);
    /// // A million documents that are all similar.
    /// let plan = CorpusPlanner::new(0.5, 1_000_000).partners(999_999.0).plan(&measure)?;
    /// assert!(plan.chosen().pairs_spared(1_000) > 0.9 * plan.chosen().verified);
    /// assert_eq!(plan.chosen().pairs_spared(1_000_000), 0.0);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn pairs_spared(&self, bucket_limit: usize) -> f64 {
        let (group, reach) = ((2.0 * self.verified).sqrt(), BucketRule::max_reach(bucket_limit) as f64);
        (self.verified - group * reach).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CorpusMeasure, CorpusPlanner};
    use crate::ShingleSet;

    #[test]
    fn only_pairs_beyond_the_reach_of_a_bucket_are_spared() {
        let sample: Vec<ShingleSet> = (0..10).map(|n| (n..n + 20).collect()).collect();
        let measure = CorpusMeasure::from_sample(&sample, 1);
        let spared = |verified: f64, limit: usize| {
            let planner = CorpusPlanner::new(0.5, 1_000_000).partners(verified / 500_000.0);
            planner.plan(&measure).expect("sound").chosen().pairs_spared(limit)
        };
        // Ten thousand similar documents are all compared: the reach is 32,000.
        assert_eq!(spared(5e7, 1_000), 0.0);
        let million = 1e6 * 1e6 / 2.0;
        assert_eq!(spared(million, 1_000), million - 1e6 * 32_000.0);
        assert_eq!((spared(0.0, 1), spared(million, usize::MAX)), (0.0, 0.0));
    }
}
