//! Lines of output, to a file or to standard output.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::Result;

use crate::whole::WholeFile;

/// Size of the buffer in front of standard output, in bytes.
const BUFFER: usize = 1 << 16;

/// Collects the lines that a command prints.
pub(crate) enum LineSink {
    /// A file that appears under its name only when it is complete.
    File(WholeFile),
    Standard(BufWriter<io::StdoutLock<'static>>),
}

impl LineSink {
    /// Opens a file, or standard output if there is no path.
    pub(crate) fn create(path: Option<&Path>) -> Result<Self> {
        Ok(match path {
            Some(path) => Self::File(WholeFile::create(path)?),
            None => Self::Standard(BufWriter::with_capacity(BUFFER, io::stdout().lock())),
        })
    }

    /// Writes a line and its end.
    pub(crate) fn line(&mut self, line: std::fmt::Arguments<'_>) -> Result<()> {
        match self {
            Self::File(file) => file.line(line),
            Self::Standard(out) => Ok(writeln!(out, "{line}")?),
        }
    }

    /// Writes lines that bring their ends with them.
    pub(crate) fn write(&mut self, lines: &[u8]) -> Result<()> {
        match self {
            Self::File(file) => file.lines(lines),
            Self::Standard(out) => Ok(out.write_all(lines)?),
        }
    }

    /// Flushes the lines; a file gets its name.
    pub(crate) fn finish(self) -> Result<()> {
        match self {
            Self::File(file) => file.finish(),
            Self::Standard(mut out) => Ok(out.flush()?),
        }
    }
}
