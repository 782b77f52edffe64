//! The report of an audit.

use std::fmt;

use super::sampled::{Sampled, TruePair};
use super::tally::Tally;
use super::{AuditOptions, Proportion};
use crate::stats::deviations;

/// Tells what a result found and missed of the true pairs of a sample of documents; see the [module](super).
///
/// Its `Display` is a small table.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct AuditReport {
    /// The least Jaccard similarity of a true pair.
    pub threshold: f64,
    /// How often intervals contain the truth, 0 to 1.
    pub confidence: f64,
    /// The number of documents that were drawn.
    pub sampled: u64,
    /// The number of documents that were compared with them.
    pub documents: u64,
    /// The share of true pairs that were found. A pair of two drawn documents counts once.
    pub recall: Proportion,
    /// The share of drawn documents that have a true pair of which at least one such pair was found.
    pub document_recall: Proportion,
    /// The recall by similarity, from the threshold up. The last range is that of equal sets.
    pub ranges: Vec<RangeRecall>,
    /// The share of reported pairs that are true.
    pub precision: Proportion,
    /// The mean number of true pairs of a drawn document.
    pub pairs_per_document: f64,
    /// True pairs that were not found, the most similar first, up to [`AuditOptions::examples`].
    pub missed: Vec<MissedPair>,
    /// Reported pairs that are not true, the lesser number first, up to [`AuditOptions::examples`].
    pub false_pairs: Vec<(u32, u32)>,
}

/// The recall of pairs in a range of similarities.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RangeRecall {
    /// The similarity at which the range begins.
    pub from: f64,
    /// The similarity at which the next range begins. For the last range, of equal sets, both ends are 1.
    pub to: f64,
    /// The share of true pairs in the range that were found.
    pub recall: Proportion,
}

/// A true pair that was not found.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MissedPair {
    /// The lesser number of the two documents.
    pub left: u32,
    /// The greater number of the two documents.
    pub right: u32,
    /// The exact Jaccard similarity.
    pub jaccard: f64,
}

impl AuditReport {
    pub(super) fn new(
        options: &AuditOptions,
        sampled: &Sampled,
        pairs: &[TruePair],
        documents: u64,
        is_found: impl Fn(u32, u32) -> bool,
        reported: impl IntoIterator<Item = (u32, u32)>,
    ) -> Self {
        let starts = range_starts(options.threshold);
        let mut counts = Counts::new(starts.len(), options.examples);
        for pair in pairs {
            for &drawn in sampled.members(pair.set) {
                counts.add(sampled, &starts, drawn, pair, &is_found);
            }
        }
        let (precise, false_pairs) = precision(sampled, pairs, reported, options.examples);
        let z = deviations(options.confidence);
        let complete = sampled.drawn() as u64 >= documents;
        let ends = starts.iter().skip(1).copied().chain([1.0]);
        let ranges = starts.iter().zip(ends).zip(&counts.by_range);
        Self {
            threshold: options.threshold,
            confidence: options.confidence,
            sampled: sampled.drawn() as u64,
            documents,
            recall: counts.all.pairs(z, complete),
            document_recall: counts.all.documents(z, complete),
            ranges: ranges
                .map(|((&from, to), tally)| RangeRecall { from, to, recall: tally.pairs(z, complete) })
                .collect(),
            precision: precise.pairs(z, complete),
            pairs_per_document: counts.ends as f64 / sampled.drawn().max(1) as f64,
            missed: counts.missed.into_vec(),
            false_pairs,
        }
    }
}

/// Returns where ranges of similarity begin: at the threshold, at each tenth above it, and at 1.
fn range_starts(threshold: f64) -> Vec<f64> {
    let tenths = (1..=10).map(|tenth| f64::from(tenth) / 10.0).filter(|&start| start > threshold);
    std::iter::once(threshold).chain(tenths).collect()
}

/// The counts of true pairs.
struct Counts {
    all: Tally,
    by_range: Vec<Tally>,
    /// The numbers of pairs of all drawn documents, summed. A pair of two drawn documents is in it twice.
    ends: u64,
    missed: MostSimilar,
}

impl Counts {
    fn new(ranges: usize, examples: usize) -> Self {
        let missed = MostSimilar { limit: examples, pairs: Vec::new() };
        Self { all: Tally::default(), by_range: vec![Tally::default(); ranges], ends: 0, missed }
    }

