//! `twinprint evaluate`.

use std::fs;

use tempfile::TempDir;

use crate::process::{run, run_with_input};

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

const PAIRS: &str = "a\tb\t0.9\nc\td\t0.7\na\tc\t0.6\ne\tf\t0.5\n";

/// Returns precision, recall and F1 at a threshold.
fn scores(table: &str, threshold: &str) -> Vec<String> {
    let rows = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let row = rows.into_iter().find(|row| row.first() == Some(&threshold)).expect("the threshold has a row");
    row[1..4].iter().map(ToString::to_string).collect()
}

#[test]
fn labels_of_pairs_give_precision_and_recall() {
    let folder = folder(&[("pairs", PAIRS), ("labels", "a\tb\t1\nd\tc\t1\na\tc\t0\nx\ty\t1\n")]);
    let out = run(folder.path(), "evaluate pairs --labels labels --thresholds 0.55,0.65,0.95").done();
    assert_eq!(scores(&out, "0.550"), ["0.6667", "0.6667", "0.6667"]);
    assert_eq!(scores(&out, "0.650"), ["1.0000", "0.6667", "0.8000"]);
    assert_eq!(scores(&out, "0.950")[1], "0.0000");
    assert!(out.contains("of 3 duplicates, 1 was never scored; 1 pair has no label"), "{out}");
}

#[test]
fn labels_of_documents_say_the_same_and_are_drawn() {
    let labels = "a\tone\nb\tone\nc\ttwo\nd\ttwo\nx\tthree\ny\tthree\n";
    let folder = folder(&[("pairs", PAIRS), ("labels", labels)]);
    let out = run(folder.path(), "evaluate pairs --labels labels --thresholds 0.55,0.65 --plot curve.svg").done();
    assert_eq!(scores(&out, "0.550"), ["0.6667", "0.6667", "0.6667"]);
    assert_eq!(scores(&out, "0.650"), ["1.0000", "0.6667", "0.8000"]);
    let drawn = fs::read_to_string(folder.path().join("curve.svg")).unwrap();
    assert!(drawn.starts_with("<svg") && drawn.trim_end().ends_with("</svg>"), "{drawn}");
    for (name, color) in [("precision", "#005A9C"), ("recall", "#C85000"), ("F1", "#28783C")] {
        let lines = drawn.lines().filter(|line| line.starts_with("<polyline") && line.contains(color));
        assert_eq!(lines.count(), 2, "{name} has a curve, and a sample of it in the legend");
        assert!(drawn.contains(name), "{name}");
    }
}

#[test]
fn what_is_wrong_with_a_table_is_named_with_its_line() {
    let files =
        [("pairs", PAIRS), ("labels", "a\tb\t1\n"), ("cut", "a\tb\t0.5\na\tb\n"), ("mixed", "a\tb\t1\na\tone\n")];
    let folder = folder(&[&files[..], &[("empty", "\n"), ("maybe", "a\tb\t2\n"), ("nan", "a\tb\tNaN\n")]].concat());
    let cases = [
        ("cut --labels labels", "cut, line 2"),
        ("nan --labels labels", "NaN"),
        ("pairs --labels mixed", "mixed: the file mixes labels of pairs and of documents"),
        ("pairs --labels empty", "empty: no labels"),
        ("pairs --labels maybe", "maybe, line 1"),
        ("pairs --labels none", "none"),
        ("pairs", "--labels"),
        ("pairs --labels labels --plot none/curve.svg", "none/curve.svg"),
    ];
    for (arguments, expected) in cases {
        let ended = run(folder.path(), &format!("evaluate {arguments}"));
        assert_eq!(ended.status, 2, "{arguments}");
        assert!(ended.err.contains(expected), "{arguments}: {}", ended.err);
    }
}

#[test]
fn a_document_has_one_cluster() {
    let files = [
        ("labels", "a\tone\nb\tone\n"),
        ("twice", "a\tone\n\nb\tone\na\ttwo\n"),
        ("same", "a\t2\t0.6\tb\nc\t2\t0.6\tb\n"),
        ("itself", "a\t2\t0.6\ta\n"),
        ("spaced", "\na\tb\t0.5\n\n"),
    ];
    let folder = folder(&files);
    let refused = |arguments: &str| run(folder.path(), &format!("evaluate {arguments}")).refused();
    for (arguments, expected) in [
        ("spaced --labels twice", "twice, line 4: the document \"a\" is already in line 1"),
        ("--clusters same --labels labels", "same, line 2: the document \"b\" is already in line 1"),
        ("--clusters itself --labels labels", "itself, line 1: the document \"a\" is already in line 1"),
    ] {
        let refused = refused(arguments);
        assert!(refused.contains(expected) && refused.contains("one cluster"), "{refused}");
    }
    run(folder.path(), "evaluate spaced --labels labels").done();
}

