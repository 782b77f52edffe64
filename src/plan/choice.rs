//! What a join would do and take with one number of hashes and one banding.

use std::fmt;

use super::{CorpusMeasure, CorpusPlanner, SimilarityBin};
use crate::lsh::Banding;

/// Predicts what a join with one number of hashes and one banding would do and take.
///
/// A [`CorpusPlan`](super::CorpusPlan) has one for each number of hashes that reaches the recall. The numbers of
/// pairs are expectations: each bin of the measured similarities counts with the probability that the banding makes
/// its pairs candidates. The `Display` is one line of a plan's table.
///
/// ```
/// use twinprint::ShingleSet;
/// use twinprint::plan::{CorpusMeasure, CorpusPlanner};
///
/// // Each set shares 0 to 38 of its 40 elements with others.
/// let sample: Vec<ShingleSet> = (0..100).map(|n| (2 * n..2 * n + 40).collect()).collect();
/// let plan = CorpusPlanner::new(0.8, 10_000).plan(&CorpusMeasure::from_sample(&sample, 1))?;
/// let chosen = plan.chosen();
/// assert!(plan.choices().iter().all(|choice| choice.seconds >= chosen.seconds));
/// assert!(chosen.candidates >= chosen.compared && chosen.compared >= chosen.verified);
/// // 10,000 sets of 40 hashes of eight bytes, and of each the positions that its bands need, are at least this much.
/// assert!(chosen.memory_bytes >= 10_000.0 * (40.0 * 8.0 + f64::from(chosen.banding.num_hashes()) * 4.0));
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Choice {
    /// The number of positions of a signature.
    pub num_hashes: u32,
    /// The banding of the signature.
    pub banding: Banding,
    /// The expected number of pairs of distinct sets that share a band.
    /// Those of more than one band count once.
    pub candidates: f64,
    /// The expected number of candidates that pass the filter by signatures, so that their sets are compared.
    pub compared: f64,
    /// The expected number of pairs of distinct sets that reach the threshold.
    pub verified: f64,
    /// The time on one core, in seconds.
    /// Divide it by the number of cores for a rough time of a run: reading and the last steps do not use all of them.
    pub seconds: f64,
    /// The memory that a join in memory takes, in bytes, without ids.
    pub memory_bytes: f64,
    /// The most disk space that a join on disk takes, in bytes, without ids.
    /// Most of it is free again when the join ends.
    pub disk_bytes: f64,
}

/// Bytes that a join on disk stores of a document besides its id, set and band keys.
const RECORD_BYTES: f64 = 80.0;

impl Choice {
    /// Predicts a join with this number of hashes and this banding.
    pub(super) fn new(planner: &CorpusPlanner, measure: &CorpusMeasure, num_hashes: u32, banding: Banding) -> Self {
        let documents = planner.documents as f64;
        let joined = documents * measure.distinct_share();
        let pairs = pairs_of_distinct(documents, measure);
        let threshold = planner.threshold;
        let weights = Weights { num_hashes, banding, threshold };
        let (mut candidates, mut compared) = (0.0, 0.0);
        for bin in measure.below(threshold) {
            candidates += pairs * bin.share * weights.candidate(bin);
            compared += pairs * bin.share * weights.compared(bin);
        }
        let seen = pairs * measure.share_from(threshold);
        let verified = planner.partners.map_or(seen, |partners| partners * documents / 2.0);
        let choice = Self {
            num_hashes,
            banding,
            candidates: candidates + verified,
            compared: compared + verified,
            verified,
            seconds: 0.0,
            memory_bytes: 0.0,
            disk_bytes: 0.0,
        };
        choice.with_seconds(planner, measure, joined).with_bytes(measure, documents, joined)
    }

    fn with_seconds(self, planner: &CorpusPlanner, measure: &CorpusMeasure, joined: f64) -> Self {
        let cost = planner.cost_model;
        let filled = planner.documents as f64 * filled_share(measure);
        let shingles = filled * measure.mean_size();
        let positions = f64::from(self.banding.signed_positions(self.num_hashes));
        let seconds = shingles * (cost.shingle + cost.position * positions)
            + joined * f64::from(self.banding.bands()) * cost.band
            + self.candidates * positions * cost.filter
            + self.compared * 2.0 * measure.mean_size() * cost.compare;
        Self { seconds, ..self }
    }

    fn with_bytes(self, measure: &CorpusMeasure, documents: f64, joined: f64) -> Self {
        let (set, keys) = (8.0 * measure.mean_size(), 4.0 * f64::from(self.banding.bands()));
        let signature = 4.0 * f64::from(self.banding.signed_positions(self.num_hashes));
        // While they are verified, sets that have candidates are stored up to two more times, and candidates once or twice.
        let with_candidates = (2.0 * self.candidates).min(joined);
        Self {
            memory_bytes: joined * (set + signature + keys) + 12.0 * documents,
            disk_bytes: documents * (RECORD_BYTES + filled_share(measure) * (set + keys))
                + 2.0 * (with_candidates * set + self.candidates * 8.0),
            ..self
        }
    }
}

/// What decides how many pairs of a bin a join meets.
#[derive(Clone, Copy)]
pub(super) struct Weights {
    pub(super) num_hashes: u32,
    pub(super) banding: Banding,
    pub(super) threshold: f64,
}

impl Weights {
    /// Returns the share of a bin's pairs that reach the threshold: all or none.
    pub(super) fn verified(self, bin: &SimilarityBin) -> f64 {
        f64::from(u8::from(CorpusMeasure::reaches(bin, self.threshold)))
    }

    /// Returns the share of a bin's pairs that are candidates. Those at the threshold are, as the banding is planned for.
    pub(super) fn candidate(self, bin: &SimilarityBin) -> f64 {
        self.verified(bin).max(self.banding.probability(bin.similarity))
    }

    /// Returns the share of a bin's pairs whose sets are compared.
    pub(super) fn compared(self, bin: &SimilarityBin) -> f64 {
        let signed = self.banding.signed_positions(self.num_hashes) as usize;
        let passing = self.banding.passes_filter(signed, self.threshold, bin.similarity);
        self.verified(bin).max(self.banding.probability(bin.similarity) * passing)
    }
}

/// Returns the number of pairs of distinct sets in a corpus of this many documents.
pub(super) fn pairs_of_distinct(documents: f64, measure: &CorpusMeasure) -> f64 {
    let distinct = documents * measure.distinct_share();
    distinct * (distinct - 1.0).max(0.0) / 2.0
}

/// Returns the share of documents that have any shingles.
pub(super) fn filled_share(measure: &CorpusMeasure) -> f64 {
    let documents = measure.documents();
    if documents == 0 { 1.0 } else { (documents - measure.empty()) as f64 / documents as f64 }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cut = format!("{} x {}", self.banding.bands(), self.banding.rows());
        let mib = f64::from(1 << 20);
        write!(
            f,
            "{:6}  {cut:>12}  {:10.0}  {:10.0}  {:10.0}  {:8.1}  {:5.0} MiB  {:5.0} MiB",
            self.num_hashes,
            self.candidates,
            self.compared,
            self.verified,
            self.seconds,
            self.memory_bytes / mib,
            self.disk_bytes / mib
        )
    }
}
