//! The short text inside the long one, among all sets of a corpus.

use super::corpus::Corpus;
use super::progress::{Stage, Watch};
use crate::containment::{FracMinHash, PrefixFilter};
use crate::error::Error;
use crate::pairs::Edge;
use crate::parallel;
use crate::verify::{Criterion, QuerySet, Verdict};

/// Which pairs are looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Containment {
    /// The share of the smaller set that the larger one holds at least.
    pub(super) least: f64,
    pub(super) rules: FracMinHash,
}

/// Keys of more sets than this are common, whatever the rules allow.
const MOST_OF_KEY: usize = 1 << 20;

impl Containment {
    /// Keys of more sets than this are common.
    pub(super) fn limit(&self) -> usize {
        usize::try_from(self.rules.max_document_frequency()).unwrap_or(usize::MAX).min(MOST_OF_KEY)
    }

    pub(super) fn rule(&self) -> Criterion {
        Criterion::Contained(self.least)
    }

    /// All pairs of sets, sorted, and how many candidates there were.
    pub(super) fn edges(&self, corpus: &mut Corpus, watch: &mut Watch<'_>) -> Result<(Vec<Edge>, u64), Error> {
        watch.step(Stage::Sampling, 0, 1)?;
        let sets: Vec<u32> = (0..corpus.sets().len() as u32).collect();
        corpus.sets_mut().sort_all(sets.clone());
        let corpus = &*corpus;
        let postings = self.postings(corpus, &sets);
        watch.step(Stage::Containment, 0, 1)?;
        let found = parallel::map(&sets, Vec::new, |&set, others| self.around(corpus, &postings, set, others));
        let candidates = found.iter().map(|(_, candidates)| candidates).sum();
        let mut edges: Vec<Edge> = found.into_iter().flat_map(|(edges, _)| edges).collect();
        edges.sort_unstable_by_key(|edge| (edge.left, edge.right));
        Ok((edges, candidates))
    }

    /// Keys with the sets that have them: `key << 32 | set`, ascending.
    fn postings(&self, corpus: &Corpus, sets: &[u32]) -> Vec<u64> {
        let of_set = |&set: &u32, (): &mut ()| {
            self.keys(corpus, set).map(|key| u64::from(key) << 32 | u64::from(set)).collect::<Vec<u64>>()
        };
        let mut postings = parallel::map(sets, || (), of_set).concat();
        parallel::sort(&mut postings);
        postings.dedup();
        postings
    }

    /// The keys of a set's sample, which are those of its block.
    fn keys(&self, corpus: &Corpus, set: u32) -> impl Iterator<Item = u32> {
        let salt = corpus.pairing().salt(corpus.first_of(set));
        self.rules.keys(corpus.sets().get(set)).map(move |key| key ^ salt)
    }

    /// The pairs in which a set is the smaller one.
    fn around(&self, corpus: &Corpus, postings: &[u64], set: u32, others: &mut Vec<u32>) -> (Vec<Edge>, u64) {
        let mut keys: Vec<u32> = self.keys(corpus, set).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut runs: Vec<&[u64]> = keys.iter().map(|&key| run_of(postings, key)).collect();
        runs.sort_by_key(|run| run.len());
        let common = runs.iter().filter(|run| run.len() > self.limit()).count();
        let filter = PrefixFilter::new(runs.len(), common, self.least);
        let rank = |set: u32| (corpus.sets().get(set).len(), set);
        let is_larger = |&other: &u32| {
            rank(set) < rank(other) && corpus.pairing().allows(corpus.first_of(set), corpus.first_of(other))
        };
        others.clear();
        others.extend(runs[..filter.prefix].iter().copied().flatten().map(|&entry| entry as u32).filter(is_larger));
        others.sort_unstable();
        let (mut edges, mut candidates) = (Vec::new(), 0);
        for same in others.chunk_by(|a, b| a == b).filter(|same| same.len() >= filter.min_shared) {
            candidates += 1;
            let (left, right) = (set.min(same[0]), set.max(same[0]));
            let mut document = QuerySet::new(corpus.document(left));
            if let Verdict::Verified(overlap) = self.rule().judge(&mut document, corpus.document(right)) {
                edges.push(Edge { left, right, overlap });
            }
        }
        (edges, candidates)
    }
}

/// The entries of a key.
fn run_of(postings: &[u64], key: u32) -> &[u64] {
    let start = postings.partition_point(|&entry| (entry >> 32) < u64::from(key));
    let behind = &postings[start..];
    // Most runs are short.
    let mut end = 1;
    while end < behind.len() && behind[end] >> 32 == u64::from(key) {
        end *= 2;
    }
    let end = end.min(behind.len());
    &behind[..behind[..end].partition_point(|&entry| entry >> 32 == u64::from(key))]
}
