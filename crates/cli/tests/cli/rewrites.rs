//! `twinprint rewrites`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use twinprint_generator::{Stories, StorySettings, Version};

use crate::corpora::{folder_of, json_lines};
use crate::process::{run, run_with_input};

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/news")
}

/// Returns the ids of pairs.
fn pairs(out: &str) -> BTreeSet<(String, String)> {
    let pair = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        (fields[0].to_string(), fields[1].to_string())
    };
    out.lines().map(pair).collect()
}

#[test]
fn the_labelled_pairs_of_the_sample_are_found() {
    let out = run(&sample(), "rewrites .").done();
    let labels = fs::read_to_string(sample().join("labels.tsv")).unwrap();
    let labels = pairs(labels.split_once('\n').unwrap().1);
    let found = pairs(&out);
    assert!(labels.is_subset(&found), "{:?} are missing", labels.difference(&found));
    // Texts of one template share their words too, and differ in figures only.
    let is_template = |(left, right): &&(String, String)| left.starts_with("04") && right.starts_with("04");
    assert!(
        found.difference(&labels).filter(|pair| !is_template(pair)).count() <= 6,
        "{:?}",
        found.difference(&labels)
    );
    for line in out.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let (jaccard, rare): (f64, u32) = (fields[2].parse().unwrap(), fields[3].parse().unwrap());
        assert!((0.1..=1.0).contains(&jaccard) && rare >= 2, "{line}");
    }
}

#[test]
fn planted_stories_are_found_in_the_order_of_the_input() {
    let versions: Vec<Version> =
        Stories::new(StorySettings { told_again: 0.2, ..StorySettings::default() }).take(1_500).collect();
    let documents: Vec<_> = versions.iter().map(|version| (version.id.to_string(), version.text.clone())).collect();
    let lines = json_lines(&documents);
    let folder = folder_of(&lines);
    let out = run(folder.path(), "rewrites corpus.jsonl").done();
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (left, right) in out.lines().map(|line| line.split_once('\t').unwrap()) {
        found.push((left.parse().unwrap(), right.split('\t').next().unwrap().parse().unwrap()));
    }
    assert!(found.is_sorted());
    let is_planted = |&(left, right): &(usize, usize)| versions[left].story == versions[right].story;
    let all = (0..versions.len()).flat_map(|left| (left + 1..versions.len()).map(move |right| (left, right)));
    let planted = all.filter(is_planted).count();
    let hits = found.iter().filter(|pair| is_planted(pair)).count();
    assert!(planted > 400 && hits as f64 >= 0.9 * planted as f64, "{hits} of {planted}");
    assert_eq!(hits, found.len());

    assert_eq!(run(folder.path(), "rewrites corpus.jsonl --threads 1").done(), out);
    assert_eq!(run_with_input(folder.path(), "rewrites -", &lines).done(), out);
    assert_eq!(run(folder.path(), "rewrites corpus.jsonl --output found.tsv").done(), "");
    assert_eq!(fs::read_to_string(folder.path().join("found.tsv")).unwrap(), out);
    assert!(
        run(folder.path(), "rewrites corpus.jsonl --threshold 0.3").done().lines().count() < out.lines().count() / 2
    );
    fs::write(folder.path().join("own.toml"), "threshold = 0.3\n").unwrap();
    assert_eq!(
        run(folder.path(), "rewrites corpus.jsonl --config own.toml").done(),
        out,
        "it is that of other commands"
    );
}

#[test]
fn what_cannot_be_is_refused() {
    let words = |text: usize| (0..200_000).map(|word| format!("w{word}x{text}")).collect::<Vec<_>>().join(" ");
    let documents: Vec<_> = (0..9).map(|text| (text.to_string(), words(text))).collect();
    let folder = folder_of(&json_lines(&documents));
    let refused = |options: &str| run(folder.path(), &format!("rewrites corpus.jsonl {options}")).refused();
    assert!(refused("--threshold 0").contains("threshold"));
    assert!(refused("--frequency-limit 1").contains("--frequency-limit is 1"));
    assert!(refused("--least-rare 0").contains("--least-rare is 0"));
    let same = run_with_input(
        folder.path(),
        "rewrites -",
        &json_lines(&["a", "b", "a"].map(|id| (id.to_string(), String::new()))),
    );
    assert!(same.refused().contains("document 1 and of document 3"));
    let many = refused("--memory 64M");
    assert!(many.contains("--memory 64M") && many.contains("days"), "{many}");
}
