//! Counts what is read.

use std::io::{self, Read};
#[cfg(feature = "parquet")]
use std::io::{Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts bytes read, as they are on disk. Clones share one count.
#[derive(Clone, Debug, Default)]
pub(crate) struct ByteCounter(Arc<AtomicU64>);

impl ByteCounter {
    pub(crate) fn add(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A reader that counts what passes through it.
pub(crate) struct Counted<R> {
    reader: R,
    counter: ByteCounter,
}

impl<R> Counted<R> {
    pub(crate) fn new(reader: R, counter: ByteCounter) -> Self {
        Self { reader, counter }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.counter.add(read as u64);
        Ok(read)
    }
}

#[cfg(feature = "parquet")]
impl<R: Seek> Seek for Counted<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.reader.seek(to)
    }
}
