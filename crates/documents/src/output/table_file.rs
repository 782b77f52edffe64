//! Output files of tables.

use std::path::{Path, PathBuf};

use super::{Finished, Output};
use crate::error::{Error, ErrorKind};
use crate::formats::table::{Dialect, Values};

/// Writes rows of a table.
pub(crate) struct TableFile {
    path: PathBuf,
    out: Output,
    dialect: Dialect,
}

impl TableFile {
    pub(crate) fn create(path: &Path, dialect: Dialect) -> Result<Self, Error> {
        Ok(Self { path: path.into(), out: Output::create(path)?, dialect })
    }

    /// Writes a row unchanged, followed by a line end.
    pub(crate) fn row(&mut self, row: &[u8]) -> Result<(), Error> {
        self.out.write(row)?;
        self.out.write(b"\n")
    }

    /// Writes a row unchanged, followed by more values.
    pub(crate) fn row_with<'a>(&mut self, row: &[u8], more: impl IntoIterator<Item = &'a [u8]>) -> Result<(), Error> {
        self.out.write(row)?;
        self.out.write(&[self.dialect.delimiter])?;
        self.row_of(more)
    }

    /// Writes a row of values, quoted if they need it.
    pub(crate) fn row_of<'a>(&mut self, values: impl IntoIterator<Item = &'a [u8]>) -> Result<(), Error> {
        let values: Vec<&[u8]> = values.into_iter().collect();
        if let Some(value) = values.iter().find(|value| !self.dialect.can_write(value)) {
            let value = String::from_utf8_lossy(value).into_owned();
            return Err(Error::new(&self.path, ErrorKind::NeedsQuotes(value)));
        }
        let row = self.dialect.row(values).map_err(|error| self.failed(&error))?;
        self.out.write(&row)
    }

    /// Parses the values of a row.
    pub(crate) fn values<'a>(&self, row: &'a [u8]) -> Result<Values<'a>, Error> {
        self.dialect.values(row).map_err(|error| self.failed(&error))
    }

    pub(crate) fn finish(self) -> Result<Finished, Error> {
        self.out.finish()
    }

    fn failed(&self, error: &csv::Error) -> Error {
        Error::new(&self.path, ErrorKind::Io(error.to_string()))
    }
}
