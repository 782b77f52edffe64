//! Lines in a file that is whole, or not there.

use std::path::Path;

use super::{Finished, Output};
use crate::error::Error;

/// Lines of inputs one after another, with an end between them where one lacks its own, as the last of a file may.
pub(crate) struct LinesFile {
    out: Output,
    is_open: bool,
}

impl LinesFile {
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        Ok(Self { out: Output::create(path)?, is_open: false })
    }

    /// Writes a line as it is.
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
