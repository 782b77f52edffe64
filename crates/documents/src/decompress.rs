//! Opens files, decompressed if need be.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::Error;
#[cfg(not(feature = "formats"))]
use crate::error::ErrorKind;

/// The path that means standard input.
pub(crate) const STANDARD_INPUT: &str = "-";

/// The decompressed bytes of a file.
pub(crate) type ByteReader = Box<dyn Read + Send>;

/// Counts bytes read, as they are on disk. Clones share one count.
#[derive(Clone, Debug, Default)]
pub(crate) struct ByteCounter(Arc<AtomicU64>);

impl ByteCounter {
    pub(crate) fn add(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

struct Counted<R> {
    reader: R,
    counter: ByteCounter,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.counter.add(read as u64);
        Ok(read)
    }
}

/// Opens a file, or standard input for `-`. Decompresses gzip and Zstandard, recognized by their first bytes, with all of their
/// members and frames.
pub(crate) fn open(path: &Path, counter: &ByteCounter) -> Result<ByteReader, Error> {
    let failed = |error: io::Error| Error::io(path, &error);
    let plain: ByteReader = if path.as_os_str() == STANDARD_INPUT {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(path).map_err(failed)?)
    };
    let mut counted = Counted { reader: plain, counter: counter.clone() };
    let mut first = Vec::new();
    (&mut counted).take(4).read_to_end(&mut first).map_err(failed)?;
    let compression = Compression::from_first_bytes(&first);
    decompressed(path, compression, Cursor::new(first).chain(counted))
}

/// The compression of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    Gzip,
    Zstandard,
}

impl Compression {
    /// Recognizes the magic numbers of RFC 1952 (gzip) and RFC 8878 (Zstandard).
    fn from_first_bytes(first: &[u8]) -> Self {
        if first.starts_with(&[0x1f, 0x8b]) {
            Self::Gzip
        } else if first.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Self::Zstandard
        } else {
            Self::None
        }
    }

    /// Returns the compression that the extension `.gz` or `.zst` asks for.
    #[cfg(feature = "formats")]
    pub(crate) fn from_path(path: &Path) -> Self {
        match path.extension() {
            Some(extension) if extension.eq_ignore_ascii_case("gz") => Self::Gzip,
            Some(extension) if extension.eq_ignore_ascii_case("zst") => Self::Zstandard,
            _ => Self::None,
        }
    }
}

#[cfg(feature = "formats")]
fn decompressed(path: &Path, compression: Compression, bytes: impl Read + Send + 'static) -> Result<ByteReader, Error> {
    Ok(match compression {
        Compression::None => Box::new(bytes),
        Compression::Gzip => Box::new(flate2::read::MultiGzDecoder::new(bytes)),
        Compression::Zstandard => {
            Box::new(zstd::stream::read::Decoder::new(bytes).map_err(|error| Error::io(path, &error))?)
        }
    })
}

#[cfg(not(feature = "formats"))]
fn decompressed(path: &Path, compression: Compression, bytes: impl Read + Send + 'static) -> Result<ByteReader, Error> {
    match compression {
        Compression::None => Ok(Box::new(bytes)),
        Compression::Gzip => Err(Error::new(path, ErrorKind::NotBuilt("gzip"))),
        Compression::Zstandard => Err(Error::new(path, ErrorKind::NotBuilt("Zstandard"))),
    }
}
