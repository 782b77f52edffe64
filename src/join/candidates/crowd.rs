//! Pairs in oversized buckets: the sets of these buckets, the *crowd*, are compared by their sketches.
//!
//! In each of its buckets, a set has some of the first ones in reach: see [`BucketRule::reach`]. It mostly shares several buckets with
//! another set. So the crowd is not searched bucket by bucket: each of its sets visits the union of those in reach, and each of them once.
//!
//! Sets of one form that are not similar share buckets, but no rare elements. So where much is in reach, a pair must also share an element
//! of its [prefixes](crate::set::Prefixes), and a set looks up those that do wherever that is less work than to visit all.

use std::ops::Range;
use std::rc::Rc;

use smallvec::SmallVec;

#[cfg(feature = "disk")]
use super::prefix_index::POSTING_BYTES;
use super::prefix_index::PrefixIndex;
use super::prefix_maker::PrefixMaker;
use crate::lsh::BucketRule;
use crate::parallel;
use crate::set::{ElementCounts, OddSketch, OddSketches, Prefix, PrefixElement, PrefixQuery, Prefixes, SketchFilter};

/// Some sets of oversized buckets, in order.
#[derive(Debug, Default)]
pub(crate) struct Crowd {
    numbers: Vec<u32>,
    sketches: OddSketches,
    memberships: Vec<Membership>,
    /// Where the memberships of each set end.
    ends: Vec<usize>,
    /// None, unless there is much to search.
    prefixes: Prefixes,
}

/// An oversized bucket of a set, and how many of the first sets in it the set is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Membership {
    pub(crate) bucket: u32,
    pub(crate) reach: u32,
}

impl Crowd {
    pub(crate) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Adds a set, whose number is greater than those so far.
    pub(crate) fn push(&mut self, number: u32, sketch: OddSketch<'_>, memberships: &[Membership]) {
        self.numbers.push(number);
        self.sketches.push_sketch(sketch);
        self.memberships.extend_from_slice(memberships);
        self.ends.push(self.memberships.len());
    }

    /// Makes the prefixes of all sets, which are told by their numbers. Returns which buckets are selective. Without any, no prefixes are
    /// kept.
    pub(crate) fn make_prefixes<'a>(&mut self, mut maker: PrefixMaker, set_of: impl Fn(u32) -> &'a [u64]) -> Vec<bool> {
        for place in 0..self.len() {
            let buckets = self.get(place).1.iter().map(|membership| membership.bucket);
            let made = maker.add(set_of(self.numbers[place]), buckets);
            self.push_elements(made.elements().iter().copied());
        }
        let selective = maker.selective();
        if !selective.contains(&true) {
            self.prefixes = Prefixes::default();
        }
        selective
    }

    /// Adds the prefix of the next set that has none yet.
    pub(crate) fn push_elements(&mut self, elements: impl IntoIterator<Item = PrefixElement>) {
        self.prefixes.push_elements(elements);
    }

    /// Returns the buckets of a set.
    #[cfg(feature = "disk")]
    pub(crate) fn memberships(&self, place: usize) -> &[Membership] {
        self.get(place).1
    }

    fn prefix(&self, place: usize) -> Option<Prefix<'_>> {
        Some(Prefix { size: self.sketches.get(place).size(), elements: self.prefixes.get(place)? })
    }

    pub(crate) fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// Returns the most preferred sets of each bucket.
    pub(crate) fn preferred<'a>(&self, rank: &'a (dyn Fn(u32) -> u32 + Sync), buckets: usize) -> PreferredSets<'a> {
        let mut preferred = PreferredSets::new(rank, buckets);
        for place in 0..self.len() {
            preferred.add(self.numbers[place], self.get(place).1.iter().map(|membership| membership.bucket));
        }
        preferred
    }

    /// Returns the sketch and the memberships of a set, by its place.
    fn get(&self, place: usize) -> (OddSketch<'_>, &[Membership]) {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        (self.sketches.get(place), &self.memberships[start..self.ends[place]])
    }

    /// Returns the bytes in memory, with those of the lists that a [`CrowdBlock`] makes.
    #[cfg(feature = "disk")]
    pub(crate) fn bytes(&self) -> usize {
        let memberships = self.memberships.len() * (size_of::<Membership>() + size_of::<u32>());
        let prefixes = self.prefixes.elements() * (size_of::<PrefixElement>() + POSTING_BYTES);
        self.sketches.bytes() + self.len() * (size_of::<u32>() + 2 * size_of::<usize>()) + memberships + prefixes
    }
}