    /// Counts a pair of a drawn document.
    fn add(
        &mut self,
        sampled: &Sampled,
        starts: &[f64],
        drawn: u32,
        pair: &TruePair,
        is_found: impl Fn(u32, u32) -> bool,
    ) {
        let other = pair.document;
        if drawn == other {
            return;
        }
        self.ends += 1;
        let both = sampled.contains(other);
        if both && other < drawn {
            // The pair is counted from the side of the other document.
            return;
        }
        let (left, right) = (drawn.min(other), drawn.max(other));
        let found = is_found(left, right);
        let of_sample: &[u32] = if both { &[left, right] } else { &[drawn] };
        self.all.add(of_sample, found);
        let range = starts.partition_point(|&start| start <= pair.jaccard).saturating_sub(1);
        self.by_range[range].add(of_sample, found);
        if !found {
            self.missed.push(MissedPair { left, right, jaccard: pair.jaccard });
        }
    }
}

/// Keeps the most similar of the pairs that are pushed.
struct MostSimilar {
    limit: usize,
    pairs: Vec<MissedPair>,
}

impl MostSimilar {
    fn push(&mut self, pair: MissedPair) {
        self.pairs.push(pair);
        // Sorting only now and then makes a push cost constant time on average.
        if self.pairs.len() > self.limit.saturating_mul(2).saturating_add(64) {
            self.shorten();
        }
    }

    fn shorten(&mut self) {
        self.pairs
            .sort_unstable_by(|a, b| b.jaccard.total_cmp(&a.jaccard).then((a.left, a.right).cmp(&(b.left, b.right))));
        self.pairs.truncate(self.limit);
    }

    fn into_vec(mut self) -> Vec<MissedPair> {
        self.shorten();
        self.pairs
    }
}

/// Counts which reported pairs of drawn documents are true, and returns the first that are not.
fn precision(
    sampled: &Sampled,
    pairs: &[TruePair],
    reported: impl IntoIterator<Item = (u32, u32)>,
    examples: usize,
) -> (Tally, Vec<(u32, u32)>) {
    let touches = |&(left, right): &(u32, u32)| left != right && (sampled.contains(left) || sampled.contains(right));
    let mut touching: Vec<(u32, u32)> =
        reported.into_iter().filter(touches).map(|(a, b)| (a.min(b), a.max(b))).collect();
    touching.sort_unstable();
    touching.dedup();
    let is_seen = |drawn: u32, other: u32| {
        let key = |set| pairs.binary_search_by_key(&(set, other), |pair| (pair.set, pair.document)).is_ok();
        sampled.set_of(drawn).is_some_and(key)
    };
    let (mut tally, mut false_pairs) = (Tally::default(), Vec::new());
    for (left, right) in touching {
        let is_true = is_seen(left, right) || is_seen(right, left);
        match (sampled.contains(left), sampled.contains(right)) {
            (true, true) => tally.add(&[left, right], is_true),
            (true, false) => tally.add(&[left], is_true),
            _ => tally.add(&[right], is_true),
        }
        if !is_true && false_pairs.len() < examples {
            false_pairs.push((left, right));
        }
    }
    (tally, false_pairs)
}

impl fmt::Display for AuditReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "audit of {} of {} documents, pairs at {} or more, intervals at {} %",
            self.sampled,
            self.documents,
            self.threshold,
            self.confidence * 100.0
        )?;
        writeln!(f, "recall      {}", self.recall)?;
        for range in self.ranges.iter().filter(|range| range.recall.whole > 0) {
            if range.from < 1.0 {
                writeln!(f, "  {:.2}-{:.2} {}", range.from, range.to, range.recall)?;
            } else {
                writeln!(f, "  equal     {}", range.recall)?;
            }
        }
        writeln!(f, "documents   {}", self.document_recall)?;
        write!(f, "precision   {}", self.precision)?;
        for pair in &self.missed {
            write!(f, "\nmissed      {} {} J={:.3}", pair.left, pair.right, pair.jaccard)?;
        }
        for (left, right) in &self.false_pairs {
            write!(f, "\nfalse       {left} {right}")?;
        }
        Ok(())
    }
}
