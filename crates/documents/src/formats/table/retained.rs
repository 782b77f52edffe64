//! A reader that retains what passed through it.

use std::io::{self, Read};

use crate::stream::ByteReader;

/// Retains the bytes that were read since the batch began, so that a row is available as it was written. The CSV parser
/// gives only the values of a row.
pub(super) struct Retained {
    reader: ByteReader,
    bytes: Vec<u8>,
    /// The offset of the retained bytes in the file.
    start: u64,
    /// The most bytes retained. A quote that is never closed makes one row of the rest of the file.
    limit: usize,
}

impl Read for Retained {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_too_long() {
            return Err(io::Error::other("the row is too long; check for a quote that is not closed"));
        }
        let read = self.reader.read(buffer)?;
        self.bytes.extend_from_slice(&buffer[..read]);
        Ok(read)
    }
}

impl Retained {
    pub(super) fn new(reader: ByteReader, limit: usize) -> Self {
        Self { reader, bytes: Vec::new(), start: 0, limit }
    }

    /// Returns whether more bytes than the limit are retained, so that no more are read.
    pub(super) fn is_too_long(&self) -> bool {
        self.bytes.len() > self.limit
    }

    /// Returns the offset of the end of the retained bytes in the file.
    pub(super) fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }

    /// Counts the line ends directly at an offset: those of the row before, and blank lines.
    pub(super) fn line_ends_at(&self, start: u64) -> u64 {
        let rest = self.bytes.iter().skip(usize::try_from(start - self.start).unwrap_or(usize::MAX));
        rest.take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|&&byte| byte == b'\n').count() as u64
    }

    /// Returns the row between two offsets, without its line end and that of the row before.
    pub(super) fn row(&self, start: u64, end: u64) -> &[u8] {
        let at = |offset: u64| usize::try_from(offset - self.start).unwrap_or(usize::MAX);
        let mut row = self.bytes.get(at(start)..at(end)).unwrap_or_default();
        while let [b'\r' | b'\n', rest @ ..] | [rest @ .., b'\r' | b'\n'] = row {
            row = rest;
        }
        row
    }

    /// Drops the bytes before an offset.
    pub(super) fn forget(&mut self, until: u64) {
        let length = usize::try_from(until - self.start).unwrap_or(usize::MAX).min(self.bytes.len());
        self.bytes.drain(..length);
        self.start = until;
    }
}
