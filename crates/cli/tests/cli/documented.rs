//! The pages of the repository show what the command prints.

use std::fs;
use std::path::{Path, PathBuf};

use crate::process::run;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A call that a page shows, and the lines that it shows below.
struct Shown {
    arguments: String,
    lines: Vec<String>,
}

/// Returns the calls on the sample corpus. A call ends at the next one, at an empty line, or with its block.
fn shown(page: &str) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    let mut is_open = false;
    for line in page.lines() {
        if let Some(arguments) = line.strip_prefix("$ twinprint ") {
            all.push(Shown { arguments: arguments.to_string(), lines: Vec::new() });
            is_open = true;
        } else if line.is_empty() || line.starts_with("```") {
            is_open = false;
        } else if let Some(last) = all.last_mut().filter(|_| is_open) {
            last.lines.push(line.to_string());
        }
    }
    // What a plan costs differs from machine to machine.
    let is_on_corpus = |shown: &Shown| {
        let mut words = shown.arguments.split(' ');
        words.next() != Some("plan")
            && words.any(|word| word == "news" || word == "examples/news")
            && !shown.arguments.contains('|')
    };
    all.into_iter().filter(is_on_corpus).collect()
}

/// Replaces every time, which differs from run to run, and the white space that lines a table up.
fn plain(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_time = |at: usize| {
        let unit = words.get(at + 1).is_some_and(|unit| unit.trim_end_matches([';', ',']) == "s");
        unit && words[at].parse::<f64>().is_ok()
    };
    let word = |at: usize| if is_time(at) { "TIME" } else { words[at] };
    (0..words.len()).map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_command_prints_what_the_pages_show() {
    let (mut checked, mut wrong) = (0, Vec::new());
    for page in ["README.md", "crates/cli/README.md"] {
        let page = fs::read_to_string(repository().join(page)).expect("in the repository");
        for Shown { arguments, lines } in shown(&page) {
            let outputs = tempfile::tempdir().expect("a folder");
            fs::create_dir_all(outputs.path().join("examples")).expect("created");
            let corpus = repository().join("examples/news");
            for place in ["news", "examples/news"] {
                std::os::unix::fs::symlink(&corpus, outputs.path().join(place)).expect("linked");
            }
            let ended = run(outputs.path(), &arguments);
            assert_eq!(ended.status, 0, "{arguments}: {}", ended.err);
            let printed: Vec<String> = ended.out.lines().chain(ended.err.lines()).map(plain).collect();
            for line in lines.iter().map(|line| plain(line)).filter(|line| !line.contains('…')) {
                checked += 1;
                if !printed.contains(&line) {
                    wrong.push(format!("{arguments} prints no {line:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(checked > 10, "only {checked} lines were found");
}
