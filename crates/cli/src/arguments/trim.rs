//! The arguments of `twinprint trim`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use twinprint::repeated_lines::Granularity;

use super::INPUT_HELP;
use crate::settings::Settings;

/// Remove lines or paragraphs that occurred earlier in the corpus: menus, footers, teasers, quoted mails.
///
/// Two lines or paragraphs are equal if they have the same words, regardless of case, spaces and punctuation. The first one stays, so
/// the order of the inputs matters. Each field of --text is a text of its own. A document whose text becomes empty is kept and counted.
///
/// Written to the output folder: trimmed.* (in the format of the inputs, compressed like the first of them; folders of texts become JSON
/// lines), removed.tsv (id, field, bytes removed, their ranges in the field, and the beginning of the first range) and summary.json
/// (with the most frequent lines or paragraphs). An interrupted run cannot be resumed: run it again with --force.
///
/// Memory: 20 to 40 bytes for each distinct line or paragraph that is long enough (60 for a moment while their table grows), and 40 to
/// 110 more for each that is repeated. A run stops before it takes more than --memory.
#[derive(Args, Debug)]
pub(crate) struct Trim {
    #[arg(required = true, value_name = "INPUT", help = INPUT_HELP)]
    pub(crate) inputs: Vec<PathBuf>,
    /// Folder to write; it is created. With - the trimmed documents go to standard output, and nothing else is written.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// Replace the files of an earlier run in the output folder.
    #[arg(long)]
    pub(crate) force: bool,
    /// Write one file for each input file, in the folder trimmed, under the names of the inputs.
    #[arg(long)]
    pub(crate) output_per_file: bool,
    /// Unit of text to compare and remove.
    #[arg(long, value_enum, value_name = "UNIT", default_value_t = TrimUnit::Paragraph)]
    pub(crate) unit: TrimUnit,
    /// Minimum number of words of a unit that may be removed. In scripts without spaces, each letter counts as a word.
    #[arg(long, value_name = "N", visible_alias = "min-words", default_value_t = 5)]
    pub(crate) least_words: usize,
    #[command(flatten)]
    pub(crate) settings: Settings,
}

/// Names the unit of text that is compared and removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TrimUnit {
    /// A line.
    Line,
    /// The lines up to a blank line.
    Paragraph,
}

impl TrimUnit {
    /// Returns the unit as the library knows it.
    pub(crate) fn unit(self) -> Granularity {
        match self {
            Self::Line => Granularity::Line,
            Self::Paragraph => Granularity::Paragraph,
        }
    }

    /// Returns the name for messages, in the singular.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Paragraph => "paragraph",
        }
    }
}
