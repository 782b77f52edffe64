//! Errors of reading and writing documents.

mod kind;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

pub use self::kind::{ErrorKind, FieldRole, Missing};

/// Says why an input cannot be read, or an output cannot be written: where, and why.
///
/// Its text names the file, the line if there is one, what is wrong, and what can be done about it. The options
/// that it names are those of the command `twinprint`.
///
/// ```
/// use twinprint_documents::{ErrorKind, Options, read};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("a.jsonl");
/// std::fs::write(&path, "{\"id\": 1, \"text\": \"x\"}\n{\"id\": 2, \"text\": [\"y\"]}\n")?;
/// let error = read(&path, &Options::default()).unwrap_err();
/// assert_eq!((error.path.as_path(), error.line), (path.as_path(), Some(2)));
/// assert!(matches!(&error.kind, ErrorKind::WrongType(field, _) if field == "text"));
/// assert!(error.to_string().contains("a.jsonl, line 2: the field \"text\" must be a string"), "{error}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Error {
    /// The file or folder.
    pub path: PathBuf,
    /// The line, row or record, counted from 1; the row of column names of a table is row 1. `None` if the error
    /// concerns the whole file.
    pub line: Option<u64>,
    /// What [`line`](Self::line) counts.
    pub unit: RecordUnit,
    /// What is wrong.
    pub kind: ErrorKind,
}

/// Says what the records of a file are called, for messages. Defaults to lines.
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

    /// Wraps what the operating system reported about a file.
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
