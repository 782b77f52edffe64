//! What can be asked of `twinprint versions`.

use std::path::PathBuf;

use clap::Args;

use super::Corpus;

/// What the threshold is of here.
pub(super) const VERSIONS_THRESHOLD: &str = "The least Jaccard similarity of content words, greater than 0 and at most 1; that of a --config is not taken [default: 0.11]";

/// Print rewrites of one story by others: id1, id2, similarity of content words, rare words that both have.
///
/// Rewrites share names and topics, and few phrases. So documents are compared by their single words without the common ones, if they
/// share a few that few documents have. Pairs come in the order of the inputs. Copies and edits are among them; twinprint pairs finds
/// those without the others. A story that more documents tell than the frequency limit is missed.
///
/// Memory: 24 bytes for each content word of each document (of one that comes again in a document, once), and 120 bytes and its id
/// for each document: about 350 MB for 100,000 news articles. A run stops before it takes more than --memory.
#[derive(Args, Debug)]
pub(crate) struct Versions {
    #[command(flatten)]
    pub(crate) corpus: Corpus,
    /// Words of more documents than this are not rare; some times the number of documents that tell one story.
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) frequency_limit: u32,
    /// Rare words that two documents share at least.
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(crate) least_rare: u32,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}
