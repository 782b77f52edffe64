//! Where results go: standard output, pipes, files and folders.
//!
//! * What is not a regular file is never replaced. Pipes and devices are written to.
//! * A file appears under its name when it is complete and on disk.
//! * An output is locked before anything in it is touched, so that two runs never mix.
//! * Files and folders of an earlier run are replaced only if that run's marker lists them.

mod created_folder;
mod dir;
mod earlier;
mod line_sink;
mod lock;
mod marker;
mod result_name;
mod run_folder;
mod staging;
mod target;
mod whole_file;

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

pub(crate) use dir::{OutputDir, Replacing, Sides, WORK};
pub(crate) use line_sink::LineSink;
pub(crate) use lock::OutputLock;
pub(crate) use marker::{MARKER as OUTPUT_MARKER, run_name};
pub(crate) use run_folder::WORK_MARKER;
use staging::{Staging, folder_of};
pub(crate) use target::Target;
use whole_file::WholeFile;

/// Size of the buffer in front of a stream, in bytes.
const BUFFER: usize = 1 << 16;

/// An output that is ready to be written. A file is locked as long as this lives.
#[derive(Debug)]
pub(crate) enum Output {
    Standard,
    Stream(PathBuf),
    File {
        /// The path of the file until it is complete.
        staged: PathBuf,
        target: PathBuf,
        /// The lock of the file; none in a folder that is locked as a whole.
        _staging: Option<Staging>,
    },
}

impl Output {
    /// Prepares the output that an option names, or standard output if there is no path.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else { return Ok(Self::Standard) };
        let target = match Target::new(path)? {
            Target::Standard => return Ok(Self::Standard),
            Target::Stream(path) => return Ok(Self::Stream(path)),
            Target::Folder(path) => bail!("{}: this is a folder; choose the name of a file", path.display()),
            Target::File(target) => target,
        };
        let Some(name) = target.file_name() else { bail!("{}: choose the name of a file", path.display()) };
        let name = name.to_string_lossy().into_owned();
        let staging = Staging::begin(folder_of(&target), &format!(".{name}.twinprint-lock"), path)?;
        Ok(Self::File { staged: staging.path(&name), target, _staging: Some(staging) })
    }

    /// Begins to write.
    pub(crate) fn create(&self) -> Result<OutputWriter> {
        Ok(match self {
            Self::Standard => OutputWriter::Standard(BufWriter::with_capacity(BUFFER, io::stdout().lock())),
            Self::Stream(path) => {
                let file = File::options().append(true).open(path).with_context(|| path.display().to_string())?;
                OutputWriter::Stream(BufWriter::with_capacity(BUFFER, file), path.clone())
            }
            Self::File { staged, target, .. } => OutputWriter::File(WholeFile::create(staged, target)?),
        })
    }
}

/// Writes an output.
#[derive(Debug)]
pub(crate) enum OutputWriter {
    Standard(BufWriter<StdoutLock<'static>>),
    Stream(BufWriter<File>, PathBuf),
    File(WholeFile),
}

impl OutputWriter {
    /// Flushes the output. A file is synced and gets its name.
    pub(crate) fn finish(self) -> Result<()> {
        match self {
            Self::Standard(mut out) => Ok(out.flush()?),
            Self::Stream(mut out, path) => out.flush().with_context(|| path.display().to_string()),
            Self::File(file) => file.finish(),
        }
    }

    /// Returns whether people see this on a terminal.
    pub(crate) fn is_terminal(&self) -> bool {
        match self {
            Self::Standard(_) => io::stdout().is_terminal(),
            Self::Stream(out, _) => out.get_ref().is_terminal(),
            Self::File(_) => false,
        }
    }
}

impl Write for OutputWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Standard(out) => out.write(bytes),
            Self::Stream(out, _) => out.write(bytes),
            Self::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Standard(out) => out.flush(),
            Self::Stream(out, _) => out.flush(),
            Self::File(file) => file.flush(),
        }
    }
}

/// Writes a complete file to a pipe, a device or standard output.
pub(crate) fn copy_to_stream(file: &Path, stream: &Path) -> Result<()> {
    let mut out = Output::open(Some(stream))?.create()?;
    let mut file = File::open(file).with_context(|| file.display().to_string())?;
    io::copy(&mut file, &mut out).with_context(|| stream.display().to_string())?;
    out.finish().with_context(|| stream.display().to_string())
}
