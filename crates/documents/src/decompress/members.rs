//! Files of several compressed members.

use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

use flate2::bufread::GzDecoder;
use lz4_flex::frame::FrameDecoder;

use super::skippable::pass_over;

/// Decompresses all members of a gzip file. Zeros after the last member are padding, as `gzip` takes them.
pub(super) struct GzipMembers<R> {
    /// The open member; `None` at the end.
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> GzipMembers<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { member: Some(GzDecoder::new(reader)) }
    }
}

impl<R: BufRead> Read for GzipMembers<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            if let Some(member) = self.member.take() {
                self.member = next_member(member.into_inner())?.map(GzDecoder::new);
            }
        }
        Ok(0)
    }
}

/// Returns the reader if another member follows.
fn next_member<R: BufRead>(mut reader: R) -> io::Result<Option<R>> {
    loop {
        let rest = reader.fill_buf()?;
        match rest.first() {
            None => return Ok(None),
            Some(0x1f) => return Ok(Some(reader)),
            Some(0) => {
                let zeros = rest.iter().take_while(|&&byte| byte == 0).count();
                reader.consume(zeros);
            }
            Some(_) => {
                return Err(io::Error::new(
                    io::ErrorKind::Unsupported,
                    "what follows the gzip data is not gzip; cut it off, or decompress the file with gzip -dc and read the result",
                ));
            }
        }
    }
}

/// A frame whose first bytes were read to see what they are.
type Peeked<R> = Unended<Chain<Cursor<Vec<u8>>, BufReader<R>>>;

/// A reader that fails at the end of the file. The decoder takes an end between two blocks for that of the frame, but a
/// frame ends with a mark, and the decoder asks for nothing after it.
struct Unended<R>(R);

impl<R: Read> Read for Unended<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 if !buffer.is_empty() => Err(io::Error::other("the frame is incomplete")),
            read => Ok(read),
        }
    }
}

/// Decompresses all frames of an LZ4 file.
pub(super) struct Lz4Frames<R: Read> {
    /// What follows the last frame, before the next is open.
    rest: Option<BufReader<R>>,
    /// The open frame; `None` at the end.
    frame: Option<FrameDecoder<Peeked<R>>>,
}

impl<R: Read> Lz4Frames<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { rest: Some(BufReader::new(reader)), frame: None }
    }

    /// Opens the next frame, if there is one.
    fn advance(&mut self) -> io::Result<()> {
        if let Some(mut rest) = self.rest.take() {
            let (first, _) = pass_over(&mut rest)?;
            self.frame = (!first.is_empty()).then(|| FrameDecoder::new(Unended(Cursor::new(first).chain(rest))));
        }
        Ok(())
    }
}

impl<R: Read> Read for Lz4Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.advance()?;
        while let Some(frame) = &mut self.frame {
            let read = frame.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            self.rest = self.frame.take().map(|frame| frame.into_inner().0.into_inner().1);
            self.advance()?;
        }
        Ok(0)
    }
}
