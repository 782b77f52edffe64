//! Lines of output.

use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::Result;

use super::{Output, OutputWriter};
use crate::escape::for_terminal;

/// Collects the lines that a command prints. On a terminal, characters that would change what is seen are escaped.
#[derive(Debug)]
pub(crate) struct LineSink {
    out: OutputWriter,
    is_terminal: bool,
    line: String,
}

impl LineSink {
    /// Begins an output.
    pub(crate) fn create(output: &Output) -> Result<Self> {
        let out = output.create()?;
        Ok(Self { is_terminal: out.is_terminal(), out, line: String::new() })
    }

    /// Begins with standard output.
    pub(crate) fn standard() -> Result<Self> {
        Self::create(&Output::Standard)
    }

    /// Writes a line and its end.
    pub(crate) fn line(&mut self, line: std::fmt::Arguments<'_>) -> Result<()> {
        if self.is_terminal {
            self.line.clear();
            self.line.write_fmt(line)?;
            return Ok(writeln!(self.out, "{}", for_terminal(&self.line))?);
        }
        Ok(writeln!(self.out, "{line}")?)
    }

    /// Writes lines that bring their ends with them.
    pub(crate) fn write(&mut self, lines: &str) -> Result<()> {
        if self.is_terminal {
            return Ok(self.out.write_all(for_terminal(lines).as_bytes())?);
        }
        Ok(self.out.write_all(lines.as_bytes())?)
    }

    /// Passes on the lines so far, so that their reader need not wait for more.
    pub(crate) fn flush(&mut self) -> Result<()> {
        Ok(self.out.flush()?)
    }

    /// Flushes the lines; a file gets its name.
    pub(crate) fn finish(self) -> Result<()> {
        self.out.finish()
    }
}
