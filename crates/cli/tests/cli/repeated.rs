//! `config.toml` of a run and `--config`: the same run again.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use crate::process::{command, run};
use crate::replaced::tree;

/// Options of `dedup` that are settings: an option with a value, and what it needs beside it.
const SETTINGS: [(&str, &str); 44] = [
    ("--preset web", ""),
    ("--threshold 0.7", ""),
    ("--words 2", ""),
    ("--chars 5", ""),
    ("--normalize marks,digits", ""),
    ("--num-hashes 64", ""),
    ("--seed 5", ""),
    ("--keyed", ""),
    ("--recall 0.9", ""),
    ("--banding 16x4", ""),
    ("--bucket-limit 50", ""),
    ("--relation", ""),
    ("--relation=false", "--preset news"),
    ("--boilerplate 0.9", ""),
    ("--boilerplate-least 5", "--boilerplate 0.9"),
    ("--format jsonl", ""),
    ("--id url", ""),
    ("--number", ""),
    ("--text title,text", ""),
    ("--block lang", ""),
    ("--source site", ""),
    ("--across-sources", "--source site"),
    ("--bad aside", ""),
    ("--lossy", ""),
    ("--max-record 1M", ""),
    ("--max-window 1M", ""),
    ("--delimiter ;", ""),
    ("--quote '", ""),
    ("--keep longest", ""),
    ("--group lang", ""),
    ("--contained 0.8", ""),
    ("--contained-one-in 1", "--contained 0.8"),
    ("--contained-frequency-limit 9", "--contained 0.8"),
    ("--contained-least-words 3", "--contained 0.8 --against tests.jsonl"),
    ("--cut", "--contained 0.8 --against tests.jsonl"),
    ("--most-of-corpus 0.9", ""),
    ("--most-of-source 0.9", "--source site"),
    ("--against tests.jsonl", ""),
    ("--against tests.jsonl --against more.jsonl", ""),
    ("--index seen", ""),
    ("--drop-blank", ""),
    ("--expand", ""),
    ("--output-per-file", ""),
    ("--drop-blank --expand --output-per-file", "--against tests.jsonl --preset news"),
];

/// Options that belong to one call: where it writes, how fast it is, and what it says.
const OF_ONE_CALL: [&str; 14] = [
    "output", "force", "report", "dry-run", "time", "verbose", "quiet", "color", "memory", "threads", "config", "work",
    "help", "version",
];

const FERRY: &str = "The ferry to Skelby was cancelled on Monday because of high winds, the operator said.";
const MAYOR: &str = "Councillors voted on Tuesday to close the harbour road for the whole summer, the mayor said.";
const BRIDGE: &str =
    "A storm has closed the bridge over the river Mell, and drivers are told to take the road by Orvane.";

fn lines(texts: &[&str]) -> String {
    let line = |(number, text): (usize, &&str)| {
        let site = ["courier", "ledger"][number % 2];
        let fields = json!({"id": format!("d{number}"), "url": format!("u{number}"), "title": "News", "lang": "en", "site": site, "text": text});
        format!("{fields}\n")
    };
    texts.iter().enumerate().map(line).collect()
}

/// Two corpora to compare with, an index, and documents of which some are like one another and some like those.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let later = format!("{FERRY} It sails again today.");
    let longer = format!("{MAYOR} {BRIDGE} Nobody was hurt, and the police asks for patience until the evening.");
    fs::write(path.join("corpus.jsonl"), lines(&[&later, FERRY, FERRY, &longer, BRIDGE, " ", "Something else."]))
        .unwrap();
    fs::write(path.join("tests.jsonl"), lines(&[FERRY])).unwrap();
    fs::write(path.join("more.jsonl"), lines(&[BRIDGE])).unwrap();
    run(path, "index create seen").done();
    run(path, "index add seen more.jsonl").done();
    folder
}

