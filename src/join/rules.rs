//! The decisions of a join one by one, for engines outside this crate that move the data themselves.

use super::settings::JoinSettings;
use crate::lsh::{Banding, BucketRule};
use crate::minhash::MinHasher;
use crate::set::{OddSketch, OddSketches, Overlap, SketchFilter, min_shared};
use crate::verify::{Criterion, QuerySet, SignedSet, Verdict};

/// Makes the decisions of a [`SimilarityJoin`](crate::SimilarityJoin) for an engine that moves the data itself, such as a cluster.
///
/// The engine hashes texts to sets, groups equal sets, and joins the rest by their [band keys](Banding::keys). What decides about pairs
/// is here, so that its answer is that of one machine: [`verify`](Self::verify) says of a candidate pair whether it counts, and
/// [`reach`](Self::reach) with which sets one of an oversized bucket is compared.
///
/// Sets are ascending slices of distinct hashes.
///
/// ```
/// use twinprint::{Scheme, ShingleSet, SimilarityJoin};
///
/// let rules = SimilarityJoin::builder(&Scheme::news()).threshold(0.5).rules()?;
/// let (story, update): (ShingleSet, ShingleSet) = ((0..90).collect(), (0..100).collect());
/// let overlap = rules.verify(story.as_slice(), update.as_slice());
/// assert_eq!(overlap.map(|overlap| overlap.jaccard()), Some(0.9));
/// assert_eq!(rules.verify(&[1, 2, 3], story.as_slice()), None);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct JoinRules {
    hasher: MinHasher,
    banding: Banding,
    threshold: f64,
    criterion: Criterion,
    rule: BucketRule,
    filter: SketchFilter,
}

impl JoinRules {
    pub(crate) fn new(settings: JoinSettings) -> Self {
        let criterion = settings.criterion();
        let JoinSettings { hasher, banding, threshold, rule, .. } = settings;
        Self { hasher, banding, threshold, criterion, rule, filter: criterion.sketch_filter() }
    }

    /// Returns the banding by which candidates are found.
    #[must_use]
    pub fn banding(&self) -> Banding {
        self.banding
    }

    /// Compares two sets that share a band key. Returns what they have in common if the pair counts: if it reaches the threshold, and its
    /// signatures agree in as many positions as those of such pairs nearly always do.
    #[must_use]
    pub fn verify(&self, left: &[u64], right: &[u64]) -> Option<Overlap> {
        // Most candidates that fail do so by their sizes, and need no signatures.
        if left.len().min(right.len()) < min_shared(left.len(), right.len(), self.threshold) {
            return None;
        }
        let (left_row, right_row) = (self.hasher.row(left), self.hasher.row(right));
        let mut query = QuerySet::new(SignedSet { row: &left_row, set: left });
        match self.criterion.judge(&mut query, SignedSet { row: &right_row, set: right }) {
            Verdict::Verified(overlap) => Some(overlap),
            Verdict::Filtered | Verdict::Rejected => None,
        }
    }

    /// Returns the most distinct sets of a bucket that are all compared with one another. A bucket with more is oversized.
    #[must_use]
    pub fn bucket_limit(&self) -> usize {
        self.rule.limit()
    }

