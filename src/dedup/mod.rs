//! The whole flow behind one builder.

mod keep;
mod limits;

pub use keep::{Facts, Preference, PreferenceKey};
pub use limits::{LimitExceeded, RemovalCounts, RemovalLimits};

#[cfg(feature = "disk")]
use std::path::PathBuf;

use ahash::AHashSet;

use crate::error::Error;
use crate::join::online::{Arrival, OnlineJoin};
use crate::join::{Document, JoinStats, SimilarityJoin, SimilarityJoinBuilder};
use crate::lsh::Banding;
use crate::result::{Cluster, Clustering, Keep, Pair, VerifiedPairs};
use crate::scheme::Scheme;
use crate::set::Overlap;

/// Finds near-duplicate texts: verified pairs, clusters, and what to keep.
///
/// As a stream, [`insert`](Self::insert) says at once whether a text duplicates one seen before; as a batch,
/// [`DeduplicatorBuilder::run`] reads them all and uses every core. Both find the same pairs, as long as no bucket is
/// over the [limit](DeduplicatorBuilder::bucket_limit).
///
/// # Memory
/// For verification it keeps the shingle set of every distinct text: eight bytes a shingle (an article of 500 words:
/// 4 kB), besides its signature (four bytes a position: 1 kB with [`Scheme::news`]) and, as a stream, 10 to 20 bytes a
/// band for the index. A text equal to an earlier one costs 24 bytes and its id.
///
/// ```
/// use twinprint::{Deduplicator, Scheme};
///
/// let mut dedup = Deduplicator::builder().scheme(Scheme::builder().words(2).build()?).threshold(0.5).build()?;
/// dedup.insert(1, "The ferry to Skelby was cancelled on Monday because of high winds.")?;
/// let second = dedup.insert(2, "The ferry to Skelby was cancelled on Monday because of very high winds.")?;
/// assert!(second.is_duplicate());
/// dedup.insert(3, "The council approved the new budget.")?;
///
/// let found = dedup.finish();
/// assert_eq!(found.pairs().len(), 1);
/// assert_eq!(*found.clusters()[0].representative(), 1);
/// assert_eq!(found.kept().collect::<Vec<_>>(), [&1, &3]);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Debug)]
pub struct Deduplicator<Id> {
    join: OnlineJoin<Id>,
    clustering: Clustering,
    keep: Keep,
}

/// Builds a [`Deduplicator`]; see [`Deduplicator::builder`].
#[derive(Clone, Debug)]
#[must_use]
pub struct DeduplicatorBuilder {
    join: SimilarityJoinBuilder,
    clustering: Clustering,
    keep: Keep,
    #[cfg(feature = "disk")]
    folder: Option<PathBuf>,
}

/// What [`Deduplicator::insert`] found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum InsertOutcome<Id> {
    /// Nothing like it was seen before.
    New,
    /// It has no shingles, and matches nothing.
    Empty,
    /// Its shingle set is that of an earlier text.
    Copy {
        /// The first such text.
        of: Id,
    },
    /// It is similar to an earlier text, verified; this is the most similar one, of equally similar ones the first.
    Similar {
        /// The earlier text.
        to: Id,
        /// What the two share; `left` is the earlier text's set.
        overlap: Overlap,
    },
}

impl<Id> InsertOutcome<Id> {
    /// Whether it duplicates an earlier text, be that one a duplicate itself.
    ///
    /// To drop each such text at once may drop a chain of which only neighbours are alike;
    /// [`Deduplicator::finish`] keeps one text near each that it drops.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Copy { .. } | Self::Similar { .. })
    }
}

/// What was found: pairs and clusters.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Deduplication<Id> {
    pairs: VerifiedPairs<Id>,
    clusters: Vec<Cluster<Id>>,
}

