//! `twinprint dedup --index`: batches against the history of those before.

use std::fs;
use std::path::Path;

use serde_json::Value;
use twinprint_generator::{Generator, Settings};

use crate::process::{command, run};

const FERRY: &str = "The ferry to Skelby was cancelled on Monday because of high winds, the operator said.";
const FERRY_LATER: &str =
    "The ferry to Skelby was cancelled on Monday because of high winds, the operator said. It sails again today.";
const MAYOR: &str = "Councillors voted on Tuesday to close the harbour road for the whole summer, the mayor said.";
const BRIDGE: &str =
    "A storm has closed the bridge over the river Mell, and drivers are told to take the road by Orvane.";

fn write(folder: &Path, name: &str, documents: &[(&str, &str)]) {
    let line = |(id, text): &(&str, &str)| format!("{}\n", serde_json::json!({ "id": id, "text": text }));
    fs::write(folder.join(name), documents.iter().map(line).collect::<String>()).unwrap();
}

fn count(folder: &Path, index: &str) -> u64 {
    let info = run(folder, &format!("index info {index} --json")).done();
    serde_json::from_str::<Value>(&info).unwrap()["documents"].as_u64().unwrap()
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

/// Returns a field of each line.
fn fields(lines: &str, field: &str) -> Vec<String> {
    let value = |line: &str| serde_json::from_str::<Value>(line).unwrap()[field].as_str().unwrap().to_string();
    lines.lines().map(value).collect()
}

fn copy_folder(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

/// An index of two documents, and a batch of a known one, two versions of a new one, and another new one.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    write(path, "old.jsonl", &[("ferry", FERRY), ("mayor", MAYOR)]);
    let again = format!("{BRIDGE} The police asks for patience.");
    write(path, "new.jsonl", &[("f2", FERRY_LATER), ("b1", BRIDGE), ("m2", MAYOR), ("b2", &again), ("blank", " ")]);
    run(path, "index create seen --words 3").done();
    run(path, "index add seen old.jsonl").done();
    folder
}

#[test]
fn days_one_by_one_keep_what_all_at_once_keep() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let made = Generator::new(Settings { near_duplicates: 0.4, ..Settings::default() });
    let lines: Vec<String> = made
        .take(600)
        .map(|made| format!("{}\n", serde_json::json!({ "id": made.id.to_string(), "text": made.text })))
        .collect();
    fs::write(path.join("all.jsonl"), lines.concat()).unwrap();
    run(path, "index create seen --words 4 --num-hashes 64 --seed 5 --banding 16x4").done();
    let (mut kept, mut known) = (String::new(), 0);
    for (day, lines) in lines.chunks(200).enumerate() {
        fs::write(path.join(format!("{day}.jsonl")), lines.concat()).unwrap();
        assert_eq!(run(path, &format!("dedup {day}.jsonl --index seen --output day-{day}")).done(), "");
        kept += &read(path, &format!("day-{day}/kept.jsonl"));
        assert_eq!(count(path, "seen"), kept.lines().count() as u64);
        let summary: Value = serde_json::from_str(&read(path, &format!("day-{day}/summary.json"))).unwrap();
        let history = read(path, &format!("day-{day}/history.tsv"));
        assert_eq!(summary["history"]["known"], history.lines().count());
        assert_eq!(summary["history"]["added"], summary["kept"]);
        known += history.lines().count();
    }
    let options = "--words 4 --num-hashes 64 --seed 5 --banding 16x4";
    run(path, &format!("dedup all.jsonl {options} --output whole")).done();
    assert_eq!(kept, read(path, "whole/kept.jsonl"));
    assert!(known > 50, "{known}");
    run(path, "index verify seen").done();
}

#[test]
fn a_preset_that_would_judge_pairs_says_that_it_does_not() {
    let folder = folder();
    let path = folder.path();
    run(path, "index create news --preset news").done();
    for (number, (options, warns)) in
        [("--preset news", true), ("--preset news --relation=false", false), ("", false)].into_iter().enumerate()
    {
        let ended = run(path, &format!("dedup new.jsonl --index news --output out-{number} {options}"));
        assert_eq!(ended.err.contains("judges no pairs with --index"), warns, "{options}: {}", ended.err);
        ended.done();
    }
}

