//! Tables of values with commas or tabs between them.

use std::path::Path;

use super::{Duplicate, MORE, Sink, with_verdicts};
use crate::batch::Part;
use crate::error::Error;
use crate::output::{Finished, TableFile};

/// The rows of the input, and removed ones with more columns.
pub(super) struct Rows {
    kept: TableFile,
    removed: TableFile,
    /// The numbers of columns that are called like those that removed rows get; nothing before the names are known.
    replaced: Option<Vec<usize>>,
}

impl Rows {
    pub(super) fn create(kept: &Path, removed: &Path, separator: u8) -> Result<Self, Error> {
        let create = |path| TableFile::create(path, separator);
        Ok(Self { kept: create(kept)?, removed: create(removed)?, replaced: None })
    }

    /// Writes the names of the columns, which are the same in all files.
    fn begin(&mut self, header: &[u8]) -> Result<(), Error> {
        let names = self.removed.values(header)?;
        let is_replaced = |&number: &usize| MORE.iter().any(|name| names.get(number) == Some(name.as_bytes()));
        self.replaced = Some((0..names.len()).filter(is_replaced).collect());
        self.kept.row(header)?;
        self.write_removed(header, MORE)
    }

    /// Writes a row with more values. It stays byte for byte, unless some of its own are replaced.
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

impl Sink for Rows {
    fn write(&mut self, part: &Part, verdicts: &[Option<Duplicate>]) -> Result<(), Error> {
        if self.replaced.is_none() && !part.header.is_empty() {
            self.begin(&part.header)?;
        }
        for (record, verdict) in with_verdicts(part, verdicts) {
            let row = part.bytes_of(record);
            match verdict {
                None => self.kept.row(row)?,
                Some(duplicate) => {
                    let [jaccard, containment] = [duplicate.jaccard, duplicate.containment].map(|it| it.to_string());
                    self.write_removed(row, [&duplicate.of, &jaccard, &containment])?;
                }
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<[Finished; 2], Error> {
        Ok([self.kept.finish()?, self.removed.finish()?])
    }
}
