//! Reads documents for twinprint's front ends, batch by batch: JSON lines and folders of text; with the feature `formats`
//! tables (CSV, TSV), files compressed by gzip or Zstandard, and patterns of names; with `parquet` Parquet too. [`Inputs`]
//! are the files of a corpus, a [`Reader`] reads them as one, [`Fields`] say what of a record is id, text and more, a
//! `Splitter` writes what is kept and what is removed in the format of the input, and a `Rewriter` the records with other texts.
//!
//! Memory, without what a corpus of ids takes: JSON lines take about 35 MB where lines are short. A line of 200 MB took
//! 395 MB when it had no escapes, 547 MB when it had, and up to 590 MB where more than `id` and `text` is wanted of it or
//! either is nested. Rows of a table come 8 MB at a time, or one if it is longer; rows of Parquet at most 4096 and about 8 MB
//! at a time, as far as a file's own sizes tell, and of a row group the pages that are open. Of ids hashes are kept, unless
//! [they may repeat](Options::repeated_ids).
//!
//! ```no_run
//! use std::path::Path;
//! use twinprint_documents::{Options, open};
//!
//! let mut articles = open(Path::new("articles.jsonl"), &Options::default())?;
//! while let Some(batch) = articles.next_batch()? {
//!     for (id, text) in batch.documents() {
//!         println!("{id}: {} bytes", text.len());
//!     }
//! }
//! # Ok::<(), twinprint_documents::Error>(())
//! ```

mod batch;
mod blocks;
mod columns;
mod dates;
mod error;
mod fields;
mod formats;
mod ids;
mod inputs;
#[cfg(feature = "formats")]
mod members;
mod opened;
mod options;
#[cfg(feature = "formats")]
mod output;
mod reader;
#[cfg(feature = "formats")]
mod rewriter;
#[cfg(feature = "formats")]
mod splitter;

use std::path::Path;

pub use batch::Batch;
pub use blocks::{BlockField, Window};
pub use error::{Error, Reason};
pub use fields::{Facts, FieldPath, Fields};
pub use formats::Format;
pub use inputs::Inputs;
pub use options::Options;
pub use reader::{Position, Reader};
#[cfg(feature = "formats")]
pub use rewriter::{DocumentTexts, Rewriter};
#[cfg(feature = "formats")]
pub use splitter::{Duplicate, Split, Splitter, Verdict};

/// A text and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What the document is called: a file's name without its ending, or the field `id`.
    pub id: String,
    /// Its text.
    pub text: String,
}

/// What was read.
#[derive(Debug, Default)]
pub struct Corpus {
    /// The documents, in the order of the lines, or of the file names.
    pub documents: Vec<Document>,
    /// What was set aside, and why.
    pub skipped: Vec<Error>,
    /// Bytes read.
    pub bytes: u64,
}

/// Opens a folder of texts or a file, with the fields `id` and `text`.
///
/// # Errors
/// Names the file or folder, what is wrong with it and what can be done.
pub fn open(path: &Path, options: &Options) -> Result<Reader, Error> {
    Ok(Inputs::find([path], options)?.read(options, &Fields::default()))
}

/// Reads all documents of a folder or file at once, of which there must be at least one.
///
/// # Errors
/// Names the file, the line, what is wrong with it and what can be done.
pub fn read(path: &Path, options: &Options) -> Result<Corpus, Error> {
    let mut corpus = Corpus::default();
    let mut reader = open(path, options)?;
    while let Some(batch) = reader.next_batch()? {
        let document = |(id, text): (&str, &str)| Document { id: id.to_string(), text: text.to_string() };
        corpus.documents.extend(batch.documents().map(document));
        corpus.skipped.extend_from_slice(&batch.skipped);
        corpus.bytes += batch.bytes;
    }
    if corpus.documents.is_empty() && corpus.skipped.is_empty() {
        return Err(Error { path: path.into(), line: None, reason: Reason::NoRecords });
    }
    Ok(corpus)
}