#[test]
fn a_removed_document_names_the_one_of_the_history() {
    let folder = folder();
    let path = folder.path();
    let ended = run(path, "dedup new.jsonl --index seen --output out");
    for said in [
        "3 removed (0 copies within the batch), 1 cluster;",
        "; 2 were in the index already (1 with the same shingles), which has 4 documents now;",
    ] {
        assert!(ended.err.contains(said), "{}", ended.err);
    }
    assert_eq!(ended.done(), "");
    assert_eq!(fields(&read(path, "out/kept.jsonl"), "id"), ["b1", "blank"]);
    let removed = read(path, "out/removed.jsonl");
    assert_eq!(fields(&removed, "duplicate_of"), ["ferry", "mayor", "b1"]);
    let history = read(path, "out/history.tsv");
    assert!(history.starts_with("f2\tferry\t0.") && history.ends_with("\nm2\tmayor\t1.000000\n"), "{history}");
    assert!(read(path, "out/clusters.tsv").starts_with("b1\t2\t"), "clusters are those of new documents");
    // The settings are those of the index, so that the file of settings tells what was done.
    assert!(read(path, "out/config.toml").contains("words = 3\n"));
    // The same command has nothing to do, and another run of the same batch finds it all.
    let again = run(path, "dedup new.jsonl --index seen --output out");
    assert!(again.err.contains("is complete; nothing was done"), "{}", again.err);
    run(path, "dedup new.jsonl --index seen --output again").done();
    assert_eq!(fields(&read(path, "again/kept.jsonl"), "id"), ["blank"]);
    assert_eq!(fields(&read(path, "again/removed.jsonl"), "duplicate_of"), ["ferry", "b1", "mayor", "b1"]);
    assert_eq!(count(path, "seen"), 4);
    // An index that was made anew in the same folder is another one.
    fs::remove_dir_all(path.join("seen")).unwrap();
    run(path, "index create seen --words 3").done();
    assert!(run(path, "dedup new.jsonl --index seen --output out").refused().contains("--force"));
    run(path, "dedup new.jsonl --index seen --output out --force").done();
    assert_eq!(fields(&read(path, "out/kept.jsonl"), "id"), ["f2", "b1", "m2", "blank"]);
}

#[test]
fn what_a_run_added_to_the_index_is_not_replaced_by_a_repetition() {
    let folder = folder();
    let path = folder.path();
    let arguments = "dedup new.jsonl --index seen --output out";
    copy_folder(&path.join("seen"), &path.join("before"));
    run(path, arguments).done();
    let kept = read(path, "out/kept.jsonl");
    let again = run(path, arguments);
    assert!(again.err.contains("its documents are in seen") && !again.err.contains("--force"), "{}", again.err);
    again.done();
    for other in ["", " --threshold 0.9", " --output-per-file"] {
        let refused = run(path, &format!("{arguments} --force{other}")).refused();
        assert!(refused.contains("added them to seen") && refused.contains("choose another --output"), "{refused}");
        assert_eq!((read(path, "out/kept.jsonl"), count(path, "seen")), (kept.clone(), 4));
    }
    // An index without the commit has not the documents either, and neither has another one.
    copy_folder(&path.join("before"), &path.join("seen"));
    run(path, &format!("{arguments} --force")).done();
    assert_eq!((read(path, "out/kept.jsonl"), count(path, "seen")), (kept.clone(), 4));
    run(path, "index create other --words 3").done();
    run(path, "dedup new.jsonl --index other --output out --force").done();
    assert_eq!(fields(&read(path, "out/kept.jsonl"), "id"), ["f2", "b1", "m2", "blank"]);
}

#[test]
fn standard_output_gets_the_kept_ones_before_the_index() {
    let folder = folder();
    let path = folder.path();
    if Path::new("/dev/full").exists() {
        assert_ne!(run(path, "dedup new.jsonl --index seen -o /dev/full").status, 0);
        assert_eq!(count(path, "seen"), 2, "what was not written is not in the index");
    }
    let kept = run(path, "dedup new.jsonl --index seen -o - --drop-blank --time 2026-01-01T00:00:00Z").done();
    assert_eq!((fields(&kept, "id"), count(path, "seen")), (vec!["b1".to_string()], 3));
    run(path, "index expire seen --before 2026-01-02T00:00:00Z").done();
    assert_eq!(count(path, "seen"), 2, "the time is that of the option");
    let input = read(path, "new.jsonl");
    let kept = crate::process::run_with_input(path, "dedup - --index seen -o -", &input).done();
    assert_eq!((fields(&kept, "id"), count(path, "seen")), (vec!["b1".to_string(), "blank".into()], 4));
}

