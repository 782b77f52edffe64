//! Deduplications that are killed and resumed.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use twinprint_generator::{Generator, Settings};

use crate::corpora::{Document, folder_of, json_lines};
use crate::dedup::assert_same_outputs;
use crate::process::run;

const ARGUMENTS: &str = "dedup corpus.jsonl --threads 1 --memory 64M --output";

/// Returns from the output whether a run has reached some point.
type Point = fn(&Path) -> bool;

/// Generates enough documents that a run has not ended when its first files appear.
fn many() -> Vec<Document> {
    let made = Generator::new(Settings { near_duplicates: 0.4, ..Settings::default() });
    made.take(4_000).map(|made| (made.id.to_string(), made.text)).collect()
}

/// Starts a run and kills it as soon as a point is reached. Returns whether it was still running.
fn killed_at(folder: &Path, output: &str, point: impl Fn(&Path) -> bool) -> bool {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("twinprint"));
    let command = command.current_dir(folder).args(ARGUMENTS.split(' ')).arg(output);
    let mut running = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while running.try_wait().unwrap().is_none() && !point(&folder.join(output)) {
        std::thread::yield_now();
    }
    running.kill().unwrap();
    running.wait().unwrap();
    !folder.join(output).join("summary.json").exists()
}

/// Returns the output of a run that was killed at a point. On a busy machine this may take several attempts.
fn killed(folder: &Path, name: &str, point: impl Fn(&Path) -> bool) -> String {
    let mut outputs = (0..50).map(|run| format!("{name}-{run}"));
    outputs.find(|output| killed_at(folder, output, &point)).expect("a run is killed before it ends")
}

/// Returns whether the folder holds a file whose name begins with a prefix.
fn has(folder: &Path, beginning: &str) -> bool {
    let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
    names.into_iter().any(|name| name.to_string_lossy().starts_with(beginning))
}

#[test]
fn a_killed_run_is_resumed_and_ends_the_same() {
    let folder = folder_of(&json_lines(&many()));
    run(folder.path(), &format!("{ARGUMENTS} whole")).done();
    let points: [(&str, Point); 4] = [
        ("begun", |out| has(out, "config.toml")),
        ("reading", |out| has(&out.join("work"), "")),
        ("joining", |out| has(&out.join("work"), "candidates")),
        ("writing", |out| has(out, "clusters.tsv")),
    ];
    for (name, point) in points {
        let output = killed(folder.path(), name, point);
        run(folder.path(), &format!("{ARGUMENTS} {output}")).done();
        assert_same_outputs(&folder.path().join("whole"), &folder.path().join(output));
    }
}

#[test]
fn a_run_may_be_killed_again_and_again() {
    let folder = folder_of(&json_lines(&many()));
    run(folder.path(), &format!("{ARGUMENTS} whole")).done();
    for point in ["work", "clusters.tsv", "work", "pairs.tsv"] {
        killed_at(folder.path(), "out", |out| has(out, point));
    }
    run(folder.path(), &format!("{ARGUMENTS} out")).done();
    assert_same_outputs(&folder.path().join("whole"), &folder.path().join("out"));
}

#[test]
fn an_interrupted_run_is_not_resumed_after_a_change() {
    let documents = many();
    let folder = folder_of(&json_lines(&documents));
    let out = killed(folder.path(), "out", |out| has(out, "inputs.json"));
    let err = run(folder.path(), &format!("{ARGUMENTS} {out} --threshold 0.9")).refused();
    assert!(err.contains("--force"), "{err}");
    fs::write(folder.path().join("corpus.jsonl"), json_lines(&documents[1..])).unwrap();
    let err = run(folder.path(), &format!("{ARGUMENTS} {out}")).refused();
    assert!(err.contains("--force"), "{err}");
}

#[test]
fn a_run_that_was_killed_while_it_removed_its_work_files_is_resumed() {
    let folder = folder_of(&json_lines(&many()[..200]));
    let out = folder.path().join("out");
    let stops = run(folder.path(), &format!("{ARGUMENTS} out --most-of-corpus 0.0001"));
    assert_eq!(stops.status, 1, "{}", stops.err);
    run(folder.path(), &format!("{ARGUMENTS} whole")).done();
    // The state of a run that was killed when it had written its summary and removed half of its work files.
    fs::write(out.join("summary.json"), "{}").unwrap();
    // The state of an earlier run that was killed while it wrote the kept documents.
    fs::write(out.join(".unfinished-AbCdEf"), "{\"id\": \"").unwrap();
    let work: Vec<_> = fs::read_dir(out.join("work")).unwrap().flatten().collect();
    assert!(work.len() > 2);
    work.iter().step_by(2).for_each(|entry| fs::remove_file(entry.path()).unwrap());
    run(folder.path(), &format!("{ARGUMENTS} out")).done();
    assert_same_outputs(&folder.path().join("whole"), &out);
}
