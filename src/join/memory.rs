//! The join in memory. What it found is in [`VerifiedPairs`](crate::result::VerifiedPairs).

use std::sync::Arc;

use super::candidates::memory::SortedBands;
use super::document::{Content, Document};
use super::edge::{Edge, MemberRecord};
use super::groups::memory::DistinctSets;
use super::intake::{Accepted, HasIntake, Intake};
use super::origin::PairFilter;
use super::progress::Watch;
use super::rejoin::memory::Crowded;
use super::settings::JoinSettings;
use super::stats::JoinStats;
use super::storage::set_block::{BATCH_BYTES, SetBlock};
use crate::error::Error;
use crate::lsh::Banding;
use crate::parallel;

/// Finds all pairs of documents whose shingle sets reach a Jaccard similarity.
///
/// Documents are pushed one by one and hashed in parallel behind the scenes; [`finish`](Self::finish) gives the pairs, each of them
/// verified exactly. Documents with equal shingle sets form a group that is joined once.
///
/// With the feature `rayon`, work runs on the thread pool that it is called in: on the global one, or on one of your own with
/// `pool.install(|| join.finish())`.
///
/// It signs only the positions that the bands use, and at least 64 if the scheme has them, to filter candidates.
///
/// In memory it keeps eight bytes a shingle of each distinct set, four bytes a position that is signed, and, while it finishes, four
/// bytes a band and 16 more; a further copy of a set costs 24 bytes and its id. [`DiskJoin`](crate::join::DiskJoin) keeps these on disk.
///
/// ```
/// use twinprint::{Document, Scheme, SimilarityJoin};
///
/// let mut join = SimilarityJoin::builder(&Scheme::builder().words(1).build()?).threshold(0.6).build()?;
/// join.push(Document::text("a", "the council voted for the harbour plan on monday"))?;
/// join.push(Document::text("b", "the council voted for the harbour plan late on monday"))?;
/// join.push(Document::text("c", "no rain is expected before the weekend"))?;
/// let found = join.finish()?;
/// let pairs = found.pairs();
/// assert_eq!(pairs.len(), 1);
/// assert_eq!((*pairs[0].left, *pairs[0].right, pairs[0].jaccard()), ("a", "b", 8.0 / 9.0));
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Debug)]
pub struct SimilarityJoin<Id> {
    settings: JoinSettings,
    intake: Intake,
    ids: Vec<Id>,
    lengths: Vec<u64>,
    sets: DistinctSets,
}

/// What a join in memory found, before it is shown.
#[derive(Debug)]
pub(crate) struct FoundInMemory<Id> {
    pub(crate) ids: Vec<Id>,
    /// Bytes of each document's text or features.
    pub(crate) lengths: Vec<u64>,
    pub(crate) edges: Vec<Edge>,
    /// Pairs of which the larger set holds the smaller, where that was asked for.
    pub(crate) contained: Option<Vec<Edge>>,
    pub(crate) members: Vec<MemberRecord>,
    /// The hash of the text of each document.
    pub(crate) texts: Vec<u64>,
    /// The sets of oversized buckets, if pairs in these were passed over.
    pub(crate) crowded: Option<Arc<Crowded>>,
    pub(crate) stats: JoinStats,
}

impl<Id> HasIntake for SimilarityJoin<Id> {
    fn intake(&mut self) -> &mut Intake {
        &mut self.intake
    }
}

impl<Id> SimilarityJoin<Id> {
    pub(crate) fn new(settings: JoinSettings) -> Self {
        let intake = Intake::new(settings.hasher.clone(), settings.filter.clone(), BATCH_BYTES);
        let sets = DistinctSets::new(settings.hasher.clone());
        Self { settings, intake, ids: Vec::new(), lengths: Vec::new(), sets }
    }

    /// Returns the banding by which candidates are found.
    #[must_use]
    pub fn banding(&self) -> Banding {
        self.settings.banding
    }

    /// Returns the number of documents pushed so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Returns whether no document was pushed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Adds a document. Ids may repeat; they are only handed back.
    ///
    /// # Errors
    /// [`Error::NoTextFeatures`] where it is a text and the scheme's features are the caller's own; [`Error::TooManyDocuments`].
    /// A document that is refused changes nothing.
    pub fn push<C: Content>(&mut self, document: Document<Id, C>) -> Result<(), Error> {
        let content = document.content.view();
        self.intake.check(content)?;
        self.lengths.push(content.bytes() as u64);
        self.intake.accept(document.origin);
        self.intake.gather(content);
        self.ids.push(document.id);
        if self.intake.is_full() {
            self.hash_gathered();
        }
        Ok(())
    }

