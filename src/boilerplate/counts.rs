//! The second of two passes over a corpus: shingles whose counters are high enough are counted exactly.

use ahash::RandomState;
use hashbrown::HashMap;

use super::seen_sets::SeenSets;
use super::{Boilerplate, BoilerplateSketch, ShingleCounts};
use crate::error::Error;
use crate::set::ShingleSet;

/// Bytes that an exact count takes at most: a shingle, a count and a control byte at a load of seven eighths, in a table
/// that has just doubled, beside the old one.
pub(super) const BYTES_PER_COUNT: usize = (17 * 3 * 8_usize).div_ceil(7);

/// Counts exactly the shingles that may be common: the second of two passes, made by [`BoilerplateSketch::finish`].
///
/// It takes a quarter of the memory for counts, 59 bytes at most for each shingle that may be common, and half of
/// it for recognizing copies again, besides the counters of the first pass.
///
/// ```
/// use twinprint::boilerplate::{BoilerplateRule, BoilerplateSketch};
/// use twinprint::{Error, Scheme, ShingleSet};
///
/// let sets: [ShingleSet; 3] = [(0..10).collect(), (5..15).collect(), (5..20).collect()];
/// let mut sketch = BoilerplateSketch::new(&Scheme::news(), BoilerplateRule::new(0.5, 3)?, 1 << 20);
/// sets.iter().try_for_each(|set| sketch.add(1, set))?;
/// let mut counts = sketch.finish();
/// let mut changed = counts.clone();
/// sets.iter().try_for_each(|set| counts.add(1, set))?;
/// // All three have 5 to 9.
/// assert_eq!(counts.finish()?.of_source(1).map(|common| common.len()), Some(5));
///
/// changed.add(1, &sets[0])?;
/// assert!(matches!(changed.finish(), Err(Error::ChangedCorpus { documents: 3, again: 1 })));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct BoilerplateCounts {
    sketch: BoilerplateSketch,
    counts: HashMap<u64, ShingleCounts, RandomState>,
    seen: SeenSets,
    /// Shingles counted over all sources.
    different: usize,
    /// How many of them the memory holds.
    max: usize,
}

impl BoilerplateSketch {
    /// Begins the second pass. It needs the same documents again, in the same order.
    #[must_use]
    pub fn finish(self) -> BoilerplateCounts {
        BoilerplateCounts::new(self)
    }
}

impl BoilerplateCounts {
    fn new(mut sketch: BoilerplateSketch) -> Self {
        // Copies are recognized anew, so that the same documents in the same order give the same answers. What the first
        // pass knew of them is dropped to free its memory.
        let seen = SeenSets::new(sketch.memory / 2);
        sketch.seen = SeenSets::new(0);
        let max = sketch.memory / 4 / BYTES_PER_COUNT;
        Self { sketch, counts: HashMap::with_hasher(RandomState::new()), seen, different: 0, max }
    }

    /// Counts the shingles of a document: each document of the first pass, in the same order. A set that its source had
    /// before counts for nothing.
    ///
    /// # Errors
    /// [`Error::TooManyToCount`] if more shingles may be common than the memory holds. Allow more memory, or raise the
    /// minimum number of documents.
    pub fn add(&mut self, source: u64, set: &ShingleSet) -> Result<(), Error> {
        if !self.seen.insert(source, set)? {
            return Ok(());
        }
        let documents = self.sketch.documents.get(&source).copied().unwrap_or_default();
        let min_count = self.sketch.rule.min_count(documents);
        let counts = self.counts.entry(source).or_insert_with(|| ShingleCounts::new(&self.sketch.scheme));
        counts.add_document();
        for &hash in set.as_slice() {
            if self.sketch.may_have(source, hash, min_count) {
                self.different += usize::from(counts.add_shingle(hash));
            }
        }
        if self.different > self.max {
            return Err(Error::TooManyToCount { what: "shingles that may be boilerplate", most: self.max });
        }
        Ok(())
    }

    /// Returns the common shingles of each source.
    ///
    /// # Errors
    /// [`Error::ChangedCorpus`] if a source had another number of different documents in the first pass.
    pub fn finish(self) -> Result<Boilerplate, Error> {
        let BoilerplateSketch { scheme, rule, documents: first, .. } = self.sketch;
        let documents: u64 = first.values().sum();
        let again: u64 = self.counts.values().map(ShingleCounts::documents).sum();
        let is_same = |(source, counts): (&u64, &ShingleCounts)| first.get(source) == Some(&counts.documents());
        if documents != again || !self.counts.iter().all(is_same) {
            return Err(Error::ChangedCorpus { documents, again });
        }
        let common = |counts: ShingleCounts| counts.common_from(rule.min_count(counts.documents()));
        let sources = self.counts.into_iter().map(|(source, counts)| (source, common(counts))).collect();
        Ok(Boilerplate { scheme: scheme.id(), sources })
    }
}
