//! The search of oversized buckets for one set after the other; see [`crowd`](super::crowd) for a whole corpus.

use ahash::AHashMap;

use crate::join::groups::memory::DistinctSets;
use crate::lsh::{BucketRule, Slots};
use crate::set::{OddSketches, SketchFilter};

/// The sketches of sets that were visited or have searched.
#[derive(Clone, Debug, Default)]
pub(crate) struct OnlineCrowd {
    sketches: OddSketches,
    /// Where the sketch of each set is.
    places: AHashMap<u32, u32>,
    /// How many sets of each oversized bucket, by its first set and band, are similar to the one before them.
    similar: AHashMap<(usize, u32), u32>,
    /// The sets in reach, a bit each.
    bits: Vec<u64>,
    /// The words of these that are not zero.
    touched: Vec<u32>,
}

impl OnlineCrowd {
    /// Searches the oversized buckets of a new set, each with its band, and adds the earlier ones that it finds. Returns the most pairs that
    /// were passed over.
    pub(crate) fn search(
        &mut self,
        sets: &DistinctSets,
        (group, buckets): (u32, &[(usize, Slots<'_>)]),
        (rule, filter): (BucketRule, SketchFilter),
        found: &mut Vec<u32>,
    ) -> u64 {
        let (mut out_of_reach, mut most_in_reach) = (0, 0);
        self.bits.resize(group as usize / 64 + 1, 0);
        for &(band, bucket) in buckets {
            let before = bucket.len() as u32;
            let reach = rule.reach(before, self.similar(sets, (group, band, bucket), filter));
            out_of_reach += u64::from(before - reach);
            most_in_reach = most_in_reach.max(reach);
            bucket.iter().take(reach as usize).for_each(|slot| self.mark(slot));
        }
        let own = self.place(sets, group);
        let mut touched = std::mem::take(&mut self.touched);
        touched.sort_unstable();
        for word in touched.drain(..) {
            let mut bits = std::mem::take(&mut self.bits[word as usize]);
            while bits != 0 {
                let earlier = word * 64 + bits.trailing_zeros();
                bits &= bits - 1;
                let place = self.place(sets, earlier);
                if filter.passes(self.sketches.get(own), self.sketches.get(place)) {
                    found.push(earlier);
                }
            }
        }
        self.touched = touched;
        out_of_reach.min(u64::from(group.saturating_sub(most_in_reach)))
    }

    /// Notes that a set is in reach.
    fn mark(&mut self, slot: u32) {
        let word = &mut self.bits[slot as usize / 64];
        if *word == 0 {
            self.touched.push(slot / 64);
        }
        *word |= 1 << (slot % 64);
    }

    /// Counts the sets of a bucket, the new one included, that are similar to the one before them.
    fn similar(
        &mut self,
        sets: &DistinctSets,
        (group, band, bucket): (u32, usize, Slots<'_>),
        filter: SketchFilter,
    ) -> u32 {
        let (first, last) = (bucket.iter().next().unwrap_or_default(), bucket.last().unwrap_or_default());
        let mut similar = match self.similar.get(&(band, first)) {
            Some(&similar) => similar,
            None => {
                let slots: Vec<u32> = bucket.iter().collect();
                slots.windows(2).map(|pair| self.is_similar(sets, pair[0], pair[1], filter)).sum()
            }
        };
        similar += self.is_similar(sets, last, group, filter);
        self.similar.insert((band, first), similar);
        similar
    }

    fn is_similar(&mut self, sets: &DistinctSets, left: u32, right: u32, filter: SketchFilter) -> u32 {
        let (left, right) = (self.place(sets, left), self.place(sets, right));
        u32::from(filter.estimates_similar(self.sketches.get(left), self.sketches.get(right)))
    }

    /// Returns where the sketch of a set is, which is made when it is first needed.
    fn place(&mut self, sets: &DistinctSets, group: u32) -> usize {
        *self.places.entry(group).or_insert_with(|| {
            self.sketches.push(sets.sets().get(group));
            self.sketches.len() as u32 - 1
        }) as usize
    }
}
