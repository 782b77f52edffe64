//! Stops before too much is dropped.

use std::collections::BTreeMap;
use std::fmt;

use crate::cluster::Cluster;
use crate::error::{Error, similarity};
use crate::pairs::VerifiedPairs;

/// Limits to what deduplication may drop before someone has to look.
///
/// A threshold that is too low, or boilerplate that was left in, shows in one of two ways: one cluster swallows much of
/// the corpus, or one source loses most of its documents. Both are cheap to notice and dear to miss.
///
/// In memory it is one call, [`count`](Self::count). Where clusters are on disk, [`losses`](Self::losses) counts
/// what streams by:
///
/// ```
/// use twinprint::dedup::RemovalLimits;
///
/// let mut losses = RemovalLimits::new().max_cluster_share(0.2).max_source_share(0.5).losses()?;
/// for number in 0..1000 {
///     losses.document(if number < 300 { "blog" } else { "wire" }, number < 290);
/// }
/// losses.cluster("blog-17", 290);
/// let stopped = losses.check().unwrap_err();
/// assert!(stopped.to_string().starts_with("the cluster of blog-17 would drop 290 of 1000 documents (29.0 %)"));
/// assert_eq!(losses.excesses().len(), 2);
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

/// What is dropped, counted against the limits of a [`RemovalLimits`]. Memory: a name and two numbers for each source.
///
/// It does not matter in which order things are counted, nor whether parts are counted apart and [merged](Self::merge).
#[derive(Clone, Debug, PartialEq)]
pub struct RemovalCounts {
    guard: RemovalLimits,
    documents: u64,
    sources: BTreeMap<String, Loss>,
    /// The cluster that drops most; of equal ones the first by name.
    largest: Option<(String, u64)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Loss {
    documents: u64,
    dropped: u64,
}

/// A loss that is over the limit.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum LimitExceeded {
    /// One cluster drops too much of the corpus.
    Cluster {
        /// The document that would be kept.
        representative: String,
        /// Documents that would be dropped.
        dropped: u64,
        /// Documents of the corpus.
        documents: u64,
        /// The share of the corpus that one cluster may drop, 0 to 1.
        limit: f64,
    },
    /// A source loses too many of its documents.
    Source {
        /// The source.
        source: String,
        /// Documents of it that would be dropped.
        dropped: u64,
        /// Documents of it.
        documents: u64,
        /// The share of its documents that a source may lose, 0 to 1.
        limit: f64,
    },
}

impl RemovalLimits {
    /// One cluster may drop a tenth of the corpus, a source may lose half of its documents, and what has fewer than a
    /// hundred documents may lose anything.
    pub fn new() -> Self {
        Self { max_cluster_share: 0.1, max_source_share: 0.5, min_documents: 100 }
    }

    /// The share of the corpus that one cluster may drop, greater than 0 and at most 1; 0.1 unless said. With 1 it may
    /// drop any.
    pub fn max_cluster_share(mut self, share: f64) -> Self {
        self.max_cluster_share = share;
        self
    }

    /// The share of its documents that a source may lose, greater than 0 and at most 1; 0.5 unless said. With 1 it may
    /// lose all.
    pub fn max_source_share(mut self, share: f64) -> Self {
        self.max_source_share = share;
        self
    }

    /// The documents that a corpus or a source needs to have to be judged at all; 100 unless said.
    pub fn min_documents(mut self, documents: u64) -> Self {
        self.min_documents = documents;
        self
    }

    /// Nothing lost so far.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] names the limit that is.
    pub fn losses(self) -> Result<RemovalCounts, Error> {
        similarity("max_cluster_share", self.max_cluster_share)?;
        similarity("max_source_share", self.max_source_share)?;
        Ok(RemovalCounts { guard: self, documents: 0, sources: BTreeMap::new(), largest: None })
    }

