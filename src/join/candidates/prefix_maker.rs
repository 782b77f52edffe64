//! The prefixes of a crowd, and in which buckets they tell sets apart.

use std::rc::Rc;

use crate::set::{ElementCounts, Prefix, PrefixElement, PrefixQuery, Prefixes};

/// Makes the prefixes of sets that come in order.
///
/// Prefixes are looked at in buckets where they exclude nearly all pairs. How many they exclude is told by each set and one before it in
/// the bucket.
pub(crate) struct PrefixMaker {
    counts: ElementCounts,
    threshold: f64,
    buckets: Vec<BucketSoFar>,
}

/// A bucket, as far as its sets have come.
#[derive(Clone, Default)]
struct BucketSoFar {
    sets: u32,
    /// Sets whose prefix meets that of the reference before them.
    meeting: u32,
    /// The last set at a place that is a power of two. The one right before would not do: neighbours often have consecutive numbers, which
    /// are alike.
    reference: Option<Rc<Made>>,
}

/// The prefix of a set.
pub(crate) struct Made {
    size: u32,
    prefix: Prefixes,
}

/// Pairs of a selective bucket of which at most one meets. Where more do, posting lists are too long.
const PAIRS_PER_MEETING: u32 = 32;

impl PrefixMaker {
    /// Takes how many sets have each element, and the number of buckets.
    pub(super) fn new(counts: ElementCounts, threshold: f64, buckets: usize) -> Self {
        Self { counts, threshold, buckets: vec![BucketSoFar::default(); buckets] }
    }

    /// Makes the prefix of the next set, which is in some buckets.
    pub(super) fn add(&mut self, set: &[u64], buckets: impl Iterator<Item = u32>) -> Rc<Made> {
        let mut prefix = Prefixes::default();
        prefix.push(set, &self.counts, self.threshold);
        let made = Rc::new(Made { size: set.len() as u32, prefix });
        let query = PrefixQuery::new(made.prefix());
        for bucket in buckets {
            let so_far = &mut self.buckets[bucket as usize];
            let reference = so_far.reference.as_ref();
            so_far.meeting += u32::from(reference.is_some_and(|reference| query.meets(reference.prefix())));
            so_far.sets += 1;
            if so_far.sets.is_power_of_two() {
                so_far.reference = Some(Rc::clone(&made));
            }
        }
        made
    }

    /// Returns of each bucket whether few of its sets meet by their prefixes.
    pub(super) fn selective(self) -> Vec<bool> {
        self.buckets.iter().map(|bucket| bucket.meeting <= bucket.sets / PAIRS_PER_MEETING).collect()
    }
}

impl Made {
    pub(super) fn elements(&self) -> &[PrefixElement] {
        self.prefix.get(0).unwrap_or_default()
    }

    fn prefix(&self) -> Prefix<'_> {
        Prefix { size: self.size, elements: self.elements() }
    }
}
