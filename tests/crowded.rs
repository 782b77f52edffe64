//! Crowded buckets: what is found in them, what is passed over, and that nothing of it is left among the kept documents.

use std::collections::BTreeSet;
#[cfg(feature = "disk")]
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::collection::vec;
use proptest::prelude::*;
use twinprint::lsh::Banding;
use twinprint::result::VerifiedPairs;
use twinprint::{Clustering, Deduplicator, Document, Keep, Scheme, ShingleSet, SimilarityJoin};

/// Where a join runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Memory,
    #[cfg(feature = "disk")]
    Folder,
    Stream,
}

const PLACES: &[Place] = &[
    Place::Memory,
    #[cfg(feature = "disk")]
    Place::Folder,
    Place::Stream,
];

#[derive(Clone, Copy, Debug)]
struct Settings {
    threshold: f64,
    limit: usize,
    bands: u32,
    rows: u32,
}

fn scheme() -> Scheme {
    Scheme::builder().words(1).num_hashes(64).build().expect("valid")
}

fn text(words: &[u16]) -> String {
    words.iter().map(|word| format!("w{word}")).collect::<Vec<_>>().join(" ")
}

/// Joins documents, which are identified by their places in a corpus.
fn joined(place: Place, documents: &[(usize, String)], settings: Settings) -> VerifiedPairs<usize> {
    let banding = Banding::new(settings.bands, settings.rows).expect("valid");
    let builder =
        SimilarityJoin::builder(&scheme()).threshold(settings.threshold).banding(banding).bucket_limit(settings.limit);
    match place {
        Place::Memory => {
            let mut join = builder.build().expect("valid");
            join.push_all(documents.iter().map(|(id, text)| Document::text(*id, text))).expect("few");
            join.finish().expect("few")
        }
        #[cfg(feature = "disk")]
        Place::Folder => {
            static FOLDERS: AtomicUsize = AtomicUsize::new(0);
            let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
            let folder = std::env::temp_dir().join(format!("twinprint-crowded-{}-{number}", std::process::id()));
            let deduplicator = Deduplicator::builder()
                .scheme(scheme())
                .threshold(settings.threshold)
                .banding(banding)
                .bucket_limit(settings.limit)
                .in_folder(&folder);
            let found = deduplicator.run(documents.iter().cloned()).expect("few").verified().clone();
            std::fs::remove_dir_all(&folder).expect("a folder of its own");
            found
        }
        Place::Stream => {
            let builder = Deduplicator::builder().scheme(scheme()).threshold(settings.threshold).banding(banding);
            let mut stream = builder.bucket_limit(settings.limit).build().expect("valid");
            for (id, text) in documents {
                stream.insert(*id, text).expect("few");
            }
            stream.finish().verified().clone()
        }
    }
}

/// Which document of a cluster is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    First,
    Longest,
    Last,
    Scattered,
}

fn kept(found: &VerifiedPairs<usize>, clustering: Clustering, rule: Rule) -> BTreeSet<usize> {
    let clusters = match rule {
        Rule::First => found.clusters(clustering, Keep::First),
        Rule::Longest => found.clusters(clustering, Keep::Longest),
        Rule::Last => found.clusters_by_key(clustering, |id| usize::MAX - id),
        Rule::Scattered => found.clusters_by_key(clustering, |id| (id * 7_919) % 101),
    };
    let removed: BTreeSet<usize> =
        clusters.iter().flat_map(twinprint::Cluster::members).map(|member| member.document).collect();
    found.ids().iter().copied().filter(|id| !removed.contains(id)).collect()
}

fn settings() -> impl Strategy<Value = Settings> {
    (2_usize..6, prop_oneof![Just((64, 1)), Just((16, 2)), Just((8, 3))], 0.3_f64..0.8)
        .prop_map(|(limit, (bands, rows), threshold)| Settings { threshold, limit, bands, rows })
}

/// Documents of few words, so that many share a bucket; copies among them.
fn corpora() -> impl Strategy<Value = Vec<Vec<u16>>> {
    let versions = (vec(0_u16..40, 8..14), vec((0_usize..8, 0_u16..400), 5..60)).prop_map(|(base, changes)| {
        let mut version = base.clone();
        let change = |(place, word): (usize, u16)| {
            if word % 5 == 0 {
                version.clone_from(&base);
            }
            version[place] = word;
            version.clone()
        };
        changes.into_iter().map(change).collect()
    });
    prop_oneof![versions, vec(vec(0_u16..12, 0..8), 0..60)]
}

fn numbered(corpus: &[Vec<u16>]) -> Vec<(usize, String)> {
    corpus.iter().map(|words| text(words)).enumerate().collect()
}