    /// Counts what these clusters of a join would drop, where `source` names the source of a document, if it has one.
    /// [`RemovalCounts::check`] says whether that is too much.
    ///
    /// ```
    /// use twinprint::dedup::RemovalLimits;
    /// use twinprint::{Clustering, Keep, Scheme, SimilarityJoin};
    ///
    /// let mut join = SimilarityJoin::builder(&Scheme::news()).build()?;
    /// join.extend((0..200).map(|number| (number, if number < 150 { "all the same".into() } else { format!("news {number}") })))?;
    /// let found = join.finish()?;
    /// let clusters = found.clusters(Clustering::Leader, Keep::First);
    /// let losses = RemovalLimits::new().count(&found, &clusters, |_| None::<&str>)?;
    /// assert!(losses.check().unwrap_err().to_string().starts_with("the cluster of 0 would drop 149 of 200 documents"));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::OutOfRange`] names the limit that is.
    pub fn count<Id: fmt::Debug, S: AsRef<str>>(
        self,
        pairs: &VerifiedPairs<Id>,
        clusters: &[Cluster<Id>],
        source: impl Fn(&Id) -> Option<S>,
    ) -> Result<RemovalCounts, Error> {
        let mut losses = self.losses()?;
        let mut dropped = vec![false; pairs.ids.len()];
        for cluster in clusters {
            let numbers = cluster.numbers();
            for &number in numbers {
                // Clusters of another join have other documents.
                if let Some(dropped) = dropped.get_mut(number as usize) {
                    *dropped = true;
                }
            }
            losses.cluster(format!("{:?}", cluster.representative()), numbers.len() as u64);
        }
        for (id, dropped) in pairs.ids.iter().zip(dropped) {
            match source(id) {
                Some(source) => losses.document(source.as_ref(), dropped),
                None => losses.document_without_source(),
            }
        }
        Ok(losses)
    }
}

impl Default for RemovalLimits {
    fn default() -> Self {
        Self::new()
    }
}

impl RemovalCounts {
    /// Counts a document: each once, whether it is dropped or not.
    pub fn document(&mut self, source: &str, dropped: bool) {
        self.documents += 1;
        if !self.sources.contains_key(source) {
            self.sources.insert(source.to_owned(), Loss::default());
        }
        if let Some(loss) = self.sources.get_mut(source) {
            loss.documents += 1;
            loss.dropped += u64::from(dropped);
        }
    }

    /// Counts a document that has no source.
    pub fn document_without_source(&mut self) {
        self.documents += 1;
    }

    /// Counts a cluster: the document that is kept, as it should be shown, and how many others are dropped.
    pub fn cluster(&mut self, representative: impl Into<String>, dropped: u64) {
        let (name, most) = (representative.into(), self.largest.as_ref());
        if most.is_none_or(|(of, most)| dropped > *most || dropped == *most && name < *of) {
            self.largest = Some((name, dropped));
        }
    }

    /// Takes over what was counted elsewhere, of other documents and other clusters.
    pub fn merge(&mut self, other: Self) {
        self.documents += other.documents;
        for (source, loss) in other.sources {
            let sum = self.sources.entry(source).or_default();
            sum.documents += loss.documents;
            sum.dropped += loss.dropped;
        }
        if let Some((representative, dropped)) = other.largest {
            self.cluster(representative, dropped);
        }
    }

    /// Whether everything is within the limits.
    ///
    /// # Errors
    /// The [`LimitExceeded`] to look at first: the largest cluster's, else that of the source that loses the greatest share.
    pub fn check(&self) -> Result<(), LimitExceeded> {
        self.excesses().into_iter().next().map_or(Ok(()), Err)
    }

    /// All that is over a limit: the largest cluster, if it is, then sources by falling share of loss.
    #[must_use]
    pub fn excesses(&self) -> Vec<LimitExceeded> {
        let RemovalLimits { max_cluster_share, max_source_share, min_documents } = self.guard;
        let over = |dropped: u64, documents: u64, limit: f64| {
            documents >= min_documents && dropped as f64 > limit * documents as f64
        };
        let largest = self.largest.iter().filter(|(_, dropped)| over(*dropped, self.documents, max_cluster_share));
        let cluster = largest.map(|(representative, dropped)| LimitExceeded::Cluster {
            representative: representative.clone(),
            dropped: *dropped,
            documents: self.documents,
            limit: max_cluster_share,
        });
        let mut sources: Vec<(&String, &Loss)> =
            self.sources.iter().filter(|(_, loss)| over(loss.dropped, loss.documents, max_source_share)).collect();
        sources.sort_by(|(_, a), (_, b)| b.share().total_cmp(&a.share()));
        let source = |(source, loss): (&String, &Loss)| LimitExceeded::Source {
            source: source.clone(),
            dropped: loss.dropped,
            documents: loss.documents,
            limit: max_source_share,
        };
        cluster.chain(sources.into_iter().map(source)).collect()
    }
}

impl Loss {
    fn share(&self) -> f64 {
        self.dropped as f64 / self.documents as f64
    }
}

