//! What messages advise, and that it helps.

use std::fs;

use crate::corpora::{documents, folder_of, json_lines};
use crate::process::{run, run_with_input};

/// Two documents with a text and a date.
const DATED: &str = "{\"id\": \"a\", \"text\": \"late ferry\", \"day\": \"2026-11-01\"}\n\
    {\"id\": \"b\", \"text\": \"late ferry\", \"day\": \"2026-11-02\"}\n";

#[cfg(unix)]
#[test]
fn links_that_are_not_followed_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for name in ["real", "data"] {
        fs::create_dir(path.join(name)).unwrap();
        fs::write(path.join(format!("{name}/{name}.txt")), "the ferry was late on monday again").unwrap();
    }
    std::os::unix::fs::symlink("../real", path.join("data/link")).unwrap();
    let ended = run(path, "pairs data");
    assert_eq!((ended.status, ended.out.as_str()), (0, ""), "{}", ended.err);
    assert!(ended.err.contains("data/link: 1 link to a folder or to nothing is not followed"), "{}", ended.err);
    let ended = run(path, "pairs data data/link");
    assert!(ended.out.ends_with("\t1.000000\n") && ended.out.contains("real"), "the remedy: {}", ended.out);
    fs::remove_file(path.join("data/data.txt")).unwrap();
    let refused = run(path, "pairs data").refused();
    assert!(refused.contains("such as data/link"), "{refused}");
}

#[test]
fn a_document_that_is_too_large_is_named_by_its_place() {
    let long = "one more word ".repeat(500_000);
    let folder = folder_of(&format!("\n{}", json_lines(&[("short".into(), "a b".into()), ("long".into(), long)])));
    let said = run(folder.path(), "pairs corpus.jsonl --memory 64M").refused();
    assert!(said.contains("corpus.jsonl, line 3: document 2, \"long\", with 7000000 bytes"), "{said}");
    let said = run(folder.path(), "rewrites corpus.jsonl --memory 64M").refused();
    assert!(said.contains("document 2, \"long\""), "{said}");
}

#[test]
fn fields_are_named_by_options_that_the_command_has() {
    let folder = folder_of(DATED);
    let said = run(folder.path(), "stories corpus.jsonl --date text").refused();
    assert!(said.contains("; name another field with --date, or reject"), "{said}");
    let said = run(folder.path(), "pairs corpus.jsonl --block text:day").refused();
    assert!(said.contains("; name another field with --block or --keep, or reject"), "{said}");
    fs::write(folder.path().join("list.jsonl"), "{\"id\": 1, \"text\": [\"a\"]}\n").unwrap();
    let said = run(folder.path(), "trim list.jsonl --output out").refused();
    assert!(said.contains("; name another field with --text, or reject"), "{said}");
}

#[test]
fn whole_files_that_are_rejected_are_in_the_list() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("texts")).unwrap();
    fs::write(folder.path().join("texts/a.txt"), "late ferry").unwrap();
    fs::write(folder.path().join("texts/b.txt"), b"caf\xe9 au lait").unwrap();
    for command in ["dedup texts --bad aside --output kept", "trim texts --bad aside --output trimmed"] {
        let ended = run(folder.path(), command);
        assert!(ended.status == 0 && ended.err.contains("1 rejected, in bad-reasons.tsv"), "{}", ended.err);
    }
}

#[test]
fn what_comes_through_a_pipe_is_saved_before_it_is_unpacked() {
    let folder = tempfile::tempdir().unwrap();
    let input = format!("PK\u{3}\u{4}{}", "\0".repeat(60));
    let said = run_with_input(folder.path(), "pairs -", &input).refused();
    assert!(said.contains("save it to a file, then unpack it: unzip FILE -d FOLDER"), "{said}");
}

#[test]
fn a_number_beyond_its_type_is_refused_with_the_range() {
    let folder = folder_of(DATED);
    for (option, range) in [
        ("--words 18446744073709551615", "from 0 to 4294967295"),
        ("--seed 18446744073709551616", "from 0 to 18446744073709551615"),
        ("--threads 18446744073709551616", "at least 1 and at most 1024"),
    ] {
        let said = run(folder.path(), &format!("pairs corpus.jsonl {option}")).refused();
        assert!(said.contains(range), "{said}");
    }
}

