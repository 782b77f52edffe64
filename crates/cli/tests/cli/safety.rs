//! Mistakes on the command line must not destroy anything.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::corpora::{documents, folder_of, json_lines};
use crate::process::{command, run, run_with_input};

/// Creates two corpora that have no document in common.
fn two_corpora() -> TempDir {
    let all = documents(60);
    let (own, other) = all.split_at(30);
    let folder = folder_of(&json_lines(own));
    fs::write(folder.path().join("other.jsonl"), json_lines(other)).unwrap();
    folder
}

fn read(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).unwrap()
}

#[test]
fn no_output_replaces_what_is_read() {
    let folder = two_corpora();
    fs::write(folder.path().join("own.toml"), "threshold = 0.5\n").unwrap();
    fs::write(folder.path().join("pairs.tsv"), "a\tb\t0.9\n").unwrap();
    fs::write(folder.path().join("labels.tsv"), "a\tb\t1\n").unwrap();
    for (arguments, kept) in [
        ("rewrites corpus.jsonl --output corpus.jsonl", "corpus.jsonl"),
        ("contained corpus.jsonl --output ./corpus.jsonl", "corpus.jsonl"),
        ("clusters corpus.jsonl --output corpus.jsonl", "corpus.jsonl"),
        ("pairs corpus.jsonl --output corpus.jsonl", "corpus.jsonl"),
        ("pairs corpus.jsonl --report corpus.jsonl", "corpus.jsonl"),
        ("pairs corpus.jsonl --against other.jsonl --output other.jsonl", "other.jsonl"),
        ("pairs corpus.jsonl --config own.toml --output own.toml", "own.toml"),
        ("dedup corpus.jsonl --output out --report corpus.jsonl", "corpus.jsonl"),
        ("evaluate pairs.tsv --labels labels.tsv --plot labels.tsv", "labels.tsv"),
        ("evaluate pairs.tsv --labels labels.tsv --plot pairs.tsv", "pairs.tsv"),
    ] {
        let before = read(&folder, kept);
        let refused = run(folder.path(), arguments).refused();
        assert!(refused.contains("would replace a file that is read"), "{arguments}: {refused}");
        assert_eq!(read(&folder, kept), before, "{arguments}");
    }
    assert!(!folder.path().join("out").exists());
}

/// Runs the command with a file as standard input and another, to which it appends, as standard output.
#[cfg(unix)]
fn run_between_files(folder: &Path, arguments: &str, input: &str, output: &str) -> (Option<i32>, String) {
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("twinprint"));
    command.current_dir(folder).args(arguments.split_whitespace());
    let input = fs::File::open(folder.join(input)).unwrap();
    let output = fs::File::options().create(true).append(true).open(folder.join(output)).unwrap();
    let ended = command.stdin(input).stdout(output).output().unwrap();
    (ended.status.code(), String::from_utf8(ended.stderr).unwrap())
}

#[cfg(unix)]
#[test]
fn standard_output_is_not_the_file_behind_standard_input() {
    let folder = two_corpora();
    let before = read(&folder, "corpus.jsonl");
    for command in ["dedup", "trim", "pairs", "clusters", "contained"] {
        let expected = run(folder.path(), &format!("{command} corpus.jsonl -o -")).done();
        for input in ["-", "/dev/stdin", "corpus.jsonl"] {
            let arguments = format!("{command} {input} -o -");
            let found = format!("{}.found", arguments.replace(['/', ' '], "_"));
            let (status, said) = run_between_files(folder.path(), &arguments, "corpus.jsonl", &found);
            assert_eq!(status, Some(0), "{arguments}: {said}");
            assert_eq!(read(&folder, &found), expected, "{arguments}");
        }
    }
    // What is read is not written to, by whatever name.
    for output in ["-", "/dev/stdout"] {
        for (input, stdin) in [("corpus.jsonl", "other.jsonl"), ("-", "corpus.jsonl")] {
            let arguments = format!("dedup {input} -o {output}");
            let (status, said) = run_between_files(folder.path(), &arguments, stdin, "corpus.jsonl");
            assert_eq!(status, Some(2), "{arguments}: {said}");
            assert!(said.contains("standard output goes to this file"), "{arguments}: {said}");
            assert_eq!(read(&folder, "corpus.jsonl"), before, "{arguments}");
        }
    }
}