/// The oversized buckets while their sets come, in order.
#[derive(Debug)]
pub(crate) struct CrowdBuckets {
    rule: BucketRule,
    filter: SketchFilter,
    buckets: Vec<BucketSoFar>,
    counts: ElementCounts,
    /// Elements of all sets, and the sets that each has in reach at least.
    elements: u64,
    in_reach: u64,
}

/// Sets in reach for each element from which prefixes save more than they cost.
const IN_REACH_PER_ELEMENT: u64 = 8;

/// A bucket, as far as its sets have come.
#[derive(Clone, Debug, Default)]
struct BucketSoFar {
    sets: u32,
    /// Sets that are similar to the one before them, by their sketches.
    similar: u32,
    /// The sketch of the last set.
    last: Option<Rc<OddSketches>>,
}

impl CrowdBuckets {
    /// Takes the number of buckets, and that of the members of all.
    pub(crate) fn new(rule: BucketRule, filter: SketchFilter, (buckets, members): (usize, usize)) -> Self {
        let counts = ElementCounts::for_elements(members);
        Self { rule, filter, buckets: vec![BucketSoFar::default(); buckets], counts, elements: 0, in_reach: 0 }
    }

    /// Ends, and begins to make prefixes, if there is so much to search that they may pay off. That depends on the sets alone, so that the
    /// candidates do.
    pub(crate) fn into_prefix_maker(self) -> Option<PrefixMaker> {
        let pays_off = self.in_reach >= self.elements * IN_REACH_PER_ELEMENT;
        pays_off.then(|| PrefixMaker::new(self.counts, self.filter.threshold(), self.buckets.len()))
    }

    /// Puts the next set into its buckets. Returns its sketch, and the most pairs of it that are passed over: with sets that are out of
    /// reach. Of those there are no more than of the `before` sets that come before it, less those in reach.
    pub(crate) fn add(
        &mut self,
        before: u32,
        set: &[u64],
        buckets: impl Iterator<Item = u32>,
        memberships: &mut Vec<Membership>,
    ) -> (Rc<OddSketches>, u64) {
        let mut sketch = OddSketches::default();
        sketch.push(set);
        let sketch = Rc::new(sketch);
        self.counts.add(set);
        self.elements += set.len() as u64;
        let (mut out_of_reach, mut most_in_reach) = (0, 0);
        memberships.clear();
        for bucket in buckets {
            let so_far = &mut self.buckets[bucket as usize];
            let last = so_far.last.replace(Rc::clone(&sketch));
            so_far.similar +=
                u32::from(last.is_some_and(|last| self.filter.estimates_similar(last.get(0), sketch.get(0))));
            let reach = self.rule.reach(so_far.sets, so_far.similar);
            memberships.push(Membership { bucket, reach });
            so_far.sets += 1;
            // A stream does not know yet of other buckets that they will be over the limit.
            if self.rule.is_oversized(so_far.sets as usize) {
                out_of_reach += u64::from(so_far.sets - 1 - reach);
                most_in_reach = most_in_reach.max(reach);
            }
        }
        self.in_reach += memberships.iter().map(|of| u64::from(of.reach)).max().unwrap_or_default();
        (sketch, out_of_reach.min(u64::from(before.saturating_sub(most_in_reach))))
    }
}

/// The most preferred sets of each oversized bucket, where kept documents are joined again. Every other set is compared with them.
///
/// Clusters keep the preferred one of similar sets. Where nearly all sets of a bucket are similar, these few pairs leave nearly none of the
/// others, whatever the order in which the sets came.
pub(crate) struct PreferredSets<'a> {
    rank: &'a (dyn Fn(u32) -> u32 + Sync),
    /// By bucket, rank and number of each.
    buckets: Vec<SmallVec<[(u32, u32); PREFERRED]>>,
}

/// Such sets of a bucket.
const PREFERRED: usize = 4;

impl<'a> PreferredSets<'a> {
    pub(crate) fn new(rank: &'a (dyn Fn(u32) -> u32 + Sync), buckets: usize) -> Self {
        Self { rank, buckets: vec![SmallVec::new(); buckets] }
    }

    pub(crate) fn add(&mut self, number: u32, buckets: impl Iterator<Item = u32>) {
        let rank = (self.rank)(number);
        for bucket in buckets {
            let preferred = &mut self.buckets[bucket as usize];
            let place = preferred.partition_point(|&(other, _)| other < rank);
            if place < PREFERRED {
                preferred.truncate(PREFERRED - 1);
                preferred.insert(place, (rank, number));
            }
        }
    }

