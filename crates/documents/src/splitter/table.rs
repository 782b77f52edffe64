//! Tables of values with commas or tabs between them.

use std::path::{Path, PathBuf};

use super::output::Output;
use super::{Duplicate, Sink, with_verdicts};
use crate::batch::Part;
use crate::error::{Error, Reason};

/// The rows of the input, and removed ones with more columns.
pub(super) struct Rows {
    kept: Output,
    removed: Output,
    separator: u8,
    path: PathBuf,
    /// The names of the columns, once they are known.
    header: Option<Vec<u8>>,
}

impl Rows {
    pub(super) fn create(kept: &Path, removed: &Path, separator: u8) -> Result<Self, Error> {
        let (path, header) = (kept.to_path_buf(), None);
        Ok(Self { kept: Output::create(kept)?, removed: Output::create(removed)?, separator, path, header })
    }

    /// Writes the names of the columns, which must be the same in all files.
    fn begin(&mut self, header: &[u8]) -> Result<(), Error> {
        match &self.header {
            Some(first) if first == header => Ok(()),
            Some(_) => Err(Error::new(&self.path, Reason::MixedColumns)),
            None => {
                self.header = Some(header.to_vec());
                self.write_kept(header)?;
                self.write_removed(header, ["duplicate_of", "jaccard", "containment"])
            }
        }
    }

    fn write_kept(&mut self, row: &[u8]) -> Result<(), Error> {
        self.kept.write(row)?;
        self.kept.write(b"\n")
    }

    fn write_removed(&mut self, row: &[u8], more: [&str; 3]) -> Result<(), Error> {
        let mut writer = csv::WriterBuilder::new().delimiter(self.separator).from_writer(Vec::new());
        let more = writer.write_record(more).map_err(|error| error.to_string());
        let more = more.and_then(|()| writer.into_inner().map_err(|error| error.to_string()));
        let more = more.map_err(|message| Error::new(&self.path, Reason::Io(message)))?;
        self.removed.write(row)?;
        self.removed.write(&[self.separator])?;
        self.removed.write(&more)
    }
}

impl Sink for Rows {
    fn write(&mut self, part: &Part, verdicts: &[Option<Duplicate>]) -> Result<(), Error> {
        if !part.documents.is_empty() {
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

    fn finish(self: Box<Self>) -> Result<(), Error> {
        self.kept.finish()?;
        self.removed.finish()
    }
}
