//! What a sample shows of its corpus.

use ahash::AHashSet;

#[cfg(feature = "serde")]
use crate::error::Error;
use crate::mix::{derive, derive_from};
use crate::parallel;
use crate::set::{Overlap, ShingleSet};

/// Measures a sample of a corpus: how large documents are, how many have equal or empty sets, and how similar two
/// random documents are.
///
/// The last is what a banding has to cope with. It makes false candidates, and it differs by orders of magnitude
/// between news and pages from templates.
///
/// ```
/// use twinprint::ShingleSet;
/// use twinprint::plan::CorpusMeasure;
///
/// let sets: [&[u64]; 5] = [&[1, 2, 3, 4], &[1, 2, 3, 4], &[3, 4, 5, 6], &[7, 8], &[]];
/// let sample = sets.map(|set| ShingleSet::from(set.to_vec()));
/// let measure = CorpusMeasure::from_sample(&sample, 42);
/// assert_eq!((measure.documents(), measure.empty(), measure.distinct()), (5, 1, 3));
/// assert_eq!((measure.quantile(0.0), measure.quantile(0.5), measure.mean_size()), (2, 4, 3.5));
/// // Of the three pairs of distinct sets, one shares two of six elements.
/// assert_eq!((measure.pairs(), measure.share_from(0.3)), (3, 1.0 / 3.0));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredCorpusMeasure"))]
pub struct CorpusMeasure {
    documents: usize,
    empty: usize,
    distinct: usize,
    /// Sizes of the sets that are not empty, ascending.
    sizes: Vec<usize>,
    pairs: u64,
    similarities: Vec<SimilarityBin>,
    /// For each bin, how much the number of pairs from it up varies by chance. It is empty in what earlier versions stored.
    variances: Vec<f64>,
}

/// Holds one bin of a histogram of similarities, 0.01 wide. Pairs of equal sets are never in it, because sets are
/// distinct.
///
/// ```
/// use twinprint::ShingleSet;
/// use twinprint::plan::CorpusMeasure;
///
/// // 10 shared of 30, 5 of 35, and nothing shared.
/// let sample: [ShingleSet; 3] = [(0..20).collect(), (10..30).collect(), (25..45).collect()];
/// let measure = CorpusMeasure::from_sample(&sample, 42);
/// let bins: Vec<f64> = measure.similarities().iter().map(|bin| bin.from).collect();
/// assert_eq!(bins, [0.0, 0.14, 0.33]);
/// assert_eq!(measure.similarities().iter().map(|bin| bin.share).sum::<f64>(), 1.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SimilarityBin {
    /// The similarity at which the bin begins, a multiple of 0.01.
    pub from: f64,
    /// The mean Jaccard similarity of the pairs in the bin, 0 to 1.
    pub similarity: f64,
    /// The share of all pairs that are in the bin, 0 to 1.
    pub share: f64,
}

/// The most pairs that are compared.
const MAX_PAIRS: u64 = 200_000;

/// The fewest pairs that are compared, however long their sets are.
const MIN_PAIRS: u64 = 1_000;

/// The most elements of sets that are compared, which takes about half a second.
const MAX_ELEMENTS: u64 = 400_000_000;

/// The number of bins from 0 to 1. One more holds the pairs of equal sets.
const BINS: usize = 100;

impl CorpusMeasure {
    /// Measures a uniform sample of documents, such as a [`Sample`](crate::audit::Sample) draws.
    ///
    /// A few hundred documents are enough, and two thousand are plenty. If they have up to 200,000 pairs of distinct
    /// sets, all are compared exactly. Otherwise that many random ones are, drawn by `seed`, and fewer of very long
    /// documents, though never fewer than 1,000. It takes about half a second at most on one core, unless sets have
    /// more than 200,000 elements on average. The same sample and seed give the same measure.
    ///
    /// Do not pass the first documents of a corpus in place of random ones: corpora are often ordered by source or
    /// date.
    #[must_use]
    pub fn from_sample(sample: &[ShingleSet], seed: u64) -> Self {
        Self::from_sample_within(sample, seed, MAX_ELEMENTS)
    }

    /// Measures a sample as [`from_sample`](Self::from_sample) does, for a caller with less time: it compares pairs of sets that have about
    /// `elements` elements in all, each set counted once for each of its pairs. A million take about a millisecond. At least 1,000 pairs
    /// are compared, or all if there are fewer.
    ///
    /// ```
    /// use twinprint::ShingleSet;
    /// use twinprint::plan::CorpusMeasure;
    ///
    /// let sample: Vec<ShingleSet> = (0..100).map(|n| (n..n + 50).collect()).collect();
    /// assert_eq!(CorpusMeasure::from_sample(&sample, 1).pairs(), 4_950);
    /// assert_eq!(CorpusMeasure::from_sample_within(&sample, 1, 200_000).pairs(), 2_000);
    /// ```
    #[must_use]
    pub fn from_sample_within(sample: &[ShingleSet], seed: u64, elements: u64) -> Self {
        let mut sizes: Vec<usize> = sample.iter().map(ShingleSet::len).filter(|&size| size > 0).collect();
        sizes.sort_unstable();
        let mut seen = AHashSet::new();
        let sets: Vec<&ShingleSet> = sample.iter().filter(|set| !set.is_empty() && seen.insert(*set)).collect();
        let pairs = pairs_of(&sets, seed, elements.min(MAX_ELEMENTS));
        let jaccard = |&(left, right): &(usize, usize), (): &mut ()| Overlap::new(sets[left], sets[right]).jaccard();
        let similarities = parallel::map(&pairs, || (), jaccard);
        let (similarities, variances) = (histogram(&similarities), variances(&pairs, &similarities, sets.len()));
        Self {
            documents: sample.len(),
            empty: sample.len() - sizes.len(),
            distinct: sets.len(),
            sizes,
            pairs: pairs.len() as u64,
            similarities,
            variances,
        }
    }