/// Asserts that two folders hold the same results.
#[track_caller]
fn assert_same(folder: &Path, out: &str, again: &str, what: &str) {
    let [first, second] = [out, again].map(|name| tree(&folder.join(name)));
    let names = |files: &std::collections::BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&first), names(&second), "{what}");
    for (name, content) in first {
        // These have times, random numbers and durations.
        if ![".twinprint.json", "summary.json"].contains(&name.as_str()) {
            assert!(content == second[&name], "{what}: {name}: {}", String::from_utf8_lossy(&second[&name]));
        }
    }
}

#[test]
fn a_run_is_repeated_by_its_settings_file() {
    let folder = folder();
    let path = folder.path();
    let index = tree(&path.join("seen"));
    let plain = {
        run(path, "dedup corpus.jsonl --output plain").done();
        fs::read_to_string(path.join("plain/config.toml")).unwrap()
    };
    for (at, (option, beside)) in SETTINGS.into_iter().enumerate() {
        let (out, again) = (format!("out-{at}"), format!("again-{at}"));
        run(path, &format!("dedup corpus.jsonl {option} {beside} --output {out}")).done();
        let config = fs::read_to_string(path.join(&out).join("config.toml")).unwrap();
        assert_ne!(config, plain, "{option}");
        // The first run has added its documents to the index.
        index.iter().for_each(|(name, content)| fs::write(path.join("seen").join(name), content).unwrap());
        run(path, &format!("dedup corpus.jsonl --config {out}/config.toml --output {again}")).done();
        index.iter().for_each(|(name, content)| fs::write(path.join("seen").join(name), content).unwrap());
        assert_same(path, &out, &again, option);
    }
}

#[test]
fn every_option_is_a_setting_or_of_one_call() {
    let help = run(Path::new("."), "dedup --help").done();
    let is_name = |name: &&str| name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-');
    let options = help.lines().filter_map(|line| {
        let (short, name) = line.trim_start().split_once("--")?;
        let name = name.split([' ', '[', '.']).next().filter(is_name)?;
        (short.is_empty() || short.starts_with('-')).then(|| name.to_string())
    });
    let named = SETTINGS.iter().flat_map(|(option, _)| option.split(' ')).filter_map(|word| word.strip_prefix("--"));
    let named = named.map(|name| name.split('=').next().unwrap_or(name)).chain(OF_ONE_CALL).map(String::from);
    let (options, named): (BTreeSet<String>, BTreeSet<String>) = (options.collect(), named.collect());
    let missing: Vec<&String> = options.difference(&named).collect();
    assert!(missing.is_empty() && options.len() > 45, "{missing:?}: does config.toml repeat it? {}", options.len());
}

#[test]
fn options_count_more_than_the_file() {
    let folder = folder();
    let path = folder.path();
    let all = "--against tests.jsonl --drop-blank --expand --output-per-file --banding 16x4";
    run(path, &format!("dedup corpus.jsonl {all} --output out")).done();
    let others = "--against more.jsonl --drop-blank=false --expand=false --output-per-file=false --recall 0.9";
    run(path, &format!("dedup corpus.jsonl --config out/config.toml {others} --output other")).done();
    run(path, "dedup corpus.jsonl --against more.jsonl --recall 0.9 --output plain").done();
    let config = fs::read_to_string(path.join("other/config.toml")).unwrap();
    let is_off = |line: &&str| !line.ends_with("= false");
    let lines: Vec<&str> = config.lines().filter(is_off).collect();
    assert_eq!(lines, fs::read_to_string(path.join("plain/config.toml")).unwrap().lines().collect::<Vec<_>>());
    assert_eq!(fs::read(path.join("other/kept.jsonl")).unwrap(), fs::read(path.join("plain/kept.jsonl")).unwrap());
}

