//! `--boilerplate`: shingles of many documents are ignored.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;
use twinprint::ShingleSet;

use crate::corpora::{documents, folder_of, json_lines, sets};
use crate::process::{run, run_with_input};

/// Returns the sample texts whose names begin with a prefix, as records with a source.
fn sample(lines: &mut String, prefixes: &[&str], source: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/news");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.ends_with(".txt") && prefixes.iter().any(|prefix| name.starts_with(prefix)) {
            let text = fs::read_to_string(&path).unwrap();
            writeln!(lines, "{}", json!({"id": name, "text": text, "source": source})).unwrap();
        }
    }
}

/// Creates a corpus of ten texts of three templates from one desk, and stories from a wire.
fn desk_and_wire() -> TempDir {
    let mut lines = String::new();
    sample(&mut lines, &["04"], "desk");
    sample(&mut lines, &["00", "01", "02"], "wire");
    folder_of(&lines)
}

/// Returns the pairs by source. No pair has two sources.
fn pairs(folder: &TempDir, options: &str) -> (Vec<String>, Vec<String>) {
    let out = run(folder.path(), &format!("pairs corpus.jsonl --preset news {options}")).done();
    let (desk, wire): (Vec<_>, Vec<_>) = out.lines().map(str::to_string).partition(|line| line.starts_with("04"));
    assert!(wire.iter().all(|line| !line.contains("\t04")), "{out}");
    (desk, wire)
}

const RULE: &str = "--source source --boilerplate 0.3 --boilerplate-least 3";

#[test]
fn pairs_of_one_template_go_and_those_of_one_story_stay() {
    let folder = desk_and_wire();
    for (threshold, false_pairs) in [(0.2, 6), (0.3, 2)] {
        let (desk, wire) = pairs(&folder, &format!("--threshold {threshold}"));
        assert_eq!(desk.len(), false_pairs);
        assert!(wire.len() >= 10);
        let (without, stories) = pairs(&folder, &format!("--threshold {threshold} {RULE}"));
        assert_eq!((without, stories), (Vec::new(), wire));
    }
}

#[test]
fn what_was_left_out_is_recorded() {
    let folder = desk_and_wire();
    let dedup = |options: &str| run(folder.path(), &format!("dedup corpus.jsonl --threshold 0.2 {options}")).done();
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    dedup("--output plain");
    assert!(!folder.path().join("plain/boilerplate.json").exists());
    dedup(&format!("--output out {RULE}"));
    assert!(read("plain/pairs.tsv").lines().any(|line| line.starts_with("04")));
    assert!(!read("out/pairs.tsv").lines().any(|line| line.starts_with("04")));
    assert!(read("out/config.toml").contains("boilerplate = 0.3\nboilerplate-least = 3\n"));
    let left_out: Value = serde_json::from_str(&read("out/boilerplate.json")).unwrap();
    assert_eq!(left_out["rule"], json!({"share": 0.3, "least_documents": 3}));
    let source =
        |name: &str| left_out["sources"].as_array().unwrap().iter().find(|it| it["source"] == name).unwrap().clone();
    let (desk, wire) = (source("desk"), source("wire"));
    assert_eq!((&desk["documents"], &desk["least_documents"], &wire["shingles"]), (&json!(10), &json!(3), &json!(0)));
    assert!(desk["shingles"].as_u64().unwrap() > 30);
    assert_ne!(desk["id"], wire["id"]);

    // The same rule counts the same shingles; without the rule, it is another run.
    dedup(&format!("--output again {RULE}"));
    assert_eq!(read("again/boilerplate.json"), read("out/boilerplate.json"));
    let refused = run(folder.path(), "dedup corpus.jsonl --threshold 0.2 --output out").refused();
    assert!(refused.contains("--force"), "{refused}");
    dedup("--output out --force");
    assert!(!folder.path().join("out/boilerplate.json").exists());
}

#[test]
fn the_pairs_are_those_of_the_sets_without_what_is_common() {
    let mut documents = documents(150);
    let footer = " Subscribe to our newsletter for all the news from Skelby and the coast every morning.";
    documents.iter_mut().step_by(3).for_each(|(_, text)| text.push_str(footer));
    let lines = json_lines(&documents);
    let folder = folder_of(&lines);
    let sets = sets(&documents);
    let distinct: BTreeSet<&[u64]> = sets.iter().map(ShingleSet::as_slice).collect();
    let mut counts = HashMap::new();
    distinct.iter().copied().flatten().for_each(|hash| *counts.entry(*hash).or_insert(0) += 1);
    let least = 4.max((0.02 * distinct.len() as f64).ceil() as u64);
    let rest: Vec<ShingleSet> =
        sets.iter().map(|set| set.as_slice().iter().copied().filter(|hash| counts[hash] < least).collect()).collect();
    let mut expected = String::new();
    for (left, one) in rest.iter().enumerate() {
        for (right, other) in rest.iter().enumerate().skip(left + 1).filter(|(_, other)| !other.is_empty()) {
            let jaccard = if one.is_empty() { 0.0 } else { one.jaccard(other) };
            if jaccard >= 0.5 {
                writeln!(expected, "{}\t{}\t{jaccard:.6}", documents[left].0, documents[right].0).unwrap();
            }
        }
    }
    let options = "--words 3 --threshold 0.5 --banding 128x1 --boilerplate 0.02 --boilerplate-least 4";
    let pairs = |options: &str| run(folder.path(), &format!("pairs corpus.jsonl {options}")).done();
    assert_eq!(pairs(options), expected);
    assert!(expected.lines().count() > 10);
    assert_ne!(pairs("--words 3 --threshold 0.5 --banding 128x1"), expected);
    assert_eq!(pairs(&format!("{options} --memory 64M --threads 1")), expected);
    assert_eq!(run_with_input(folder.path(), &format!("pairs - {options}"), &lines).done(), expected);
}