#[test]
fn pairs_that_are_judged_no_duplicates_are_not_found() {
    let judged = "a\tb\t0.9\tedit\nc\td\t0.95\ttemplate\na\tc\t0.6\tsame-story\ne\tf\t0.5\tcontained\ng\th\t1\tcopy\n";
    let folder = folder(&[
        ("judged", judged),
        ("other", &judged.replace("template", "tuesday").replace("same-story", "")),
        ("labels", "a\tb\t1\nc\td\t0\na\tc\t1\ne\tf\t0\ng\th\t1\n"),
        ("names", "a\tb\tedit\nc\td\ttemplate\na\tc\tcopy\ne\tf\tbackground\ng\th\tcontained\n"),
        ("one", "a\tb\t0.9\tedit\nc\td\t0.95\ttemplate\n"),
        ("torn", "a\tb\tedit\nb\ta\ttemplate\n"),
        ("unknown", "a\tb\tedited\n"),
    ]);
    let evaluate = |arguments: &str| run(folder.path(), &format!("evaluate {arguments} --thresholds 0.4")).done();
    let out = evaluate("judged --labels labels");
    // Of ab, ef and gh, ab and gh are right; ac is missed, and cd is not called a duplicate.
    assert_eq!(scores(&out, "0.400"), ["0.6667", "0.6667", "0.6667"]);
    assert!(out.contains("of 3 duplicates, 1 was never scored"), "{out}");
    assert!(
        out.ends_with("2 pairs are no duplicates by the relation, such as templates, and count as never scored\n"),
        "{out}"
    );
    let one = "1 pair is no duplicate by the relation, such as a template, and counts as never scored\n";
    let single = evaluate("one --labels labels");
    assert!(single.ends_with(one), "{single}");
    let json: String = judged.lines().fold(String::new(), |json, line| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [left, right, jaccard, relation] = columns[..] else { panic!("{line}") };
        json + &format!(
            "{{\"left\":\"{left}\",\"right\":\"{right}\",\"jaccard\":{jaccard},\"relation\":\"{relation}\"}}\n"
        )
    });
    assert_eq!(run_with_input(folder.path(), "evaluate - --labels labels --thresholds 0.4", &json).done(), out);
    // A label may name the relation, and a fourth column may be something else.
    assert_eq!(evaluate("judged --labels names"), out);
    assert_eq!(scores(&evaluate("other --labels labels"), "0.400"), ["0.6000", "1.0000", "0.7500"]);
    let refused = |labels: &str| run(folder.path(), &format!("evaluate judged --labels {labels}")).refused();
    assert!(refused("torn").contains("has the other label in line 1"));
    assert!(refused("unknown").contains("unknown, line 1: expected id1, id2 and 0, 1 or a relation such as edit"));
}

#[test]
fn clusters_are_held_against_labels_of_documents() {
    let labels = "a\tone\nb\tone\nc\tone\nd\ttwo\ne\ttwo\n";
    let folder = folder(&[("clusters", "a\t3\t0.6\tb\tx\nd\t2\t-\tc\n"), ("labels", labels), ("pairs", "a\tb\t1\n")]);
    let out = run(folder.path(), "evaluate --clusters clusters --labels labels").done();
    let rows: Vec<Vec<&str>> = out.lines().map(|line| line.split_whitespace().collect()).collect();
    // Of the pairs ab and cd, ab is right; ac, bc and de are missed.
    assert_eq!(rows[1], ["pairs", "0.5000", "0.2500", "0.3333", "1", "1", "3"]);
    // By document, a b c d e: precision 1, 1, 1/2, 1/2, 1; recall 2/3, 2/3, 1/3, 1/2, 1/2.
    assert_eq!(rows[2], ["B-cubed", "0.8000", "0.5333", "0.6400"]);
    assert_eq!(out.lines().nth(3), Some("5 documents have a label; in clusters, 1 have none and play no part"));
    let refused = |arguments: &str| run(folder.path(), &format!("evaluate {arguments}")).refused();
    fs::write(folder.path().join("spaced"), "\na\t3\t0.6\tb\tx\n\nd\t2\t-\tc\n \n").unwrap();
    assert_eq!(
        run(folder.path(), "evaluate --clusters spaced --labels labels").done(),
        out,
        "blank lines are passed over"
    );
    assert!(refused("--clusters clusters --labels pairs").contains("labels of documents"));
    assert!(refused("--clusters labels --labels labels").contains("labels, line 1"));
    assert!(refused("pairs --clusters clusters --labels labels").contains("cannot be used with"));
    assert!(refused("--clusters clusters --labels labels --plot x.svg").contains("cannot be used with"));
}

