//! Buckets by sorting: for each band, all sets in the order of their keys. Candidates are compared where they are found, so that no
//! list of candidates is ever made.

use std::ops::Range;

use ahash::AHashSet;

use super::crowd::{Crowd, CrowdBlock, CrowdBuckets, Searcher};

use crate::error::Error;
use crate::join::compare::Compared;
use crate::join::edge::{Edge, join, split};
use crate::join::groups::memory::DistinctSets;
use crate::join::origin::PairFilter;
use crate::join::progress::{Stage, Watch};
use crate::join::stats::JoinStats;
use crate::lsh::{BandKeys, Banding, BucketRule};
use crate::parallel;
use crate::set::SketchFilter;
use crate::verify::{Criterion, QuerySet};

/// The band keys of all sets.
pub(crate) struct SortedBands {
    criterion: Criterion,
    bands: usize,
    rule: BucketRule,
    /// The keys of each set, row by row.
    keys: Vec<u32>,
}

/// One band: a key and a set's number sort as one 64-bit number.
struct Band {
    number: usize,
    sorted: Vec<u64>,
    /// Where two or more sets share a key.
    buckets: Vec<Range<usize>>,
}

/// Sets of a bucket, by their places in it, that are to be compared with all behind them.
struct Task {
    bucket: Range<usize>,
    lefts: Range<usize>,
}

/// Work that a thread takes at once, in pairs to compare.
const PAIRS_PER_TASK: usize = 1 << 14;

/// Tasks that the pairs of a band are cut into at least, so that all threads have work to the end, as long as each task has some pairs.
const TASKS: usize = 1 << 7;
const MIN_PAIRS_PER_TASK: usize = 1 << 5;

/// Sets of a crowd whose pairs are held before they are compared.
const SETS_AT_ONCE: usize = 1 << 12;

/// Sets that are sorted together, on average: few enough for the nearest cache.
const SETS_PER_PART: usize = 1 << 9;

impl SortedBands {
    pub(crate) fn new(
        sets: &DistinctSets,
        filter: &PairFilter,
        (banding, rule): (Banding, BucketRule),
        criterion: Criterion,
    ) -> Self {
        let bands = banding.bands() as usize;
        let band_keys = BandKeys::new(banding, sets.hasher().scheme().sketch().seed());
        let numbers: Vec<u32> = (0..sets.sets().len() as u32).collect();
        let mut keys = vec![0; numbers.len() * bands];
        parallel::for_each_row(
            &mut keys,
            bands,
            &numbers,
            || (),
            |&set, (), keys| {
                let salt = filter.salt(sets.first_of(set));
                for (short, key) in keys.iter_mut().zip(band_keys.of(sets.sets().row(set))) {
                    *short = key ^ salt;
                }
            },
        );
        Self { criterion, bands, rule, keys }
    }

    /// Finds all verified edges, in order. Sets that share a bucket are sorted on the way. Also returns the sets of oversized buckets, if
    /// any pairs in them were passed over. If sets have ranks, those of oversized buckets are also compared with the ones of the least rank.
    pub(crate) fn edges(
        &self,
        sets: &mut DistinctSets,
        (filter, rank): (&PairFilter, Option<&(dyn Fn(u32) -> u32 + Sync)>),
        stats: &mut JoinStats,
        watch: &mut Watch<'_>,
    ) -> Result<(Vec<Edge>, Vec<u32>), Error> {
        let mut all = Compared::default();
        let mut oversized = Oversized::default();
        let mut next = (self.bands > 0).then(|| self.band(0));
        while let Some(band) = next {
            watch.step(Stage::Candidates, band.number as u64, self.bands as u64)?;
            sets.sets_mut().sort_all(band.members());
            // The next band is sorted beside, because much of that is the work of one thread.
            let after = || (band.number + 1 < self.bands).then(|| self.band(band.number + 1));
            let (parts, after) = parallel::both(|| self.compare_band((sets, filter), &band, &oversized), after);
            parts.into_iter().for_each(|part| all.append(part));
            next = after;
            let Band { number, sorted, mut buckets } = band;
            buckets.retain(|bucket| self.rule.is_oversized(bucket.len()));
            buckets.into_iter().for_each(|bucket| oversized.add(number, &sorted[bucket]));
        }
        let crowd = self.search_crowd((&*sets, filter, rank), oversized, (stats, &mut all), watch)?;
        stats.candidates = all.counts.candidates();
        (stats.filtered, stats.compared) = (all.counts.filtered, all.counts.compared);
        all.edges.sort_unstable_by_key(|edge| (edge.left, edge.right));
        Ok((sets.by_documents(all.edges), crowd))
    }

    /// Compares the sets that share a bucket of a band, up to the limit.
    fn compare_band(&self, of: (&DistinctSets, &PairFilter), band: &Band, oversized: &Oversized) -> Vec<Compared> {
        let compare = |tasks: &Vec<Task>, (): &mut ()| {
            let mut compared = Compared::default();
            tasks.iter().for_each(|task| self.compare_bucket(of, (band, oversized), task, &mut compared));
            compared
        };
        parallel::map(&self.tasks(&band.buckets), || (), compare)
    }

