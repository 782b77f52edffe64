//! What removal promises under every rule: each removed document has a reason that was kept, and a second run removes nothing.

use std::collections::{HashMap, HashSet};

use proptest::collection::vec;
use proptest::prelude::*;
use twinprint::containment::FracMinHash;
use twinprint::lsh::Banding;
use twinprint::result::VerifiedPairs;
use twinprint::{Cluster, Clustering, Document, Keep, Scheme, SimilarityJoin};

const THRESHOLD: f64 = 0.6;
const CONTAINED: f64 = 0.8;

/// Sets of few elements, so that many are similar or inside others.
fn corpora() -> impl Strategy<Value = Vec<Vec<u64>>> {
    let short = vec(0_u64..12, 1..8);
    let long = vec(0_u64..40, 10..40);
    vec(prop_oneof![short, long], 0..25)
}

/// Joins documents, each of which is known by its number. Bands of one row find every similar pair.
fn join(documents: &[(usize, &Vec<u64>)]) -> VerifiedPairs<usize> {
    let scheme = Scheme::builder().custom_features("test").num_hashes(256).build().expect("valid");
    let rules = FracMinHash::new(1, 1_000).expect("within");
    let builder = SimilarityJoin::builder(&scheme).threshold(THRESHOLD).containment(CONTAINED, rules);
    let mut join = builder.banding(Banding::new(256, 1).expect("valid")).build().expect("valid");
    for (number, set) in documents {
        join.push(Document::features(*number, set)).expect("few");
    }
    join.finish().expect("few")
}

/// What a join found: the similarity of each pair, both ways, and which document is inside which.
struct Relations {
    jaccard: HashMap<(usize, usize), f64>,
    inside: HashSet<(usize, usize)>,
}

impl Relations {
    fn new(found: &VerifiedPairs<usize>) -> Self {
        let both_ways = |(left, right, jaccard)| [((left, right), jaccard), ((right, left), jaccard)];
        let pairs = found.all_pairs(usize::MAX);
        let pairs = pairs.iter().map(|pair| (*pair.left, *pair.right, pair.jaccard()));
        let contained = found.contained(usize::MAX);
        let inside = contained.iter().map(|pair| (*pair.inner, *pair.outer)).collect();
        Self { jaccard: pairs.flat_map(both_ways).collect(), inside }
    }

    fn are_similar(&self, one: usize, other: usize) -> bool {
        self.jaccard.contains_key(&(one, other))
    }

    /// Returns whether one document is inside another, and not merely similar to it.
    fn is_inside(&self, inner: usize, outer: usize) -> bool {
        self.inside.contains(&(inner, outer)) && !self.are_similar(inner, outer)
    }
}

/// Returns the documents that clusters remove, each with its representative.
fn removed(clusters: &[Cluster<usize>]) -> HashMap<usize, usize> {
    let members = clusters.iter().flat_map(Cluster::members);
    members.map(|member| (member.document, member.representative)).collect()
}

fn remaining(corpus: &[Vec<u64>], removed: &HashMap<usize, usize>) -> Vec<usize> {
    (0..corpus.len()).filter(|document| !removed.contains_key(document)).collect()
}

fn join_of<'a>(corpus: &'a [Vec<u64>], documents: &[usize]) -> VerifiedPairs<usize> {
    let documents: Vec<(usize, &'a Vec<u64>)> = documents.iter().map(|&number| (number, &corpus[number])).collect();
    join(&documents)
}

proptest! {
    #[test]
    fn no_kept_document_is_similar_to_another_or_inside_it(corpus in corpora(), keep in 0..3_usize, contained: bool) {
        let keep = [Keep::First, Keep::Longest, Keep::Shortest][keep];
        let clustering = if contained { Clustering::Containers } else { Clustering::Leader };
        let all: Vec<usize> = (0..corpus.len()).collect();
        let found = join_of(&corpus, &all);
        let relations = Relations::new(&found);
        let removed_by = removed(&found.clusters(clustering, keep));
        let kept = remaining(&corpus, &removed_by);
        for (&document, &of) in &removed_by {
            prop_assert!(kept.contains(&of), "{document} duplicates {of}, which is removed");
            let is_inside = contained && relations.is_inside(document, of);
            prop_assert!(relations.are_similar(document, of) || is_inside, "{document} {of}");
        }
        for &one in &kept {
            for &other in &kept {
                prop_assert!(!relations.are_similar(one, other), "{one} ~ {other}");
                prop_assert!(!contained || !relations.is_inside(one, other), "{one} in {other}");
            }
        }
        let again = join_of(&corpus, &kept).clusters(clustering, keep);
        prop_assert!(again.is_empty(), "a second run removes nothing");
    }

    #[test]
    fn an_order_of_preference_leaves_nothing_to_the_order_of_reading(
        corpus in corpora(),
        order in Just((0..25_usize).collect::<Vec<_>>()).prop_shuffle(),
        keys in Just((0..25_u8).collect::<Vec<_>>()).prop_shuffle(),
        contained: bool,
    ) {
        let clustering = if contained { Clustering::Containers } else { Clustering::Leader };
        let all: Vec<usize> = (0..corpus.len()).collect();
        let order: Vec<usize> = order.into_iter().filter(|&document| document < corpus.len()).collect();
        let removed_of = |documents: &[usize]| {
            removed(&join_of(&corpus, documents).clusters_by_key(clustering, |document| keys[*document]))
        };
        prop_assert_eq!(removed_of(&all), removed_of(&order));
    }

    #[test]
    fn partners_are_all_documents_with_a_duplicate(corpus in corpora()) {
        let all: Vec<usize> = (0..corpus.len()).collect();
        let found = join_of(&corpus, &all);
        let relations = Relations::new(&found);
        let partners: HashMap<usize, usize> =
            found.partners().iter().map(|member| (*member.document, *member.representative)).collect();
        for &one in &all {
            let of_one = relations.jaccard.iter().filter(|((left, _), _)| *left == one);
            let nearest = of_one.map(|(_, jaccard)| *jaccard).reduce(f64::max);
            let partner = partners.get(&one).and_then(|other| relations.jaccard.get(&(one, *other)).copied());
            prop_assert_eq!((partners.contains_key(&one), partner), (nearest.is_some(), nearest));
        }
    }

    #[test]
    fn groups_go_only_as_a_whole_and_once(corpus in corpora(), groups in vec(0_usize..6, 25), keys in vec(0_u8..4, 25)) {
        let group = |document: &usize| Some(groups[*document]).filter(|group| *group > 0);
        let all: Vec<usize> = (0..corpus.len()).collect();
        let clusters_of = |found: &VerifiedPairs<usize>| removed(&found.clusters_of_groups(|document| keys[*document], group));
        let found = join_of(&corpus, &all);
        let (relations, removed_by) = (Relations::new(&found), clusters_of(&found));
        let kept = remaining(&corpus, &removed_by);
        for (&document, &of) in &removed_by {
            prop_assert!(kept.contains(&of));
            prop_assert!(relations.are_similar(document, of) || relations.is_inside(document, of), "{document} {of}");
            let of_same_group = |other: &usize| group(&document).is_some() && group(other) == group(&document);
            prop_assert!(!kept.iter().any(of_same_group), "part of a group is kept");
        }
        prop_assert!(clusters_of(&join_of(&corpus, &kept)).is_empty(), "a second run removes nothing");
    }
}
