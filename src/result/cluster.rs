//! Clusters, and the settings that make them.

use super::Member;

/// Says how verified pairs become clusters. Defaults to leader clusters.
///
/// Similarity is not transitive. Each text here shares most with the next one, and the ends share little:
///
/// ```
/// use twinprint::{Clustering, Document, Keep, Scheme, SimilarityJoin};
///
/// let scheme = Scheme::builder().custom_features("window").build()?;
/// let mut join = SimilarityJoin::builder(&scheme).threshold(0.5).build()?;
/// for (id, start) in [("a", 0), ("b", 3), ("c", 6), ("d", 9)] {
///     join.push(Document::features(id, (start..start + 12).collect::<Vec<u64>>()))?;
/// }
/// let found = join.finish()?;
/// let clusters = |clustering| -> Vec<Vec<&str>> {
///     let ids = found.clusters(clustering, Keep::First).into_iter().map(|cluster| {
///         let members = cluster.members().iter().map(|member| member.document);
///         std::iter::once(*cluster.representative()).chain(members).collect()
///     });
///     ids.collect()
/// };
/// assert_eq!(clusters(Clustering::Leader), [["a", "b"], ["c", "d"]]);
/// assert_eq!(clusters(Clustering::Components), [["a", "b", "c", "d"]]);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Clustering {
    /// Every document that is removed has a verified pair with the one that is kept, and no two kept ones have. In the
    /// order of preference, each document is kept unless it is similar to one that was kept before; then it joins the
    /// most similar of these, and of equally similar ones the most preferred.
    #[default]
    Leader,
    /// As `Leader`, and a document that is inside a kept one belongs to it too, if the join
    /// [looked for contained texts](crate::SimilarityJoinBuilder::containment). A document inside a larger one that is not
    /// similar to it comes after that one, whatever the order of preference says. So no kept document is inside another.
    Containers,
    /// Connected components: documents that chains of verified pairs connect. The ends of a chain need not be alike, so
    /// this is for seeing what belongs together, not for removal; [`Member::overlap`] is `None` where only a chain leads there.
    Components,
}

/// Says which document of a cluster is kept. Defaults to the first.
///
/// For another preference, such as a source or a date, use
/// [`clusters_by_key`](crate::result::VerifiedPairs::clusters_by_key), or [`Preference`](crate::dedup::Preference)
/// in a deduplicator.
///
/// ```
/// use twinprint::{Deduplicator, Keep};
///
/// let texts = [("short", "one two three four five six"), ("long", "one two three four five six seven")];
/// let kept = |keep| -> Result<&str, twinprint::Error> {
///     let found = Deduplicator::builder().threshold(0.5).keep(keep).run(texts)?;
///     Ok(found.kept().next().copied().unwrap_or_default())
/// };
/// assert_eq!((kept(Keep::First)?, kept(Keep::Longest)?), ("short", "long"));
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Keep {
    /// The one that came first. It takes no memory for the order, on disk too.
    #[default]
    First,
    /// The one with the longest text in bytes, of equally long ones the first. The length of features is that of their
    /// numbers, eight bytes each.
    Longest,
    /// The one with the shortest text, of equally short ones the first.
    Shortest,
    /// None of them: a [`Deduplicator`](crate::Deduplicator) removes every document that has a duplicate. Clusters are represented
    /// by their first documents.
    None,
}

/// Holds documents that belong together, and the one that represents them. It has at least one member.
///
/// ```
/// use twinprint::{Clustering, Document, Keep, Scheme, SimilarityJoin};
///
/// let mut join = SimilarityJoin::builder(&Scheme::builder().words(1).build()?).threshold(0.5).build()?;
/// for (id, text) in [("a", "one two three"), ("b", "one two three four"), ("c", "rain"), ("d", "one two three five")] {
///     join.push(Document::text(id, text))?;
/// }
/// let clusters = join.finish()?.clusters(Clustering::Leader, Keep::First);
/// let cluster = &clusters[0];
/// let removed: Vec<&str> = cluster.members().iter().map(|member| member.document).collect();
/// assert_eq!((*cluster.representative(), removed, cluster.min_jaccard()), ("a", vec!["b", "d"], Some(0.75)));
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Cluster<Id> {
    representative: Id,
    /// The representative's number, because ids may repeat.
    #[cfg_attr(feature = "serde", serde(skip))]
    representative_number: u32,
    members: Vec<Member<Id>>,
    /// The members' numbers in the order of documents, because ids may repeat.
    #[cfg_attr(feature = "serde", serde(skip))]
    numbers: Vec<u32>,
}

