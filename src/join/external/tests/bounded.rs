//! Work and memory that stay in bounds whatever the documents are.

use std::time::{Duration, Instant};

use super::*;
use crate::join::work_folder_key;
use crate::result::ContentHash;

/// Pages that share most words, each with a few of its own, as sets of numbers.
fn near_copies(count: u64, shared: u64, own: u64) -> impl Iterator<Item = Vec<u64>> {
    (0..count).map(move |page| {
        let all = (0..shared).filter(|word| !mix64(page ^ word << 20).is_multiple_of(200));
        all.chain((0..own).map(|word| 1 << 40 | page << 20 | word)).map(mix64).collect()
    })
}

fn pairs_of(found: &VerifiedPairs<String>) -> Vec<(String, String, Overlap)> {
    found.contained(1).iter().map(|pair| (pair.inner.clone(), pair.outer.clone(), pair.overlap)).collect()
}

fn near_copies_joined(count: u64, shared: u64, memory: u64) -> (VerifiedPairs<String>, Duration) {
    let folder = Folder::new(&format!("near-copies-{count}-{memory}"));
    let rules = FracMinHash::new(1, 1_000).expect("within");
    let mut join = open(&folder.0, Case { containment: Some(Containment { least: 0.9, rules }), memory, ..USUAL })
        .expect("opened");
    for (id, page) in near_copies(count, shared, 10).enumerate() {
        join.push(Document::features(id.to_string(), page)).expect("pushed");
    }
    let started = Instant::now();
    let found = join.finish().and_then(DiskPairs::load).expect("joined");
    (found, started.elapsed())
}

#[test]
fn near_copies_contain_one_another_however_little_memory_there_is() {
    let (found, _) = near_copies_joined(60, 400, 64 << 20);
    assert_eq!(found.stats().contained, 60 * 59 / 2, "{:?}", found.stats());
    assert_eq!(found.stats().contained_candidates, 60 * 59 / 2);
    for memory in [1 << 20, 400_000] {
        assert_eq!(near_copies_joined(60, 400, memory).0, found);
    }
    let builder = SimilarityJoin::builder(&scheme()).threshold(0.6).banding(banding());
    let mut join = builder.containment(0.9, FracMinHash::new(1, 1_000).expect("within")).build().expect("valid");
    for (id, page) in near_copies(60, 400, 10).enumerate() {
        join.push(Document::features(id.to_string(), page)).expect("pushed");
    }
    assert_eq!(pairs_of(&join.finish().expect("few")), pairs_of(&found));
}

/// Run it with `cargo test --lib near_copies_take -- --ignored --nocapture`.
#[test]
#[ignore = "takes a minute"]
fn near_copies_take_time_for_their_pairs_and_not_for_their_words() {
    for count in [100, 200, 400, 900] {
        let (found, elapsed) = near_copies_joined(count, 20_000, 1 << 30);
        println!("{count} near-copies: {} contained pairs in {elapsed:.1?}", found.stats().contained);
    }
}

#[test]
fn ten_texts_in_a_thousand_copies_each_are_counted_before_they_are_expanded() {
    let folder = Folder::new("groups");
    let mut join = open(&folder.0, USUAL).expect("opened");
    for id in 0..10_000_u64 {
        let text = id % 10;
        join.push(Document::features(id.to_string(), (0..60).chain([1_000 + text]).map(mix64).collect::<Vec<_>>()))
            .expect("pushed");
    }
    let found = join.finish().expect("joined");
    assert_eq!(found.count_pairs(1), Ok(10 * 999 + 45));
    assert_eq!(found.pairs().expect("sorted").count() as u64, 10 * 999 + 45);
    assert_eq!(found.count_pairs(1_000), Ok(10_000 * 9_999 / 2));
    assert_eq!(found.count_pairs(usize::MAX), Ok(10_000 * 9_999 / 2));
}

#[test]
fn a_document_that_does_not_fit_is_refused_and_changes_nothing() {
    let folder = Folder::new("too-large");
    let mut join = SimilarityJoin::builder(&scheme())
        .threshold(0.6)
        .memory_limit(64 << 20)
        .build_on_disk(&folder.0)
        .expect("opened");
    join.push(Document::text("first", "one two three")).expect("pushed");
    let long = "to be or not ".repeat(400_000);
    let refused = join.push(Document::text("long", &long));
    assert!(matches!(&refused, Err(Error::MemoryLimit { what, .. }) if what.contains("document 2")), "{refused:?}");
    assert!(matches!(join.push(Document::text("i".repeat(1 << 20), "")), Err(Error::MemoryLimit { .. })));
    join.push(Document::text("second", "one two three")).expect("pushed");
    let found = join.finish().expect("joined");
    assert_eq!(found.ids().collect::<Result<Vec<_>, _>>().expect("read"), ["first", "second"]);
    assert_eq!(found.stats().copies, 1);
}