#[cfg(unix)]
#[test]
fn nothing_is_printed_into_what_is_read() {
    let folder = two_corpora();
    let before = read(&folder, "corpus.jsonl");
    run(folder.path(), "index create index --words 3").done();
    for arguments in
        ["pairs corpus.jsonl", "clusters *.jsonl", "contained -", "index query index corpus.jsonl", "audit *.jsonl"]
    {
        let (status, said) = run_between_files(folder.path(), arguments, "corpus.jsonl", "corpus.jsonl");
        assert_eq!(status, Some(2), "{arguments}: {said}");
        assert!(said.contains(": standard output goes to this file"), "{arguments}: {said}");
        assert_eq!(read(&folder, "corpus.jsonl"), before, "{arguments}");
    }
}

#[test]
fn standard_output_is_not_among_the_work_files() {
    let folder = two_corpora();
    let expected = run(folder.path(), "pairs corpus.jsonl -o -").done();
    let work = folder.path().join("work");
    fs::create_dir(&work).unwrap();
    assert_eq!(run(&work, "pairs ../corpus.jsonl -o - --work .").done(), expected);
}

#[cfg(unix)]
#[test]
fn a_folder_for_temporary_files_that_is_missing_has_a_remedy() {
    let folder = two_corpora();
    let mut command = command(folder.path(), ["pairs", "corpus.jsonl"]);
    let output = command.env("TMPDIR", folder.path().join("nowhere")).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("set the variable TMPDIR to a folder that exists"), "{said}");
}

#[test]
fn two_outputs_are_two_files() {
    let folder = two_corpora();
    for report in ["found", "./found"] {
        let refused = run(folder.path(), &format!("pairs corpus.jsonl --output found --report {report}")).refused();
        assert!(refused.contains("--output and --report would be one file"), "{refused}");
        assert!(!folder.path().join("found").exists());
    }
}

#[test]
fn no_output_is_among_the_work_files() {
    let folder = two_corpora();
    run(folder.path(), "pairs corpus.jsonl --work w --output found").done();
    for arguments in [
        "pairs corpus.jsonl --work w --output w/sets-00000",
        "pairs corpus.jsonl --work ./w --output found --report w/report.html",
        "clusters corpus.jsonl --work w --output w/new",
    ] {
        let refused = run(folder.path(), arguments).refused();
        assert!(refused.contains("is in the folder of work files; choose another --"), "{arguments}: {refused}");
    }
    fs::create_dir(folder.path().join("w2")).unwrap();
    run(folder.path(), "pairs corpus.jsonl --work w --output w2/found").done();
}

#[test]
fn files_of_strangers_are_never_removed() {
    let folder = two_corpora();
    let out = folder.path().join("st");
    fs::create_dir_all(out.join("work")).unwrap();
    let strangers = ["config.toml", "work/x", "trimmed.mp4", "bad.idea.md", "removed.docx", ".unfinished-novel"];
    strangers.iter().for_each(|name| fs::write(out.join(name), "mine").unwrap());
    let are_there = || strangers.iter().all(|name| fs::read_to_string(out.join(name)).unwrap() == "mine");
    run(folder.path(), "trim corpus.jsonl --output st --force").done();
    assert!(are_there());
    run(folder.path(), "trim corpus.jsonl --output st --force").done();
    assert!(are_there());
    let refused = run(folder.path(), "dedup corpus.jsonl --output st --force").refused();
    assert!(refused.contains("nothing in the folder shows") && are_there(), "{refused}");

    // All files of a run are replaced, and nothing else.
    run(folder.path(), "dedup corpus.jsonl --output out").done();
    fs::write(folder.path().join("table.csv"), "id,text\na,one text\n").unwrap();
    run(folder.path(), "dedup table.csv --output out --force").done();
    assert!(folder.path().join("out/kept.csv").exists() && !folder.path().join("out/kept.jsonl").exists());
    for name in ["removed.docx", "kept.tsv"] {
        fs::write(folder.path().join("out").join(name), "mine").unwrap();
    }
    run(folder.path(), "dedup corpus.jsonl --output out --force --threshold 0.9").done();
    assert!(read(&folder, "out/removed.docx") == "mine" && read(&folder, "out/kept.tsv") == "mine");
    assert!(!folder.path().join("out/kept.csv").exists());
    let refused = run(folder.path(), "trim corpus.jsonl --output out --force").refused();
    assert!(refused.contains("nothing in the folder shows"), "{refused}");
}

