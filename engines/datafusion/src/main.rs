//! `twinprint-sql`: deduplicates files of Parquet with DataFusion.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use twinprint::Scheme;
use twinprint_datafusion::{Columns, Options, Settings, dedup};

/// Deduplicates texts in files of Parquet by stages of SQL in DataFusion; the answer is that of twinprint dedup.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Files or folders of Parquet.
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// The folder for the stages, kept.parquet and removed.parquet. A run that was interrupted in it goes on.
    #[arg(short, long)]
    output: PathBuf,
    /// The column of the text.
    #[arg(long, default_value = "text")]
    text: String,
    /// The column of the id.
    #[arg(long, default_value = "id")]
    id: String,
    /// The column that orders the texts: of similar ones, the first is kept. Defaults to that of the id.
    #[arg(long)]
    order: Option<String>,
    /// The least Jaccard similarity of a pair.
    #[arg(long, default_value_t = 0.5)]
    threshold: f64,
    /// Words per shingle. Defaults to the scheme for news, 3 with 256 hashes.
    #[arg(long)]
    words: Option<u32>,
    /// The most sets of a bucket that are all compared.
    #[arg(long)]
    bucket_limit: Option<usize>,
    /// Megabytes that the engine may hold; what is beyond is written to disk. Some 16 for each partition are needed.
    #[arg(long)]
    memory: Option<usize>,
    /// Partitions that work at the same time. Defaults to the number of cores.
    #[arg(long)]
    partitions: Option<usize>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("twinprint-sql: {error:#}");
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: Arguments) -> Result<()> {
    let scheme = match arguments.words {
        None => Scheme::news(),
        Some(words) => Scheme::builder().words(words).build()?,
    };
    let settings = Settings {
        scheme,
        threshold: arguments.threshold,
        bucket_limit: arguments.bucket_limit,
        ..Settings::default()
    };
    let order = arguments.order.unwrap_or_else(|| arguments.id.clone());
    let columns = Columns { text: arguments.text, id: arguments.id, order };
    let mut options = Options { memory: arguments.memory.map(|megabytes| megabytes << 20), ..Options::default() };
    options.partitions = arguments.partitions.unwrap_or(options.partitions);
    let outcome = dedup(&arguments.inputs, &columns, &settings, &options, &arguments.output).await?;
    println!(
        "{} documents: {} kept, {} removed, {} pairs; {} spills; see {}",
        outcome.documents,
        outcome.kept,
        outcome.removed,
        outcome.pairs,
        outcome.spills,
        arguments.output.display()
    );
    Ok(())
}
