//! What is printed: messages, colours, escapes, versions.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::corpora::{documents, folder_of, json_lines};
use crate::process::{command, run, run_with_input};

#[test]
fn other_inputs_than_those_of_the_work_folder_are_told_apart() {
    let stored = documents(10);
    let folder = folder_of(&json_lines(&stored));
    let path = folder.path();
    run(path, "pairs corpus.jsonl --work work").done();
    let id = &stored[2].0;
    let [mut other_id, mut other_text] = [stored.clone(), stored.clone()];
    other_id[2].0 = "other".to_string();
    other_text[2].1 += " and more";
    for (documents, expected) in [
        (&stored[..2], format!("they end before document 3, which was {id:?};")),
        (&other_id[..], format!("document 3 was {id:?} and is \"other\";")),
        (&other_text[..], format!("document 3, {id:?}, has another text, block or source, or other features")),
    ] {
        fs::write(path.join("corpus.jsonl"), json_lines(documents)).unwrap();
        let said = run(path, "pairs corpus.jsonl --work work").refused();
        assert!(said.contains(&expected), "{said}");
    }
}

#[test]
fn messages_name_options_and_not_what_is_behind_them() {
    let folder = folder_of(&json_lines(&documents(10)));
    let inner = ["num_hashes", "memory_limit", "tokens is", "non-zero type", "float literal", "invalid digit", "_of_"];
    for (arguments, expected) in [
        ("pairs corpus.jsonl --words 0", "--words or --chars is 0"),
        ("pairs corpus.jsonl --chars 0", "--words or --chars is 0"),
        ("pairs corpus.jsonl --memory 1M", "--memory is 1M; it must be at least 64M"),
        ("pairs corpus.jsonl --memory 1", "--memory is 1; it must be at least 64M"),
        ("trim corpus.jsonl -o out --memory 1M", "--memory is 1M; it must be at least 64M"),
        ("stories corpus.jsonl --memory 63M", "--memory is 63M; it must be at least 64M"),
        ("pairs corpus.jsonl --threads 0", "a whole number, at least 1"),
        ("pairs corpus.jsonl --threshold 80%", "a number, such as 0.8"),
        ("pairs corpus.jsonl --threshold 0", "--threshold is 0"),
        ("pairs corpus.jsonl --recall 1", "--recall is 1"),
        ("pairs corpus.jsonl --words x", "a whole number"),
        ("pairs corpus.jsonl --num-hashes 0", "--num-hashes is 0"),
        ("pairs corpus.jsonl --bucket-limit 1", "--bucket-limit is 1"),
        ("pairs corpus.jsonl --banding 64x64", "--num-hashes"),
        ("pairs corpus.jsonl --banding 0x4", "--banding is 0"),
        ("pairs corpus.jsonl --num-hashes 4 --threshold 0.1 --recall 0.999", "--num-hashes"),
        ("pairs corpus.jsonl --boilerplate 0.5 --boilerplate-least 1", "--boilerplate-least"),
        ("contained corpus.jsonl --one-in 0", "--one-in is 0"),
        ("contained corpus.jsonl --frequency-limit 0", "--frequency-limit is 0"),
        ("rewrites corpus.jsonl --least-rare 0", "--least-rare is 0"),
        ("audit corpus.jsonl --sample 0", "--sample is 0"),
        ("dedup corpus.jsonl -o out --most-of-corpus 0", "--most-of-corpus is 0"),
    ] {
        let said = run(folder.path(), arguments).refused();
        assert!(said.contains(expected), "{arguments}: {said}");
        assert!(inner.iter().all(|inner| !said.contains(inner)), "{arguments}: {said}");
    }
}

#[test]
fn options_without_effect_beside_others_are_refused() {
    let folder = folder_of(&json_lines(&documents(10)));
    fs::write(folder.path().join("other.jsonl"), json_lines(&documents(2))).unwrap();
    fs::write(folder.path().join("all.toml"), "contained = 0.9\ncontained-one-in = 4\ncontained-least-words = 9\n")
        .unwrap();
    for (arguments, expected) in [
        (
            "dedup corpus.jsonl -o out --contained 0.9 --contained-least-words 9",
            "--contained-least-words has no effect without --against",
        ),
        (
            "dedup corpus.jsonl -o out --contained 0.9 --against other.jsonl --contained-one-in 4",
            "--contained-one-in has no effect with --against",
        ),
        ("stories corpus.jsonl --window 7d", "--window has no effect without --date"),
    ] {
        let said = run(folder.path(), arguments).refused();
        assert!(said.contains(expected), "{arguments}: {said}");
    }
    run(folder.path(), "stories corpus.jsonl --window off").done();
    // One settings file serves runs with and without another corpus.
    run(folder.path(), "dedup corpus.jsonl -o own --config all.toml").done();
    run(folder.path(), "dedup corpus.jsonl -o against --config all.toml --against other.jsonl").done();
}