impl LimitExceeded {
    /// The share that would be dropped, 0 to 1.
    #[must_use]
    pub fn share(&self) -> f64 {
        let (Self::Cluster { dropped, documents, .. } | Self::Source { dropped, documents, .. }) = *self;
        Loss { documents, dropped }.share()
    }
}

impl fmt::Display for LimitExceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = 100.0 * self.share();
        match self {
            Self::Cluster { representative, dropped, documents, limit } => write!(
                f,
                "the cluster of {representative} would drop {dropped} of {documents} documents ({percent:.1} %), \
                 and one cluster may drop {:.1} %; look at its texts: if they are not duplicates, raise the threshold or \
                 remove boilerplate; if they are, raise max_cluster_share",
                100.0 * limit
            ),
            Self::Source { source, dropped, documents, limit } => write!(
                f,
                "the source {source:?} would lose {dropped} of its {documents} documents ({percent:.1} %), \
                 and a source may lose {:.1} %; look at its clusters: if they are templates, raise the threshold or \
                 remove boilerplate; if they are duplicates, raise max_source_share",
                100.0 * limit
            ),
        }
    }
}

impl std::error::Error for LimitExceeded {}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn guard() -> RemovalLimits {
        RemovalLimits::new().max_cluster_share(0.25).max_source_share(0.5).min_documents(4)
    }

    proptest! {
        #[test]
        fn excesses_are_those_of_brute_force_in_any_order(
            documents in vec((0_usize..4, any::<bool>()), 0..60),
            clusters in vec((0_u8..10, 1_u64..20), 0..10),
            cut in 0.0_f64..1.0,
        ) {
            let names = ["a", "b", "c", "d"];
            let count = |documents: &[(usize, bool)], clusters: &[(u8, u64)]| {
                let mut losses = guard().losses().expect("valid");
                for &(source, dropped) in documents {
                    losses.document(names[source], dropped);
                }
                for (representative, dropped) in clusters {
                    losses.cluster(representative.to_string(), *dropped);
                }
                losses
            };
            let all = count(&documents, &clusters);
            let at = |length: usize| (cut * length as f64) as usize;
            let (some, others) = (documents.split_at(at(documents.len())), clusters.split_at(at(clusters.len())));
            let mut merged = count(some.1, others.1);
            merged.merge(count(some.0, others.0));
            prop_assert_eq!(&merged, &all);

            let excesses = all.excesses();
            let over = |source: usize| {
                let of: Vec<bool> = documents.iter().filter(|(s, _)| *s == source).map(|(_, dropped)| *dropped).collect();
                of.len() >= 4 && 2 * of.iter().filter(|dropped| **dropped).count() > of.len()
            };
            for (source, name) in names.iter().enumerate() {
                let named = excesses.iter().any(|e| matches!(e, LimitExceeded::Source { source: s, .. } if s == name));
                prop_assert_eq!(named, over(source));
            }
            let most = clusters.iter().map(|(_, dropped)| *dropped).max().unwrap_or(0);
            let too_much = documents.len() >= 4 && 4 * most > documents.len() as u64;
            let named = excesses.iter().filter(|e| matches!(e, LimitExceeded::Cluster { dropped, .. } if *dropped == most)).count();
            prop_assert_eq!(named, usize::from(too_much));
            prop_assert_eq!(all.check().is_err(), !excesses.is_empty());
        }
    }

    #[test]
    fn a_limit_may_be_reached_and_not_passed() {
        let mut losses = guard().losses().expect("valid");
        for number in 0..8 {
            losses.document("wire", number < 4);
        }
        losses.cluster("one", 2);
        assert_eq!(losses.check(), Ok(()));
        losses.document("wire", true);
        losses.cluster("two", 3);
        let excesses = losses.excesses();
        assert_eq!(losses.check(), Err(excesses[0].clone()));
        assert_eq!(
            excesses,
            [
                LimitExceeded::Cluster { representative: "two".into(), dropped: 3, documents: 9, limit: 0.25 },
                LimitExceeded::Source { source: "wire".into(), dropped: 5, documents: 9, limit: 0.5 },
            ]
        );
        for (excess, remedy) in excesses.iter().zip(["raise max_cluster_share", "raise max_source_share"]) {
            assert!(excess.to_string().ends_with(remedy), "{excess}");
        }
    }

    #[test]
    fn bad_limits_are_named() {
        let field = |guard: RemovalLimits| match guard.losses() {
            Err(Error::OutOfRange { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(guard().max_cluster_share(0.0)), "max_cluster_share");
        assert_eq!(field(guard().max_source_share(f64::NAN)), "max_source_share");
    }
}