    /// Compares the sets of oversized buckets, as far as they are in [reach](BucketRule::reach). Returns them if some pairs were passed
    /// over.
    fn search_crowd(
        &self,
        (sets, filter, rank): (&DistinctSets, &PairFilter, Option<&(dyn Fn(u32) -> u32 + Sync)>),
        mut oversized: Oversized,
        (stats, all): (&mut JoinStats, &mut Compared),
        watch: &mut Watch<'_>,
    ) -> Result<Vec<u32>, Error> {
        stats.oversized_buckets = oversized.buckets.len() as u64;
        let filter_of_sketches = self.criterion.sketch_filter();
        let (crowd, selective) = oversized.take_crowd(sets, (self.rule, filter_of_sketches), stats);
        let allows = |left, right| filter.allows(sets.first_of(left), sets.first_of(right));
        let searcher = Searcher { filter: filter_of_sketches, selective: &selective, allows };
        let block = CrowdBlock::new(crowd, vec![0; oversized.buckets.len()]);
        let crowd = block.crowd();
        let preferred = rank.map(|rank| crowd.preferred(rank, oversized.buckets.len()));
        for first in (0..crowd.len()).step_by(SETS_AT_ONCE) {
            watch.step(Stage::Candidates, self.bands as u64, self.bands as u64)?;
            let places = first..crowd.len().min(first + SETS_AT_ONCE);
            let mut pairs = searcher.search(&block, crowd, places.clone());
            if let Some(preferred) = &preferred {
                let mut all: Vec<(u32, u32)> = pairs.into_iter().flatten().collect();
                all.extend(preferred.pairs(crowd, places, &searcher.allows));
                all.sort_unstable();
                all.dedup();
                pairs = all.chunks(PAIRS_PER_TASK).map(<[_]>::to_vec).collect();
            }
            let parts = parallel::map_owned(pairs, || (), |pairs, ()| self.compare_crowded(sets, &oversized, pairs));
            parts.into_iter().for_each(|part| all.append(part));
        }
        Ok(if stats.pairs_passed_over == 0 { Vec::new() } else { crowd.numbers().to_vec() })
    }

    /// Compares pairs of oversized buckets, each with the later set first, except those that share another bucket.
    fn compare_crowded(&self, sets: &DistinctSets, oversized: &Oversized, mut pairs: Vec<(u32, u32)>) -> Compared {
        pairs.sort_unstable();
        let mut compared = Compared::default();
        for pairs in pairs.chunk_by(|a, b| a.0 == b.0) {
            let later = pairs[0].0;
            let mut query = QuerySet::new(sets.document(later));
            for &(_, earlier) in pairs {
                if !self.share_bucket(earlier, later, (self.bands, oversized)) {
                    compared.compare(&self.criterion, (later, &mut query), (earlier, sets.document(earlier)));
                }
            }
        }
        compared.edges.iter_mut().for_each(|edge| *edge = edge.swapped());
        compared
    }

    /// Sorts the sets by their keys in a band: first into parts by the upper bits, then each part.
    fn band(&self, number: usize) -> Band {
        let keys = || self.keys.iter().skip(number).step_by(self.bands);
        let sets = keys().len();
        let bits = (sets / SETS_PER_PART).max(1).ilog2();
        let part_of = |key: u32| (u64::from(key) << bits >> u32::BITS) as usize;
        let mut ends = vec![0; 1 << bits];
        keys().for_each(|&key| ends[part_of(key)] += 1);
        let mut start = 0;
        for end in &mut ends {
            start += std::mem::replace(end, start);
        }
        let mut sorted = vec![0; sets];
        for (set, &key) in (0_u64..).zip(keys()) {
            let place = &mut ends[part_of(key)];
            sorted[*place] = u64::from(key) << 32 | set;
            *place += 1;
        }
        let buckets = parallel::map_owned(
            cut(&mut sorted, &ends),
            || (),
            |(start, part), ()| {
                part.sort_unstable();
                buckets(start, part)
            },
        );
        Band { number, sorted, buckets: buckets.into_iter().flatten().collect() }
    }

    /// Cuts the buckets up to the limit into tasks of about equal work, the larger ones within.
    fn tasks(&self, buckets: &[Range<usize>]) -> Vec<Vec<Task>> {
        let buckets = || buckets.iter().filter(|bucket| !self.rule.is_oversized(bucket.len()));
        let pairs: usize = buckets().map(|bucket| bucket.len() * (bucket.len() - 1) / 2).sum();
        let pairs_per_task = (pairs / TASKS).clamp(MIN_PAIRS_PER_TASK, PAIRS_PER_TASK);
        let mut tasks_of_threads = Vec::new();
        let (mut tasks, mut work) = (Vec::new(), 0);
        for bucket in buckets() {
            let mut first = 0;
            for left in 0..bucket.len() {
                work += bucket.len() - left - 1;
                if work >= pairs_per_task || left + 1 == bucket.len() {
                    tasks.push(Task { bucket: bucket.clone(), lefts: first..left + 1 });
                    first = left + 1;
                }
                if work >= pairs_per_task {
                    tasks_of_threads.push(std::mem::take(&mut tasks));
                    work = 0;
                }
            }
        }
        tasks_of_threads.push(tasks);
        tasks_of_threads
    }

