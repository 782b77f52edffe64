//! `twinprint dedup`: what it keeps, removes, and writes.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::corpora::{documents, folder_of, ids, json_lines, records, sets_by_id};
use crate::process::{run, run_with_input};

/// The file that proves what a run made. It holds a random number.
pub(crate) const MARKER: &str = ".twinprint.json";

const CONTRACT: &str = "dedup corpus.jsonl --words 3 --threshold 0.5 --output out";

/// Returns the names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn every_removed_document_has_an_edge_to_a_kept_one_and_no_two_kept_ones_are_alike() {
    let documents = documents(300);
    let lines = json_lines(&documents);
    let folder = folder_of(&lines);
    let ended = run(folder.path(), CONTRACT);
    let (out, err) = (folder.path().join("out"), ended.err.clone());
    assert_eq!(ended.done(), "");
    assert_eq!(
        names(&out),
        [MARKER, "clusters.tsv", "config.toml", "kept.jsonl", "pairs.tsv", "removed.jsonl", "summary.json"]
    );

    let (kept, removed) = (ids(&out.join("kept.jsonl")), records(&out.join("removed.jsonl")));
    assert!(removed.len() > 50, "the corpus has duplicates");
    assert_eq!(kept.len() + removed.len(), documents.len());
    let sets = sets_by_id(&documents);
    for record in &removed {
        let field = |name: &str| record[name].as_str().unwrap();
        let (own, of) = (&sets[field("id")], &sets[field("duplicate_of")]);
        assert!(kept.iter().any(|id| id == field("duplicate_of")), "{record} is a duplicate of a kept document");
        assert!(own.jaccard(of) >= 0.5, "{record}");
        // The JSON parser of the tests may round the last digit differently.
        let is = |name: &str, value: f64| (record[name].as_f64().unwrap() - value).abs() < 1e-15;
        assert!(is("jaccard", own.jaccard(of)) && is("containment", own.contained_in(of)), "{record}");
    }
    for (at, one) in kept.iter().enumerate() {
        for other in &kept[at + 1..] {
            let (one_set, other_set) = (&sets[one], &sets[other]);
            let alike = !one_set.is_empty() && !other_set.is_empty() && one_set.jaccard(other_set) >= 0.5;
            assert!(!alike, "{one} and {other} are both kept");
        }
    }

    let expected: String = lines
        .lines()
        .zip(&documents)
        .filter(|(_, (id, _))| kept.contains(id))
        .map(|(line, _)| format!("{line}\n"))
        .collect();
    assert_eq!(fs::read_to_string(out.join("kept.jsonl")).unwrap(), expected, "the lines of the input");
    for record in removed {
        let (id, text) = documents.iter().find(|(id, _)| record["id"] == id.as_str()).unwrap();
        assert_eq!((record["id"].as_str(), record["text"].as_str()), (Some(id.as_str()), Some(text.as_str())));
    }

    let pairs = run(folder.path(), "pairs corpus.jsonl --words 3 --threshold 0.5").done();
    assert_eq!(fs::read_to_string(out.join("pairs.tsv")).unwrap(), pairs);
    let clusters = run(folder.path(), "clusters corpus.jsonl --words 3 --threshold 0.5").done();
    assert_eq!(fs::read_to_string(out.join("clusters.tsv")).unwrap(), clusters);
    let summary: Value = serde_json::from_str(&fs::read_to_string(out.join("summary.json")).unwrap()).unwrap();
    let counts =
        ["documents", "kept", "removed", "set_aside", "empty", "pairs", "clusters"].map(|name| summary[name].as_u64());
    let expected = [
        documents.len(),
        kept.len(),
        documents.len() - kept.len(),
        0,
        2,
        pairs.lines().count(),
        clusters.lines().count(),
    ];
    assert_eq!(counts, expected.map(|count| Some(count as u64)));
    assert!(err.contains(&format!("{} kept", kept.len())) && err.contains("see out"), "{err}");
}

