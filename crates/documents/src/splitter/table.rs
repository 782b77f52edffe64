//! Splits tables of values separated by commas or tabs.

use std::path::Path;

use super::decision::DuplicateOf;
use super::sink::{Sink, duplicate_fields, with_duplicates};
use crate::batch::Part;
use crate::error::Error;
use crate::formats::table::Dialect;
use crate::output::Finished;
use crate::output::table_file::TableFile;

/// Writes kept rows unchanged, and removed ones with more columns.
pub(super) struct TableSplitter {
    kept: TableFile,
    removed: TableFile,
    /// The columns that removed rows get.
    more: &'static [&'static str],
    /// The indices of input columns that have a name of these, once the column names are known.
    replaced: Option<Vec<usize>>,
}

impl TableSplitter {
    pub(super) fn create(kept: &Path, removed: &Path, dialect: Dialect, passages: bool) -> Result<Self, Error> {
        let create = |path| TableFile::create(path, dialect);
        Ok(Self { kept: create(kept)?, removed: create(removed)?, more: duplicate_fields(passages), replaced: None })
    }

    /// Writes the row of column names, which is the same in all inputs.
    fn begin(&mut self, header: &[u8]) -> Result<(), Error> {
        let names = self.removed.values(header)?;
        let is_replaced = |&number: &usize| self.more.iter().any(|name| names.get(number) == Some(name.as_bytes()));
        self.replaced = Some((0..names.len()).filter(is_replaced).collect());
        self.kept.row(header)?;
        self.write_removed(header, self.more)
    }

    /// Writes a row followed by more values. It stays byte for byte unless some of its columns are replaced.
    fn write_removed(&mut self, row: &[u8], more: &[&str]) -> Result<(), Error> {
        let more = more.iter().map(|value| value.as_bytes());
        let replaced = self.replaced.as_deref().unwrap_or_default();
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
                    let [start, end, share] = duplicate.passage.map_or_else(Default::default, |passage| {
                        [passage.start.to_string(), passage.end.to_string(), passage.share.to_string()]
                    });
                    let values: [&str; 6] = [&duplicate.id, &jaccard, &containment, &start, &end, &share];
                    self.write_removed(row, &values[..self.more.len()])?;
                }
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<[Finished; 2], Error> {
        Ok([self.kept.finish()?, self.removed.finish()?])
    }
}
