//! Frames that several threads decompress.

use std::io::{self, BufReader, Read};
use std::ops::Range;

use super::frames::{Bounds, frame_at};
use super::stream::stream;
use crate::batch::BATCH_BYTES;
use crate::byte_counter::{ByteCounter, Counted};
use crate::pieces::Pieces;
use crate::positioned::PositionedFile;
use crate::stream::ByteReader;

/// The fewest bytes that a thread decompresses at once, unless the file ends: smaller frames are joined.
const PIECE_BYTES: u64 = 1 << 20;

/// Decompresses the frames of a file. Frames that cannot be decompressed on their own, and all that follows, are streamed: large ones,
/// ones that are not sound, and what is no frame. So errors are those of the stream.
pub(super) struct Frames {
    file: PositionedFile,
    counter: ByteCounter,
    bounds: Bounds,
    /// The offset of the first frame that is in no piece.
    end_of_pieces: u64,
    /// The piece for which no room was left.
    waiting: Option<Piece>,
    pieces: Pieces<Decompressed>,
    content: Vec<u8>,
    /// The number of bytes of the content that were read.
    read: usize,
    /// Bytes read before the content.
    read_before: u64,
    /// What is streamed.
    rest: Option<ByteReader>,
}

/// Neighbouring frames.
struct Piece {
    range: Range<u64>,
    /// The most bytes of the decompressed data.
    content: u64,
}

/// The range of a piece, and its content unless anything is wrong with it.
type Decompressed = (Range<u64>, Option<Vec<u8>>);

impl Frames {
    /// Reads a file by pieces that take at most `read_ahead` bytes of memory together.
    pub(super) fn open(
        file: PositionedFile,
        max_window_log: u32,
        read_ahead: usize,
        counter: ByteCounter,
    ) -> io::Result<Self> {
        // Of fewer than two pieces none is decompressed ahead.
        let bounds = Bounds { size: file.size()?, window: 1 << max_window_log, memory: read_ahead as u64 / 2 };
        Ok(Self {
            file,
            counter,
            bounds,
            end_of_pieces: 0,
            waiting: None,
            pieces: Pieces::new(read_ahead),
            content: Vec::new(),
            read: 0,
            read_before: 0,
            rest: None,
        })
    }

    /// Takes up the next content, or returns false at the end.
    fn advance(&mut self) -> io::Result<bool> {
        self.read_before += self.content.len() as u64;
        self.read = 0;
        self.begin_pieces();
        self.content = Vec::new();
        match self.pieces.pop() {
            Some((range, Some(content))) => {
                self.counter.add(range.end - range.start);
                self.content = content;
            }
            Some((range, None)) => self.stream_from(range.start)?,
            None if self.end_of_pieces == self.bounds.size => return Ok(false),
            None => self.stream_from(self.end_of_pieces)?,
        }
        Ok(true)
    }

    /// Has the next pieces decompressed. Until a batch was read it is one at a time: a caller that asks for the first documents alone has
    /// nothing decompressed that it does not use.
    fn begin_pieces(&mut self) {
        while let Some(piece) = self.waiting.take().or_else(|| self.next_piece()) {
            let bytes = usize::try_from(piece.range.end - piece.range.start + piece.content).unwrap_or(usize::MAX);
            let is_wanted = self.pieces.is_empty() || self.read_before >= BATCH_BYTES as u64;
            if !is_wanted || !self.pieces.has_room(bytes) {
                self.waiting = Some(piece);
                return;
            }
            let (file, spare) = (self.file.clone(), std::mem::take(&mut self.content));
            self.pieces.push(bytes, move || (piece.range.clone(), decompress(&file, &piece, spare)));
        }
    }

    /// Finds the next piece, or returns `None` if what follows is to be streamed. A file that cannot be read is read once more then, and
    /// says so.
    fn next_piece(&mut self) -> Option<Piece> {
        let start = self.end_of_pieces;
        let mut piece = Piece { range: start..start, content: 0 };
        while piece.range.end - start + piece.content < PIECE_BYTES && piece.range.end < self.bounds.size {
            match frame_at(&self.file, piece.range.end, self.bounds) {
                Ok(Some(frame)) => {
                    piece.content += frame.content;
                    piece.range.end = frame.end;
                }
                _ => break,
            }
        }
        self.end_of_pieces = piece.range.end;
        (!piece.range.is_empty()).then_some(piece)
    }

    /// Streams all that follows an offset.
    fn stream_from(&mut self, offset: u64) -> io::Result<()> {
        self.pieces = Pieces::new(0);
        let bytes = Counted::new(self.file.at_offset(offset), self.counter.clone());
        let bytes = BufReader::with_capacity(1 << 17, bytes);
        self.rest = Some(Box::new(stream(bytes, self.bounds.window.ilog2())?));
        Ok(())
    }
}

impl Read for Frames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(rest) = &mut self.rest {
                return rest.read(buffer);
            }
            let read = (&self.content[self.read..]).read(buffer)?;
            self.read += read;
            if read > 0 || buffer.is_empty() || !self.advance()? {
                return Ok(read);
            }
        }
    }
}

/// Decompresses a piece into memory that was used before, or returns `None` if anything is wrong with it.
fn decompress(file: &PositionedFile, piece: &Piece, mut content: Vec<u8>) -> Option<Vec<u8>> {
    let length = usize::try_from(piece.range.end - piece.range.start).ok()?;
    let bytes = file.bytes_at(piece.range.start, length).ok().filter(|bytes| bytes.len() == length)?;
    content.clear();
    content.reserve_exact(usize::try_from(piece.content).ok()?);
    zstd::bulk::Decompressor::new().ok()?.decompress_to_buffer(&bytes, &mut content).ok()?;
    Some(content)
}
