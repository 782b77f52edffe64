//! The join on disk, for a corpus that is larger than memory. It finds the same pairs as the join in memory.
//!
//! Documents are hashed as they come. Their sets and band keys are written to [segments](super::storage::segments). After the last
//! one, equal sets become [groups](super::groups::external). The band keys of their first documents give
//! [candidates](super::candidates::external), band by band, and these are [verified](super::verify::passes) in passes over the sets.
//! Section 8 of DESIGN.md follows an example through every file.

use std::sync::Arc;

use super::candidates::containment::external::Samples;
use super::candidates::external::{Candidates, Finder};
use super::document::{Content, Document, View};
use super::groups::{external as groups, stored};
use super::intake::{Accepted, HasIntake, Intake};
use super::origin::Origin;
use super::progress::Watch;
use super::rejoin::external::CrowdedOnDisk;
use super::settings::JoinSettings;
use super::shard_places::ShardPlaces;
use super::storage::band_keys::{BandKeyWriter, SegmentHash};
use super::storage::memory_check::MemoryCheck;
use super::storage::scratch::ScratchDir;
use super::storage::segments::{DocumentKey, Documents, Segments};
use super::storage::set_block::SetBlock;
use super::storage::work_dir::WorkDir;
use super::storage::writer::{Limits, SegmentWriter};
use super::stored_result::{Part, ResultFiles, StoredResult};
use super::verify::chunk_edges::ChunkEdges;
use super::verify::passes::{ChunkHomes, Verifier};
use crate::error::Error;
use crate::lsh::Banding;

/// How much memory and how large segments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DiskLimits {
    pub(crate) memory: u64,
    /// Bytes of sets that are stored as one segment.
    pub(crate) segment: u64,
}

impl DiskLimits {
    /// Returns the largest of what is held at once. Most is held where candidates are found (one of these, and as much in smaller
    /// sorters), and where they are verified (a chunk of sets, and half of that in probes and edges). What reading and hashing took is
    /// left out, because allocators seldom give it back.
    pub(crate) fn share(self) -> usize {
        let memory = self.memory;
        usize::try_from((memory - READING_BYTES.min(memory / 2)) / 4).unwrap_or(usize::MAX)
    }
}

/// The least memory that a join on disk can work with. Tests allow less, so that they need files for few documents.
pub(crate) const MIN_MEMORY: u64 = 64 << 20;

/// The usual size of a segment: a few seconds of work, which is what an interruption can cost.
pub(crate) const SEGMENT_BYTES: u64 = 256 << 20;

/// A [`SimilarityJoin`](crate::SimilarityJoin) of a corpus that need not fit in memory. It keeps sets and band keys in a
/// folder, and finds the same pairs within a limit of memory.
///
/// What is pushed is stored in segments of a few hundred megabytes, each complete or not there at all. A join that
/// was interrupted is [built](crate::SimilarityJoinBuilder::build_on_disk) in the same folder again and the same documents are pushed:
/// those already stored are recognised, at the speed of reading, and not hashed again. Every byte that is read
/// back is checked. Work is done on rayon's current pool; besides, up to three threads write what is pushed, and mostly wait for the disk.
///
/// A folder holds about eight bytes a distinct shingle of each document, four bytes a band of its signature and its
/// id; while the join finishes, the sets that have candidates once or twice more. Equal sets are found by 128-bit hashes under a key drawn at random for
/// each folder, and are not compared element by element; all other pairs are.
///
/// ```
/// use twinprint::{Document, Scheme, SimilarityJoin};
///
/// let folder = std::env::temp_dir().join("twinprint-example");
/// # let _ = std::fs::remove_dir_all(&folder);
/// let scheme = Scheme::builder().words(1).build()?;
/// let mut join = SimilarityJoin::builder(&scheme).threshold(0.6).memory_limit(1 << 30).build_on_disk(&folder)?;
/// join.push(Document::text("a", "the council voted for the harbour plan on monday"))?;
/// join.push(Document::text("b", "the council voted for the harbour plan late on monday"))?;
/// join.push(Document::text("c", "no rain is expected before the weekend"))?;
/// let mut found = join.finish()?;
/// let pairs = found.pairs()?.collect::<Result<Vec<_>, _>>()?;
/// assert_eq!(pairs.len(), 1);
/// assert_eq!((pairs[0].left, pairs[0].right, pairs[0].jaccard()), (0, 1, 8.0 / 9.0));
/// # std::fs::remove_dir_all(&folder).expect("the example's own folder");
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Debug)]
pub struct DiskJoin {
    settings: JoinSettings,
    pub(crate) limits: DiskLimits,
    check: MemoryCheck,
    segments: Segments,
    keys: BandKeyWriter,
    writer: SegmentWriter,
    /// Documents that an earlier run stored, and those of them that have not been pushed again yet.
    stored: u32,
    expected: Documents,
    document_keys: Vec<DocumentKey>,
    intake: Intake,
    /// What shards have done already.
    places: Option<ShardPlaces>,
}

