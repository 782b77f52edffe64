//! Random access to an object, by ranges of bytes.

use std::collections::VecDeque;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use object_store::GetRange;
use parquet::errors::Result as ParquetResult;
use parquet::file::reader::{ChunkReader, Length};

use super::faults::NetworkFault;
use super::object::RemoteObject;
use super::stream::ObjectStream;
use crate::positioned::PositionedFile;

/// Bytes that are asked for at once. Neighbouring reads, as of small pages, then take one request.
const BLOCK: u64 = 1 << 20;

/// Blocks that are kept: one for each of as many columns, which are read side by side.
const MAX_BLOCKS: usize = 16;

/// A file, or an object, that is read from any offset.
#[derive(Clone)]
pub(crate) enum RandomAccess {
    Local(PositionedFile),
    Remote(RemoteFile),
}

/// An object, of which the blocks read last are in memory. Clones share them.
#[derive(Clone)]
pub(crate) struct RemoteFile {
    object: RemoteObject,
    blocks: Arc<Mutex<VecDeque<(u64, Bytes)>>>,
    offset: u64,
}

impl RemoteFile {
    pub(crate) fn new(object: RemoteObject) -> Self {
        object.forget_fault();
        Self { object, blocks: Arc::default(), offset: 0 }
    }

    /// Returns the bytes from an offset to the end of its block; none at the end of the object.
    fn at(&self, offset: u64) -> Result<Bytes, NetworkFault> {
        if offset >= self.object.size {
            return Ok(Bytes::new());
        }
        let start = offset - offset % BLOCK;
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        let block = match blocks.iter().position(|(at, _)| *at == start).and_then(|found| blocks.remove(found)) {
            Some((_, block)) => block,
            None => self.fetch(start)?,
        };
        blocks.push_back((start, block.clone()));
        if blocks.len() > MAX_BLOCKS {
            blocks.pop_front();
        }
        let skipped = usize::try_from(offset - start).unwrap_or(usize::MAX);
        Ok(block.slice(skipped.min(block.len())..))
    }

    fn fetch(&self, start: u64) -> Result<Bytes, NetworkFault> {
        let end = (start + BLOCK).min(self.object.size);
        let answer = self.object.get(Some(GetRange::Bounded(start..end)))?;
        let mut stream = ObjectStream::new(self.object.clone(), answer);
        let mut block = BytesMut::with_capacity(usize::try_from(end - start).unwrap_or_default());
        while let Some(bytes) = stream.next()? {
            block.extend_from_slice(&bytes);
        }
        Ok(block.freeze())
    }
}

impl Read for RemoteFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.at(self.offset).map_err(|fault| self.object.failed(fault))?;
        let length = buffer.len().min(bytes.len());
        buffer[..length].copy_from_slice(&bytes[..length]);
        self.offset += length as u64;
        Ok(length)
    }
}

impl Seek for RemoteFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.object.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.offset.checked_add_signed(offset),
        };
        self.offset = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.offset)
    }
}

impl Read for RandomAccess {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Local(file) => file.read(buffer),
            Self::Remote(file) => file.read(buffer),
        }
    }
}

impl Seek for RandomAccess {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::Local(file) => file.seek(to),
            Self::Remote(file) => file.seek(to),
        }
    }
}

impl Length for RandomAccess {
    fn len(&self) -> u64 {
        match self {
            Self::Local(file) => Length::len(file),
            Self::Remote(file) => file.object.size,
        }
    }
}

impl ChunkReader for RandomAccess {
    type T = BufReader<Self>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        let mut file = self.clone();
        file.seek(SeekFrom::Start(start))?;
        Ok(BufReader::new(file))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        match self {
            Self::Local(file) => file.get_bytes(start, length),
            Self::Remote(file) => {
                let mut file = RemoteFile { offset: start, ..file.clone() };
                let mut bytes = vec![0; length];
                file.read_exact(&mut bytes)?;
                Ok(bytes.into())
            }
        }
    }
}
