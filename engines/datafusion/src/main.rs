//! `twinprint-sql`: deduplicates files of Parquet with DataFusion.

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use twinprint_datafusion::{Options, RunArguments, dedup};

/// Deduplicates texts in files of Parquet by stages of SQL in DataFusion; the answer is that of twinprint dedup.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(flatten)]
    run: RunArguments,
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
    let Arguments { run, memory, partitions } = arguments;
    let mut options = Options { memory: memory.map(|megabytes| megabytes << 20), ..Options::default() };
    options.partitions = partitions.unwrap_or(options.partitions);
    let outcome = dedup(&run.inputs, &run.columns(), &run.settings()?, &options, &run.output).await?;
    println!("{outcome}; {} spills; see {}", outcome.spills, run.output.display());
    Ok(())
}
