//! Output files that appear complete or not at all.

pub(crate) mod lines_file;
#[cfg(feature = "parquet")]
pub(crate) mod rows_file;
pub(crate) mod table_file;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::write::GzEncoder;
use tempfile::NamedTempFile;

use crate::decompress::Compression;
use crate::error::Error;

/// A file that gets its name once it is complete, compressed if the name ends with `.gz` or `.zst`.
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
    /// Creates the file under a temporary name in the folder of its final path.
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        Self::try_create(path).map_err(|error| Error::io(path, &error))
    }

    fn try_create(path: &Path) -> io::Result<Self> {
        let file = BufWriter::with_capacity(1 << 20, temporary(path)?);
        let encoder = match Compression::from_path(path) {
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

    /// Writes everything that is buffered and syncs the file to disk.
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

/// A file that is complete on disk under a temporary name.
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

/// Creates a file under a temporary name in the folder of its final path, with the permissions of any new file.
fn temporary(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.prefix(".unfinished-").tempfile_in(folder)
}
