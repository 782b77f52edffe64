//! What a join will do and take.

use std::fmt;

use super::{CorpusMeasure, CorpusPlanner};
use crate::lsh::Banding;

/// What a join of a corpus will do and take, and how it should be set; made by [`CorpusPlanner`].
///
/// Its `Display` is a small table. Predictions of pairs do not know of the [limit to
/// buckets](crate::SimilarityJoinBuilder::bucket_limit).
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CorpusPlan {
    threshold: f64,
    documents: u64,
    measure: CorpusMeasure,
    chosen: Choice,
    choices: Vec<Choice>,
}

/// A number of hashes with its best banding, and what they would cost.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Choice {
    /// Positions of a signature.
    pub num_hashes: u32,
    /// How they are cut.
    pub banding: Banding,
    /// Pairs of distinct sets that share a band.
    pub candidates: f64,
    /// Candidates whose sets are compared.
    pub compared: f64,
    /// Pairs of distinct sets that reach the threshold.
    pub verified: f64,
    /// Time on one core, in seconds.
    pub seconds: f64,
    /// Memory of a join in memory, in bytes, without ids.
    pub memory_bytes: f64,
    /// The most that a join in a folder takes on disk, in bytes, without ids.
    pub disk_bytes: f64,
}

impl Choice {
    pub(super) fn new(planner: &CorpusPlanner, measure: &CorpusMeasure, num_hashes: u32, banding: Banding) -> Self {
        let documents = planner.documents as f64;
        let joined = documents * measure.distinct_share();
        let pairs = joined * (joined - 1.0).max(0.0) / 2.0;
        let threshold = planner.threshold;
        let (mut candidates, mut compared) = (0.0, 0.0);
        for step in measure.below(threshold) {
            let of_step = pairs * step.share * banding.probability(step.similarity);
            candidates += of_step;
            compared += of_step * banding.passes_filter(num_hashes as usize, threshold, step.similarity);
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
        let positions = f64::from(self.num_hashes);
        let seconds = shingles * (cost.shingle + cost.position * positions)
            + joined * f64::from(self.banding.bands()) * cost.band
            + self.candidates * positions * cost.filter
            + self.compared * 2.0 * measure.mean_size() * cost.compare;
        Self { seconds, ..self }
    }

    fn with_bytes(self, measure: &CorpusMeasure, documents: f64, joined: f64) -> Self {
        let (set, signature) = (8.0 * measure.mean_size(), 4.0 * f64::from(self.num_hashes));
        let bands = f64::from(self.banding.bands());
        // Sets that have candidates are stored up to twice more while they are verified.
        let with_candidates = (2.0 * self.candidates).min(joined);
        Self {
            memory_bytes: joined * (set + signature + 4.0 * bands) + 12.0 * documents,
            disk_bytes: documents * (set * filled_share(measure) + signature)
                + joined * 8.0 * bands
                + 2.0 * with_candidates * set,
            ..self
        }
    }
}

/// The share of documents that have any shingles.
fn filled_share(measure: &CorpusMeasure) -> f64 {
    let documents = measure.documents();
    if documents == 0 { 1.0 } else { (documents - measure.empty()) as f64 / documents as f64 }
}

impl CorpusPlan {
    pub(super) fn new(planner: &CorpusPlanner, measure: CorpusMeasure, chosen: Choice, choices: Vec<Choice>) -> Self {
        Self { threshold: planner.threshold, documents: planner.documents, measure, chosen, choices }
    }

    /// Positions that the scheme's signatures should have.
    #[must_use]
    pub fn num_hashes(&self) -> u32 {
        self.chosen.num_hashes
    }

    /// The banding for the join.
    #[must_use]
    pub fn banding(&self) -> Banding {
        self.chosen.banding
    }

    /// What was chosen, with all its predictions.
    #[must_use]
    pub fn chosen(&self) -> Choice {
        self.chosen
    }

    /// All that could be chosen, by number of hashes: those that reach the recall.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// The similarity from which on pairs are wanted.
    #[must_use]
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// Documents that it is for.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.documents
    }

    /// What was measured.
    #[must_use]
    pub fn measure(&self) -> &CorpusMeasure {
        &self.measure
    }

    /// Candidates that a document has on average.
    #[must_use]
    pub fn candidates_per_document(&self) -> f64 {
        if self.documents == 0 { 0.0 } else { 2.0 * self.chosen.candidates / self.documents as f64 }
    }

    /// So many similar documents may each document have, on average, without any pair of them having been seen among
    /// those that were compared (with a probability of 5 %: the rule of three). Infinite where none was compared.
    #[must_use]
    pub fn unseen_partners(&self) -> f64 {
        3.0 * self.documents as f64 * self.measure.distinct_share() / self.measure.pairs() as f64
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
                write!(f, " {:.2} % from {from}", 100.0 * measure.share_from(from))?;
            }
            writeln!(f, "\nunseen      up to {:.3} similar documents a document", self.unseen_partners())?;
        }
        writeln!(f, "  hashes  bands x rows  candidates    compared    verified   seconds     memory       disk")?;
        for choice in choices {
            writeln!(f, "{} {choice}", if choice == chosen { '*' } else { ' ' })?;
        }
        write!(f, "candidates  {:.3} a document", self.candidates_per_document())
    }
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
