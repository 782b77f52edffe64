//! Tables of values with commas or tabs between them.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::{NewTexts, Sink};
use crate::batch::{Part, Record};
use crate::error::{Error, Reason};
use crate::fields::FieldPath;
use crate::output::{Finished, Output};
use crate::row::{joined, values};

/// The rows of the input, of which some have other texts.
pub(super) struct Rows {
    out: Output,
    path: PathBuf,
    separator: u8,
    /// The names of the columns, once they are known.
    header: Option<Vec<u8>>,
}

impl Rows {
    pub(super) fn create(path: &Path, separator: u8) -> Result<Self, Error> {
        Ok(Self { out: Output::create(path)?, path: path.into(), separator, header: None })
    }

    /// Writes the names of the columns, which must be the same in all files.
    fn begin(&mut self, header: &[u8]) -> Result<(), Error> {
        match &self.header {
            Some(first) if first == header => Ok(()),
            Some(_) => Err(Error::new(&self.path, Reason::MixedColumns)),
            None => {
                self.header = Some(header.to_vec());
                self.row(header)
            }
        }
    }

    fn row(&mut self, row: &[u8]) -> Result<(), Error> {
        self.out.write(row)?;
        self.out.write(b"\n")
    }

    fn values(&self, row: &[u8]) -> Result<csv::ByteRecord, Error> {
        values(row, self.separator).map_err(|error| self.failed(&error))
    }

    /// The numbers of the columns of texts.
    fn columns(&self, part: &Part, fields: &[FieldPath]) -> Result<Vec<Option<usize>>, Error> {
        let names = self.values(&part.header)?;
        let column = |field: &FieldPath| names.iter().position(|name| name == field.as_str().as_bytes());
        Ok(fields.iter().map(column).collect())
    }

    fn failed(&self, error: &impl ToString) -> Error {
        Error::new(&self.path, Reason::Io(error.to_string()))
    }
}

impl Sink for Rows {
    fn texts<'p>(&self, part: &'p Part, fields: &[FieldPath]) -> Result<Vec<Vec<Option<Cow<'p, str>>>>, Error> {
        let columns = self.columns(part, fields)?;
        let of_record = |record: &Record| {
            let row = self.values(part.bytes_of(record))?;
            let text = |column: &Option<usize>| Some(String::from_utf8_lossy(row.get((*column)?)?).into_owned().into());
            Ok(columns.iter().map(text).collect())
        };
        part.documents.iter().map(of_record).collect()
    }

    fn write(&mut self, part: &Part, fields: &[FieldPath], new: &[NewTexts]) -> Result<(), Error> {
        if !part.header.is_empty() {
            self.begin(&part.header)?;
        }
        let columns = self.columns(part, fields)?;
        for (record, new) in part.documents.iter().zip(new) {
            let row = part.bytes_of(record);
            if new.iter().all(Option::is_none) {
                self.row(row)?;
                continue;
            }
            let old = self.values(row)?;
            let value = |(number, old)| {
                let field = columns.iter().position(|column| *column == Some(number));
                field.and_then(|field| new[field].as_deref()).map_or(old, str::as_bytes)
            };
            let row = joined(old.iter().enumerate().map(value), self.separator).map_err(|error| self.failed(&error))?;
            self.out.write(&row)?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Finished, Error> {
        self.out.finish()
    }
}
