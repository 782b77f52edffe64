//! Finds the commit that is built, for `twinprint --version`.
//!
//! There may be none: a package has no history, and needs no git to be built.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-env-changed=TWINPRINT_COMMIT");
    println!("cargo::rerun-if-changed=build.rs");
    let commit = std::env::var("TWINPRINT_COMMIT").ok().or_else(packaged).or_else(checked_out).unwrap_or_default();
    println!("cargo::rustc-env=TWINPRINT_COMMIT={}", commit.trim());
}

/// Returns the commit that `cargo package` noted.
fn packaged() -> Option<String> {
    let note = std::fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let (_, after) = note.split_once("\"sha1\"")?;
    let sha1 = after.split('"').nth(1)?;
    sha1.get(..12).map(str::to_string)
}

/// Returns the commit of the checkout that holds this file.
fn checked_out() -> Option<String> {
    // A package may have been unpacked within another project's checkout.
    git(&["ls-files", "--error-unmatch", "build.rs"])?;
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    // The log of HEAD grows with each commit and each checkout.
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"]).filter(|log| Path::new(log).exists()) {
        println!("cargo::rerun-if-changed={log}");
    }
    Some(commit)
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_string())
}
