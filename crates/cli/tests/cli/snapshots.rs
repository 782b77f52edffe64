//! Texts and files that users and scripts see, held against committed copies under `tests/snapshots`.
//!
//! After an intended change, run the tests with `INSTA_UPDATE=always` and review the difference.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::process::{Ended, command, run};

/// Compares a text with its snapshot.
#[track_caller]
fn assert_snapshot(name: &str, text: &str) {
    insta::with_settings!({
        snapshot_path => "../snapshots",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(name, text);
    });
}

/// The commands that have help of their own.
pub(crate) const COMMANDS: [&str; 13] = [
    "dedup",
    "pairs",
    "clusters",
    "contained",
    "audit",
    "evaluate",
    "plan",
    "trim",
    "stories",
    "rewrites",
    "index",
    "shard",
    "inspect",
];

/// The commands within `index`.
const INDEX_COMMANDS: [&str; 9] = ["create", "add", "query", "remove", "expire", "info", "verify", "merge", "compact"];

/// The commands within `shard`.
const SHARD_COMMANDS: [&str; 8] = ["plan", "sign", "group", "bands", "merge", "verify", "clusters", "status"];

#[test]
fn help() {
    let folder = tempfile::tempdir().unwrap();
    let help = |arguments: &[&str]| {
        // Help is wrapped at the width of the terminal, or else at this one.
        let output = command(folder.path(), arguments).env("COLUMNS", "100").output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    assert_snapshot("help", &help(&["--help"]));
    for command in COMMANDS {
        assert_snapshot(&format!("help-{command}"), &help(&[command, "--help"]));
    }
    for command in INDEX_COMMANDS {
        assert_snapshot(&format!("help-index-{command}"), &help(&["index", command, "--help"]));
    }
    for command in SHARD_COMMANDS {
        assert_snapshot(&format!("help-shard-{command}"), &help(&["shard", command, "--help"]));
    }
}

#[test]
fn the_old_name_of_rewrites_still_works() {
    let folder = folder_of_wrong_things();
    let out = |name: &str| run(folder.path(), &format!("{name} good.jsonl --least-rare 1 --threshold 0.01")).done();
    assert_eq!(out("versions"), out("rewrites"));
    let help = |name: &str| run(folder.path(), &format!("{name} --help")).done();
    assert_eq!(help("versions"), help("rewrites"));
}

#[test]
fn limits_have_the_names_of_what_they_limit() {
    let folder = folder_of_wrong_things();
    let run = |options: &str| run(folder.path(), &format!("dedup copies.jsonl --output out --force {options}"));
    let copies: Vec<String> =
        (0..200).map(|id| format!("{{\"id\": {id}, \"text\": \"The ferry is late again.\"}}\n")).collect();
    fs::write(folder.path().join("copies.jsonl"), copies.concat()).unwrap();
    assert_eq!(run("").status, 1);
    run("--max-cluster-share 1").done();
    fs::write(folder.path().join("own.toml"), "max-cluster-share = 1.0\nmax-source-share = 1.0\n").unwrap();
    run("--config own.toml").done();
}

/// Files that commands refuse, and one that they read.
fn folder_of_wrong_things() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let good = "{\"id\": \"a\", \"text\": \"The ferry to Skelby was late on Monday.\"}\n\
                {\"id\": \"b\", \"text\": \"On Monday the Skelby ferry was late.\"}\n";
    for (name, text) in [
        ("good.jsonl", good),
        ("other.jsonl", "{\"id\": \"c\", \"text\": \"Councillors voted to close the harbour road.\"}\n"),
        ("empty.jsonl", ""),
        ("no-text.jsonl", "{\"id\": \"a\", \"body\": \"x\"}\n"),
        ("broken.jsonl", "{\"id\": \"a\", \"text\": \n"),
        ("twice.jsonl", "{\"id\": \"a\", \"text\": \"x\"}\n{\"id\": \"a\", \"text\": \"y\"}\n"),
        ("misspelled.toml", "treshold = 0.5\n"),
        ("both.toml", "words = 3\nchars = 5\n"),
        ("labels.tsv", "a\tb\tyes\n"),
        ("pairs.tsv", "a\tb\n"),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    fs::create_dir(folder.path().join("full")).unwrap();
    fs::write(folder.path().join("full/novel.txt"), "mine").unwrap();
    folder
}

const WRONG_CALLS: [&str; 41] = [
    "",
    "deduplicate good.jsonl",
    "pairs",
    "pairs good.jsonl --treshold 0.5",
    "pairs good.jsonl --threshold 0",
    "pairs good.jsonl --threshold high",
    "pairs good.jsonl --recall 1",
    "pairs good.jsonl --words 3 --chars 5",
    "pairs good.jsonl --words 0",
    "pairs good.jsonl --banding 16",
    "pairs good.jsonl --banding 64x64",
    "pairs good.jsonl --memory much",
    "pairs good.jsonl --memory 1M",
    "pairs good.jsonl --threads 2000",
    "pairs good.jsonl --keep best",
    "pairs good.jsonl --block day:month",
    "pairs good.jsonl --across-sources",
    "pairs good.jsonl --boilerplate-least 3",
    "pairs good.jsonl --config misspelled.toml",
    "pairs good.jsonl --config both.toml",
    "pairs good.jsonl --output good.jsonl",
    "pairs good.jsonl --against good.jsonl",
    "pairs missing.jsonl",
    "pairs empty.jsonl",
    "pairs no-text.jsonl",
    "pairs broken.jsonl",
    "pairs twice.jsonl",
    "dedup good.jsonl --output full",
    "dedup good.jsonl --output out --against other.jsonl --keep longest",
    "dedup good.jsonl --output out --index missing",
    "dedup good.jsonl --output out --index missing --against other.jsonl",
    "dedup good.jsonl --output out --time 2026-11-27T00:00:00Z",
    "contained good.jsonl --threshold 0.5",
    "evaluate pairs.tsv --labels labels.tsv",
    "inspect good.jsonl",
    "shard plan good.jsonl --work work",
    "shard plan good.jsonl --work work --shards 0",
    "shard plan good.jsonl --work work --shards 2 --boilerplate 0.1",
    "shard plan no-text.jsonl --work work --shards 2",
    "shard sign --work work --shard 0/2",
    "shard sign --work work --shard 1/2",
];

#[test]
fn errors() {
    let folder = folder_of_wrong_things();
    let mut text = String::new();
    for arguments in WRONG_CALLS {
        let output = command(folder.path(), arguments.split_whitespace()).env("COLUMNS", "100").output().unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments}");
        text += &format!("$ twinprint {arguments}\n{}\n", String::from_utf8(output.stderr).unwrap());
    }
    assert_snapshot("errors", &text);
}