    /// Returns the pairs of some sets with the preferred ones of their buckets, some twice, the later set first.
    pub(crate) fn pairs<'b>(
        &'b self,
        crowd: &'b Crowd,
        places: Range<usize>,
        allows: impl Fn(u32, u32) -> bool + 'b,
    ) -> impl Iterator<Item = (u32, u32)> + 'b {
        let of_set = move |place: usize| {
            let preferred = crowd.get(place).1.iter().flat_map(|of| &self.buckets[of.bucket as usize]);
            preferred.map(move |&(_, preferred)| (crowd.numbers[place], preferred))
        };
        let distinct = places.flat_map(of_set).filter(|(number, preferred)| number != preferred);
        let ordered = distinct.map(|(number, preferred)| (number.max(preferred), number.min(preferred)));
        ordered.filter(move |&(later, earlier)| allows(earlier, later))
    }
}

/// A crowd, or a part of it, with its sets by bucket.
#[derive(Debug)]
pub(crate) struct CrowdBlock {
    crowd: Crowd,
    /// The sets of each bucket, by their places.
    buckets: Vec<Vec<u32>>,
    /// The sets of each bucket in the blocks before.
    earlier: Vec<u32>,
    index: PrefixIndex,
}

impl CrowdBlock {
    /// Takes how many sets of each bucket were in the blocks before.
    pub(crate) fn new(crowd: Crowd, earlier: Vec<u32>) -> Self {
        let mut buckets = vec![Vec::new(); earlier.len()];
        for place in 0..crowd.len() {
            for membership in crowd.get(place).1 {
                buckets[membership.bucket as usize].push(place as u32);
            }
        }
        let index = PrefixIndex::new(&crowd.prefixes, crowd.sketches.sizes());
        Self { crowd, buckets, earlier, index }
    }

    pub(crate) fn crowd(&self) -> &Crowd {
        &self.crowd
    }

    /// Returns how many sets of each bucket are in this block or before it.
    #[cfg(feature = "disk")]
    pub(crate) fn into_earlier(self) -> Vec<u32> {
        self.buckets.iter().zip(self.earlier).map(|(bucket, earlier)| earlier + bucket.len() as u32).collect()
    }

    /// Returns the places of the sets in reach.
    fn in_reach(&self, membership: Membership) -> &[u32] {
        let bucket = membership.bucket as usize;
        let places = &self.buckets[bucket][..];
        &places[..places.len().min(membership.reach.saturating_sub(self.earlier[bucket]) as usize)]
    }
}

/// Searches crowds.
pub(crate) struct Searcher<'a, A> {
    pub(crate) filter: SketchFilter,
    /// The buckets whose sets must also meet by their prefixes.
    pub(crate) selective: &'a [bool],
    /// Says which pairs are to be compared.
    pub(crate) allows: A,
}

/// Sets whose sketches are visited together: they stay in a near cache while a group of others passes.
const SPAN: usize = 1 << 12;

/// Sets that search together.
const GROUP: usize = 32;

/// Visits of a span that take as long as a step through posting lists, where each set is somewhere else in memory.
const VISITS_PER_STEP: usize = 8;

