//! What a sample of documents is like.

use ahash::AHashSet;

use crate::mix::{derive, derive_from};
use crate::parallel;
use crate::set::{Overlap, ShingleSet};

/// What a sample shows of its corpus: how large documents are, how many have equal sets or none, and how similar two
/// documents are that were taken at random.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CorpusMeasure {
    documents: usize,
    empty: usize,
    distinct: usize,
    /// Sizes of the sets that are not empty, ascending.
    #[cfg_attr(feature = "serde", serde(skip))]
    sizes: Vec<usize>,
    pairs: u64,
    similarities: Vec<SimilarityBin>,
}

/// A similarity and the share of pairs that have about this one.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SimilarityBin {
    /// Where the step begins, in whole hundredths.
    pub from: f64,
    /// The mean Jaccard similarity of these pairs, 0 to 1.
    pub similarity: f64,
    /// Their share of all pairs, 0 to 1.
    pub share: f64,
}

/// Random pairs to look at, and elements of sets to look at for them, if pairs are dear.
const MOST_PAIRS: u64 = 200_000;
const LEAST_PAIRS: u64 = 1_000;
const MOST_ELEMENTS: u64 = 400_000_000;

/// Similarities are told apart to this part of 1.
const STEPS: usize = 100;

impl CorpusMeasure {
    /// Measures a uniform sample of documents, such as a [`Sample`](crate::audit::Sample) draws. A few hundred
    /// documents will do, two thousand are plenty.
    ///
    /// All pairs of distinct sets are compared exactly, or up to 200,000 of them (of very long documents fewer), drawn
    /// by seed.
    #[must_use]
    pub fn from_sample(sample: &[ShingleSet], seed: u64) -> Self {
        let mut sizes: Vec<usize> = sample.iter().map(ShingleSet::len).filter(|&size| size > 0).collect();
        sizes.sort_unstable();
        let mut seen = AHashSet::new();
        let sets: Vec<&ShingleSet> = sample.iter().filter(|set| !set.is_empty() && seen.insert(*set)).collect();
        let pairs = pairs_of(&sets, seed);
        let jaccard = |&(left, right): &(usize, usize), (): &mut ()| Overlap::of(sets[left], sets[right]).jaccard();
        let similarities = histogram(&parallel::map(&pairs, || (), jaccard));
        Self {
            documents: sample.len(),
            empty: sample.len() - sizes.len(),
            distinct: sets.len(),
            sizes,
            pairs: pairs.len() as u64,
            similarities,
        }
    }

    /// Documents of the sample.
    #[must_use]
    pub fn documents(&self) -> usize {
        self.documents
    }

    /// Documents without shingles.
    #[must_use]
    pub fn empty(&self) -> usize {
        self.empty
    }

    /// Distinct sets that are not empty.
    #[must_use]
    pub fn distinct(&self) -> usize {
        self.distinct
    }

    /// The share of documents whose sets are joined: not empty, and not equal to an earlier one. A corpus has at most
    /// this share, for the more documents, the more copies of them.
    #[must_use]
    pub fn distinct_share(&self) -> f64 {
        if self.documents == 0 { 1.0 } else { self.distinct as f64 / self.documents as f64 }
    }

    /// The size that a share of the sets that are not empty does not exceed: `quantile(0.5)` is the median number of
    /// distinct shingles. 0 without such sets.
    #[must_use]
    pub fn quantile(&self, share: f64) -> usize {
        let rank = (share.clamp(0.0, 1.0) * self.sizes.len() as f64).ceil() as usize;
        self.sizes.get(rank.saturating_sub(1)).copied().unwrap_or(0)
    }

    /// Distinct shingles of a set that is not empty, on average; 0 without such sets.
    #[must_use]
    pub fn mean_size(&self) -> f64 {
        let sum: f64 = self.sizes.iter().map(|&size| size as f64).sum();
        if self.sizes.is_empty() { 0.0 } else { sum / self.sizes.len() as f64 }
    }

    /// Pairs of distinct sets that were compared.
    #[must_use]
    pub fn pairs(&self) -> u64 {
        self.pairs
    }

    /// How similar pairs of distinct sets are: a histogram in steps of a hundredth, rising, without empty steps.
    #[must_use]
    pub fn similarities(&self) -> &[SimilarityBin] {
        &self.similarities
    }

    /// The share of pairs that have this similarity or more, rounded down to a hundredth.
    #[must_use]
    pub fn share_from(&self, similarity: f64) -> f64 {
        let from = self.similarities.iter().filter(|step| step_of(step.from) >= step_of(similarity));
        // Not a sum: that of nothing is -0.
        from.fold(0.0, |share, step| share + step.share)
    }

    /// The steps below a similarity: those that [`share_from`](Self::share_from) leaves out.
    pub(super) fn below(&self, similarity: f64) -> impl Iterator<Item = &SimilarityBin> {
        self.similarities.iter().filter(move |step| step_of(step.from) < step_of(similarity))
    }
}

/// All pairs of places, or random ones.
fn pairs_of(sets: &[&ShingleSet], seed: u64) -> Vec<(usize, usize)> {
    let count = sets.len() as u64;
    let elements: u64 = sets.iter().map(|set| set.len() as u64).sum();
    let mean = (elements / count.max(1)).max(1);
    let most = (MOST_ELEMENTS / (2 * mean)).clamp(LEAST_PAIRS, MOST_PAIRS);
    if count * count.saturating_sub(1) / 2 <= most {
        return (0..sets.len()).flat_map(|right| (0..right).map(move |left| (left, right))).collect();
    }
    let origin = derive(seed, "random pairs", 0);
    // The upper bits of a product are a number below the factor.
    let below = |bits: u64, limit: u64| ((bits * limit) >> 32) as usize;
    let pair = |draw: u64| {
        let random = derive_from(origin, draw);
        let (left, other) = (below(random >> 32, count), below(random & u64::from(u32::MAX), count - 1));
        // Any place but the left one.
        (left, if other >= left { other + 1 } else { other })
    };
    (0..most).map(pair).collect()
}

fn histogram(similarities: &[f64]) -> Vec<SimilarityBin> {
    let mut steps = [(0_u64, 0.0); STEPS + 1];
    for &similarity in similarities {
        let step = &mut steps[step_of(similarity)];
        step.0 += 1;
        step.1 += similarity;
    }
    let some = (0..).zip(steps).filter(|(_, (count, _))| *count > 0);
    let weighted = |(step, (count, sum)): (u32, (u64, f64))| SimilarityBin {
        from: f64::from(step) / STEPS as f64,
        similarity: sum / count as f64,
        share: count as f64 / similarities.len() as f64,
    };
    some.map(weighted).collect()
}

/// The step that a similarity is in. One that is rounded to just below a step belongs there.
fn step_of(similarity: f64) -> usize {
    ((similarity * STEPS as f64 + 1e-9) as usize).min(STEPS)
}
