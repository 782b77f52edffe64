//! The join of a stream: each text is compared with those before it when it arrives.

use super::memory::{FoundInMemory, crowded};
use crate::error::{Error, MOST_DOCUMENTS};
use crate::join::candidates::online::OnlineCrowd;
use crate::join::compare::Compared;
use crate::join::groups::memory::{Added, DistinctSets};
use crate::join::origin::PairFilter;
use crate::join::settings::JoinSettings;
use crate::join::stats::JoinStats;
use crate::join::storage::set_block::{MAX_SPARE_BYTES, SetBlock};
use crate::lsh::{BandTable, Slots};
use crate::set::Overlap;
use crate::text::{Shingler, TextScratch};
use crate::verify::{Criterion, QuerySet};

/// Verifies each arriving text against those before it. It finds the pairs that
/// [`SimilarityJoin`](crate::SimilarityJoin) finds.
#[derive(Debug)]
pub(crate) struct OnlineJoin<Id> {
    shingler: Shingler,
    scratch: TextScratch,
    /// The text that was inserted last, whose memory the next one takes.
    block: SetBlock,
    criterion: Criterion,
    table: BandTable,
    settings: JoinSettings,
    ids: Vec<Id>,
    lengths: Vec<u64>,
    sets: DistinctSets,
    filter: PairFilter,
    crowd: OnlineCrowd,
    compared: Compared,
    stats: JoinStats,
}

/// What an arriving text is like. Numbers are those of documents.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Arrival {
    /// The text has no shingles. It matches nothing.
    Empty,
    /// No earlier text is similar.
    New,
    /// An earlier text is the same: the first one that is.
    Copy(u32),
    /// The first document with the same set, of which none has the same text.
    Equal(u32),
    /// The most similar earlier document, whose set is the overlap's left.
    Similar(u32, Overlap),
}

impl<Id> OnlineJoin<Id> {
    pub(crate) fn new(shingler: Shingler, settings: JoinSettings) -> Self {
        let hasher = settings.hasher.clone();
        Self {
            shingler,
            scratch: TextScratch::default(),
            block: SetBlock::default(),
            criterion: settings.criterion(),
            table: BandTable::new(settings.banding, hasher.scheme().sketch().seed()),
            settings,
            ids: Vec::new(),
            lengths: Vec::new(),
            sets: DistinctSets::new(hasher),
            filter: PairFilter::default(),
            crowd: OnlineCrowd::default(),
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

    /// Adds a text, and says what it is like among those before it.
    ///
    /// # Errors
    /// [`Error::TooManyDocuments`]. Nothing is changed then.
    pub(crate) fn insert(&mut self, id: Id, text: &str) -> Result<Arrival, Error> {
        if self.ids.len() >= MOST_DOCUMENTS as usize {
            return Err(Error::TooManyDocuments);
        }
        let (shingler, scratch) = (&self.shingler, &mut self.scratch);
        let mut block = std::mem::take(&mut self.block);
        block.clear();
        block.push_with(self.sets.hasher(), |features| shingler.append_hashes(text, scratch, features));
        let (added, blocks) = self.sets.add([block], &self.filter);
        // A long document would stay in memory otherwise.
        self.block = blocks.into_iter().find(|block| block.bytes() <= MAX_SPARE_BYTES).unwrap_or_default();
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
        let candidates = self.candidates(group);
        let arrived = self.sets.document(group);
        let mut query = QuerySet::new(arrived);
        for earlier in candidates {
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

    /// Returns the groups that are to be compared with a new one, each once, ascending: those of its buckets up to the limit, and those
    /// that its search of the others finds.
    fn candidates(&mut self, group: u32) -> Vec<u32> {
        let Self { sets, table, settings: JoinSettings { rule, .. }, stats, crowd, criterion, .. } = self;
        let (mut groups, mut oversized) = (Vec::new(), Vec::new());
        for (band, bucket) in table.numbered_buckets_of(sets.document(group).row) {
            // The arriving set makes the bucket one larger.
            if rule.is_oversized(bucket.len() + 1) {
                stats.oversized_buckets += u64::from(!rule.is_oversized(bucket.len()));
                oversized.push((band, bucket));
            } else {
                groups.extend(bucket.iter());
            }
        }
        if !oversized.is_empty() {
            stats.pairs_passed_over +=
                crowd.search(sets, (group, &oversized), (*rule, criterion.sketch_filter()), &mut groups);
        }
        groups.sort_unstable();
        groups.dedup();
        groups
    }

    /// Returns the groups in oversized buckets, in order.
    fn crowded_groups(&self) -> Vec<u32> {
        let is_oversized = |bucket: Slots<'_>| self.settings.rule.is_oversized(bucket.len());
        let is_crowded = |&group: &u32| self.table.buckets_of(self.sets.document(group).row).any(is_oversized);
        (0..self.sets.sets().len() as u32).filter(is_crowded).collect()
    }

    /// Ends the stream.
    pub(crate) fn finish(mut self) -> FoundInMemory<Id> {
        let groups = if self.stats.pairs_passed_over > 0 { self.crowded_groups() } else { Vec::new() };
        let Compared { mut edges, counts } = self.compared;
        edges.sort_unstable_by_key(|edge| (edge.left, edge.right));
        self.stats.candidates = counts.candidates();
        (self.stats.filtered, self.stats.compared) = (counts.filtered, counts.compared);
        let crowded = crowded(self.settings, &self.sets, &self.filter, groups);
        FoundInMemory::new((self.ids, self.lengths), self.sets, edges, crowded, self.stats)
    }
}
