//! The result of deduplication.

use ahash::AHashSet;

use crate::join::JoinStats;
use crate::result::{Cluster, Clustering, Keep, Pair, VerifiedPairs};

/// The result of deduplication: verified pairs, clusters, and the documents to keep.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Deduplication<Id> {
    pairs: VerifiedPairs<Id>,
    clusters: Vec<Cluster<Id>>,
    /// Whether all documents of the clusters are removed.
    #[cfg_attr(feature = "serde", serde(skip))]
    keeps_none: bool,
    blank: Vec<Id>,
}

impl<Id: Clone> Deduplication<Id> {
    pub(super) fn new(pairs: VerifiedPairs<Id>, clustering: Clustering, keep: Keep) -> Self {
        let keeps_none = keep == Keep::None;
        // A document may have a duplicate that a leader cluster does not show, because that one is removed.
        let clustering = if keeps_none { Clustering::Components } else { clustering };
        Self { clusters: pairs.clusters(clustering, keep), pairs, keeps_none, blank: Vec::new() }
    }

    pub(super) fn with_blank(self, blank: Vec<Id>) -> Self {
        Self { blank, ..self }
    }
}

impl<Id> Deduplication<Id> {
    /// Returns the verified pairs; see [`VerifiedPairs::pairs`].
    #[must_use]
    pub fn pairs(&self) -> Vec<Pair<&Id>> {
        self.pairs.pairs()
    }

    /// Returns the verified pairs together with the groups of equal texts.
    #[must_use]
    pub fn verified(&self) -> &VerifiedPairs<Id> {
        &self.pairs
    }

    /// Returns the clusters of two or more texts, in the order of their first texts. They say why a text is removed:
    ///
    /// ```
    /// use twinprint::Deduplicator;
    ///
    /// let texts = [("a", "to be or not to be"), ("b", "To be, or not to be!"), ("c", "that is the question")];
    /// let found = Deduplicator::builder().run(texts)?;
    /// for cluster in found.clusters() {
    ///     for member in cluster.members() {
    ///         assert_eq!((member.document, *cluster.representative(), member.jaccard()), ("b", "a", Some(1.0)));
    ///     }
    /// }
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn clusters(&self) -> &[Cluster<Id>] {
        &self.clusters
    }

    /// Returns the ids of the blank texts that were [dropped](super::DeduplicatorBuilder::drop_blank), in their order.
    #[must_use]
    pub fn blank(&self) -> &[Id] {
        &self.blank
    }

    /// Returns what the join did, in numbers.
    #[must_use]
    pub fn stats(&self) -> JoinStats {
        self.pairs.stats()
    }

    /// Yields the ids of the texts to keep, in their order: the representatives, and all texts in no cluster. With [`Keep::None`], only
    /// the latter.
    pub fn kept(&self) -> impl Iterator<Item = &Id> + '_ {
        let representatives = self.clusters.iter().map(Cluster::representative_number).filter(|_| self.keeps_none);
        let members = self.clusters.iter().flat_map(Cluster::numbers).copied();
        let removed: AHashSet<u32> = members.chain(representatives).collect();
        let numbered = (0_u32..).zip(self.pairs.ids());
        numbered.filter(move |(number, _)| !removed.contains(number)).map(|(_, id)| id)
    }
}