#[test]
fn a_report_has_the_numbers_of_the_pairs() {
    let mut documents = documents(120);
    let menu = "Home, news, sport, weather and the tides: all of Skelby every morning. ";
    documents.iter_mut().step_by(2).for_each(|(_, text)| text.insert_str(0, menu));
    let folder = folder_of(&json_lines(&documents));
    for (options, is_whole) in [("", true), ("--boilerplate 0.2 --boilerplate-least 4", false)] {
        let printed =
            run(folder.path(), &format!("pairs corpus.jsonl --threshold 0.5 --report report.json {options}")).done();
        let report: Value =
            serde_json::from_str(&fs::read_to_string(folder.path().join("report.json")).unwrap()).unwrap();
        let pairs = report["pairs"].as_array().unwrap();
        let mut shown = String::new();
        for pair in pairs {
            let id = |side: &str| pair[side].as_str().unwrap();
            let jaccard = pair["jaccard"].as_f64().unwrap();
            // The printed pairs also include copies.
            writeln!(shown, "{}\t{}\t{jaccard:.6}", id("left"), id("right")).unwrap();
            let [left, right, shared] =
                ["left", "right", "shared"].map(|of| pair["shingles"][of].as_u64().unwrap() as f64);
            let share = pair["left_in_right"].as_f64().unwrap();
            assert!((jaccard - shared / (left + right - shared)).abs() < 1e-9 && (share - shared / left).abs() < 1e-9);
            assert_eq!(pair["estimate"].is_null(), !is_whole);
            assert_eq!(pair["reason"].as_str().unwrap().contains("boilerplate"), !is_whole);
        }
        assert!(pairs.len() > 10);
        let printed: BTreeSet<&str> = printed.lines().collect();
        let missing: Vec<&str> = shown.lines().filter(|line| !printed.contains(line)).collect();
        assert_eq!(missing, Vec::<&str>::new(), "{options}");
    }
}

#[test]
fn work_with_other_boilerplate_is_never_mixed() {
    let folder = desk_and_wire();
    let pairs =
        |options: &str| run(folder.path(), &format!("pairs corpus.jsonl --threshold 0.2 --work work {options}"));
    let first = pairs(RULE).done();
    assert_eq!(pairs(RULE).done(), first);
    for other in ["", "--source source --boilerplate 0.9 --boilerplate-least 3"] {
        let refused = pairs(other).refused();
        assert!(refused.contains("other features") && refused.contains("another folder"), "{refused}");
    }
}

#[test]
fn other_commands_leave_out_the_same() {
    let folder = desk_and_wire();
    let out = |command: &str| run(folder.path(), &format!("{command} corpus.jsonl --threshold 0.2 {RULE}")).done();
    let clusters = out("clusters");
    assert!(!clusters.is_empty() && !clusters.lines().any(|line| line.starts_with("04")), "{clusters}");
    let audit: Value = serde_json::from_str(&out("audit --json")).unwrap();
    assert_eq!(audit["missed"], json!([]), "{audit}");
    let plain = run(folder.path(), "plan corpus.jsonl --threshold 0.2").done();
    assert_ne!(out("plan"), plain);
    let refused = run_with_input(folder.path(), "plan - --boilerplate 0.5", "{}\n").refused();
    assert!(refused.contains("standard input"), "{refused}");
}

#[test]
fn rules_that_cannot_be_are_refused() {
    let words = |first: usize| (first..first + 130_000).map(|word| format!("w{word}")).collect::<Vec<_>>().join(" ");
    let folder = folder_of(&json_lines(&[("a".to_string(), words(0)), ("b".to_string(), words(1))]));
    let refused = |options: &str| run(folder.path(), &format!("pairs corpus.jsonl {options}")).refused();
    assert!(refused("--boilerplate 1.5").contains("--boilerplate"));
    assert!(refused("--boilerplate 0.5 --boilerplate-least 1").contains("2 or more"));
    assert!(refused("--boilerplate-least 3").contains("needs --boilerplate"));
    let many = refused("--boilerplate 0.5 --boilerplate-least 2 --memory 64M");
    assert!(many.contains("--memory") && many.contains("--boilerplate-least"), "{many}");
}