    /// Returns the number of documents of the sample.
    #[must_use]
    pub fn documents(&self) -> usize {
        self.documents
    }

    /// Returns the number of documents without shingles. They match nothing and are not joined.
    #[must_use]
    pub fn empty(&self) -> usize {
        self.empty
    }

    /// Returns the number of distinct sets that are not empty.
    #[must_use]
    pub fn distinct(&self) -> usize {
        self.distinct
    }

    /// Returns the share of documents whose sets are joined, because they are neither empty nor equal to an earlier one.
    ///
    /// For the whole corpus it is an upper limit: the more documents there are, the more of them are copies.
    #[must_use]
    pub fn distinct_share(&self) -> f64 {
        if self.documents == 0 { 1.0 } else { self.distinct as f64 / self.documents as f64 }
    }

    /// Returns a quantile of the numbers of distinct shingles, over the sets that are not empty: `quantile(0.5)` is the
    /// median, `quantile(0.0)` the least and `quantile(1.0)` the greatest number.
    ///
    /// It is always a number that a set has, the lower one between two. A share outside 0 to 1 counts as the nearer
    /// end. It is 0 if all sets are empty.
    #[must_use]
    pub fn quantile(&self, share: f64) -> usize {
        let rank = (share.clamp(0.0, 1.0) * self.sizes.len() as f64).ceil() as usize;
        self.sizes.get(rank.saturating_sub(1)).copied().unwrap_or(0)
    }

    /// Returns the mean number of distinct shingles, over the sets that are not empty. It is 0 if all sets are empty.
    #[must_use]
    pub fn mean_size(&self) -> f64 {
        let sum: f64 = self.sizes.iter().map(|&size| size as f64).sum();
        if self.sizes.is_empty() { 0.0 } else { sum / self.sizes.len() as f64 }
    }

    /// Returns the number of pairs of distinct sets that were compared: all of them, or the random ones. A random pair
    /// that was drawn twice counts twice.
    #[must_use]
    pub fn pairs(&self) -> u64 {
        self.pairs
    }

    /// Returns a histogram of the similarities of pairs of distinct sets: the bins that are not empty, in rising order.
    ///
    /// There are at most 101 of them.
    #[must_use]
    pub fn similarities(&self) -> &[SimilarityBin] {
        &self.similarities
    }

    /// Returns the share of pairs that have this similarity or more, 0 to 1. The similarity is rounded down to a
    /// hundredth.
    ///
    /// It is 0 if no pairs were compared.
    #[must_use]
    pub fn share_from(&self, similarity: f64) -> f64 {
        let from = self.similarities.iter().filter(|bin| Self::reaches(bin, similarity));
        // The sum of no floats is -0, which would be printed.
        from.fold(0.0, |share, bin| share + bin.share)
    }

    /// Returns the number of compared pairs, each counted with the weight of its bin, and the most that its variance can be. The weights
    /// rise with the similarity.
    pub(super) fn weighted(&self, weight: impl Fn(&SimilarityBin) -> f64) -> (f64, f64) {
        let (mut seen, mut deviation, mut below) = (0.0, 0.0, 0.0);
        for (at, bin) in self.similarities.iter().enumerate() {
            let weight = weight(bin);
            seen += weight * bin.share * self.pairs as f64;
            // By parts: each step of the weight counts all pairs from here up. Their numbers rise and fall together at most.
            deviation += (weight - below).abs() * self.variance_from(at).sqrt();
            below = weight;
        }
        (seen, deviation * deviation)
    }

    /// Returns the variance of the number of pairs in this bin and those after it.
    fn variance_from(&self, at: usize) -> f64 {
        let independent = || self.similarities[at..].iter().map(|bin| bin.share).sum::<f64>() * self.pairs as f64;
        self.variances.get(at).copied().unwrap_or_else(independent)
    }

    /// Yields the bins below a similarity: those that [`share_from`](Self::share_from) leaves out.
    pub(super) fn below(&self, similarity: f64) -> impl Iterator<Item = &SimilarityBin> {
        self.similarities.iter().filter(move |bin| !Self::reaches(bin, similarity))
    }

