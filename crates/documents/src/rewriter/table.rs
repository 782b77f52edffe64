//! Rewrites tables of values separated by commas or tabs.

use std::path::Path;

use super::sink::{NewTexts, OldTexts, Sink, written};
use crate::batch::{Part, Record};
use crate::error::Error;
use crate::field_path::FieldPath;
use crate::formats::table::Dialect;
use crate::output::Finished;
use crate::output::table_file::TableFile;

/// Writes the rows of the input, some of them with new texts.
pub(super) struct TableRewriter {
    out: TableFile,
    /// Whether the row of column names is written. It is the same in all inputs.
    begun: bool,
}

impl TableRewriter {
    pub(super) fn create(path: &Path, dialect: Dialect) -> Result<Self, Error> {
        Ok(Self { out: TableFile::create(path, dialect)?, begun: false })
    }

    /// Returns the index of the column of each text field.
    fn columns(&self, part: &Part, fields: &[FieldPath]) -> Result<Vec<Option<usize>>, Error> {
        let names = self.out.values(&part.header)?;
        let column = |field: &FieldPath| names.iter().position(|name| name == field.as_str().as_bytes());
        Ok(fields.iter().map(column).collect())
    }
}

impl Sink for TableRewriter {
    fn texts<'p>(&self, part: &'p Part, fields: &[FieldPath]) -> Result<Vec<OldTexts<'p>>, Error> {
        let columns = self.columns(part, fields)?;
        let of_record = |record: &Record| {
            let row = self.out.values(part.bytes_of(record))?;
            let text = |column: &Option<usize>| Some(String::from_utf8_lossy(row.get((*column)?)?).into_owned().into());
            Ok(columns.iter().map(text).collect())
        };
        part.documents.iter().map(of_record).collect()
    }

    fn write(&mut self, part: &Part, fields: &[FieldPath], new: &[Option<NewTexts>]) -> Result<(), Error> {
        if !self.begun && !part.header.is_empty() {
            self.begun = true;
            self.out.row(&part.header)?;
        }
        let columns = self.columns(part, fields)?;
        for (record, new) in written(part, new) {
            let row = part.bytes_of(record);
            if new.iter().all(Option::is_none) {
                self.out.row(row)?;
                continue;
            }
            let old = self.out.values(row)?;
            let value = |(number, old)| {
                let field = columns.iter().position(|column| *column == Some(number));
                field.and_then(|field| new[field].as_deref()).map_or(old, str::as_bytes)
            };
            self.out.row_of(old.iter().enumerate().map(value))?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Finished, Error> {
        self.out.finish()
    }
}
