//! The SQL engines, a workspace of its own.

use std::fs;
use std::path::Path;

use crate::process::{Outcome, Repository, attempt, heading, run, skip};

/// The minor version of Rust that the engines need.
const RUST: u32 = 94;

/// Tests the engines, and checks their code. `--clean` removes the folder that they were built into.
pub(crate) fn run_all(repository: &Repository, arguments: &[String]) -> Outcome<()> {
    heading("the SQL engines, a workspace of its own");
    let is_cleaned = match arguments {
        [] => false,
        [argument] if argument == "--clean" => true,
        _ => return Err("usage: cargo xtask engines [--clean]".into()),
    };
    if minor_version(repository).is_some_and(|minor| minor < RUST) {
        skip(&format!("the engines need Rust 1.{RUST}"));
        return Ok(());
    }
    // A folder of their own: nothing in it serves another task, and it takes gigabytes.
    let target = repository.target.join("engines");
    let outcome = check(repository, &target);
    if is_cleaned && target.exists() {
        fs::remove_dir_all(&target)?;
    }
    outcome?;
    skip(
        "the engine on several machines, which takes a quarter of an hour to build; `cargo xtask cluster ballista` checks it",
    );
    Ok(())
}

fn check(repository: &Repository, target: &Path) -> Outcome<()> {
    let cargo = |arguments: &str| {
        let mut command = repository.cargo_of("engines", arguments);
        command.env("CARGO_TARGET_DIR", target);
        command
    };
    run(&mut cargo("fmt --all --check"))?;
    run(cargo("clippy --all-targets").args(["--", "-D", "warnings"]))?;
    run(&mut cargo("test --quiet"))
}

fn minor_version(repository: &Repository) -> Option<u32> {
    let version = attempt(repository.program("rustc").arg("--version"))?.stdout;
    String::from_utf8(version).ok()?.split('.').nth(1)?.parse().ok()
}
