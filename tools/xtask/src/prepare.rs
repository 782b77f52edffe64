//! Packages of the system that some tests need. Without them those tests skip themselves.

use std::path::Path;

use crate::process::{Outcome, Repository, attempt, heading, skip};
use crate::web;

/// Installs the Unicode Consortium's test files, a browser, and a compiler for WebAssembly.
pub(crate) fn run(repository: &Repository, _: &[String]) -> Outcome<()> {
    heading("the Unicode Consortium's tests");
    let tests = || Path::new("/usr/share/unicode/auxiliary/WordBreakTest.txt").exists();
    if !tests() {
        install(repository, "unicode-data");
    }
    if !tests() {
        skip("the package unicode-data cannot be installed");
    }

    heading("a browser for the tests of the report");
    let browser = || attempt(repository.program("chromium").arg("--version")).is_some();
    if !browser() {
        install(repository, "chromium");
    }
    if !browser() {
        skip("no Chromium, so the page is not opened in a browser");
    }

    heading("a compiler for the page");
    if !web::has_compiler(repository) {
        install(repository, "rustc-web");
        install(repository, "rust-web-src");
    }
    if !web::has_compiler(repository) {
        skip("neither the target wasm32-unknown-unknown nor rustc-web, so the page is not built");
    }
    Ok(())
}

/// Tries to install a Debian package. Where that fails, the caller notices that the files are missing.
fn install(repository: &Repository, package: &str) {
    let output = attempt(repository.program("id").arg("-u"));
    if output.is_none_or(|output| output.stdout != b"0\n") {
        return;
    }
    let apt = |arguments: &[&str]| attempt(repository.program("apt-get").args(arguments));
    if apt(&["update"]).is_some() {
        apt(&["install", "-y", "--no-install-recommends", package]);
    }
}