/// The sample corpus of news.
fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/news")
}

#[test]
fn dedup_writes_these_files() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let output = command(&sample(), ["dedup", ".", "--preset", "news", "--output"]).arg(&out).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut names: Vec<String> =
        fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_snapshot("dedup-files", &names.join("\n"));
    for name in ["clusters.tsv", "pairs.tsv", "config.toml", "kept.tsv"] {
        assert_snapshot(&format!("dedup-{name}"), &fs::read_to_string(out.join(name)).unwrap());
    }
    let summary = fs::read_to_string(out.join("summary.json")).unwrap();
    assert_snapshot("dedup-summary.json", &without_seconds(&summary));
}

/// Replaces the time that the run took, which is on a line of its own at the top level.
fn without_seconds(summary: &str) -> String {
    let line = |line: &str| match line.split_once("\"seconds\": ") {
        Some(("  ", _)) => "  \"seconds\": \"[time]\",".to_string(),
        _ => line.to_string(),
    };
    summary.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_guard_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> =
        (0..120).map(|id| format!("{{\"id\": {id}, \"text\": \"The ferry is late again.\"}}\n")).collect();
    fs::write(folder.path().join("copies.jsonl"), lines.concat()).unwrap();
    let Ended { status, out, err } = run(folder.path(), "dedup copies.jsonl --output out");
    assert_eq!((status, out.as_str()), (1, ""));
    assert_snapshot("guard", &err);
}
