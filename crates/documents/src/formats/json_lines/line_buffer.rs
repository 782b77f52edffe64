//! Buffers whole lines of a file.

use std::io::{self, ErrorKind, Read};

/// Bytes that are read at once.
pub(super) const READ_BYTES: usize = 8 << 20;

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

    /// Replaces the lines by those that follow: [`READ_BYTES`] more, or a multiple of that until a line ends. At the end of the file
    /// there are none.
    pub(super) fn advance(&mut self, reader: &mut impl Read) -> io::Result<()> {
        self.bytes.copy_within(self.lines..self.filled, 0);
        self.filled -= self.lines;
        self.lines = 0;
        if self.ended { Ok(()) } else { self.fill(reader) }
    }

    /// Reads until there are whole lines.
    fn fill(&mut self, reader: &mut impl Read) -> io::Result<()> {
        loop {
            let before = self.filled;
            self.read(before + READ_BYTES, reader)?;
            if self.ended {
                self.lines = self.filled;
                return Ok(());
            }
            // Only the new bytes can hold a line end, so a long line is searched once.
            if let Some(end) = memchr::memrchr(b'\n', &self.bytes[before..self.filled]) {
                self.lines = before + end + 1;
                return Ok(());
            }
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
    fn buffers_end_with_lines_and_nothing_is_lost() {
        let mut input: Vec<u8> =
            (0..READ_BYTES * 3).map(|place| if place % 1_000 == 999 { b'\n' } else { b'x' }).collect();
        input[READ_BYTES / 2..READ_BYTES * 2].fill(b'y');
        let (mut reader, mut found) = (input.as_slice(), Vec::new());
        let mut buffer = LineBuffer::default();
        loop {
            buffer.advance(&mut reader).expect("read");
            if buffer.lines().is_empty() {
                break;
            }
            assert!(buffer.lines().ends_with(b"\n") || reader.is_empty());
            found.extend_from_slice(buffer.lines());
        }
        assert!(found == input);
    }
}
