//! Splits tables of values separated by commas or tabs.

use std::path::Path;

use super::decision::DuplicateOf;
use super::sink::{DUPLICATE_FIELDS, Sink, with_duplicates};
use crate::batch::Part;
use crate::error::Error;
use crate::formats::table::Dialect;
use crate::output::Finished;
use crate::output::table_file::TableFile;

/// Writes kept rows unchanged, and removed ones with more columns.
pub(super) struct TableSplitter {
    kept: TableFile,
    removed: TableFile,
    /// The indices of input columns that have a name of [`DUPLICATE_FIELDS`], once the column names are known.
    replaced: Option<Vec<usize>>,
}

impl TableSplitter {
    pub(super) fn create(kept: &Path, removed: &Path, dialect: Dialect) -> Result<Self, Error> {
        let create = |path| TableFile::create(path, dialect);
        Ok(Self { kept: create(kept)?, removed: create(removed)?, replaced: None })
    }

    /// Writes the row of column names, which is the same in all inputs.
    fn begin(&mut self, header: &[u8]) -> Result<(), Error> {
        let names = self.removed.values(header)?;
        let is_replaced =
            |&number: &usize| DUPLICATE_FIELDS.iter().any(|name| names.get(number) == Some(name.as_bytes()));
        self.replaced = Some((0..names.len()).filter(is_replaced).collect());
        self.kept.row(header)?;
        self.write_removed(header, DUPLICATE_FIELDS)
    }

    /// Writes a row followed by more values. It stays byte for byte unless some of its columns are replaced.
    fn write_removed(&mut self, row: &[u8], more: [&str; 3]) -> Result<(), Error> {
        let (replaced, more) = (self.replaced.as_deref().unwrap_or_default(), more.map(str::as_bytes));
        if replaced.is_empty() {
            return self.removed.row_with(row, more);
        }
        let values = self.removed.values(row)?;
        let own = values.iter().enumerate().filter(|(number, _)| !replaced.contains(number));
        self.removed.row_of(own.map(|(_, value)| value).chain(more))
    }
}

impl Sink for TableSplitter {
    fn write(&mut self, part: &Part, duplicates: &[Option<DuplicateOf>]) -> Result<(), Error> {
        if self.replaced.is_none() && !part.header.is_empty() {
            self.begin(&part.header)?;
        }
        for (record, duplicate) in with_duplicates(part, duplicates) {
            let row = part.bytes_of(record);
            match duplicate {
                None => self.kept.row(row)?,
                Some(duplicate) => {
                    let [jaccard, containment] = [duplicate.jaccard, duplicate.containment].map(|it| it.to_string());
                    self.write_removed(row, [&duplicate.id, &jaccard, &containment])?;
                }
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<[Finished; 2], Error> {
        Ok([self.kept.finish()?, self.removed.finish()?])
    }
}
