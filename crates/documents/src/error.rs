//! Errors of reading and writing documents.

mod kind;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

pub use self::kind::{ErrorKind, FieldRole, Missing};

/// An input that cannot be read, or an output that cannot be written: where, and why.
///
/// Its text names the file, the line if there is one, what is wrong, and what can be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Error {
    /// The file or folder.
    pub path: PathBuf,
    /// The line, row or record, counted from 1; the row of column names of a table is row 1. `None` if the error concerns the whole
    /// file.
    pub line: Option<u64>,
    /// What [`line`](Self::line) counts.
    pub unit: RecordUnit,
    /// What is wrong.
    pub kind: ErrorKind,
}

/// What the records of a file are called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordUnit {
    /// Lines of a file.
    #[default]
    Line,
    /// Rows of a table, which may span lines.
    Row,
    /// Records that are neither, such as the elements of a JSON array.
    Record,
}

impl RecordUnit {
    /// Returns the name, such as `line`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Row => "row",
            Self::Record => "record",
        }
    }
}

impl Error {
    /// Makes an error that concerns a whole file or folder.
    pub(crate) fn new(path: &Path, kind: ErrorKind) -> Self {
        Self { path: path.into(), line: None, unit: RecordUnit::Line, kind }
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
            write!(f, ", {} {line}", self.unit.name())?;
        }
        write!(f, ": {}", self.kind)
    }
}

impl std::error::Error for Error {}
