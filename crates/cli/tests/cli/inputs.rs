//! What inputs people have, and what the command says of them.

use std::fs;

use crate::process::{Ended, command, run, run_with_input};

/// Three lines, of which the first and the last are alike.
const LINES: &str = "{\"id\": \"a\", \"text\": \"The ferry to Skelby was late on Monday again.\"}\n\
    {\"id\": \"b\", \"text\": \"Councillors voted to close the harbour road in spring.\"}\n\
    {\"id\": \"c\", \"text\": \"The ferry to Skelby was late on Monday again.\"}\n";

#[test]
fn duplicate_ids_are_named_with_both_places() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.jsonl"), LINES).unwrap();
    fs::write(folder.path().join("b.jsonl"), format!("\n{}", LINES.replace("\"a\"", "\"d\""))).unwrap();
    for command in ["pairs a.jsonl b.jsonl", "dedup a.jsonl b.jsonl --output out", "rewrites a.jsonl b.jsonl"] {
        let Ended { status, err, .. } = run(folder.path(), command);
        assert_eq!(status, 2, "{err}");
        assert!(err.contains("b.jsonl, line 3: the id \"b\" is already used in a.jsonl, line 2"), "{err}");
        assert!(err.contains("--number"), "{err}");
    }
    let numbered = run(folder.path(), "pairs a.jsonl b.jsonl --number").done();
    assert!(numbered.contains("a.jsonl:1\ta.jsonl:3"), "{numbered}");
}

#[test]
fn a_repeated_id_of_standard_input_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["pairs -", "stories -", "rewrites -"] {
        let refused = run_with_input(folder.path(), command, &LINES.replace("\"c\"", "\"a\"")).refused();
        // What is copied to a file can be read again, so there are lines to name.
        let named = ["is that of document 1 and of document 3", "is already used in -, line 1"];
        let is_named = refused.contains("the id \"a\" ") && named.iter().any(|place| refused.contains(place));
        assert!(is_named, "{command}: {refused}");
    }
}

#[test]
fn a_file_that_is_named_twice_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::create_dir_all(path.join("in/x")).unwrap();
    fs::write(path.join("in/x/p.jsonl"), LINES).unwrap();
    fs::write(path.join("in/q.jsonl"), LINES.replace("\"id\": \"", "\"id\": \"q")).unwrap();
    run(path, "index create seen").done();
    for named in [
        "in/x/p.jsonl ./in/x/p.jsonl",
        "in/x/p.jsonl in/x/p.jsonl",
        "in in/x",
        "in/x/*.jsonl in",
        "in in/../in/q.jsonl",
    ] {
        for command in [
            "pairs",
            "clusters",
            "stories",
            "trim -o out",
            "dedup -o out",
            "plan",
            "index add seen",
            "shard plan --shards 2 --work w",
        ] {
            let number = if command == "index add seen" { "" } else { "--number" };
            let refused = run(path, &format!("{command} {number} {named}")).refused();
            assert!(
                refused.contains("named twice") && refused.contains("name it once"),
                "{command} {named}: {refused}"
            );
        }
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("q.jsonl", path.join("in/link.jsonl")).unwrap();
        assert!(run(path, "pairs in/q.jsonl in/link.jsonl --number").refused().contains("named twice"));
        fs::remove_file(path.join("in/link.jsonl")).unwrap();
    }
    // Hard links are files of their own, and names that only begin alike are no folders of each other.
    fs::hard_link(path.join("in/q.jsonl"), path.join("copy.jsonl")).unwrap();
    run(path, "pairs in copy.jsonl --number").done();
}

#[cfg(unix)]
#[test]
fn a_pipe_that_is_named_twice_is_refused_before_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    assert!(std::process::Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap().success());
    for named in ["- /dev/stdin", "/dev/stdin -", "- -", "pipe ./pipe", "pipe pipe", "- --against /dev/stdin"] {
        let refused = run_with_input(folder.path(), &format!("pairs {named}"), LINES).refused();
        assert!(refused.contains("named twice") && refused.contains("read only once"), "{named}: {refused}");
    }
}

#[test]
fn results_and_work_in_the_folder_of_the_inputs_are_no_inputs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::create_dir(path.join("in")).unwrap();
    fs::write(path.join("in/a.jsonl"), LINES).unwrap();
    run(path, "dedup in -o in/out").done();
    assert!(run(path, "dedup in -o in/out").err.contains("is complete"));
    run(path, "dedup in -o in/out --force").done();
    assert_eq!(fs::read_to_string(path.join("in/out/kept.jsonl")).unwrap().lines().count(), 2);
    run(path, "pairs in --work in/work").done();
    assert_eq!(run(path, "pairs in --work in/work").done().lines().count(), 1);
    fs::create_dir(path.join("only")).unwrap();
    for run_of in ["out", "work"] {
        fs::rename(path.join("in").join(run_of), path.join("only").join(run_of)).unwrap();
        let refused = run(path, "pairs only").refused();
        let said = format!("the results or the work of runs of twinprint, as in only/{run_of}, which are passed over");
        assert!(refused.contains(&said), "{refused}");
        fs::rename(path.join("only").join(run_of), path.join("in").join(run_of)).unwrap();
    }
    assert!(run(path, "pairs only").refused().contains("no file to read; hidden files"));
    // A folder that is named is read, whatever is in it.
    assert_eq!(run(path, "pairs in/out/kept.jsonl in/out/removed.jsonl --number --relation=false").status, 0);
}