#[test]
fn lines_are_kept_byte_for_byte() {
    let lines = [
        "{ \"text\" :\"caf\\u00e9 au lait at nine\",  \"id\":150, \"extra\": [1, {\"a\": null}] }",
        "",
        "{\"id\": \"b\", \"text\": \"nothing like it\"}  ",
        "{\"id\": \"c\", \"text\": \"café au lait at nine\"}",
    ];
    let folder = folder_of(&lines.join("\r\n"));
    let ended = run(folder.path(), "dedup corpus.jsonl --output out --words 2");
    ended.done();
    let kept = fs::read_to_string(folder.path().join("out/kept.jsonl")).unwrap();
    assert_eq!(kept, format!("{}\r\n{}\r\n", lines[0], lines[2]));
    let removed = &records(&folder.path().join("out/removed.jsonl"))[0];
    assert_eq!((&removed["duplicate_of"], &removed["jaccard"]), (&json!("150"), &json!(1.0)));
}

#[test]
fn the_rule_says_which_one_is_kept() {
    let text = "the ferry to skelby was cancelled on monday because of high winds";
    let record = |id: &str, more: &str, site: &str, score: f64, date: &str| {
        json!({"id": id, "text": format!("{text}{more}"), "site": site, "meta": {"score": score}, "date": date})
            .to_string()
    };
    let corpus = [
        record("first", "", "post", 1.0, "2024-03-02"),
        record("longest", " again", "wire", 2.0, "2024-03-03T00:00:00Z"),
        record("best", "", "blog", 3.0, "2024-03-04"),
        record("earliest", "", "echo", 0.5, "2024-03-01T23:59:59+00:00"),
    ];
    let folder = folder_of(&corpus.join("\n"));
    let rules = [
        ("first", "first"),
        ("longest", "longest"),
        ("score:meta.score", "best"),
        ("earliest:date", "earliest"),
        ("source:none,wire,post --source site", "longest"),
        ("source:blog,wire --source site", "best"),
    ];
    for (rule, kept) in rules {
        let ended =
            run(folder.path(), &format!("dedup corpus.jsonl --output out --force --keep {rule} --most-of-corpus 1"));
        ended.done();
        assert_eq!(ids(&folder.path().join("out/kept.jsonl")), [kept], "{rule}");
    }
    let err = run(folder.path(), "dedup corpus.jsonl --output other --keep source:a").refused();
    assert!(err.contains("--source"), "{err}");
    assert!(!folder.path().join("other").exists(), "nothing was written");
}

/// Creates a corpus in which most documents are copies of one text.
fn template() -> String {
    let texts = (0..200).map(|at| if at % 4 == 0 { format!("word{at} and more{at}") } else { "one text again".into() });
    texts.enumerate().map(|(at, text)| format!("{}\n", json!({"id": at, "text": text, "site": at % 2}))).collect()
}

#[test]
fn the_guard_stops_before_anything_is_removed() {
    let folder = folder_of(&template());
    for (options, reason) in
        [("", "--most-of-corpus"), ("--most-of-corpus 1 --source site --most-of-source 0.9", "--most-of-source")]
    {
        let ended = run(folder.path(), &format!("dedup corpus.jsonl --output out --force {options}"));
        assert_eq!((ended.status, ended.out.as_str()), (1, ""));
        assert!(ended.err.contains(reason) && ended.err.contains("clusters.tsv"), "{}", ended.err);
        let written = names(&folder.path().join("out"));
        assert!(
            !written.iter().any(|name| ["kept", "removed", "summary"].contains(&name.split('.').next().unwrap())),
            "{written:?}"
        );
        assert!(written.contains(&"clusters.tsv".to_string()), "there is something to look at: {written:?}");
    }
    // With higher limits, the run that stopped is resumed.
    run(folder.path(), "dedup corpus.jsonl --output out --most-of-corpus 1 --source site").done();
    assert_eq!(records(&folder.path().join("out/kept.jsonl")).len(), 51);
}

