//! A file that is whole, or not there.

mod lines_file;
#[cfg(feature = "parquet")]
mod rows_file;
mod table_file;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::write::GzEncoder;
use tempfile::NamedTempFile;

use crate::error::Error;
use crate::opened::Compression;
pub(crate) use lines_file::LinesFile;
#[cfg(feature = "parquet")]
pub(crate) use rows_file::RowsFile;
pub(crate) use table_file::TableFile;

/// A file that gets its name when it is finished, compressed as its name says.
pub(crate) struct Output {
    path: PathBuf,
    encoder: Encoder,
}

enum Encoder {
    Plain(BufWriter<NamedTempFile>),
    Gzip(GzEncoder<BufWriter<NamedTempFile>>),
    Zstandard(zstd::stream::write::Encoder<'static, BufWriter<NamedTempFile>>),
}

impl Output {
    /// Creates it beside where it will be.
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        Self::try_create(path).map_err(|error| Error::io(path, &error))
    }

    fn try_create(path: &Path) -> io::Result<Self> {
        let file = BufWriter::with_capacity(1 << 20, temporary(path)?);
        let encoder = match Compression::of_name(path) {
            Compression::None => Encoder::Plain(file),
            Compression::Gzip => Encoder::Gzip(GzEncoder::new(file, flate2::Compression::default())),
            Compression::Zstandard => Encoder::Zstandard(zstd::stream::write::Encoder::new(file, 0)?),
        };
        Ok(Self { path: path.into(), encoder })
    }

    /// Appends bytes.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let written = match &mut self.encoder {
            Encoder::Plain(file) => file.write_all(bytes),
            Encoder::Gzip(file) => file.write_all(bytes),
            Encoder::Zstandard(file) => file.write_all(bytes),
        };
        written.map_err(|error| Error::io(&self.path, &error))
    }

    /// Writes all that is left.
    pub(crate) fn finish(self) -> Result<Finished, Error> {
        let path = self.path;
        let ended = match self.encoder {
            Encoder::Plain(file) => Ok(file),
            Encoder::Gzip(file) => file.finish(),
            Encoder::Zstandard(file) => file.finish(),
        };
        let file = ended.and_then(|file| file.into_inner().map_err(io::IntoInnerError::into_error));
        Finished::new(path.clone(), file.map_err(|error| Error::io(&path, &error))?)
    }
}

/// A file that is all on the disk, but for its name.
pub(crate) struct Finished {
    path: PathBuf,
    file: NamedTempFile,
}

impl Finished {
    fn new(path: PathBuf, file: NamedTempFile) -> Result<Self, Error> {
        file.as_file().sync_all().map_err(|error| Error::io(&path, &error))?;
        Ok(Self { path, file })
    }

    /// Gives the file its name.
    pub(crate) fn rename(self) -> Result<(), Error> {
        match self.file.persist(&self.path) {
            Ok(_) => Ok(()),
            Err(error) => Err(Error::io(&self.path, &error.error)),
        }
    }
}

/// A file without its final name, in the same folder, that others may read as any new file.
fn temporary(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.prefix(".unfinished-").tempfile_in(folder)
}
