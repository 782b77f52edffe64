//! Features pushed to a join in a folder.

use super::*;

/// Sets of numbers, of which neighbours share most.
fn features(count: u64) -> Vec<Vec<u64>> {
    (0..count)
        .map(|document| (0..40).map(|place| mix64(document / 3 * 1_000 + place * (1 + document % 3 / 2))).collect())
        .collect()
}

#[test]
fn features_give_the_pairs_that_are_found_in_memory() {
    let folder = Folder::new("features");
    let builder = || SimilarityJoin::builder(&scheme()).threshold(0.6);
    let (mut stored, mut memory) =
        (builder().build_on_disk(&folder.0).expect("a join"), builder().build().expect("a join"));
    for (id, features) in features(60).iter().enumerate() {
        let origin = Origin::default().source(["a", "b"][id % 2]);
        stored.push(Document::features(id.to_string(), features).from(origin)).expect("stored");
        memory.push(Document::features(id, features).from(origin)).expect("pushed");
    }
    let (stored, memory) = (stored.finish().expect("found"), memory.finish().expect("found"));
    let expected: Vec<_> =
        memory.pairs().iter().map(|pair| (*pair.left as u32, *pair.right as u32, pair.overlap)).collect();
    let found = stored.pairs().expect("read").map(|pair| pair.expect("read"));
    assert_eq!(found.map(|pair| (pair.left, pair.right, pair.overlap)).collect::<Vec<_>>(), expected);
    assert!(expected.len() >= 20);
}

#[test]
fn features_are_recognised_and_others_are_not() {
    let folder = Folder::new("features-again");
    let join = || SimilarityJoin::builder(&scheme()).threshold(0.6).build_on_disk(&folder.0).expect("a join");
    let push = |join: &mut DiskJoin, features: &[Vec<u64>]| {
        features.iter().try_for_each(|features| join.push(Document::features("x", features)))
    };
    let documents = features(20);
    let mut first = join();
    push(&mut first, &documents).expect("stored");
    drop(first.finish().expect("found"));

    let mut again = join();
    assert_eq!(again.stored_len(), 20);
    let reversed: Vec<Vec<u64>> = documents.iter().map(|features| features.iter().rev().copied().collect()).collect();
    push(&mut again, &reversed).expect("the same");
    drop(again);
    let mut other = documents.clone();
    other[7].pop();
    assert!(matches!(push(&mut join(), &other), Err(Error::ChangedInput { document: 7, .. })));
    assert!(matches!(join().push(Document::text("x", "some text")), Err(Error::ChangedInput { document: 0, .. })));
}

#[test]
fn a_text_is_not_taken_for_its_features() {
    let folder = Folder::new("features-of-text");
    let join = || SimilarityJoin::builder(&scheme()).build_on_disk(&folder.0).expect("a join");
    let mut first = join();
    first.push(Document::text("x", "one two three four")).expect("stored");
    drop(first.finish().expect("found"));
    let hashes = scheme().shingler().expect("text").hashes("one two three four");
    assert!(matches!(join().push(Document::features("x", hashes)), Err(Error::ChangedInput { document: 0, .. })));
}

#[test]
fn a_crowd_of_sets_that_are_nearly_equal_is_judged_as_in_memory() {
    // A bucket so large that its leaders have more than a thousand candidates, in one chunk and in several.
    let crowd: Vec<Vec<u64>> = (0..2_600_u64)
        .map(|document| (0..30).chain([1_000 + document / 2, 9_000 + document % 7]).map(mix64).collect())
        .collect();
    for memory in [1 << 30, 600_000] {
        let folder = Folder::new("crowd");
        let mut stored = open(&folder.0, Case { limit: 200, memory, ..USUAL }).expect("a join");
        let builder = SimilarityJoin::builder(&scheme()).threshold(0.6).banding(banding()).bucket_limit(200);
        let mut held = builder.build().expect("a join");
        for (id, features) in crowd.iter().enumerate() {
            stored.push(Document::features(id.to_string(), features)).expect("stored");
            held.push(Document::features(id.to_string(), features)).expect("pushed");
        }
        let (stored, held) = (stored.finish().expect("found").load().expect("read"), held.finish().expect("found"));
        assert!(held.stats().oversized_buckets > 0 && held.stats().verified > 20_000, "{:?}", held.stats());
        assert_eq!(stored, held, "memory {memory}");
    }
}
