//! What can be wrong with a file.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Something that could not be read: where, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The file or folder.
    pub path: PathBuf,
    /// The line, counted from 1, where there are lines; of a table the row, where the names of the columns are the first.
    pub line: Option<u64>,
    /// What is wrong.
    pub reason: Reason,
}

/// What is wrong with a file, a folder or a line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The operating system refused.
    Io(String),
    /// The folder has no `.txt` file.
    EmptyFolder,
    /// The file holds no record.
    NoRecords,
    /// Bytes that are not UTF-8, the first at this offset in the file or line.
    NotUtf8(usize),
    /// Not a JSON object; what the parser says.
    BadJson(String),
    /// The object lacks this field.
    MissingField(String),
    /// The field is not of a kind that will do.
    WrongKind(String, &'static str),
    /// The id is that of an earlier record, which stands there.
    RepeatedId(String, String),
    /// The table has no column of this name.
    MissingColumn(String),
    /// The file is not what its format says; what the reader says.
    BadFile(String),
    /// No file is called so.
    NoMatch,
    /// Files of different formats do not go together.
    MixedFormats(&'static str, &'static str),
    /// The row has this many values, and the table that many columns.
    WrongLength(usize, usize),
    /// A quote in the row is not closed, so that all that follows is one value; the row begins in this line of the file.
    OpenQuote(u64),
    /// The table has several columns of this name.
    RepeatedColumn(String),
    /// Tables that do not have the same columns cannot be written as one; the first of them.
    MixedColumns(PathBuf),
    /// Tables that store a column in different ways cannot be written as one.
    MixedKinds,
    /// There are not as many documents as when they were read before.
    ChangedInput {
        /// Documents that were read before.
        expected: u64,
        /// Documents that were read now, at least.
        found: u64,
    },
    /// Standard input is gone once it was read.
    NotTwice,
    /// The format needs a part of this crate that was not built.
    NotBuilt(&'static str),
}

impl Error {
    /// Something is wrong with all of a file or folder.
    pub(crate) fn new(path: &Path, reason: Reason) -> Self {
        Self { path: path.into(), line: None, reason }
    }

    /// The operating system refused.
    #[must_use]
    pub fn io(path: &Path, error: &io::Error) -> Self {
        Self { path: path.into(), line: None, reason: Reason::Io(error.to_string()) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(message) => f.write_str(message),
            Self::EmptyFolder => f.write_str("the folder has no .txt file"),
            Self::NoRecords => f.write_str("the file has no record; one JSON object a line is expected"),
            Self::NotUtf8(offset) => {
                write!(f, "byte {offset} is not UTF-8; convert the file, or read it with --lossy")
            }
            Self::BadJson(message) => write!(f, "not a JSON object: {message}"),
            Self::MissingField(field) => write!(f, "the field {field:?} is missing"),
            Self::WrongKind(field, expected) => write!(f, "the field {field:?} must be {expected}"),
            Self::MissingColumn(name) => write!(f, "the table has no column {name:?}"),
            Self::BadFile(message) => write!(f, "{message}; the file is cut short, or of another format than it seems"),
            Self::NoMatch => f.write_str("no file is called so"),
            Self::MixedFormats(first, other) => {
                write!(f, "it is {other} and the input before it is {first}; give inputs of one format")
            }
            Self::NotBuilt(format) => write!(f, "this build does not read {format}"),
            Self::WrongLength(found, expected) => {
                write!(
                    f,
                    "the row has {found} values and the table {expected} columns; look for a quote that is not closed"
                )
            }
            Self::OpenQuote(line) => write!(
                f,
                "a quote is not closed in the row that begins in line {line} of the file, and the rest of the file is one value"
            ),
            Self::RepeatedColumn(name) => write!(f, "several columns are called {name:?}; rename all but one"),
            Self::MixedColumns(first) => write!(
                f,
                "its columns are not those of {}, and the inputs are written as one table; make them the same in name, order and kind, \
                 or give the inputs one at a time",
                first.display()
            ),
            Self::MixedKinds => f.write_str(
                "the inputs store a column in different ways, one with a dictionary and one without; give them one at a time",
            ),
            Self::ChangedInput { expected, found } => write!(
                f,
                "{found} documents were read where {expected} had been before: the input changed, or the options; start again"
            ),
            Self::NotTwice => f.write_str("standard input cannot be read twice; save it to a file first"),
            Self::RepeatedId(id, place) => write!(f, "the id {id:?} is that of {place} already"),
        }
    }
}

impl std::error::Error for Error {}
