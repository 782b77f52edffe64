//! The arguments of `twinprint index`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{INPUT_HELP, examples};
use crate::settings::{Settings, whole};

/// What `--contained` means to a query.
pub(super) const QUERY_CONTAINED: &str = "Print documents that contain the query, or that are contained in it: at least this share of the \
    shingles of one is in the other. Instead of the similarity, prints the share of the query that is in the match, and the share of \
    the match that is in the query. Reads all of the index, once for some thousand documents, or for each line of -";

/// What `--threshold` means to an index that is created: no pairs are judged, so the preset for news is as with `--relation=false`.
pub(super) const CREATE_THRESHOLD: &str = "Minimum Jaccard similarity that queries can ask for, greater than 0 and at most 1 [default: 0.5; \
    with --preset web 0.8, with --preset code 0.7]";

/// What `--threshold` means to a query.
pub(super) const QUERY_THRESHOLD: &str =
    "Minimum Jaccard similarity of a match, from the threshold of the index to 1 [default: the threshold of the index]";

/// Keep an index of documents in a folder: add documents, and ask which ones are similar.
///
/// What was committed survives a crash or a power cut; a process that is killed leaves the index as the last commit left it. One process
/// writes at a time, and any number of processes ask meanwhile.
#[derive(Args, Debug)]
pub(crate) struct Index {
    #[command(subcommand)]
    pub(crate) command: IndexCommand,
}

/// What is done with an index.
#[derive(Debug, Subcommand)]
pub(crate) enum IndexCommand {
    /// Create an index.
    #[command(after_long_help = examples::INDEX_CREATE)]
    Create(IndexCreate),
    /// Add documents, in place of any that have their ids. All of them count, or none, unless --commit-every is given.
    #[command(after_long_help = examples::INDEX_ADD)]
    Add(IndexAdd),
    /// Print the documents of the index that are similar to each of the inputs: id, id of the match, Jaccard similarity, separated by tabs;
    /// the most similar first.
    #[command(after_long_help = examples::INDEX_QUERY)]
    Query(IndexQuery),
    /// Remove documents by their ids.
    #[command(after_long_help = examples::INDEX_REMOVE)]
    Remove(IndexRemove),
    /// Remove the documents that were added before a time.
    #[command(after_long_help = examples::INDEX_EXPIRE)]
    Expire(IndexExpire),
    /// Describe an index.
    Info(IndexInfo),
    /// Read all of an index, and check that nothing in it has changed.
    Verify(IndexFolder),
    /// Add all documents of other indexes of the same scheme, in place of any that have their ids. They keep their times.
    #[command(after_long_help = examples::INDEX_MERGE)]
    Merge(IndexMerge),
    /// Merge the files of an index into one, and give back the space of removed documents.
    Compact(IndexFolder),
}

impl IndexCommand {
    /// Returns the name of the command and its settings, if it has any.
    pub(super) fn settings_mut(&mut self) -> Option<(&'static str, &mut Settings)> {
        match self {
            Self::Create(command) => Some(("index create", &mut command.settings)),
            Self::Add(command) => Some(("index add", &mut command.settings)),
            Self::Query(command) => Some(("index query", &mut command.settings)),
            _ => None,
        }
    }
}

#[derive(Args, Debug)]
pub(crate) struct IndexFolder {
    /// The folder of the index.
    #[arg(value_name = "DIR")]
    pub(crate) index: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct IndexCreate {
    #[command(flatten)]
    pub(crate) folder: IndexFolder,
    /// Store no shingles, only signatures, which take a fraction of the space. Similarities are estimates then.
    #[arg(long)]
    pub(crate) signatures_only: bool,
    #[command(flatten)]
    pub(crate) settings: Settings,
}

#[derive(Args, Debug)]
pub(crate) struct IndexAdd {
    #[command(flatten)]
    pub(crate) folder: IndexFolder,
    #[arg(required = true, value_name = "INPUT", help = INPUT_HELP)]
    pub(crate) inputs: Vec<PathBuf>,
    /// Commit after each N documents, and not only at the end. What was committed stays if a later document cannot be read.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) commit_every: Option<u64>,
    /// Time of the documents, as a date (2026-11-27, 20261127 or RFC 3339) or in seconds or milliseconds since 1970, for index expire
    /// [default: now].
    #[arg(long, value_name = "TIME")]
    pub(crate) time: Option<String>,
    #[command(flatten)]
    pub(crate) settings: Settings,
}

#[derive(Args, Debug)]
pub(crate) struct IndexQuery {
    #[command(flatten)]
    pub(crate) folder: IndexFolder,
    /// Files as for the other commands. With - each line of standard input is answered at once, before the next one is read.
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Print at most K matches for each document. Without --threshold, these may be below the threshold of the index.
    #[arg(long, value_name = "K", value_parser = whole::<usize>)]
    pub(crate) top: Option<usize>,
    /// Leave out the document that has the same id as the one that is asked for.
    #[arg(long)]
    pub(crate) skip_same_id: bool,
    /// Print one JSON object for each document, also for those without a match: id, and matches with id and jaccard.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) settings: Settings,
}

#[derive(Args, Debug)]
pub(crate) struct IndexRemove {
    #[command(flatten)]
    pub(crate) folder: IndexFolder,
    /// Ids of the documents.
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// File of ids, one a line; - for standard input. A line is an id as it is or, if the index has none like it, an id with the escapes of
    /// a table of twinprint.
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct IndexExpire {
    #[command(flatten)]
    pub(crate) folder: IndexFolder,
    /// Age of the documents to remove, such as 30d, 12h or 3months.
    #[arg(long, value_name = "AGE", conflicts_with = "before")]
    pub(crate) older_than: Option<String>,
    /// Time before which documents were added, as a date (2026-11-27, 20261127 or RFC 3339) or in seconds or milliseconds since 1970.
    #[arg(long, value_name = "TIME")]
    pub(crate) before: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct IndexInfo {
    #[command(flatten)]
    pub(crate) folder: IndexFolder,
    /// Print JSON instead of lines.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct IndexMerge {
    #[command(flatten)]
    pub(crate) folder: IndexFolder,
    /// Folders of the other indexes.
    #[arg(required = true, value_name = "OTHER")]
    pub(crate) others: Vec<PathBuf>,
}
