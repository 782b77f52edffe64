//! What a join on disk found.

use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};

use xxhash_rust::xxh3::xxh3_128;

use super::accepted::Accepted;
use super::disk_clusters::DiskClusters;
use super::pairs::{all_pairs, contained_pairs, count_pairs};
use super::ranks::Ranks;
use super::same_texts::SameTexts;
use super::{Clustering, ContainedPair, Found, Keep, Pair, Relation, Rows, VerifiedPairs};
use crate::error::Error;
use crate::external::{RecordReader, Records, Sort, Sorters};
use crate::join::edge::{Edge, Members, next_edge, split};
use crate::join::external::FoundOnDisk;
use crate::join::progress::{Progress, Watch};
use crate::join::rejoin::external::CrowdedOnDisk;
use crate::join::storage::id_lookup::IdFile;
use crate::join::storage::memory_check::refused;
use crate::join::storage::scratch::ScratchDir;
use crate::join::storage::segments::Segments;
use crate::join::storage::set_removal::SetRemoval;
use crate::join::stored_result::{Part, StoredResult};
use crate::join::{DiskJoin, IdLookup, JoinStats};

/// Holds the outcome of a [`DiskJoin`], on disk. Documents are numbered from 0, in the order in which they were
/// pushed.
///
/// Results come as iterators that read from files, and their ids from [`id_lookup`](Self::id_lookup) or
/// [`ids`](Self::ids). Memory stays within the limit of the join, except that clusters take up to some bytes for
/// each document; see [`clusters`](Self::clusters). Where all of it fits, [`load`](Self::load) gives a
/// [`VerifiedPairs`].
///
/// It reads the work folder as long as it lives, so drop it before the folder is removed.
///
/// ```
/// use twinprint::{Document, Error, Scheme, SimilarityJoin};
///
/// let folder = std::env::temp_dir().join("twinprint-example-disk-pairs");
/// # let _ = std::fs::remove_dir_all(&folder);
/// let scheme = Scheme::builder().words(1).build()?;
/// let mut join = SimilarityJoin::builder(&scheme).threshold(0.5).build_on_disk(&folder)?;
/// for (id, text) in [("a", "one two three"), ("b", "rain"), ("c", "one two three four")] {
///     join.push(Document::text(id, text))?;
/// }
/// let found = join.finish()?;
/// let mut ids = found.id_lookup()?;
/// for pair in found.pairs()? {
///     let pair = pair?;
///     let (left, right) = (ids.get(pair.left)?.to_owned(), ids.get(pair.right)?);
///     assert_eq!((left.as_str(), right, pair.jaccard()), ("a", "c", 0.75));
/// }
/// # drop((found, ids));
/// # std::fs::remove_dir_all(&folder).expect("the example's own folder");
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct DiskPairs {
    pub(super) segments: Segments,
    pub(super) result: StoredResult,
    /// What it takes to join kept documents again, if pairs were passed over.
    pub(super) crowded: Option<CrowdedOnDisk>,
    /// Bytes that one sorter may take.
    memory: usize,
    /// Bytes of memory that the caller allows in all.
    pub(super) limit: u64,
    /// The ids, once they were asked for.
    ids: OnceLock<Arc<IdFile>>,
    /// Which documents are copies, once it was asked for.
    texts: OnceLock<Arc<SameTexts>>,
    /// The pairs that make clusters, if not all do.
    pub(super) accepted: Option<Accepted>,
    /// The removal of the sets, once it was begun.
    removal: Option<SetRemoval>,
}

/// Bytes that the length of a document takes, and its place in an order.
const LENGTH_BYTES: usize = size_of::<u64>();
const RANK_BYTES: usize = 2 * size_of::<u32>();

impl DiskJoin {
    /// Finds all pairs that reach the threshold, verified.
    ///
    /// # Errors
    /// [`Error::ChangedInput`] if fewer documents were pushed than an earlier run had stored; [`Error::File`] names the
    /// file that could not be written or read.
    pub fn finish(self) -> Result<DiskPairs, Error> {
        self.finish_with(|_| ControlFlow::Continue(()))
    }

    /// Finds all pairs as [`finish`](Self::finish) does, and reports progress now and then, from this thread. The join
    /// ends if the callback breaks, and can be resumed in the same folder: what is stored of the documents stays.
    ///
    /// # Errors
    /// As [`finish`](Self::finish); [`Error::Cancelled`] if the callback breaks.
    pub fn finish_with(self, mut progress: impl FnMut(Progress) -> ControlFlow<()>) -> Result<DiskPairs, Error> {
        let FoundOnDisk { segments, result, crowded, memory, limit } = self.find(&mut Watch::new(&mut progress))?;
        Ok(DiskPairs {
            segments,
            result,
            crowded,
            memory,
            limit,
            ids: OnceLock::new(),
            texts: OnceLock::new(),
            accepted: None,
            removal: None,
        })
    }
}