impl<Id> Cluster<Id> {
    /// Returns the document that is kept.
    #[must_use]
    pub fn representative(&self) -> &Id {
        &self.representative
    }

    /// Returns the other documents, in the order in which they came: those that are removed.
    #[must_use]
    pub fn members(&self) -> &[Member<Id>] {
        &self.members
    }

    pub(crate) fn representative_number(&self) -> u32 {
        self.representative_number
    }

    pub(crate) fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// Returns the least verified Jaccard similarity of a member to the representative, or `None` if a member has only
    /// a chain to it.
    ///
    /// In leader clusters it is at least the threshold of the join.
    #[must_use]
    pub fn min_jaccard(&self) -> Option<f64> {
        self.members.iter().try_fold(1.0, |min: f64, member| member.jaccard().map(|jaccard| min.min(jaccard)))
    }
}

impl<Id: Clone> Cluster<Id> {
    /// Gathers members, which come by representative, into clusters in the order of their first documents.
    pub(crate) fn gather(members: impl Iterator<Item = Member<u32>>, ids: &[Id]) -> Vec<Self> {
        let mut clusters: Vec<(u32, u32, Self)> = Vec::new();
        for member in members {
            let representative = member.representative;
            if clusters.last().is_none_or(|(_, last, _)| *last != representative) {
                let first = representative.min(member.document);
                let id = ids[representative as usize].clone();
                clusters.push((
                    first,
                    representative,
                    Self {
                        representative: id,
                        representative_number: representative,
                        members: Vec::new(),
                        numbers: Vec::new(),
                    },
                ));
            }
            if let Some((_, _, cluster)) = clusters.last_mut() {
                cluster.numbers.push(member.document);
                cluster.members.push(member.name(|document| ids[document as usize].clone()));
            }
        }
        clusters.sort_unstable_by_key(|(first, ..)| *first);
        clusters.into_iter().map(|(.., cluster)| cluster).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::{Document, Scheme, ShingleSet, SimilarityJoin};

    proptest! {
        #[test]
        fn the_least_similarity_to_the_representative_is_stated(
            sets in vec(vec(0_u64..14, 1..8), 0..30),
            longest: bool,
            components: bool,
        ) {
            let scheme = Scheme::builder().custom_features("test").num_hashes(256).build().expect("valid");
            let mut join = SimilarityJoin::builder(&scheme).threshold(0.4).build().expect("valid");
            for (id, set) in sets.iter().enumerate() {
                join.push(Document::features(id, set)).expect("few");
            }
            let found = join.finish().expect("few");
            let clustering = if components { Clustering::Components } else { Clustering::Leader };
            let keep = if longest { Keep::Longest } else { Keep::First };
            let verified: BTreeMap<(usize, usize), f64> =
                found.all_pairs(usize::MAX).iter().map(|pair| ((*pair.left, *pair.right), pair.jaccard())).collect();
            for cluster in found.clusters(clustering, keep) {
                let kept = *cluster.representative();
                let with_kept = |id: usize| verified.get(&(kept.min(id), kept.max(id))).copied();
                let all: Option<Vec<f64>> = cluster.members().iter().map(|member| with_kept(member.document)).collect();
                prop_assert_eq!(cluster.min_jaccard(), all.clone().map(|all| all.into_iter().fold(1.0, f64::min)));
                prop_assert!(all.is_some() || components);
                let of = |id: usize| sets[id].iter().copied().collect::<ShingleSet>();
                for member in cluster.members() {
                    let exact = of(kept).jaccard(&of(member.document));
                    prop_assert!(cluster.min_jaccard().is_none_or(|least| exact >= least));
                }
            }
        }
    }

    #[test]
    fn a_chain_has_no_least_similarity() {
        let scheme = Scheme::builder().custom_features("test").build().expect("valid");
        let mut join = SimilarityJoin::builder(&scheme).threshold(0.5).build().expect("valid");
        for (id, set) in [[1, 2, 3, 4], [2, 3, 4, 5], [3, 4, 5, 6]].iter().enumerate() {
            join.push(Document::features(id, set)).expect("few");
        }
        let found = join.finish().expect("few");
        let least = |clustering| found.clusters(clustering, Keep::First)[0].min_jaccard();
        assert_eq!((least(Clustering::Leader), least(Clustering::Components)), (Some(0.6), None));
    }
}
