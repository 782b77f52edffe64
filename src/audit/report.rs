//! The report of an audit.

use std::fmt;

use super::sampled::{Sampled, TruePair};
use super::tally::Tally;
use super::{AuditOptions, Proportion};
use crate::stats::deviations;

/// Tells what a result found and missed of the true pairs of a sample of documents; see the [module](super).
///
/// Its `Display` is a small table.
///
/// ```
/// use twinprint::audit::{AuditOptions, audit};
/// use twinprint::lsh::Banding;
/// use twinprint::{Document, Scheme, SimilarityJoin};
///
/// let texts = ["one two three four", "one two three five", "red green blue grey", "red green blue grey"];
/// let scheme = Scheme::builder().words(1).build()?;
/// // A single band of eight positions misses most pairs of similarity 0.6, but no copies.
/// let mut join = SimilarityJoin::builder(&scheme).threshold(0.5).banding(Banding::new(1, 8)?).build()?;
/// join.push_all((0..).zip(texts).map(|(id, text)| Document::text(id, text)))?;
///
/// let report = audit(&scheme, &texts, &join.finish()?, AuditOptions::new(0.5))?;
/// assert_eq!((report.sampled, report.documents, report.pairs_per_document), (4, 4, 1.0));
/// assert_eq!((report.recall.part, report.recall.whole), (1, 2));
/// assert_eq!((report.document_recall.part, report.document_recall.whole), (2, 4));
/// assert_eq!(report.precision.value(), Some(1.0));
/// assert_eq!((report.missed[0].left, report.missed[0].right, report.missed[0].jaccard), (0, 1, 0.6));
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct AuditReport {
    /// The least Jaccard similarity of a true pair.
    pub threshold: f64,
    /// How often intervals contain the truth, 0 to 1.
    pub confidence: f64,
    /// The number of documents that were drawn: all of them if the corpus has no more than were asked for.
    pub sampled: u64,
    /// The number of documents that were compared with them. It should be that of the corpus, drawn ones included.
    pub documents: u64,
    /// The share of true pairs that were found. A pair of two drawn documents counts once.
    /// A banding promises its recall at the threshold. This is the recall of all pairs from there up, so it is mostly
    /// higher.
    pub recall: Proportion,
    /// The share of drawn documents that have a true pair of which at least one such pair was found.
    pub document_recall: Proportion,
    /// The recall by similarity, from the threshold up. The last range is that of equal sets.
    /// Ranges without pairs are in it too.
    pub ranges: Vec<RangeRecall>,
    /// The share of reported pairs that are true.
    /// It is 1 for joins of this library, whose pairs are verified.
    pub precision: Proportion,
    /// The mean number of true pairs of a drawn document.
    /// Copies count. It suits [`CorpusPlanner::partners`](crate::plan::CorpusPlanner::partners) if there are few.
    pub pairs_per_document: f64,
    /// True pairs that were not found, the most similar first, up to [`AuditOptions::examples`].
    pub missed: Vec<MissedPair>,
    /// Reported pairs that are not true, the lesser number first, up to [`AuditOptions::examples`].
    pub false_pairs: Vec<(u32, u32)>,
}

/// Holds the recall of pairs in a range of similarities, from `from` inclusive to `to` exclusive.
///
/// The recall of LSH rises with similarity, so that what is missed is mostly just above the threshold. Ranges show
/// whether it is so.
///
/// ```
/// use twinprint::ShingleSet;
/// use twinprint::audit::{Audit, AuditOptions};
///
/// let sets: [ShingleSet; 3] = [(0..10).collect(), (1..10).collect(), (0..10).collect()];
/// let options = AuditOptions::new(0.85);
/// let mut sample = options.sampler();
/// for (number, set) in (0..).zip(&sets) {
///     sample.offer(number, || set.clone());
/// }
/// let mut audit = Audit::new(options, sample)?;
/// for (number, set) in (0..).zip(&sets) {
///     audit.observe(number, set.as_slice());
/// }
/// let report = audit.finish(|left, right| (left, right) == (0, 2), [(0, 2)]);
/// let ranges: Vec<_> = report.ranges.iter().map(|range| (range.from, range.to, range.recall.value())).collect();
/// assert_eq!(ranges, [(0.85, 0.9, None), (0.9, 1.0, Some(0.0)), (1.0, 1.0, Some(1.0))]);
/// # Ok::<(), twinprint::Error>(())
/// ```
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

/// Holds a true pair that was not found; [`AuditReport`] shows one. To see why, compare the two texts with
/// [`Evidence`](crate::evidence::Evidence).
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
    /// Makes the report from the true pairs of the sample and from what the result found and listed.
    ///
    /// `pairs` are sorted by set, then document. With a complete sample there is nothing to extrapolate, and intervals
    /// are points.
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
///
/// Equal sets have a range of their own: they share every band, so that their recall says nothing about a banding.
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

    /// Counts a pair of a drawn document, given by its set. Each document that has the set is called with it once.
    ///
    /// A pair of two drawn documents is met from both sides and counted from that of the lesser number.
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