fn check_kept_once(place: Place, documents: &[(usize, String)], settings: Settings) -> Result<(), TestCaseError> {
    let found = joined(place, documents, settings);
    for clustering in [Clustering::Leader, Clustering::Components] {
        for rule in [Rule::First, Rule::Longest, Rule::Last, Rule::Scattered] {
            let once = kept(&found, clustering, rule);
            let again: Vec<_> = documents.iter().filter(|(id, _)| once.contains(id)).cloned().collect();
            let twice = kept(&joined(place, &again, settings), clustering, rule);
            prop_assert_eq!(&once, &twice, "{:?} {:?} {:?}", place, clustering, rule);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn what_is_kept_is_kept_again(corpus in corpora(), settings in settings()) {
        for place in [Place::Memory, Place::Stream] {
            check_kept_once(place, &numbered(&corpus), settings)?;
        }
    }

    #[test]
    fn memory_folder_and_stream_find_the_same(corpus in corpora(), settings in settings()) {
        let documents = numbered(&corpus);
        let in_memory = joined(Place::Memory, &documents, settings);
        for place in PLACES {
            let found = joined(*place, &documents, settings);
            let (stats, expected) = (found.stats(), in_memory.stats());
            prop_assert_eq!(found.pairs(), in_memory.pairs(), "{:?}", place);
            prop_assert_eq!(stats.pairs_passed_over, expected.pairs_passed_over, "{:?}", place);
            prop_assert_eq!(stats.oversized_buckets, expected.oversized_buckets, "{:?}", place);
            for clustering in [Clustering::Leader, Clustering::Components] {
                for keep in [Keep::First, Keep::Longest] {
                    prop_assert_eq!(found.clusters(clustering, keep), in_memory.clusters(clustering, keep));
                }
            }
        }
    }

    #[test]
    fn no_more_is_passed_over_than_there_is(corpus in corpora(), settings in settings()) {
        let documents = numbered(&corpus);
        let (few, all) = (joined(Place::Memory, &documents, settings), Settings { limit: 10_000, ..settings });
        let all = joined(Place::Memory, &documents, all);
        let (few, stats) = (few.pairs(), few.stats());
        let distinct = stats.documents - stats.empty - stats.copies;
        prop_assert!(stats.pairs_passed_over <= distinct * distinct.saturating_sub(1) / 2);
        prop_assert_eq!((all.stats().oversized_buckets, all.stats().pairs_passed_over), (0, 0));
        prop_assert_eq!(all.stats().min_recall(), 1.0);
        let missing = all.pairs().len() - few.len();
        prop_assert!(missing as u64 <= stats.pairs_passed_over, "{} {:?}", missing, stats);
        prop_assert!(few.iter().all(|pair| all.pairs().contains(pair)));
        let share = stats.verified as f64 / all.stats().verified as f64;
        prop_assert!(all.stats().verified == 0 || share >= stats.min_recall() - 1e-12);
    }
}

#[cfg(feature = "disk")]
proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn what_a_folder_keeps_is_kept_again(corpus in corpora(), settings in settings()) {
        check_kept_once(Place::Folder, &numbered(&corpus), settings)?;
    }
}

/// A random number for each input.
fn random(x: u64) -> u64 {
    let x = (x ^ x >> 31).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (x ^ x >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 20
}

/// Versions of one form: some words of it are replaced in each.
fn versions(count: usize) -> Vec<(usize, String)> {
    let word = |document: u64, place: u64| {
        let seed = document << 16 | place;
        let is_replaced = random(seed).is_multiple_of(3);
        (if is_replaced { 100 + random(seed ^ 1 << 50) % 5_000 } else { place }) as u16
    };
    (0..count).map(|id| (id, text(&(0..40).map(|place| word(id as u64, place)).collect::<Vec<u16>>()))).collect()
}

const FORM: Settings = Settings { threshold: 0.6, limit: 40, bands: 21, rows: 3 };

#[test]
fn a_crowd_is_searched_and_not_passed_over() {
    let documents = versions(2_000);
    let sets: Vec<ShingleSet> = {
        let shingler = scheme().shingler().expect("of text");
        documents.iter().map(|(_, text)| shingler.hashes(text).into_iter().collect()).collect()
    };
    let mut similar = 0;
    for (id, left) in sets.iter().enumerate() {
        similar += sets[id + 1..].iter().filter(|right| left.jaccard(right) >= FORM.threshold).count();
    }
    let found = joined(Place::Memory, &documents, FORM);
    let all = joined(Place::Memory, &documents, Settings { limit: 10_000, ..FORM });
    let stats = found.stats();
    assert!(stats.oversized_buckets >= 21 && all.stats().oversized_buckets == 0, "{stats:?}");
    assert!(similar > 100 && all.pairs().len() as f64 > 0.98 * similar as f64, "{similar}");
    assert!(found.pairs().len() as f64 > 0.97 * similar as f64, "{} of {similar}, {stats:?}", found.pairs().len());
    // Sketches exclude most pairs before signatures are compared.
    assert!(stats.candidates < all.stats().candidates / 3, "{stats:?} {:?}", all.stats());
}

#[test]
fn order_changes_nothing_where_nothing_is_passed_over() {
    let documents = versions(600);
    let reversed: Vec<_> = documents.iter().rev().cloned().collect();
    let of = |documents: &[(usize, String)]| -> BTreeSet<(usize, usize)> {
        let found = joined(Place::Memory, documents, FORM);
        assert!(found.stats().oversized_buckets > 0 && found.stats().pairs_passed_over == 0, "{:?}", found.stats());
        found.pairs().iter().map(|pair| (*pair.left.min(pair.right), *pair.left.max(pair.right))).collect()
    };
    assert_eq!(of(&documents), of(&reversed));
}

#[cfg(feature = "rayon")]
#[test]
fn threads_change_nothing() {
    let documents = versions(1_500);
    let settings = Settings { threshold: 0.5, limit: 10, ..FORM };
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| {
            let found = joined(Place::Memory, &documents, settings);
            (found.clusters(Clustering::Leader, Keep::Longest), found)
        })
    };
    let (clusters, found) = on(1);
    assert!(found.stats().pairs_passed_over > 0, "{:?}", found.stats());
    assert_eq!(on(3), (clusters, found));
}

