//! Buckets by sorting: for each band, all sets in the order of their keys.

use std::ops::Range;

use ahash::AHashMap;

use super::Corpus;
use super::progress::{Stage, Watch};
use crate::error::Error;
use crate::lsh::{BandKeys, Banding};
use crate::pairs::{Edge, JoinStats};
use crate::parallel;
use crate::verify::{Cascade, QuerySet, Verdict};

/// The band keys of all sets.
pub(super) struct Buckets {
    cascade: Cascade,
    bands: usize,
    limit: usize,
    /// The keys of each set, row by row.
    keys: Vec<u32>,
}

/// One band: a key and a set's number sort as one 64-bit number.
struct Band<'a> {
    number: usize,
    sorted: Vec<u64>,
    /// Where two or more sets share a key.
    buckets: Vec<Range<usize>>,
    /// The buckets over the limit in the bands before, by band and key: the last set that was compared with all others.
    oversized: &'a AHashMap<(usize, u32), u32>,
}

/// Sets of a bucket, by their places in it, that are to be compared with all behind them.
struct Task {
    bucket: Range<usize>,
    lefts: Range<usize>,
}

/// Pairs found by one thread, and what was done for them.
#[derive(Debug, Default)]
struct Found {
    edges: Vec<Edge>,
    stats: JoinStats,
}

/// Work that a thread takes at once, in pairs to look at.
const STRETCH: usize = 1 << 14;

/// Sets that are sorted together, on average: few enough for the nearest cache.
const PART: usize = 1 << 9;

impl Buckets {
    pub(super) fn new(corpus: &Corpus, banding: Banding, threshold: f64, limit: usize) -> Self {
        let bands = banding.bands() as usize;
        let hasher = corpus.hasher();
        let band_keys = BandKeys::new(banding, hasher.scheme().sketch().seed());
        let sets: Vec<u32> = (0..corpus.sets().len() as u32).collect();
        let mut keys = vec![0; sets.len() * bands];
        parallel::for_each_row(
            &mut keys,
            bands,
            &sets,
            || (),
            |&set, (), keys| {
                let salt = corpus.pairing().salt(corpus.first_of(set));
                for (short, key) in keys.iter_mut().zip(band_keys.of(corpus.sets().row(set))) {
                    *short = key ^ salt;
                }
            },
        );
        let cascade = Cascade::new(threshold, banding.min_agreeing(hasher.num_hashes(), threshold));
        Self { cascade, bands, limit, keys }
    }

    /// All verified edges, sorted, and what was done to find them. Sets that share a bucket are sorted on the way.
    pub(super) fn edges(&self, corpus: &mut Corpus, watch: &mut Watch<'_>) -> Result<(Vec<Edge>, JoinStats), Error> {
        let mut all = Found::default();
        let mut oversized = AHashMap::new();
        for number in 0..self.bands {
            watch.step(Stage::Candidates, number as u64, self.bands as u64)?;
            let band = self.band(number, &oversized);
            corpus.sets_mut().sort_all(band.members());
            let corpus = &*corpus;
            let parts = parallel::map(&self.stretches(&band.buckets), Found::default, |tasks, _| {
                let mut found = Found::default();
                tasks.iter().for_each(|task| self.look_into(corpus, &band, task, &mut found));
                found
            });
            let too_large = band.buckets.iter().filter(|bucket| bucket.len() > self.limit);
            let last_leader = |bucket: &Range<usize>| {
                let entry = band.sorted[bucket.start + leaders_of(self.limit) - 1];
                ((number, key_of(entry)), entry as u32)
            };
            let too_large: Vec<_> = too_large.map(last_leader).collect();
            oversized.extend(too_large);
            for part in parts {
                all.edges.extend(part.edges);
                all.stats.add(&part.stats);
            }
        }
        all.edges.sort_unstable_by_key(|edge| (edge.left, edge.right));
        Ok((all.edges, all.stats))
    }

