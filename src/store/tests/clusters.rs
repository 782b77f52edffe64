//! Live clusters against components that are worked out from scratch.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::model::{Folder, Step, create, id, open, set, steps};
use crate::store::{ClusterChange, LiveClusters, View};

/// The clusters by their definition: what is connected by answers of queries, by time and id.
fn expected(view: &View, threshold: f64) -> BTreeSet<Vec<String>> {
    let documents: Vec<_> = view.documents().map(|document| document.expect("sound")).collect();
    let mut cluster: BTreeMap<String, usize> =
        documents.iter().enumerate().map(|(number, document)| (document.id.clone(), number)).collect();
    for document in &documents {
        for hit in view.query(&document.prepared, threshold).expect("sound") {
            let (from, to) = (cluster[&hit.id], cluster[&document.id]);
            cluster.values_mut().filter(|number| **number == from).for_each(|number| *number = to);
        }
    }
    let mut clusters: BTreeMap<usize, Vec<(u64, String)>> = BTreeMap::new();
    for document in documents {
        clusters.entry(cluster[&document.id]).or_default().push((document.time, document.id));
    }
    clusters.values_mut().for_each(|members| members.sort());
    clusters.into_values().map(|members| members.into_iter().map(|(_, id)| id).collect()).collect()
}

fn check(clusters: &LiveClusters, view: &View) {
    let expected = expected(view, clusters.threshold());
    let found: Vec<Vec<String>> = clusters.clusters().into_iter().map(|cluster| cluster.members).collect();
    let several: BTreeSet<_> = expected.iter().filter(|members| members.len() > 1).cloned().collect();
    assert_eq!(found.iter().cloned().collect::<BTreeSet<_>>(), several);
    let time =
        |id: &String| view.documents().map(|one| one.expect("sound")).find(|one| one.id == *id).map(|one| one.time);
    assert!(found.is_sorted_by_key(|members| (time(&members[0]), members[0].clone())));
    for members in &expected {
        for member in members {
            let cluster = clusters.cluster_of(member).expect("it is there");
            assert_eq!((cluster.leader(), &cluster.members), (members[0].as_str(), members));
        }
    }
    assert_eq!((clusters.documents(), clusters.cluster_of("nobody")), (view.len(), None));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn clusters_follow_every_commit(steps in steps(), begin in 0_usize..20) {
        let folder = Folder::new("clusters");
        let mut store = create(&folder.0).expect("created");
        let mut clusters: Vec<LiveClusters> = Vec::new();
        for (time, step) in steps.iter().enumerate() {
            // Few times, so that ids decide too.
            store.set_time(Some(time as u64 / 4));
            match step {
                Step::Upsert(number, features) | Step::Insert(number, features) => {
                    store.upsert_set(&id(*number), set(*features)).expect("added");
                }
                Step::Remove(number) => {
                    store.remove(&id(*number)).expect("sound");
                }
                Step::Expire(before) => store.expire(*before / 4).expect("sound"),
                Step::Commit => {
                    store.commit().expect("committed");
                }
                Step::Compact => store.compact().expect("compacted"),
                Step::Rollback => store.rollback(),
                Step::Reopen => {
                    drop(store);
                    store = open(&folder.0).expect("sound");
                    clusters.clear();
                }
            }
            if time >= begin && clusters.is_empty() {
                clusters.extend([0.5, 0.8].map(|threshold| store.live_clusters(threshold).expect("sound")));
            }
            clusters.iter().for_each(|clusters| check(clusters, &store.view()));
        }
    }

    /// The same documents in another order and other batches are the same clusters.
    #[test]
    fn the_order_means_nothing(
        documents in prop::collection::btree_map(0..30_u8, (0..40_u64, 0..3_u64), 1..30),
        keys in prop::collection::vec(any::<u32>(), 30),
        commits in prop::collection::vec(any::<bool>(), 60),
    ) {
        let folders = [Folder::new("order-one"), Folder::new("order-two")];
        let mut found = Vec::new();
        for (round, folder) in folders.iter().enumerate() {
            let mut store = create(&folder.0).expect("created");
            let clusters = store.live_clusters(0.5).expect("sound");
            let mut order: Vec<_> = documents.iter().collect();
            if round == 1 {
                order.sort_by_key(|(number, _)| keys[usize::from(**number)]);
            }
            for (at, (number, (features, time))) in order.into_iter().enumerate() {
                store.set_time(Some(*time));
                store.upsert_set(&id(*number), set(*features)).expect("added");
                if commits[30 * round + at] {
                    store.commit().expect("committed");
                }
            }
            store.commit().expect("committed");
            found.push(clusters.clusters());
        }
        prop_assert_eq!(&found[0], &found[1]);
    }
}

#[test]
fn changes_tell_what_happened() {
    let folder = Folder::new("changes");
    let mut store = create(&folder.0).expect("created");
    let clusters = store.live_clusters(0.4).expect("sound");
    let add = |store: &mut crate::store::Store, time, name: &str, number| {
        store.set_time(Some(time));
        store.upsert_set(name, set(number)).and_then(|()| store.commit()).expect("committed");
    };
    // Of twelve elements, those at a distance of four share eight, and those at eight share four.
    add(&mut store, 5, "b", 6);
    add(&mut store, 6, "d", 14);
    assert!(clusters.changes().is_empty());
    add(&mut store, 7, "c", 10);
    let text = String::from;
    let merged = ClusterChange::Merged { leader: text("b"), absorbed: text("d"), by: text("c") };
    assert_eq!(clusters.changes(), std::slice::from_ref(&merged));
    add(&mut store, 1, "a", 2);
    let first = ClusterChange::Elected { leader: text("a"), before: text("b") };
    assert_eq!(clusters.changes(), [merged, first.clone()]);
    store.remove("a").and_then(|_| store.remove("c")).and_then(|_| store.commit()).expect("committed");
    let again = ClusterChange::Elected { leader: text("b"), before: text("a") };
    let split = ClusterChange::Split { leader: text("b"), parted: text("d"), by: text("c") };
    assert_eq!(clusters.changes()[2..], [again, split]);
    assert!(clusters.clusters().is_empty());
    assert!(store.live_clusters(0.0).is_err());
    // Others at the same threshold are the same ones, and know what happened.
    assert_eq!(store.live_clusters(0.4).expect("sound").changes().len(), 4);
}
