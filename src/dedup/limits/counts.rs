//! Counts of what a deduplication would remove.

use std::collections::BTreeMap;

use super::{LimitExceeded, RemovalLimits};

/// Counts what a deduplication would remove, and checks it against [`RemovalLimits`], which make it.
///
/// The order in which things are counted does not matter. Parts may be counted apart and [merged](Self::merge). It takes
/// the memory of a name and two numbers for each source.
#[derive(Clone, Debug, PartialEq)]
pub struct RemovalCounts {
    limits: RemovalLimits,
    documents: u64,
    sources: BTreeMap<String, SourceCount>,
    /// The cluster that removes most, and how many; the first by name of equal ones.
    largest: Option<(String, u64)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct SourceCount {
    documents: u64,
    removed: u64,
}

impl SourceCount {
    fn share(&self) -> f64 {
        self.removed as f64 / self.documents as f64
    }
}

impl RemovalCounts {
    pub(super) fn new(limits: RemovalLimits) -> Self {
        Self { limits, documents: 0, sources: BTreeMap::new(), largest: None }
    }

    /// Counts a document of a source. Count every document once, whether it is removed or not.
    pub fn add_document(&mut self, source: &str, removed: bool) {
        self.documents += 1;
        // Sources are few: most calls find the name and copy nothing.
        if !self.sources.contains_key(source) {
            self.sources.insert(source.to_owned(), SourceCount::default());
        }
        if let Some(count) = self.sources.get_mut(source) {
            count.documents += 1;
            count.removed += u64::from(removed);
        }
    }

    /// Counts a document that has no source.
    pub fn add_document_without_source(&mut self) {
        self.documents += 1;
    }

    /// Counts a cluster: the name of the document that is kept, for messages, and how many others are removed.
    pub fn add_cluster(&mut self, representative: impl Into<String>, removed: u64) {
        let (name, largest) = (representative.into(), self.largest.as_ref());
        if largest.is_none_or(|(of, most)| removed > *most || removed == *most && name < *of) {
            self.largest = Some((name, removed));
        }
    }

    /// Adds the counts of other documents and other clusters.
    pub fn merge(&mut self, other: Self) {
        self.documents += other.documents;
        for (source, count) in other.sources {
            let sum = self.sources.entry(source).or_default();
            sum.documents += count.documents;
            sum.removed += count.removed;
        }
        if let Some((representative, removed)) = other.largest {
            self.add_cluster(representative, removed);
        }
    }

    /// Checks that everything is within the limits.
    ///
    /// # Errors
    /// The first limit that is exceeded, as listed by [`exceeded`](Self::exceeded).
    pub fn check(&self) -> Result<(), LimitExceeded> {
        self.exceeded().into_iter().next().map_or(Ok(()), Err)
    }

    /// Returns all limits that are exceeded: first by the largest cluster, then by sources, the greatest share first.
    #[must_use]
    pub fn exceeded(&self) -> Vec<LimitExceeded> {
        let min_documents = self.limits.min_documents;
        self.over_limits(|documents| documents >= min_documents)
    }

    /// Returns all limits that would be exceeded if they applied to so few documents: those of a corpus or a source with fewer documents
    /// than [`RemovalLimits::min_documents`]. In the order of [`exceeded`](Self::exceeded).
    ///
    /// ```
    /// use twinprint::dedup::RemovalLimits;
    ///
    /// let mut counts = RemovalLimits::new().counts()?;
    /// (0..21).for_each(|_| counts.add_document_without_source());
    /// counts.add_cluster("template-1", 20);
    /// assert!(counts.check().is_ok());
    /// assert_eq!(counts.not_applied().len(), 1);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn not_applied(&self) -> Vec<LimitExceeded> {
        let min_documents = self.limits.min_documents;
        self.over_limits(|documents| documents < min_documents)
    }

    /// Returns the limits that are exceeded by a corpus or a source whose number of documents counts.
    fn over_limits(&self, counts: impl Fn(u64) -> bool) -> Vec<LimitExceeded> {
        let RemovalLimits { max_cluster_share, max_source_share, .. } = self.limits;
        let is_over =
            |removed: u64, documents: u64, limit: f64| counts(documents) && removed as f64 > limit * documents as f64;
        let largest = self.largest.iter().filter(|(_, removed)| is_over(*removed, self.documents, max_cluster_share));
        let cluster = largest.map(|(representative, removed)| LimitExceeded::Cluster {
            representative: representative.clone(),
            removed: *removed,
            documents: self.documents,
            limit: max_cluster_share,
        });
        let mut sources: Vec<(&String, &SourceCount)> = self
            .sources
            .iter()
            .filter(|(_, count)| is_over(count.removed, count.documents, max_source_share))
            .collect();
        sources.sort_by(|(_, a), (_, b)| b.share().total_cmp(&a.share()));
        let source = |(source, count): (&String, &SourceCount)| LimitExceeded::Source {
            source: source.clone(),
            removed: count.removed,
            documents: count.documents,
            limit: max_source_share,
        };
        cluster.chain(sources.into_iter().map(source)).collect()
    }
}
