//! Columns of tables, which must agree if several tables are written as one.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// The type of its values, or empty if the format has no types.
    pub(crate) kind: String,
}

/// The columns of the first file that has any, with which all others must agree.
#[derive(Debug, Default)]
pub(crate) struct FirstColumns(Option<(PathBuf, Vec<Column>)>);

impl FirstColumns {
    /// Refuses a file whose columns differ. A file without columns, because it is empty or of a format without any, agrees with all.
    pub(crate) fn check(&mut self, path: &Path, columns: Vec<Column>) -> Result<(), Error> {
        match &self.0 {
            _ if columns.is_empty() => {}
            None => self.0 = Some((path.into(), columns)),
            Some((_, first)) if *first == columns => {}
            Some((first, _)) => return Err(Error::new(path, ErrorKind::MixedColumns(first.clone()))),
        }
        Ok(())
    }
}