    /// Compares the pairs of a task.
    fn compare_bucket(
        &self,
        (sets, filter): (&DistinctSets, &PairFilter),
        (band, oversized): (&Band, &Oversized),
        task: &Task,
        compared: &mut Compared,
    ) {
        let bucket = &band.sorted[task.bucket.clone()];
        for at in task.lefts.clone() {
            let left = bucket[at] as u32;
            let mut query = QuerySet::new(sets.document(left));
            // Numbers ascend within a key.
            for right in bucket[at + 1..].iter().map(|&entry| entry as u32) {
                let allowed = || filter.allows(sets.first_of(left), sets.first_of(right));
                if !self.share_bucket(left, right, (band.number, oversized)) && allowed() {
                    compared.compare(&self.criterion, (left, &mut query), (right, sets.document(right)));
                }
            }
        }
    }

    /// Returns whether two sets share a bucket up to the limit in the first bands, where they are compared.
    fn share_bucket(&self, left: u32, right: u32, (bands, oversized): (usize, &Oversized)) -> bool {
        let keys = |set: u32| &self.keys[set as usize * self.bands..][..bands];
        let both = keys(left).iter().zip(keys(right)).enumerate();
        both.into_iter().any(|(number, (a, b))| a == b && !oversized.buckets.contains(&(number, *a)))
    }
}

/// The buckets over the limit, and their sets.
#[derive(Default)]
struct Oversized {
    /// The buckets by band and key.
    buckets: AHashSet<(usize, u32)>,
    /// `set << 32 | bucket`.
    members: Vec<u64>,
}

impl Oversized {
    /// Adds a bucket by its entries.
    fn add(&mut self, band: usize, entries: &[u64]) {
        let number = self.buckets.len() as u32;
        self.buckets.extend(entries.first().map(|&entry| (band, key_of(entry))));
        self.members.extend(entries.iter().map(|&entry| join(entry as u32, number)));
    }

    /// Takes the sets of all buckets, in order, and counts the pairs that are passed over. Also returns which buckets are selective.
    fn take_crowd(
        &mut self,
        sets: &DistinctSets,
        (rule, filter): (BucketRule, SketchFilter),
        stats: &mut JoinStats,
    ) -> (Crowd, Vec<bool>) {
        let mut members = std::mem::take(&mut self.members);
        members.sort_unstable();
        let (mut crowd, mut memberships) = (Crowd::default(), Vec::new());
        let mut buckets = CrowdBuckets::new(rule, filter, (self.buckets.len(), members.len()));
        for of_set in members.chunk_by(|a, b| a >> 32 == b >> 32) {
            let (set, _) = split(of_set[0]);
            let numbers = of_set.iter().map(|&member| split(member).1);
            let (sketch, passed_over) = buckets.add(set, sets.sets().get(set), numbers, &mut memberships);
            stats.pairs_passed_over += passed_over;
            crowd.push(set, sketch.get(0), &memberships);
        }
        let make = |maker| crowd.make_prefixes(maker, |set| sets.sets().get(set));
        let selective = buckets.into_prefix_maker().map(make).unwrap_or_default();
        (crowd, selective)
    }
}

fn key_of(entry: u64) -> u32 {
    (entry >> 32) as u32
}

impl Band {
    /// Returns the sets that share a key with another.
    fn members(&self) -> Vec<u32> {
        self.buckets.iter().flat_map(|bucket| &self.sorted[bucket.clone()]).map(|&entry| entry as u32).collect()
    }
}

/// Cuts an array into the parts that end there, each with the place where it begins.
fn cut<'a>(mut rest: &'a mut [u64], ends: &[usize]) -> Vec<(usize, &'a mut [u64])> {
    let mut start = 0;
    let part = |&end: &usize| {
        let (part, behind) = std::mem::take(&mut rest).split_at_mut(end - start);
        rest = behind;
        (std::mem::replace(&mut start, end), part)
    };
    ends.iter().map(part).collect()
}

/// Returns the runs of two or more entries with one key, in a part that begins at `start`.
fn buckets(start: usize, part: &[u64]) -> Vec<Range<usize>> {
    let mut buckets = Vec::new();
    let mut at = start;
    for run in part.chunk_by(|a, b| key_of(*a) == key_of(*b)) {
        if run.len() > 1 {
            buckets.push(at..at + run.len());
        }
        at += run.len();
    }
    buckets
}
