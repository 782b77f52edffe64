//! A limit that is exceeded, as an error.

use std::fmt;

/// Tells which limit a deduplication exceeds, by how much, and what can be done.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum LimitExceeded {
    /// One cluster would remove too much of the corpus.
    Cluster {
        /// The document that would be kept.
        representative: String,
        /// The number of documents that would be removed.
        removed: u64,
        /// The number of documents of the corpus.
        documents: u64,
        /// The share of the corpus that one cluster may remove, 0 to 1.
        limit: f64,
    },
    /// A source would lose too many of its documents.
    Source {
        /// The name of the source.
        source: String,
        /// The number of its documents that would be removed.
        removed: u64,
        /// The number of its documents.
        documents: u64,
        /// The share of its documents that a source may lose, 0 to 1.
        limit: f64,
    },
}

impl LimitExceeded {
    /// Returns the share that would be removed, 0 to 1.
    #[must_use]
    pub fn share(&self) -> f64 {
        let (Self::Cluster { removed, documents, .. } | Self::Source { removed, documents, .. }) = self;
        *removed as f64 / *documents as f64
    }
}

impl fmt::Display for LimitExceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = 100.0 * self.share();
        match self {
            Self::Cluster { representative, removed, documents, limit } => write!(
                f,
                "the cluster of {representative} would remove {removed} of {documents} documents ({percent:.1} %), \
                 and one cluster may remove {:.1} %; read its texts: if they are not duplicates, raise the threshold or \
                 remove boilerplate; if they are, raise max_cluster_share",
                100.0 * limit
            ),
            Self::Source { source, removed, documents, limit } => write!(
                f,
                "the source {source:?} would lose {removed} of its {documents} documents ({percent:.1} %), \
                 and a source may lose {:.1} %; read its clusters: if they are templates, raise the threshold or \
                 remove boilerplate; if they are duplicates, raise max_source_share",
                100.0 * limit
            ),
        }
    }
}

impl std::error::Error for LimitExceeded {}
