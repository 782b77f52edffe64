//! Every example, and that joins in memory, joins on disk and the command give the same bytes on real texts.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, io};

use crate::process::{Outcome, Repository, capture, heading, run, skip};
use crate::workshop::build;

/// The corpora of the shared data that have a file `docs.jsonl`.
const CORPORA: [&str; 3] = ["peps", "rustbook_cjk", "licenses"];

/// Real texts beside the checkout.
fn data(repository: &Repository) -> Option<PathBuf> {
    let folder = repository.root.join("../shared/data");
    folder.is_dir().then_some(folder)
}

/// Runs every example.
pub(crate) fn run_every(repository: &Repository, _: &[String]) -> Outcome<()> {
    heading("every example");
    build_examples(repository)?;
    run(&mut repository.cargo("run --release --example news"))?;
    for name in ["quickstart", "streaming", "tune_threshold", "custom_features"] {
        run(example(repository, name).stdout(Stdio::null()))?;
    }
    run(example(repository, "choose_rare_words").arg("2000").stdout(Stdio::null()))?;
    two_documents(repository)?;
    let Some(data) = data(repository) else {
        skip("no ../shared/data beside the checkout, so the examples ran on the sample corpus only");
        return Ok(());
    };
    run(example(repository, "news").arg(data.join("news")))?;
    for corpus in CORPORA {
        memory_and_disk(repository, &data.join(corpus).join("docs.jsonl"))?;
    }
    let book = data.join("rustbook_cjk");
    let mut choose = example(repository, "choose_n");
    run(choose.args([book.join("docs.jsonl"), book.join("labels.tsv")]).arg("ja/").stdout(Stdio::null()))
}

/// Compares the pairs that the command prints with those of the example.
pub(crate) fn command(repository: &Repository, _: &[String]) -> Outcome<()> {
    heading("the command finds the pairs that the library finds");
    let Some(data) = data(repository) else {
        skip("no ../shared/data beside the checkout");
        return Ok(());
    };
    build_examples(repository)?;
    build(repository)?;
    for corpus in CORPORA {
        let file = data.join(corpus).join("docs.jsonl");
        let mut command = repository.release("twinprint");
        command.arg("pairs").arg(&file).args("--words 3 --threshold 0.5 --memory 512M --threads 2".split(' '));
        same(&file, &capture(&mut find_pairs(repository, &file))?, &capture(&mut command)?)?;
    }
    Ok(())
}

fn build_examples(repository: &Repository) -> Outcome<()> {
    run(&mut repository.cargo("build --release --examples"))
}

fn example(repository: &Repository, name: &str) -> Command {
    repository.release(&format!("examples/{name}"))
}

fn find_pairs(repository: &Repository, file: &Path) -> Command {
    let mut command = example(repository, "find_pairs");
    command.arg(file).args(["--words", "3", "--threshold", "0.5"]);
    command
}

/// Two equal documents are one pair.
fn two_documents(repository: &Repository) -> Outcome<()> {
    let file = repository.target.join("two.jsonl");
    fs::write(&file, "{\"id\": 1, \"text\": \"a b c d\"}\n{\"id\": 2, \"text\": \"a b c d\"}\n")?;
    let pairs = capture(example(repository, "find_pairs").arg(&file))?;
    same(&file, b"1\t2\t1.000000\n", &pairs)
}

/// The same pairs on all cores, on one thread of plain Rust, and on disk with little memory.
fn memory_and_disk(repository: &Repository, file: &Path) -> Outcome<()> {
    let expected = capture(&mut find_pairs(repository, file))?;
    let mut plain = find_pairs(repository, file);
    same(file, &expected, &capture(plain.args(["--threads", "1"]).env("TWINPRINT_SIMD", "portable"))?)?;
    let work = repository.target.join("pairs_work");
    match fs::remove_dir_all(&work) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let mut disk = find_pairs(repository, file);
    same(file, &expected, &capture(disk.arg("--work").arg(&work).args(["--memory", "64"]))?)
}

fn same(file: &Path, expected: &[u8], pairs: &[u8]) -> Outcome<()> {
    if expected == pairs {
        return Ok(());
    }
    let lines = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
    Err(format!("{}: {} pairs, and {} others", file.display(), lines(expected), lines(pairs)).into())
}
