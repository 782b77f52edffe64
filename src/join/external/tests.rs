//! The join on disk beside the join in memory.

mod bounded;
mod components;
mod contained;
mod faults;
mod features;
mod keys;
mod ownership;
mod pushed;

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::{DiskJoin, DiskLimits};
use crate::Scheme;
use crate::audit::{AuditOptions, audit, audit_disk};
use crate::containment::FracMinHash;
use crate::error::{Error, FileProblem};
use crate::join::candidates::containment::Containment;
use crate::join::origin::PairFilter;
use crate::join::settings::JoinSettings;
use crate::join::storage::work_dir::WorkDir;
use crate::join::{Document, FileInfo, Origin, Progress, SimilarityJoin, Stage, Text};
use crate::lsh::{Banding, BucketRule};
use crate::mix::mix64;
use crate::result::{Clustering, DiskPairs, Keep, Rows, VerifiedPairs};
use crate::set::{Overlap, ShingleSet};

/// A folder that is removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("twinprint-disk-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What a join is made with, besides the scheme.
#[derive(Clone, Copy)]
struct Case {
    limit: usize,
    memory: u64,
    piece: u64,
    containment: Option<Containment>,
    durable: bool,
}

fn scheme() -> Scheme {
    Scheme::builder().words(1).num_hashes(64).build().expect("valid")
}

fn banding() -> Banding {
    Banding::new(16, 3).expect("valid")
}

/// Texts of families that share most words; copies and empty ones among them.
fn texts(count: u64) -> Vec<(String, String)> {
    let text = |document: u64| {
        let random = mix64(document);
        let family = random % (count / 8 + 1);
        let (length, drawn) = (if random.is_multiple_of(31) { 0 } else { 12 + family % 30 }, random % 4);
        let word = |place: u64| {
            let changed = drawn > 0 && mix64(random ^ place).is_multiple_of(9);
            format!("w{}", mix64(family * 1_000 + place + if changed { document << 32 } else { 0 }) % 100_000)
        };
        (0..length).map(word).collect::<Vec<_>>().join(" ")
    };
    (0..count).map(|document| (format!("id-{document}"), text(document))).collect()
}

fn settings(scheme: &Scheme, banding: Banding, case: Case) -> JoinSettings {
    JoinSettings {
        hasher: scheme.minhasher(),
        banding,
        threshold: 0.6,
        rule: BucketRule::new(case.limit).expect("valid"),
        containment: case.containment,
        filter: PairFilter::default(),
    }
}

/// Pushes texts with their ids.
fn texts_of<I, T: AsRef<str>>(texts: impl IntoIterator<Item = (I, T)>) -> impl Iterator<Item = Document<I, Text<T>>> {
    texts.into_iter().map(|(id, text)| Document::text(id, text))
}

fn open(folder: &Path, case: Case) -> Result<DiskJoin, Error> {
    let scheme = scheme();
    let settings = settings(&scheme, banding(), case);
    DiskJoin::open(
        &WorkDir::open_with(folder, case.durable)?,
        settings,
        DiskLimits { memory: case.memory, segment: case.piece },
    )
}

fn in_memory(texts: &[(String, String)], limit: usize) -> VerifiedPairs<String> {
    let builder = SimilarityJoin::builder(&scheme()).threshold(0.6).banding(banding()).bucket_limit(limit);
    let mut join = builder.build().expect("valid");
    join.push_all(texts_of(texts.iter().cloned())).expect("few");
    join.finish().expect("few")
}

fn joined(folder: &Path, texts: &[(String, String)], case: Case) -> Result<DiskPairs, Error> {
    let mut join = open(folder, case)?;
    texts.chunks(37).try_for_each(|texts| join.push_all(texts_of(texts.iter().map(|(id, text)| (id, text)))))?;
    join.finish()
}

fn on_disk(folder: &Path, texts: &[(String, String)], case: Case) -> Result<VerifiedPairs<String>, Error> {
    joined(folder, texts, case)?.load()
}

/// Waits for no disk, which takes longer than the joins.
const USUAL: Case = Case { limit: 10_000, memory: 1 << 20, piece: 1 << 30, containment: None, durable: false };

