//! The scores of a clustering against labels.

use std::fmt;
use std::hash::Hash;

use ahash::AHashMap;

use super::labels::{number, pairs_among, sizes};
use super::{BCubed, Scores};
use crate::result::Cluster;

/// Compares a clustering with the clusters that people made.
///
/// Scores by pair ask of each pair of documents whether both put it together. Large clusters weigh much in them,
/// because they have many pairs. [B-cubed scores](BCubed) ask of each document which share of its cluster belongs
/// there (precision) and which share of the documents of its label is in its cluster (recall), and take the
/// averages. When clusters serve to remove duplicates, B-cubed is closer to what matters, because each document is
/// kept or removed once.
///
/// Its `Display` is a small table.
///
/// ```
/// use twinprint::evaluate::ClusterScores;
///
/// let labels = [("a", 1), ("b", 1), ("c", 1), ("d", 2)];
/// // A document that is in no cluster is a cluster of its own.
/// let scores = ClusterScores::new(labels, [("a", "x"), ("b", "x")]);
/// assert_eq!((scores.pairs.precision(), scores.pairs.recall()), (1.0, 1.0 / 3.0));
/// // The clusters of a and b hold two thirds of the documents of their label, that of c a third, that of d all.
/// assert_eq!((scores.b_cubed.precision, scores.b_cubed.recall), (1.0, (2.0 / 3.0 + 2.0 / 3.0 + 1.0 / 3.0 + 1.0) / 4.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ClusterScores {
    /// The scores by pair of documents.
    pub pairs: Scores,
    /// The B-cubed scores.
    pub b_cubed: BCubed,
    /// The number of documents that have a label.
    pub documents: u64,
    /// The number of documents that are in a cluster and have no label. They have no effect on the scores.
    pub unlabelled: u64,
}

impl ClusterScores {
    /// Compares a clustering, as documents and their clusters, with documents and their labels.
    ///
    /// A labelled document that is in no cluster is a cluster of its own. Of several clusters or labels of one document
    /// the last counts. The names of labels and of clusters need not agree or be of one type. Without labelled
    /// documents all scores are 1. Pairs are counted without being listed, in O(n log n) time for clusters of any size.
    ///
    /// ```
    /// use twinprint::evaluate::ClusterScores;
    ///
    /// // Everything in one cluster: all duplicates are together, and so is the rest.
    /// let lumped = ClusterScores::new([(1, "x"), (2, "x"), (3, "y"), (4, "z")], [1, 2, 3, 4].map(|id| (id, ())));
    /// assert_eq!((lumped.pairs.precision(), lumped.pairs.recall()), (1.0 / 6.0, 1.0));
    /// assert_eq!((lumped.b_cubed.precision, lumped.b_cubed.recall), ((0.5 + 0.5 + 0.25 + 0.25) / 4.0, 1.0));
    /// ```
    #[must_use]
    pub fn new<Id: Eq + Hash, L: Eq + Hash, C: Eq + Hash>(
        labels: impl IntoIterator<Item = (Id, L)>,
        clusters: impl IntoIterator<Item = (Id, C)>,
    ) -> Self {
        let (mut documents, mut names) = (AHashMap::new(), AHashMap::new());
        let mut label_of = Vec::new();
        for (document, label) in labels {
            let (document, label) = (number(&mut documents, document), number(&mut names, label));
            put(&mut label_of, document, label);
        }
        let labelled = documents.len();
        let mut names = AHashMap::new();
        let mut cluster_of: Vec<Option<u32>> = vec![None; labelled];
        for (document, cluster) in clusters {
            let (document, cluster) = (number(&mut documents, document), number(&mut names, cluster));
            put(&mut cluster_of, document, Some(cluster));
        }
        let unlabelled = (documents.len() - labelled) as u64;
        // Documents in no cluster get numbers after those of the named clusters.
        let alone = names.len() as u32..;
        let cluster = |(of, own): (&Option<u32>, u32)| of.unwrap_or(own);
        let clusters: Vec<u32> = cluster_of[..labelled].iter().zip(alone).map(cluster).collect();
        Self::from_numbers(&label_of, &clusters, unlabelled)
    }

