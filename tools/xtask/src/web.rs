//! The page for the browser: the library as WebAssembly within one HTML file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{Outcome, Repository, attempt, heading, run, skip};

const TARGET: &str = "wasm32-unknown-unknown";

/// Builds the page and checks it in Node and in Chromium.
pub(crate) fn run_all(repository: &Repository, _: &[String]) -> Outcome<()> {
    heading("the page for the browser");
    let Some(mut build) = compiler(repository) else {
        skip(
            "the target wasm32-unknown-unknown is missing: rustup target add wasm32-unknown-unknown, \
             or on Debian apt-get install rustc-web rust-web-src",
        );
        return Ok(());
    };
    run(&mut build)?;
    let module = repository.target.join(TARGET).join("release/twinprint_web.wasm");
    let page = assemble(repository, &module)?;
    println!("{}: {} kB, the module is {} kB", page.display(), size(&page)?, size(&module)?);

    heading("clippy and tests of the page's module");
    run(repository.cargo_of("web", "clippy --all-targets").args(["--", "-D", "warnings"]))?;
    run(&mut repository.cargo_of("web", "fmt --check"))?;
    run(&mut repository.cargo_of("web", "test --quiet"))?;
    check_in_node(repository, &module)?;
    check_in_browser(repository, &page)
}

/// Returns whether the page can be built.
pub(crate) fn has_compiler(repository: &Repository) -> bool {
    compiler(repository).is_some()
}

/// Returns the call that builds the module, or `None` if there is no standard library for it.
fn compiler(repository: &Repository) -> Option<Command> {
    let mut build = repository.cargo_of("web", "build --release");
    build.args(["--target", TARGET]);
    let here = sysroot(repository, Path::new("rustc"))?;
    if here.join("lib/rustlib").join(TARGET).join("lib").exists() {
        return Some(build);
    }
    // Debian has the sources of the standard library, with all it needs, for a compiler of its own.
    let debian = std::env::var_os("TWINPRINT_WEB_SYSROOT").map_or(PathBuf::from("/usr"), PathBuf::from);
    let (rustc, library) = (debian.join("bin/rustc"), debian.join("lib/rustlib/src/rust/library"));
    let linker = here.join("lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld");
    if !(rustc.exists() && library.exists() && linker.exists()) {
        return None;
    }
    let libraries = debian.join("lib/x86_64-linux-gnu");
    build
        .arg("-Zbuild-std=std,panic_abort")
        .env("RUSTC", rustc)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("LD_LIBRARY_PATH", libraries)
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    Some(build)
}

fn sysroot(repository: &Repository, rustc: &Path) -> Option<PathBuf> {
    let output = attempt(repository.program(rustc).args(["--print", "sysroot"]))?;
    Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim()))
}

/// Puts the module and the scripts into the page.
fn assemble(repository: &Repository, module: &Path) -> Outcome<PathBuf> {
    let web = repository.root.join("web");
    let scripts = ["module.js", "page.js"].map(|name| fs::read_to_string(web.join(name)));
    let [module_js, page_js] = scripts;
    let page = fs::read_to_string(web.join("page.html"))?
        .replace("@MODULE@", &base64(&fs::read(module)?))
        .replace("/*SCRIPT*/", &(module_js? + &page_js?));
    let file = web.join("dist/twinprint.html");
    fs::create_dir_all(web.join("dist"))?;
    fs::write(&file, page)?;
    Ok(file)
}

fn check_in_node(repository: &Repository, module: &Path) -> Outcome<()> {
    heading("the module in Node");
    if attempt(repository.program("node").arg("--version")).is_none() {
        skip("no Node");
        return Ok(());
    }
    run(repository.program("node").arg("web/tests/module.mjs").arg(module))
}

/// Opens the page from disk; its title then has the golden vectors and the answers to the example.
fn check_in_browser(repository: &Repository, page: &Path) -> Outcome<()> {
    heading("the page in Chromium");
    if attempt(repository.program("chromium").arg("--version")).is_none() {
        skip("no Chromium");
        return Ok(());
    }
    let mut browser = repository.program("chromium");
    browser.args(["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000", "--dump-dom"]);
    // What the browser says of a system without a desktop is no concern of the page.
    let output = attempt(browser.arg(format!("file://{}#test", page.display()))).ok_or("Chromium failed")?;
    let document = String::from_utf8(output.stdout)?;
    let golden = fs::read_to_string(repository.root.join("web/tests/golden.json"))?;
    let golden: String = golden.chars().filter(|letter| !letter.is_whitespace()).collect();
    let expected = [
        golden.as_str(),
        "3 texts, 1 pairs; 2 kept, 1 removed",
        "\"marked\":[\"The ferry to Skelby was cancelled on Monday because of high winds, the operator said\"",
    ];
    for part in expected {
        if !document.contains(part) {
            let title = document.split("</title>").next().unwrap_or_default();
            return Err(format!("the page does not show {part}; its title is {title}").into());
        }
    }
    println!("golden vectors, example and shared passages are as expected");
    Ok(())
}

fn size(file: &Path) -> Outcome<u64> {
    Ok(fs::metadata(file)?.len() / 1000)
}

/// Encodes bytes as base64.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let number = (0..3).fold(0, |number, place| number << 8 | u32::from(chunk.get(place).copied().unwrap_or(0)));
        for place in 0..4 {
            let letter = char::from(LETTERS[(number >> (18 - 6 * place)) as usize & 63]);
            text.push(if place <= chunk.len() { letter } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_of_every_remainder() {
        let texts = ["", "f", "fo", "foo", "foob"].map(|text| base64(text.as_bytes()));
        assert_eq!(texts, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]);
    }
}
