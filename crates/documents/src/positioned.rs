//! Files that several threads read at once.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

/// A file that is read from any offset. Clones share the file, and each has an offset of its own.
///
/// The handles of [`File::try_clone`] share one offset, so that threads would move it under each other's hands.
#[derive(Clone, Debug)]
pub(crate) struct PositionedFile {
    file: Arc<File>,
    offset: u64,
}

impl PositionedFile {
    pub(crate) fn new(file: File) -> Self {
        Self { file: Arc::new(file), offset: 0 }
    }

    /// Returns another reader of the file, which begins at this offset.
    pub(crate) fn at_offset(&self, offset: u64) -> Self {
        Self { file: Arc::clone(&self.file), offset }
    }

    /// Returns the size of the file in bytes.
    pub(crate) fn size(&self) -> io::Result<u64> {
        self.file.metadata().map(|data| data.len())
    }

    /// Returns this number of bytes from an offset on, or fewer at the end of the file. Memory is taken for what the file has.
    pub(crate) fn bytes_at(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let left = usize::try_from(self.size()?.saturating_sub(offset)).unwrap_or(usize::MAX);
        let mut bytes = Vec::with_capacity(length.min(left));
        self.at_offset(offset).take(length as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl Read for PositionedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = read_at(&self.file, buffer, self.offset)?;
        self.offset += read as u64;
        Ok(read)
    }
}

impl Seek for PositionedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.size()?.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.offset.checked_add_signed(offset),
        };
        self.offset = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.offset)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

/// Systems of neither kind have no threads that could come in between.
#[cfg(not(any(unix, windows)))]
fn read_at(mut file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.seek(SeekFrom::Start(offset))?;
    file.read(buffer)
}

#[cfg(feature = "parquet")]
mod chunks {
    use std::io::BufReader;

    use bytes::Bytes;
    use parquet::errors::{ParquetError, Result};
    use parquet::file::reader::{ChunkReader, Length};

    use super::PositionedFile;

    impl Length for PositionedFile {
        fn len(&self) -> u64 {
            self.size().unwrap_or_default()
        }
    }

    impl ChunkReader for PositionedFile {
        type T = BufReader<Self>;

        fn get_read(&self, start: u64) -> Result<Self::T> {
            Ok(BufReader::new(self.at_offset(start)))
        }

        fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
            let bytes = self.bytes_at(start, length)?;
            match bytes.len() {
                read if read == length => Ok(bytes.into()),
                read => Err(ParquetError::EOF(format!("expected to read {length} bytes, read only {read}"))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn clones_have_offsets_of_their_own() {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(b"0123456789").expect("written");
        let mut first = PositionedFile::new(file);
        let mut second = first.at_offset(5);
        let mut found = [0; 3];
        first.read_exact(&mut found).expect("read");
        assert_eq!(&found, b"012");
        second.read_exact(&mut found).expect("read");
        assert_eq!(&found, b"567");
        first.read_exact(&mut found).expect("read");
        assert_eq!(&found, b"345");
        assert_eq!(first.seek(SeekFrom::End(-1)).expect("moved"), 9);
        assert_eq!((first.read(&mut found).expect("read"), found[0]), (1, b'9'));
        assert!(first.seek(SeekFrom::Current(-11)).is_err());
    }

    #[test]
    fn no_more_memory_is_taken_than_the_file_has_bytes() {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(b"0123456789").expect("written");
        let file = PositionedFile::new(file);
        assert_eq!(file.bytes_at(7, usize::MAX).expect("read"), b"789");
        assert_eq!(file.bytes_at(2, 3).expect("read"), b"234");
        assert_eq!(file.bytes_at(20, 3).expect("read"), b"");
    }
}
