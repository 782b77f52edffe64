//! Tables of values with commas or tabs between them.

use std::path::{Path, PathBuf};

use super::{Duplicate, MORE, Sink, with_verdicts};
use crate::batch::Part;
use crate::error::{Error, Reason};
use crate::output::{Finished, Output};
use crate::row::{joined, values};

/// The rows of the input, and removed ones with more columns.
pub(super) struct Rows {
    kept: Output,
    removed: Output,
    separator: u8,
    path: PathBuf,
    /// The names of the columns, once they are known.
    header: Option<Vec<u8>>,
    /// The numbers of columns that are called like those that removed rows get.
    replaced: Vec<usize>,
}

impl Rows {
    pub(super) fn create(kept: &Path, removed: &Path, separator: u8) -> Result<Self, Error> {
        let (kept, removed, path) = (Output::create(kept)?, Output::create(removed)?, kept.to_path_buf());
        Ok(Self { kept, removed, separator, path, header: None, replaced: Vec::new() })
    }

    /// Writes the names of the columns, which must be the same in all files.
    fn begin(&mut self, header: &[u8]) -> Result<(), Error> {
        match &self.header {
            Some(first) if first == header => Ok(()),
            Some(_) => Err(Error::new(&self.path, Reason::MixedColumns)),
            None => {
                self.header = Some(header.to_vec());
                let names = values(header, self.separator).map_err(|error| self.failed(&error))?;
                let is_replaced = |&number: &usize| MORE.iter().any(|name| names.get(number) == Some(name.as_bytes()));
                self.replaced = (0..names.len()).filter(is_replaced).collect();
                self.write_kept(header)?;
                self.write_removed(header, MORE)
            }
        }
    }

    fn write_kept(&mut self, row: &[u8]) -> Result<(), Error> {
        self.kept.write(row)?;
        self.kept.write(b"\n")
    }

    /// Writes a row with more values. It stays byte for byte, unless some of its own are replaced.
    fn write_removed(&mut self, row: &[u8], more: [&str; 3]) -> Result<(), Error> {
        let more = more.map(str::as_bytes);
        if self.replaced.is_empty() {
            self.removed.write(row)?;
            self.removed.write(&[self.separator])?;
            let more = joined(more, self.separator).map_err(|error| self.failed(&error))?;
            return self.removed.write(&more);
        }
        let values = values(row, self.separator).map_err(|error| self.failed(&error))?;
        let own = values.iter().enumerate().filter(|(number, _)| !self.replaced.contains(number));
        let row =
            joined(own.map(|(_, value)| value).chain(more), self.separator).map_err(|error| self.failed(&error))?;
        self.removed.write(&row)
    }

    fn failed(&self, error: &impl ToString) -> Error {
        Error::new(&self.path, Reason::Io(error.to_string()))
    }
}

impl Sink for Rows {
    fn write(&mut self, part: &Part, verdicts: &[Option<Duplicate>]) -> Result<(), Error> {
        if !part.header.is_empty() {
            self.begin(&part.header)?;
        }
        for (record, verdict) in with_verdicts(part, verdicts) {
            let row = part.bytes_of(record);
            match verdict {
                None => self.write_kept(row)?,
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
