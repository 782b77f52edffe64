//! The search of oversized buckets for one set after the other; see [`crowd`](super::crowd) for a whole corpus.

use ahash::AHashMap;

use super::crowd::{SpanBits, span_at};
use crate::join::groups::memory::DistinctSets;
use crate::lsh::{BucketRule, Search, Slots};
use crate::set::{OddSketches, SketchFilter};

/// The sketches of sets that were visited or have searched.
#[derive(Clone, Debug, Default)]
pub(crate) struct OnlineCrowd {
    sketches: OddSketches,
    /// Where the sketch of each set is.
    places: AHashMap<u32, u32>,
    bits: SpanBits,
}

impl OnlineCrowd {
    /// Searches the oversized buckets of a new set, and adds the earlier ones that it finds.
    pub(crate) fn search(
        &mut self,
        sets: &DistinctSets,
        (group, buckets): (u32, &[Slots<'_>]),
        (rule, filter): (BucketRule, SketchFilter),
        found: &mut Vec<u32>,
    ) -> Search {
        let own = self.place(sets, group);
        let mut slots: Vec<_> = buckets.iter().map(|bucket| bucket.iter().peekable()).collect();
        let (mut search, mut end) = (Search::default(), 0);
        let (mut bits, mut from) = (std::mem::take(&mut self.bits), 0);
        while from < group && !search.has_ended {
            let to = from + span_at(from as usize) as u32;
            for slots in &mut slots {
                while let Some(slot) = slots.next_if(|slot| *slot < to) {
                    bits.set((slot - from) as usize);
                }
            }
            bits.drain(|bit| {
                end = from + bit as u32;
                let place = self.place(sets, end);
                let passed = filter.passes(self.sketches.get(own), self.sketches.get(place));
                if passed {
                    found.push(end);
                }
                search.visit(rule, passed);
                !search.has_ended
            });
            from = to;
        }
        self.bits = bits;
        if search.has_ended {
            search.left = buckets.iter().map(|bucket| bucket.count_after(end) as u64).sum();
        }
        search
    }

    /// Returns where the sketch of a set is, which is made when it is first needed.
    fn place(&mut self, sets: &DistinctSets, group: u32) -> usize {
        *self.places.entry(group).or_insert_with(|| {
            self.sketches.push(sets.sets().get(group));
            self.sketches.len() as u32 - 1
        }) as usize
    }
}
