//! Files that are complete or not there at all, and that notice every changed byte.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `twinprnt` |
//! | 2, 2, 4 | version of the format, kind of file, zero |
//! | 8 | owner: a hash of what the content depends on, such as the scheme |
//! | 8 | XXH3 of the bytes before |
//! | 8, 8, n | frame: length `n > 0`, XXH3 of the content seeded with the frame's number, content |
//! | ... | more frames |
//! | 8, 8, 8 | end: zero, number of frames, XXH3 of these seeded with the hash in the header |
//!
//! Numbers are little-endian. A record never crosses frames. An [`AtomicFile`] does the writing, so a file with the right name is
//! complete.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::AtomicFile;
use crate::error::{Error, FileProblem};

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(crate) enum Kind {
    /// Of each document its id, and what is known of text and set.
    Documents = 1,
    /// Band keys, band by band.
    Keys,
    /// Shingle sets, one after the other.
    Sets,
    /// Sorted or unsorted records of whole numbers.
    Numbers,
    /// Sets on the way to the chunk where they are compared.
    Probes,
    Candidates,
    /// Pairs that were found in a chunk.
    Verified,
    /// What a join did, when all of it is done.
    Joined,
    /// The key of a folder's set hashes.
    Key,
}

const MAGIC: &[u8; 8] = b"twinprnt";
const VERSION: u16 = 3;
const HEADER: usize = 32;

/// Content that is gathered before a frame is written.
const FRAME: usize = 1 << 16;

/// Writes a file.
#[derive(Debug)]
pub(crate) struct FrameWriter {
    file: AtomicFile,
    check: u64,
    frames: u64,
    content: Vec<u8>,
    bytes: u64,
}

impl FrameWriter {
    pub(crate) fn create(path: &Path, kind: Kind, owner: u64) -> Result<Self, Error> {
        let mut header = Vec::with_capacity(HEADER);
        header.extend_from_slice(MAGIC);
        header.extend_from_slice(&VERSION.to_le_bytes());
        header.extend_from_slice(&(kind as u16).to_le_bytes());
        header.extend_from_slice(&[0; 4]);
        header.extend_from_slice(&owner.to_le_bytes());
        let check = xxh3_64(&header);
        header.extend_from_slice(&check.to_le_bytes());
        let mut file = AtomicFile::create(path).map_err(|error| Error::io(path, error))?;
        file.write_all(&header).map_err(|error| Error::io(path, error))?;
        Ok(Self { file, check, frames: 0, content: Vec::new(), bytes: HEADER as u64 })
    }

    /// Adds a record, of which there may be many in a frame.
    pub(crate) fn record(&mut self, append: impl FnOnce(&mut Vec<u8>)) -> Result<(), Error> {
        append(&mut self.content);
        if self.content.len() < FRAME {
            return Ok(());
        }
        let content = std::mem::take(&mut self.content);
        self.frame(&content)?;
        self.content = content;
        self.content.clear();
        Ok(())
    }

    /// Writes whole records as a frame of their own, behind those that were added before.
    pub(crate) fn frame(&mut self, content: &[u8]) -> Result<(), Error> {
        if content.is_empty() {
            return Ok(());
        }
        let check = xxh3_64_with_seed(content, self.frames);
        self.frames += 1;
        self.bytes += 16 + content.len() as u64;
        let parts = [&(content.len() as u64).to_le_bytes()[..], &check.to_le_bytes()[..], content];
        parts
            .into_iter()
            .try_for_each(|part| self.file.write_all(part))
            .map_err(|error| Error::io(self.file.path(), error))
    }

    /// Bytes written so far, besides the frame that is being gathered.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Ends the file, and gives it its name when it is on the disk.
    pub(crate) fn finish(self) -> Result<(), Error> {
        self.end(AtomicFile::commit)
    }

    /// Ends a file that nobody looks for after a crash.
    pub(crate) fn finish_unsynced(self) -> Result<(), Error> {
        self.end(AtomicFile::commit_unsynced)
    }

    fn end(mut self, commit: impl FnOnce(AtomicFile) -> io::Result<()>) -> Result<(), Error> {
        let content = std::mem::take(&mut self.content);
        self.frame(&content)?;
        let mut end = [0; 24];
        end[8..16].copy_from_slice(&self.frames.to_le_bytes());
        let check = xxh3_64_with_seed(&end[..16], self.check);
        end[16..].copy_from_slice(&check.to_le_bytes());
        let path = self.file.path().to_path_buf();
        self.file.write_all(&end).and_then(|()| commit(self.file)).map_err(|error| Error::io(&path, error))
    }
}

