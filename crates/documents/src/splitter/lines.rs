//! Splits files with a text per line.

use std::path::Path;

use super::decision::DuplicateOf;
use super::sink::{Sink, with_duplicates};
use super::text::removed_text;
use crate::batch::Part;
use crate::error::Error;
use crate::output::lines_file::LinesFile;
use crate::output::{Finished, Output};

/// Writes kept lines unchanged, and removed ones as JSON lines.
pub(super) struct LinesSplitter {
    kept: LinesFile,
    removed: Output,
}

impl LinesSplitter {
    pub(super) fn create(kept: &Path, removed: &Path) -> Result<Self, Error> {
        Ok(Self { kept: LinesFile::create(kept)?, removed: Output::create(removed)? })
    }
}

impl Sink for LinesSplitter {
    fn write(&mut self, part: &Part, duplicates: &[Option<DuplicateOf>]) -> Result<(), Error> {
        for (record, duplicate) in with_duplicates(part, duplicates) {
            match duplicate {
                None => self.kept.line(part.bytes_of(record))?,
                Some(duplicate) => {
                    let (id, text) = part.document(record);
                    self.removed.write(&removed_text(id, &part.path, text, duplicate))?;
                }
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<[Finished; 2], Error> {
        Ok([self.kept.finish()?, self.removed.finish()?])
    }
}
