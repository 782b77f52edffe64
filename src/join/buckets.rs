//! Buckets by sorting: for each band, all sets in the order of their keys.

use ahash::AHashSet;

use super::Corpus;
use crate::lsh::{BandKeys, Banding};
use crate::pairs::{Edge, JoinStats};
use crate::parallel;
use crate::similarity::{Cascade, Verdict};

/// A band key and a set's number sort as one 64-bit number.
pub(super) struct Buckets<'a> {
    corpus: &'a Corpus,
    cascade: Cascade,
    bands: usize,
    limit: usize,
    /// The keys of each set, row by row.
    keys: Vec<u32>,
}

/// Sets that share a key in a band: `sorted[start..end]`.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    start: usize,
    end: usize,
}

/// Pairs found in one stretch of buckets, and what was done for them.
#[derive(Debug, Default)]
struct Found {
    edges: Vec<Edge>,
    stats: JoinStats,
}

/// A stretch of work that a thread takes at once, in pairs to look at.
const STRETCH: usize = 1 << 14;

impl<'a> Buckets<'a> {
    pub(super) fn new(corpus: &'a Corpus, banding: Banding, threshold: f64, limit: usize) -> Self {
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
                for (short, key) in keys.iter_mut().zip(band_keys.of(corpus.row(set))) {
                    *short = key;
                }
            },
        );
        let cascade = Cascade::new(banding, hasher.num_hashes(), threshold);
        Self { corpus, cascade, bands, limit, keys }
    }

    /// All verified edges, sorted, and what was done to find them.
    pub(super) fn edges(&self) -> (Vec<Edge>, JoinStats) {
        let mut all = Found::default();
        let mut oversized = AHashSet::new();
        let mut sorted = Vec::with_capacity(self.corpus.sets().len());
        for band in 0..self.bands {
            self.sort(band, &mut sorted);
            let buckets = buckets(&sorted);
            let parts = parallel::map(
                &self.stretches(&buckets),
                || (),
                |&(start, end), ()| {
                    let mut found = Found::default();
                    for bucket in &buckets[start..end] {
                        self.look_into(band, &sorted[bucket.start..bucket.end], &oversized, &mut found);
                    }
                    found
                },
            );
            for part in parts {
                all.edges.extend(part.edges);
                all.stats.add(&part.stats);
            }
            let too_large = buckets.iter().filter(|bucket| bucket.end - bucket.start > self.limit);
            oversized.extend(too_large.map(|bucket| (band, key_of(sorted[bucket.start]))));
        }
        all.edges.sort_unstable_by_key(|edge| (edge.left, edge.right));
        // A pair can be looked at twice only where one of its buckets was over the limit.
        all.edges.dedup_by_key(|edge| (edge.left, edge.right));
        (all.edges, all.stats)
    }

    /// Every set with its key in this band, by key and then by number.
    fn sort(&self, band: usize, sorted: &mut Vec<u64>) {
        sorted.clear();
        let keys = self.keys.iter().skip(band).step_by(self.bands);
        sorted.extend((0_u64..).zip(keys).map(|(set, &key)| u64::from(key) << 32 | set));
        parallel::sort(sorted);
    }

    /// Cuts the buckets into stretches of about equal work.
    fn stretches(&self, buckets: &[Bucket]) -> Vec<(usize, usize)> {
        let mut stretches = Vec::new();
        let (mut start, mut work) = (0, 0);
        for (number, bucket) in buckets.iter().enumerate() {
            let size = bucket.end - bucket.start;
            work += size * size.min(self.limit) / 2;
            if work >= STRETCH {
                stretches.push((start, number + 1));
                (start, work) = (number + 1, 0);
            }
        }
        if start < buckets.len() {
            stretches.push((start, buckets.len()));
        }
        stretches
    }

    /// Judges the pairs of one bucket: all of them, or, over the limit, each set with the first ones only.
    fn look_into(&self, band: usize, bucket: &[u64], oversized: &AHashSet<(usize, u32)>, found: &mut Found) {
        let leaders = if bucket.len() > self.limit { leaders_of(self.limit) } else { bucket.len() };
        if leaders < bucket.len() {
            let followers = (bucket.len() - leaders) as u64;
            found.stats.oversized_buckets += 1;
            found.stats.pairs_passed_over += followers * (followers - 1) / 2;
        }
        for (at, &left) in bucket[..leaders].iter().enumerate() {
            for &right in &bucket[at + 1..] {
                // Numbers ascend within a key.
                self.judge(band, left as u32, right as u32, oversized, found);
            }
        }
    }

    fn judge(&self, band: usize, left: u32, right: u32, oversized: &AHashSet<(usize, u32)>, found: &mut Found) {
        if self.met_before(band, left, right, oversized) {
            return;
        }
        found.stats.candidates += 1;
        match self.cascade.judge(self.corpus.document(left), self.corpus.document(right)) {
            Verdict::Filtered => found.stats.filtered += 1,
            Verdict::Rejected => found.stats.compared += 1,
            Verdict::Verified(overlap) => {
                found.stats.compared += 1;
                found.edges.push(Edge { left, right, overlap });
            }
        }
    }

    /// Whether the two were together in a bucket of an earlier band, all of whose pairs were looked at.
    fn met_before(&self, band: usize, left: u32, right: u32, oversized: &AHashSet<(usize, u32)>) -> bool {
        let keys = |set: u32| &self.keys[set as usize * self.bands..][..band];
        let met = |(band, (a, b)): (usize, (&u32, &u32))| a == b && !oversized.contains(&(band, *a));
        keys(left).iter().zip(keys(right)).enumerate().any(met)
    }
}

/// How many sets of a bucket over the limit are compared with all others: its square root, so that a set costs a hundred
/// looks in a bucket of any size over the usual limit of 10,000.
pub(super) fn leaders_of(limit: usize) -> usize {
    limit.isqrt().max(1)
}

fn key_of(entry: u64) -> u32 {
    (entry >> 32) as u32
}

/// The runs of two or more entries with one key.
fn buckets(sorted: &[u64]) -> Vec<Bucket> {
    let mut buckets = Vec::new();
    let mut start = 0;
    for run in sorted.chunk_by(|a, b| key_of(*a) == key_of(*b)) {
        let end = start + run.len();
        if run.len() > 1 {
            buckets.push(Bucket { start, end });
        }
        start = end;
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