#[test]
fn history_wins_and_the_rule_chooses_among_new_ones() {
    let folder = folder();
    let path = folder.path();
    run(path, "dedup new.jsonl --index seen --keep longest --output out").done();
    // The update of the ferry is longer than what is known, which stays.
    assert_eq!(fields(&read(path, "out/kept.jsonl"), "id"), ["b2", "blank"]);
    assert_eq!(fields(&read(path, "out/removed.jsonl"), "duplicate_of"), ["ferry", "b2", "mayor"]);
    // A new text under a known id takes its place, and that is said.
    write(
        path,
        "same-id.jsonl",
        &[("ferry", "Trains between Orvane and Skelby stop at every station until further notice.")],
    );
    let ended = run(path, "dedup same-id.jsonl --index seen --output same-id");
    assert!(ended.err.contains("1 of the kept ones in place of earlier ones with their ids"), "{}", ended.err);
    assert_eq!(count(path, "seen"), 4);
    // Other formats and one file for each input.
    fs::write(path.join("new.csv"), format!("id,text\nx,\"{BRIDGE}\"\ny,something else altogether here\n")).unwrap();
    run(path, "dedup new.csv --index seen --output csv --output-per-file").done();
    assert!(read(path, "csv/removed/new.csv").contains(",b2,"));
    assert_eq!(read(path, "csv/kept/new.csv"), "id,text\ny,something else altogether here\n");
    // With signatures only, similarities are estimates.
    run(path, "index create small --signatures-only").done();
    run(path, "dedup new.jsonl --index small --output small-1").done();
    run(path, "dedup new.jsonl --index small --output small-2").done();
    assert_eq!(fields(&read(path, "small-2/kept.jsonl"), "id"), ["blank"]);
}

#[test]
fn too_many_like_one_document_are_not_removed() {
    let folder = folder();
    let path = folder.path();
    let ids: Vec<String> = (0..150).map(|id| id.to_string()).collect();
    let many: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), FERRY)).collect();
    write(path, "many.jsonl", &many);
    let ended = run(path, "dedup many.jsonl --index seen --output out");
    assert!(ended.status == 1 && ended.err.contains("the cluster of ferry"), "{}", ended.err);
    assert!(ended.err.contains("check out/clusters.tsv and out/history.tsv"), "{}", ended.err);
    assert_eq!((count(path, "seen"), read(path, "out/history.tsv").lines().count()), (2, 150));
    run(path, "dedup many.jsonl --index seen --output out --most-of-corpus 1").done();
    assert_eq!(read(path, "out/kept.jsonl"), "");
}

#[test]
fn a_run_that_ended_around_its_commit_is_finished_or_done_again() {
    let folder = folder();
    let path = folder.path();
    copy_folder(&path.join("seen"), &path.join("before"));
    let arguments = "dedup new.jsonl --index seen --output out";
    run(path, arguments).done();
    let names = ["kept.jsonl", "removed.jsonl", "history.tsv", "clusters.tsv", "pairs.tsv"];
    let results = || names.map(|name| read(path, &format!("out/{name}")));
    let expected = results();
    let summary = read(path, "out/summary.json");
    let marker = path.join("out/.twinprint.json");
    let committing = || {
        let mut content: Value = serde_json::from_str(&fs::read_to_string(&marker).unwrap()).unwrap();
        content["state"] = "committing".into();
        content["summary"] = serde_json::from_str(&summary).unwrap();
        fs::write(&marker, content.to_string()).unwrap();
        fs::remove_file(path.join("out/summary.json")).unwrap();
    };
    // After the commit: the run only writes its summary.
    committing();
    let ended = run(path, arguments);
    assert!(ended.err.contains("is complete"), "{}", ended.err);
    assert_eq!((ended.done().as_str(), count(path, "seen")), ("", 4));
    assert_eq!((results(), read(path, "out/summary.json")), (expected.clone(), summary.clone()));
    // Before it: the index is as it was, and the answer is the same.
    copy_folder(&path.join("before"), &path.join("seen"));
    committing();
    let ended = run(path, arguments);
    assert!(ended.err.contains("2 were in the index already"), "{}", ended.err);
    assert_eq!((results(), count(path, "seen")), (expected, 4));
    // Without the index it is not known, and nothing is replaced.
    committing();
    assert!(run(path, "dedup new.jsonl --output out").refused().contains("--force"));
}

