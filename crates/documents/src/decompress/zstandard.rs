//! Zstandard, with windows of up to 2 GiB.

mod frames;
mod parallel;
mod stream;

use std::io::{self, BufRead, Read};

use self::frames::FrameHeader;
use self::parallel::Frames;
use self::stream::stream;
use super::clear_errors::too_large_a_window;
use crate::byte_counter::ByteCounter;
use crate::options::Options;
use crate::pieces;
use crate::positioned::PositionedFile;
use crate::stream::ByteReader;

/// The base-2 logarithm of the largest window that the format's own tools write (`zstd --long=31`).
const MAX_WINDOW_LOG: u32 = 31;

/// Opens Zstandard data that begin with these bytes.
///
/// The decoder reserves its window at once but only touches what it fills. So a frame with a larger window than the
/// limit is read as long as its data are shorter than the limit, and refused where more memory would be taken.
pub(super) fn open(first: &[u8], bytes: impl BufRead + Send + 'static, max_window: u64) -> io::Result<ByteReader> {
    Ok(match too_large_window(first, max_window) {
        Some(window) => {
            Box::new(Limited { reader: stream(bytes, MAX_WINDOW_LOG)?, left: max_window, window, max_window })
        }
        None => Box::new(stream(bytes, max_window_log(max_window))?),
    })
}

/// Opens a Zstandard file that begins with these bytes, to be decompressed by several threads. Returns `None` if there are too few
/// threads or no memory for that, or if the first window exceeds the limit.
pub(super) fn open_file(
    file: PositionedFile,
    first: &[u8],
    options: &Options,
    counter: &ByteCounter,
) -> io::Result<Option<ByteReader>> {
    let is_shared = pieces::are_worth_it() && options.read_ahead > 0;
    if !is_shared || too_large_window(first, options.max_window).is_some() {
        return Ok(None);
    }
    let frames = Frames::open(file, max_window_log(options.max_window), options.read_ahead, counter.clone())?;
    Ok(Some(Box::new(frames)))
}

/// Returns the window of the first frame if it exceeds the limit.
fn too_large_window(first: &[u8], max_window: u64) -> Option<u64> {
    FrameHeader::parse(first).map(|header| header.window).filter(|&window| window > max_window)
}

/// Returns the base-2 logarithm of the largest window within a limit.
fn max_window_log(max_window: u64) -> u32 {
    max_window.max(1).ilog2().clamp(10, MAX_WINDOW_LOG)
}

/// Reads up to a limit.
struct Limited<R> {
    reader: R,
    left: u64,
    window: u64,
    max_window: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => {
                let message = too_large_a_window("Zstandard", Some(self.window), self.max_window);
                return Err(io::Error::new(io::ErrorKind::Unsupported, message));
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_window_is_read_until_it_would_fill_memory() {
        use std::io::Write;
        let compressed = |bytes: usize| {
            let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).expect("an encoder");
            encoder.window_log(24).expect("a window");
            encoder.write_all(&vec![b'x'; bytes]).expect("written");
            encoder.finish().expect("complete")
        };
        let read = |bytes: usize, max_window| {
            let data = compressed(bytes);
            let mut found = Vec::new();
            let reader = open(&data.clone(), io::Cursor::new(data), max_window);
            reader.and_then(|mut reader| reader.read_to_end(&mut found)).map_err(|error| error.to_string())
        };
        assert_eq!(read(100_000, 1 << 20), Ok(100_000));
        let refused = read(4 << 20, 1 << 20).expect_err("a window of 16 MiB");
        assert!(refused.contains("--max-window 16M") && refused.contains("limit is 1M"), "{refused}");
        assert_eq!(read(4 << 20, 16 << 20), Ok(4 << 20));
    }
}
