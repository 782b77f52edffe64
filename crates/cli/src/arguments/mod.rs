//! The command line.

mod addresses;
mod examples;
mod index;
mod options;
mod rewrites;
mod shard;
mod stories;
mod trim;

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use crate::color::Color;
use crate::settings::{DEFAULT_FREQUENCY_LIMIT, Settings, document_frequency, number, whole};
use crate::version;
pub(crate) use addresses::refusal as refusal_of_address;
pub(crate) use index::{
    Index, IndexAdd, IndexCommand, IndexCreate, IndexExpire, IndexFolder, IndexInfo, IndexMerge, IndexQuery,
    IndexRemove,
};
pub(crate) use rewrites::Rewrites;
pub(crate) use shard::{Shard, ShardClusters, ShardCommand, ShardNumber, ShardPlan, ShardStep, ShardWork};
pub(crate) use stories::Stories;
pub(crate) use trim::{Trim, TrimUnit};

/// Finds near-duplicate documents in files of any size: every pair is verified, and memory stays within a limit.
#[derive(Debug, Parser)]
#[command(
    name = "twinprint",
    version = version::text(),
    after_help = examples::OF_ALL,
    after_long_help = examples::OF_ALL_LONG
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Print progress messages; twice prints more of them.
    #[arg(short, long, action = clap::ArgAction::Count, global = true, display_order = 900)]
    pub(crate) verbose: u8,
    /// Print nothing but results and errors: no warnings, no progress, no closing line.
    #[arg(short, long, global = true, conflicts_with = "verbose", display_order = 901)]
    pub(crate) quiet: bool,
    /// When to colour messages. The variable `NO_COLOR` turns colours off where this is auto.
    #[arg(long, value_enum, value_name = "WHEN", global = true, default_value_t, display_order = 902)]
    pub(crate) color: Color,
}

/// Help text of the inputs.
const INPUT_HELP: &str = "Files of JSON lines, CSV, TSV, Parquet, Arrow or texts, also compressed; folders; patterns; or - for standard input";

/// The subcommand and its arguments.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Split a corpus into kept and removed documents, with the reason for each removal.
    #[command(after_long_help = examples::DEDUP)]
    Dedup(Dedup),
    /// Print every pair of similar documents: id1, id2, Jaccard similarity, separated by tabs.
    #[command(after_long_help = examples::PAIRS)]
    Pairs(Pairs),
    /// Print clusters: id of the representative, number of documents, minimum similarity, ids of the others.
    #[command(after_long_help = examples::CLUSTERS)]
    Clusters(Clusters),
    /// Print texts that are contained in others: id of the inner text, id of the outer text, share of the inner text.
    #[command(after_long_help = examples::CONTAINED)]
    Contained(Contained),
    /// Measure recall and precision of a run with these settings, by comparing a sample of documents exactly with all others.
    #[command(after_long_help = examples::AUDIT)]
    Audit(Audit),
    /// Score pairs or clusters by labels of your own: precision, recall and F1.
    #[command(after_long_help = examples::EVALUATE)]
    Evaluate(Evaluate),
    /// Predict from a sample what a run would cost, and recommend a banding.
    ///
    /// The table assumes the speed of a typical machine, and is the same on every machine. The last line is measured on this machine:
    /// the time to read (as long as it took just now), hash, find and verify pairs, and write and read the work folder. It does
    /// not include the time to print pairs or write the corpus, nor a disk that is slower than memory. A sample does not show rare
    /// kinds of pairs.
    #[command(after_long_help = examples::PLAN)]
    Plan(Plan),
    #[command(after_long_help = examples::TRIM)]
    Trim(Trim),
    #[command(after_long_help = examples::STORIES)]
    Stories(Stories),
    // Earlier versions had these names, and printed pairs. Scripts may use them.
    #[command(alias = "versions", hide = true, after_long_help = examples::REWRITES)]
    Rewrites(Rewrites),
    #[command(after_long_help = examples::INDEX)]
    Index(Index),
    #[command(after_long_help = examples::SHARD)]
    Shard(Shard),
    /// Describe files of a work folder and verify their checksums.
    #[command(after_long_help = examples::INSPECT)]
    Inspect(Inspect),
    /// Print the completions of a shell.
    #[command(after_long_help = examples::COMPLETIONS)]
    Completions(Completions),
    /// Print the manual page of the command, or of a subcommand.
    #[command(after_long_help = examples::MAN)]
    Man(Man),
}