#[test]
fn a_document_beyond_the_memory_is_refused_by_all_commands() {
    let folder = tempfile::tempdir().unwrap();
    let line = serde_json::json!({"id": "long", "text": "one more word ".repeat(400_000)});
    fs::write(folder.path().join("long.jsonl"), format!("{line}\n")).unwrap();
    run(folder.path(), "index create seen").done();
    for command in [
        "pairs",
        "stories",
        "rewrites",
        "plan",
        "index add seen",
        "index query seen",
        "index query seen --contained 0.5",
    ] {
        let refused = run(folder.path(), &format!("{command} long.jsonl --memory 64M")).refused();
        assert!(refused.contains("\"long\"") && refused.contains("give more --memory"), "{command}: {refused}");
    }
    let refused = run_with_input(folder.path(), "index query seen - --memory 64M", &line.to_string()).refused();
    assert!(refused.contains("give more --memory"), "{refused}");
}

#[test]
fn nothing_but_bad_records_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.jsonl"), LINES).unwrap();
    for command in ["dedup", "trim"] {
        let Ended { status, err, .. } =
            run(folder.path(), &format!("{command} a.jsonl --text body --bad aside --output {command}"));
        assert_eq!(status, 2, "{err}");
        assert!(err.contains("all 3 records were rejected"), "{err}");
    }
}

#[test]
fn rejected_records_are_listed_with_their_reasons() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.jsonl"), format!("{LINES}none\n{{\"id\": 1, \"text\": NaN}}\n")).unwrap();
    for command in ["dedup", "trim"] {
        run(folder.path(), &format!("{command} a.jsonl --bad aside --output {command}")).done();
        let read = |name: &str| fs::read_to_string(folder.path().join(command).join(name)).unwrap();
        assert_eq!(read("bad.jsonl"), "none\n{\"id\": 1, \"text\": NaN}\n");
        let reasons = read("bad-reasons.tsv");
        let reasons: Vec<Vec<&str>> = reasons.lines().map(|line| line.split('\t').collect()).collect();
        assert_eq!([&reasons[0][..2], &reasons[1][..2]], [["a.jsonl", "4"], ["a.jsonl", "5"]]);
        assert!(reasons[1][2].contains("JSON has no NaN"), "{reasons:?}");
    }
}

#[cfg(unix)]
#[test]
fn pipes_are_read_as_standard_input_is() {
    let folder = tempfile::tempdir().unwrap();
    let expected = "a\tc\t1.000000\n";
    for name in ["pairs pipe", "dedup pipe --output out", "pairs pipe --format jsonl"] {
        let pipe = folder.path().join("pipe");
        let _ = fs::remove_file(&pipe);
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let writer = std::thread::spawn(move || fs::write(pipe, LINES));
        let printed = run(folder.path(), name).done();
        writer.join().unwrap().unwrap();
        let pairs = match name.starts_with("pairs") {
            true => printed,
            false => fs::read_to_string(folder.path().join("out/pairs.tsv")).unwrap(),
        };
        assert_eq!(pairs, expected, "{name}");
    }
    assert_eq!(fs::read_to_string(folder.path().join("out/kept.jsonl")).unwrap().lines().count(), 2);
}

#[cfg(unix)]
#[test]
fn names_that_are_not_utf8_are_read() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let name = OsStr::from_bytes(b"a\xff.jsonl");
    fs::write(folder.path().join(name), LINES).unwrap();
    let run = |arguments: &[&str]| {
        let output = command(folder.path(), arguments).arg(name).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run(&["pairs"]);
    run(&["dedup", "--output", "out"]);
}

#[test]
fn tables_may_have_other_separators() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), "id;text\n1;'The ferry; late'\n2;The ferry; late\n").unwrap();
    let Ended { status, err, .. } = run(folder.path(), "pairs a.csv");
    assert!(status == 2 && err.contains("--delimiter ';'") && !err.contains("--bad aside"), "{err}");
    let Ended { status, err, .. } = run(folder.path(), "pairs a.csv --delimiter ; --quote ' --bad aside --words 1");
    assert!(status == 0 && err.contains("row 3: the row has 3 values"), "{err}");
    assert_eq!(run(folder.path(), "pairs a.csv --delimiter ;;").status, 2);
}

#[test]
fn records_that_are_taken_for_a_description_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::create_dir(path.join("in")).unwrap();
    fs::write(path.join("in/LICENSE.txt"), "Copying is allowed.").unwrap();
    fs::write(path.join("in/metadata.jsonl"), LINES).unwrap();
    let Ended { status, err, .. } = run(path, "dedup in -o out");
    assert!(status == 0 && err.contains("in/metadata.jsonl: passed over, as it seems to describe"), "{err}");
    assert!(run(path, "dedup in/metadata.jsonl -o other").err.contains("3 documents"));
    fs::write(path.join("in/metadata.jsonl"), "").unwrap();
    let err = run(path, "dedup in -o out --force").err;
    assert!(!err.contains("passed over"), "nothing is lost of an empty file: {err}");
}

#[test]
fn columns_that_only_folders_name_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for (part, lines) in [("run=1/lang=en", LINES), ("run=1/lang=de", &LINES.replace("\"id\": \"", "\"id\": \"d"))] {
        fs::create_dir_all(path.join(part)).unwrap();
        fs::write(path.join(part).join("part.jsonl"), lines).unwrap();
    }
    for command in ["dedup run=1 -o out", "trim run=1 -o trimmed"] {
        let Ended { status, err, .. } = run(path, command);
        assert!(status == 0 && err.contains("the values of lang are only in the names of the folders"), "{err}");
        assert!(err.matches("--output-per-file").count() == 1, "{err}");
        let err = run(path, &format!("{command}-2 --output-per-file")).err;
        assert!(!err.contains("names of the folders"), "{err}");
    }
    assert!(!run(path, "dedup run=1/lang=en -o one").err.contains("names of the folders"));
    assert!(!run(path, "pairs run=1").err.contains("names of the folders"), "pairs loses none");
}