#[test]
fn the_outcome_is_that_of_the_join_in_memory() {
    for count in [0, 1, 40, 2_000] {
        let texts = texts(count);
        for limit in [10_000, 2] {
            let expected = in_memory(&texts, limit);
            let stats = expected.stats();
            assert!(count < 2_000 || stats.verified > 1_000 && stats.copies > 0 && stats.empty > 0, "{stats:?}");
            assert!(count < 2_000 || (stats.oversized_buckets > 0) == (limit == 2), "{stats:?}");
            for (memory, piece) in [(1 << 30, 1 << 30), (40_000, 50_000), (4_000, 1)] {
                let folder = Folder::new("same");
                let found = on_disk(&folder.0, &texts, Case { limit, memory, piece, ..USUAL }).expect("joined");
                assert_eq!(found, expected, "{count} documents, limit {limit}, memory {memory}");
            }
        }
    }
}

/// Texts of which most are like others, and many equal.
fn alike() -> Vec<(String, String)> {
    let mut texts = texts(700);
    let again: Vec<_> = texts.iter().step_by(9).chain(&texts[..60]).cloned().collect();
    texts.extend(again.iter().cycle().take(300).cloned());
    (0..).zip(texts).map(|(number, (_, text))| (format!("id-{number}"), text)).collect()
}

#[test]
fn pairs_of_documents_are_those_of_the_join_in_memory() {
    let texts = alike();
    let expected = in_memory(&texts, 10_000);
    for memory in [1 << 20, 4_000] {
        let folder = Folder::new("expanded");
        let found = joined(&folder.0, &texts, Case { memory, piece: 20_000, ..USUAL }).expect("joined");
        for limit in [0, 1, 2, 3, 5, 100] {
            assert_eq!(expected.count_pairs(limit), expected.all_pairs(limit).len() as u64);
            let expected: Vec<_> = expected.all_pairs(limit).iter().map(named).collect();
            assert_eq!(found.count_pairs(limit), Ok(expected.len() as u64));
            assert!(expected.len() > 500 && expected.iter().any(|pair| pair.2.jaccard() < 1.0), "{}", expected.len());
            let mut ids = found.id_lookup().expect("read");
            let pairs = found.all_pairs(limit).expect("sorted").map(|pair| pair.expect("read"));
            let mut id = |document| ids.get(document).expect("there").to_string();
            let pairs: Vec<_> = pairs.map(|pair| (id(pair.left), id(pair.right), pair.overlap)).collect();
            assert_eq!(pairs, expected, "limit {limit}");
            let by_right = found.all_pairs(limit).and_then(Rows::by_right).expect("sorted");
            let by_right: Vec<_> =
                by_right.map(|pair| pair.expect("read")).map(|pair| (pair.left, pair.right)).collect();
            assert_eq!(by_right.len(), pairs.len());
            assert!(by_right.is_sorted() && by_right.iter().all(|(left, right)| left > right));
        }
    }
}

fn named(pair: &crate::Pair<&String>) -> (String, String, Overlap) {
    (pair.left.clone(), pair.right.clone(), pair.overlap)
}

#[test]
fn what_is_dropped_is_what_the_clusters_in_memory_drop() {
    let texts = alike();
    let expected = in_memory(&texts, 10_000);
    let number = |id: &String| id[3..].parse::<u64>().expect("a number");
    let scrambled = |number: u64| mix64(number) % 50;
    for memory in [1 << 20, 4_000] {
        let folder = Folder::new("dropped");
        let found = joined(&folder.0, &texts, Case { memory, piece: 20_000, ..USUAL }).expect("joined");
        let by_key =
            found.clusters_by_key(Clustering::Leader, |document| scrambled(u64::from(document))).expect("sorted");
        let clusters_by_key = expected.clusters_by_key(Clustering::Leader, |id| scrambled(number(id)));
        for (dropped, clusters) in [
            (
                found.clusters(Clustering::Leader, Keep::First).expect("sorted"),
                expected.clusters(Clustering::Leader, Keep::First),
            ),
            (
                found.clusters(Clustering::Leader, Keep::Longest).expect("sorted"),
                expected.clusters(Clustering::Leader, Keep::Longest),
            ),
            (by_key, clusters_by_key),
        ] {
            let dropped = dropped.members().expect("read").map(|dropped| dropped.expect("read"));
            let dropped: Vec<_> = dropped
                .map(|dropped| {
                    (u64::from(dropped.document), u64::from(dropped.representative), dropped.jaccard().expect("a pair"))
                })
                .collect();
            assert_eq!(dropped, in_order(&clusters, number));
        }
    }
}

