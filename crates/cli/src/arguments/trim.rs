//! What can be asked of `twinprint trim`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use twinprint::repeated_lines::Granularity;

use crate::settings::Settings;

/// Take lines or paragraphs that the corpus has had before from its texts: menus, footers, teasers, quoted mails.
///
/// Two are the same if they have the same words, whatever their case, spaces and punctuation. The first one stays, so the order of
/// inputs counts. Each field of --text is a text of its own. A document that has no text any more is kept, and counted.
///
/// The folder gets trimmed.* (the inputs' format, compressed as the first of them; folders of texts become JSON lines), removed.tsv
/// (id, field, bytes removed, their ranges in the field, and how the first one begins) and summary.json, with the most frequent ones.
/// An interrupted run is not gone on with: run it again with --force.
///
/// Memory: 20 to 40 bytes for each different line or paragraph of enough words, 60 for a moment when the table of them grows, and
/// 40 to 110 more for each of them that is repeated. A run stops before it takes more than --memory.
#[derive(Args, Debug)]
pub(crate) struct Trim {
    /// JSON lines, CSV, TSV, Parquet (plain, gzip or zstd), folders of .txt files, patterns, or - for standard input.
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<String>,
    /// The folder to write; it is made.
    #[arg(long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// Replace what an earlier run wrote to the folder.
    #[arg(long)]
    pub(crate) force: bool,
    /// What is removed as a whole.
    #[arg(long, value_enum, value_name = "UNIT", default_value_t = TrimUnit::Paragraph)]
    pub(crate) unit: TrimUnit,
    /// Those of fewer words always stay; of scripts without spaces, each letter counts as a word.
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) least_words: usize,
    #[command(flatten)]
    pub(crate) settings: Settings,
}

/// What is removed as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TrimUnit {
    /// A line.
    Line,
    /// Lines up to a blank one.
    Paragraph,
}

impl TrimUnit {
    pub(crate) fn unit(self) -> Granularity {
        match self {
            Self::Line => Granularity::Line,
            Self::Paragraph => Granularity::Paragraph,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Paragraph => "paragraph",
        }
    }
}