#[cfg(unix)]
#[test]
fn a_killed_run_commits_all_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let made = Generator::new(Settings { near_duplicates: 0.4, ..Settings::default() });
    // The later documents have ids of earlier ones too, whose places they take.
    let line = |(number, made): (usize, twinprint_generator::Document)| {
        let id = if number < 500 { number } else { number - 250 };
        format!("{}\n", serde_json::json!({ "id": id.to_string(), "text": made.text }))
    };
    let lines: Vec<String> = made.take(1_500).enumerate().map(line).collect();
    fs::write(path.join("old.jsonl"), lines[..500].concat()).unwrap();
    fs::write(path.join("new.jsonl"), lines[500..].concat()).unwrap();
    run(path, "index create before").done();
    run(path, "dedup old.jsonl --index before --output old").done();
    let before = count(path, "before");
    copy_folder(&path.join("before"), &path.join("seen"));
    let started = std::time::Instant::now();
    run(path, "dedup new.jsonl --index seen --output whole").done();
    let time = started.elapsed();
    let (after, expected) = (count(path, "seen"), read(path, "whole/kept.jsonl"));
    assert!(after > before);
    for part in 1..=8 {
        copy_folder(&path.join("before"), &path.join("seen"));
        let out = format!("out-{part}");
        let arguments = ["dedup", "new.jsonl", "--index", "seen", "--output", &out, "--quiet"];
        let mut running = std::process::Command::new(assert_cmd::cargo::cargo_bin!("twinprint"));
        let mut running = running.current_dir(path).args(arguments).spawn().unwrap();
        std::thread::sleep(time.mul_f64(f64::from(part) / 8.0));
        running.kill().unwrap();
        running.wait().unwrap();
        let now = count(path, "seen");
        assert!(now == before || now == after, "{part}: {before}, {now}, {after}");
        let done = command(path, arguments).output().unwrap();
        assert!(done.status.success(), "{part}: {}", String::from_utf8_lossy(&done.stderr));
        assert_eq!(
            (count(path, "seen"), read(path, &format!("{out}/kept.jsonl"))),
            (after, expected.clone()),
            "{part}"
        );
    }
}

#[test]
fn options_that_contradict_an_index_are_refused_by_name() {
    let folder = folder();
    let path = folder.path();
    run(path, "index create web --preset web --normalize marks").done();
    for (index, options, said) in [
        ("seen", "--words 5", "--words or --chars: 5 in the options, 3 in the index"),
        ("seen", "--num-hashes 64", "--num-hashes: 64 in the options, 128 in the index"),
        ("seen", "--preset web", "--words or --chars: 5 in the options, 3 in the index"),
        ("seen", "--chars 5", "differ from the index in --"),
        ("seen", "--normalize digits", "--normalize (digits)"),
        ("seen", "--seed 9", "--seed: 9 in the options, 1 in the index"),
        ("seen", "--threshold 0.4", "--threshold is 0.4, and the index finds documents from a similarity of 0.5 up"),
        ("seen", "--banding 8x8", "--banding asks for another banding"),
        ("seen", "--recall 0.5", "--recall asks for another banding"),
        ("seen", "--keep none", "--keep none has no meaning with --index"),
        ("seen", "--contained 0.8", "--contained has no meaning with --index"),
        ("seen", "--relation", "--relation has no meaning with --index"),
        ("seen", "--block lang", "--block has no meaning with --index"),
        ("seen", "--group repo", "--group has no meaning with --index"),
        ("seen", "--boilerplate 0.5", "--boilerplate has no meaning with --index"),
        ("seen", "--keyed", "--keyed has no meaning with --index"),
        ("seen", "--source site --across-sources", "--across-sources has no meaning with --index"),
        ("seen", "--against old.jsonl", "cannot be used with"),
        ("seen", "--report page.html", "cannot be used with"),
        ("seen", "--time yesterday", "--time is \"yesterday\""),
        ("nowhere", "", "create one first"),
        ("web", "--preset news", "differ from the index"),
    ] {
        let refused = run(path, &format!("dedup new.jsonl --index {index} --output out {options}")).refused();
        assert!(refused.contains(said), "{options}: {refused}");
        assert!(!path.join("out").exists() && !path.join("nowhere").exists(), "{options}");
    }
    // What agrees is no contradiction, and the rest follows from the index.
    for (number, options) in ["", "--preset web", "--words 5 --num-hashes 128", "--normalize marks", "--threshold 0.9"]
        .into_iter()
        .enumerate()
    {
        run(path, &format!("dedup new.jsonl --index web --output web-{number} {options}")).done();
    }
    run(path, "index add web old.jsonl --words 5").done();
    let held = run(path, "dedup new.jsonl --index seen --output out");
    assert!(held.err.contains("documents now"), "{}", held.err);
}

#[test]
fn a_folder_whose_documents_are_in_the_index_is_not_to_be_forced() {
    let folder = folder();
    let path = folder.path();
    let arguments = "dedup new.jsonl --index seen --output out";
    run(path, arguments).done();
    write(path, "other.jsonl", &[("x", "Something else altogether.")]);
    let kept = read(path, "out/kept.jsonl");
    for other in ["new.jsonl --threshold 0.9", "new.jsonl --drop-blank", "other.jsonl"] {
        let refused = run(path, &format!("dedup {other} --index seen --output out")).refused();
        assert!(refused.contains("choose another --output") && !refused.contains("--force"), "{other}: {refused}");
    }
    fs::remove_file(path.join("out/kept.jsonl")).unwrap();
    let refused = run(path, arguments).refused();
    assert!(refused.contains("put back what was there") && !refused.contains("--force"), "{refused}");
    fs::write(path.join("out/kept.jsonl"), kept).unwrap();
    run(path, arguments).done();
}