impl DeduplicatorBuilder {
    /// Sets how texts become signatures. Defaults to [`Scheme::news`].
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.join = self.join.scheme(scheme);
        self
    }

    /// Sets the least Jaccard similarity of duplicates, greater than 0 and at most 1. Defaults to 0.5.
    pub fn threshold(mut self, threshold: f64) -> Self {
        self.join = self.join.threshold(threshold);
        self
    }

    /// Sets the share of pairs at the threshold that must be found. Defaults to 0.99.
    pub fn recall(mut self, recall: f64) -> Self {
        self.join = self.join.recall(recall);
        self
    }

    /// Says about how many texts there will be. Defaults to a million. It chooses among bandings of equal recall.
    pub fn documents(mut self, documents: u64) -> Self {
        self.join = self.join.documents(documents);
        self
    }

    /// Sets the banding, instead of a plan.
    pub fn banding(mut self, banding: Banding) -> Self {
        self.join = self.join.banding(banding);
        self
    }

    /// Sets the most distinct texts that share a band and are all compared with one another. Defaults to 1,000. See
    /// [`SimilarityJoinBuilder::bucket_limit`].
    pub fn bucket_limit(mut self, texts: usize) -> Self {
        self.join = self.join.bucket_limit(texts);
        self
    }

    /// Keeps sets and signatures in a folder on disk, so that [`run`](Self::run) needs little memory: ids, eight bytes a text, 16 a copy
    /// and 32 a pair besides the [limit](Self::memory_limit). The result is the same. If a run is interrupted, the same texts are
    /// recognised in the same folder and not hashed again.
    ///
    /// ```
    /// use twinprint::Deduplicator;
    ///
    /// let folder = std::env::temp_dir().join("twinprint-example-dedup");
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// let texts = [(1, "to be or not to be"), (2, "To be, or not to be!"), (3, "that is the question")];
    /// let found = Deduplicator::builder().in_folder(&folder).memory_limit(256 << 20).run(texts)?;
    /// assert_eq!(found.kept().collect::<Vec<_>>(), [&1, &3]);
    /// # std::fs::remove_dir_all(&folder).expect("the example's own folder");
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[cfg(feature = "disk")]
    pub fn in_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Sets the bytes of memory that a run [in a folder](Self::in_folder) may take for the join, at least 64 MiB. Defaults to 1 GiB.
    #[cfg(feature = "disk")]
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.join = self.join.memory_limit(bytes);
        self
    }

    /// Sets how pairs become clusters. Defaults to [`Clustering::Leader`].
    pub fn clustering(mut self, clustering: Clustering) -> Self {
        self.clustering = clustering;
        self
    }

    /// Sets which text of a cluster is kept. Defaults to the first.
    pub fn keep(mut self, keep: Keep) -> Self {
        self.keep = keep;
        self
    }

    /// A deduplicator for a stream of texts.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] names the parameter that is; [`Error::RecallUnreachable`] and [`Error::BandingTooLarge`]
    /// say how many hashes would do; [`Error::NoTextFeatures`] where the scheme does not read text.
    pub fn build<Id>(self) -> Result<Deduplicator<Id>, Error> {
        #[cfg(feature = "disk")]
        if self.folder.is_some() {
            let value = "set".to_string();
            let expected = "left out for a stream, which is in memory: only run uses it";
            return Err(Error::OutOfRange { field: "in_folder", value, expected });
        }
        let join = self.join.build_online()?;
        Ok(Deduplicator { join, clustering: self.clustering, keep: self.keep })
    }

    /// Reads all texts and deduplicates them, on all cores. Ids may repeat; they are only handed back.
    ///
    /// ```
    /// use twinprint::{Deduplicator, Scheme};
    ///
    /// let texts = [("a", "to be or not to be"), ("b", "To be, or not to be!"), ("c", "that is the question")];
    /// let found = Deduplicator::builder().run(texts)?;
    /// assert_eq!(found.kept().collect::<Vec<_>>(), [&"a", &"c"]);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`build`](Self::build).
    pub fn run<Id: Clone, T: AsRef<str> + Sync>(
        self,
        texts: impl IntoIterator<Item = (Id, T)>,
    ) -> Result<Deduplication<Id>, Error> {
        #[cfg(feature = "disk")]
        if let Some(folder) = self.folder {
            let (mut join, mut ids) = (self.join.build_on_disk(folder)?, Vec::new());
            for (id, text) in texts {
                // The folder knows documents by their numbers: ids of any type stay here.
                join.push(Document::text(ids.len(), text))?;
                ids.push(id);
            }
            return Ok(Deduplication::new(join.finish()?.load_with(ids)?, self.clustering, self.keep));
        }
        let mut join: SimilarityJoin<Id> = self.join.build()?;
        join.push_all(texts.into_iter().map(|(id, text)| Document::text(id, text)))?;
        Ok(Deduplication::new(join.finish()?, self.clustering, self.keep))
    }
}