impl Found for DiskPairs {
    type Error = Error;
    type Sorters = ScratchDir;
    type Edges<'a> = RecordReader<3>;
    type Copies<'a> = Members<RecordReader<2>>;

    fn documents(&self) -> u32 {
        self.result.stats().documents as u32
    }

    fn edges(&self, relation: Relation) -> Result<RecordReader<3>, Error> {
        self.result.records(match relation {
            Relation::Similar => Part::Edges,
            Relation::Contained => Part::Contained,
        })
    }

    fn copies(&self) -> Result<Members<RecordReader<2>>, Error> {
        self.members().map(Members)
    }

    fn lengths(&self) -> Result<Vec<u64>, Error> {
        let mut lengths = Vec::with_capacity(self.documents() as usize);
        let mut documents = self.segments.documents();
        while let Some(document) = documents.next()? {
            lengths.push(document.key.bytes);
        }
        Ok(lengths)
    }
}

impl DiskPairs {
    /// Returns what the join did.
    #[must_use]
    pub fn stats(&self) -> JoinStats {
        self.result.stats()
    }

    /// Yields the ids of all documents, in order.
    ///
    /// # Errors
    /// [`Error::File`], in place of an id, if a file cannot be read.
    pub fn ids(&self) -> impl Iterator<Item = Result<String, Error>> + '_ {
        let mut documents = self.segments.documents();
        std::iter::from_fn(move || {
            documents.next().map(|next| next.map(|document| document.key.id.to_string())).transpose()
        })
    }

    /// Returns two documents that have the same id, if there are any, by their numbers: the earlier one, and the later.
    ///
    /// A join takes ids as they are and does not need them to differ. Use this before results are joined with other
    /// data by id. The ids are sorted by hashes of 128 bits, on disk.
    ///
    /// # Errors
    /// [`Error::File`] if a file cannot be written or read.
    pub fn find_duplicate_id(&self) -> Result<Option<(u32, u32)>, Error> {
        let scratch = self.scratch()?;
        let mut by_hash = scratch.sorter::<3>("ids");
        let (mut documents, mut number) = (self.segments.documents(), 0);
        while let Some(document) = documents.next()? {
            let hash = xxh3_128(document.key.id.as_bytes());
            by_hash.push([(hash >> 64) as u64, hash as u64, number])?;
            number += 1;
        }
        let (mut sorted, mut last) = (by_hash.finish()?, None);
        while let Some([upper, lower, document]) = sorted.next()? {
            match last {
                Some((hash, earlier)) if hash == [upper, lower] => return Ok(Some((earlier, document as u32))),
                _ => last = Some(([upper, lower], document as u32)),
            }
        }
        Ok(None)
    }

    /// Visits the shingle set of every document, sorted, in the order of the documents. It reads all sets once, eight
    /// bytes for each shingle.
    ///
    /// # Errors
    /// [`Error::File`] if a file cannot be read.
    pub fn for_each_set(&self, mut visit: impl FnMut(u32, &[u64])) -> Result<(), Error> {
        let (mut documents, mut sets, mut set, mut number) =
            (self.segments.documents(), self.segments.sets(), Vec::new(), 0);
        while let Some(document) = documents.next()? {
            set.clear();
            sets.append(document.set.size as usize, document.set.check(), &mut set)?;
            visit(number, &set);
            number += 1;
        }
        Ok(())
    }

    /// Removes the sets, most of what the work folder holds, on a thread of its own while the pairs are used. It saves disk space before
    /// results are written, and the time to remove it all at the end. [`for_each_set`](Self::for_each_set) returns an error once they are gone.
    ///
    /// Does nothing where the sets are still needed: in a folder that is [durable](crate::SimilarityJoinBuilder::durable), which a later
    /// run may resume, and where pairs were [passed over](JoinStats::pairs_passed_over), whose documents are compared again for clusters.
    ///
    /// ```
    /// use twinprint::{Document, Scheme, SimilarityJoin};
    ///
    /// let folder = std::env::temp_dir().join("twinprint-example-discard");
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// let scheme = Scheme::builder().words(1).build()?;
    /// let mut join = SimilarityJoin::builder(&scheme).threshold(0.5).durable(false).build_on_disk(&folder)?;
    /// join.push(Document::text("a", "one two three"))?;
    /// join.push(Document::text("b", "one two three four"))?;
    /// let mut found = join.finish()?;
    /// found.discard_sets();
    /// assert_eq!(found.pairs()?.count(), 1);
    /// drop(found);
    /// twinprint::join::remove_work_folder(&folder)?;
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    pub fn discard_sets(&mut self) {
        if self.removal.is_none() && self.crowded.is_none() && !self.segments.work().own().is_durable() {
            self.removal = Some(SetRemoval::begin(&self.segments));
        }
    }

    /// Returns a look-up of ids by the numbers of documents, in any order: from memory as far as the limit goes, else
    /// from a file, which is written once.
    ///
    /// # Errors
    /// [`Error::File`] if a file cannot be written or read.
    pub fn id_lookup(&self) -> Result<IdLookup, Error> {
        let ids = match self.ids.get() {
            Some(ids) => Arc::clone(ids),
            None => {
                let ids = Arc::new(IdFile::write(&self.segments, self.scratch()?)?);
                Arc::clone(self.ids.get_or_init(|| ids))
            }
        };
        IdLookup::new(ids, self.memory)
    }

    /// Returns the verified pairs, each group represented by its first document: that document with each of its copies,
    /// and with the first documents of the groups that are similar to it. Ordered by left, then right document.
    ///
    /// Every document that is similar to any other is in a pair, so it is enough to decide what to keep.
    ///
    /// # Errors
    /// [`Error::File`], at once or in place of a pair, if a file cannot be written or read.
    pub fn pairs(&self) -> Result<Rows<Pair<u32>>, Error> {
        self.all_pairs(1)
    }

    /// Returns the verified pairs as [`pairs`](Self::pairs) does, but a group of up to `max_group` documents is
    /// represented by every one of them: all pairs among them, and of each with those of similar groups. The number of
    /// pairs grows with the square of the maximum, and so does the disk space for sorting them.
    ///
    /// # Errors
    /// As [`pairs`](Self::pairs).
    pub fn all_pairs(&self, max_group: usize) -> Result<Rows<Pair<u32>>, Error> {
        let scratch = self.scratch()?;
        let pairs = all_pairs(self, Relation::Similar, max_group, &scratch)?;
        Ok(Rows::new(pairs, Pair::from_edge, self.same_texts()?, scratch))
    }

    /// Returns how many pairs [`all_pairs`](Self::all_pairs) gives, without making them: ten similar texts in a
    /// thousand copies each are 10,035 pairs with a maximum of 1, and 50 million with one of 1,000.
    ///
    /// # Errors
    /// [`Error::File`] if a file cannot be written or read.
    pub fn count_pairs(&self, max_group: usize) -> Result<u64, Error> {
        count_pairs(self, Relation::Similar, max_group, &self.scratch()?)
    }

    /// Returns the documents that hold at least the share of another one that was [asked
    /// for](crate::SimilarityJoinBuilder::containment); none if nothing was. Copies hold one another. A group of up to
    /// `max_group` documents is represented by every one of them, a larger one by its first. Ordered by inner, then
    /// outer document.
    ///
    /// # Errors
    /// As [`pairs`](Self::pairs).
    pub fn contained(&self, max_group: usize) -> Result<Rows<ContainedPair<u32>>, Error> {
        let scratch = self.scratch()?;
        let pairs = if self.result.knows_contained() {
            contained_pairs(self, max_group, &scratch)?
        } else {
            scratch.sorter::<3>("none").finish()?
        };
        Ok(Rows::new(pairs, ContainedPair::from_edge, self.same_texts()?, scratch))
    }

    /// Returns how many pairs [`contained`](Self::contained) gives, without making them.
    ///
    /// # Errors
    /// [`Error::File`] if a file cannot be written or read.
    pub fn count_contained(&self, max_group: usize) -> Result<u64, Error> {
        if !self.result.knows_contained() {
            return Ok(0);
        }
        count_pairs(self, Relation::Contained, max_group, &self.scratch()?)
    }

    /// Works out the clusters: which document represents each, and is kept, and which others are its members. They are written to a
    /// file once, and read from there.
    ///
    /// Takes a bit a document besides what sorters take within the limit of memory, four bytes more for
    /// [components](Clustering::Components), and eight more unless the first document is kept.
    ///
    /// ```
    /// use twinprint::{Clustering, Document, Keep, Scheme, SimilarityJoin};
    ///
    /// let folder = std::env::temp_dir().join("twinprint-example-clusters");
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// let scheme = Scheme::builder().words(1).build()?;
    /// let mut join = SimilarityJoin::builder(&scheme).threshold(0.5).build_on_disk(&folder)?;
    /// for (id, text) in [("a", "one two three four"), ("b", "two three four five"), ("c", "three four five six")] {
    ///     join.push(Document::text(id, text))?;
    /// }
    /// let components = join.finish()?.clusters(Clustering::Components, Keep::First)?;
    /// let members = components.members()?.collect::<Result<Vec<_>, _>>()?;
    /// assert_eq!(members.iter().map(|member| (member.representative, member.document)).collect::<Vec<_>>(), [(0, 1), (0, 2)]);
    /// assert_eq!((members[0].jaccard(), members[1].jaccard()), (Some(0.6), None));
    /// # std::fs::remove_dir_all(&folder).expect("the example's own folder");
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::File`] where a file cannot be written or read; [`Error::MemoryLimit`] where that takes more than the memory limit.
    pub fn clusters(&self, clustering: Clustering, keep: Keep) -> Result<DiskClusters, Error> {
        self.check_memory(
            clustering,
            if matches!(keep, Keep::First | Keep::None) { 0 } else { LENGTH_BYTES + RANK_BYTES },
        )?;
        self.clusters_by(clustering, Ranks::new(self, keep)?)
    }

    /// Refuses clusters for which more would be held of all documents than the memory limit allows.
    fn check_memory(&self, clustering: Clustering, bytes: usize) -> Result<(), Error> {
        let of_clustering = match clustering {
            Clustering::Leader => 0,
            Clustering::Components => size_of::<u32>(),
            // The order of levels is made from that of preference.
            Clustering::Containers => 2 * RANK_BYTES,
        };
        let each = bytes + of_clustering;
        let (documents, needed) = (self.documents(), u64::from(self.documents()) * each as u64);
        if needed > self.limit {
            let what = format!("to order and connect {documents} documents");
            return refused(what, needed, self.limit, "keep the first document of each leader cluster");
        }
        Ok(())
    }

    /// Works out the clusters as [`clusters`](Self::clusters) does, where the document of the least key represents
    /// each; of equal keys the first. The key of each document is asked for by its number.
    ///
    /// All keys are held at once while they are sorted, which counts towards the memory limit.
    ///
    /// # Errors
    /// As [`clusters`](Self::clusters).
    pub fn clusters_by_key<K: Ord>(
        &self,
        clustering: Clustering,
        key: impl Fn(u32) -> K,
    ) -> Result<DiskClusters, Error> {
        self.check_memory(clustering, size_of::<(K, usize)>() + RANK_BYTES)?;
        self.clusters_by(clustering, Ranks::by_key(self.documents(), key))
    }

    /// Yields the copies: documents with the set of an earlier one whose texts are equal too after normalization, runs of white space
    /// aside. Each comes with the first such document, in order.
    ///
    /// # Errors
    /// [`Error::File`], at once or in place of a document, where a file cannot be read.
    pub fn copies(&self) -> Result<impl Iterator<Item = Result<(u32, u32), Error>> + use<>, Error> {
        let mut members = self.members()?;
        let members = std::iter::from_fn(move || members.next().transpose());
        let copy = |[member, text]: [u64; 2]| {
            let (document, first) = (split(member).0, split(text).0);
            (first != document).then_some((document, first))
        };
        Ok(members.filter_map(move |member| member.map(copy).transpose()))
    }

    fn members(&self) -> Result<RecordReader<2>, Error> {
        self.result.records(Part::Copies)
    }

    /// Reads which documents are copies, once: eight bytes for each with the set of an earlier one. Across sources, equal sets may be in
    /// two groups; then it takes eight bytes for every document.
    pub(super) fn same_texts(&self) -> Result<Arc<SameTexts>, Error> {
        if let Some(texts) = self.texts.get() {
            return Ok(Arc::clone(texts));
        }
        let mut edges = self.edges(Relation::Similar)?;
        let mut in_two_groups = false;
        while let Some(edge) = next_edge(&mut edges)? {
            in_two_groups |= edge.has_equal_sets();
        }
        let texts = match in_two_groups {
            true => self.text_hashes()?,
            false => SameTexts::of_members(read_all(self.members()?)?),
        };
        Ok(Arc::clone(self.texts.get_or_init(|| Arc::new(texts))))
    }

    fn text_hashes(&self) -> Result<SameTexts, Error> {
        let (mut documents, mut hashes) = (self.segments.documents(), Vec::new());
        while let Some(document) = documents.next()? {
            hashes.push(document.set.text);
        }
        Ok(SameTexts::Hashes(hashes))
    }

    /// Yields the documents whose sets equal those of earlier ones, each with the first such, in order.
    ///
    /// # Errors
    /// [`Error::File`], at once or in place of a document, if a file cannot be read.
    pub fn equal_sets(&self) -> Result<impl Iterator<Item = Result<(u32, u32), Error>> + use<>, Error> {
        let mut copies = Found::copies(self)?;
        Ok(std::iter::from_fn(move || copies.next().map(|copy| copy.map(|[copy, _]| split(copy))).transpose()))
    }

    /// Reads all of it into memory, as [`SimilarityJoin::finish`](crate::SimilarityJoin::finish) gives it: eight bytes
    /// a document and its id, 16 a copy, and 32 a pair.
    ///
    /// # Errors
    /// [`Error::File`] if a file cannot be read.
    pub fn load(self) -> Result<VerifiedPairs<String>, Error> {
        let mut ids = Vec::with_capacity(self.documents() as usize);
        let described = self.describe_documents(|id| ids.push(id.to_string()))?;
        self.load_described(ids, described)
    }

    /// Reads all of it into memory as [`load`](Self::load) does, under ids of the caller's own: of any type, one for each document,
    /// in order.
    ///
    /// ```
    /// use twinprint::{Document, Scheme, SimilarityJoin};
    ///
    /// let folder = std::env::temp_dir().join(format!("twinprint-load-with-{}", std::process::id()));
    /// let mut join = SimilarityJoin::builder(&Scheme::news()).threshold(0.9).build_on_disk(&folder)?;
    /// for (id, text) in ["to be or not to be", "To be, or not to be!"].into_iter().enumerate() {
    ///     join.push(Document::text(id, text))?;
    /// }
    /// let found = join.finish()?.load_with(vec![Some(10), Some(20)])?;
    /// assert_eq!((found.pairs()[0].left, found.pairs()[0].right), (&Some(10), &Some(20)));
    /// # std::fs::remove_dir_all(&folder).expect("ours");
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::WrongLength`] if there is not one id for each document, [`Error::File`] where a file cannot be read.
    pub fn load_with<Id>(self, ids: Vec<Id>) -> Result<VerifiedPairs<Id>, Error> {
        let (found, expected) = (ids.len(), self.documents() as usize);
        if found != expected {
            return Err(Error::WrongLength { field: "ids", found, expected });
        }
        let described = self.describe_documents(|_| ())?;
        self.load_described(ids, described)
    }

    /// Reads the length and the hash of the text of each document, and shows its id.
    fn describe_documents(&self, mut show: impl FnMut(&str)) -> Result<(Vec<u64>, Vec<u64>), Error> {
        let (mut documents, mut lengths, mut texts) = (self.segments.documents(), Vec::new(), Vec::new());
        while let Some(document) = documents.next()? {
            show(document.key.id);
            lengths.push(document.key.bytes);
            texts.push(document.set.text);
        }
        Ok((lengths, texts))
    }

    fn load_described<Id>(
        self,
        ids: Vec<Id>,
        (lengths, texts): (Vec<u64>, Vec<u64>),
    ) -> Result<VerifiedPairs<Id>, Error> {
        let edges = read_all(self.edges(Relation::Similar)?)?.into_iter().map(Edge::from_record).collect();
        let contained = match self.result.knows_contained() {
            true => Some(read_all(self.edges(Relation::Contained)?)?.into_iter().map(Edge::from_record).collect()),
            false => None,
        };
        let members = (read_all(self.members()?)?, SameTexts::Hashes(texts));
        let crowded = match &self.crowded {
            Some(crowded) => Some(Arc::new(crowded.load(&self.segments)?)),
            None => None,
        };
        Ok(VerifiedPairs::from_parts((ids, lengths), (edges, contained), members, crowded, self.stats()))
    }

    pub(super) fn knows_contained(&self) -> bool {
        self.result.knows_contained()
    }

    pub(super) fn scratch(&self) -> Result<ScratchDir, Error> {
        ScratchDir::begin(self.result.work(), self.memory)
    }
}

fn read_all<const N: usize>(mut records: RecordReader<N>) -> Result<Vec<[u64; N]>, Error> {
    let mut all = Vec::new();
    while let Some(record) = records.next()? {
        all.push(record);
    }
    Ok(all)
}