/// What a join on disk found, before it is shown.
pub(crate) struct FoundOnDisk {
    pub(crate) segments: Segments,
    pub(crate) result: StoredResult,
    /// What it takes to join kept documents again, if pairs were passed over.
    pub(crate) crowded: Option<CrowdedOnDisk>,
    /// Bytes that one sorter may take.
    pub(crate) memory: usize,
    /// Bytes of memory that the caller allows in all.
    pub(crate) limit: u64,
}

/// Bytes that documents take while they are read and hashed.
const READING_BYTES: u64 = 48 << 20;

impl HasIntake for DiskJoin {
    fn intake(&mut self) -> &mut Intake {
        &mut self.intake
    }
}

impl DiskJoin {
    pub(crate) fn open(work: &Arc<WorkDir>, settings: JoinSettings, limits: DiskLimits) -> Result<Self, Error> {
        let segments = Segments::open(work, settings.owner(), None)?;
        Self::with_segments(segments, settings, limits, None)
    }

    /// Opens the part of a shard, whose sets are hashed under the key of all shards.
    pub(crate) fn of_shard(
        work: &Arc<WorkDir>,
        settings: JoinSettings,
        limits: DiskLimits,
        key: u64,
    ) -> Result<Self, Error> {
        let segments = Segments::open(work, settings.owner(), Some(key))?;
        Self::with_segments(segments, settings, limits, None)
    }

    /// Opens what shards have done. No further documents are taken.
    pub(crate) fn of_shards(
        segments: Segments,
        settings: JoinSettings,
        limits: DiskLimits,
        places: ShardPlaces,
    ) -> Result<Self, Error> {
        Self::with_segments(segments, settings, limits, Some(places))
    }

    fn with_segments(
        segments: Segments,
        settings: JoinSettings,
        limits: DiskLimits,
        places: Option<ShardPlaces>,
    ) -> Result<Self, Error> {
        let keys = BandKeyWriter::new(&settings.hasher, settings.banding, settings.owner());
        // Keys of the segment that is being written are held, and of the one that is being synchronized.
        let max_keys = (limits.memory / 16).clamp(1 << 18, READING_BYTES / 4) as usize;
        // Of the shingles of what waits there are three copies: as they come, sorted, and on their way to the disk.
        let waiting = (limits.memory / 128).max(1 << 14) as usize;
        let writer_limits = Limits { sets: limits.segment, keys: max_keys };
        let writer = SegmentWriter::new(segments.dir(), keys.clone(), segments.set_hasher(), writer_limits);
        let mut stored = 0;
        let mut documents = segments.documents();
        while documents.next()?.is_some() {
            stored += 1;
        }
        let intake = Intake::new(settings.hasher.clone(), settings.filter.clone(), waiting);
        let (expected, document_keys) = (segments.documents(), Vec::new());
        let check = MemoryCheck::new(limits.memory.max(MIN_MEMORY), settings.hasher.scheme());
        Ok(Self { settings, limits, check, segments, keys, writer, stored, expected, document_keys, intake, places })
    }

    /// Returns the banding by which candidates are found.
    #[must_use]
    pub fn banding(&self) -> Banding {
        self.settings.banding
    }

