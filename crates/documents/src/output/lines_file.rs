//! Output files of lines.

use std::path::Path;

use super::{Finished, Output};
use crate::error::Error;

/// Writes lines of several inputs one after another. Adds a line end if the last line of an input lacks it. A byte
/// order mark stays only at the beginning of the file, because in its middle no program reads it.
pub(crate) struct LinesFile {
    out: Output,
    is_begun: bool,
    is_open: bool,
}

impl LinesFile {
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        Ok(Self { out: Output::create(path)?, is_begun: false, is_open: false })
    }

    /// Writes a line unchanged.
    pub(crate) fn line(&mut self, line: &[u8]) -> Result<(), Error> {
        let line = match line.strip_prefix("\u{feff}".as_bytes()) {
            Some(line) if self.is_begun => line,
            _ => line,
        };
        if self.is_open {
            self.out.write(b"\n")?;
        }
        (self.is_begun, self.is_open) = (true, !line.ends_with(b"\n"));
        self.out.write(line)
    }

    pub(crate) fn finish(self) -> Result<Finished, Error> {
        self.out.finish()
    }
}
