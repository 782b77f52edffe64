//! What a join on disk found.

use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};

use xxhash_rust::xxh3::xxh3_128;

use super::clusters::{Order, members};
use super::pairs::{all_pairs, contained_pairs, count_pairs};
use super::ranks::Ranks;
use super::{Clustering, ContainedPair, Found, Keep, Member, Pair, Relation, Rows, VerifiedPairs};
use crate::error::Error;
use crate::external::{Kind, RecordReader, Records, Role, Sort, Sorters, put};
use crate::join::edge::{Edge, split};
use crate::join::external::FoundOnDisk;
use crate::join::progress::{Progress, Watch};
use crate::join::storage::id_lookup::IdFile;
use crate::join::storage::memory_check::refused;
use crate::join::storage::scratch::ScratchDir;
use crate::join::storage::segments::Segments;
use crate::join::storage::work_dir::WorkDir;
use crate::join::stored_result::{Part, StoredResult};
use crate::join::{DiskJoin, IdLookup, JoinStats};

/// The outcome of a [`DiskJoin`], on disk. Documents are numbered from 0, in the order in which they were pushed.
#[derive(Debug)]
pub struct DiskPairs {
    pub(super) segments: Segments,
    result: StoredResult,
    /// Bytes that one sorter may take.
    memory: usize,
    /// Bytes of memory that the caller allows in all.
    limit: u64,
    /// The ids, once they were asked for.
    ids: OnceLock<Arc<IdFile>>,
}

/// Clusters of a join on disk, worked out once and read any number of times; see [`DiskPairs::clusters`].
#[derive(Debug)]
pub struct DiskClusters {
    scratch: ScratchDir,
    work: Arc<WorkDir>,
}

/// Bytes that the length of a document takes, and its place in an order.
const LENGTH_BYTES: usize = size_of::<u64>();
const RANK_BYTES: usize = 2 * size_of::<u32>();

/// The file of all members.
const MEMBERS: &str = "members";
const MEMBERS_ROLE: Role = Role { kind: Kind::Numbers, piece: 0, width: 3, owner: 0 };

impl DiskJoin {
    /// Finds all pairs that reach the threshold, verified.
    ///
    /// # Errors
    /// [`Error::ChangedInput`] where fewer documents were pushed than an earlier run had stored; [`Error::File`] names the file that
    /// could not be written or read.
    pub fn finish(self) -> Result<DiskPairs, Error> {
        self.finish_with(|_| ControlFlow::Continue(()))
    }

    /// Finds all pairs as [`finish`](Self::finish) does, and reports progress now and then, from this thread. The join ends if the
    /// callback breaks, and can be resumed in the same folder.
    ///
    /// # Errors
    /// As [`finish`](Self::finish); [`Error::Cancelled`].
    pub fn finish_with(self, mut progress: impl FnMut(Progress) -> ControlFlow<()>) -> Result<DiskPairs, Error> {
        let FoundOnDisk { segments, result, memory, limit } = self.find(&mut Watch::new(&mut progress))?;
        Ok(DiskPairs { segments, result, memory, limit, ids: OnceLock::new() })
    }
}

impl Found for DiskPairs {
    type Error = Error;
    type Sorters = ScratchDir;
    type Edges<'a> = RecordReader<3>;
    type Copies<'a> = RecordReader<2>;

    fn documents(&self) -> u32 {
        self.result.stats().documents as u32
    }

    fn edges(&self, relation: Relation) -> Result<RecordReader<3>, Error> {
        self.result.records(match relation {
            Relation::Similar => Part::Edges,
            Relation::Contained => Part::Contained,
        })
    }

    fn copies(&self) -> Result<RecordReader<2>, Error> {
        self.result.records(Part::Copies)
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

    /// Iterates over the ids of all documents, in order.
    ///
    /// # Errors
    /// [`Error::File`], in place of an id, where a file cannot be read.
    pub fn ids(&self) -> impl Iterator<Item = Result<String, Error>> + '_ {
        let mut documents = self.segments.documents();
        std::iter::from_fn(move || documents.next().map(|next| next.map(|document| document.key.id)).transpose())
    }

    /// Returns two documents that have the same id, if there are any, by their numbers: the earlier one, and the later.
    ///
    /// # Errors
    /// [`Error::File`] where a file cannot be written or read.
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

    /// Visits the shingle set of every document, sorted, in the order of the documents.
    ///
    /// # Errors
    /// [`Error::File`] where a file cannot be read.
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

    /// Returns a look-up of ids by the numbers of documents, in any order: from memory as far as it goes, else from a file, which is
    /// written once.
    ///
    /// # Errors
    /// [`Error::File`] where a file cannot be written or read.
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

    /// Returns the verified pairs, each group represented by its first document: that document with each of its copies, and with the
    /// first documents of the groups that are similar to it. Ordered by left, then right document.
    ///
    /// # Errors
    /// [`Error::File`], at once or in place of a pair, where a file cannot be written or read.
    pub fn pairs(&self) -> Result<Rows<Pair<u32>>, Error> {
        self.all_pairs(1)
    }