    /// Returns the number of documents pushed so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.intake.documents() as usize
    }

    /// Returns whether no document was pushed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of documents that an earlier run has stored in the folder. They are to be pushed first, and are not hashed
    /// again.
    #[must_use]
    pub fn stored_len(&self) -> usize {
        self.stored as usize
    }

    /// Adds a document. Ids are strings, integers, or whatever has a text form; they may repeat. A document that an earlier run stored
    /// is recognised by its id, its text or features (in any order), and where it is from; a text is never taken for features.
    ///
    /// # Errors
    /// [`Error::NoTextFeatures`] where it is a text and the scheme's features are the caller's own; [`Error::TooManyDocuments`];
    /// [`Error::ChangedInput`] where an earlier run stored another document in this place; [`Error::File`] names the file that could
    /// not be written or read; [`Error::MemoryLimit`] where the document, its id, or the origins of all documents take more memory than
    /// the limit leaves for them. A document that is refused changes nothing.
    // By value, as in memory.
    #[allow(clippy::needless_pass_by_value)]
    pub fn push<C: Content>(&mut self, document: Document<impl ToString, C>) -> Result<(), Error> {
        let Document { id, content, origin } = document;
        let Some(held) = self.take_in(id.to_string(), content.view(), origin)? else { return Ok(()) };
        self.intake.gather(content.view());
        self.intake.hold(held);
        if self.intake.is_full() { self.store_gathered() } else { Ok(()) }
    }

    /// Adds documents, which are hashed in parallel where they are: a little faster than to [`push`](Self::push) each, which copies it.
    ///
    /// # Errors
    /// As [`push`](Self::push); the documents before the one that is refused were added.
    pub fn push_all<C: Content + Sync>(
        &mut self,
        documents: impl IntoIterator<Item = Document<impl ToString, C>>,
    ) -> Result<(), Error> {
        let mut accepted = Accepted::new(self);
        let (mut bytes, mut refused) = (0, Ok(()));
        for Document { id, content, origin } in documents {
            let Accepted { join, contents, held } = &mut accepted;
            match join.take_in(id.to_string(), content.view(), origin) {
                Ok(Some(of_key)) => *held += of_key,
                Ok(None) => continue,
                Err(error) => {
                    refused = Err(error);
                    break;
                }
            }
            bytes += content.view().bytes() + size_of::<C>();
            contents.push(content);
            if bytes + *held >= join.intake.limit() {
                (bytes, *held) = (0, 0);
                join.store_in_place(contents)?;
            }
        }
        let Accepted { join, contents, held } = &mut accepted;
        if join.intake.is_enough(bytes + *held) {
            *held = 0;
            join.store_in_place(contents)?;
        }
        refused
    }

    /// Checks a document, and takes its key. Returns the bytes of the key, or nothing if an earlier run has stored the document.
    fn take_in(&mut self, id: String, content: View<'_>, origin: Origin) -> Result<Option<usize>, Error> {
        self.intake.check(content)?;
        let origin_bytes = self.intake.filter().bytes_with_next();
        self.check.check(self.intake.documents(), &id, content, origin_bytes)?;
        let key = DocumentKey::new(origin, id, content);
        if self.intake.documents() < self.stored {
            return self.recognise(&key).map(|()| None);
        }
        if self.places.is_some() {
            let document = self.intake.documents();
            return Err(Error::ChangedInput { document, stored: None, pushed: Some(key.id) });
        }
        self.intake.accept(origin);
        let bytes = key.id.len() + size_of::<DocumentKey>();
        self.document_keys.push(key);
        Ok(Some(bytes))
    }

    /// Stores everything that was pushed. A join that is dropped loses up to a few hundred megabytes of documents; what is flushed is found
    /// again by the next join in this folder. Each call ends a segment, and many small ones make the join slower.
    ///
    /// ```
    /// use twinprint::{Document, Scheme, SimilarityJoin};
    ///
    /// # let folder = std::env::temp_dir().join(format!("twinprint-flush-{}", std::process::id()));
    /// let builder = SimilarityJoin::builder(&Scheme::web()).threshold(0.8);
    /// let mut join = builder.clone().build_on_disk(&folder)?;
    /// join.push(Document::text("a", "the council voted for the harbour plan on monday"))?;
    /// join.flush()?;
    /// drop(join);
    /// assert_eq!(builder.build_on_disk(&folder)?.stored_len(), 1);
    /// # std::fs::remove_dir_all(&folder).expect("the example's own folder");
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::File`] if a file cannot be written.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.store_gathered()?;
        self.segments.set_segments(self.writer.close()?);
        Ok(())
    }

    /// Takes all [stored](Self::stored_len) documents as pushed, without reading their texts again: to join them at another threshold or
    /// with another banding.
    ///
    /// # Errors
    /// [`Error::File`] names the file that cannot be read.
    pub fn reuse_stored(&mut self) -> Result<(), Error> {
        while self.intake.documents() < self.stored {
            let origin = self.expected.next()?.map_or_else(Origin::default, |document| document.key.origin);
            self.intake.accept(origin);
        }
        Ok(())
    }

    /// Compares a document with the one stored in its place.
    fn recognise(&mut self, pushed: &DocumentKey) -> Result<(), Error> {
        let stored = self.expected.next()?.map(|document| document.key);
        if !stored.as_ref().is_some_and(|stored| stored.is(pushed)) {
            let (stored, pushed) = (stored.map(|key| key.id.to_string()), Some(pushed.id.clone()));
            return Err(Error::ChangedInput { document: self.intake.documents(), stored, pushed });
        }
        self.intake.accept(pushed.origin);
        Ok(())
    }

    /// Hashes what was gathered, in parallel, and stores it in order.
    fn store_gathered(&mut self) -> Result<(), Error> {
        let (blocks, document_keys) = (self.intake.hash(), std::mem::take(&mut self.document_keys));
        self.store_blocks(document_keys, blocks)
    }

    /// Hashes the documents that were accepted last where they are, in parallel, and stores them in order, behind what was gathered.
    /// Leaves nothing in `contents`.
    fn store_in_place<C: Content + Sync>(&mut self, contents: &mut Vec<C>) -> Result<(), Error> {
        let mut taken = std::mem::take(contents);
        let document_keys = self.document_keys.split_off(self.document_keys.len() - taken.len());
        self.store_gathered()?;
        let blocks = self.intake.hash_in_place(&taken);
        self.store_blocks(document_keys, blocks)?;
        taken.clear();
        *contents = taken;
        Ok(())
    }

    fn store_blocks(&mut self, document_keys: Vec<DocumentKey>, mut blocks: Vec<SetBlock>) -> Result<(), Error> {
        if !document_keys.is_empty() {
            self.writer.add(document_keys, &mut blocks)?;
        }
        self.intake.reuse(blocks);
        Ok(())
    }

    /// Finds everything that the settings ask for, or takes what an earlier run found.
    pub(crate) fn find(mut self, watch: &mut Watch<'_>) -> Result<FoundOnDisk, Error> {
        self.store_all()?;
        let documents = self.intake.documents();
        let scratch = ScratchDir::begin(self.segments.work(), self.limits.share())?;
        let (result, candidates, segment_hashes) = self.join(&scratch, watch)?;
        scratch.end()?;
        let (stats, parameters) = (result.stats(), self.settings.parameters());
        // Pairs are worked out with two sorters at once, and written with a look-up of ids.
        let (memory, limit) = (self.limits.share() / 2, self.limits.memory.max(MIN_MEMORY));
        let Self { settings, segments, keys, intake, .. } = self;
        let crowded = (stats.pairs_passed_over > 0).then(|| CrowdedOnDisk {
            settings,
            filter: intake.into_filter(),
            keys,
            parameters,
            candidates,
            documents,
            segment_hashes,
        });
        Ok(FoundOnDisk { segments, result, crowded, memory, limit })
    }

    /// Stores what was pushed, and returns the segments.
    pub(crate) fn store(mut self) -> Result<Segments, Error> {
        self.store_all()?;
        Ok(self.segments)
    }

    /// Makes whole segments of all that was pushed, which must be all that an earlier run has stored, or more.
    fn store_all(&mut self) -> Result<(), Error> {
        let documents = self.intake.documents();
        if documents < self.stored {
            let stored = self.expected.next()?.map(|document| document.key.id.to_string());
            return Err(Error::ChangedInput { document: documents, stored, pushed: None });
        }
        self.flush()
    }

    /// Returns what was found, with the candidates and the hashes of segments that it follows from.
    fn join(
        &self,
        scratch: &ScratchDir,
        watch: &mut Watch<'_>,
    ) -> Result<(StoredResult, Candidates, Vec<SegmentHash>), Error> {
        let (containment, parameters) = (&self.settings.containment, self.settings.parameters());
        let (segments, keys, filter) = (&self.segments, &self.keys, self.intake.filter());
        let work = segments.work();
        let groups = match &self.places {
            Some(places) => stored::read(&places.groups, places.groups_owner)?,
            None => groups::find(segments, filter, scratch, watch)?,
        };
        let finder = Finder { segments, keys, groups: &groups, filter, parameters, rank: None, scratch };
        let samples = containment.map(|containment| {
            let samples = Samples { segments, groups: &groups, filter, containment, scratch };
            (samples.file(), samples)
        });
        let (candidates, homes) = match &self.places {
            Some(places) => (finder.file_in(&places.candidates), ChunkHomes::Shards(&places.verified)),
            None => (finder.file_in(work), ChunkHomes::One(work)),
        };
        let criterion = self.settings.criterion();
        let files = ResultFiles::of(work, (&candidates, criterion), samples.as_ref().map(|(candidates, _)| candidates));
        if let Some(result) = files.outcome()? {
            ChunkEdges::remove_all(work)?;
            return Ok((result, candidates, groups.segment_hashes));
        }
        let verify = |criterion, known, candidates: &Candidates, watch: &mut Watch<'_>| {
            Verifier { segments, keys, groups: &groups, criterion, known, scratch, homes }.edges(candidates, watch)
        };
        finder.find(&candidates, watch)?;
        let (edges, mut stats) = verify(criterion, None, &candidates, watch)?;
        stats.verified = files.write_edges(Part::Edges, Some(edges))?;
        let contained = match &samples {
            Some((candidates, samples)) => {
                samples.find(candidates, watch)?;
                let (edges, of_samples) = verify(samples.containment.criterion(), Some(&files), candidates, watch)?;
                stats.contained_candidates = of_samples.candidates;
                stats.contained_too_common = of_samples.contained_too_common;
                Some(edges)
            }
            None => None,
        };
        stats.contained = files.write_edges(Part::Contained, contained)?;
        let segment_hashes = groups.segment_hashes.clone();
        let result = files.write(groups, segments, stats)?;
        ChunkEdges::remove_all(work)?;
        Ok((result, candidates, segment_hashes))
    }
}

#[cfg(test)]
mod tests;