#[test]
fn earlier_results_stay_until_new_ones_are_there() {
    let folder = two_corpora();
    run(folder.path(), "trim corpus.jsonl --output trimmed").done();
    run(folder.path(), "dedup corpus.jsonl --output out").done();
    let names =
        ["trimmed/trimmed.jsonl", "trimmed/removed.tsv", "trimmed/summary.json", "out/kept.jsonl", "out/summary.json"];
    let before = names.map(|name| read(&folder, name));
    run(folder.path(), "trim corpus.jsonl --output trimmed --force --text body").refused();
    run(folder.path(), "dedup corpus.jsonl --output out --force --text body").refused();
    assert_eq!(names.map(|name| read(&folder, name)), before);
    fs::write(folder.path().join("trimmed/trimmed.tsv"), "mine").unwrap();
    run(folder.path(), "trim other.jsonl --output trimmed --force").done();
    assert!(read(&folder, "trimmed/trimmed.jsonl") != before[0] && read(&folder, "trimmed/trimmed.tsv") == "mine");
    fs::write(folder.path().join("table.csv"), "id,text\na,one text\n").unwrap();
    run(folder.path(), "trim table.csv --output trimmed --force").done();
    assert!(folder.path().join("trimmed/trimmed.csv").exists());
    assert!(!folder.path().join("trimmed/trimmed.jsonl").exists(), "it is of an earlier run");
}

#[test]
fn a_run_that_failed_is_not_in_the_way_of_the_next() {
    let folder = two_corpora();
    for command in ["trim", "dedup"] {
        // The advice of the error is followed, and then it works without --force.
        run(folder.path(), &format!("{command} corpus.jsonl --output {command}/out --text body")).refused();
        assert!(!folder.path().join(command).exists(), "nothing is left");
        run(folder.path(), &format!("{command} corpus.jsonl --output {command}/out --text text")).done();
    }
    fs::create_dir(folder.path().join("own")).unwrap();
    run(folder.path(), "dedup corpus.jsonl --output own --text body").refused();
    assert_eq!(fs::read_dir(folder.path().join("own")).unwrap().count(), 0, "the folder was there before");
    // A record is bad after many that were stored, so there is work to keep. A repeat with other settings takes its place.
    let many: Vec<_> = (0..4_000).map(|at| (at.to_string(), format!("{at} ferries and {at} harbours {at}"))).collect();
    let texts = |at: usize| (0..60).map(|word| format!("{} ", at * 60 + word)).collect::<String>();
    let many: Vec<_> = many.into_iter().enumerate().map(|(at, (id, text))| (id, text + &texts(at))).collect();
    let bad = format!("{}{{\"id\": \"last\"}}\n", json_lines(&many));
    fs::write(folder.path().join("bad.jsonl"), &bad).unwrap();
    run(folder.path(), "dedup bad.jsonl --output own").refused();
    run(folder.path(), "dedup bad.jsonl --output own --bad aside").done();
    run(folder.path(), "dedup bad.jsonl --output mended").refused();
    fs::write(folder.path().join("bad.jsonl"), json_lines(&many)).unwrap();
    run(folder.path(), "dedup bad.jsonl --output mended").done();
}

#[test]
fn files_like_those_of_a_killed_run_prove_nothing() {
    let folder = two_corpora();
    fs::create_dir(folder.path().join("out")).unwrap();
    for name in [".removed.tsv.0123456789abcdef.unfinished", ".unfinished-AbC123", ".twinprint-0123456789abcdef"] {
        fs::write(folder.path().join("out").join(name), "mine").unwrap();
        for command in ["trim", "dedup"] {
            let refused = run(folder.path(), &format!("{command} corpus.jsonl --output out")).refused();
            assert!(refused.contains("--force"), "{refused}");
            run(folder.path(), &format!("{command} corpus.jsonl --output out --force")).done();
            assert_eq!(read(&folder, &format!("out/{name}")), "mine");
            fs::remove_dir_all(folder.path().join("out")).unwrap();
            fs::create_dir(folder.path().join("out")).unwrap();
            fs::write(folder.path().join("out").join(name), "mine").unwrap();
        }
        fs::remove_file(folder.path().join("out").join(name)).unwrap();
    }
}