    /// Returns the verified pairs as [`pairs`](Self::pairs) does, but a group of up to `max_group` documents is represented by every one
    /// of them: all pairs among them, and of each with those of similar groups. The number of pairs grows with the square of the
    /// maximum.
    ///
    /// # Errors
    /// As [`pairs`](Self::pairs).
    pub fn all_pairs(&self, max_group: usize) -> Result<Rows<Pair<u32>>, Error> {
        let scratch = self.scratch()?;
        let pairs = all_pairs(self, Relation::Similar, max_group, &scratch)?;
        Ok(Rows::new(pairs, Pair::from_edge, scratch))
    }

    /// Returns how many pairs [`all_pairs`](Self::all_pairs) gives, without making them: ten similar texts in a thousand copies each are
    /// 10,035 pairs with a maximum of 1, and 50 million with one of 1,000.
    ///
    /// # Errors
    /// [`Error::File`] where a file cannot be written or read.
    pub fn count_pairs(&self, max_group: usize) -> Result<u64, Error> {
        count_pairs(self, Relation::Similar, max_group, &self.scratch()?)
    }

    /// Returns the documents that hold at least the share of another one that was
    /// [asked for](crate::SimilarityJoinBuilder::containment); none where nothing was. Copies hold one another. A group of up to
    /// `max_group` documents is represented by every one of them, a larger one by its first. Ordered by inner, then outer document.
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
        Ok(Rows::new(pairs, ContainedPair::from_edge, scratch))
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
        self.check_memory(clustering, if keep == Keep::First { 0 } else { LENGTH_BYTES + RANK_BYTES })?;
        self.clusters_by(clustering, Ranks::new(self, keep)?)
    }

    /// Refuses clusters for which more would be held of all documents than the memory limit allows.
    fn check_memory(&self, clustering: Clustering, bytes: usize) -> Result<(), Error> {
        let each = bytes + if clustering == Clustering::Components { size_of::<u32>() } else { 0 };
        let (documents, needed) = (self.documents(), u64::from(self.documents()) * each as u64);
        if needed > self.limit {
            let what = format!("to order and connect {documents} documents");
            return refused(what, needed, self.limit, "keep the first document of each leader cluster");
        }
        Ok(())
    }

    /// Works out the clusters as [`clusters`](Self::clusters) does, where the document of the least key represents each; of equal keys
    /// the first. The key of each document is asked for by its number.
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

    fn clusters_by(&self, clustering: Clustering, ranks: Ranks) -> Result<DiskClusters, Error> {
        let scratch = self.scratch()?;
        let mut members = members(self, clustering, ranks, (Order::Document, &scratch))?;
        let mut file = scratch.create(MEMBERS, MEMBERS_ROLE)?;
        while let Some(member) = members.next()? {
            file.record(|bytes| put(bytes, &member))?;
        }
        file.finish_unsynced()?;
        Ok(DiskClusters { scratch, work: Arc::clone(self.result.work()) })
    }

    /// Iterates over the documents whose sets equal those of earlier ones, each with the first such, in order.
    ///
    /// # Errors
    /// [`Error::File`], at once or in place of a document, where a file cannot be read.
    pub fn copies(&self) -> Result<impl Iterator<Item = Result<(u32, u32), Error>> + use<>, Error> {
        let mut copies = Found::copies(self)?;
        Ok(std::iter::from_fn(move || copies.next().map(|copy| copy.map(|[copy, _]| split(copy))).transpose()))
    }

    /// Reads all of it into memory, as [`SimilarityJoin::finish`](crate::SimilarityJoin::finish) gives it: eight bytes a document and
    /// its id, 16 a copy, and 32 a pair.
    ///
    /// # Errors
    /// [`Error::File`] where a file cannot be read.
    pub fn load(self) -> Result<VerifiedPairs<String>, Error> {
        let ids = self.ids().collect::<Result<Vec<String>, Error>>()?;
        self.load_with(ids)
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
        let edges = read_all(self.edges(Relation::Similar)?)?.into_iter().map(Edge::from_record).collect();
        let contained = match self.result.knows_contained() {
            true => Some(read_all(self.edges(Relation::Contained)?)?.into_iter().map(Edge::from_record).collect()),
            false => None,
        };
        let copies = read_all(Found::copies(&self)?)?;
        Ok(VerifiedPairs::from_parts((ids, self.lengths()?), (edges, contained), copies, self.stats()))
    }

    fn scratch(&self) -> Result<ScratchDir, Error> {
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

impl DiskClusters {
    /// Returns the members of all clusters except the representatives, in the order of the documents: for leader clusters, the documents
    /// that are dropped.
    ///
    /// # Errors
    /// [`Error::File`], at once or in place of a document, where a file cannot be written or read.
    pub fn members(&self) -> Result<Rows<Member<u32>>, Error> {
        Ok(Rows::new(self.records()?, Member::from_edge, self.next_scratch()?))
    }

    /// Returns the same members cluster by cluster: ordered by representative, then by document.
    ///
    /// # Errors
    /// As [`members`](Self::members).
    pub fn by_representative(&self) -> Result<Rows<Member<u32>>, Error> {
        self.members()?.sorted_by_right(Member::from_swapped)
    }

    fn records(&self) -> Result<RecordReader<3>, Error> {
        Ok(RecordReader::new(self.scratch.open(MEMBERS, MEMBERS_ROLE)?))
    }

    fn next_scratch(&self) -> Result<ScratchDir, Error> {
        ScratchDir::begin(&self.work, self.scratch.memory())
    }
}