#[test]
fn a_folder_that_holds_something_is_refused_and_a_strangers_file_never_touched() {
    let folder = folder_of(&json_lines(&documents(40)));
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("thesis.doc"), "years of work").unwrap();
    let err = run(folder.path(), CONTRACT).refused();
    assert!(err.contains("out") && err.contains("--force"), "{err}");
    assert_eq!(names(&out), ["thesis.doc"]);
    run(folder.path(), &format!("{CONTRACT} --force")).done();
    run(folder.path(), CONTRACT).refused();
    let kept = fs::read(out.join("kept.jsonl")).unwrap();
    run(folder.path(), &format!("{CONTRACT} --force --threshold 0.9")).refused();
    run(folder.path(), "dedup corpus.jsonl --threshold 0.999 --output out --force").done();
    assert_ne!(fs::read(out.join("kept.jsonl")).unwrap(), kept, "it was replaced");
    assert_eq!(fs::read_to_string(out.join("thesis.doc")).unwrap(), "years of work");
    let err = run(folder.path(), "dedup out/kept.jsonl --output out --force").refused();
    assert!(err.contains("kept.jsonl") && out.join("kept.jsonl").exists(), "an input is not removed: {err}");
    let err = run(folder.path(), "dedup corpus.jsonl --output corpus.jsonl").refused();
    assert!(err.contains("corpus.jsonl"), "{err}");
}

#[test]
fn the_settings_that_were_written_do_the_same_again() {
    let folder = folder_of(&json_lines(&documents(120)));
    let output = |name: &str| folder.path().join(name);
    let said = "--preset news --threshold 0.4 --seed 7 --recall 0.95 --keep longest --num-hashes 64";
    run(folder.path(), &format!("dedup corpus.jsonl {said} --output out")).done();
    run(folder.path(), "dedup corpus.jsonl --config out/config.toml --output again --threads 1 --memory 64M").done();
    assert_same_outputs(&output("out"), &output("again"));
}

/// Asserts that all files of two runs are equal, except for the time the runs took.
#[track_caller]
pub(crate) fn assert_same_outputs(one: &Path, other: &Path) {
    assert_eq!(names(one), names(other));
    for name in names(one).iter().filter(|name| *name != "summary.json" && *name != MARKER) {
        assert!(fs::read(one.join(name)).unwrap() == fs::read(other.join(name)).unwrap(), "{name} differs");
    }
    let summary = |folder: &Path| {
        let mut summary: Value =
            serde_json::from_str(&fs::read_to_string(folder.join("summary.json")).unwrap()).unwrap();
        assert!(summary["seconds"].take().as_f64().is_some_and(|seconds| seconds > 0.0));
        summary
    };
    assert_eq!(summary(one), summary(other));
}

#[test]
fn records_that_cannot_be_read_stop_it_or_are_kept_aside() {
    let bad = ["{\"id\": 2}", "{\"id\": 3, \"text\": \"cut", "[]"];
    let lines = format!("{{\"id\": \"1\", \"text\": \"x\"}}\n{}\n{{\"id\": \"5\", \"text\": \"y\"}}\n", bad.join("\n"));
    let folder = folder_of(&lines);
    let err = run(folder.path(), CONTRACT).refused();
    assert!(err.contains("corpus.jsonl, line 2") && err.contains("--bad aside"), "{err}");
    let ended = run(folder.path(), &format!("{CONTRACT} --bad aside --force"));
    for line in 2..=4 {
        assert!(ended.err.contains(&format!("corpus.jsonl, line {line}: ")), "{}", ended.err);
    }
    assert!(ended.err.contains("3 rejected") && ended.err.contains("bad.jsonl"), "{}", ended.err);
    assert_eq!(ended.done(), "");
    assert_eq!(fs::read_to_string(folder.path().join("out/bad.jsonl")).unwrap(), format!("{}\n", bad.join("\n")));
    assert_eq!(ids(&folder.path().join("out/kept.jsonl")), ["1", "5"]);
}

#[test]
fn a_dry_run_says_what_would_be_done_and_writes_nothing() {
    let folder = folder_of(&json_lines(&documents(100)));
    for output in ["", "--output out"] {
        let out = run(folder.path(), &format!("dedup corpus.jsonl --dry-run {output}")).done();
        assert!(out.starts_with("108 documents, "), "{out}");
        assert_eq!(names(folder.path()), ["corpus.jsonl"]);
    }
}

#[test]
fn standard_input_is_split_too() {
    let documents = documents(80);
    let lines = json_lines(&documents);
    let folder = folder_of(&lines);
    run(folder.path(), CONTRACT).done();
    run_with_input(folder.path(), "dedup - --words 3 --threshold 0.5 --output piped", &lines).done();
    assert_same_outputs(&folder.path().join("out"), &folder.path().join("piped"));
}

