//! Files of several compressed members.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;
use lz4_flex::frame::FrameDecoder;

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

/// Decompresses all frames of an LZ4 file.
pub(super) struct Lz4Frames<R: Read> {
    /// The open frame; `None` at the end.
    frame: Option<FrameDecoder<BufReader<R>>>,
}

impl<R: Read> Lz4Frames<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { frame: Some(FrameDecoder::new(BufReader::new(reader))) }
    }
}

impl<R: Read> Read for Lz4Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(frame) = &mut self.frame {
            let read = frame.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            if let Some(frame) = self.frame.take() {
                let mut rest = frame.into_inner();
                self.frame = if rest.fill_buf()?.is_empty() { None } else { Some(FrameDecoder::new(rest)) };
            }
        }
        Ok(0)
    }
}