/// Reads a file frame by frame.
#[derive(Debug)]
pub(crate) struct FrameReader {
    path: PathBuf,
    file: File,
    /// Bytes that are left.
    left: u64,
    check: u64,
    frames: u64,
    content: Vec<u8>,
    /// Where the next record begins in the content.
    at: usize,
    ended: bool,
}

impl FrameReader {
    pub(crate) fn open(path: &Path, kind: Kind, owner: u64) -> Result<Self, Error> {
        let (file, found) = Self::open_any(path)?;
        let problem = match found {
            (number, _) if number != kind as u16 => FileProblem::Foreign,
            (_, other) if other != owner => FileProblem::OtherScheme,
            _ => return Ok(file),
        };
        Err(Error::File { path: path.into(), problem })
    }

    /// Opens a file of any kind, and says of which it is and what it belongs to.
    pub(crate) fn open_any(path: &Path) -> Result<(Self, (u16, u64)), Error> {
        let problem = |problem| Error::File { path: path.into(), problem };
        let mut file = File::open(path).map_err(|error| Error::io(path, error))?;
        let length = file.metadata().map_err(|error| Error::io(path, error))?.len();
        let mut header = [0; HEADER];
        if length < HEADER as u64 {
            return Err(problem(FileProblem::Foreign));
        }
        file.read_exact(&mut header).map_err(|error| Error::io(path, error))?;
        if &header[..8] != MAGIC {
            return Err(problem(FileProblem::Foreign));
        }
        if xxh3_64(&header[..24]) != number(&header[24..]) {
            return Err(problem(FileProblem::Corrupt));
        }
        let version = u16::from_le_bytes([header[8], header[9]]);
        if version != VERSION {
            return Err(problem(FileProblem::Version(version)));
        }
        let (left, check) = (length - HEADER as u64, number(&header[24..]));
        let (path, content) = (path.into(), Vec::new());
        let found = (u16::from_le_bytes([header[10], header[11]]), number(&header[16..24]));
        Ok((Self { path, file, left, check, frames: 0, content, at: 0, ended: false }, found))
    }

    /// Reads all that is left; returns the frames and bytes of content read.
    pub(crate) fn check_all(&mut self) -> Result<(u64, u64), Error> {
        let mut bytes = 0;
        while self.has_more()? {
            bytes += self.content.len() as u64;
            self.at = self.content.len();
        }
        Ok((self.frames, bytes))
    }

    /// The next `length` bytes, which are of one record.
    pub(crate) fn take(&mut self, length: usize) -> Result<&[u8], Error> {
        if length > 0 && self.at == self.content.len() {
            self.next_frame()?;
        }
        self.take_more(length)
    }

    /// The next `length` bytes of the same record.
    pub(crate) fn take_more(&mut self, length: usize) -> Result<&[u8], Error> {
        let start = self.at;
        match start.checked_add(length).filter(|&end| end <= self.content.len()) {
            Some(end) => {
                self.at = end;
                Ok(&self.content[start..end])
            }
            None => Err(self.corrupt()),
        }
    }

    /// Passes over frames, all as long as the next one, without looking at them.
    pub(crate) fn skip_alike(&mut self, frames: u64) -> Result<(), Error> {
        let mut head = [0; 8];
        self.read(&mut head)?;
        let bytes = number(&head).checked_add(16).and_then(|frame| frame.checked_mul(frames));
        let Some(bytes) = bytes.filter(|&bytes| bytes <= self.left + 8) else { return Err(self.corrupt()) };
        let place = SeekFrom::Current(bytes as i64 - 8);
        self.file.seek(place).map_err(|error| Error::io(&self.path, error))?;
        self.left = self.left + 8 - bytes;
        self.frames += frames;
        Ok(())
    }

    /// All of the next frame.
    pub(crate) fn take_frame(&mut self) -> Result<&[u8], Error> {
        self.next_frame()?;
        self.at = self.content.len();
        Ok(&self.content)
    }

    /// Whether there is another record.
    pub(crate) fn has_more(&mut self) -> Result<bool, Error> {
        while self.at == self.content.len() && !self.ended {
            self.next_frame()?;
        }
        Ok(self.at < self.content.len())
    }