#[test]
fn what_is_similar_to_another_corpus_is_removed_and_nothing_else() {
    let all = documents(200);
    let (other, own) = all.split_at(100);
    let folder = folder_of(&json_lines(own));
    fs::write(folder.path().join("other.jsonl"), json_lines(other)).unwrap();
    let ended = run(folder.path(), &format!("{CONTRACT} --against other.jsonl --most-of-corpus 1"));
    let (out, err) = (folder.path().join("out"), ended.err.clone());
    assert_eq!(ended.done(), "");
    let sets = sets_by_id(&all);
    let (kept, removed) = (ids(&out.join("kept.jsonl")), records(&out.join("removed.jsonl")));
    assert!(removed.len() > 5 && kept.len() + removed.len() == own.len(), "{err}");
    let alike = |one: &str, other: &str| !sets[one].is_empty() && sets[one].jaccard(&sets[other]) >= 0.5;
    for (id, _) in own {
        assert_eq!(!kept.contains(id), other.iter().any(|(other, _)| alike(id, other)), "{id}");
    }
    assert!(kept.iter().any(|one| kept.iter().any(|two| one != two && alike(one, two))), "the inputs are not compared");
    for record in &removed {
        let field = |name: &str| record[name].as_str().unwrap();
        let most = other.iter().map(|(other, _)| sets[field("id")].jaccard(&sets[other])).fold(0.0, f64::max);
        assert!((record["jaccard"].as_f64().unwrap() - most).abs() < 1e-15, "the most similar one: {record}");
        assert!(other.iter().any(|(other, _)| other == field("duplicate_of")), "{record}");
    }
    let pairs = run(folder.path(), "pairs corpus.jsonl --against other.jsonl").done();
    assert_eq!(fs::read_to_string(out.join("pairs.tsv")).unwrap(), pairs);
    let summary: Value = serde_json::from_str(&fs::read_to_string(out.join("summary.json")).unwrap()).unwrap();
    let found = other.iter().filter(|(other, _)| own.iter().any(|(id, _)| alike(id, other))).count();
    assert_eq!(
        summary["against"],
        json!({
            "inputs": ["other.jsonl"], "documents": 100, "bytes": json_lines(other).len(), "found": found,
            "found_share": found as f64 / 100.0, "documents_with_passages": 0, "passages": 0, "too_short": 0,
        })
    );
    let hint = "--contained 0.8 finds them inside longer ones too";
    let expected = format!("{found} of 100 documents of --against found ({found}.0 %) as whole documents; {hint}");
    assert!(err.contains(&expected), "{err}");
    assert_eq!(summary["bytes"], json!(json_lines(own).len()));
    assert_eq!((&summary["documents"], &summary["kept"]), (&json!(own.len()), &json!(kept.len())));
    let copies = removed.iter().filter(|record| record["jaccard"] == json!(1.0)).count();
    let counted = |name: &str| summary[name].as_u64().unwrap();
    assert_eq!((counted("copies") + counted("same_shingles"), &summary["plan"]), (copies as u64, &Value::Null));
}

#[test]
fn another_corpus_is_part_of_what_a_folder_is_for() {
    let record = |id: &str, site: &str| json!({"id": id, "text": "nothing new in skelby today", "site": site});
    let line = |id: &str, site: &str| format!("{}\n", record(id, site));
    let folder = folder_of(&(0..200).map(|id| line(&format!("own{id}"), "blog")).collect::<String>());
    fs::write(folder.path().join("other.jsonl"), line("other", "wire")).unwrap();
    let against = format!("{CONTRACT} --against other.jsonl --source site");
    let refused = |more: &str| run(folder.path(), &format!("{against} {more}"));
    assert!(refused("--keep longest").refused().contains("--keep has no meaning"));
    assert!(refused("--dry-run").refused().contains("cannot be used with"));
    let stopped = refused("");
    assert_eq!(stopped.status, 1, "the guard counts the inputs only");
    assert!(stopped.err.contains("200 of 200 documents"), "{}", stopped.err);
    assert!(run(folder.path(), CONTRACT).refused().contains("not empty"), "a folder of another run");
    refused("--most-of-corpus 1").done();
    let plan: Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("out/summary.json")).unwrap()).unwrap();
    assert_eq!((&plan["removed"], &plan["copies"]), (&json!(200), &json!(200)));
}