#[cfg(unix)]
#[test]
fn names_with_line_feeds_begin_no_message() {
    let folder = folder_of("{}\n");
    let name = "a.jsonl\ntwinprint: all is well\n.jsonl";
    fs::rename(folder.path().join("corpus.jsonl"), folder.path().join(name)).unwrap();
    for options in ["", "--bad aside"] {
        let ended =
            command(folder.path(), ["pairs", name].into_iter().chain(options.split_terminator(' '))).output().unwrap();
        let err = String::from_utf8(ended.stderr).unwrap();
        assert!(err.contains("\n  twinprint: all is well") && !err.contains("\ntwinprint: all"), "{err}");
    }
}

#[test]
fn statistics_are_readable() {
    let folder = folder_of(&json_lines(&documents(60)));
    let said = run(folder.path(), "pairs corpus.jsonl -v").err;
    assert!(said.contains(" verified pairs") && !said.contains("JoinStats"), "{said}");
}

#[test]
fn quiet_is_quiet() {
    let folder = folder_of(&format!("{}{{}}\n", json_lines(&documents(10))));
    for arguments in ["dedup corpus.jsonl -o out --bad aside -q", "trim corpus.jsonl -o trimmed --bad aside --quiet"] {
        let ended = run(folder.path(), arguments);
        assert_eq!((ended.status, ended.err.as_str()), (0, ""), "{arguments}");
    }
    let refused = run(folder.path(), "pairs corpus.jsonl --quiet").refused();
    assert!(refused.contains("corpus.jsonl, line "), "errors are printed: {refused}");
    assert!(run(folder.path(), "pairs corpus.jsonl --quiet -v").refused().contains("cannot be used with"));
}

#[test]
fn warnings_of_single_records_end_after_some() {
    let folder = folder_of(&format!("{}{}", json_lines(&documents(10)), "{}\n".repeat(300)));
    for arguments in ["dedup corpus.jsonl -o out --bad aside", "pairs corpus.jsonl --bad aside"] {
        let said = run(folder.path(), arguments).err;
        assert_eq!(said.matches("WARN rejected: ").count(), 20, "{said}");
        assert!(said.contains("300 records were rejected in all"), "{said}");
    }
    assert_eq!(fs::read_to_string(folder.path().join("out/bad-reasons.tsv")).unwrap().lines().count(), 300);
    assert_eq!(run(folder.path(), "pairs corpus.jsonl --bad aside -v").err.matches(" rejected: ").count(), 300);
}

#[test]
fn colours_are_on_where_they_are_asked_for() {
    let folder = folder_of(&format!("{}{{}}\n", json_lines(&documents(10))));
    let is_colored = |arguments: &str, variable: Option<&str>| {
        let mut command = command(folder.path(), arguments.split(' '));
        command.env_remove("NO_COLOR").envs(variable.map(|value| ("NO_COLOR", value)));
        command.output().unwrap().stderr.contains(&0x1b)
    };
    for arguments in ["pairs corpus.jsonl --bad aside", "pairs corpus.jsonl --treshold 1"] {
        assert!(!is_colored(arguments, None), "it is no terminal");
        assert!(is_colored(&format!("{arguments} --color always"), Some("1")));
        assert!(is_colored(&format!("{arguments} --color=always"), None));
        assert!(!is_colored(&format!("{arguments} --color never"), None));
    }
    assert!(run(folder.path(), "pairs corpus.jsonl --color sometimes").refused().contains("auto, always, never"));
}

/// An id that would colour a terminal, set its title, and turn the direction of text around.
const HOSTILE: &str = "a\u{1b}[31m\u{1b}]0;title\u{7}\u{202e}\u{9b}1m\\b";

/// Two copies, the first with a hostile id.
fn hostile() -> String {
    let texts = [HOSTILE, "b"].map(|id| (id.to_string(), "the ferry to skelby was late on monday".to_string()));
    json_lines(&texts)
}

