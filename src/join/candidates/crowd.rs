//! Pairs in oversized buckets: the sets of these buckets, the *crowd*, are compared by their sketches.
//!
//! A set mostly shares several oversized buckets with another. So the crowd is not searched bucket by bucket: each of its sets visits the
//! union of the sets before it in its buckets, and each of these once. How far, [`Search`] says.

use std::ops::Range;

use smallvec::SmallVec;

use crate::lsh::{BucketRule, Search};
use crate::parallel;
use crate::set::{OddSketch, OddSketches, SketchFilter};

/// Some sets of oversized buckets, in order.
#[derive(Debug, Default)]
pub(crate) struct Crowd {
    numbers: Vec<u32>,
    /// Distinct sets before each, in the crowd or not.
    before: Vec<u32>,
    sketches: OddSketches,
    memberships: Vec<Membership>,
    /// Where the memberships of each set end.
    ends: Vec<usize>,
}

/// That a set is in an oversized bucket: among the first ones, up to the limit, or behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Membership(u32);

impl Membership {
    pub(crate) fn new(bucket: u32, is_behind: bool) -> Self {
        Self(bucket << 1 | u32::from(is_behind))
    }

    pub(crate) fn from_number(number: u32) -> Self {
        Self(number)
    }

    /// Returns a number that sorts by bucket.
    pub(crate) fn number(self) -> u32 {
        self.0
    }

    fn bucket(self) -> usize {
        (self.0 >> 1) as usize
    }

    /// Returns whether the set came after the bucket was full up to the limit.
    fn is_behind(self) -> bool {
        self.0 & 1 == 1
    }
}

impl Crowd {
    pub(crate) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Adds a set, whose number is greater than those so far.
    pub(crate) fn push(&mut self, (number, before): (u32, u32), set: &[u64], memberships: &[Membership]) {
        self.sketches.push(set);
        self.add(number, before, memberships.iter().copied());
    }

    fn add(&mut self, number: u32, before: u32, memberships: impl Iterator<Item = Membership>) {
        self.numbers.push(number);
        self.before.push(before);
        self.memberships.extend(memberships);
        self.ends.push(self.memberships.len());
    }

    pub(crate) fn number(&self, place: usize) -> u32 {
        self.numbers[place]
    }

    /// Returns the distinct sets before the one in this place.
    pub(crate) fn before(&self, place: usize) -> u32 {
        self.before[place]
    }

    fn memberships(&self, place: usize) -> &[Membership] {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.memberships[start..self.ends[place]]
    }
}

#[cfg(feature = "disk")]
impl Crowd {
    /// Adds a set whose sketch was made before.
    pub(crate) fn push_sketched(
        &mut self,
        (number, before, size): (u32, u32, u32),
        memberships: impl Iterator<Item = Membership>,
        words: impl Iterator<Item = u64>,
    ) {
        self.sketches.push_words(size, words);
        self.add(number, before, memberships);
    }

    /// Returns the sketch and the memberships of a set.
    pub(crate) fn get(&self, place: usize) -> (OddSketch<'_>, &[Membership]) {
        (self.sketches.get(place), self.memberships(place))
    }

    /// Returns the bytes in memory, with those of the lists that a [`CrowdBlock`] makes.
    pub(crate) fn bytes(&self) -> usize {
        self.sketches.bytes() + self.len() * (2 * size_of::<u32>() + size_of::<usize>()) + 8 * self.memberships.len()
    }
}

/// A crowd, or a part of it, with its sets by bucket.
#[derive(Debug)]
pub(crate) struct CrowdBlock {
    crowd: Crowd,
    /// The sets of each bucket, by their places.
    buckets: Vec<Vec<u32>>,
}

impl CrowdBlock {
    pub(crate) fn new(crowd: Crowd, buckets: usize) -> Self {
        let mut lists = vec![Vec::new(); buckets];
        for place in 0..crowd.len() {
            for membership in crowd.memberships(place) {
                lists[membership.bucket()].push(place as u32);
            }
        }
        Self { crowd, buckets: lists }
    }

    pub(crate) fn crowd(&self) -> &Crowd {
        &self.crowd
    }

    /// Returns where the sets of a bucket are that have places in this range.
    fn list(&self, membership: Membership, places: Range<usize>) -> &[u32] {
        let list = &self.buckets[membership.bucket()][..];
        let behind = &list[list.partition_point(|&place| (place as usize) < places.start)..];
        &behind[..behind.partition_point(|&place| (place as usize) < places.end)]
    }

    /// Returns the place of the first set that is not before this one.
    fn first_from(&self, number: u32) -> usize {
        self.crowd.numbers.partition_point(|&other| other < number)
    }
}

/// Searches crowds.
pub(crate) struct Searcher<A> {
    pub(crate) rule: BucketRule,
    pub(crate) filter: SketchFilter,
    /// Says which pairs are to be compared.
    pub(crate) allows: A,
}

/// Sets whose sketches are visited together: they stay in a near cache while a group of others passes.
const SPAN: usize = 1 << 12;

/// Sets that search together.
const GROUP: usize = 32;