    /// Computes the scores from the sizes of labels, of clusters, and of the intersections of both.
    fn from_numbers(labels: &[u32], clusters: &[u32], unlabelled: u64) -> Self {
        let mut shared: Vec<(u32, u32)> = labels.iter().copied().zip(clusters.iter().copied()).collect();
        shared.sort_unstable();
        let (of_label, of_cluster) = (sizes(labels), sizes(clusters));
        let (mut together, mut precision, mut recall) = (0, 0.0, 0.0);
        for cell in shared.chunk_by(|a, b| a == b) {
            let (label, cluster) = cell[0];
            let size = cell.len() as u64;
            together += pairs_among(size);
            let squared = (size as f64).powi(2);
            precision += squared / of_cluster[cluster as usize] as f64;
            recall += squared / of_label[label as usize] as f64;
        }
        let pairs = |sizes: &[u64]| sizes.iter().copied().map(pairs_among).sum::<u64>();
        let documents = labels.len() as u64;
        let average = |sum: f64| if documents == 0 { 1.0 } else { sum / documents as f64 };
        Self {
            pairs: Scores {
                true_pairs: together,
                false_pairs: pairs(&of_cluster) - together,
                missed_pairs: pairs(&of_label) - together,
            },
            b_cubed: BCubed { precision: average(precision), recall: average(recall) },
            documents,
            unlabelled,
        }
    }
}

impl fmt::Display for ClusterScores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pairs, b_cubed, documents, unlabelled } = self;
        let Scores { true_pairs, false_pairs, missed_pairs } = pairs;
        let row =
            |name, precision: f64, recall: f64, f1: f64| format!("{name}  {precision:9.4}  {recall:6.4}  {f1:6.4}");
        writeln!(f, "         precision  recall      F1        true       false      missed")?;
        let by_pair = row("pairs  ", pairs.precision(), pairs.recall(), pairs.f1());
        writeln!(f, "{by_pair}  {true_pairs:10}  {false_pairs:10}  {missed_pairs:10}")?;
        writeln!(f, "{}", row("B-cubed", b_cubed.precision, b_cubed.recall, b_cubed.f1()))?;
        write!(f, "{documents} documents have a label; in clusters, {unlabelled} have none and play no part")
    }
}

/// Yields the documents of clusters, each with the position of its cluster, as [`ClusterScores::new`] takes them.
///
/// The representative of a cluster comes first, then its members.
///
/// ```
/// use twinprint::evaluate::{ClusterScores, assignments};
/// use twinprint::{Clustering, Document, Keep, Scheme, SimilarityJoin};
///
/// let scheme = Scheme::builder().words(1).build()?;
/// let mut join = SimilarityJoin::builder(&scheme).threshold(0.6).build()?;
/// for (id, text) in [("a", "one two three"), ("b", "one two three four"), ("c", "five six")] {
///     join.push(Document::text(id, text))?;
/// }
/// let clusters = join.finish()?.clusters(Clustering::Leader, Keep::First);
/// assert_eq!(assignments(&clusters).collect::<Vec<_>>(), [(&"a", 0), (&"b", 0)]);
///
/// let scores = ClusterScores::new([(&"a", 1), (&"b", 1), (&"c", 2)], assignments(&clusters));
/// assert_eq!((scores.b_cubed.precision, scores.b_cubed.recall), (1.0, 1.0));
/// # Ok::<(), twinprint::Error>(())
/// ```
pub fn assignments<Id>(clusters: &[Cluster<Id>]) -> impl Iterator<Item = (&Id, usize)> {
    clusters.iter().enumerate().flat_map(|(place, cluster)| {
        let duplicates = cluster.members().iter().map(|member| &member.document);
        std::iter::once(cluster.representative()).chain(duplicates).map(move |id| (id, place))
    })
}

/// Sets the value at a position that is at most the length.
fn put<T>(values: &mut Vec<T>, number: u32, value: T) {
    match values.get_mut(number as usize) {
        Some(known) => *known = value,
        None => values.push(value),
    }
}
