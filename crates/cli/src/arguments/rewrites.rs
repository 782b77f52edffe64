//! The arguments of `twinprint rewrites`.

use std::path::PathBuf;

use clap::Args;

use super::Corpus;
use crate::settings::whole;

/// Help text of `--threshold`, which has another meaning here than for other commands.
pub(super) const REWRITES_THRESHOLD: &str =
    "Minimum Jaccard similarity of content words, greater than 0 and at most 1; not read from --config [default: 0.11]";

/// Print rewrites of one story by other authors: id1, id2, similarity of content words, number of rare words in both.
///
/// Rewrites share names and topics but few phrases. So the command compares documents by their single words, without common ones, if
/// they share some words that few documents contain. Pairs are printed in the order of the inputs. Copies and edits are among them; use
/// twinprint pairs to find only those. A story that more documents tell than --frequency-limit allows is missed.
///
/// Memory: 24 bytes for each distinct content word of each document, and 120 bytes and the id for each document: about 350 MB for
/// 100,000 news articles. A run stops before it takes more than --memory.
#[derive(Args, Debug)]
pub(crate) struct Rewrites {
    #[command(flatten)]
    pub(crate) corpus: Corpus,
    /// Maximum document frequency of a rare word: at least a few times the number of documents that tell one story.
    #[arg(long, value_name = "N", visible_alias = "max-df", value_parser = whole::<u32>, default_value_t = 100)]
    pub(crate) frequency_limit: u32,
    /// Minimum number of rare words that two documents must share.
    #[arg(long, value_name = "N", visible_alias = "min-rare", value_parser = whole::<u32>, default_value_t = 2)]
    pub(crate) least_rare: u32,
    /// Write to this file instead of standard output (-). Pipes and devices are written to, not replaced.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Print one JSON object per line instead of columns.
    #[arg(long)]
    pub(crate) json: bool,
}