/// Dropped documents with their representatives and similarities, in order.
fn in_order(clusters: &[crate::Cluster<String>], number: impl Fn(&String) -> u64) -> Vec<(u64, u64, f64)> {
    let mut all = Vec::new();
    for cluster in clusters {
        all.extend(cluster.members().iter().map(|member| {
            (number(&member.document), number(cluster.representative()), member.jaccard().expect("a pair"))
        }));
    }
    all.sort_by_key(|(document, ..)| *document);
    assert!(all.len() > 300 && all.iter().any(|(.., jaccard)| *jaccard < 1.0));
    all
}

#[test]
fn only_the_pairs_asked_for_are_found() {
    let texts = alike();
    let origin = |number: usize| {
        let random = mix64(number as u64);
        Origin { block: random % 3, source: random >> 20 & 3 }
    };
    let all = in_memory(&texts, 10_000);
    let place = |id: &String| id[3..].parse::<usize>().expect("a number");
    for (within, across) in [(false, false), (true, false), (false, true), (true, true)] {
        let wanted = |pair: &crate::Pair<&String>| {
            let (left, right) = (origin(place(pair.left)), origin(place(pair.right)));
            (!within || left.block == right.block) && (!across || left.source != right.source)
        };
        let expected: Vec<_> = all.all_pairs(usize::MAX).iter().filter(|pair| wanted(pair)).map(named).collect();
        assert!(expected.len() > 300, "{}", expected.len());

        let builder = SimilarityJoin::builder(&scheme()).threshold(0.6).banding(banding());
        let builder = builder.within_blocks(within).across_sources(across);
        let documents = || {
            texts.iter().enumerate().map(|(number, (id, text))| Document::text(id.clone(), text).from(origin(number)))
        };
        let mut join = builder.clone().build().expect("valid");
        join.push_all(documents()).expect("few");
        let in_memory = join.finish().expect("few");
        assert_eq!(in_memory.all_pairs(usize::MAX).iter().map(named).collect::<Vec<_>>(), expected);

        let folder = Folder::new("origins");
        let mut join = builder.build_on_disk(&folder.0).expect("opened");
        join.push_all(documents()).expect("pushed");
        let on_disk = join.finish().and_then(DiskPairs::load).expect("joined");
        assert_eq!(on_disk, in_memory, "within {within}, across {across}");
    }
}

/// Texts of which many are parts of others, of few words or of many.
fn nested() -> Vec<(String, String)> {
    let texts = alike();
    let pages = texts.chunks(9).map(|texts| texts.iter().map(|(_, text)| format!("{text} ")).collect::<String>());
    let halves = texts.iter().step_by(5).map(|(_, text)| text.split_at(text.len() / 2).0.to_string());
    let parts: Vec<String> = pages.chain(halves).collect();
    let all = texts.iter().map(|(_, text)| text.clone()).chain(parts);
    all.enumerate().map(|(number, text)| (format!("id-{number}"), text)).collect()
}

#[test]
fn an_audit_of_what_is_stored_is_that_of_the_texts() {
    let texts = alike();
    let folder = Folder::new("audit");
    let found = joined(&folder.0, &texts, Case { memory: 20_000, piece: 20_000, ..USUAL }).expect("joined");
    let bodies: Vec<&String> = texts.iter().map(|(_, text)| text).collect();
    for sample in [50, 400, 5_000] {
        let options = AuditOptions::new(0.6).sample(sample);
        let expected = audit(&scheme(), &bodies, &in_memory(&texts, 10_000), options).expect("valid");
        let report = audit_disk(&found, options).expect("read");
        assert_eq!(report.recall, expected.recall);
        assert_eq!(report.missed, expected.missed);
        assert_eq!(report.precision.value(), Some(1.0));
        assert!(report.precision.whole > sample as u64 / 5);
    }
}

#[test]
fn clusters_come_one_after_the_other() {
    let texts = alike();
    let folder = Folder::new("clusters");
    let found = joined(&folder.0, &texts, Case { memory: 4_000, ..USUAL }).expect("joined");
    let mut expected: Vec<_> = found
        .clusters(Clustering::Leader, Keep::Longest)
        .and_then(|found| found.members())
        .expect("sorted")
        .map(|d| d.expect("read"))
        .collect();
    expected.sort_by_key(|dropped| (dropped.representative, dropped.document));
    let clusters =
        found.clusters(Clustering::Leader, Keep::Longest).and_then(|found| found.by_representative()).expect("sorted");
    assert_eq!(clusters.map(|dropped| dropped.expect("read")).collect::<Vec<_>>(), expected);
}

