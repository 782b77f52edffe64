//! The tools that take long: soak, comparison, benches, other machines. Without arguments each runs at a size that shows
//! that it works.

use std::path::Path;
use std::{fs, process::Stdio};

use crate::process::{Outcome, Repository, capture, heading, run};

/// Builds the command and the tools in the release profile.
///
/// They are built together: cargo chooses features by what is built, and would compile the library once for each. The
/// examples are built apart, because with the features of the command each would link the reader of Parquet.
pub(crate) fn build(repository: &Repository) -> Outcome<()> {
    run(&mut repository.cargo("build --release -p twinprint-cli -p twinprint-soak"))
}

/// Runs the command hard.
pub(crate) fn soak(repository: &Repository, arguments: &[String]) -> Outcome<()> {
    heading("the command, run hard: growth, kills, a full disk, damaged files, two runs at once");
    build(repository)?;
    run(script(repository, "tools/soak/run.sh").arg("--built").args(size(arguments)))
}

/// Compares runs by shards with one run.
pub(crate) fn shards(repository: &Repository, arguments: &[String]) -> Outcome<()> {
    heading("runs by shards have the bytes of one run");
    build(repository)?;
    run(&mut repository.cargo("build --release -p twinprint-generator"))?;
    run(script(repository, "tools/cluster/shards.sh").arg("--built").args(size(arguments)))
}

/// Compares with peers, and prints how many rows of tables came out.
pub(crate) fn compare(repository: &Repository, arguments: &[String]) -> Outcome<()> {
    heading("comparison with peers, at a size that shows that it works");
    for task in ["test", "build"] {
        run(&mut repository.cargo_of("tools/comparison", &format!("{task} --release")))?;
    }
    let mut script = script(repository, "tools/comparison/run.sh");
    let page = capture(script.arg("--built").args(size(arguments)))?;
    let file = repository.target.join("comparison.md");
    fs::write(&file, &page)?;
    let rows = String::from_utf8_lossy(&page).lines().filter(|line| line.starts_with('|')).count();
    if rows == 0 {
        return Err("the comparison printed no table".into());
    }
    println!("{rows} rows, in {}", file.display());
    Ok(())
}

/// Runs the benches: each once, or as criterion does.
pub(crate) fn bench(repository: &Repository, arguments: &[String]) -> Outcome<()> {
    if let Some((_, rest)) = arguments.split_first().filter(|(first, _)| *first == "--full") {
        heading("benches");
        return run(repository.cargo("bench --benches --").args(rest));
    }
    heading("benches, in test mode");
    // The release profile, whose dependencies the examples have built.
    run(&mut repository.cargo("bench --profile release --benches -- --test"))
}

/// Fails every operation on files of a small join, and prints how many there were.
pub(crate) fn faults(repository: &Repository, _: &[String]) -> Outcome<()> {
    heading("every operation on files fails");
    run(&mut repository.cargo("test -p twinprint --lib every_operation_fails -- --ignored --nocapture"))
}

/// Runs tests on emulated machines.
pub(crate) fn machines(repository: &Repository, arguments: &[String]) -> Outcome<()> {
    heading("tests on other machines");
    run(script(repository, "tools/machines/run.sh").args(arguments))
}

fn script(repository: &Repository, path: &str) -> std::process::Command {
    let mut command = repository.program(repository.root.join(Path::new(path)));
    command.stdin(Stdio::null()).env("CARGO_TARGET_DIR", &repository.target);
    command
}

/// Returns the arguments of a tool: `--quick` where none are given, and nothing for `--full`.
fn size(arguments: &[String]) -> Vec<&str> {
    let (full, rest): (Vec<&str>, Vec<&str>) =
        arguments.iter().map(String::as_str).partition(|argument| *argument == "--full");
    if full.is_empty() { [&["--quick"], &rest[..]].concat() } else { rest }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn tools_run_at_a_small_size_unless_asked() {
        let size = |arguments: &[&str]| {
            let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
            size(&arguments).join(" ")
        };
        assert_eq!([size(&[]), size(&["--full"]), size(&["--only", "kills"])], ["--quick", "", "--quick --only kills"]);
    }
}