impl<A: Fn(u32, u32) -> bool + Sync> Searcher<'_, A> {
    /// Searches a block for some sets of a crowd. Returns the pairs that passed, each once, the later set first.
    pub(crate) fn search(&self, block: &CrowdBlock, probes: &Crowd, places: Range<usize>) -> Vec<Vec<(u32, u32)>> {
        let groups: Vec<Range<usize>> =
            places.clone().step_by(GROUP).map(|first| first..places.end.min(first + GROUP)).collect();
        parallel::map(&groups, || vec![0; SPAN / 64], |group, bits| self.search_group(block, (probes, group), bits))
    }

    fn search_group(
        &self,
        block: &CrowdBlock,
        (probes, group): (&Crowd, &Range<usize>),
        bits: &mut [u64],
    ) -> Vec<(u32, u32)> {
        let mut pairs = Vec::new();
        let probe = |place| Probe::new(block, (probes, place), self.selective);
        let mut group: Vec<Probe<'_>> = group.clone().map(probe).collect();
        group.retain(|probe| !self.look_up(block, probe, &mut pairs));
        let mut start = 0;
        while group.iter().any(|probe| !probe.in_reach.is_empty()) {
            for probe in &mut group {
                if probe.take(start..start + SPAN, bits) {
                    self.visit(block, probe, (start, bits), &mut pairs);
                }
            }
            start += SPAN;
        }
        pairs
    }

    /// Looks up the sets that meet the prefix of a probe, unless that takes as long as to visit all. Returns whether it did.
    fn look_up(&self, block: &CrowdBlock, probe: &Probe<'_>, pairs: &mut Vec<(u32, u32)>) -> bool {
        let Some(prefix) = &probe.prefix else { return false };
        let visits = probe.in_reach.iter().map(|(_, places)| places.len()).max().unwrap_or_default();
        let Some(places) = block.index.meeting(prefix.prefix(), visits / VISITS_PER_STEP) else { return false };
        for place in places {
            if probe.reaches(block, place) && self.passes(block, probe, place as usize) {
                pairs.push((probe.number, block.crowd.numbers[place as usize]));
            }
        }
        true
    }

    /// Returns whether a probe is to be compared with a set in reach whose prefix it meets.
    fn passes(&self, block: &CrowdBlock, probe: &Probe<'_>, place: usize) -> bool {
        self.filter.passes(probe.sketch, block.crowd.sketches.get(place))
            && (self.allows)(block.crowd.numbers[place], probe.number)
    }

    /// Visits the places of a span, and empties it.
    fn visit(
        &self,
        block: &CrowdBlock,
        probe: &Probe<'_>,
        (start, bits): (usize, &mut [u64]),
        pairs: &mut Vec<(u32, u32)>,
    ) {
        for (word, bits) in bits.iter_mut().enumerate() {
            let mut bits = std::mem::take(bits);
            while bits != 0 {
                let place = start + word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                if self.passes(block, probe, place) && probe.meets(block, place) {
                    pairs.push((probe.number, block.crowd.numbers[place]));
                }
            }
        }
    }
}

/// A set that searches a block.
struct Probe<'a> {
    number: u32,
    sketch: OddSketch<'a>,
    prefix: Option<PrefixQuery<'a>>,
    /// What it has not visited yet, by bucket, in the order of buckets.
    in_reach: Vec<(u32, &'a [u32])>,
}

impl<'a> Probe<'a> {
    fn new(block: &'a CrowdBlock, (crowd, place): (&'a Crowd, usize), selective: &[bool]) -> Self {
        let (sketch, memberships) = crowd.get(place);
        let most = memberships.iter().map(|membership| membership.reach).max().unwrap_or_default();
        // All of the widest buckets, because their numbers are not the same everywhere.
        let mut widest = memberships.iter().filter(|membership| membership.reach == most);
        let is_selective = widest.all(|of| selective.get(of.bucket as usize) == Some(&true));
        let prefix = crowd.prefix(place).filter(|_| is_selective).map(PrefixQuery::new);
        let in_reach = memberships.iter().map(|&membership| (membership.bucket, block.in_reach(membership)));
        let in_reach = in_reach.filter(|(_, places)| !places.is_empty()).collect();
        Self { number: crowd.numbers[place], sketch, prefix, in_reach }
    }

    /// Returns whether it has a set in reach, in any bucket.
    fn reaches(&self, block: &CrowdBlock, place: u32) -> bool {
        let memberships = block.crowd.get(place as usize).1;
        self.in_reach.iter().any(|&(bucket, places)| {
            places.last().is_some_and(|&last| place <= last)
                && memberships.binary_search_by_key(&bucket, |membership| membership.bucket).is_ok()
        })
    }

    /// Returns whether its prefix meets that of a set, if that is asked of it.
    fn meets(&self, block: &CrowdBlock, place: usize) -> bool {
        let both = self.prefix.as_ref().zip(block.crowd.prefix(place));
        both.is_none_or(|(own, other)| own.meets(other))
    }

    /// Takes the places in a span, as bits; returns whether there are any.
    fn take(&mut self, span: Range<usize>, bits: &mut [u64]) -> bool {
        let mut any = false;
        self.in_reach.retain_mut(|(_, places)| {
            let taken = places.iter().take_while(|&&place| (place as usize) < span.end);
            let count = taken.map(|&place| bits[(place as usize - span.start) / 64] |= 1 << (place % 64)).count();
            any |= count > 0;
            *places = &places[count..];
            !places.is_empty()
        });
        any
    }
}