#[test]
fn settings_of_another_type_are_refused_with_what_to_write() {
    let folder = folder_of(DATED);
    fs::write(folder.path().join("own.toml"), "text = \"body\"\n").unwrap();
    let said = run(folder.path(), "pairs corpus.jsonl --config own.toml").refused();
    assert!(said.contains("own.toml: ") && said.contains("write a list of names between brackets"), "{said}");
}

#[test]
fn labels_without_a_duplicate_have_no_best_threshold() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pairs.tsv"), "a\tb\t0.9\n").unwrap();
    for (labels, expected) in [
        ("a\tb\t0\n", "no label says that a pair is a duplicate, so that no threshold is the best; of 0 duplicates"),
        ("c\td\t1\n", "no threshold finds a duplicate; of 1 duplicate, 1 was never scored"),
        ("a\tb\t1\n", "best threshold 0.900: precision 1.000"),
    ] {
        fs::write(folder.path().join("labels.tsv"), labels).unwrap();
        let said = run(folder.path(), "evaluate pairs.tsv --labels labels.tsv").done();
        assert!(said.contains(expected), "{said}");
    }
    fs::write(folder.path().join("pairs.tsv.gz"), b"\x1f\x8b\x08\0\xff").unwrap();
    let said = run(folder.path(), "evaluate pairs.tsv.gz --labels labels.tsv").refused();
    assert!(said.contains("pairs.tsv.gz: ") && said.contains("unpack the file first"), "{said}");
}

#[test]
fn inspect_says_what_it_reads() {
    let folder = folder_of(DATED);
    run(folder.path(), "dedup corpus.jsonl --output out").done();
    for (named, is) in [("out", "out: this is a folder of results"), ("corpus.jsonl", "not a file of a run")] {
        let said = run(folder.path(), &format!("inspect {named}")).refused();
        assert!(said.contains(is) && said.contains("inspect reads work folders"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
fn another_scheme_than_that_of_the_work_folder_is_named_by_its_options() {
    let folder = folder_of(&json_lines(&documents(10)));
    run(folder.path(), "pairs corpus.jsonl --work work").done();
    for options in ["--words 5", "--seed 3"] {
        let said = run(folder.path(), &format!("pairs corpus.jsonl --work work {options}")).refused();
        assert!(said.contains("--words, --chars") && said.contains("another folder"), "{said}");
    }
}

#[test]
fn results_are_not_called_by_the_name_of_another_format() {
    let folder = folder_of(DATED);
    for (options, remedy) in [
        ("-o p.json", "ends in .tsv or .txt, or add --json"),
        ("-o p.parquet", "ends in .tsv or .txt"),
        ("-o p.tsv.gz", "not .gz"),
        ("-o p.html", "not .html"),
        ("-o p.tsv --json", "ends in .jsonl"),
    ] {
        let said = run(folder.path(), &format!("pairs corpus.jsonl {options}")).refused();
        assert!(said.contains(remedy), "{said}");
    }
    for options in ["-o p.tsv", "-o p", "-o p.txt", "-o p.jsonl --json", "-o p.json --json"] {
        run(folder.path(), &format!("pairs corpus.jsonl {options}")).done();
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 6, "nothing is left of what was refused");
}

#[test]
fn documents_in_a_list_are_taken_out_of_it() {
    let folder = folder_of("{\"data\": [{\"id\": \"a\", \"text\": \"late ferry\"}]}\n");
    let said = run(folder.path(), "pairs corpus.jsonl").refused();
    assert!(said.contains("in the list \"data\"") && said.contains("jq -c '.data[]'"), "{said}");
    assert!(!said.contains("--bad aside"), "{said}");
    fs::write(folder.path().join("corpus.jsonl"), "{\"messages\": [{\"role\": \"a\", \"text\": \"b\"}]}\n").unwrap();
    assert!(run(folder.path(), "pairs corpus.jsonl").refused().contains("name one of them with --id"));
}
