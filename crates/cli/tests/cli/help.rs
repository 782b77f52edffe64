//! The help texts, and options that have no effect.

use crate::process::{command, run};
use crate::snapshots::COMMANDS;

/// An earlier name of `stories`.
const HIDDEN: &str = "rewrites";

#[test]
fn every_command_has_help_on_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let all = run(folder.path(), "--help").done();
    assert!(all.contains("Exit status: 0"), "{all}");
    for command in COMMANDS.into_iter().filter(|command| *command != HIDDEN) {
        assert!(all.contains(&format!("\n  {command} ")), "{command}");
        let help = run(folder.path(), &format!("{command} --help")).done();
        assert!(help.contains(&format!("Usage: twinprint {command}")), "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{command}: a line is too long");
    }
    for command in ["trim", "stories", "rewrites"] {
        assert!(run(folder.path(), &format!("{command} --help")).done().contains("Memory: "), "{command}");
    }
    assert!(run(folder.path(), "--version").done().starts_with("twinprint "));
}

#[test]
fn options_are_shown_where_they_have_an_effect_and_taken_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let shows = |command: &str, option: &str| run(folder.path(), &format!("{command} -h")).done().contains(option);
    for option in ["--keep <", "--most-of-corpus", "--most-of-source"] {
        assert!(shows("dedup", option), "{option}");
        assert!(!shows("pairs", option) && !shows("audit", option) && !shows("plan", option), "{option}");
    }
    assert!(shows("clusters", "--keep <") && !shows("clusters", "--most-of-corpus"));
    std::fs::write(folder.path().join("corpus.jsonl"), "{\"id\": 1, \"text\": \"x\"}\n").unwrap();
    assert_eq!(run(folder.path(), "pairs corpus.jsonl --keep longest --most-of-corpus 1").done(), "");
}

#[test]
fn what_is_no_command_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let ended = run(folder.path(), "");
    assert_eq!((ended.status, ended.out.as_str()), (2, ""));
    assert!(ended.err.contains("Usage: twinprint"), "{}", ended.err);
    assert!(run(folder.path(), "deduplicate x").refused().contains("deduplicate"));
    assert!(run(folder.path(), "pairs x --treshold 1").refused().contains("--threshold"));
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        "--help",
        "-h",
        "help",
        "--version",
        "-V",
        "dedup --help",
        "help index add",
        "dedup \u{1b} --help",
        "completions bash",
        "man",
        "man dedup",
    ] {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let program = command(folder.path(), &arguments).get_program().to_owned();
        let ended = std::process::Command::new(&program).args(&arguments).stdout(full).output().unwrap();
        let message = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{arguments:?}: {message}");
        assert!(message.starts_with("twinprint: ") && message.contains("No space left"), "{arguments:?}: {message}");
        // A reader who is gone is no error.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ended = std::process::Command::new(&program).args(&arguments).stdout(writer).output().unwrap();
        assert_eq!((ended.status.code(), ended.stderr), (Some(0), Vec::new()), "{arguments:?}");
    }
}