impl Command {
    /// Returns the work folder that the user named. It outlives the process.
    pub(crate) fn work(&self) -> Option<&Path> {
        let corpus = match self {
            Self::Dedup(Dedup { corpus, .. })
            | Self::Pairs(Pairs { corpus, .. })
            | Self::Clusters(Clusters { corpus, .. })
            | Self::Contained(Contained { corpus, .. })
            | Self::Audit(Audit { corpus, .. }) => corpus,
            Self::Shard(shard) => return Some(shard.command.work()),
            _ => return None,
        };
        corpus.work.as_deref()
    }

    /// Returns the name of the command and its settings, if it has any.
    pub(crate) fn settings_mut(&mut self) -> Option<(&'static str, &mut Settings)> {
        Some(match self {
            Self::Dedup(command) => ("dedup", &mut command.corpus.settings),
            Self::Pairs(command) => ("pairs", &mut command.corpus.settings),
            Self::Clusters(command) => ("clusters", &mut command.corpus.settings),
            Self::Contained(command) => ("contained", &mut command.corpus.settings),
            Self::Audit(command) => ("audit", &mut command.corpus.settings),
            Self::Plan(command) => ("plan", &mut command.corpus.settings),
            Self::Trim(command) => ("trim", &mut command.settings),
            Self::Stories(command) => ("stories", &mut command.corpus.settings),
            Self::Rewrites(command) => ("rewrites", &mut command.corpus.settings),
            Self::Index(command) => return command.command.settings_mut(),
            Self::Shard(command) => return command.command.settings_mut(),
            Self::Evaluate(_) | Self::Inspect(_) | Self::Completions(_) | Self::Man(_) => return None,
        })
    }
}

/// The inputs and settings that most commands share.
#[derive(Args, Clone, Debug)]
pub(crate) struct Corpus {
    #[arg(required = true, value_name = "INPUT", help = INPUT_HELP)]
    pub(crate) inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) settings: Settings,
    /// Keep the work files in this folder, and resume what an interrupted run left there.
    #[arg(long, value_name = "DIR", help_heading = "Execution", hide_short_help = true)]
    pub(crate) work: Option<PathBuf>,
}

impl Corpus {
    /// Returns the corpus with all settings that are given: by these options of a command, by the options of all, and by the settings file.
    fn given(&self, own: Settings) -> Result<Self> {
        Ok(Self { settings: own.or(self.settings.clone()).given()?, ..self.clone() })
    }
}

