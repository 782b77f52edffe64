//! The ranges of what a plan predicts.
//!
//! A pair is in a uniform sample of n of N documents with a probability of (n/N)^2, so few pairs are seen, or none, and their number varies
//! by chance. Pairs that share a document are seen together, which makes it vary more.

use super::choice::{Weights, filled_share, pairs_of_distinct};
use super::{CorpusMeasure, CorpusPlan, SimilarityBin};

/// The quantile of the normal distribution between whose negative and itself 95 % lie.
const Z: f64 = 1.959_964;

/// The upper limit of an expected count of which none was seen, at 95 %: the rule of three.
const MOST_UNSEEN: f64 = 3.0;

impl CorpusPlan {
    /// Returns the least and the greatest number of pairs of distinct sets at the threshold that the sample leaves plausible, at a
    /// confidence of about 95 %.
    ///
    /// The sample alone decides, whatever [`partners`](super::CorpusPlanner::partners) says. Where it shows no such pair, the range ends
    /// at the [rule of three](Self::unseen_partners); where it is the whole corpus, and all its pairs were compared, the range is the
    /// number itself. The numbers of similar documents of the sampled ones tell how much the count varies by chance.
    ///
    /// ```
    /// use twinprint::ShingleSet;
    /// use twinprint::plan::{CorpusMeasure, CorpusPlanner};
    ///
    /// // Of 4,950 sampled pairs, 50 are similar.
    /// let sample: Vec<ShingleSet> = (0..100_u64).map(|n| (n / 2 * 1000 + n % 2..n / 2 * 1000 + 50).collect()).collect();
    /// let measure = CorpusMeasure::from_sample(&sample, 1);
    /// let plan = CorpusPlanner::new(0.8, 10_000).plan(&measure)?;
    /// let (low, high) = plan.verified_range();
    /// assert!(0.7 * plan.chosen().verified < low && high < 1.4 * plan.chosen().verified);
    /// // No two sets are equal: at most three of as many pairs as were compared can be.
    /// let (low, high) = CorpusPlanner::new(1.0, 10_000).plan(&measure)?.verified_range();
    /// assert!(low == 0.0 && (high - 3.0 * 10_000.0 * 9_999.0 / 9_900.0).abs() < 1e-6);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn verified_range(&self) -> (f64, f64) {
        self.range_of(|bin| self.weights().verified(bin))
    }

    /// Returns the range of the number of candidates.
    pub(super) fn candidates_range(&self) -> (f64, f64) {
        self.range_of(|bin| self.weights().candidate(bin))
    }

    /// Returns the range of the number of pairs whose sets are compared.
    pub(super) fn compared_range(&self) -> (f64, f64) {
        self.range_of(|bin| self.weights().compared(bin))
    }

    fn weights(&self) -> Weights {
        Weights { num_hashes: self.num_hashes(), banding: self.banding(), threshold: self.threshold() }
    }

    /// Returns the range of a number of pairs, to which each bin adds a share of its pairs.
    fn range_of(&self, weight: impl Fn(&SimilarityBin) -> f64) -> (f64, f64) {
        let (measure, documents) = (self.measure(), self.documents() as f64);
        let (pairs, compared) = (pairs_of_distinct(documents, measure), measure.pairs() as f64);
        if compared == 0.0 {
            return (0.0, pairs);
        }
        let (seen, variance) = measure.weighted(weight);
        if is_whole(measure, documents) && compared >= pairs {
            return (seen, seen);
        }
        let (scale, (low, high)) = (pairs / compared, range(seen, variance));
        ((scale * low).min(pairs), (scale * high).min(pairs))
    }

    /// Returns the range of the number of distinct sets. The sample shows the most; copies are rare in it, as all pairs are.
    pub(super) fn distinct_range(&self) -> (f64, f64) {
        let (measure, documents) = (self.measure(), self.documents() as f64);
        let most = documents * measure.distinct_share();
        if is_whole(measure, documents) {
            return (most, most);
        }
        let sampled = measure.documents() as f64;
        let copies = (sampled - (measure.empty() + measure.distinct()) as f64).max(0.0);
        // Of a pair of copies, a sample holds one as often as it holds the pair, and of a larger group more often.
        let (_, most_copies) = range(copies, copies);
        let all_copies = if sampled == 0.0 { documents } else { most_copies * (documents / sampled).powi(2) };
        let least = documents * filled_share(measure) - all_copies;
        (least.max(measure.distinct() as f64).min(most), most)
    }
}

/// Returns whether the sample is the whole corpus.
fn is_whole(measure: &CorpusMeasure, documents: f64) -> bool {
    measure.documents() as f64 >= documents
}

/// Returns the range of the expectation of a count, by its value and its variance in one sample.
///
/// It is Byar's approximation to the exact limits of a Poisson count (N. E. Breslow, N. E. Day, "Statistical Methods in Cancer Research",
/// volume II, 1987), of as many independent events as vary as much.
fn range(seen: f64, variance: f64) -> (f64, f64) {
    if seen < 0.5 {
        return (0.0, MOST_UNSEEN);
    }
    let events_at_once = (variance / seen).max(1.0);
    let events = seen / events_at_once;
    let limit =
        |events: f64, z: f64| events * (1.0 - 1.0 / (9.0 * events) + z / (3.0 * events.sqrt())).max(0.0).powi(3);
    (events_at_once * limit(events, -Z), events_at_once * limit(events + 1.0, Z))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_independent_events_are_those_of_poisson() {
        // The exact limits, from quantiles of the chi-squared distribution.
        for (seen, low, high) in
            [(1.0, 0.0253, 5.572), (5.0, 1.623, 11.668), (20.0, 12.217, 30.888), (100.0, 81.364, 121.627)]
        {
            let (found_low, found_high) = range(seen, seen);
            assert!(
                (found_low - low).abs() < 0.02 && (found_high - high).abs() < 0.02,
                "{seen}: {found_low}, {found_high}"
            );
        }
        assert_eq!(range(0.0, 0.0), (0.0, 3.0));
        // Ten groups of ten are ten events.
        let (ten, grouped) = (range(10.0, 10.0), range(100.0, 1_000.0));
        assert!((grouped.0 - 10.0 * ten.0).abs() < 1e-9 && (grouped.1 - 10.0 * ten.1).abs() < 1e-9);
    }
}