/// Runs the command on a terminal, and returns what the terminal got.
fn on_terminal(folder: &std::path::Path, arguments: &str, no_color: &str) -> Option<String> {
    let line = format!("{} {arguments}", assert_cmd::cargo::cargo_bin!("twinprint").display());
    let mut script = Command::new("script");
    script.current_dir(folder).args(["-qec", &line, "/dev/null"]).env("NO_COLOR", no_color).env("TERM", "xterm");
    let output = script.stdin(Stdio::null()).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn a_terminal_is_not_controlled_by_ids_or_names() {
    let folder = folder_of(&hostile());
    for arguments in [
        "pairs corpus.jsonl",
        "pairs corpus.jsonl --json",
        "clusters corpus.jsonl",
        "contained corpus.jsonl --one-in 1",
        "rewrites corpus.jsonl --least-rare 1",
        "stories corpus.jsonl --pairs",
    ] {
        let raw = run(folder.path(), arguments).done();
        assert!(raw.contains('\u{202e}'), "{arguments}: files and pipes get ids as they are: {raw:?}");
        let Some(shown) = on_terminal(folder.path(), arguments, "1") else {
            println!("skipped: there is no script command");
            return;
        };
        assert!(shown.contains("\\u001b[31m") && shown.contains("\\u202e") && shown.contains("\\u009b"), "{shown:?}");
        // The progress bar moves the cursor, but colours nothing.
        let is_hostile = ["\u{1b}[31m", "\u{1b}]0", "\u{202e}", "\u{9b}"].iter().any(|bad| shown.contains(bad));
        assert!(!is_hostile, "{arguments}: {shown:?}");
    }
    fs::write(folder.path().join("\u{1b}[31mred\u{202e}.jsonl"), "{\"id\": 1\n").unwrap();
    for arguments in ["pairs *.jsonl", "pairs *.jsonl --bad aside"] {
        let said = run(folder.path(), arguments).err;
        assert!(said.contains("\\u001b[31mred\\u202e.jsonl") && !said.contains('\u{1b}'), "{said:?}");
    }
    let colored = on_terminal(folder.path(), "pairs *.jsonl --bad aside", "").unwrap();
    let plain = on_terminal(folder.path(), "pairs *.jsonl --bad aside", "1").unwrap();
    assert!(colored.contains("\u{1b}[33m") && !plain.contains("\u{1b}[33m"), "{colored:?} {plain:?}");
}

#[test]
fn a_wrong_command_line_cannot_act_on_the_terminal() {
    let folder = folder_of("");
    let hostile = "x\u{1b}[31m\u{1b}]0;title\u{7}\u{202e}\u{9b}1m\r";
    for arguments in [
        vec!["pairs".into(), "corpus.jsonl".into(), "--words".into(), hostile.to_string()],
        vec!["pairs".into(), "corpus.jsonl".into(), format!("--threshold={hostile}")],
        vec!["pairs".into(), "corpus.jsonl".into(), "--color".into(), hostile.to_string()],
        vec!["pairs".into(), "corpus.jsonl".into(), format!("--{hostile}")],
        vec!["completions".into(), hostile.to_string()],
        vec![hostile.to_string()],
    ] {
        for color in ["--color=never", "--color=always"] {
            let output = command(folder.path(), arguments.iter().map(String::as_str).chain([color])).output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{said:?}");
            assert!(said.contains("x\\u001b[31m\\u001b]0;title\\u0007\\u202e\\u009b1m\\u000d"), "{said:?}");
            assert!(!said.contains(['\u{7}', '\u{202e}', '\u{9b}', '\r']), "{said:?}");
            assert!(!said.contains("\u{1b}]") && (color == "--color=always" || !said.contains('\u{1b}')), "{said:?}");
        }
    }
}

#[test]
fn tables_can_be_read_back() {
    let folder = folder_of(&hostile());
    let pairs = run(folder.path(), "pairs corpus.jsonl").done();
    assert!(pairs.contains("\\\\b\tb\t1.000000"), "a backslash is doubled: {pairs:?}");
    let json: Value = serde_json::from_str(&run(folder.path(), "pairs corpus.jsonl --json").done()).unwrap();
    assert_eq!(
        (json["left"].as_str(), json["right"].as_str(), json["jaccard"].as_f64()),
        (Some(HOSTILE), Some("b"), Some(1.0))
    );
    let label = HOSTILE.replace('\\', "\\\\");
    fs::write(folder.path().join("labels.tsv"), format!("{label}\tb\t1\n")).unwrap();
    let scored = run_with_input(folder.path(), "evaluate - --labels labels.tsv", &pairs).done();
    assert!(scored.contains("of 1 duplicate, 0 were never scored"), "{scored}");
}

#[test]
fn json_says_the_same_as_the_columns() {
    let folder = folder_of(&json_lines(&documents(80)));
    for (arguments, names) in [
        ("pairs corpus.jsonl", vec!["left", "right", "jaccard"]),
        ("contained corpus.jsonl --one-in 1", vec!["inner", "outer", "share"]),
        ("rewrites corpus.jsonl --least-rare 1", vec!["left", "right", "jaccard", "rare"]),
        ("clusters corpus.jsonl", vec!["representative", "documents", "least_jaccard", "others"]),
        ("clusters corpus.jsonl --components", vec!["representative", "documents", "least_jaccard", "others"]),
    ] {
        let rows = run(folder.path(), arguments).done();
        let objects = run(folder.path(), &format!("{arguments} --json")).done();
        assert!(rows.lines().count() > 3 && rows.lines().count() == objects.lines().count(), "{arguments}");
        for (row, object) in rows.lines().zip(objects.lines()) {
            let object: Value = serde_json::from_str(object).unwrap();
            let text = |value: &Value| match value {
                Value::String(text) => text.clone(),
                Value::Null => "-".to_string(),
                Value::Number(number) if number.is_f64() => format!("{:.6}", number.as_f64().unwrap()),
                Value::Array(ids) => ids.iter().map(|id| id.as_str().unwrap()).collect::<Vec<_>>().join("\t"),
                other => other.to_string(),
            };
            assert_eq!(object.as_object().unwrap().len(), names.len(), "{arguments}");
            let columns: Vec<String> = names.iter().map(|name| text(&object[*name])).collect();
            assert_eq!(columns.join("\t"), row, "{arguments}");
        }
    }
}

#[test]
fn the_version_names_commit_and_simd_level() {
    let folder = tempfile::tempdir().unwrap();
    for option in ["--version", "-V"] {
        let version = run(folder.path(), option).done();
        assert!(version.starts_with(&format!("twinprint {} (", env!("CARGO_PKG_VERSION"))), "{version}");
        assert!(version.contains("SIMD level "), "{version}");
    }
}

#[test]
fn shells_and_manuals_are_served() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let completions = run(folder.path(), &format!("completions {shell}")).done();
        assert!(completions.contains("stories") && completions.contains("threshold"), "{shell}");
    }
    let page = run(folder.path(), "man").done();
    assert!(page.starts_with(".ie") && page.contains("dedup"), "{page}");
    let page = run(folder.path(), "man dedup").done();
    assert!(page.contains("twinprint\\-dedup") && page.contains("most\\-of\\-corpus"), "{page}");
    for inner in ["man index create", "man index-create"] {
        assert!(run(folder.path(), inner).done().contains("twinprint\\-index\\-create"), "{inner}");
    }
    assert!(run(folder.path(), "man index nothing").refused().contains("no subcommand"));
    assert!(run(folder.path(), "man nothing").refused().contains("no subcommand"));
}

