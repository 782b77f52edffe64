//! Finds every pair of similar documents of a JSON lines file, verified. Standard output has one line for each pair and
//! nothing else: `id1<TAB>id2<TAB>jaccard`.
//!
//! ```text
//! cargo run --release --example find_pairs -- corpus.jsonl --words 3 --threshold 0.5
//! ```

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use twinprint::join::DiskJoin;
use twinprint::result::VerifiedPairs;
use twinprint::{Document, Error, Scheme, SimilarityJoin};
use twinprint_documents::{Batch, ErrorKind, Options, open};

/// Prints every pair of documents whose shingle sets reach a Jaccard similarity.
#[derive(Parser)]
struct Arguments {
    /// JSON lines with the fields "id" (a string or an integer) and "text"; or a folder of .txt files.
    file: PathBuf,
    /// Words a shingle, in every script.
    #[arg(long, conflicts_with = "chars", value_name = "N")]
    words: Option<u32>,
    /// Characters a shingle, instead of words.
    #[arg(long, value_name = "N")]
    chars: Option<u32>,
    /// The least Jaccard similarity, greater than 0 and at most 1.
    #[arg(long, default_value_t = 0.5, value_name = "T", allow_negative_numbers = true)]
    threshold: f64,
    /// Positions of a signature.
    #[arg(long, default_value_t = 128, value_name = "K")]
    num_hashes: u32,
    /// Number of threads; defaults to one for each core.
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// Keep sets and band keys in this folder, and find the same pairs with little memory. An interrupted run continues
    /// from what the folder holds.
    #[arg(long, value_name = "FOLDER")]
    work: Option<PathBuf>,
    /// Megabytes of memory to take, with --work.
    #[arg(long, default_value_t = 1024, value_name = "MB", requires = "work")]
    memory: u64,
    /// Skip records that cannot be read, and count them.
    #[arg(long)]
    skip_bad: bool,
    /// Replace bytes that are not UTF-8.
    #[arg(long)]
    lossy: bool,
}

/// Groups of equal documents print all their pairs up to this size.
const GROUP_LIMIT: usize = 1_000;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let of_record =
                error.downcast_ref::<twinprint_documents::Error>().is_some_and(|error| error.line.is_some());
            let remedy = if of_record { "; mend the line, or set such lines aside with --skip-bad" } else { "" };
            eprintln!("find_pairs: {error}{remedy}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let builder = Scheme::builder().num_hashes(arguments.num_hashes);
    let scheme = match (arguments.words, arguments.chars) {
        (_, Some(chars)) => builder.characters(chars),
        (words, None) => builder.words(words.unwrap_or(3)),
    };
    let builder = SimilarityJoin::builder(&scheme.build()?).threshold(arguments.threshold);
    let mut join = match &arguments.work {
        Some(folder) => Join::OnDisk(Box::new(builder.memory_limit(arguments.memory << 20).build_on_disk(folder)?)),
        None => Join::InMemory(Box::new(builder.build()?)),
    };
    if let Some(threads) = arguments.threads {
        rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build_global()?;
    }

    let started = Instant::now();
    let (mut documents, mut bytes, mut skipped) = (0, 0, 0);
    let mut reader =
        open(&arguments.file, &Options { lossy: arguments.lossy, skip_bad: arguments.skip_bad, ..Options::default() })?;
    while let Some(batch) = reader.next_batch()? {
        if let Some((id, _)) = batch.documents().find(|(id, _)| id.contains(['\t', '\n', '\r'])) {
            let wrong = "holds a tab or a line break, which would break the output";
            return Err(format!("the id {id:?} {wrong}").into());
        }
        documents += batch.documents().count();
        join.push_all(batch)?;
        batch.rejected.iter().for_each(|rejected| eprintln!("set aside: {}", rejected.error));
        (bytes, skipped) = (bytes + batch.bytes, skipped + batch.rejected.len());
    }
    if documents == 0 && skipped == 0 {
        return Err(format!("{}: {}", arguments.file.display(), ErrorKind::NoRecords).into());
    }
    let found = join.finish()?;
    report(&found, bytes, skipped, started.elapsed().as_secs_f64());
    match print(&found) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => Ok(printed?),
    }
}

/// A join in memory or on disk.
enum Join {
    InMemory(Box<SimilarityJoin<String>>),
    OnDisk(Box<DiskJoin>),
}

impl Join {
    fn push_all(&mut self, batch: &Batch) -> Result<(), Error> {
        match self {
            Self::InMemory(join) => {
                join.push_all(batch.documents().map(|(id, text)| Document::text(id.to_string(), text)))
            }
            Self::OnDisk(join) => join.push_all(batch.documents().map(|(id, text)| Document::text(id, text))),
        }
    }

    fn finish(self) -> Result<VerifiedPairs<String>, Error> {
        match self {
            Self::InMemory(join) => join.finish(),
            Self::OnDisk(join) => join.finish()?.load(),
        }
    }
}

fn print(found: &VerifiedPairs<String>) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for pair in found.all_pairs(GROUP_LIMIT) {
        writeln!(out, "{}\t{}\t{:.6}", pair.left, pair.right, pair.jaccard())?;
    }
    out.flush()
}

fn report(found: &VerifiedPairs<String>, bytes: u64, skipped: usize, seconds: f64) {
    let stats = found.stats();
    eprintln!(
        "{} documents ({} empty, {} copies, {} others with equal sets, {skipped} set aside), {} candidates, {} compared, {} pairs of \
         distinct texts verified, {seconds:.2} s, {:.1} MB/s",
        stats.documents,
        stats.empty,
        stats.copies,
        stats.equal_sets - stats.copies,
        stats.candidates,
        stats.compared,
        stats.verified,
        bytes as f64 / 1e6 / seconds
    );
    let large = found.equal_sets().iter().map(Vec::len).filter(|size| *size > GROUP_LIMIT).collect::<Vec<_>>();
    if !large.is_empty() {
        eprintln!("groups of more than {GROUP_LIMIT} equal documents print each with the first only: sizes {large:?}");
    }
    if stats.pairs_passed_over > 0 {
        eprintln!(
            "{} oversized buckets: up to {} of their pairs were not compared, and {:.4} or more of the similar ones were found",
            stats.oversized_buckets,
            stats.pairs_passed_over,
            stats.min_recall()
        );
    }
}
