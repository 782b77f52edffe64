//! Containment in a folder beside that of the join in memory, and beside brute force.

use super::*;

#[test]
fn what_is_contained_is_what_the_join_in_memory_finds_and_what_brute_force_finds() {
    let texts = nested();
    let shingler = scheme().shingler().expect("words");
    let sets: Vec<ShingleSet> = texts.iter().map(|(_, text)| shingler.set(text)).collect();
    let origin = |number: usize| Origin { block: mix64(number as u64) % 2, source: mix64(number as u64) >> 20 & 3 };
    for (least, rules, within, across) in [
        (0.9, FracMinHash::new(1, 1_000_000), false, false),
        (0.6, FracMinHash::new(1, 1_000_000), true, false),
        (0.9, FracMinHash::new(1, 1_000_000), false, true),
        (0.8, FracMinHash::new(2, 20), false, false),
        (0.8, FracMinHash::new(2, 20), true, true),
    ] {
        let rules = rules.expect("within");
        let builder = SimilarityJoin::builder(&scheme()).threshold(0.6).banding(banding()).containment(least, rules);
        let builder = builder.within_blocks(within).across_sources(across);
        let documents = || {
            texts.iter().enumerate().map(|(number, (id, text))| Document::text(id.clone(), text).from(origin(number)))
        };
        let mut join = builder.clone().build().expect("valid");
        join.push_all(documents()).expect("few");
        let in_memory = join.finish().expect("few");
        for memory in [64 << 20, 60_000] {
            let folder = Folder::new("contained");
            let mut join = builder.clone().build_on_disk(&folder.0).expect("opened");
            join.limits.memory = memory;
            join.push_all(documents()).expect("pushed");
            let on_disk = join.finish().expect("joined");
            let contained = on_disk.contained(3).expect("sorted").map(|pair| pair.expect("read"));
            let contained: Vec<_> =
                contained.map(|pair| (pair.inner as usize, pair.outer as usize, pair.overlap)).collect();
            assert_eq!(contained, places(&in_memory, 3));
            assert_eq!(on_disk.load().expect("read"), in_memory, "{least} {rules:?} {memory}");
        }
        let found = places(&in_memory, usize::MAX);
        let expected = contained_by_brute_force(&sets, least, |a, b| {
            (!within || origin(a).block == origin(b).block) && (!across || origin(a).source != origin(b).source)
        });
        assert!(expected.len() > 1_000, "{}", expected.len());
        if rules.scaled() == 1 {
            assert_eq!(found, expected);
        } else {
            // Short texts have few words in the sample, and a word of many is common.
            assert!(found.len() * 2 > expected.len(), "{} of {}", found.len(), expected.len());
            assert!(found.iter().all(|pair| expected.binary_search_by_key(&(pair.0, pair.1), |e| (e.0, e.1)).is_ok()));
        }
    }
}

fn places(found: &VerifiedPairs<String>, limit: usize) -> Vec<(usize, usize, Overlap)> {
    let place = |id: &String| id[3..].parse::<usize>().expect("a number");
    found.contained(limit).iter().map(|pair| (place(pair.inner), place(pair.outer), pair.overlap)).collect()
}

fn contained_by_brute_force(
    sets: &[ShingleSet],
    least: f64,
    allowed: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, usize, Overlap)> {
    let mut all = Vec::new();
    for (inner, set) in sets.iter().enumerate() {
        for (outer, other) in sets.iter().enumerate() {
            let overlap = Overlap::new(set, other);
            let is_inner = inner != outer && (set.len(), inner) < (other.len(), outer);
            if is_inner && !set.is_empty() && overlap.left_in_right() >= least && allowed(inner, outer) {
                all.push((inner, outer, overlap));
            }
        }
    }
    all
}

fn contained_in_memory(texts: &[(String, String)], case: Case) -> VerifiedPairs<String> {
    let mut builder = SimilarityJoin::builder(&scheme()).threshold(0.6).banding(banding()).bucket_limit(case.limit);
    if let Some(Containment { least, rules }) = case.containment {
        builder = builder.containment(least, rules);
    }
    let mut join = builder.build().expect("valid");
    join.push_all(texts_of(texts.iter().cloned())).expect("few");
    join.finish().expect("few")
}

/// Stopped after any number of looks, which are in all stages, twice in those that come again.
#[test]
fn a_cancelled_search_for_containment_goes_on_too() {
    let (texts, case) = (nested(), containing(0.9, 1, 1_000));
    let expected = contained_in_memory(&texts, case);
    let mut looks = 0;
    let whole = Folder::new("looks");
    let mut join = open(&whole.0, case).expect("opened");
    join.push_all(texts_of(texts.iter().map(|(id, text)| (id, text)))).expect("pushed");
    let counted = join.finish_with(|_| {
        looks += 1;
        ControlFlow::Continue(())
    });
    assert_eq!(counted.and_then(DiskPairs::load).expect("joined"), expected);
    assert!(looks > 20, "{looks}");
    for stopped in (0..looks).step_by(3) {
        let (folder, mut seen) = (Folder::new("looks-stopped"), 0);
        let until = |_| {
            seen += 1;
            if seen > stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        cancelled_and_gone_on_with(&folder, &texts, (case, until), &expected);
        let left = fs::read_dir(&folder.0).expect("there").map(|entry| entry.expect("there").file_name());
        assert_eq!(left.filter(|name| name.to_string_lossy().starts_with("verified")).count(), 0);
    }
}

#[test]
fn what_was_asked_for_is_found_whatever_was_asked_for_before() {
    let texts = nested();
    let folder = Folder::new("asked");
    for case in [
        containing(0.9, 1, 1_000),
        containing(0.7, 1, 1_000),
        containing(0.7, 2, 1_000),
        containing(0.7, 2, 3),
        USUAL,
        containing(0.7, 2, 3),
        Case { limit: 2, ..containing(0.7, 2, 3) },
        USUAL,
    ] {
        let found = on_disk(&folder.0, &texts, case).expect("joined");
        assert_eq!(found, contained_in_memory(&texts, case));
        assert_eq!(found.contained(1).is_empty(), case.containment.is_none(), "nothing where nothing was asked for");
    }
}
