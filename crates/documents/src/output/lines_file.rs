//! Output files of lines.

use std::path::Path;

use super::{Finished, Output};
use crate::error::Error;

/// Writes lines of several inputs one after another. Adds a line end if the last line of an input lacks it.
pub(crate) struct LinesFile {
    out: Output,
    is_open: bool,
}

impl LinesFile {
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        Ok(Self { out: Output::create(path)?, is_open: false })
    }

    /// Writes a line unchanged.
    pub(crate) fn line(&mut self, line: &[u8]) -> Result<(), Error> {
        if self.is_open {
            self.out.write(b"\n")?;
        }
        self.is_open = !line.ends_with(b"\n");
        self.out.write(line)
    }

    pub(crate) fn finish(self) -> Result<Finished, Error> {
        self.out.finish()
    }
}
