//! Buffers whole lines of a file.

use std::io::{self, ErrorKind, Read};

use crate::batch::BATCH_BYTES;

/// Whole lines of a file, and the beginning of the line after them.
///
/// The memory is reused from one read to the next, so that only the first use pays for zeroing it.
#[derive(Debug, Default)]
pub(super) struct LineBuffer {
    bytes: Vec<u8>,
    /// The length of what was read.
    filled: usize,
    /// The length of the whole lines.
    lines: usize,
    ended: bool,
}

impl LineBuffer {
    /// Returns the whole lines. The last line of a file may lack its end.
    pub(super) fn lines(&self) -> &[u8] {
        &self.bytes[..self.lines]
    }

    /// Replaces the lines by those that follow: [`BATCH_BYTES`] more, or a multiple of that until a line ends. At the
    /// end of the file there are none. Returns false if the next line is longer than the maximum and its end is not in
    /// sight; it is then to be [skipped](Self::skip_line).
    pub(super) fn advance(&mut self, reader: &mut impl Read, max_line: usize) -> io::Result<bool> {
        self.bytes.copy_within(self.lines..self.filled, 0);
        self.filled -= self.lines;
        self.lines = 0;
        self.fill(reader, max_line)
    }

    /// Reads until there are whole lines.
    fn fill(&mut self, reader: &mut impl Read, max_line: usize) -> io::Result<bool> {
        let mut searched = 0;
        loop {
            self.read(self.filled + BATCH_BYTES, reader)?;
            // Only the new bytes can hold a line end, so a long line is searched once.
            if let Some(end) = memchr::memrchr(b'\n', &self.bytes[searched..self.filled]) {
                self.lines = searched + end + 1;
                return Ok(true);
            }
            if self.filled > max_line {
                return Ok(false);
            }
            if self.ended {
                self.lines = self.filled;
                return Ok(true);
            }
            searched = self.filled;
        }
    }

    /// Drops the line that is too long, without holding it in memory, and returns its length.
    pub(super) fn skip_line(&mut self, reader: &mut impl Read) -> io::Result<u64> {
        let mut length = 0;
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.bytes[..self.filled]) {
                self.lines = end + 1;
                return Ok(length + end as u64);
            }
            length += self.filled as u64;
            self.filled = 0;
            if self.ended {
                return Ok(length);
            }
            self.read(BATCH_BYTES, reader)?;
        }
    }

    /// Reads until this many bytes are filled, or the file ends.
    fn read(&mut self, until: usize, reader: &mut impl Read) -> io::Result<()> {
        if self.bytes.len() < until {
            self.bytes.resize(until, 0);
        }
        while self.filled < until && !self.ended {
            match reader.read(&mut self.bytes[self.filled..until]) {
                Ok(read) => {
                    self.filled += read;
                    self.ended = read == 0;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Returns a line without its end.
pub(super) fn without_line_end(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_is_skipped_in_bounded_memory() {
        let mut input = b"first\n".to_vec();
        input.resize(3 * BATCH_BYTES, b'x');
        input.extend_from_slice(b"\nsecond\nlast");
        let (mut reader, mut buffer, mut found) = (input.as_slice(), LineBuffer::default(), Vec::new());
        for _ in 0..6 {
            if buffer.advance(&mut reader, 1_000).expect("read") {
                found.push(String::from_utf8_lossy(buffer.lines()).into_owned());
            } else {
                assert_eq!(buffer.skip_line(&mut reader).expect("skipped"), (3 * BATCH_BYTES - 6) as u64);
            }
        }
        assert_eq!(found.concat(), "first\nsecond\nlast");
        assert!(buffer.bytes.len() <= 2 * BATCH_BYTES);
    }

    #[test]
    fn buffers_end_with_lines_and_nothing_is_lost() {
        let mut input: Vec<u8> =
            (0..BATCH_BYTES * 3).map(|place| if place % 1_000 == 999 { b'\n' } else { b'x' }).collect();
        input[BATCH_BYTES / 2..BATCH_BYTES * 2].fill(b'y');
        let (mut reader, mut found) = (input.as_slice(), Vec::new());
        let mut buffer = LineBuffer::default();
        loop {
            buffer.advance(&mut reader, usize::MAX).expect("read");
            if buffer.lines().is_empty() {
                break;
            }
            assert!(buffer.lines().ends_with(b"\n") || reader.is_empty());
            found.extend_from_slice(buffer.lines());
        }
        assert!(found == input);
    }
}