    /// Returns whether the pairs of a bin count as having a similarity or more.
    pub(super) fn reaches(bin: &SimilarityBin, similarity: f64) -> bool {
        bin_of(bin.from) >= bin_of(similarity)
    }
}

/// Returns all pairs of positions of sets, or random ones if there are too many.
fn pairs_of(sets: &[&ShingleSet], seed: u64, max_elements: u64) -> Vec<(usize, usize)> {
    let count = sets.len() as u64;
    let elements: u64 = sets.iter().map(|set| set.len() as u64).sum();
    let mean = (elements / count.max(1)).max(1);
    let most = (max_elements / (2 * mean)).clamp(MIN_PAIRS, MAX_PAIRS);
    if count * count.saturating_sub(1) / 2 <= most {
        return (0..sets.len()).flat_map(|right| (0..right).map(move |left| (left, right))).collect();
    }
    let origin = derive(seed, "random pairs", 0);
    // Lemire's reduction: the upper half of the product is a number below the limit.
    let below = |bits: u64, limit: u64| ((bits * limit) >> 32) as usize;
    let pair = |draw: u64| {
        let random = derive_from(origin, draw);
        let (left, other) = (below(random >> 32, count), below(random & u64::from(u32::MAX), count - 1));
        // Skipping the left position makes all others equally likely.
        (left, if other >= left { other + 1 } else { other })
    };
    (0..most).map(pair).collect()
}

/// Counts similarities by bin.
fn histogram(similarities: &[f64]) -> Vec<SimilarityBin> {
    let mut bins = [(0_u64, 0.0); BINS + 1];
    for &similarity in similarities {
        let bin = &mut bins[bin_of(similarity)];
        bin.0 += 1;
        bin.1 += similarity;
    }
    let filled = (0..).zip(bins).filter(|(_, (count, _))| *count > 0);
    let bin = |(bin, (count, sum)): (u32, (u64, f64))| SimilarityBin {
        from: f64::from(bin) / BINS as f64,
        similarity: sum / count as f64,
        share: count as f64 / similarities.len() as f64,
    };
    filled.map(bin).collect()
}

/// Estimates, for each bin that is not empty, the variance of the number of pairs from it up.
///
/// A sampled document brings along all its similar ones in the sample, so it is the spread of their numbers that counts (W. Hoeffding, "A
/// class of statistics with asymptotically normal distribution", 1948). Each pair is in the numbers of two documents, but was drawn once.
fn variances(pairs: &[(usize, usize)], similarities: &[f64], documents: usize) -> Vec<f64> {
    let mut of_bins: Vec<Vec<(usize, usize)>> = vec![Vec::new(); BINS + 1];
    pairs.iter().zip(similarities).for_each(|(&pair, &similarity)| of_bins[bin_of(similarity)].push(pair));
    let (mut partners, mut squares, mut seen) = (vec![0_u64; documents], 0, 0);
    let variance = |of_bin: &Vec<(usize, usize)>| {
        for document in of_bin.iter().flat_map(|&(left, right)| [left, right]) {
            squares += 2 * partners[document] + 1;
            partners[document] += 1;
        }
        seen += of_bin.len() as u64;
        let (seen, squares) = (seen as f64, squares as f64);
        (squares - (2.0 * seen).powi(2) / documents as f64 - seen).max(seen)
    };
    let mut falling: Vec<f64> = of_bins.iter().rev().filter(|of_bin| !of_bin.is_empty()).map(variance).collect();
    falling.reverse();
    falling
}

/// Returns the bin of a similarity. One that rounding has put just below a bin belongs into that bin.
fn bin_of(similarity: f64) -> usize {
    ((similarity * BINS as f64 + 1e-9) as usize).min(BINS)
}

/// The fields as stored, before they are checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredCorpusMeasure {
    documents: usize,
    empty: usize,
    distinct: usize,
    sizes: Vec<usize>,
    pairs: u64,
    similarities: Vec<SimilarityBin>,
    #[serde(default)]
    variances: Vec<f64>,
}

#[cfg(feature = "serde")]
impl TryFrom<StoredCorpusMeasure> for CorpusMeasure {
    type Error = Error;

    fn try_from(stored: StoredCorpusMeasure) -> Result<Self, Error> {
        let StoredCorpusMeasure { documents, empty, distinct, sizes, pairs, similarities, variances } = stored;
        let refused =
            |field, value: usize, expected| Err(Error::OutOfRange { field, value: value.to_string(), expected });
        if empty.checked_add(sizes.len()) != Some(documents) {
            return refused("documents", documents, "the number of empty sets and of sizes");
        }
        if distinct > sizes.len() {
            return refused("distinct", distinct, "at most the number of sizes");
        }
        if !sizes.is_sorted() {
            return refused("sizes", sizes.len(), "in ascending order");
        }
        if !similarities.is_sorted_by(|a, b| a.from < b.from) {
            return refused("similarities", similarities.len(), "in ascending order");
        }
        if !variances.is_empty() && variances.len() != similarities.len() {
            return refused("variances", variances.len(), "as many as there are similarities, or none");
        }
        Ok(Self { documents, empty, distinct, sizes, pairs, similarities, variances })
    }
}