#[test]
fn short_help_is_short_and_long_help_has_examples() {
    let folder = tempfile::tempdir().unwrap();
    let lines = |arguments: &str| run(folder.path(), arguments).done().lines().count();
    assert!(lines("-h") < 40);
    for command in crate::snapshots::COMMANDS {
        let (short, long) = (format!("{command} -h"), format!("{command} --help"));
        assert!(lines(&short) < lines(&long), "{command}");
        let (short, long) = (run(folder.path(), &short).done(), run(folder.path(), &long).done());
        assert!(long.contains("Examples:\n  twinprint ") || long.contains("Examples:\n  zcat"), "{long}");
        assert!(short.contains("--help") && !short.contains("--banding"), "{short}");
    }
}

/// `2>&1 | head` closes standard error, and a disk may be full: that costs messages, but no result.
#[test]
#[cfg(target_os = "linux")]
fn messages_that_cannot_be_written_end_no_run() {
    let folder = folder_of(&json_lines(&documents(10)));
    fs::write(folder.path().join("bad.jsonl"), "no JSON\n{\"id\": 1, \"text\": \"a b c\"}\n").unwrap();
    for (arguments, status) in [
        ("dedup corpus.jsonl --output out -vv", 0),
        ("pairs bad.jsonl --bad aside -vv", 0),
        ("pairs missing.jsonl", 2),
        ("pairs corpus.jsonl --treshold 1", 2),
    ] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("twinprint"));
        let ended = command.current_dir(folder.path()).args(arguments.split(' ')).stderr(full).output().unwrap();
        assert_eq!(ended.status.code(), Some(status), "{arguments}");
    }
    assert!(folder.path().join("out/summary.json").exists());
}

