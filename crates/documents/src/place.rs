//! Where a record is.

use std::fmt;
use std::path::PathBuf;

use crate::error::RecordUnit;

/// Tells where a record is in the inputs; returned by [`Inputs::places`](crate::Inputs::places). Its `Display` is
/// the place alone, as a person would look it up.
///
/// ```
/// use twinprint_documents::{Fields, Inputs, Options};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("a.jsonl");
/// std::fs::write(&path, "{\"id\": \"x\", \"text\": \"one\"}\n{\"id\": \"y\", \"text\": \"two\"}\n")?;
/// let (options, fields) = (Options::default(), Fields::default());
/// let places = Inputs::find([&path], &options)?.places(&options, &fields, &[1, 0])?;
/// assert_eq!((places[0].id.as_str(), places[0].line), ("y", Some(2)));
/// assert!(places[0].to_string().ends_with("a.jsonl, line 2"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordPlace {
    /// The id of the document.
    pub id: String,
    /// The file.
    pub path: PathBuf,
    /// The line, row or record, counted from 1; `None` if the file is one document.
    pub line: Option<u64>,
    /// What [`line`](Self::line) counts.
    pub unit: RecordUnit,
}

impl fmt::Display for RecordPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        match self.line {
            Some(line) => write!(f, ", {} {line}", self.unit.name()),
            None => Ok(()),
        }
    }
}
