//! The arguments of `twinprint shard`.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::{INPUT_HELP, examples, some};
use crate::settings::{Settings, threads};

/// Run dedup in steps, on any number of machines that share a disk.
///
/// The steps are plan, sign, group, bands, merge, verify and clusters. sign, bands and verify run once for each shard, in any order and
/// any number at a time; the others run once. Each step refuses to start before the one that it needs is done, and says what is missing.
/// A step that was killed is run again; one that is done ends at once. The result has the bytes of twinprint dedup in one run.
#[derive(Args, Debug)]
pub(crate) struct Shard {
    #[command(subcommand)]
    pub(crate) command: ShardCommand,
}

/// A step.
#[derive(Debug, Subcommand)]
pub(crate) enum ShardCommand {
    /// Write the plan that all other steps follow: inputs, settings and the number of shards.
    ///
    /// Files are dealt to shards in their order, each file to one shard, so that all shards sign about as many bytes. A file is never
    /// split: a corpus of fewer files than shards leaves some shards nothing to sign. The later steps are split evenly whatever the files.
    #[command(after_long_help = examples::SHARD_PLAN)]
    Plan(Box<ShardPlan>),
    /// Read the files of a shard and store the shingle sets and band keys of their documents.
    Sign(ShardStep),
    /// Find the documents whose shingle sets are equal, when all shards are signed.
    Group(ShardWork),
    /// Find the documents that share a bucket, in a shard's part of the bands.
    Bands(ShardStep),
    /// Merge the candidates that all shards found in their bands.
    Merge(ShardWork),
    /// Verify a shard's part of the candidates.
    Verify(ShardStep),
    /// Work out the clusters, and write what twinprint dedup writes. Reads the inputs two more times.
    #[command(after_long_help = examples::SHARD_CLUSTERS)]
    Clusters(ShardClusters),
    /// Print which steps are done, and the shards that are missing: step, shards that are done, all shards, the missing ones, separated by tabs.
    Status(ShardWork),
}

#[derive(Args, Debug)]
pub(crate) struct ShardPlan {
    #[arg(required = true, value_name = "INPUT", help = INPUT_HELP)]
    pub(crate) inputs: Vec<PathBuf>,
    /// Folder for the work files of all shards, on a disk that all machines share. It is created.
    #[arg(long, value_name = "DIR")]
    pub(crate) work: PathBuf,
    /// Number of shards.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) shards: u32,
    /// Remove the documents that are similar to one of this other corpus, as with twinprint dedup. Shards sign its files, too. May be
    /// repeated.
    #[arg(long, value_name = "OTHER")]
    pub(crate) against: Vec<String>,
    #[command(flatten)]
    pub(crate) settings: Settings,
}

#[derive(Args, Debug)]
pub(crate) struct ShardWork {
    /// The folder of the plan.
    #[arg(long, value_name = "DIR")]
    pub(crate) work: PathBuf,
    /// Number of threads [default: one per core].
    #[arg(long, value_parser = threads, value_name = "N")]
    pub(crate) threads: Option<std::num::NonZeroUsize>,
}

#[derive(Args, Debug)]
pub(crate) struct ShardStep {
    #[command(flatten)]
    pub(crate) folder: ShardWork,
    /// The shard, from 1 to the number of shards, and that number.
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub(crate) shard: ShardNumber,
}

#[derive(Args, Debug)]
pub(crate) struct ShardClusters {
    #[command(flatten)]
    pub(crate) folder: ShardWork,
    /// Folder to write; it is created. With - the kept documents go to standard output, and nothing else is written.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// Replace the files of an earlier run in the output folder.
    #[arg(long)]
    pub(crate) force: bool,
    /// Write one file for each input file, in the folders kept and removed, under the names of the inputs.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, value_name = "BOOL")]
    pub(crate) output_per_file: Option<bool>,
    /// In pairs.tsv, list all pairs of copies, however many.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, value_name = "BOOL")]
    pub(crate) expand: Option<bool>,
    /// Also write a report as an HTML page (or as JSON, if the name ends in .json).
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Also remove blank documents.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, value_name = "BOOL")]
    pub(crate) drop_blank: Option<bool>,
}

/// The number of a shard, from 1, and how many shards there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ShardNumber {
    pub(crate) number: u32,
    pub(crate) of: u32,
}

/// Parses a shard such as `3/8`.
fn shard(text: &str) -> Result<ShardNumber, String> {
    let parsed = text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
    match parsed {
        Some((number, of)) if (1..=of).contains(&number) => Ok(ShardNumber { number, of }),
        _ => Err("it must be the shard, from 1 to the number of shards, and that number, such as 3/8".to_string()),
    }
}

impl ShardPlan {
    /// Returns all settings that are given.
    pub(crate) fn given(&self) -> Result<Settings> {
        Settings { against: some(&self.against), ..Settings::default() }.or(self.settings.clone()).given()
    }
}

impl ShardCommand {
    /// Returns the name of the command and its settings, if it has any.
    pub(super) fn settings_mut(&mut self) -> Option<(&'static str, &mut Settings)> {
        match self {
            Self::Plan(plan) => Some(("shard plan", &mut plan.settings)),
            _ => None,
        }
    }

    /// Returns the work folder.
    pub(crate) fn work(&self) -> &std::path::Path {
        match self {
            Self::Plan(plan) => &plan.work,
            Self::Sign(step) | Self::Bands(step) | Self::Verify(step) => &step.folder.work,
            Self::Group(folder) | Self::Merge(folder) | Self::Status(folder) => &folder.work,
            Self::Clusters(clusters) => &clusters.folder.work,
        }
    }
}