#[test]
fn files_of_strangers_in_the_work_folder_stay() {
    let many: Vec<_> = (0..200).map(|id| (id.to_string(), "The ferry is late again.".to_string())).collect();
    let folder = folder_of(&json_lines(&many));
    assert_eq!(run(folder.path(), "dedup corpus.jsonl --output out").status, 1, "the limit keeps the work folder");
    fs::write(folder.path().join("out/work/thesis.doc"), "mine").unwrap();
    run(folder.path(), "dedup corpus.jsonl --output out --most-of-corpus 1").done();
    assert_eq!(read(&folder, "out/work/thesis.doc"), "mine");
    assert_eq!(fs::read_dir(folder.path().join("out/work")).unwrap().count(), 1);
}

#[test]
fn what_takes_the_place_of_a_result_is_not_replaced() {
    let folder = two_corpora();
    run(folder.path(), "dedup corpus.jsonl --output out").done();
    fs::create_dir(folder.path().join("out/work")).unwrap();
    fs::write(folder.path().join("out/work/novel.txt"), "mine").unwrap();
    let force = "dedup corpus.jsonl --output out --force --threshold 0.9";
    let refused = run(folder.path(), force).refused();
    assert!(refused.contains("nothing in the folder shows"), "{refused}");
    assert_eq!(read(&folder, "out/work/novel.txt"), "mine");
    fs::rename(folder.path().join("out/work"), folder.path().join("out/mine")).unwrap();
    fs::remove_file(folder.path().join("out/kept.jsonl")).unwrap();
    fs::create_dir(folder.path().join("out/kept.jsonl")).unwrap();
    let refused = run(folder.path(), force).refused();
    assert!(refused.contains("not a regular file"), "{refused}");
    fs::remove_dir(folder.path().join("out/kept.jsonl")).unwrap();
    run(folder.path(), force).done();
    assert_eq!(read(&folder, "out/mine/novel.txt"), "mine");

    // Neither a marker nor a lock of somebody else counts.
    for (name, said) in [(".twinprint.json", "not a marker"), (".twinprint-lock", "not a lock")] {
        let path = folder.path().join("out").join(name);
        let before = fs::read(&path).ok();
        fs::write(&path, "mine").unwrap();
        let refused = run(folder.path(), force).refused();
        assert!(refused.contains(said) && fs::read_to_string(&path).unwrap() == "mine", "{refused}");
        match before {
            Some(before) => fs::write(&path, before).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
    }
    run(folder.path(), force).done();
}

#[test]
fn a_field_of_text_is_named_once() {
    let folder = two_corpora();
    for command in ["trim corpus.jsonl --output out", "pairs corpus.jsonl"] {
        let refused = run(folder.path(), &format!("{command} --text text,text")).refused();
        assert!(refused.contains("\"text\" twice"), "{refused}");
    }
}

#[test]
fn another_corpus_is_there_and_another() {
    let folder = two_corpora();
    fs::write(folder.path().join("empty.jsonl"), "").unwrap();
    let lines = read(&folder, "corpus.jsonl");
    for command in ["pairs", "dedup --output out"] {
        let refused =
            |arguments: &str| run_with_input(folder.path(), &format!("{command} {arguments}"), &lines).refused();
        assert!(refused("- --against -").contains("named twice"));
        assert!(refused("- -").contains("named twice"));
        assert!(refused("corpus.jsonl --against ./corpus.jsonl").contains("compared with itself"));
        assert!(refused("empty.jsonl --against corpus.jsonl").contains("no documents"));
    }
    for (options, said) in
        [("--against empty.jsonl", "no documents"), ("--against other.jsonl --source id --across-sources", "=false")]
    {
        let refused = run(folder.path(), &format!("pairs corpus.jsonl {options}")).refused();
        assert!(refused.contains("--against") && refused.contains(said), "{refused}");
    }
    assert!(
        run(folder.path(), "dedup corpus.jsonl --output new --against empty.jsonl").refused().contains("--against")
    );
}

#[test]
fn the_limits_count_all_that_another_corpus_removes() {
    let many: Vec<_> = (0..120).map(|at| (at.to_string(), format!("story {at} of the day {at}"))).collect();
    let folder = folder_of(&json_lines(&many));
    fs::copy(folder.path().join("corpus.jsonl"), folder.path().join("copy.jsonl")).unwrap();
    let stopped = run(folder.path(), "dedup corpus.jsonl --output out --against copy.jsonl");
    assert_eq!(stopped.status, 1, "{}", stopped.err);
    assert!(
        stopped.err.contains("120 of 120 documents") && stopped.err.contains("--most-of-corpus"),
        "{}",
        stopped.err
    );
    run(folder.path(), "dedup corpus.jsonl --output out --against copy.jsonl --most-of-corpus 1").done();
}
