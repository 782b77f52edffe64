//! The SQL engines, a workspace of its own.

use crate::process::{Outcome, Repository, attempt, heading, run, skip};

/// The minor version of Rust that the engines need.
const RUST: u32 = 94;

/// Tests the engines, and checks their code.
pub(crate) fn run_all(repository: &Repository, _: &[String]) -> Outcome<()> {
    heading("the SQL engines, a workspace of its own");
    if minor_version(repository).is_some_and(|minor| minor < RUST) {
        skip(&format!("the engines need Rust 1.{RUST}"));
        return Ok(());
    }
    run(&mut repository.cargo_of("engines", "fmt --all --check"))?;
    run(repository.cargo_of("engines", "clippy --all-targets").args(["--", "-D", "warnings"]))?;
    run(&mut repository.cargo_of("engines", "test --quiet"))
}

fn minor_version(repository: &Repository) -> Option<u32> {
    let version = attempt(repository.program("rustc").arg("--version"))?.stdout;
    String::from_utf8(version).ok()?.split('.').nth(1)?.parse().ok()
}