#[test]
fn limits_of_any_size_are_errors_or_work() {
    let texts = texts(60);
    for limit in [2, usize::MAX] {
        let folder = Folder::new("extreme");
        let builder = SimilarityJoin::builder(&scheme()).threshold(0.6).banding(banding()).bucket_limit(limit);
        let rules = FracMinHash::new(1, u32::MAX).expect("within");
        let builder = builder.memory_limit(u64::MAX).documents(u64::MAX).containment(0.9, rules);
        let mut join = builder.build_on_disk(&folder.0).expect("opened");
        join.push_all(texts_of(texts.iter().map(|(id, text)| (id, text)))).expect("pushed");
        let found = join.finish().expect("joined");
        assert!(found.all_pairs(usize::MAX).expect("sorted").count() > 10);
        assert!(found.contained(usize::MAX).expect("sorted").count() > 10);
        assert!(found.clusters(Clustering::Components, Keep::Longest).is_ok());
        assert_eq!(found.id_lookup().and_then(|mut ids| ids.get(3).map(str::to_string)), Ok("id-3".to_string()));
    }
}

#[test]
fn inputs_that_change_before_they_are_read_again_are_noticed() {
    let folder = Folder::new("reread");
    let texts = texts(200);
    let found = joined(&folder.0, &texts, USUAL).expect("joined");
    let hashes: Vec<_> = found.content_hashes().map(|hash| hash.expect("read")).collect();
    assert!(texts.iter().zip(&hashes).all(|((_, text), hash)| ContentHash::of_text(text) == *hash));
    let read = |texts: &[(String, String)]| {
        let mut again = found.reread();
        texts.iter().try_for_each(|(id, text)| again.check(id, text))?;
        again.finish()
    };
    assert_eq!(read(&texts), Ok(()));
    let changed = |document, joined: &str, read: &str| {
        Err(Error::ChangedSinceJoined { document, joined: joined.to_string(), read: read.to_string() })
    };
    let reversed: Vec<_> = texts.iter().rev().cloned().collect();
    assert_eq!(read(&reversed), changed(0, "id-0", "id-199"));
    assert_eq!(read(&texts[..150]), changed(150, "id-150", ""));
    assert_eq!(read(&[&texts[..], &texts[..1]].concat()), changed(200, "", "id-0"));
    let mut other = texts.clone();
    other[77].1.push('x');
    assert_eq!(read(&other), changed(77, "id-77", "id-77"));
}

#[test]
fn the_key_of_a_folder_stays_the_same_and_makes_its_scheme() {
    let (folder, other) = (Folder::new("keyed"), Folder::new("keyed-other"));
    let key = work_folder_key(&folder.0).expect("drawn");
    assert_eq!(work_folder_key(&folder.0), Ok(key));
    assert_ne!(work_folder_key(&other.0), Ok(key));
    let texts = texts(300);
    let scheme = scheme().keyed(key);
    let builder = SimilarityJoin::builder(&scheme).threshold(0.6).banding(banding());
    let mut join = builder.clone().build_on_disk(&folder.0).expect("opened");
    join.push_all(texts_of(texts.iter().map(|(id, text)| (id, text)))).expect("pushed");
    let on_disk = join.finish().and_then(DiskPairs::load).expect("joined");
    let mut join = builder.build().expect("valid");
    join.push_all(texts_of(texts.iter().cloned())).expect("few");
    assert_eq!(on_disk, join.finish().expect("few"));
    // The same folder without the key, or with that of another one, is of another scheme.
    for scheme in [super::scheme(), super::scheme().keyed(work_folder_key(&other.0).expect("drawn"))] {
        let refused = SimilarityJoin::builder(&scheme).banding(banding()).build_on_disk(&folder.0).map(|_| ());
        assert!(matches!(refused, Err(Error::File { problem: FileProblem::OtherScheme, .. })), "{refused:?}");
    }
}

/// Texts that win all positions of a known seed, so that they share all buckets, and two copies among them that differ in a word.
#[test]
fn a_secret_key_takes_flooded_buckets_away() {
    let plain = Scheme::builder().custom_features("flood").num_hashes(16).build().expect("valid");
    let hasher = plain.minhasher();
    // Of many features the ones that have the least value in some position.
    let rows: Vec<Vec<u32>> = (0..40_000_u64).map(|n| hasher.signature(&[mix64(n)]).values().to_vec()).collect();
    let winners: Vec<u64> = (0..16)
        .map(|position| mix64((0..40_000_u64).min_by_key(|&n| rows[n as usize][position]).expect("some")))
        .collect();
    let flood = |document: u64| -> Vec<u64> {
        let own = if document == 299 { 150 } else { document };
        let last = [mix64(u64::MAX - document)];
        winners.iter().copied().chain((0..60).map(|word| mix64(1 << 40 | own << 20 | word))).chain(last).collect()
    };
    let pairs = |scheme: &Scheme| {
        let builder = SimilarityJoin::builder(scheme).threshold(0.9).banding(Banding::new(8, 2).expect("valid"));
        let mut join = builder.bucket_limit(20).build().expect("valid");
        (0..300).for_each(|id| join.push(Document::features(id, flood(id))).expect("few"));
        let found = join.finish().expect("few");
        (found.pairs().iter().map(|pair| (*pair.left, *pair.right)).collect::<Vec<_>>(), found.stats())
    };
    let (found, stats) = pairs(&plain);
    // The flood fills all buckets, which are searched; nothing is missed.
    assert_eq!((found, stats.oversized_buckets, stats.pairs_passed_over), (vec![(150, 299)], 8, 0), "{stats:?}");
    let (found, stats) = pairs(&plain.keyed(0x0123_4567_89ab_cdef_0011_2233_4455_6677_u128));
    assert_eq!((found, stats.oversized_buckets), (vec![(150, 299)], 0), "{stats:?}");
}
