//! Text files that are complete or absent.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use twinprint::external::AtomicFile;

/// An [`AtomicFile`] whose errors name it.
pub(crate) struct WholeFile {
    path: PathBuf,
    file: AtomicFile,
}

impl WholeFile {
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let file = AtomicFile::create(path).with_context(|| path.display().to_string())?;
        Ok(Self { path: path.into(), file })
    }

    /// Writes a small file.
    pub(crate) fn write_text(path: &Path, text: &str) -> Result<()> {
        let mut file = Self::create(path)?;
        file.lines(text.as_bytes())?;
        file.finish()
    }

    pub(crate) fn line(&mut self, line: std::fmt::Arguments<'_>) -> Result<()> {
        writeln!(self.file, "{line}").with_context(|| self.path.display().to_string())
    }

    /// Writes lines that bring their ends with them.
    pub(crate) fn lines(&mut self, lines: &[u8]) -> Result<()> {
        self.file.write_all(lines).with_context(|| self.path.display().to_string())
    }

    /// Syncs the file and gives it its name.
    pub(crate) fn finish(self) -> Result<()> {
        self.file.commit().with_context(|| self.path.display().to_string())
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