#[derive(Args, Debug)]
pub(crate) struct Dedup {
    #[command(flatten)]
    pub(crate) corpus: Corpus,
    /// Folder to write; it is created. An interrupted run in it is resumed. With - the kept documents go to standard output, and nothing
    /// else is written.
    #[arg(short, long, value_name = "DIR", required_unless_present = "dry_run")]
    pub(crate) output: Option<PathBuf>,
    /// Replace the files of an earlier run in the output folder.
    #[arg(long)]
    pub(crate) force: bool,
    /// Write one file for each input file, in the folders kept and removed, under the names of the inputs.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, value_name = "BOOL")]
    pub(crate) output_per_file: Option<bool>,
    /// In pairs.tsv, list all pairs of copies, however many. Otherwise, if all pairs are more than 32 for each document, groups of
    /// documents with the same shingles are listed by their first document only.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, value_name = "BOOL")]
    pub(crate) expand: Option<bool>,
    /// Also write a report as an HTML page (or as JSON, if the name ends in .json): pairs with their texts, clusters and reasons.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Also remove blank documents: those of white space, control and format characters only, which match nothing.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, value_name = "BOOL")]
    pub(crate) drop_blank: Option<bool>,
    /// Only print what twinprint plan prints, and write nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Remove the documents that are similar to one of this other corpus, such as a test set or an earlier crawl; with --contained,
    /// also those that have one of its texts inside. The inputs are not compared with each other. Only inputs are written. Ids may be
    /// the same on both sides. May be repeated.
    #[arg(long, value_name = "OTHER", conflicts_with_all = ["report", "dry_run"])]
    pub(crate) against: Vec<String>,
    /// Also remove the documents that are similar to one in this index (see twinprint index create), and add the kept ones to it, in one
    /// commit at the end. Scheme and threshold are those of the index. Documents of the index stay, unless a new text takes the place of the
    /// earlier one under its id, and --keep chooses among new ones; history.tsv lists the known ones, each with the most similar document
    /// of the index that stays. Results are written before the commit: a run
    /// that is interrupted before it leaves the index as it was, and the same command gives the same answer; after it, the same command
    /// only finishes.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["against", "report", "dry_run"])]
    pub(crate) index: Option<PathBuf>,
    /// Time of the documents in the index, as a date (2026-11-27, 20261127 or RFC 3339) or in seconds or milliseconds since 1970, for
    /// index expire [default: now].
    #[arg(long, value_name = "TIME")]
    pub(crate) time: Option<String>,
}

impl Dedup {
    /// Returns the corpus with all settings that are given.
    pub(crate) fn given(&self) -> Result<Corpus> {
        self.corpus.given(Settings {
            against: some(&self.against),
            index: self.index.clone(),
            drop_blank: self.drop_blank,
            expand: self.expand,
            output_per_file: self.output_per_file,
            ..Settings::default()
        })
    }
}

/// Returns what an option names; nothing if it is not given.
fn some(inputs: &[String]) -> Option<Vec<String>> {
    (!inputs.is_empty()).then(|| inputs.to_vec())
}

#[derive(Args, Debug)]
pub(crate) struct Pairs {
    #[command(flatten)]
    pub(crate) corpus: Corpus,
    /// Also write a report as an HTML page (or as JSON, if the name ends in .json): pairs with their texts, clusters and reasons.
    #[arg(long, value_name = "FILE", conflicts_with = "against")]
    pub(crate) report: Option<PathBuf>,
    /// Compare the inputs with this other corpus, and not with each other. May be repeated.
    #[arg(long, value_name = "OTHER")]
    pub(crate) against: Vec<String>,
    /// List all pairs of copies, however many. Otherwise, if all pairs are more than 32 for each document, groups of documents with the
    /// same shingles are listed by their first document only.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, value_name = "BOOL")]
    pub(crate) expand: Option<bool>,
    /// Write to this file instead of standard output (-). Pipes and devices are written to, not replaced.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Print one JSON object per line instead of columns.
    #[arg(long)]
    pub(crate) json: bool,
}

impl Pairs {
    /// Returns the corpus with all settings that are given.
    pub(crate) fn given(&self) -> Result<Corpus> {
        self.corpus.given(Settings { against: some(&self.against), expand: self.expand, ..Settings::default() })
    }
}

