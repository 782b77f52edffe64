//! What can be asked of the command.

mod trim;
mod versions;

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::settings::Settings;
pub(crate) use trim::Trim;
use versions::VERSIONS_THRESHOLD;
pub(crate) use versions::Versions;

/// Finds near-duplicate documents: every pair verified, with little memory, in files of any size.
#[derive(Debug, Parser)]
#[command(
    name = "twinprint",
    version,
    after_help = "Exit status: 0 done; 1 stopped, because too much would be removed; 2 the command or an input is wrong."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Say more of what is done; twice for more still.
    #[arg(short, long, action = clap::ArgAction::Count, global = true, display_order = 900)]
    pub(crate) verbose: u8,
}

/// Options of what is alike, and which documents are compared.
const OF_PAIRS: &[&str] = &[
    "preset",
    "words",
    "chars",
    "num_hashes",
    "seed",
    "recall",
    "banding",
    "bucket_limit",
    "boilerplate",
    "boilerplate_least",
    "block",
    "source",
    "across_sources",
    "keep",
    "most_of_corpus",
    "most_of_source",
];

/// Options that change nothing of what some commands print. They are taken there, because one file of settings serves all commands,
/// but not shown.
const WITHOUT_EFFECT: [(&str, &[&str]); 9] = [
    (
        "contained",
        &["keep", "most_of_corpus", "most_of_source", "threshold", "num_hashes", "recall", "banding", "bucket_limit"],
    ),
    ("pairs", &["keep", "most_of_corpus", "most_of_source"]),
    ("audit", &["keep", "most_of_corpus", "most_of_source"]),
    ("plan", &["keep", "most_of_corpus", "most_of_source"]),
    ("clusters", &["most_of_corpus", "most_of_source"]),
    ("trim", OF_PAIRS),
    ("trim", &["threshold"]),
    ("versions", OF_PAIRS),
    ("versions", &["work"]),
];

