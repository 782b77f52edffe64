//! Errors of reading and writing documents.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// An input that cannot be read, or an output that cannot be written: where, and why.
///
/// Its text names the file, the line if there is one, what is wrong, and what can be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Error {
    /// The file or folder.
    pub path: PathBuf,
    /// The line, counted from 1, or the row of a table, where the row of column names is row 1. `None` if the error concerns the
    /// whole file.
    pub line: Option<u64>,
    /// What is wrong.
    pub kind: ErrorKind,
}

/// What is wrong with a file, a folder or a record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The operating system, or a library that reads or writes a format, reported this.
    Io(String),
    /// The folder has no `.txt` file.
    EmptyFolder,
    /// The file holds no record.
    NoRecords,
    /// A byte sequence is not UTF-8; its offset in the file or line.
    NotUtf8(usize),
    /// The line is not a JSON object; what the parser reports.
    BadJson(String),
    /// The record lacks this field.
    MissingField(String),
    /// The field has a value of the wrong type; the field, and what it must be.
    WrongType(String, &'static str),
    /// An earlier record has the same id; the id, and where that record is.
    RepeatedId(String, String),
    /// The table has no column of this name.
    MissingColumn(String),
    /// The file does not follow its format; what the reader reports.
    BadFile(String),
    /// No file matches the pattern.
    NoMatch,
    /// The inputs have different formats: the format of the earlier ones, and the format of this one.
    MixedFormats(&'static str, &'static str),
    /// The row has a different number of values than the table has columns: values, and columns.
    WrongLength(usize, usize),
    /// A quote in the row is never closed, so the rest of the file became one value. The line of the file where the row begins.
    OpenQuote(u64),
    /// The table has several columns of this name.
    RepeatedColumn(String),
    /// The columns differ from those of this earlier file, so the two cannot be written as one table.
    MixedColumns(PathBuf),
    /// The tables encode a column in different ways, so they cannot be written as one.
    MixedKinds,
    /// The second reading found another number of documents than the first.
    ChangedInput {
        /// Documents of the first reading.
        expected: u64,
        /// Documents of the second reading, up to where it stopped.
        found: u64,
    },
    /// Standard input would have to be read twice.
    NotTwice,
    /// This build lacks the part that reads or writes this; see the features of the crate.
    NotBuilt(&'static str),
}

impl Error {
    /// Makes an error that concerns a whole file or folder.
    pub(crate) fn new(path: &Path, kind: ErrorKind) -> Self {
        Self { path: path.into(), line: None, kind }
    }

    /// Makes an error from what the operating system reported about a file.
    ///
    /// ```
    /// use std::{io, path::Path};
    /// use twinprint_documents::Error;
    ///
    /// let error = Error::io(Path::new("a.jsonl"), &io::Error::other("no space left"));
    /// assert_eq!(error.to_string(), "a.jsonl: no space left");
    /// ```
    #[must_use]
    pub fn io(path: &Path, error: &io::Error) -> Self {
        Self::new(path, ErrorKind::Io(error.to_string()))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.kind)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(message) => f.write_str(message),
            Self::EmptyFolder => f.write_str("the folder has no .txt file"),
            Self::NoRecords => f.write_str("the file has no records; it should hold one JSON object per line"),
            Self::NotUtf8(offset) => {
                write!(f, "byte {offset} is not UTF-8; convert the file, or read it with --lossy")
            }
            Self::BadJson(message) => write!(f, "not a JSON object: {message}"),
            Self::MissingField(field) => write!(f, "the field {field:?} is missing"),
            Self::WrongType(field, expected) => write!(f, "the field {field:?} must be {expected}"),
            Self::RepeatedId(id, place) => write!(f, "the id {id:?} is already used in {place}"),
            Self::MissingColumn(name) => write!(f, "the table has no column {name:?}"),
            Self::BadFile(message) => {
                write!(f, "{message}; the file is truncated, or not in the format its name suggests")
            }
            Self::NoMatch => f.write_str("no file matches this pattern"),
            Self::MixedFormats(first, other) => {
                write!(f, "this input is {other}, but the inputs before it are {first}; give inputs of one format")
            }
            Self::WrongLength(found, expected) => {
                write!(
                    f,
                    "the row has {found} values, but the table has {expected} columns; check for a quote that is not closed"
                )
            }
            Self::OpenQuote(line) => write!(
                f,
                "a quote is not closed in the row that begins in line {line} of the file, so the rest of the file is one value"
            ),
            Self::RepeatedColumn(name) => write!(f, "several columns are called {name:?}; rename all but one"),
            Self::MixedColumns(first) => write!(
                f,
                "its columns are not those of {}, and the inputs are written as one table; give all inputs columns of the same \
                 names, order and types, or process the inputs one at a time",
                first.display()
            ),
            Self::MixedKinds => f.write_str(
                "some inputs store a column with a dictionary and others without one; process the inputs one at a time",
            ),
            Self::ChangedInput { expected, found } => write!(
                f,
                "the second reading found {found} documents, but the first found {expected}: the input or the options have \
                 changed; start again"
            ),
            Self::NotTwice => f.write_str("standard input cannot be read twice; save it to a file first"),
            Self::NotBuilt(part) => write!(f, "this build does not read {part}"),
        }
    }
}

impl std::error::Error for Error {}
