//! Measures twinprint and its peers in one run, on one input, and prints Markdown tables for BENCHMARKS.md.
//!
//! ```text
//! cargo run --release -p twinprint-comparison -- --date 2026-11-25 --csv benches/record
//! ```
//!
//! The contestants of a table take turns in every round. Times are medians, and ratios are medians of the ratios within a
//! round. The module `peers` says which function of each peer is measured, and which crates were left out.

mod corpus;
mod machine;
mod measure;
mod peers;
mod splitting;
mod table;
mod tables;
mod truth;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum};

use corpus::Corpus;
use machine::Machine;
use measure::{Effort, Outcome};
use splitting::Splitting;
use tables::Setting;
use tables::pairs::TASK;

/// Compares twinprint with its peers, and prints Markdown.
#[derive(Parser)]
struct Arguments {
    /// Megabytes of news to make.
    #[arg(long, default_value_t = 160, value_name = "N")]
    corpus_mb: u64,
    /// JSON lines to read instead of made news.
    #[arg(long, value_name = "FILE")]
    corpus: Option<PathBuf>,
    /// JSON lines of long documents, a second corpus for the tables of pairs.
    #[arg(long, default_value = "../shared/data/peps/docs.jsonl", value_name = "FILE")]
    peps: PathBuf,
    /// Prints only this table; may be repeated.
    #[arg(long, value_enum, value_name = "NAME")]
    only: Vec<Name>,
    /// Rounds. Every contestant runs once in each.
    #[arg(long, default_value_t = 5, value_name = "N")]
    repeats: usize,
    /// The minimum time of one measurement, in milliseconds.
    #[arg(long, default_value_t = 100, value_name = "MS")]
    milliseconds: u64,
    /// Documents in the table of the index.
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    documents: usize,
    /// The date that the tables name.
    #[arg(long)]
    date: Option<String>,
    /// Also writes each table as a CSV file into this folder, in the form of `benches/record`.
    #[arg(long, value_name = "FOLDER")]
    csv: Option<PathBuf>,
    /// The folder that keeps corpora and true pairs. Defaults to `comparison` in the target folder.
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Writes the true pairs of the first corpus: left, right, then the Jaccard similarity over twinprint's word
    /// 5-grams and over those of words cut at ASCII white space and punctuation ("-" where it is below the threshold).
    #[arg(long, value_name = "FILE")]
    write_truth: Option<PathBuf>,
}

/// The tables.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    /// Hashes to signature.
    Signatures,
    /// Text to signature and to shingle hashes.
    Text,
    /// JSON lines to pairs.
    Pairs,
    /// Two threads against one.
    Threads,
    /// Index and join at size.
    Index,
    /// Error and time of both algorithms.
    Algorithms,
    /// Families of hash functions for classic MinHash.
    Families,
    /// No table; for `--write-truth`.
    Truth,
}

/// Measures and prints.
type Print = fn(&Setting) -> Outcome<()>;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("comparison: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Outcome<()> {
    let folder = folder(arguments)?;
    let setting = Setting {
        machine: Machine::new(arguments.date.clone()),
        csv: arguments.csv.clone(),
        effort: Effort { repeats: arguments.repeats, least: Duration::from_millis(arguments.milliseconds) },
        corpora: corpora(arguments, &folder)?,
        documents: arguments.documents.max(1),
        folder,
    };
    if let Some(file) = &arguments.write_truth {
        write_truth(&setting, file)?;
    }
    let tables: [(Name, Print); 7] = [
        (Name::Signatures, tables::signatures::print),
        (Name::Text, tables::text::print),
        (Name::Pairs, tables::pairs::print),
        (Name::Threads, tables::pairs::print_threads),
        (Name::Index, tables::index::print),
        (Name::Algorithms, tables::algorithms::print),
        (Name::Families, tables::families::print),
    ];
    for (name, print) in tables {
        if arguments.only.is_empty() || arguments.only.contains(&name) {
            print(&setting)?;
        }
    }
    Ok(())
}

/// Returns the folder for corpora. It is in the target folder by default, so that `cargo clean` removes it.
fn folder(arguments: &Arguments) -> Outcome<PathBuf> {
    let beside = || Some(std::env::current_exe().ok()?.parent()?.parent()?.join("comparison"));
    let folder = arguments.folder.clone().or_else(beside).ok_or("name a folder for corpora with --folder")?;
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn corpora(arguments: &Arguments, folder: &Path) -> Outcome<Vec<Corpus>> {
    let first = match &arguments.corpus {
        Some(path) => Corpus::open("given texts", path)?,
        None => Corpus::make(&folder.join("corpus.jsonl"), arguments.corpus_mb)?,
    };
    let mut corpora = vec![first];
    if arguments.peps.exists() {
        corpora.push(Corpus::open("long documents (PEPs in their revisions)", &arguments.peps)?);
    } else {
        eprintln!("comparison: no file {}: the tables of pairs go without long documents", arguments.peps.display());
    }
    Ok(corpora)
}

/// Writes both kinds of true pairs as one table, for contestants outside Rust.
fn write_truth(setting: &Setting, file: &Path) -> Outcome<()> {
    let Some(corpus) = setting.corpora.first() else { return Ok(()) };
    let truth = |splitting| truth::of_corpus(corpus, splitting, TASK.threshold, &setting.folder);
    let mut pairs: std::collections::BTreeMap<(u32, u32), [Option<f64>; 2]> = std::collections::BTreeMap::new();
    for (column, splitting) in [Splitting::Scheme, Splitting::Punctuation].into_iter().enumerate() {
        for (left, right, jaccard) in truth(splitting)? {
            pairs.entry((left, right)).or_default()[column] = Some(jaccard);
        }
    }
    let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
    let text = |jaccard: Option<f64>| jaccard.map_or("-".to_string(), |jaccard| jaccard.to_string());
    for ((left, right), [scheme, own]) in pairs {
        writeln!(out, "{left}\t{right}\t{}\t{}", text(scheme), text(own))?;
    }
    Ok(out.flush()?)
}
