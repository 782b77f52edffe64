//! `twinprint clusters`.

use std::collections::HashSet;
use std::fs;

use crate::corpora::{documents, folder_of, json_lines, sets_by_id};
use crate::process::run;

#[test]
fn clusters_have_a_representative_members_and_the_minimum_similarity() {
    let documents = documents(150);
    let folder = folder_of(&json_lines(&documents));
    let out = run(folder.path(), "clusters corpus.jsonl").done();
    assert!(out.lines().count() > 10, "the corpus has clusters");
    let sets = sets_by_id(&documents);
    let mut seen = HashSet::new();
    for line in out.lines() {
        let fields: Vec<_> = line.split('\t').collect();
        let (representative, size, least, dropped) = (fields[0], fields[1], fields[2], &fields[3..]);
        assert_eq!(size.parse(), Ok(dropped.len() + 1), "{line}");
        let similarities = dropped.iter().map(|&id| sets[representative].jaccard(&sets[id]));
        let expected = similarities.fold(1.0, f64::min);
        assert_eq!(least, format!("{expected:.6}"), "{line}");
        assert!(expected >= 0.5, "{line}");
        let is_new = |id: &str| seen.insert(id.to_string());
        assert!(dropped.iter().chain([&representative]).copied().all(is_new), "a document is in one cluster: {line}");
    }
    assert_eq!(run(folder.path(), "clusters corpus.jsonl --output clusters.tsv --threads 1").done(), "");
    assert_eq!(fs::read_to_string(folder.path().join("clusters.tsv")).unwrap(), out);
    let longest = run(folder.path(), "clusters corpus.jsonl --keep longest").done();
    assert_ne!(longest, out, "the rule is heeded");
}

#[test]
fn components_are_what_chains_of_pairs_connect() {
    let words = |from: usize| (from..from + 12).map(|word| format!("word{word} ")).collect::<String>();
    // Each text has ten shingles. Neighbours share eight of them, the two ends of the chain none.
    let mut documents: Vec<_> = (0..6).map(|at| (format!("chain{at}"), words(2 * at))).collect();
    documents.extend([("one".into(), words(90)), ("alone".into(), words(60)), ("two".into(), words(91))]);
    let folder = folder_of(&json_lines(&documents));
    let chain = "chain0\t6\t-\tchain1\tchain2\tchain3\tchain4\tchain5\n";
    let components = run(folder.path(), "clusters corpus.jsonl --components").done();
    assert_eq!(components, format!("{chain}one\t2\t0.818182\ttwo\n"));
    let preferred = run(folder.path(), "clusters corpus.jsonl --components --keep longest --threads 1").done();
    assert_eq!(preferred.lines().next(), Some("chain5\t6\t-\tchain0\tchain1\tchain2\tchain3\tchain4"));
    assert_ne!(run(folder.path(), "clusters corpus.jsonl").done(), components);
}

#[test]
fn groups_which_only_dedup_keeps_whole_are_refused() {
    let folder = folder_of(&json_lines(&documents(20)));
    let refused = run(folder.path(), "clusters corpus.jsonl --group site").refused();
    assert!(refused.contains("--group has no effect on twinprint clusters"), "{refused}");
}
