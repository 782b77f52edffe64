//! Components of a join in a folder beside those of the join in memory.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// Components as clusters in memory are told: representative, and of each other document its number and what it has in
/// common with the representative, if they are a pair.
type Told = Vec<(usize, Vec<(usize, Option<Overlap>)>)>;

fn on_disk(members: impl Iterator<Item = Result<crate::Member<u32>, Error>>) -> Told {
    let mut told = Told::new();
    for member in members {
        let member = member.expect("read");
        if told.last().is_none_or(|(representative, _)| *representative != member.representative as usize) {
            told.push((member.representative as usize, Vec::new()));
        }
        let (_, others) = told.last_mut().expect("there is one");
        others.push((member.document as usize, member.overlap));
    }
    told
}

fn in_memory(found: &VerifiedPairs<usize>, clusters: Vec<crate::Cluster<usize>>, sizes: &[usize]) -> Told {
    assert_eq!(found.stats().documents, sizes.len() as u64);
    let told = |cluster: crate::Cluster<usize>| {
        let others = cluster.members().iter().map(|other| (other.document, other.overlap));
        (*cluster.representative(), others.collect())
    };
    let mut told: Told = clusters.into_iter().map(told).collect();
    told.sort_unstable_by_key(|(representative, _)| *representative);
    told
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn components_are_those_of_the_join_in_memory(
        words in vec(vec(0_u64..20, 0..9), 0..40),
        keys in vec(0_u8..4, 40),
        small: bool,
    ) {
        let text = |words: &Vec<u64>| words.iter().map(|word| format!("w{word} ")).collect::<String>();
        let texts: Vec<String> = words.iter().map(text).collect();
        let shingler = scheme().shingler().expect("text");
        let sizes: Vec<usize> = texts.iter().map(|text| shingler.set(text).len()).collect();
        let mut join = SimilarityJoin::builder(&scheme()).threshold(0.6).banding(banding()).build().expect("valid");
        join.push_all(texts_of((0..).zip(&texts))).expect("few");
        let expected = join.finish().expect("few");
        let folder = Folder::new("components");
        let named: Vec<_> = texts.iter().map(|text| (String::new(), text.clone())).collect();
        let case = if small { Case { memory: 4_000, piece: 1_000, ..USUAL } } else { USUAL };
        let found = joined(&folder.0, &named, case).expect("joined");
        for keep in [Keep::First, Keep::Longest] {
            let clusters = expected.clusters(Clustering::Components, keep);
            let members = found.clusters(Clustering::Components, keep).and_then(|found| found.by_representative()).expect("sorted");
            prop_assert_eq!(on_disk(members), in_memory(&expected, clusters, &sizes));
        }
        let clusters = expected.clusters_by_key(Clustering::Components, |&id| keys[id]);
        let members = found.clusters_by_key(Clustering::Components, |document| keys[document as usize]);
        let members = members.and_then(|found| found.by_representative()).expect("sorted");
        prop_assert_eq!(on_disk(members), in_memory(&expected, clusters, &sizes));
    }
}

#[test]
fn long_chains_and_stars_are_components_too() {
    // Each text shares nine of its eleven words with the next one.
    let chain = |at: u64| (at..at + 10).map(|word| format!("c{word} ")).collect::<String>();
    let star = |at: u64| (0..10).map(|word| format!("s{word} ")).collect::<String>() + &format!("x{at}");
    let mut texts: Vec<_> = (0..500).rev().map(|at| (format!("c{at}"), chain(at))).collect();
    texts.extend((0..500).map(|at| (format!("s{at}"), star(at))));
    let folder = Folder::new("chains");
    let found = joined(&folder.0, &texts, Case { memory: 4_000, ..USUAL }).expect("joined");
    let told = on_disk(
        found
            .clusters(Clustering::Components, Keep::First)
            .and_then(|found| found.by_representative())
            .expect("sorted"),
    );
    assert_eq!(told.iter().map(|(first, others)| (*first, others.len())).collect::<Vec<_>>(), [(0, 499), (500, 499)]);
    let direct = |others: &[(usize, Option<Overlap>)]| others.iter().filter(|(_, overlap)| overlap.is_some()).count();
    assert!(direct(&told[0].1) < 4 && direct(&told[1].1) == 499);
}
