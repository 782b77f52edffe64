//! Reads documents for twinprint's front ends: folders of text files, and JSON lines.
//!
//! ```no_run
//! use std::path::Path;
//! use twinprint_documents::{Options, read};
//!
//! let corpus = read(Path::new("articles.jsonl"), &Options::default())?;
//! println!("{} documents", corpus.documents.len());
//! # Ok::<(), twinprint_documents::Error>(())
//! ```

mod error;
mod folder;
mod json_lines;

use std::path::Path;

pub use error::{Error, Reason};
pub use folder::read_folder;
pub use json_lines::{JsonLines, read_json_lines};

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

/// Reads a folder of `.txt` files, or one file of JSON lines with the fields `id` and `text`.
///
/// # Errors
/// Names the file, the line, what is wrong with it and what can be done.
pub fn read(path: &Path, options: &Options) -> Result<Corpus, Error> {
    let kind = std::fs::metadata(path).map_err(|error| Error::io(path, &error))?;
    if kind.is_dir() { read_folder(path, options) } else { read_json_lines(path, options) }
}

impl Corpus {
    /// Adds a document, or sets its error aside, or gives the error back.
    fn take(&mut self, document: Result<Document, Error>, options: &Options) -> Result<(), Error> {
        match document {
            Ok(document) => self.documents.push(document),
            Err(error) if options.skip_bad && error.is_of_one_record() => self.skipped.push(error),
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