    /// Reads a frame, or the end.
    fn next_frame(&mut self) -> Result<(), Error> {
        let mut head = [0; 16];
        self.read(&mut head)?;
        let (length, check) = (number(&head), number(&head[8..]));
        self.at = 0;
        self.content.clear();
        if length == 0 {
            let mut end = [0; 8];
            self.read(&mut end)?;
            self.ended = true;
            let sound = self.left == 0 && check == self.frames && xxh3_64_with_seed(&head, self.check) == number(&end);
            return if sound { Ok(()) } else { Err(self.corrupt()) };
        }
        if length > self.left {
            return Err(self.corrupt());
        }
        // Taken out, because reading borrows the rest.
        let mut content = std::mem::take(&mut self.content);
        content.resize(length as usize, 0);
        self.read(&mut content)?;
        if xxh3_64_with_seed(&content, self.frames) != check {
            return Err(self.corrupt());
        }
        self.content = content;
        self.frames += 1;
        Ok(())
    }

    fn read(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        if self.ended || bytes.len() as u64 > self.left {
            return Err(self.corrupt());
        }
        self.left -= bytes.len() as u64;
        self.file.read_exact(bytes).map_err(|error| Error::io(&self.path, error))
    }

    pub(crate) fn corrupt(&self) -> Error {
        Error::File { path: self.path.clone(), problem: FileProblem::Corrupt }
    }
}

/// Reads the first eight bytes as a number; the caller passes at least eight.
fn number(bytes: &[u8]) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&bytes[..8]);
    u64::from_le_bytes(first)
}

/// Appends numbers, eight bytes each.
pub(crate) fn put(bytes: &mut Vec<u8>, numbers: &[u64]) {
    numbers.iter().for_each(|number| bytes.extend_from_slice(&number.to_le_bytes()));
}

/// Appends numbers, four bytes each.
pub(crate) fn put_short(bytes: &mut Vec<u8>, numbers: &[u32]) {
    numbers.iter().for_each(|number| bytes.extend_from_slice(&number.to_le_bytes()));
}

/// Bytes back to numbers, eight bytes each.
pub(crate) fn numbers(bytes: &[u8]) -> impl Iterator<Item = u64> + '_ {
    bytes.chunks_exact(8).map(number)
}

/// Bytes back to numbers, four bytes each.
pub(crate) fn short_numbers(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.chunks_exact(4).map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("twinprint-frames-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder");
        folder
    }

    fn write(path: &Path, records: &[u64]) {
        let mut file = FrameWriter::create(path, Kind::Numbers, 7).expect("created");
        for (at, &record) in records.iter().enumerate() {
            file.record(|bytes| put(bytes, &[record])).expect("written");
            if at % 3 == 0 {
                let content = std::mem::take(&mut file.content);
                file.frame(&content).expect("written");
            }
        }
        file.finish().expect("finished");
    }

    fn read(path: &Path) -> Result<Vec<u64>, Error> {
        let mut file = FrameReader::open(path, Kind::Numbers, 7)?;
        let mut records = Vec::new();
        while file.has_more()? {
            records.extend(numbers(file.take(8)?));
        }
        Ok(records)
    }

    #[test]
    fn what_was_written_is_read() {
        let path = folder("round").join("file");
        for records in [vec![], vec![1], (0..50).collect::<Vec<u64>>(), (0..40_000).collect()] {
            write(&path, &records);
            assert_eq!(read(&path).expect("sound"), records);
        }
    }

    #[test]
    fn every_changed_missing_or_added_byte_is_noticed() {
        let path = folder("flip").join("file");
        write(&path, &[3, 1, 4, 1, 5, 9]);
        let sound = fs::read(&path).expect("there");
        for at in 0..sound.len() {
            for flip in [1, 0x80] {
                let mut bytes = sound.clone();
                bytes[at] ^= flip;
                fs::write(&path, &bytes).expect("written");
                assert!(read(&path).is_err(), "byte {at}");
            }
            fs::write(&path, &sound[..at]).expect("written");
            assert!(read(&path).is_err(), "cut at {at}");
        }
        fs::write(&path, [&sound[..], &[0]].concat()).expect("written");
        assert!(read(&path).is_err());
    }

    #[test]
    fn files_of_others_are_refused() {
        let path = folder("other").join("file");
        write(&path, &[1]);
        let problem = |kind, owner| match FrameReader::open(&path, kind, owner) {
            Err(Error::File { problem, .. }) => problem,
            other => panic!("{other:?}"),
        };
        assert_eq!(problem(Kind::Sets, 7), FileProblem::Foreign);
        assert_eq!(problem(Kind::Numbers, 8), FileProblem::OtherScheme);
        fs::write(&path, "a text that is somebody's, longer than a header").expect("written");
        assert_eq!(problem(Kind::Numbers, 7), FileProblem::Foreign);
    }
}