    /// The sets in the order of their keys in a band: first in parts by the upper bits, then each part.
    fn band<'a>(&self, number: usize, oversized: &'a AHashMap<(usize, u32), u32>) -> Band<'a> {
        let keys = || self.keys.iter().skip(number).step_by(self.bands);
        let sets = keys().len();
        let bits = (sets / PART).max(1).ilog2();
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
        Band { number, sorted, buckets: buckets.into_iter().flatten().collect(), oversized }
    }

    /// Cuts the buckets into stretches of about equal work, the larger ones within.
    fn stretches(&self, buckets: &[Range<usize>]) -> Vec<Vec<Task>> {
        let mut stretches = Vec::new();
        let (mut tasks, mut work) = (Vec::new(), 0);
        for bucket in buckets {
            let leaders = self.leaders(bucket.len());
            let mut first = 0;
            for left in 0..leaders {
                work += bucket.len() - left - 1;
                if work >= STRETCH || left + 1 == leaders {
                    tasks.push(Task { bucket: bucket.clone(), lefts: first..left + 1 });
                    first = left + 1;
                }
                if work >= STRETCH {
                    stretches.push(std::mem::take(&mut tasks));
                    work = 0;
                }
            }
        }
        stretches.push(tasks);
        stretches
    }

    /// How many sets of a bucket are compared with all others: all of them, or, over the limit, the first ones.
    fn leaders(&self, size: usize) -> usize {
        if size > self.limit { leaders_of(self.limit) } else { size }
    }

    /// Judges the pairs of a task.
    fn look_into(&self, corpus: &Corpus, band: &Band<'_>, task: &Task, found: &mut Found) {
        let bucket = &band.sorted[task.bucket.clone()];
        let leaders = self.leaders(bucket.len());
        if leaders < bucket.len() && task.lefts.start == 0 {
            let followers = (bucket.len() - leaders) as u64;
            found.stats.oversized_buckets += 1;
            found.stats.pairs_passed_over += followers * (followers - 1) / 2;
        }
        for at in task.lefts.clone() {
            let left = bucket[at] as u32;
            let mut document = QuerySet::new(corpus.document(left));
            for &right in &bucket[at + 1..] {
                // Numbers ascend within a key.
                self.judge(corpus, band, (left, &mut document), right as u32, found);
            }
        }
    }

    fn judge(
        &self,
        corpus: &Corpus,
        band: &Band<'_>,
        (left, document): (u32, &mut QuerySet<'_>),
        right: u32,
        found: &mut Found,
    ) {
        if self.met_before(band, left, right) || !corpus.pairing().allows(corpus.first_of(left), corpus.first_of(right))
        {
            return;
        }
        found.stats.candidates += 1;
        match self.cascade.judge(document, corpus.document(right)) {
            Verdict::Filtered => found.stats.filtered += 1,
            Verdict::Rejected => found.stats.compared += 1,
            Verdict::Verified(overlap) => {
                found.stats.compared += 1;
                found.edges.push(Edge { left, right, overlap });
            }
        }
    }

    /// Whether the two were looked at in a bucket of an earlier band.
    fn met_before(&self, band: &Band<'_>, left: u32, right: u32) -> bool {
        let keys = |set: u32| &self.keys[set as usize * self.bands..][..band.number];
        let met = |(number, (a, b)): (usize, (&u32, &u32))| {
            a == b && band.oversized.get(&(number, *a)).is_none_or(|&last_leader| left <= last_leader)
        };
        keys(left).iter().zip(keys(right)).enumerate().any(met)
    }
}

/// How many sets of a bucket over the limit are compared with all others: its square root, but at most 32. So a set costs few
/// looks in a bucket of any size. Often one would do, for a bucket so large holds a text of which there are many versions; but it may
/// be what many different texts begin with, by bad luck in the choice of positions.
pub(super) fn leaders_of(limit: usize) -> usize {
    limit.isqrt().clamp(1, 32)
}

fn key_of(entry: u64) -> u32 {
    (entry >> 32) as u32
}

impl Band<'_> {
    /// The sets that share a key with another.
    fn members(&self) -> Vec<u32> {
        self.buckets.iter().flat_map(|bucket| &self.sorted[bucket.clone()]).map(|&entry| entry as u32).collect()
    }
}

/// The parts that end there, each with the place where it begins.
fn cut<'a>(mut rest: &'a mut [u64], ends: &[usize]) -> Vec<(usize, &'a mut [u64])> {
    let mut start = 0;
    let part = |&end: &usize| {
        let (part, behind) = std::mem::take(&mut rest).split_at_mut(end - start);
        rest = behind;
        (std::mem::replace(&mut start, end), part)
    };
    ends.iter().map(part).collect()
}

/// The runs of two or more entries with one key, in a part that begins at `start`.
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

impl JoinStats {
    fn add(&mut self, other: &Self) {
        self.candidates += other.candidates;
        self.filtered += other.filtered;
        self.compared += other.compared;
        self.oversized_buckets += other.oversized_buckets;
        self.pairs_passed_over += other.pairs_passed_over;
    }
}