#[derive(Args, Debug)]
pub(crate) struct Clusters {
    #[command(flatten)]
    pub(crate) corpus: Corpus,
    /// Print the connected components of the pairs. The minimum similarity is - if a document has no pair with the representative.
    #[arg(long)]
    pub(crate) components: bool,
    /// Write to this file instead of standard output (-). Pipes and devices are written to, not replaced.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Print one JSON object per line instead of columns.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Contained {
    #[command(flatten)]
    pub(crate) corpus: Corpus,
    /// Minimum share of the inner text's shingles that the outer text must contain.
    #[arg(long, value_name = "SHARE", visible_alias = "min-containment", value_parser = number, default_value_t = 0.8)]
    pub(crate) least: f64,
    /// Find texts by one shingle in K (FracMinHash). The smaller, the shorter the texts that are found: with 1, those of ten words
    /// too.
    #[arg(long, value_name = "K", visible_alias = "scaled", value_parser = whole::<u32>, default_value_t = 4)]
    pub(crate) one_in: u32,
    /// Maximum document frequency of the shingles by which texts are found; more frequent ones are boilerplate. At most 1048576.
    #[arg(long, value_name = "N", visible_alias = "max-df", value_parser = document_frequency, default_value_t = DEFAULT_FREQUENCY_LIMIT)]
    pub(crate) frequency_limit: u32,
    /// List all pairs of copies, however many. Otherwise, if all pairs are more than 32 for each document, groups of documents with the
    /// same shingles are listed by their first document only.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, value_name = "BOOL")]
    pub(crate) expand: Option<bool>,
    /// Write to this file instead of standard output (-). Pipes and devices are written to, not replaced.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Print one JSON object per line instead of columns.
    #[arg(long)]
    pub(crate) json: bool,
}

impl Contained {
    /// Returns the corpus with all settings that are given.
    pub(crate) fn given(&self) -> Result<Corpus> {
        self.corpus.given(Settings { expand: self.expand, ..Settings::default() })
    }
}

#[derive(Args, Debug)]
pub(crate) struct Audit {
    #[command(flatten)]
    pub(crate) corpus: Corpus,
    /// Number of documents to compare exactly with all others. Their sets are held in memory; a sample is refused if they take more than
    /// half of --memory. Each pair of a document of the sample takes 16 more bytes.
    #[arg(long, value_name = "M", default_value_t = 1_000)]
    pub(crate) sample: usize,
    /// Print JSON instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Evaluate {
    /// Pairs with their similarities, as twinprint pairs prints them; - for standard input. With a relation, only copies, edits and
    /// contained texts count as found.
    #[arg(value_name = "PAIRS", required_unless_present = "clusters", conflicts_with = "clusters")]
    pub(crate) pairs: Option<PathBuf>,
    /// Score clusters, as twinprint clusters prints them, instead of pairs: by pairs of documents, and by documents (B-cubed).
    #[arg(long, value_name = "CLUSTERS", conflicts_with_all = ["thresholds", "plot"])]
    pub(crate) clusters: Option<PathBuf>,
    /// Labels, separated by tabs: id1, id2 and 1 (duplicates), 0 (not) or the name of a relation, as pairs --relation prints it; or an
    /// id and the name of its cluster. A header that begins with id, id1, left or document is skipped.
    #[arg(long, value_name = "FILE")]
    pub(crate) labels: PathBuf,
    /// Thresholds to print, separated by commas.
    #[arg(long, value_name = "T", value_delimiter = ',', value_parser = share, default_values_t = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])]
    pub(crate) thresholds: Vec<f64>,
    /// Plot precision, recall and F1 by threshold to this SVG file.
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) corpus: Corpus,
    /// Number of documents to sample.
    #[arg(long, value_name = "M", default_value = "2000", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) sample: u32,
}

#[derive(Args, Debug)]
pub(crate) struct Inspect {
    /// Files of a work folder, or work folders.
    #[arg(required = true, value_name = "FILE|DIR")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct Completions {
    /// The shell.
    #[arg(value_enum, value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Args, Debug)]
pub(crate) struct Man {
    /// The subcommand, such as dedup or index add; without it, the page is that of twinprint itself.
    #[arg(value_name = "COMMAND")]
    pub(crate) subcommand: Vec<String>,
}

/// Parses a number from 0 to 1.
fn share(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| (0.0..=1.0).contains(number));
    number.ok_or_else(|| "it must be a number from 0 to 1".to_string())
}