/// All versions are similar: pairs are few, and one document is kept.
#[test]
fn a_dense_crowd_has_few_pairs_and_one_cluster() {
    let form: Vec<u16> = (0..60).collect();
    let version = |id: usize| text(&form.iter().copied().chain([1_000 + id as u16]).collect::<Vec<u16>>());
    let documents: Vec<_> = (0..1_000).map(|id| (id, version(id))).collect();
    let settings = Settings { threshold: 0.8, limit: 50, bands: 16, rows: 4 };
    for place in PLACES {
        let found = joined(*place, &documents, settings);
        let stats = found.stats();
        assert!(stats.verified < 1_000 * 60, "{stats:?}");
        assert!(stats.pairs_passed_over > 300_000 && stats.pairs_passed_over < 1_000 * 999 / 2, "{stats:?}");
        assert_eq!(kept(&found, Clustering::Leader, Rule::First), BTreeSet::from([0]));
        assert_eq!(kept(&found, Clustering::Leader, Rule::Last), BTreeSet::from([999]));
        assert_eq!(kept(&found, Clustering::Components, Rule::First), BTreeSet::from([0]));
    }
}

/// Texts of one form with some fields: few have the same values, or one of a few in every third field.
fn filled_forms() -> impl Strategy<Value = Vec<String>> {
    (3_usize..9, 1_usize..8, 2_u64..400).prop_flat_map(|(words, fields, values)| {
        let field = |at: usize, value: u64| if at % 3 == 2 { value % 4 } else { value };
        let text = move |filled: Vec<u64>| {
            let form = (0..words).map(|word| format!("form{word}"));
            let of_fields = filled.into_iter().enumerate().map(|(at, value)| format!("field{at}x{}", field(at, value)));
            form.chain(of_fields).collect::<Vec<_>>().join(" ")
        };
        vec(vec(0..values, fields.saturating_sub(1)..=fields).prop_map(text), 300..320)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// With a band for each position all pairs that are similar share a bucket, but for one in thousands.
    #[test]
    fn forms_have_the_pairs_that_comparing_all_finds(texts in filled_forms(), threshold in 0.3_f64..0.9) {
        let documents: Vec<(usize, String)> = texts.into_iter().enumerate().collect();
        let settings = Settings { threshold, limit: 20, bands: 64, rows: 1 };
        let pairs = |found: &VerifiedPairs<usize>| -> BTreeSet<(usize, usize)> {
            found.pairs().iter().map(|pair| (*pair.left, *pair.right)).collect()
        };
        let all = pairs(&joined(Place::Memory, &documents, Settings { limit: 10_000, ..settings }));
        for &place in PLACES {
            let found = joined(place, &documents, settings);
            let (stats, found) = (found.stats(), pairs(&found));
            prop_assert!(found.is_subset(&all));
            let missing = (all.len() - found.len()) as u64;
            prop_assert!(missing <= stats.pairs_passed_over, "{:?} {} {:?}", place, missing, stats);
        }
    }
}