#[test]
fn what_a_file_asks_for_is_done_or_said() {
    let folder = folder();
    let path = folder.path();
    for (name, options) in [("against", "--against tests.jsonl"), ("index", "--index seen")] {
        run(path, &format!("dedup corpus.jsonl {options} --output {name}")).done();
        for command in [
            "clusters corpus.jsonl",
            "audit corpus.jsonl",
            "plan corpus.jsonl",
            "trim corpus.jsonl --output trimmed --force",
        ] {
            let ended = run(path, &format!("{command} --config {name}/config.toml"));
            assert!(
                ended.err.contains(&format!("{name}/config.toml: {name} has no effect on twinprint ")),
                "{}",
                ended.err
            );
            ended.done();
        }
        for options in ["--report page.html --output refused", "--dry-run"] {
            let refused = run(path, &format!("dedup corpus.jsonl --config {name}/config.toml {options}")).refused();
            assert!(refused.contains(&format!("cannot be used with --{name}")), "{refused}");
        }
    }
    let given = run(path, "pairs corpus.jsonl --against tests.jsonl").done();
    let read = run(path, "pairs corpus.jsonl --config against/config.toml");
    assert!(!given.is_empty() && !read.err.contains("no effect"), "{}", read.err);
    assert_eq!(read.done(), given);
    let dedup = "dedup corpus.jsonl --output refused --config against/config.toml";
    for (command, said) in [
        (format!("{dedup} --index seen"), "--against cannot be used with --index"),
        (format!("{dedup} --time 2026-01-01"), "--time needs --index"),
        (format!("{dedup} --contained 0.8 --contained-one-in 2"), "--contained-one-in has no effect with --against"),
        (format!("{dedup} --keep longest"), "--keep has no meaning with --against"),
        (
            "pairs corpus.jsonl --config against/config.toml --report page.html".into(),
            "--report cannot be used with --against",
        ),
        ("dedup corpus.jsonl --output refused --time 2026-01-01".into(), "--time needs --index"),
    ] {
        let refused = run(path, &command).refused();
        assert!(refused.contains(said) && !path.join("refused").exists(), "{command}: {refused}");
    }
    let planned = "shard plan corpus.jsonl --work work --shards 2 --config against/config.toml";
    run(path, planned).done();
    assert!(fs::read_to_string(path.join("work/shards.json")).unwrap().contains("\"tests.jsonl\""));
}

#[test]
fn addresses_without_their_secrets_are_not_read() {
    let folder = folder();
    let path = folder.path();
    fs::write(path.join("own.toml"), "against = [\"https://…@host/tests.jsonl?…\"]\n").unwrap();
    let refused = run(path, "dedup corpus.jsonl --config own.toml --output out").refused();
    assert!(refused.contains("give --against with the whole address beside --config"), "{refused}");
    run(path, "dedup corpus.jsonl --config own.toml --against tests.jsonl --output out").done();
    assert!(fs::read_to_string(path.join("out/config.toml")).unwrap().contains("against = [\"tests.jsonl\"]"));
}

#[test]
fn files_of_earlier_versions_are_read_and_say_what_they_lack() {
    let folder = folder();
    let path = folder.path();
    let note = "# Options of this run that are not settings; give them again beside --config:\n# --against \"tests.jsonl\" --drop-blank\n";
    fs::write(path.join("earlier.toml"), format!("{note}threshold = 0.7\nwords = 2\n")).unwrap();
    let ended = run(path, "dedup corpus.jsonl --config earlier.toml --output out");
    assert!(ended.err.contains("earlier.toml: an earlier version wrote this file"), "{}", ended.err);
    assert!(ended.err.contains("give them beside --config: --against \"tests.jsonl\" --drop-blank"), "{}", ended.err);
    ended.done();
    assert!(fs::read_to_string(path.join("out/config.toml")).unwrap().contains("words = 2\n"));
    fs::write(path.join("unknown.toml"), "againts = [\"tests.jsonl\"]\n").unwrap();
    let refused = run(path, "dedup corpus.jsonl --config unknown.toml --output no").refused();
    assert!(refused.contains("unknown field `againts`"), "{refused}");
}

#[cfg(unix)]
#[test]
fn a_file_is_read_once() {
    let folder = folder();
    let path = folder.path();
    let script = "$0 dedup corpus.jsonl --index seen --config <(echo 'drop-blank = true') --output out";
    let program = command(path, [""; 0]).get_program().to_owned();
    let ended =
        std::process::Command::new("bash").current_dir(path).args(["-c", script]).arg(program).output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    assert!(fs::read_to_string(path.join("out/config.toml")).unwrap().contains("drop-blank = true\n"));
}