impl Arguments {
    /// What the process was called with. Where that is wrong, or help is asked for, it ends here.
    pub(crate) fn of_process() -> Self {
        let mut command = Self::command();
        for (name, options) in WITHOUT_EFFECT {
            let hide =
                |command: clap::Command, option: &&'static str| command.mut_arg(option, |option| option.hide(true));
            command = command.mut_subcommand(name, |command| options.iter().fold(command, hide));
        }
        command = command.mut_subcommand("versions", |command| {
            command.mut_arg("threshold", |option| option.help(VERSIONS_THRESHOLD))
        });
        let matches = command.get_matches_mut();
        if let Some(message) = ignored(&matches) {
            command.error(ErrorKind::ArgumentConflict, message).exit();
        }
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// Options that only say what is kept: wherever they have no effect, nobody can miss it.
const HARMLESS: [&str; 3] = ["keep", "most_of_corpus", "most_of_source"];

/// Says which option was given, not in a file of settings, that the command would have to ignore.
fn ignored(matches: &ArgMatches) -> Option<String> {
    let (name, matches) = matches.subcommand()?;
    let mut options = WITHOUT_EFFECT.into_iter().filter(|(of, _)| *of == name).flat_map(|(_, options)| options);
    let said = options
        .find(|option| !HARMLESS.contains(option) && matches.value_source(option) == Some(ValueSource::CommandLine))?;
    Some(format!("--{} has no effect on twinprint {name}; leave it out", said.replace('_', "-")))
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Divide a corpus into what is kept and what is removed, with reasons.
    Dedup(Dedup),
    /// Print every pair of similar documents: id1, id2, jaccard, separated by tabs.
    Pairs(Pairs),
    /// Print clusters: representative, documents, least similarity, and the ids of the others.
    Clusters(Clusters),
    /// Print short texts that are inside long ones: id of the short one, id of the long one, share of the short one.
    Contained(Contained),
    /// Measure what a run with these settings finds and misses, by an exact comparison of sampled documents with all.
    Audit(Audit),
    /// Hold pairs or clusters against labels of your own: precision, recall and F1.
    Evaluate(Evaluate),
    /// Look at a corpus, and say what a run would cost and which banding to choose.
    ///
    /// The table is by the speed of a usual machine, and the same each time. The last line is by the speed of this one: reading (as
    /// long as it took just now), hashing, finding and verifying pairs, and the files of a work folder. What printing pairs or
    /// writing the corpus again takes is not in it, nor a disk that is slower than memory. Pairs of rare kinds are not seen in a
    /// sample.
    Plan(Plan),
    Trim(Trim),
    Versions(Versions),
    /// Say what a work file is, and check all of it.
    Inspect(Inspect),
}

/// What is read, and how.
#[derive(Args, Clone, Debug)]
pub(crate) struct Corpus {
    /// JSON lines, CSV, TSV, Parquet (plain, gzip or zstd), folders of .txt files, patterns, or - for standard input.
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<String>,
    #[command(flatten)]
    pub(crate) settings: Settings,
    /// Keep work files in this folder, and go on from what an interrupted run left there.
    #[arg(long, value_name = "DIR", help_heading = "How it runs")]
    pub(crate) work: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct Dedup {
    #[command(flatten)]
    pub(crate) corpus: Corpus,
    /// The folder to write; it is made. One that an interrupted run left is gone on with.
    #[arg(long, value_name = "DIR", required_unless_present = "dry_run")]
    pub(crate) output: Option<PathBuf>,
    /// Replace what an earlier run wrote to the folder.
    #[arg(long)]
    pub(crate) force: bool,
    /// Also write a page to look at (or JSON, if the name ends so): pairs with their texts, clusters, and why.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Look at the corpus, say what would be done, and write nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Remove what is similar to a document of these, such as a test set or an earlier crawl, and compare the inputs only with them.
    /// They are not written. May be said several times.
    #[arg(long, value_name = "OTHER", conflicts_with_all = ["report", "dry_run"])]
    pub(crate) against: Vec<String>,
}

#[derive(Args, Debug)]
pub(crate) struct Pairs {
    #[command(flatten)]
    pub(crate) corpus: Corpus,
    /// Also write a page to look at (or JSON, if the name ends so): pairs with their texts, clusters, and why.
    #[arg(long, value_name = "FILE", conflicts_with = "against")]
    pub(crate) report: Option<PathBuf>,
    /// Compare the inputs with these, and not with themselves. May be said several times.
    #[arg(long, value_name = "OTHER")]
    pub(crate) against: Vec<String>,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct Clusters {
    #[command(flatten)]
    pub(crate) corpus: Corpus,
    /// Put together whatever chains of pairs connect. The least similarity is - where a document has no pair with the representative.
    #[arg(long)]
    pub(crate) components: bool,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct Contained {
    #[command(flatten)]
    pub(crate) corpus: Corpus,
    /// The least share of a text's shingles that must be in the other.
    #[arg(long, value_name = "SHARE", default_value_t = 0.8)]
    pub(crate) least: f64,
    /// Keep one shingle in so many to find texts by; 1 finds texts of ten words too.
    #[arg(long, value_name = "K", default_value_t = 4)]
    pub(crate) one_in: u32,
    /// Shingles of more documents than this are boilerplate, by which no text is looked up.
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub(crate) frequency_limit: u32,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct Audit {
    #[command(flatten)]
    pub(crate) corpus: Corpus,
    /// Documents to compare with all others, exactly. They are held, and so are 16 bytes for each pair that they are in: on top of
    /// --memory, if they are many.
    #[arg(long, value_name = "M", default_value_t = 1_000)]
    pub(crate) sample: usize,
    /// Print JSON instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Evaluate {
    /// Pairs with their similarities, as `twinprint pairs` prints them.
    #[arg(value_name = "PAIRS", required_unless_present = "clusters", conflicts_with = "clusters")]
    pub(crate) pairs: Option<PathBuf>,
    /// Instead of pairs, clusters as `twinprint clusters` prints them: by pairs of documents, and by documents (B-cubed).
    #[arg(long, value_name = "CLUSTERS", conflicts_with_all = ["thresholds", "plot"])]
    pub(crate) clusters: Option<PathBuf>,
    /// Labels, separated by tabs: id1, id2 and 1 or 0 (duplicates or not); or id and the name of its cluster.
    #[arg(long, value_name = "FILE")]
    pub(crate) labels: PathBuf,
    /// Thresholds to print.
    #[arg(long, value_name = "T", value_delimiter = ',', value_parser = share, default_values_t = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])]
    pub(crate) thresholds: Vec<f64>,
    /// Draw precision, recall and F1 to this SVG file.
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) corpus: Corpus,
    /// Documents to look at closely.
    #[arg(long, value_name = "M", default_value = "2000", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) sample: u32,
}

#[derive(Args, Debug)]
pub(crate) struct Inspect {
    /// Files of a work folder.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

/// A number from 0 to 1.
fn share(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| (0.0..=1.0).contains(number));
    number.ok_or_else(|| "it must be a number from 0 to 1".to_string())
}
