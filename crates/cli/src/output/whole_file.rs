//! Files that are complete or absent.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use twinprint::external::AtomicFile;

use super::staging::publish;

/// A file that is written in a staging folder, and gets its final name when it is complete.
#[derive(Debug)]
pub(crate) struct WholeFile {
    file: AtomicFile,
    target: PathBuf,
}

impl WholeFile {
    pub(crate) fn create(staged: &Path, target: &Path) -> Result<Self> {
        let file = AtomicFile::create(staged).with_context(|| target.display().to_string())?;
        Ok(Self { file, target: target.into() })
    }

    /// Syncs the file and gives it its name.
    pub(crate) fn finish(self) -> Result<()> {
        let staged = self.file.path().to_path_buf();
        self.file.commit().with_context(|| self.target.display().to_string())?;
        publish(&staged, &self.target)
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", self.target.display()));
        self.file.write(bytes).map_err(named)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
