//! Output files of tables.

use std::path::{Path, PathBuf};

use csv::{ByteRecord, ReaderBuilder, WriterBuilder};

use super::{Finished, Output};
use crate::error::{Error, ErrorKind};

/// Writes rows of values separated by commas or tabs.
pub(crate) struct TableFile {
    path: PathBuf,
    out: Output,
    separator: u8,
}

impl TableFile {
    pub(crate) fn create(path: &Path, separator: u8) -> Result<Self, Error> {
        Ok(Self { path: path.into(), out: Output::create(path)?, separator })
    }

    /// Writes a row unchanged, followed by a line end.
    pub(crate) fn row(&mut self, row: &[u8]) -> Result<(), Error> {
        self.out.write(row)?;
        self.out.write(b"\n")
    }

    /// Writes a row unchanged, followed by more values.
    pub(crate) fn row_with<'a>(&mut self, row: &[u8], more: impl IntoIterator<Item = &'a [u8]>) -> Result<(), Error> {
        self.out.write(row)?;
        self.out.write(&[self.separator])?;
        self.row_of(more)
    }

    /// Writes a row of values, quoted if they need it.
    pub(crate) fn row_of<'a>(&mut self, values: impl IntoIterator<Item = &'a [u8]>) -> Result<(), Error> {
        let mut row = Vec::new();
        let mut writer = WriterBuilder::new().delimiter(self.separator).from_writer(&mut row);
        let written = writer.write_record(values).and_then(|()| Ok(writer.flush()?));
        drop(writer);
        written.map_err(|error| self.failed(&error))?;
        self.out.write(&row)
    }

    /// Parses the values of a row.
    pub(crate) fn values(&self, row: &[u8]) -> Result<ByteRecord, Error> {
        let mut rows = ReaderBuilder::new();
        rows.delimiter(self.separator).has_headers(false).flexible(true);
        let mut values = ByteRecord::new();
        rows.from_reader(row).read_byte_record(&mut values).map_err(|error| self.failed(&error))?;
        Ok(values)
    }

    pub(crate) fn finish(self) -> Result<Finished, Error> {
        self.out.finish()
    }

    fn failed(&self, error: &csv::Error) -> Error {
        Error::new(&self.path, ErrorKind::Io(error.to_string()))
    }
}
