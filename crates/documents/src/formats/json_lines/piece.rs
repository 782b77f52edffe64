//! A part of a file that ends with a line.

use std::io::{self, ErrorKind, Read};

/// Bytes that are read at once.
pub(super) const PIECE: usize = 8 << 20;

/// Whole lines, and what was read of the line after them. Its memory is used again for those that follow, and
/// only its first use pays for zeros.
#[derive(Debug, Default)]
pub(super) struct Piece {
    bytes: Vec<u8>,
    filled: usize,
    lines: usize,
    ended: bool,
}

impl Piece {
    /// The whole lines. The last one of a file may lack its end.
    pub(super) fn lines(&self) -> &[u8] {
        &self.bytes[..self.lines]
    }

    /// Goes on to the lines after these: [`PIECE`] more bytes, or as many times that as a line is long. At the end of the file
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
            self.read(before + PIECE, reader)?;
            if self.ended {
                self.lines = self.filled;
                return Ok(());
            }
            if let Some(end) = memchr::memrchr(b'\n', &self.bytes[before..self.filled]) {
                self.lines = before + end + 1;
                return Ok(());
            }
        }
    }

    /// Reads until it is filled so far, or the file ends.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_end_with_lines_and_nothing_is_lost() {
        let mut input: Vec<u8> = (0..PIECE * 3).map(|place| if place % 1_000 == 999 { b'\n' } else { b'x' }).collect();
        input[PIECE / 2..PIECE * 2].fill(b'y');
        let (mut reader, mut found) = (input.as_slice(), Vec::new());
        let mut piece = Piece::default();
        loop {
            piece.advance(&mut reader).expect("read");
            if piece.lines().is_empty() {
                break;
            }
            assert!(piece.lines().ends_with(b"\n") || reader.is_empty());
            found.extend_from_slice(piece.lines());
        }
        assert!(found == input);
    }
}
