//! Results of an earlier run that another one is to replace.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::corpora::{documents, folder_of, json_lines};
use crate::process::{Ended, run};

/// Creates a corpus, another that has an id twice, and one of blank and of short texts.
fn corpora() -> TempDir {
    let all = documents(150);
    let folder = folder_of(&json_lines(&all));
    fs::write(folder.path().join("twice.jsonl"), json_lines(&[&all[..9], &all[..1]].concat())).unwrap();
    let blank: Vec<(String, String)> = (0..9).map(|id| (format!("blank-{id}"), String::new())).collect();
    fs::write(folder.path().join("blank.jsonl"), json_lines(&blank)).unwrap();
    folder
}

/// Returns the files in a folder and in those within it, with their contents.
pub(crate) fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let (path, name) = {
            let entry = entry.unwrap();
            (entry.path(), entry.file_name().into_string().unwrap())
        };
        if path.is_dir() {
            files.extend(tree(&path).into_iter().map(|(inner, content)| (format!("{name}/{inner}"), content)));
        } else {
            files.insert(name, fs::read(&path).unwrap());
        }
    }
    files
}

#[track_caller]
fn assert_complete(ended: &Ended) {
    assert!(ended.status == 0 && ended.err.contains("nothing was done"), "{}", ended.err);
}

#[test]
fn a_run_that_is_refused_leaves_the_earlier_results() {
    let folder = corpora();
    let out = folder.path().join("out");
    for first in ["", " --output-per-file"] {
        run(folder.path(), &format!("dedup corpus.jsonl --output out{first}")).done();
        let before = tree(&out);
        assert!(before.keys().any(|name| name.starts_with("kept")));
        for wrong in [
            "--threshold 1.2",
            "--threshold 0",
            "--threshold 0.01",
            "--recall 1",
            "--words 0",
            "--chars 0",
            "--banding 1x1000",
            "--num-hashes 0",
            "--memory 1M",
            "--bucket-limit 0",
            "--boilerplate 2",
            "--report report.pdf",
            "--report nowhere/report.html",
            "--keep score:nowhere",
            "--source nowhere",
            "--block nowhere",
            "--group nowhere",
            "twice.jsonl",
        ] {
            let ended = run(folder.path(), &format!("dedup corpus.jsonl --output out --force {wrong}"));
            assert_eq!(ended.status, 2, "{wrong}: {}", ended.err);
            assert!(tree(&out) == before, "{wrong}: {:?}", tree(&out).keys());
        }
        // They are a complete run as before.
        assert_complete(&run(folder.path(), &format!("dedup corpus.jsonl --output out{first}")));
        fs::remove_dir_all(&out).unwrap();
    }
}

#[test]
fn earlier_results_wait_until_a_run_that_was_stopped_is_complete() {
    let folder = corpora();
    let out = folder.path().join("out");
    run(folder.path(), "dedup corpus.jsonl --output out --threshold 0.9").done();
    let before = tree(&out);
    let stopped = run(folder.path(), "dedup corpus.jsonl --output out --force --most-of-corpus 0.001");
    assert_eq!(stopped.status, 1, "{}", stopped.err);
    assert!(stopped.err.contains("earlier-results holds the results of the run before"), "{}", stopped.err);
    assert!(tree(&out.join("earlier-results")) == before);
    // Another run in its place does not touch them either until it is complete.
    run(folder.path(), "dedup corpus.jsonl --output out --force --threshold 0.8 --most-of-corpus 0.001");
    assert!(tree(&out.join("earlier-results")) == before);
    run(folder.path(), "dedup corpus.jsonl --output out --force --threshold 0.8 --words 0").refused();
    assert!(tree(&out) == before, "it failed for good, so the results are back");
    run(folder.path(), "dedup corpus.jsonl --output out --force --most-of-corpus 0.001");
    run(folder.path(), "dedup corpus.jsonl --output out --most-of-corpus 1").done();
    assert!(!out.join("earlier-results").exists());
    assert!(tree(&out)["kept.jsonl"] != before["kept.jsonl"], "those of another threshold");
}

#[test]
fn results_are_back_after_a_kill_on_their_way() {
    let folder = corpora();
    let (out, aside) = (folder.path().join("out"), folder.path().join("out/earlier-results"));
    run(folder.path(), "dedup corpus.jsonl --output out").done();
    let before = tree(&out);
    for moved in [&["kept.jsonl", "pairs.tsv"][..], &[]] {
        fs::create_dir(&aside).unwrap();
        fs::copy(out.join(".twinprint.json"), aside.join(".twinprint.json")).unwrap();
        moved.iter().for_each(|name| fs::rename(out.join(name), aside.join(name)).unwrap());
        assert_complete(&run(folder.path(), "dedup corpus.jsonl --output out"));
        assert!(tree(&out) == before);
    }
    // Before its marker was there, nothing had been moved: the folder is nobody's.
    fs::create_dir(&aside).unwrap();
    run(folder.path(), "dedup corpus.jsonl --output out --threshold 0.9 --force").refused();
    assert!(tree(&out) == before);
}

#[test]
fn a_folder_of_the_name_stays_as_it_is() {
    let folder = corpora();
    run(folder.path(), "dedup corpus.jsonl --output out").done();
    fs::create_dir(folder.path().join("out/earlier-results")).unwrap();
    fs::write(folder.path().join("out/earlier-results/notes"), "mine").unwrap();
    let before = tree(&folder.path().join("out"));
    let refused = run(folder.path(), "dedup corpus.jsonl --output out --force").refused();
    assert!(refused.contains("earlier-results"), "{refused}");
    assert!(tree(&folder.path().join("out")) == before);
}

#[test]
fn a_complete_run_is_not_taken_for_one_that_writes_something_else() {
    let folder = corpora();
    for (first, second) in [
        ("dedup blank.jsonl", " --drop-blank"),
        ("dedup corpus.jsonl", " --expand"),
        ("dedup corpus.jsonl", " --most-of-corpus 0.9"),
    ] {
        for (earlier, later) in
            [(first.to_string(), format!("{first}{second}")), (format!("{first}{second}"), first.to_string())]
        {
            let _ = fs::remove_dir_all(folder.path().join("out"));
            run(folder.path(), &format!("{earlier} --output out")).done();
            let refused = run(folder.path(), &format!("{later} --output out")).refused();
            assert!(refused.contains("--force"), "{refused}");
            assert_complete(&run(folder.path(), &format!("{earlier} --output out --threads 1")));
        }
    }
}

#[cfg(unix)]
#[test]
fn nobody_is_told_to_force_what_is_refused_then() {
    let folder = corpora();
    let out = folder.path().join("out");
    // A file of somebody else has the name of a result, or a link takes its place.
    for name in ["passages.tsv", "earlier-results", "kept.jsonl"] {
        let _ = fs::remove_dir_all(&out);
        run(folder.path(), "dedup corpus.jsonl --output out").done();
        match fs::remove_file(out.join(name)) {
            Ok(()) => std::os::unix::fs::symlink("/dev/null", out.join(name)).unwrap(),
            Err(_) => fs::write(out.join(name), "mine").unwrap(),
        }
        for option in ["", " --force"] {
            let refused =
                run(folder.path(), &format!("dedup corpus.jsonl --threshold 0.9 --output out{option}")).refused();
            assert!(refused.contains(name) && !refused.contains("--force"), "{refused}");
        }
    }
}
