//! Zstandard, with windows of up to 2 GiB.

use std::io::{self, BufRead, Read};

use super::clear_errors::too_large_a_window;
use crate::stream::ByteReader;

/// The base-2 logarithm of the largest window that the format's own tools write (`zstd --long=31`).
const MAX_WINDOW_LOG: u32 = 31;

/// Opens Zstandard data that begin with these bytes.
///
/// The decoder reserves its window at once but only touches what it fills. So a frame with a larger window than the
/// limit is read as long as its data are shorter than the limit, and refused where more memory would be taken.
pub(super) fn open(first: &[u8], bytes: impl BufRead + Send + 'static, max_window: u64) -> io::Result<ByteReader> {
    let window = window_of(first).filter(|&window| window > max_window);
    let mut decoder = zstd::stream::read::Decoder::with_buffer(bytes)?;
    let allowed = if window.is_some() { MAX_WINDOW_LOG } else { max_window.max(1).ilog2().clamp(10, MAX_WINDOW_LOG) };
    decoder.window_log_max(allowed)?;
    Ok(match window {
        Some(window) => Box::new(Limited { reader: decoder, left: max_window, window, max_window }),
        None => Box::new(decoder),
    })
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

/// Returns the window of the first frame in bytes (RFC 8878, section 3.1.1.1), or `None` if the bytes begin with a
/// skippable frame.
fn window_of(first: &[u8]) -> Option<u64> {
    let [0x28, 0xb5, 0x2f, 0xfd, descriptor, rest @ ..] = first else { return None };
    let is_single_segment = descriptor & 0x20 != 0;
    if !is_single_segment {
        let window = rest.first()?;
        let base = 1_u64 << (10 + (window >> 3));
        return Some(base + base / 8 * u64::from(window & 7));
    }
    // Such a frame is its own window, and its header has its size after the id of a dictionary.
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let length = 1_usize << (descriptor >> 6);
    let size = rest.get(dictionary..dictionary + length)?;
    let size = size.iter().rev().fold(0, |size, &byte| size << 8 | u64::from(byte));
    Some(if length == 2 { size + 256 } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_of_a_frame_is_read() {
        use std::io::Write;
        let compressed = |log: u32, pledged: Option<u64>| {
            let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).expect("an encoder");
            encoder.window_log(log).expect("a window");
            encoder.set_pledged_src_size(pledged).expect("a size");
            encoder.write_all(&[b'x'; 3_000]).expect("written");
            encoder.finish().expect("complete")
        };
        assert_eq!(window_of(&compressed(27, None)), Some(1 << 27));
        assert_eq!(window_of(&compressed(27, Some(3_000))), Some(3_000));
        assert_eq!(window_of(b"no frame"), None);
        assert_eq!(window_of(&[0x28, 0xb5, 0x2f, 0xfd, 0x20]), None);
    }

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