#[test]
fn copies_are_counted_where_they_are_and_not_where_nothing_is_known() {
    let text = "The ferry to Skelby was late on Monday again, and the harbour was closed.";
    let lines: String =
        (0..8).map(|id| format!("{{\"id\": \"{id}\", \"site\": \"s{id}\", \"text\": \"{text}\"}}\n")).collect();
    let folder = folder_of(&lines);
    let summary = |out: &str| -> serde_json::Value {
        serde_json::from_str(&std::fs::read_to_string(folder.path().join(out).join("summary.json")).unwrap()).unwrap()
    };
    let said = |arguments: &str| run(folder.path(), &format!("dedup corpus.jsonl {arguments}")).err;
    let across = said("--across-sources --source site -o across");
    assert!(across.contains("7 removed (7 copies)"), "{across}");
    assert_eq!(summary("across")["copies"], 7);
    let boilerplate = said("--boilerplate 1 --boilerplate-least 100 --source site -o boilerplate");
    assert!(boilerplate.contains("7 removed (7 with the same shingles)"), "{boilerplate}");
    assert_eq!(summary("boilerplate")["copies"], serde_json::Value::Null);
    let group = said("--group site -o group");
    assert!(group.contains("removed, 7 copies found"), "{group}");
}

#[test]
fn messages_speak_of_options_and_of_files_that_users_know() {
    let folder = folder_of("{\"id\": 1, \"text\": [\"a\", \"b\"]}\n");
    let path = folder.path();
    run(path, "index create seen").done();
    run(path, "index create other --num-hashes 64").done();
    run(path, "index create signatures --signatures-only").done();
    std::fs::create_dir(path.join("taken")).unwrap();
    std::fs::write(path.join("taken/kept.jsonl"), "").unwrap();
    for (arguments, said) in [
        ("index add seen corpus.jsonl --words 5", "--words or --chars: 5 in the options"),
        ("index merge seen other", "in --num-hashes: 64 in other"),
        ("index merge seen signatures", "signatures: the index has signatures only"),
        ("index create seen", "add to it with twinprint index add"),
        ("index create corpus.jsonl", "choose another folder"),
        ("index expire seen", "give --older-than AGE or --before TIME"),
        ("index remove seen", "--from FILE"),
        ("pairs corpus.jsonl --work corpus.jsonl", "choose another folder"),
        ("pairs corpus.jsonl --banding 0x3", "the number of bands in --banding is 0"),
        ("dedup corpus.jsonl -o out --most-of-corpus 2", "--most-of-corpus is 2"),
        ("dedup corpus.jsonl -o taken", "nothing in the folder shows that a run wrote this one"),
        ("dedup taken/kept.jsonl -o taken", "an input is in the folder"),
        ("pairs corpus.jsonl --delimiter ; --quote ;", "--delimiter and --quote are both"),
        ("pairs corpus.jsonl --recall 0.9 --banding 10x3", "cannot be used with"),
        ("pairs corpus.jsonl --max-record 0", "--max-record is 0"),
        ("pairs corpus.jsonl --max-window 3G", "--max-window is 3G; it must be at most 2G"),
        ("index query seen corpus.jsonl --top 0", "--top is 0"),
        ("trim corpus.jsonl --text text[] -o out", "out/trimmed.jsonl: "),
    ] {
        let refused = run(path, arguments).refused();
        assert!(refused.contains(said), "{arguments}: {refused}");
    }
    let packed = command(path, ["index", "query", "seen", "-"]).write_stdin(&b"\x1f\x8b\x08\x00"[..]).output().unwrap();
    assert!(String::from_utf8_lossy(&packed.stderr).contains("the input is gzip"), "{packed:?}");
    let rejected = run(path, "plan corpus.jsonl --bad aside");
    assert!(
        rejected.err.contains("rejected: ") && rejected.err.contains("the only record was rejected"),
        "{}",
        rejected.err
    );
}
