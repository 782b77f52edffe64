//! The checks of the code: format, lints, tests, documentation, tables, package.

use std::fs;

use crate::process::{Outcome, Repository, attempt, capture, heading, run, skip};

/// The call of clippy that covers the most code. `check` and `msrv` share it, so that it runs once.
const CLIPPY: &str = "clippy --workspace --all-targets --features serde,twinprint-cli/remote -- -D warnings";

/// Checks the format, and runs clippy with all features and with none.
pub(crate) fn check(repository: &Repository, _: &[String]) -> Outcome<()> {
    heading("format");
    run(&mut repository.cargo("fmt --all -- --check"))?;
    heading("clippy, warnings are errors");
    run(&mut repository.cargo(CLIPPY))?;
    run(&mut repository.cargo("clippy --all-targets --no-default-features -- -D warnings"))?;
    heading("clippy of the comparison, a workspace of its own");
    let arguments = ["--all-targets", "--", "-D", "warnings"];
    run(repository.cargo_of("tools/comparison", "clippy").args(arguments))
}

/// Checks licences, sources and known faults of all dependencies, as `deny.toml` says.
pub(crate) fn deny(repository: &Repository, _: &[String]) -> Outcome<()> {
    heading("licences and advisories of dependencies");
    if attempt(&mut repository.cargo("deny --version")).is_none() {
        skip("cargo-deny is not installed; `cargo install --locked cargo-deny` does it");
        return Ok(());
    }
    run(&mut repository.cargo("deny check bans licenses sources"))?;
    if attempt(&mut repository.cargo("deny fetch db")).is_none() {
        skip("the database of advisories cannot be reached");
        return Ok(());
    }
    run(&mut repository.cargo("deny check advisories --disable-fetch"))
}

/// Checks that the code needs no newer compiler than it says.
///
/// Clippy's lint `incompatible_msrv` finds calls of a newer standard library with any compiler. Newer syntax is found
/// only by the old compiler itself.
pub(crate) fn msrv(repository: &Repository, _: &[String]) -> Outcome<()> {
    let manifest = fs::read_to_string(repository.root.join("Cargo.toml"))?;
    let version = rust_version(&manifest).ok_or("Cargo.toml names no rust-version")?;
    heading(&format!("the oldest supported compiler, Rust {version}"));
    run(&mut repository.cargo(CLIPPY))?;
    let old = |arguments: &str| {
        let mut command = repository.program("rustup");
        command.args(["run", version, "cargo"]).args(arguments.split_whitespace()).env_remove("CARGO");
        command
    };
    if attempt(&mut old("--version")).is_none() {
        skip(&format!("Rust {version} is not installed; `rustup toolchain install {version}` does it"));
        return Ok(());
    }
    run(&mut old("check --workspace --features serde"))
}

/// Returns the value of the first line `rust-version = "…"` of a manifest.
fn rust_version(manifest: &str) -> Option<&str> {
    manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).map(|value| value.trim_matches('"'))
}

/// Runs every test.
pub(crate) fn test(repository: &Repository, _: &[String]) -> Outcome<()> {
    heading("tests: README's command");
    run(&mut repository.cargo("test"))?;
    heading("tests of the other crates, and of the features");
    // With inputs at addresses, which are read from a server on this machine. In a run of their own, their crates would have others, such
    // as those of Parquet, built once more.
    run(&mut repository.cargo("test --workspace --exclude twinprint --features twinprint-cli/remote --no-fail-fast"))?;
    run(&mut repository.cargo("test --features serde --lib --test schemes"))?;
    run(&mut repository.cargo("test --no-default-features --lib --test laws"))
}

/// Runs the tests of shared state under schedules that are chosen. The flag changes what every crate is built with, so they have a folder
/// of their own.
pub(crate) fn schedules(repository: &Repository, _: &[String]) -> Outcome<()> {
    heading("threads in thousands of interleavings");
    let mut command = repository.cargo("test --package twinprint --lib interleavings");
    run(command.env("RUSTFLAGS", "--cfg shuttle").env("CARGO_TARGET_DIR", repository.target.join("schedules")))
}

/// Runs golden vectors and statistics at each level; a level that the machine lacks falls back to its best.
pub(crate) fn simd(repository: &Repository, _: &[String]) -> Outcome<()> {
    heading("tests on each SIMD level");
    for level in ["portable", "avx2"] {
        run(repository.cargo("test --test golden --test statistics").env("TWINPRINT_SIMD", level))?;
    }
    Ok(())
}

/// Builds the documentation.
pub(crate) fn doc(repository: &Repository, _: &[String]) -> Outcome<()> {
    heading("documentation, warnings are errors");
    run(repository.cargo("doc --workspace --no-deps --features serde").env("RUSTDOCFLAGS", "-D warnings"))
}

/// Compares the committed Unicode tables with those of the generator.
pub(crate) fn tables(repository: &Repository, _: &[String]) -> Outcome<()> {
    heading("Unicode tables are what their generator makes");
    let made = repository.target.join("tables.rs");
    // The profile of the tests, which have built the generator's dependencies.
    run(repository.cargo("run --quiet --profile test --package unicode-tables --").arg(&made))?;
    let committed = "src/text/unicode/tables.rs";
    if fs::read(&made)? != fs::read(repository.root.join(committed))? {
        return Err(format!("{committed} differs from {}", made.display()).into());
    }
    Ok(())
}

/// Compiles the fuzz targets, which are a workspace of their own.
pub(crate) fn fuzz(repository: &Repository, _: &[String]) -> Outcome<()> {
    heading("fuzz targets compile");
    run(&mut repository.cargo("check --manifest-path fuzz/Cargo.toml"))
}

/// Builds the package from its own files, and prints its size.
pub(crate) fn package(repository: &Repository, _: &[String]) -> Outcome<()> {
    heading("package");
    run(&mut repository.cargo("package --allow-dirty --quiet"))?;
    let id = String::from_utf8(capture(&mut repository.cargo("pkgid"))?)?;
    let version = id.trim().rsplit(['#', '@']).next().unwrap_or_default();
    let name = format!("twinprint-{version}.crate");
    let bytes = fs::metadata(repository.target.join("package").join(&name))?.len();
    println!("{name}: {} kB", bytes.div_ceil(1_000));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::rust_version;

    #[test]
    fn the_version_of_the_compiler_is_read() {
        assert_eq!(rust_version("[package]\nname = \"a\"\nrust-version = \"1.89\"\n"), Some("1.89"));
        assert_eq!(rust_version("[package]\n"), None);
    }
}
