//! Files that are complete or absent.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempPath;

/// A file that gets its name when it is finished. Until then its name ends in `.unfinished`, and it is removed if it is dropped.
pub(crate) struct WholeFile {
    path: PathBuf,
    file: BufWriter<File>,
    unfinished: TempPath,
}

impl WholeFile {
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let mut unfinished = path.as_os_str().to_os_string();
        unfinished.push(".unfinished");
        let create = || -> io::Result<Self> {
            let file = BufWriter::with_capacity(1 << 16, File::create(&unfinished)?);
            Ok(Self { path: path.into(), file, unfinished: TempPath::try_from_path(&unfinished)? })
        };
        create().with_context(|| path.display().to_string())
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
        let Self { path, file, unfinished } = self;
        let context = || path.display().to_string();
        let file = file.into_inner().map_err(io::IntoInnerError::into_error).with_context(context)?;
        file.sync_all().with_context(context)?;
        drop(file);
        unfinished.persist(&path).map_err(|error| error.error).with_context(context)
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
