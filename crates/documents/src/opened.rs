//! A file, whether it is compressed or not.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::Error;
#[cfg(not(feature = "formats"))]
use crate::error::Reason;

/// The name that stands for standard input.
pub(crate) const STANDARD_INPUT: &str = "-";

/// What a file is read through.
pub(crate) type Opened = Box<dyn Read + Send>;

/// Counts the bytes that were read, as they are in the files.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counter(Arc<AtomicU64>);

impl Counter {
    pub(crate) fn add(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

struct Counted<R> {
    reader: R,
    counter: Counter,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.counter.add(read as u64);
        Ok(read)
    }
}

/// Opens a file, or standard input for `-`. What is compressed by gzip or Zstandard, as its first bytes say, is
/// decompressed, with all of its members and frames.
pub(crate) fn open(path: &Path, counter: &Counter) -> Result<Opened, Error> {
    let failed = |error: io::Error| Error::io(path, &error);
    let plain: Opened = if path.as_os_str() == STANDARD_INPUT {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(path).map_err(failed)?)
    };
    let mut counted = Counted { reader: plain, counter: counter.clone() };
    let mut first = Vec::new();
    (&mut counted).take(4).read_to_end(&mut first).map_err(failed)?;
    let compression = Compression::of(&first);
    decompressed(path, compression, Cursor::new(first).chain(counted))
}

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    Gzip,
    Zstandard,
}

impl Compression {
    /// By the first bytes (RFC 1952, RFC 8878).
    fn of(first: &[u8]) -> Self {
        if first.starts_with(&[0x1f, 0x8b]) {
            Self::Gzip
        } else if first.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Self::Zstandard
        } else {
            Self::None
        }
    }

    /// By the ending of a name.
    #[cfg(feature = "formats")]
    pub(crate) fn of_name(path: &Path) -> Self {
        match path.extension() {
            Some(ending) if ending.eq_ignore_ascii_case("gz") => Self::Gzip,
            Some(ending) if ending.eq_ignore_ascii_case("zst") => Self::Zstandard,
            _ => Self::None,
        }
    }
}

#[cfg(feature = "formats")]
fn decompressed(path: &Path, compression: Compression, bytes: impl Read + Send + 'static) -> Result<Opened, Error> {
    Ok(match compression {
        Compression::None => Box::new(bytes),
        Compression::Gzip => Box::new(flate2::read::MultiGzDecoder::new(bytes)),
        Compression::Zstandard => {
            Box::new(zstd::stream::read::Decoder::new(bytes).map_err(|error| Error::io(path, &error))?)
        }
    })
}

#[cfg(not(feature = "formats"))]
fn decompressed(path: &Path, compression: Compression, bytes: impl Read + Send + 'static) -> Result<Opened, Error> {
    match compression {
        Compression::None => Ok(Box::new(bytes)),
        Compression::Gzip => Err(Error::new(path, Reason::NotBuilt("gzip"))),
        Compression::Zstandard => Err(Error::new(path, Reason::NotBuilt("Zstandard"))),
    }
}
