//! Where a record is.

use std::fmt;
use std::path::PathBuf;

use crate::error::RecordUnit;

/// Tells where a record is in the inputs, shown as `a.jsonl, line 3`; returned by
/// [`Inputs::places`](crate::Inputs::places), which has an example.
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