impl<A: Fn(u32, u32) -> bool + Sync> Searcher<A> {
    /// Searches a block for some sets of a crowd, from a place on, each with how far it has come in the blocks before. Returns the pairs
    /// that passed, the later set first, some of them twice.
    pub(crate) fn search(
        &self,
        block: &CrowdBlock,
        probes: (&Crowd, usize),
        searches: &mut [Search],
    ) -> Vec<Vec<(u32, u32)>> {
        let groups: Vec<(usize, &mut [Search])> = searches.chunks_mut(GROUP).enumerate().collect();
        parallel::map_owned(groups, SpanBits::default, |(group, searches), bits| {
            self.search_group(block, (probes.0, probes.1 + group * GROUP), searches, bits)
        })
    }

    fn search_group(
        &self,
        block: &CrowdBlock,
        (probes, first): (&Crowd, usize),
        searches: &mut [Search],
        bits: &mut SpanBits,
    ) -> Vec<(u32, u32)> {
        let mut pairs = Vec::new();
        let mut group: Vec<Probe<'_>> =
            (first..).zip(searches).map(|(place, search)| Probe::new(block, (probes, place), search)).collect();
        for probe in group.iter_mut().filter(|probe| probe.search.has_ended) {
            probe.search.left += probe.count_behind(block, 0);
        }
        let last = group.last().map_or(0, |probe| probe.end);
        let mut from = 0;
        while from < last {
            let to = from + span_at(from);
            for probe in group.iter_mut().filter(|probe| from < probe.end) {
                self.search_span(block, probe, from..to.min(probe.end), bits, &mut pairs);
            }
            from = to;
        }
        pairs
    }

    fn search_span(
        &self,
        block: &CrowdBlock,
        probe: &mut Probe<'_>,
        span: Range<usize>,
        bits: &mut SpanBits,
        pairs: &mut Vec<(u32, u32)>,
    ) {
        let from = span.start;
        // Where it is among the first ones, a set is compared with all before it.
        probe.first.iter().for_each(|&membership| bits.add(block.list(membership, span.clone()), from));
        bits.drain(|bit| {
            self.visit(block, probe, from + bit, pairs);
            true
        });
        if probe.search.has_ended {
            return;
        }
        probe.behind.iter().for_each(|&membership| bits.add(block.list(membership, span.clone()), from));
        let mut end = from;
        bits.drain(|bit| {
            end = from + bit + 1;
            let passed = self.visit(block, probe, from + bit, pairs);
            probe.search.visit(self.rule, passed);
            !probe.search.has_ended
        });
        if probe.search.has_ended {
            probe.search.left += probe.count_behind(block, end);
        }
    }

    /// Returns whether a pair passed, and adds it then.
    #[inline]
    fn visit(&self, block: &CrowdBlock, probe: &Probe<'_>, place: usize, pairs: &mut Vec<(u32, u32)>) -> bool {
        let other = block.crowd.numbers[place];
        let passed = self.filter.passes(probe.sketch, block.crowd.sketches.get(place)) && (self.allows)(other, probe.number);
        if passed {
            pairs.push((probe.number, other));
        }
        passed
    }
}

/// A set that searches a block.
struct Probe<'a> {
    number: u32,
    sketch: OddSketch<'a>,
    /// The buckets of which it is among the first sets, and those of which it is not.
    first: SmallVec<[Membership; 8]>,
    behind: SmallVec<[Membership; 8]>,
    /// The places in the block that are before it.
    end: usize,
    search: &'a mut Search,
}

impl<'a> Probe<'a> {
    fn new(block: &CrowdBlock, (crowd, place): (&'a Crowd, usize), search: &'a mut Search) -> Self {
        let number = crowd.number(place);
        let (behind, first) = crowd.memberships(place).iter().copied().partition(|membership: &Membership| membership.is_behind());
        Self { number, sketch: crowd.sketches.get(place), first, behind, end: block.first_from(number), search }
    }

    /// Counts the sets from a place on that it would have to visit, once for each bucket that they are in.
    fn count_behind(&self, block: &CrowdBlock, from: usize) -> u64 {
        self.behind.iter().map(|&membership| block.list(membership, from..self.end).len() as u64).sum()
    }
}

/// Returns how many places are visited together from a place on: few at first, because many a search ends there.
pub(crate) fn span_at(from: usize) -> usize {
    from.clamp(SPAN / 64, SPAN)
}

/// Places in a span, a bit each.
#[derive(Clone, Debug)]
pub(crate) struct SpanBits {
    words: [u64; SPAN / 64],
    /// Whether there are any.
    is_used: bool,
}

impl Default for SpanBits {
    fn default() -> Self {
        Self { words: [0; SPAN / 64], is_used: false }
    }
}

impl SpanBits {
    fn add(&mut self, places: &[u32], from: usize) {
        places.iter().for_each(|&place| self.set(place as usize - from));
    }

    pub(crate) fn set(&mut self, bit: usize) {
        self.is_used = true;
        self.words[bit / 64] |= 1 << (bit % 64);
    }

    /// Visits all places in order, as long as the visitor says so, and removes them.
    pub(crate) fn drain(&mut self, mut visit: impl FnMut(usize) -> bool) {
        if !std::mem::take(&mut self.is_used) {
            return;
        }
        for word in 0..self.words.len() {
            let mut bits = std::mem::take(&mut self.words[word]);
            while bits != 0 {
                let goes_on = visit(word * 64 + bits.trailing_zeros() as usize);
                bits &= bits - 1;
                if !goes_on {
                    self.words[word..].fill(0);
                    return;
                }
            }
        }
    }
}
