//! Opens files, decompressed if need be.

#[cfg(feature = "formats")]
mod clear_errors;
#[cfg(feature = "formats")]
mod members;
mod skippable;
#[cfg(feature = "formats")]
mod zstandard;

use std::io::{self, Cursor, Read};

#[cfg(feature = "formats")]
use self::clear_errors::ClearErrors;
#[cfg(feature = "formats")]
use self::members::{GzipMembers, Lz4Frames};
use crate::byte_counter::{ByteCounter, Counted};
use crate::compression::Compression;
use crate::error::Error;
#[cfg(not(feature = "formats"))]
use crate::error::ErrorKind;
use crate::options::Options;
use crate::source::Source;
use crate::stream::{ByteReader, HEAD_BYTES};

/// Enough bytes to recognize a compression and the window of a Zstandard frame.
const HEADER_BYTES: u64 = 32;

/// Opens a file and decompresses it. The compression is recognized by the first bytes; all members and frames are read.
pub(crate) fn open(source: &Source, counter: &ByteCounter, options: &Options) -> Result<ByteReader, Error> {
    let failed = |error: io::Error| Error::io(&source.path, &error);
    let mut reader = source.reader()?;
    let Beginning { first, compression, passed } = Beginning::read(&mut reader).map_err(failed)?;
    #[cfg(not(feature = "formats"))]
    if compression != Compression::None {
        return Err(Error::new(&source.path, ErrorKind::NotBuilt(compression.name())));
    }
    #[cfg(feature = "formats")]
    if let (Compression::Zstandard, Some(file)) = (compression, source.positioned())
        && let Some(frames) = zstandard::open_file(file, &first, options, counter).map_err(failed)?
    {
        return Ok(Box::new(ClearErrors::new(frames, compression, options.max_window)));
    }
    counter.add(passed);
    let whole = Counted::new(Cursor::new(first.clone()).chain(reader), counter.clone());
    decompressed(compression, &first, whole, options.max_window).map_err(failed)
}

/// Returns the first bytes of a file, decompressed as far as that goes. The bytes of a stream that follow stay unread,
/// so the head of a compressed stream may be short.
pub(crate) fn head_of(source: &Source, max_window: u64) -> Result<Vec<u8>, Error> {
    let head = source.head()?;
    if Compression::from_first_bytes(&head) == Compression::None {
        return Ok(head);
    }
    let mut bytes: ByteReader = match source.is_stream() {
        true => Box::new(Cursor::new(head)),
        false => source.reader()?,
    };
    let mut found = Vec::new();
    let reader = Beginning::read(&mut bytes).and_then(|Beginning { first, compression, .. }| {
        decompressed(compression, &first, Cursor::new(first.clone()).chain(bytes), max_window)
    });
    if let Ok(reader) = reader {
        // What is damaged or cut off is reported when it is read. Here the bytes before it do.
        let _ = reader.take(HEAD_BYTES as u64).read_to_end(&mut found);
    }
    Ok(found)
}

/// What a file begins with.
struct Beginning {
    compression: Compression,
    /// The first bytes that are not skipped.
    first: Vec<u8>,
    /// The number of bytes before them.
    passed: u64,
}

impl Beginning {
    fn read(reader: &mut ByteReader) -> io::Result<Self> {
        let (mut first, passed) = skippable::pass_over(reader)?;
        reader.take(HEADER_BYTES - first.len() as u64).read_to_end(&mut first)?;
        let compression = match Compression::from_first_bytes(&first) {
            // Nothing that is not compressed has such frames.
            Compression::None if passed > 0 && !first.is_empty() => Compression::Zstandard,
            compression => compression,
        };
        Ok(Self { compression, first, passed })
    }
}

/// Returns a reader of the decompressed bytes. Windows of more than `max_window` are refused before they take
/// memory.
#[cfg(feature = "formats")]
fn decompressed(
    compression: Compression,
    first: &[u8],
    bytes: impl Read + Send + 'static,
    max_window: u64,
) -> io::Result<ByteReader> {
    use io::BufReader;

    /// Memory of the xz decoder besides the dictionary, generously.
    const XZ_BESIDES: u64 = 16 << 20;
    let bytes = BufReader::with_capacity(1 << 17, bytes);
    let reader: ByteReader = match compression {
        Compression::None => return Ok(Box::new(bytes)),
        Compression::Gzip => Box::new(GzipMembers::new(bytes)),
        Compression::Zstandard => zstandard::open(first, bytes, max_window)?,
        Compression::Xz => {
            let limit = max_window.saturating_add(XZ_BESIDES);
            let stream = liblzma::stream::Stream::new_stream_decoder(limit, liblzma::stream::CONCATENATED)?;
            Box::new(liblzma::bufread::XzDecoder::new_stream(bytes, stream))
        }
        Compression::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(bytes)),
        Compression::Lz4 => Box::new(Lz4Frames::new(bytes)),
    };
    Ok(Box::new(ClearErrors::new(reader, compression, max_window)))
}

#[cfg(not(feature = "formats"))]
fn decompressed(_: Compression, _: &[u8], bytes: impl Read + Send + 'static, _: u64) -> io::Result<ByteReader> {
    Ok(Box::new(bytes))
}