    /// Adds documents, which are hashed in parallel where they are: a little faster than to [`push`](Self::push) each, which copies it.
    ///
    /// # Errors
    /// As [`push`](Self::push); the documents before the one that is refused were added.
    pub fn push_all<C: Content + Sync>(
        &mut self,
        documents: impl IntoIterator<Item = Document<Id, C>>,
    ) -> Result<(), Error> {
        self.hash_gathered();
        let mut accepted = Accepted::new(self);
        let (mut bytes, mut refused) = (0, Ok(()));
        for Document { id, content, origin } in documents {
            let Accepted { join, contents, .. } = &mut accepted;
            refused = join.intake.check(content.view());
            if refused.is_err() {
                break;
            }
            let length = content.view().bytes();
            join.intake.accept(origin);
            join.ids.push(id);
            join.lengths.push(length as u64);
            contents.push(content);
            bytes += length + size_of::<C>();
            if bytes >= BATCH_BYTES {
                join.hash_in_place(contents);
                bytes = 0;
            }
        }
        let Accepted { join, contents, .. } = &mut accepted;
        join.hash_in_place(contents);
        refused
    }

    fn hash_in_place<C: Content + Sync>(&mut self, contents: &mut Vec<C>) {
        let blocks = self.intake.hash_in_place(contents);
        self.add(blocks);
        contents.clear();
    }

    fn hash_gathered(&mut self) {
        let blocks = self.intake.hash();
        self.add(blocks);
    }

    fn add(&mut self, blocks: Vec<SetBlock>) {
        let (_, blocks) = self.sets.add(blocks, self.intake.filter());
        self.intake.reuse(blocks);
    }

    /// Finds everything that the settings ask for.
    pub(crate) fn find(mut self, watch: &mut Watch<'_>) -> Result<FoundInMemory<Id>, Error> {
        self.hash_gathered();
        let Self { settings, intake, ids, lengths, mut sets } = self;
        let (filter, mut stats) = (intake.filter(), JoinStats::default());
        let bands = SortedBands::new(&sets, filter, (settings.banding, settings.rule), settings.criterion());
        let (edges, crowd) = bands.edges(&mut sets, (filter, None), &mut stats, watch)?;
        drop(bands);
        let contained = settings.containment.map(|containment| containment.edges(&mut sets, filter, &mut stats, watch));
        let contained = contained.transpose()?;
        let crowded = crowded(settings, &sets, filter, crowd);
        Ok(FoundInMemory::with_documents((ids, lengths), sets, (edges, contained), crowded, stats))
    }
}

impl<Id> FoundInMemory<Id> {
    /// Takes edges between groups, in order.
    pub(crate) fn new(
        documents: (Vec<Id>, Vec<u64>),
        sets: DistinctSets,
        edges: Vec<Edge>,
        crowded: Option<Arc<Crowded>>,
        stats: JoinStats,
    ) -> Self {
        let edges = sets.by_documents(edges);
        Self::with_documents(documents, sets, (edges, None), crowded, stats)
    }

    fn with_documents(
        (ids, lengths): (Vec<Id>, Vec<u64>),
        mut sets: DistinctSets,
        (edges, contained): (Vec<Edge>, Option<Vec<Edge>>),
        crowded: Option<Arc<Crowded>>,
        mut stats: JoinStats,
    ) -> Self {
        let (members, texts) = (sets.members(), sets.take_texts());
        sets.count(&mut stats);
        stats.verified = edges.len() as u64;
        parallel::drop_behind(sets);
        Self { ids, lengths, edges, contained, members, texts, crowded, stats }
    }
}

/// Copies the sets of some groups, which are sorted.
pub(crate) fn crowded(
    settings: JoinSettings,
    sets: &DistinctSets,
    filter: &PairFilter,
    groups: Vec<u32>,
) -> Option<Arc<Crowded>> {
    let mut crowded = Crowded::new(settings);
    for group in groups {
        let first = sets.first_of(group);
        crowded.push(first, filter.origin(first), sets.sets().get(group));
    }
    (!crowded.is_empty()).then(|| Arc::new(crowded))
}
