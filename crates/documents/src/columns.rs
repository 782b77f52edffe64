//! The columns of tables, which must be the same where several tables are written as one.

use std::path::{Path, PathBuf};

use crate::error::{Error, Reason};

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// What it holds, where the format says that.
    pub(crate) kind: String,
}

/// The columns of the first file that has any, by which others are judged.
#[derive(Debug, Default)]
pub(crate) struct FirstColumns(Option<(PathBuf, Vec<Column>)>);

impl FirstColumns {
    /// Refuses a file with other columns. One without any, which is empty or of a format that has none, goes with all.
    pub(crate) fn check(&mut self, path: &Path, columns: Vec<Column>) -> Result<(), Error> {
        match &self.0 {
            _ if columns.is_empty() => {}
            None => self.0 = Some((path.into(), columns)),
            Some((_, first)) if *first == columns => {}
            Some((first, _)) => return Err(Error::new(path, Reason::MixedColumns(first.clone()))),
        }
        Ok(())
    }
}