impl Deduplicator<()> {
    /// Starts from [`Scheme::news`], a threshold of 0.5 and a recall of 0.99 there.
    pub fn builder() -> DeduplicatorBuilder {
        let scheme = Scheme::news();
        DeduplicatorBuilder {
            join: SimilarityJoinBuilder::new(&scheme),
            clustering: Clustering::default(),
            keep: Keep::default(),
            #[cfg(feature = "disk")]
            folder: None,
        }
    }
}

impl<Id: Clone> Deduplicator<Id> {
    /// Adds a text, and says whether it duplicates one that was added before. Ids may repeat, as in
    /// [`run`](DeduplicatorBuilder::run); they are only handed back.
    ///
    /// # Errors
    /// [`Error::TooManyDocuments`].
    pub fn insert(&mut self, id: Id, text: &str) -> Result<InsertOutcome<Id>, Error> {
        Ok(match self.join.insert(id, text)? {
            Arrival::Empty => InsertOutcome::Empty,
            Arrival::New => InsertOutcome::New,
            Arrival::Copy(earlier) => InsertOutcome::Copy { of: self.join.id(earlier).clone() },
            Arrival::Similar(earlier, overlap) => InsertOutcome::Similar { to: self.join.id(earlier).clone(), overlap },
        })
    }

    /// Texts inserted so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.join.len()
    }

    /// Whether none was inserted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.join.len() == 0
    }

    /// All pairs and clusters.
    #[must_use]
    pub fn finish(self) -> Deduplication<Id> {
        Deduplication::new(self.join.finish().into(), self.clustering, self.keep)
    }
}

impl<Id: Clone> Deduplication<Id> {
    fn new(pairs: VerifiedPairs<Id>, clustering: Clustering, keep: Keep) -> Self {
        Self { clusters: pairs.clusters(clustering, keep), pairs }
    }
}

impl<Id> Deduplication<Id> {
    /// The verified pairs; see [`VerifiedPairs::pairs`].
    #[must_use]
    pub fn pairs(&self) -> Vec<Pair<&Id>> {
        self.pairs.pairs()
    }

    /// The verified pairs with the groups of equal texts.
    #[must_use]
    pub fn verified(&self) -> &VerifiedPairs<Id> {
        &self.pairs
    }

    /// Clusters of two or more texts, in the order of their first ones.
    #[must_use]
    pub fn clusters(&self) -> &[Cluster<Id>] {
        &self.clusters
    }

    /// What was done.
    #[must_use]
    pub fn stats(&self) -> JoinStats {
        self.pairs.stats()
    }

    /// The ids that are kept, in their order: representatives, and all that are in no cluster.
    pub fn kept(&self) -> impl Iterator<Item = &Id> + '_ {
        let dropped: AHashSet<u32> = self.clusters.iter().flat_map(Cluster::numbers).copied().collect();
        let numbered = (0_u32..).zip(self.pairs.ids());
        numbered.filter(move |(number, _)| !dropped.contains(number)).map(|(_, id)| id)
    }
}