#[test]
fn files_say_what_they_are_and_whether_they_are_sound() {
    let folder = Folder::new("inspect");
    joined(&folder.0, &texts(300), USUAL).expect("joined");
    let path = folder.0.join("documents-00000");
    let file = FileInfo::read(&path).expect("sound");
    assert_eq!((file.kind, file.frames), ("documents", 1));
    let mut bytes = fs::read(&path).expect("there");
    assert_eq!(bytes.len() as u64, 56 + 16 + file.bytes + 24);
    bytes[100] ^= 1;
    fs::write(&path, bytes).expect("written");
    let refused = FileInfo::read(&path);
    assert_eq!(refused, Err(Error::File { path, problem: FileProblem::Corrupt }));
}

#[test]
fn find_duplicate_ids_are_found() {
    let mut texts = texts(500);
    let folder = Folder::new("repeated");
    assert_eq!(joined(&folder.0, &texts, USUAL).and_then(|found| found.find_duplicate_id()), Ok(None));
    texts[300].0 = "id-7".to_string();
    let folder = Folder::new("repeated-once");
    assert_eq!(joined(&folder.0, &texts, USUAL).and_then(|found| found.find_duplicate_id()), Ok(Some((7, 300))));
}

#[test]
fn ids_are_found_in_any_order() {
    let texts = texts(3_000);
    let folder = Folder::new("ids");
    let found = joined(&folder.0, &texts, Case { piece: 300_000, memory: 4_000, ..USUAL }).expect("joined");
    let mut ids = found.id_lookup().expect("read");
    for round in 0..2_000 {
        let number = mix64(round) as usize % texts.len();
        assert_eq!(ids.get(number as u32).expect("there"), texts[number].0);
    }
    assert!(matches!(ids.get(3_000), Err(Error::OutOfRange { field: "document", .. })));
}

#[test]
fn a_folder_is_one_joins_at_a_time() {
    let folder = Folder::new("lock");
    let first = open(&folder.0, USUAL).expect("opened");
    let refused = open(&folder.0, USUAL);
    assert!(matches!(refused, Err(Error::File { problem: FileProblem::InUse, .. })), "{refused:?}");
    drop(first);
    assert!(open(&folder.0, USUAL).is_ok());
}

/// Nobody else may tidy up what is still read.
#[test]
fn a_folder_is_in_use_as_long_as_anything_is_read_from_it() {
    let folder = Folder::new("still");
    let dropped = joined(&folder.0, &alike(), USUAL)
        .and_then(|found| found.clusters(Clustering::Leader, Keep::First))
        .expect("sorted");
    let refused = open(&folder.0, USUAL);
    assert!(matches!(refused, Err(Error::File { problem: FileProblem::InUse, .. })), "{refused:?}");
    assert!(dropped.by_representative().expect("sorted").count() > 300);
    drop(dropped);
    assert!(open(&folder.0, USUAL).is_ok());
}

#[test]
fn an_interrupted_join_goes_on_and_only_with_the_same_documents() {
    let texts = texts(600);
    let case = Case { piece: 1, ..USUAL };
    let folder = Folder::new("again");
    let mut join = open(&folder.0, case).expect("opened");
    join.push_all(texts_of(texts[..400].iter().map(|(id, text)| (id, text)))).expect("pushed");
    join.store_gathered().expect("stored");
    // So few wait for more.
    join.push_all(texts_of(texts[400..420].iter().map(|(id, text)| (id, text)))).expect("pushed");
    drop(join);
    assert_eq!(open(&folder.0, case).expect("opened").stored_len(), 400);

    let mut other = texts.clone();
    other[399].1.push('x');
    let refused = on_disk(&folder.0, &other, case);
    let is_same_id = |stored: &Option<String>, pushed: &Option<String>| stored.is_some() && stored == pushed;
    assert!(
        matches!(&refused, Err(Error::ChangedInput { document: 399, stored, pushed }) if is_same_id(stored, pushed)),
        "{refused:?}"
    );
    let refused = on_disk(&folder.0, &texts[..399], case);
    assert!(
        matches!(refused, Err(Error::ChangedInput { document: 399, stored: Some(_), pushed: None })),
        "{refused:?}"
    );

    let expected = in_memory(&texts, 10_000);
    assert_eq!(on_disk(&folder.0, &texts, case).expect("went on"), expected);
    assert_eq!(on_disk(&folder.0, &texts, case).expect("once more"), expected);
}

