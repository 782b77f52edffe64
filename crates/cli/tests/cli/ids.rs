//! Ids with characters that separate columns and lines.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::run;

const IDS: [&str; 6] = ["tab\there", "new\nline", "carriage\rreturn", "back\\slash", "back\\tab", "plain"];

/// Creates a corpus of texts that resemble one another, each second one longer.
fn corpus() -> TempDir {
    let text = "The ferry to Skelby was cancelled on Monday because of high winds, the operator said in a short note";
    let longer = format!("{text} to all who were waiting on the pier");
    let lines = IDS.iter().enumerate().map(|(number, id)| {
        let text = if number % 2 == 0 { &longer } else { text };
        format!("{}\n", json!({"id": id, "text": text}))
    });
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("in.jsonl"), lines.collect::<String>()).unwrap();
    folder
}

/// Returns the columns of each line of a table, with the escapes undone as README says.
fn table(text: &str) -> Vec<Vec<String>> {
    let undone = |column: &str| {
        let mut value = String::new();
        let mut letters = column.chars();
        while let Some(letter) = letters.next() {
            value.push(match letter {
                '\\' => match letters.next() {
                    Some('t') => '\t',
                    Some('n') => '\n',
                    Some('r') => '\r',
                    other => other.expect("a backslash is part of an escape"),
                },
                letter => letter,
            });
        }
        value
    };
    text.lines().map(|line| line.split('\t').map(undone).collect()).collect()
}

#[test]
fn tables_hold_any_id() {
    let folder = corpus();
    for (command, ids, columns) in [("pairs", 0..2, 3), ("contained", 0..2, 3), ("clusters", 0..1, 8)] {
        let rows = table(&run(folder.path(), &format!("{command} in.jsonl")).done());
        assert!(!rows.is_empty(), "{command}");
        for row in rows {
            assert_eq!(row.len(), columns, "{command}: {row:?}");
            assert!(row[ids.clone()].iter().all(|id| IDS.contains(&id.as_str())), "{command}: {row:?}");
        }
    }
}

#[test]
fn deduplication_names_any_id() {
    let folder = corpus();
    run(folder.path(), "dedup in.jsonl --output out --report report.html").done();
    let removed = fs::read_to_string(folder.path().join("out/removed.jsonl")).unwrap();
    let removed: Vec<Value> = removed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(removed.len(), 5);
    assert!(removed.iter().all(|row| row["duplicate_of"] == "tab\there"), "{removed:?}");
    let pairs = table(&fs::read_to_string(folder.path().join("out/pairs.tsv")).unwrap());
    assert_eq!(pairs.len(), 15);
    assert!(pairs.iter().flat_map(|row| &row[..2]).all(|id| IDS.contains(&id.as_str())), "{pairs:?}");
}

#[test]
fn evaluate_reads_the_ids_that_pairs_writes() {
    let folder = corpus();
    run(folder.path(), "pairs in.jsonl --output pairs.tsv").done();
    let labels: String = fs::read_to_string(folder.path().join("pairs.tsv"))
        .unwrap()
        .lines()
        .map(|line| format!("{}\t1\n", line.rsplit_once('\t').unwrap().0))
        .collect();
    fs::write(folder.path().join("labels.tsv"), labels).unwrap();
    let out = run(folder.path(), "evaluate pairs.tsv --labels labels.tsv --thresholds 0.5").done();
    let scores: Vec<&str> =
        out.lines().find(|line| line.trim_start().starts_with("0.500")).unwrap().split_whitespace().collect();
    assert_eq!(scores[1..4], ["1.0000", "1.0000", "1.0000"], "{out}");
}

/// An archive of texts.
fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, text) in files {
        let mut header = [0; 512];
        let size = format!("{:011o}", text.len());
        for (at, field) in
            [(0, *name), (100, "0000644"), (124, &size), (148, "        "), (156, "0"), (257, "ustar"), (263, "00")]
        {
            header[at..at + field.len()].copy_from_slice(field.as_bytes());
        }
        let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        archive.extend(header);
        archive.extend(text.bytes());
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
    archive.resize(archive.len() + 1_024, 0);
    archive
}

#[test]
fn two_files_of_one_name_in_an_archive_are_not_to_be_numbered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("a.tar"), archive(&[("x.txt", "The ferry was late."), ("x.txt", "The road was closed.")]))
        .unwrap();
    for command in ["pairs a.tar", "pairs a.tar --number", "dedup a.tar --number -o out"] {
        let refused = run(path, command).refused();
        assert!(refused.contains("a.tar, record 2: the id") && refused.contains("tar -xf FILE"), "{refused}");
        assert!(!refused.contains("--number"), "{refused}");
    }
    fs::write(path.join("b.tar"), archive(&[("x.txt", "The road was closed.")])).unwrap();
    fs::write(path.join("c.tar"), archive(&[("x.txt", "The ferry was late.")])).unwrap();
    assert!(run(path, "pairs b.tar c.tar").refused().contains("--number"), "two archives are told apart so");
    run(path, "pairs b.tar c.tar --number").done();
}
