//! The join one document at a time.

use super::Corpus;
use super::buckets::leaders_of;
use super::corpus::Added;
use super::pairing::Pairing;
use super::sets::Block;
use crate::error::Error;
use crate::lsh::{BandTable, Banding};
use crate::minhash::MinHasher;
use crate::pairs::{Edge, JoinStats, VerifiedPairs};
use crate::set::Overlap;
use crate::text::{Shingler, TextScratch};
use crate::verify::{Cascade, QuerySet, Verdict};

/// Verifies each arriving text against those before it. It finds the pairs that
/// [`SimilarityJoin`](crate::SimilarityJoin) finds, as long as no bucket is over the limit: what was compared before a
/// bucket grew over it stays found here.
#[derive(Debug)]
pub(crate) struct OnlineJoin<Id> {
    shingler: Shingler,
    scratch: TextScratch,
    cascade: Cascade,
    table: BandTable,
    bucket_limit: usize,
    ids: Vec<Id>,
    lengths: Vec<u64>,
    corpus: Corpus,
    edges: Vec<Edge>,
    stats: JoinStats,
}

/// What an arriving text is like. Numbers are those of documents.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Arrival {
    Empty,
    New,
    Copy(u32),
    /// The most similar earlier document, whose set is the overlap's left.
    Similar(u32, Overlap),
}

impl<Id> OnlineJoin<Id> {
    pub(super) fn new(
        shingler: Shingler,
        hasher: MinHasher,
        banding: Banding,
        threshold: f64,
        bucket_limit: usize,
    ) -> Self {
        Self {
            shingler,
            scratch: TextScratch::default(),
            cascade: Cascade::new(threshold, banding.min_agreeing(hasher.num_hashes(), threshold)),
            table: BandTable::new(banding, hasher.scheme().sketch().seed()),
            bucket_limit,
            ids: Vec::new(),
            lengths: Vec::new(),
            corpus: Corpus::new(hasher, Pairing::default()),
            edges: Vec::new(),
            stats: JoinStats::default(),
        }
    }

    /// The id of a document that was inserted.
    pub(crate) fn id(&self, document: u32) -> &Id {
        &self.ids[document as usize]
    }

    pub(crate) fn insert(&mut self, id: Id, text: &str) -> Result<Arrival, Error> {
        let features = self.shingler.hashes_into(text, &mut self.scratch);
        let added = self.corpus.add([Block::of(self.corpus.hasher(), features)])?;
        self.ids.push(id);
        self.lengths.push(text.len() as u64);
        Ok(match added {
            Added::Empty => Arrival::Empty,
            Added::Copy(group) => Arrival::Copy(self.corpus.first_of(group)),
            Added::New(group) => self.join(group),
        })
    }

    /// Joins a new set with those before it.
    fn join(&mut self, group: u32) -> Arrival {
        let earlier_edges = self.edges.len();
        self.corpus.sets_mut().sort(group);
        let arrived = self.corpus.document(group);
        let mut left = QuerySet::new(arrived);
        for earlier in candidates(&self.table, arrived.row, self.bucket_limit, &mut self.stats) {
            self.stats.candidates += 1;
            match self.cascade.judge(&mut left, self.corpus.document(earlier)) {
                Verdict::Filtered => self.stats.filtered += 1,
                Verdict::Rejected => self.stats.compared += 1,
                Verdict::Verified(overlap) => {
                    self.stats.compared += 1;
                    self.edges.push(Edge { left: earlier, right: group, overlap: overlap.swapped() });
                }
            }
        }
        self.table.insert(arrived.row, group);
        // Groups ascend, so of equally similar ones the first is the last maximum of the reversed.
        let nearest =
            self.edges[earlier_edges..].iter().rev().max_by(|a, b| a.overlap.jaccard().total_cmp(&b.overlap.jaccard()));
        match nearest {
            Some(edge) => Arrival::Similar(self.corpus.first_of(edge.left), edge.overlap),
            None => Arrival::New,
        }
    }

    pub(crate) fn finish(mut self) -> VerifiedPairs<Id> {
        self.edges.sort_unstable_by_key(|edge| (edge.left, edge.right));
        self.corpus.into_pairs(self.ids, self.lengths, (self.edges, None), self.stats)
    }
}

/// The groups that share a band with a row, each once, ascending; of buckets over the limit only the first ones.
fn candidates(table: &BandTable, row: &[u32], limit: usize, stats: &mut JoinStats) -> Vec<u32> {
    let mut groups = Vec::new();
    for bucket in table.buckets_of(row) {
        let looked_at = if bucket.len() < limit { bucket.len() } else { leaders_of(limit) };
        stats.oversized_buckets += u64::from(bucket.len() == limit);
        stats.pairs_passed_over += (bucket.len() - looked_at) as u64;
        groups.extend(bucket.iter().take(looked_at));
    }
    groups.sort_unstable();
    groups.dedup();
    groups
}