    /// Returns with how many of the first sets of an oversized bucket one is compared. `before` sets come before it in the bucket.
    /// `similar` of these and itself are [similar](Self::estimates_similar) to the one right before them.
    ///
    /// ```
    /// use twinprint::{Scheme, SimilarityJoin};
    ///
    /// let rules = SimilarityJoin::builder(&Scheme::news()).bucket_limit(1_000).rules()?;
    /// // Where all are alike, a few pairs connect them; where few are, most are compared.
    /// assert_eq!((rules.reach(50_000, 50_000), rules.reach(50_000, 500)), (31, 32_000));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn reach(&self, before: u32, similar: u32) -> u32 {
        self.rule.reach(before, similar)
    }

    /// Returns the odd sketch of a set: its size, then the words of the sketch. It is for comparing sets of oversized buckets.
    #[must_use]
    pub fn sketch(&self, set: &[u64]) -> Vec<u64> {
        let mut sketches = OddSketches::default();
        sketches.push(set);
        let sketch = sketches.get(0);
        std::iter::once(u64::from(sketch.size())).chain(sketch.words().iter().copied()).collect()
    }

    /// Returns whether two sets are similar, as far as their [sketches](Self::sketch) tell. A sketch without words is similar to none.
    #[must_use]
    pub fn estimates_similar(&self, left: &[u64], right: &[u64]) -> bool {
        let both = sketch(left).zip(sketch(right));
        both.is_some_and(|(left, right)| self.filter.estimates_similar(left, right))
    }

    /// Returns whether two sets may be similar by their [sketches](Self::sketch): true for all that are.
    #[must_use]
    pub fn may_be_similar(&self, left: &[u64], right: &[u64]) -> bool {
        let both = sketch(left).zip(sketch(right));
        both.is_some_and(|(left, right)| self.filter.passes(left, right))
    }
}

/// Reads what [`JoinRules::sketch`] made. Nothing else has a number of words that is a power of two and at least eight.
fn sketch(words: &[u64]) -> Option<OddSketch<'_>> {
    let (&size, words) = words.split_first()?;
    let is_sketch = words.len() >= OddSketches::MIN_WORDS && words.len().is_power_of_two();
    is_sketch.then(|| OddSketch::new(u32::try_from(size).unwrap_or(u32::MAX), words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Document, Scheme, SimilarityJoin};

    fn sets() -> Vec<Vec<u64>> {
        (0..60_u64).map(|set| (set * 7 % 40..set * 7 % 40 + 30 + set % 5).collect()).collect()
    }

    #[test]
    fn pairs_that_count_are_those_of_the_join() {
        let scheme = Scheme::builder().custom_features("test").build().expect("valid");
        let builder = || SimilarityJoin::builder(&scheme).threshold(0.6).banding(Banding::new(128, 1).expect("valid"));
        let rules = builder().rules().expect("valid");
        let mut join = builder().build().expect("valid");
        let mut sets = sets();
        sets.sort();
        sets.dedup();
        for (id, set) in sets.iter().enumerate() {
            join.push(Document::features(id, set)).expect("few");
        }
        let found = join.finish().expect("few");
        let joined: Vec<_> = found.pairs().iter().map(|pair| (*pair.left, *pair.right, pair.overlap)).collect();
        let mut verified = Vec::new();
        for (left, a) in sets.iter().enumerate() {
            for (right, b) in sets.iter().enumerate().skip(left + 1) {
                verified.extend(rules.verify(a, b).map(|overlap| (left, right, overlap)));
            }
        }
        assert!(joined.len() > 50, "{}", joined.len());
        assert_eq!(joined, verified);
    }

    #[test]
    fn sketches_exclude_no_pair_that_counts() {
        let rules = SimilarityJoin::builder(&Scheme::news()).threshold(0.6).rules().expect("valid");
        let sets = sets();
        for a in &sets {
            for b in &sets {
                let (left, right) = (rules.sketch(a), rules.sketch(b));
                assert!(rules.may_be_similar(&left, &right) || rules.verify(a, b).is_none());
            }
            let own = rules.sketch(a);
            assert!(rules.estimates_similar(&own, &own));
        }
    }

    #[test]
    fn what_is_no_sketch_is_similar_to_nothing() {
        let rules = SimilarityJoin::builder(&Scheme::news()).rules().expect("valid");
        let own = rules.sketch(&[1, 2, 3]);
        for wrong in [&[][..], &own[..1], &own[..5]] {
            assert!(!rules.may_be_similar(wrong, &own) && !rules.estimates_similar(&own, wrong));
        }
    }
}
