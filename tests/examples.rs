//! The examples as their users run them: what they print, and how they refuse bad input.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn example(name: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--example", name, "--"]).args(arguments);
    command.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("cargo runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A file of this test's own, in the folder that cargo gives tests.
fn file(name: &str, contents: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(path.parent().expect("has one")).expect("made");
    fs::write(&path, contents).expect("written");
    path
}

/// Runs an example that must refuse: exit status 2, nothing on standard output, a message that says all of this.
fn refused(name: &str, arguments: &[&str], says: &[&str]) {
    let output = example(name, arguments);
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{name} {arguments:?}: {message}");
    assert_eq!(stdout(&output), "", "{name} {arguments:?}");
    assert!(!message.contains("panicked"), "{message}");
    for part in says {
        assert!(message.contains(part), "{name} {arguments:?} should say {part:?}, says {message}");
    }
}

#[test]
fn news_on_its_sample_corpus() {
    let page = stdout(&example("news", &[]));
    for part in [
        "Near-duplicates: copies and edits of one text",
        "Rewrites of one story",
        "What would be kept of the near-duplicates",
        "keep 025-tram-strike-city-radio",
        "recall 1.000 (65 of 65 labelled)",
        "copy       10 of  10 found,  10 of them as near-duplicate",
    ] {
        assert!(page.contains(part), "{part} in\n{page}");
    }
}

#[test]
fn news_as_lines() {
    let text = "Divers found the wreck of the steamer Halvard off Skelby, the museum announced.";
    let folder = file("news-lines/b.txt", text.as_bytes());
    let folder = folder.parent().expect("has one");
    file("news-lines/a.txt", text.to_uppercase().as_bytes());
    file("news-lines/c.txt", b"Bakers in Orvane threaten to strike over night shifts.");
    let output = example("news", &["--tsv", &folder.to_string_lossy()]);
    assert_eq!(stdout(&output), "a\tb\t1.0000\t1.0000\tnear-duplicate\t1.0000\n", "{}", stderr(&output));
    let lower =
        file("news-lines.jsonl", b"{\"id\": 1, \"text\": \"Skelby ferry wreck\"}\n{\"id\": \"x\", \"text\": \"\"}\n");
    assert_eq!(example("news", &["--tsv", &lower.to_string_lossy()]).status.code(), Some(0));
}

#[test]
fn find_pairs_prints_pairs_and_nothing_else() {
    let input = file(
        "pairs.jsonl",
        b"{\"id\": 10, \"text\": \"one two three four five six\"}\n{\"id\": \"b\", \"text\": \"one two three four five six\"}\n\
        {\"id\": \"c\", \"text\": \"one two three four five seven\"}\n{\"id\": \"d\", \"text\": \"\"}\n{\"id\": \"e\", \"text\": \"\"}\n",
    );
    let input = input.to_string_lossy();
    let output = example("find_pairs", &[&input, "--words", "3", "--threshold", "0.5", "--threads", "2"]);
    assert_eq!(stdout(&output), "10\tb\t1.000000\n10\tc\t0.600000\nb\tc\t0.600000\n");
    assert!(stderr(&output).contains("5 documents (2 empty, 1 copies"), "{}", stderr(&output));
    let one = example("find_pairs", &[&input, "--threads", "1"]);
    assert_eq!(stdout(&one), stdout(&output));
    let characters = example("find_pairs", &[&input, "--chars", "5", "--threshold", "0.9"]);
    assert_eq!(stdout(&characters), "10\tb\t1.000000\n");
}

#[test]
fn large_groups_of_copies_print_each_with_the_first() {
    let lines: String = (0..1_001).map(|id| format!("{{\"id\": {id}, \"text\": \"the very same words\"}}\n")).collect();
    let input = file("group.jsonl", lines.as_bytes());
    let output = example("find_pairs", &[&input.to_string_lossy()]);
    assert_eq!(stdout(&output).lines().count(), 1_000);
    assert!(stderr(&output).contains("sizes [1001]"), "{}", stderr(&output));
    let lines: String = (0..1_000).map(|id| format!("{{\"id\": {id}, \"text\": \"the very same words\"}}\n")).collect();
    let input = file("group.jsonl", lines.as_bytes());
    assert_eq!(stdout(&example("find_pairs", &[&input.to_string_lossy()])).lines().count(), 1_000 * 999 / 2);
}

#[test]
fn bad_input_is_named() {
    let good = file("good.jsonl", b"{\"id\": 1, \"text\": \"a b c\"}\n");
    let good = good.to_string_lossy();
    refused("find_pairs", &[&good, "--threshold", "0"], &["threshold is 0", "greater than 0"]);
    refused("find_pairs", &[&good, "--threshold", "1.5"], &["threshold is 1.5"]);
    refused("find_pairs", &[&good, "--num-hashes", "0"], &["num_hashes is 0"]);
    refused("find_pairs", &[&good, "--num-hashes", "2"], &["num_hashes 2", "use num_hashes 7"]);
    refused("find_pairs", &[&good, "--words", "0"], &["tokens is 0"]);
    refused("find_pairs", &[&good, "--threads", "0"], &["threads"]);
    refused("find_pairs", &["no-such-file.jsonl"], &["no-such-file.jsonl", "No such file"]);
    refused("news", &[&good, "--threshold", "-1"], &["threshold"]);

    let broken = file("broken.jsonl", b"{\"id\": 1, \"text\": \"a b c\"}\n{\"id\": 2, \"text\": \"a b\n");
    let broken = broken.to_string_lossy();
    refused("find_pairs", &[&broken], &["line 2", "not a JSON object", "--skip-bad"]);
    let skipped = example("find_pairs", &[&broken, "--skip-bad"]);
    assert_eq!(skipped.status.code(), Some(0));
    assert!(stderr(&skipped).contains("1 set aside"), "{}", stderr(&skipped));

    let repeated = file("repeated.jsonl", b"{\"id\": 1, \"text\": \"a\"}\n{\"id\": \"1\", \"text\": \"b\"}\n");
    refused("find_pairs", &[&repeated.to_string_lossy()], &["line 2", "line 1"]);
    let nameless = file("nameless.jsonl", b"{\"text\": \"a\"}\n");
    refused("find_pairs", &[&nameless.to_string_lossy()], &["line 1", "\"id\" is missing"]);

    let latin = file("latin/one.txt", b"caf\xe9");
    let folder = latin.parent().expect("has one").to_string_lossy().into_owned();
    refused("news", &[&folder], &["one.txt", "byte 3 is not UTF-8", "--lossy"]);
    assert_eq!(example("news", &[&folder, "--lossy"]).status.code(), Some(0));
    let empty = Path::new(env!("CARGO_TARGET_TMPDIR")).join("empty");
    fs::create_dir_all(&empty).expect("made");
    refused("news", &[&empty.to_string_lossy()], &["no file to read"]);
}

#[test]
fn the_other_examples_run() {
    for name in ["quickstart", "streaming", "tune_threshold", "custom_features"] {
        let output = example(name, &[]);
        assert!(output.status.success(), "{name}: {}", stderr(&output));
        assert!(!stdout(&output).is_empty(), "{name} prints something");
    }
}
