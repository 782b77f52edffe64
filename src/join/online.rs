//! The join of a stream: each text is compared with those before it when it arrives.

use super::memory::FoundInMemory;
use crate::error::{Error, MOST_DOCUMENTS};
use crate::join::compare::Compared;
use crate::join::groups::memory::{Added, DistinctSets};
use crate::join::origin::PairFilter;
use crate::join::stats::JoinStats;
use crate::join::storage::memory::SetBlock;
use crate::lsh::{BandTable, Banding, BucketRule};
use crate::minhash::MinHasher;
use crate::set::Overlap;
use crate::text::{Shingler, TextScratch};
use crate::verify::{Criterion, QuerySet};

/// Verifies each arriving text against those before it. It finds the pairs that
/// [`SimilarityJoin`](crate::SimilarityJoin) finds, as long as no bucket is over the limit: what was compared before a
/// bucket grew over it stays found here.
#[derive(Debug)]
pub(crate) struct OnlineJoin<Id> {
    shingler: Shingler,
    scratch: TextScratch,
    criterion: Criterion,
    table: BandTable,
    rule: BucketRule,
    ids: Vec<Id>,
    lengths: Vec<u64>,
    sets: DistinctSets,
    filter: PairFilter,
    compared: Compared,
    stats: JoinStats,
}

/// What an arriving text is like. Numbers are those of documents.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Arrival {
    Empty,
    New,
    /// The first document with the same text.
    Copy(u32),
    /// The first document with the same set, of which none has the same text.
    Equal(u32),
    /// The most similar earlier document, whose set is the overlap's left.
    Similar(u32, Overlap),
}

impl<Id> OnlineJoin<Id> {
    pub(crate) fn new(
        shingler: Shingler,
        hasher: MinHasher,
        (banding, rule): (Banding, BucketRule),
        criterion: Criterion,
    ) -> Self {
        Self {
            shingler,
            scratch: TextScratch::default(),
            criterion,
            table: BandTable::new(banding, hasher.scheme().sketch().seed()),
            rule,
            ids: Vec::new(),
            lengths: Vec::new(),
            sets: DistinctSets::new(hasher),
            filter: PairFilter::default(),
            compared: Compared::default(),
            stats: JoinStats::default(),
        }
    }

    /// Returns the id of a document that was inserted.
    pub(crate) fn id(&self, document: u32) -> &Id {
        &self.ids[document as usize]
    }

    /// Returns the number of documents inserted.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(crate) fn insert(&mut self, id: Id, text: &str) -> Result<Arrival, Error> {
        if self.ids.len() >= MOST_DOCUMENTS as usize {
            return Err(Error::TooManyDocuments);
        }
        let (shingler, scratch) = (&self.shingler, &mut self.scratch);
        let block = SetBlock::with(self.sets.hasher(), |features| shingler.append_hashes(text, scratch, features));
        let added = self.sets.add([block], &self.filter);
        self.ids.push(id);
        self.lengths.push(text.len() as u64);
        Ok(match added {
            Added::Empty => Arrival::Empty,
            Added::Equal(_, Some(first)) => Arrival::Copy(first),
            Added::Equal(group, None) => Arrival::Equal(self.sets.first_of(group)),
            Added::New(group) => self.compare(group),
        })
    }

    /// Compares a new set with those before it.
    fn compare(&mut self, group: u32) -> Arrival {
        let first_new = self.compared.edges.len();
        self.sets.sets_mut().sort(group);
        let arrived = self.sets.document(group);
        let mut query = QuerySet::new(arrived);
        for earlier in candidates(&self.table, arrived.row, self.rule, &mut self.stats) {
            self.compared.compare(&self.criterion, (group, &mut query), (earlier, self.sets.document(earlier)));
        }
        self.table.insert(arrived.row, group);
        let new = &mut self.compared.edges[first_new..];
        new.iter_mut().for_each(|edge| *edge = edge.swapped());
        // Groups ascend, so of equally similar ones the first is the last maximum of the reversed.
        let nearest = new.iter().rev().max_by(|a, b| a.overlap.jaccard().total_cmp(&b.overlap.jaccard()));
        match nearest {
            Some(edge) => Arrival::Similar(self.sets.first_of(edge.left), edge.overlap),
            None => Arrival::New,
        }
    }

    /// Ends the stream.
    pub(crate) fn finish(mut self) -> FoundInMemory<Id> {
        let Compared { mut edges, counts } = self.compared;
        edges.sort_unstable_by_key(|edge| (edge.left, edge.right));
        self.stats.candidates = counts.candidates();
        (self.stats.filtered, self.stats.compared) = (counts.filtered, counts.compared);
        FoundInMemory::new((self.ids, self.lengths), self.sets, (edges, None), self.stats)
    }
}

/// Returns the groups that share a band with a row, each once, ascending; of a bucket over the limit only the pivots.
fn candidates(table: &BandTable, row: &[u32], rule: BucketRule, stats: &mut JoinStats) -> Vec<u32> {
    let mut groups = Vec::new();
    for bucket in table.buckets_of(row) {
        // The arriving set makes the bucket one larger.
        let compared = rule.compared_with_all(bucket.len() + 1).min(bucket.len());
        let goes_over = rule.is_oversized(bucket.len() + 1) && !rule.is_oversized(bucket.len());
        stats.oversized_buckets += u64::from(goes_over);
        stats.pairs_passed_over += (bucket.len() - compared) as u64;
        groups.extend(bucket.iter().take(compared));
    }
    groups.sort_unstable();
    groups.dedup();
    groups
}
