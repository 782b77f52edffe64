use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::error::Error;

fn limits() -> RemovalLimits {
    RemovalLimits::new().max_cluster_share(0.25).max_source_share(0.5).min_documents(4)
}

proptest! {
    #[test]
    fn exceeded_limits_are_those_of_brute_force_in_any_order(
        documents in vec((0_usize..4, any::<bool>()), 0..60),
        clusters in vec((0_u8..10, 1_u64..20), 0..10),
        cut in 0.0_f64..1.0,
    ) {
        let names = ["a", "b", "c", "d"];
        let count = |documents: &[(usize, bool)], clusters: &[(u8, u64)]| {
            let mut counts = limits().counts().expect("valid");
            for &(source, removed) in documents {
                counts.add_document(names[source], removed);
            }
            for (representative, removed) in clusters {
                counts.add_cluster(representative.to_string(), *removed);
            }
            counts
        };
        let all = count(&documents, &clusters);
        let at = |length: usize| (cut * length as f64) as usize;
        let (some, others) = (documents.split_at(at(documents.len())), clusters.split_at(at(clusters.len())));
        let mut merged = count(some.1, others.1);
        merged.merge(count(some.0, others.0));
        prop_assert_eq!(&merged, &all);

        let exceeded = all.exceeded();
        let over = |source: usize| {
            let of: Vec<bool> = documents.iter().filter(|(s, _)| *s == source).map(|(_, removed)| *removed).collect();
            of.len() >= 4 && 2 * of.iter().filter(|removed| **removed).count() > of.len()
        };
        for (source, name) in names.iter().enumerate() {
            let named = exceeded.iter().any(|e| matches!(e, LimitExceeded::Source { source: s, .. } if s == name));
            prop_assert_eq!(named, over(source));
        }
        let most = clusters.iter().map(|(_, removed)| *removed).max().unwrap_or(0);
        let too_much = documents.len() >= 4 && 4 * most > documents.len() as u64;
        let named = exceeded.iter().filter(|e| matches!(e, LimitExceeded::Cluster { removed, .. } if *removed == most)).count();
        prop_assert_eq!(named, usize::from(too_much));
        prop_assert_eq!(all.check().is_err(), !exceeded.is_empty());
    }
}

#[test]
fn a_limit_may_be_reached_and_not_passed() {
    let mut counts = limits().counts().expect("valid");
    for number in 0..8 {
        counts.add_document("wire", number < 4);
    }
    counts.add_cluster("one", 2);
    assert_eq!(counts.check(), Ok(()));
    counts.add_document("wire", true);
    counts.add_cluster("two", 3);
    let exceeded = counts.exceeded();
    assert_eq!(counts.check(), Err(exceeded[0].clone()));
    assert_eq!(
        exceeded,
        [
            LimitExceeded::Cluster { representative: "two".into(), removed: 3, documents: 9, limit: 0.25 },
            LimitExceeded::Source { source: "wire".into(), removed: 5, documents: 9, limit: 0.5 },
        ]
    );
    for (exceeded, remedy) in exceeded.iter().zip(["raise max_cluster_share", "raise max_source_share"]) {
        assert!(exceeded.to_string().ends_with(remedy), "{exceeded}");
    }
}

#[test]
fn bad_limits_are_named() {
    let field = |limits: RemovalLimits| match limits.counts() {
        Err(Error::OutOfRange { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(field(limits().max_cluster_share(0.0)), "max_cluster_share");
    assert_eq!(field(limits().max_source_share(f64::NAN)), "max_source_share");
}

#[cfg(feature = "serde")]
#[test]
fn what_is_stored_is_read_as_it_was() {
    let stored = serde_json::to_string(&limits()).expect("plain");
    assert_eq!(serde_json::from_str::<RemovalLimits>(&stored).expect("valid"), limits());
    let exceeded = LimitExceeded::Source { source: "wire".into(), removed: 5, documents: 9, limit: 0.5 };
    let stored = serde_json::to_string(&exceeded).expect("plain");
    assert_eq!(serde_json::from_str::<LimitExceeded>(&stored).expect("valid"), exceeded);
}
