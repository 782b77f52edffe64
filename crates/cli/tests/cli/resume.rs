//! Deduplications that are killed and resumed.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use twinprint_generator::{Generator, Settings};

use crate::corpora::{Document, folder_of, json_lines};
use crate::dedup::{MARKER, assert_same_outputs};
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

/// Puts a folder with complete results back into the state of a run that is finishing.
fn make_unfinished(out: &Path) {
    let path = out.join(MARKER);
    let mut marker: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    marker["state"] = "finishing".into();
    marker["summary"] = serde_json::from_str(&fs::read_to_string(out.join("summary.json")).unwrap()).unwrap();
    marker["made"].as_array_mut().unwrap().extend(["work".into(), "inputs.json".into()]);
    fs::write(path, marker.to_string()).unwrap();
    fs::remove_file(out.join("summary.json")).unwrap();
    let folder = out.parent().unwrap();
    run(folder, &format!("pairs corpus.jsonl --work {}", out.join("work").display())).done();
    ["joined", "sets-00000"].iter().for_each(|name| fs::remove_file(out.join("work").join(name)).unwrap());
}

#[test]
fn a_run_that_was_killed_while_it_removed_its_work_files_is_resumed() {
    let folder = folder_of(&json_lines(&many()[..200]));
    let out = folder.path().join("out");
    run(folder.path(), &format!("{ARGUMENTS} out")).done();
    run(folder.path(), &format!("{ARGUMENTS} whole")).done();
    make_unfinished(&out);
    let ended = run(folder.path(), &format!("{ARGUMENTS} out"));
    assert!(ended.err.contains("is complete"), "{}", ended.err);
    ended.done();
    assert_same_outputs(&folder.path().join("whole"), &out);

    // Other settings find a complete run, and do not replace it unasked.
    make_unfinished(&out);
    let err = run(folder.path(), &format!("{ARGUMENTS} out --threshold 0.9")).refused();
    assert!(err.contains("--force"), "{err}");
    assert_same_outputs(&folder.path().join("whole"), &out);
}

#[test]
fn a_run_that_is_complete_says_so() {
    let folder = folder_of(&json_lines(&many()[..200]));
    run(folder.path(), &format!("{ARGUMENTS} out")).done();
    let before = fs::metadata(folder.path().join("out/kept.jsonl")).unwrap().modified().unwrap();
    let ended = run(folder.path(), &format!("{ARGUMENTS} out"));
    assert!(ended.err.contains("is complete") && ended.err.contains("--force"), "{}", ended.err);
    ended.done();
    assert_eq!(fs::metadata(folder.path().join("out/kept.jsonl")).unwrap().modified().unwrap(), before);
    let err = run(folder.path(), &format!("{ARGUMENTS} out --report page.html")).refused();
    assert!(err.contains("page.html") && err.contains("--force"), "{err}");
    // As many bytes, written anew: they may be others.
    fs::write(folder.path().join("corpus.jsonl"), json_lines(&many()[..200])).unwrap();
    let err = run(folder.path(), &format!("{ARGUMENTS} out")).refused();
    assert!(err.contains("--force"), "{err}");
}

#[test]
fn results_that_were_changed_are_told_before_they_are_replaced() {
    let folder = folder_of(&json_lines(&many()[..200]));
    for (command, name) in [
        ("dedup corpus.jsonl --output out", "kept.jsonl"),
        ("dedup corpus.jsonl --output each --output-per-file", "kept/corpus.jsonl"),
        ("trim corpus.jsonl --output trimmed", "trimmed.jsonl"),
    ] {
        run(folder.path(), command).done();
        let again = || run(folder.path(), &format!("{command} --force"));
        let ended = again();
        assert!(ended.status == 0 && !ended.err.contains("was changed"), "{}", ended.err);
        let file = folder.path().join(command.split(' ').nth(3).unwrap()).join(name);
        let whole = fs::read_to_string(&file).unwrap();
        // Once of another size, once of the same.
        for edited in [whole.replacen("the", "that", 1), whole.replacen("the", "The", 1)] {
            assert_ne!(edited, whole);
            fs::write(&file, edited).unwrap();
            let ended = again();
            let said = format!("{name}: the file was changed after the run that wrote it; --force replaces it");
            assert!(ended.status == 0 && ended.err.matches("was changed").count() == 1, "{}", ended.err);
            assert!(ended.err.contains(&said), "{}", ended.err);
            assert_eq!(fs::read_to_string(&file).unwrap(), whole);
        }
        // What is refused is not called replaced.
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        let ended = again();
        assert!(!ended.err.contains("was changed"), "{}", ended.err);
    }
}

#[test]
fn results_that_are_gone_or_changed_are_not_complete() {
    let folder = folder_of(&json_lines(&many()[..200]));
    let out = folder.path().join("out");
    for (options, name) in
        [("", "kept.jsonl"), ("", "summary.json"), ("", "pairs.tsv"), ("--output-per-file", "kept/corpus.jsonl")]
    {
        let command = format!("{ARGUMENTS} out {options}");
        let again = |said: &str| {
            let err = run(folder.path(), &command).refused();
            assert!(err.contains(name) && err.contains(said) && err.contains("--force"), "{err}");
        };
        run(folder.path(), &format!("{command} --force")).done();
        let whole = fs::read_to_string(out.join(name)).unwrap();
        fs::write(out.join(name), &whole[1..]).unwrap();
        again("the file has changed from");
        fs::remove_file(out.join(name)).unwrap();
        again("the file is gone");
        run(folder.path(), &format!("{command} --force")).done();
        assert!(run(folder.path(), &command).err.contains("is complete"));
    }
}

#[test]
fn a_run_may_be_killed_at_any_moment() {
    let folder = folder_of(&json_lines(&many()[..400]));
    run(folder.path(), &format!("{ARGUMENTS} whole")).done();
    let started = std::time::Instant::now();
    run(folder.path(), &format!("{ARGUMENTS} timed")).done();
    let time = started.elapsed();
    for round in 0..40 {
        let started = std::time::Instant::now();
        // Multiples of the golden ratio spread the moments evenly over the run.
        let moment = time.mul_f64((f64::from(round) * 0.618).fract() * 1.1);
        killed_at(folder.path(), "out", |_| started.elapsed() >= moment);
        run(folder.path(), &format!("{ARGUMENTS} out")).done();
        assert_same_outputs(&folder.path().join("whole"), &folder.path().join("out"));
        fs::remove_dir_all(folder.path().join("out")).unwrap();
    }
}