#[test]
fn tables_come_from_standard_input_and_from_other_programs() {
    let labels = "a\tb\t1\n";
    let folder = folder(&[("pairs", PAIRS), ("labels", labels)]);
    let expected = run(folder.path(), "evaluate pairs --labels labels").done();
    assert_eq!(run_with_input(folder.path(), "evaluate - --labels labels", PAIRS).done(), expected);
    assert_eq!(run_with_input(folder.path(), "evaluate pairs --labels -", labels).done(), expected);
    let twice = run_with_input(folder.path(), "evaluate - --labels -", PAIRS).refused();
    assert!(twice.contains("named twice"), "{twice}");
    // A mark at the beginning, other line ends, names of columns: as spreadsheets write them.
    for (pairs, labels) in [
        (format!("\u{feff}{PAIRS}"), format!("\u{feff}{labels}")),
        (PAIRS.replace('\n', "\r\n"), labels.replace('\n', "\r\n")),
        (format!("id1\tid2\tjaccard\n{PAIRS}"), format!("\u{feff}ID1\tid2\tlabel\r\n{labels}")),
    ] {
        fs::write(folder.path().join("theirs"), labels).unwrap();
        assert_eq!(run_with_input(folder.path(), "evaluate - --labels theirs", &pairs).done(), expected);
    }
    let json: String = PAIRS
        .lines()
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            format!("{{\"left\":\"{}\",\"right\":\"{}\",\"jaccard\":{}}}\n", columns[0], columns[1], columns[2])
        })
        .collect();
    assert_eq!(run_with_input(folder.path(), "evaluate - --labels labels", &json).done(), expected);

    let clusters = "a\t2\t0.6\tb\n";
    fs::write(folder.path().join("groups"), "id\tcluster\na\tone\nb\tone\n").unwrap();
    let scored = run_with_input(folder.path(), "evaluate --clusters - --labels groups", clusters).done();
    let json = "{\"representative\":\"a\",\"documents\":2,\"least_jaccard\":0.6,\"others\":[\"b\"]}\n";
    assert_eq!(run_with_input(folder.path(), "evaluate --clusters - --labels groups", json).done(), scored);
}

#[test]
fn tables_that_are_no_pairs_with_similarities_are_refused() {
    let folder = folder(&[
        ("labels", "a\tb\t1\nc\td\t1\n"),
        ("clusters", "a\t2\t0.9\tb\nc\t3\t0.8\td\te\n"),
        ("clusters.json", "{\"representative\": \"a\", \"size\": 2, \"min_jaccard\": 0.9, \"others\": [\"b\"]}\n"),
        ("numbered", "1\t2\t0.9\tedit\n"),
        ("numbers", "1\t2\t1\n"),
        ("pairs", "a\tb\t0.9\n"),
        ("large", "a\tb\t0.9\nc\td\t3\n"),
        ("negative", "a\tb\t-0.5\n"),
        ("nan", "a\tb\tNaN\n"),
        ("torn", "a\tb\t1\nc\td\t0\n\nb\ta\t0\n"),
        ("same", "a\tb\t1\nb\ta\t1\n"),
    ]);
    let ended = |arguments: &str| run(folder.path(), &format!("evaluate {arguments}"));
    for (arguments, said) in [
        ("clusters --labels labels", "give the file with --clusters"),
        ("clusters.json --labels labels", "give the file with --clusters"),
        ("large --labels labels", "large, line 2: the similarity is 3; it must be from 0 to 1"),
        ("negative --labels labels", "negative, line 1: the similarity is -0.5"),
        ("nan --labels labels", "nan, line 1: the similarity is NaN"),
        ("pairs --labels torn", "torn, line 4: the pair of \"b\" and \"a\" has the other label in line 1"),
    ] {
        let refused = ended(arguments).refused();
        assert!(refused.contains(said), "{arguments}: {refused}");
    }
    ended("numbered --labels numbers").done();
    let one = ended("pairs --labels same").done();
    assert!(one.contains("of 1 duplicate, 0 were never scored; 0 pairs have no label"), "{one}");
}
