//! The whole flow behind one builder.

mod keep;
mod limits;

pub use keep::{Facts, Preference, PreferenceKey};
pub use limits::{LimitExceeded, RemovalCounts, RemovalLimits};

use std::fmt::Debug;
use std::hash::Hash;

use ahash::AHashSet;

use crate::cluster::{Cluster, Clustering, Keep};
use crate::error::Error;
use crate::join::{Arrival, OnlineJoin, SimilarityJoin, SimilarityJoinBuilder};
use crate::lsh::Banding;
use crate::pairs::{JoinStats, Pair, VerifiedPairs};
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
/// band for the index. A text equal to an earlier one costs twelve bytes and its id (twice, as a stream).
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
    seen: AHashSet<Id>,
    clustering: Clustering,
    keep: Keep,
}

/// Builds a [`Deduplicator`]; see [`Deduplicator::builder`].
#[derive(Clone, Debug)]
#[must_use]
pub struct DeduplicatorBuilder {
    scheme: Scheme,
    join: SimilarityJoinBuilder,
    clustering: Clustering,
    keep: Keep,
}

/// What [`Deduplicator::insert`] found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Inserted<Id> {
    /// Nothing like it was seen before.
    New,
    /// It has no shingles, and matches nothing.
    Empty,
    /// Its shingle set is that of an earlier text.
    CopyOf(Id),
    /// It is similar to an earlier text, verified; this is the most similar one, of equally similar ones the first.
    SimilarTo {
        /// The earlier text.
        id: Id,
        /// What the two share; `left` is the earlier text's set.
        overlap: Overlap,
    },
}

impl<Id> Inserted<Id> {
    /// Whether it duplicates an earlier text, be that one a duplicate itself.
    ///
    /// Whoever drops each such text at once may drop a chain of which only neighbours are alike;
    /// [`Deduplicator::finish`] keeps one text near each that it drops.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::CopyOf(_) | Self::SimilarTo { .. })
    }
}

/// What was found: pairs and clusters.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Found<Id> {
    pairs: VerifiedPairs<Id>,
    clusters: Vec<Cluster<Id>>,
}

impl DeduplicatorBuilder {
    /// What fixes the meaning of signatures; [`Scheme::news`] unless said.
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// The least Jaccard similarity of duplicates, greater than 0 and at most 1; 0.5 unless said.
    pub fn threshold(mut self, threshold: f64) -> Self {
        self.join = self.join.threshold(threshold);
        self
    }

    /// The share of pairs at the threshold that must be found; 0.99 unless said.
    pub fn recall(mut self, recall: f64) -> Self {
        self.join = self.join.recall(recall);
        self
    }

    /// About how many texts there will be; a million unless said. It chooses among bandings of equal recall.
    pub fn documents(mut self, documents: u64) -> Self {
        self.join = self.join.documents(documents);
        self
    }

    /// The banding, instead of a plan.
    pub fn banding(mut self, banding: Banding) -> Self {
        self.join = self.join.banding(banding);
        self
    }

    /// The most distinct texts that share a band and are all compared with one another; 10,000 unless said. See
    /// [`SimilarityJoinBuilder::bucket_limit`].
    pub fn bucket_limit(mut self, texts: usize) -> Self {
        self.join = self.join.bucket_limit(texts);
        self
    }

    /// How pairs become clusters.
    pub fn clustering(mut self, clustering: Clustering) -> Self {
        self.clustering = clustering;
        self
    }

    /// Which text of a cluster is kept.
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
        let join = self.join.scheme(&self.scheme).build_online()?;
        Ok(Deduplicator { join, seen: AHashSet::new(), clustering: self.clustering, keep: self.keep })
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
    ) -> Result<Found<Id>, Error> {
        self.scheme.shingler()?;
        let mut join: SimilarityJoin<Id> = self.join.scheme(&self.scheme).build()?;
        join.extend(texts)?;
        Ok(Found::new(join.finish()?, self.clustering, self.keep))
    }
}

impl Deduplicator<()> {
    /// Starts from [`Scheme::news`], a threshold of 0.5 and a recall of 0.99 there.
    pub fn builder() -> DeduplicatorBuilder {
        let scheme = Scheme::news();
        DeduplicatorBuilder {
            join: SimilarityJoinBuilder::new(&scheme),
            scheme,
            clustering: Clustering::default(),
            keep: Keep::default(),
        }
    }
}

impl<Id: Eq + Hash + Clone + Debug> Deduplicator<Id> {
    /// Adds a text, and says whether it duplicates one that was added before.
    ///
    /// # Errors
    /// [`Error::DuplicateId`] where the id was inserted before; [`Error::TooManyDocuments`].
    pub fn insert(&mut self, id: Id, text: &str) -> Result<Inserted<Id>, Error> {
        if self.seen.contains(&id) {
            return Err(Error::DuplicateId { id: crate::lsh::shortened(&id) });
        }
        let arrival = self.join.insert(id.clone(), text)?;
        self.seen.insert(id);
        Ok(match arrival {
            Arrival::Empty => Inserted::Empty,
            Arrival::New => Inserted::New,
            Arrival::Copy(earlier) => Inserted::CopyOf(self.join.id(earlier).clone()),
            Arrival::Similar(earlier, overlap) => Inserted::SimilarTo { id: self.join.id(earlier).clone(), overlap },
        })
    }

    /// Texts inserted so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Whether none was inserted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// All pairs and clusters.
    #[must_use]
    pub fn finish(self) -> Found<Id> {
        Found::new(self.join.finish(), self.clustering, self.keep)
    }
}

impl<Id: Clone> Found<Id> {
    fn new(pairs: VerifiedPairs<Id>, clustering: Clustering, keep: Keep) -> Self {
        Self { clusters: pairs.clusters(clustering, keep), pairs }
    }
}

impl<Id> Found<Id> {
    /// The verified pairs; see [`VerifiedPairs::pairs`].
    #[must_use]
    pub fn pairs(&self) -> Vec<Pair<'_, Id>> {
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
