//! Output files that appear complete or not at all.

#[cfg(feature = "parquet")]
mod dates;
#[cfg(feature = "parquet")]
mod dictionaries;
pub(crate) mod lines_file;
#[cfg(feature = "parquet")]
pub(crate) mod rows_file;
pub(crate) mod table_file;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::write::GzEncoder;
use twinprint::external::AtomicFile;

use crate::compression::Compression;
use crate::error::Error;

/// A file that gets its name once it is complete, compressed if the name ends with `.gz` or `.zst`.
pub(crate) struct Output {
    path: PathBuf,
    encoder: Encoder,
}

/// A file under a temporary name, with a buffer large enough for a disk.
pub(crate) type TemporaryFile = BufWriter<AtomicFile>;

/// Compresses what is written, as the name of the file asks.
enum Encoder {
    Plain(TemporaryFile),
    Gzip(GzEncoder<TemporaryFile>),
    Zstandard(zstd::stream::write::Encoder<'static, TemporaryFile>),
}

impl Output {
    /// Creates the file under a temporary name in the folder of its final path.
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        Self::try_create(path).map_err(|error| Error::io(path, &error))
    }

    fn try_create(path: &Path) -> io::Result<Self> {
        let file = temporary(path)?;
        let encoder = match Compression::of_output(path) {
            Compression::Gzip => Encoder::Gzip(GzEncoder::new(file, flate2::Compression::default())),
            Compression::Zstandard => Encoder::Zstandard(zstd::stream::write::Encoder::new(file, 0)?),
            _ => Encoder::Plain(file),
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
        ended.and_then(Finished::try_new).map_err(|error| Error::io(&path, &error))
    }
}

/// A file that is complete on disk under a temporary name.
///
/// Several files are first finished and then renamed, so that an error of writing one leaves the earlier files of all.
pub(crate) struct Finished(AtomicFile);

impl Finished {
    #[cfg(feature = "parquet")]
    pub(crate) fn new(path: &Path, file: TemporaryFile) -> Result<Self, Error> {
        Self::try_new(file).map_err(|error| Error::io(path, &error))
    }

    fn try_new(file: TemporaryFile) -> io::Result<Self> {
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync()?;
        Ok(Self(file))
    }

    /// Gives the file its name.
    pub(crate) fn rename(self) -> Result<(), Error> {
        let path = self.0.path().to_path_buf();
        self.0.commit().map_err(|error| Error::io(&path, &error))
    }
}

/// Creates a file under a temporary name in the folder of its final path.
pub(crate) fn temporary(path: &Path) -> io::Result<TemporaryFile> {
    Ok(BufWriter::with_capacity(1 << 20, AtomicFile::create(path)?))
}