#[test]
fn a_cancelled_join_goes_on_after_what_was_done() {
    let texts = texts(600);
    let expected = in_memory(&texts, 10_000);
    for cancelled in [Stage::Grouping, Stage::Partitioning, Stage::Candidates, Stage::Gathering, Stage::Verification] {
        let folder = Folder::new("cancel");
        let until = |progress: Progress| {
            if progress.stage < cancelled { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let stages = cancelled_and_gone_on_with(&folder, &texts, (USUAL, until), &expected);
        assert!(stages.is_sorted());
        assert_eq!(stages.contains(&Stage::Candidates), cancelled <= Stage::Candidates, "they were found before");
    }
}

/// The stages of the run that ends what another one was stopped in.
fn cancelled_and_gone_on_with(
    folder: &Folder,
    texts: &[(String, String)],
    (case, until): (Case, impl FnMut(Progress) -> ControlFlow<()>),
    expected: &VerifiedPairs<String>,
) -> Vec<Stage> {
    let mut join = open(&folder.0, case).expect("opened");
    join.push_all(texts_of(texts.iter().map(|(id, text)| (id, text)))).expect("pushed");
    assert_eq!(join.finish_with(until).map(|_| ()), Err(Error::Cancelled));
    let mut join = open(&folder.0, case).expect("opened");
    join.reuse_stored().expect("read");
    let mut stages = Vec::new();
    let found = join.finish_with(|progress| {
        assert!(progress.done < progress.total);
        stages.push(progress.stage);
        ControlFlow::Continue(())
    });
    assert_eq!(&found.and_then(DiskPairs::load).expect("joined"), expected);
    stages
}

fn containing(least: f64, scaled: u32, max_document_frequency: u32) -> Case {
    let rules = FracMinHash::new(scaled, max_document_frequency).expect("within");
    Case { containment: Some(Containment { least, rules }), memory: 60_000, ..USUAL }
}

#[test]
fn an_interrupted_verification_goes_on_after_the_last_chunk() {
    let texts = texts(2_000);
    let expected = in_memory(&texts, 10_000);
    let case = Case { memory: 400_000, ..USUAL };
    let steps = |folder: &Path, enough: usize| {
        let mut join = open(folder, case).expect("opened");
        join.push_all(texts_of(texts.iter().map(|(id, text)| (id, text)))).expect("pushed");
        let mut steps = Vec::new();
        let found = join.finish_with(|Progress { stage, done, total }| {
            if stage == Stage::Verification {
                steps.push((done, total));
            }
            if steps.len() > enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        (steps, found)
    };
    let folder = Folder::new("chunks");
    let (first, cancelled) = steps(&folder.0, 3);
    assert_eq!(cancelled.map(|_| ()), Err(Error::Cancelled));
    assert!(first.len() == 4 && first[3].0 == 3 && first[3].1 > 6, "{first:?}");
    let (second, found) = steps(&folder.0, usize::MAX);
    assert_eq!((second[0], second.len() as u64), ((3, first[3].1), first[3].1 - 3));
    assert_eq!(found.and_then(DiskPairs::load).expect("joined"), expected);
    let left: Vec<_> = fs::read_dir(&folder.0).expect("there").map(|entry| entry.expect("there").file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with("verified")), "{left:?}");
    let (third, found) = steps(&folder.0, usize::MAX);
    assert_eq!((third, found.and_then(DiskPairs::load).expect("joined")), (Vec::new(), expected));
}

#[test]
fn candidates_of_other_documents_or_parameters_are_not_used() {
    let texts = alike();
    let folder = Folder::new("stale");
    for (documents, limit) in [(500, 10_000), (500, 2), (600, 2), (600, 10_000)] {
        let texts = &texts[..documents];
        assert_eq!(on_disk(&folder.0, texts, Case { limit, ..USUAL }).expect("joined"), in_memory(texts, limit));
    }
}

#[test]
fn another_scheme_is_refused_and_another_threshold_is_not() {
    let texts = texts(200);
    let folder = Folder::new("scheme");
    on_disk(&folder.0, &texts, USUAL).expect("joined");
    let other = Scheme::builder().words(2).num_hashes(64).build().expect("valid");
    let refused = SimilarityJoin::builder(&other).banding(banding()).build_on_disk(&folder.0);
    assert!(matches!(refused, Err(Error::File { problem: FileProblem::OtherScheme, .. })), "{refused:?}");

    let stricter = SimilarityJoin::builder(&scheme()).banding(banding()).threshold(0.9);
    let mut join = stricter.clone().build_on_disk(&folder.0).expect("opened");
    assert_eq!(join.stored_len(), 200);
    join.reuse_stored().expect("read");
    let mut expected = stricter.build().expect("valid");
    expected.push_all(texts_of(texts.iter().cloned())).expect("few");
    assert_eq!(join.finish().and_then(DiskPairs::load).expect("joined"), expected.finish().expect("few"));
}

#[test]
fn a_changed_byte_is_an_error_or_does_not_matter() {
    let texts = texts(150);
    let folder = Folder::new("flip");
    let case = Case { piece: 20_000, ..containing(0.8, 1, 1_000) };
    let expected = on_disk(&folder.0, &texts, case).expect("joined");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(&folder.0).expect("there").map(|entry| entry.expect("there").path()).collect();
    paths.sort();
    let mut noticed = 0;
    for round in 0..400_u64 {
        let random = mix64(round);
        let path = &paths[random as usize % paths.len()];
        let sound = fs::read(path).expect("there");
        let mut bytes = sound.clone();
        let at = (random >> 20) as usize % bytes.len();
        bytes[at] ^= 1 << (random >> 56 & 7);
        fs::write(path, &bytes).expect("written");
        // What is whole already is only read; so every second time it is as if the last file had not been reached.
        let joined = (folder.0.join("joined"), fs::read(folder.0.join("joined")).expect("there"));
        if round.is_multiple_of(2) {
            fs::remove_file(&joined.0).expect("removed");
        }
        match on_disk(&folder.0, &texts, case) {
            Ok(found) => assert_eq!(found, expected, "{}", path.display()),
            Err(_) => noticed += 1,
        }
        fs::write(joined.0, joined.1).expect("written");
        fs::write(path, &sound).expect("written");
    }
    assert!(noticed > 100, "{noticed}");
}

#[test]
fn too_little_memory_and_foreign_files_are_named() {
    let folder = Folder::new("foreign");
    let refused = SimilarityJoin::builder(&scheme()).memory_limit(1 << 20).build_on_disk(&folder.0);
    assert!(matches!(refused, Err(Error::OutOfRange { field: "memory_limit", .. })));
    fs::create_dir_all(&folder.0).expect("made");
    let numbered = ["documents", "keys", "sets", "verified", "verified-contained"].map(|name| format!("{name}-00000"));
    let single =
        ["key", "scheme-key", "candidates", "samples", "edges", "contained", "copies", "joined"].map(String::from);
    for name in numbered.iter().chain(&single) {
        let theirs = folder.0.join(name);
        fs::write(&theirs, "somebody's list of documents, not ours").expect("written");
        let Err(Error::File { path, problem }) = open(&folder.0, USUAL) else { panic!("a foreign file") };
        assert_eq!((path, problem), (theirs.clone(), FileProblem::Foreign));
        assert!(fs::read_to_string(&theirs).expect("there").starts_with("somebody"));
        fs::remove_file(&theirs).expect("removed");
    }
    assert!(open(&folder.0, USUAL).is_ok());
    let theirs = folder.0.join("documents-00000");
    fs::write(&theirs, "somebody's list of documents, not ours").expect("written");
    assert!(matches!(open(&folder.0, USUAL), Err(Error::File { problem: FileProblem::Foreign, .. })));
    assert!(fs::read_to_string(&theirs).expect("there").starts_with("somebody"));
}

#[test]
fn what_cannot_be_stored_is_an_error_for_good() {
    let (folder, texts) = (Folder::new("unwritable"), texts(2_000));
    let mut join = open(&folder.0, USUAL).expect("open");
    fs::remove_dir_all(&folder.0).expect("removed");
    let pushed = texts.iter().map(|(id, text)| join.push(Document::text(id, text))).find(Result::is_err);
    assert!(matches!(pushed, Some(Err(Error::File { .. }))));
    fs::create_dir_all(&folder.0).expect("made");
    let again = texts.iter().map(|(id, text)| join.push(Document::text(id, text))).find(Result::is_err);
    assert!(again.is_some(), "documents were lost, and those behind them would have other numbers");
    assert!(matches!(join.finish(), Err(Error::File { .. })));
}

#[test]
fn an_error_of_the_system_is_the_source() {
    let error = FileInfo::read("a file that does not exist").expect_err("none there");
    let source = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<std::io::Error>());
    assert_eq!(source.map(std::io::Error::kind), Some(std::io::ErrorKind::NotFound));
}
