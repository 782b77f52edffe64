//! Reads documents for twinprint's front ends: folders of text files, and JSON lines. With the feature `full`, also compressed
//! files, CSV and Parquet, several at a time; and divides them into what is kept and what is removed.
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
#[cfg(feature = "full")]
mod corpus;
mod error;
mod fields;
mod folder;
mod json_lines;
#[cfg(feature = "full")]
mod split;

use std::path::Path;

pub use batch::Batch;
#[cfg(feature = "full")]
pub use corpus::{Compression, Documents, Format, Input, Inputs};
pub use error::{Error, Reason};
pub use fields::{Facts, FieldPath, Fields};
pub use folder::Folder;
pub use json_lines::JsonLines;
#[cfg(feature = "full")]
pub use split::{Outcome, Removal, SetAside, Split, SplitError};

/// A text and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What the document is called: a file's name without its ending, or the field `id`.
    pub id: String,
    /// Its text.
    pub text: String,
}

/// How to deal with input that is not as it should be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Bytes that are not UTF-8 become replacement characters, instead of an error.
    pub lossy: bool,
    /// Records that cannot be read are set aside and counted, instead of an error.
    pub skip_bad: bool,
    /// Ids may repeat, and are not remembered.
    pub repeated_ids: bool,
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

/// A folder or a file that is read batch after batch.
#[derive(Debug)]
pub enum Reader {
    /// A folder of text files.
    Folder(Folder),
    /// A file of JSON lines.
    JsonLines(JsonLines),
}

impl Reader {
    /// The next documents, if there are any left.
    ///
    /// # Errors
    /// Names the file, the line, what is wrong with it and what can be done. Reading ends there.
    pub fn next_batch(&mut self) -> Result<Option<&Batch>, Error> {
        match self {
            Self::Folder(folder) => folder.next_batch(),
            Self::JsonLines(lines) => lines.next_batch(),
        }
    }
}

/// Opens a folder of `.txt` files, or a file of JSON lines with the fields `id` and `text`.
///
/// # Errors
/// Names the file or folder, what is wrong with it and what can be done.
pub fn open(path: &Path, options: &Options) -> Result<Reader, Error> {
    let kind = std::fs::metadata(path).map_err(|error| Error::io(path, &error))?;
    Ok(if kind.is_dir() {
        Reader::Folder(Folder::open(path, options)?)
    } else {
        Reader::JsonLines(JsonLines::open(path, options)?)
    })
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
