//! Limits that stop a deduplication before too much is removed.

mod counts;
mod exceeded;

use std::fmt;

use crate::error::{Error, similarity};
use crate::result::{Cluster, VerifiedPairs};

pub use counts::RemovalCounts;
pub use exceeded::LimitExceeded;

/// Configures how much a deduplication may remove before a person has to check its result.
///
/// A threshold that is too low, or boilerplate that was left in, shows in one of two ways: one cluster removes much of
/// the corpus, or one source loses most of its documents. Both are cheap to notice and expensive to miss.
///
/// For clusters in memory, call [`count`](Self::count). For clusters on disk, count them as they are read:
///
/// ```
/// use twinprint::dedup::RemovalLimits;
///
/// let mut counts = RemovalLimits::new().max_cluster_share(0.2).max_source_share(0.5).counts()?;
/// for number in 0..1000 {
///     counts.add_document(if number < 300 { "blog" } else { "wire" }, number < 290);
/// }
/// counts.add_cluster("blog-17", 290);
/// let stopped = counts.check().unwrap_err();
/// assert!(stopped.to_string().starts_with("the cluster of blog-17 would remove 290 of 1000 documents (29.0 %)"));
/// assert_eq!(counts.exceeded().len(), 2);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[must_use]
pub struct RemovalLimits {
    max_cluster_share: f64,
    max_source_share: f64,
    min_documents: u64,
}

impl RemovalLimits {
    /// Creates the default limits.
    ///
    /// One cluster may remove a tenth of the corpus, and a source may lose half of its documents. A corpus or a source
    /// with fewer than a hundred documents has no limit.
    pub fn new() -> Self {
        Self { max_cluster_share: 0.1, max_source_share: 0.5, min_documents: 100 }
    }

    /// Sets the share of the corpus that one cluster may remove, greater than 0 and at most 1. Defaults to 0.1.
    ///
    /// With 1 there is no limit.
    pub fn max_cluster_share(mut self, share: f64) -> Self {
        self.max_cluster_share = share;
        self
    }

    /// Sets the share of its documents that a source may lose, greater than 0 and at most 1. Defaults to 0.5.
    ///
    /// With 1 there is no limit.
    pub fn max_source_share(mut self, share: f64) -> Self {
        self.max_source_share = share;
        self
    }

    /// Sets how many documents a corpus or a source must have for the limits to apply. Defaults to 100.
    pub fn min_documents(mut self, documents: u64) -> Self {
        self.min_documents = documents;
        self
    }

    /// Starts counts of nothing against these limits.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] names a limit that is outside its range.
    pub fn counts(self) -> Result<RemovalCounts, Error> {
        similarity("max_cluster_share", self.max_cluster_share)?;
        similarity("max_source_share", self.max_source_share)?;
        Ok(RemovalCounts::new(self))
    }

    /// Counts what these clusters of a join would remove. [`RemovalCounts::check`] tells whether that is too much.
    ///
    /// `source` returns the source of a document, or `None` if it has none.
    ///
    /// ```
    /// use twinprint::dedup::RemovalLimits;
    /// use twinprint::{Clustering, Document, Keep, Scheme, SimilarityJoin};
    ///
    /// let mut join = SimilarityJoin::builder(&Scheme::news()).build()?;
    /// let text = |number| if number < 150 { "all the same".into() } else { format!("news {number}") };
    /// join.push_all((0..200).map(|number| Document::text(number, text(number))))?;
    /// let found = join.finish()?;
    /// let clusters = found.clusters(Clustering::Leader, Keep::First);
    /// let counts = RemovalLimits::new().count(&found, &clusters, |_| None::<&str>)?;
    /// let stopped = counts.check().unwrap_err();
    /// assert!(stopped.to_string().starts_with("the cluster of 0 would remove 149 of 200 documents"));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::OutOfRange`] names a limit that is outside its range.
    pub fn count<Id: fmt::Debug, S: AsRef<str>>(
        self,
        pairs: &VerifiedPairs<Id>,
        clusters: &[Cluster<Id>],
        source: impl Fn(&Id) -> Option<S>,
    ) -> Result<RemovalCounts, Error> {
        let mut counts = self.counts()?;
        let mut removed = vec![false; pairs.ids().len()];
        for cluster in clusters {
            let numbers = cluster.numbers();
            for &number in numbers {
                // Clusters of another join may hold numbers that this one does not have.
                if let Some(removed) = removed.get_mut(number as usize) {
                    *removed = true;
                }
            }
            counts.add_cluster(format!("{:?}", cluster.representative()), numbers.len() as u64);
        }
        for (id, removed) in pairs.ids().iter().zip(removed) {
            match source(id) {
                Some(source) => counts.add_document(source.as_ref(), removed),
                None => counts.add_document_without_source(),
            }
        }
        Ok(counts)
    }
}

impl Default for RemovalLimits {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests;
