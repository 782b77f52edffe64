//! Files that are complete or not there at all, that notice every changed byte, and that know what they are.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `twinprnt` |
//! | 2, 2, 4 | version of the format, kind of file, number of the piece |
//! | 16 | the random number of the folder that it was written in |
//! | 8 | what the file belongs to: a hash of the scheme, for a start |
//! | 4, 4 | width: the numbers of a record, or the bands of keys; zero |
//! | 8 | XXH3 of the bytes before |
//! | 8, 8, n | frame: length `n > 0`, XXH3 of the content, content |
//! | ... | more frames |
//! | 8, 8, 8 | end: zero, number of frames, XXH3 of these seeded with the hash in the header |
//!
//! Numbers are little-endian. The hash of a frame is seeded with the hash in the header and the number of the frame, so that no frame is
//! taken for one of another file or place. A record never crosses frames. An [`AtomicFile`] is under it, so that a file with the right
//! name is complete.
//!
//! The version comes before everything that may change with it, and is checked before the hash of the header.

use std::fs;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::AtomicFile;
use super::files::File;
use super::folder_id::FolderId;
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
    /// Pairs that share a bucket.
    Candidates,
    /// Similar pairs that were found in a chunk.
    Verified,
    /// What a join did, when all of it is done.
    Joined,
    /// The key of a folder's set hashes.
    Key,
    /// Similar pairs of distinct sets.
    Edges,
    /// Pairs of distinct sets of which one holds the other.
    Contained,
    /// Documents whose sets equal earlier ones.
    Copies,
    /// Pairs whose samples share enough.
    Samples,
    /// Contained pairs that were found in a chunk.
    VerifiedContained,
    /// The sets of a chunk.
    BuildSide,
    /// The key of a keyed scheme.
    SchemeKey,
    /// Pairs of kept documents that share a bucket.
    Rejoined,
    /// Documents in oversized buckets.
    Crowd,
    /// Says that a shard has done its part of a stage.
    ShardDone,
    /// Groups of documents with equal sets, of all shards.
    Groups,
    /// Pairs that share a bucket of one band.
    BandPairs,
    /// Documents in oversized buckets of one band.
    BandCrowd,
}

/// What a file is in its folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Role {
    pub(crate) kind: Kind,
    /// Its number among the files of its kind.
    pub(crate) piece: u32,
    /// Numbers of a record, or bands of keys.
    pub(crate) width: u32,
    /// What it was made from and for.
    pub(crate) owner: u64,
}

/// What a file says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) folder: FolderId,
    /// The number, because it may be a kind that this version does not know.
    pub(crate) kind: u16,
    pub(crate) piece: u32,
    pub(crate) width: u32,
    pub(crate) owner: u64,
}

const MAGIC: &[u8; 8] = b"twinprnt";
const VERSION: u16 = 4;
/// Bytes of magic and version, which are in this place whatever the version is.
const VERSIONED: usize = 10;
const HEADER: usize = 56;

/// Content that is gathered before a frame is written.
const FRAME: usize = 1 << 16;

impl Role {
    /// Describes a file that is the only one of its kind.
    pub(crate) fn new(kind: Kind, width: u32, owner: u64) -> Self {
        Self { kind, piece: 0, width, owner }
    }

    /// Sets the number among the files of its kind.
    pub(crate) fn piece(self, piece: u32) -> Self {
        Self { piece, ..self }
    }
}

impl Label {
    pub(crate) fn new(folder: FolderId, Role { kind, piece, width, owner }: Role) -> Self {
        Self { folder, kind: kind as u16, piece, width, owner }
    }

    fn to_bytes(self) -> [u8; HEADER] {
        let mut bytes = Vec::with_capacity(HEADER);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&self.kind.to_le_bytes());
        put_short(&mut bytes, &[self.piece]);
        bytes.extend_from_slice(&self.folder.to_bytes());
        put(&mut bytes, &[self.owner]);
        put_short(&mut bytes, &[self.width, 0]);
        let check = xxh3_64(&bytes);
        put(&mut bytes, &[check]);
        let mut header = [0; HEADER];
        header.copy_from_slice(&bytes);
        header
    }

    /// Reads the label of a file from its first bytes, and its check.
    fn from_bytes(bytes: &[u8]) -> Result<(Self, u64), FileProblem> {
        if bytes.len() < VERSIONED || &bytes[..8] != MAGIC {
            return Err(FileProblem::Foreign);
        }
        let version = u16::from_le_bytes([bytes[8], bytes[9]]);
        if version != VERSION {
            return Err(FileProblem::Version(version));
        }
        if bytes.len() < HEADER || xxh3_64(&bytes[..HEADER - 8]) != number(&bytes[HEADER - 8..]) {
            return Err(FileProblem::Corrupt);
        }
        let short = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let kind = u16::from_le_bytes([bytes[10], bytes[11]]);
        let folder = FolderId::from_bytes(&bytes[16..32]);
        let label = Self { folder, kind, piece: short(12), width: short(40), owner: number(&bytes[32..]) };
        Ok((label, number(&bytes[HEADER - 8..])))
    }

    /// Reads the label of a file, which must have a sound one.
    pub(crate) fn of_file(path: &Path) -> Result<Self, Error> {
        read_header(path).map(|(_, _, (label, _))| label)
    }

    /// Refuses to replace what is there under a name, unless it is a file of the same folder.
    pub(super) fn check_replaceable(path: &Path, folder: FolderId) -> Result<(), Error> {
        let foreign = |problem| Err(Error::File { path: path.into(), problem });
        match fs::symlink_metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Error::io(path, error)),
            Ok(data) if !data.is_file() => foreign(FileProblem::Foreign),
            Ok(_) if Self::of_file(path)?.folder != folder => foreign(FileProblem::OtherFolder),
            Ok(_) => Ok(()),
        }
    }

    /// Returns how this label differs from the expected one, the gravest difference first.
    fn differs_from(self, expected: Self) -> Option<FileProblem> {
        if self.folder != expected.folder {
            Some(FileProblem::OtherFolder)
        } else if (self.kind, self.piece) != (expected.kind, expected.piece) {
            Some(FileProblem::Misplaced)
        } else if self.owner != expected.owner || self.width != expected.width {
            Some(FileProblem::OtherScheme)
        } else {
            None
        }
    }
}

/// Opens a file and reads its header; returns the bytes behind it, too.
fn read_header(path: &Path) -> Result<(File, u64, (Label, u64)), Error> {
    let refused = |error| Error::io(path, error);
    let mut file = File::open(path).map_err(refused)?;
    let length = file.len().map_err(refused)?;
    let mut header = [0; HEADER];
    let known = &mut header[..HEADER.min(usize::try_from(length).unwrap_or(HEADER))];
    file.read_exact(known).map_err(refused)?;
    let label = Label::from_bytes(known).map_err(|problem| Error::File { path: path.into(), problem })?;
    Ok((file, length - HEADER as u64, label))
}

/// Writes a file.
#[derive(Debug)]
pub(crate) struct FrameWriter {
    file: AtomicFile,
    label: Label,
    check: u64,
    frames: u64,
    content: Vec<u8>,
    bytes: u64,
    durable: bool,
}

impl FrameWriter {
    /// Begins a file, in place of any of the same folder that has its name.
    pub(crate) fn create(path: &Path, label: Label) -> Result<Self, Error> {
        Label::check_replaceable(path, label.folder)?;
        let header = label.to_bytes();
        let mut file =
            AtomicFile::create_tagged(path.into(), &label.folder.tag()).map_err(|error| Error::io(path, error))?;
        file.write_all(&header).map_err(|error| Error::io(path, error))?;
        let check = number(&header[HEADER - 8..]);
        Ok(Self { file, label, check, frames: 0, content: Vec::new(), bytes: HEADER as u64, durable: true })
    }

    /// Sets whether the finished file survives a power cut. It does by default.
    pub(crate) fn durable(self, durable: bool) -> Self {
        Self { durable, ..self }
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
        let check = xxh3_64_with_seed(content, self.check ^ self.frames);
        self.frames += 1;
        self.bytes += 16 + content.len() as u64;
        let parts = [&(content.len() as u64).to_le_bytes()[..], &check.to_le_bytes()[..], content];
        parts
            .into_iter()
            .try_for_each(|part| self.file.write_all(part))
            .map_err(|error| Error::io(self.file.path(), error))
    }

    /// Returns the bytes written so far, without the frame that is being gathered.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns another handle of the file if it is to survive a power cut, with all whole frames written.
    pub(super) fn durable_handle(&mut self) -> Result<Option<File>, Error> {
        let handle = self.durable.then(|| self.file.written()).transpose();
        handle.map_err(|error| Error::io(self.file.path(), error))
    }

    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }

    /// Ends the file, and gives it its name when it is on the disk, if it is durable.
    pub(crate) fn finish(self) -> Result<(), Error> {
        if self.durable { self.end(AtomicFile::commit) } else { self.finish_unsynced() }
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
        // Something else may have taken the name in the meantime.
        Label::check_replaceable(&path, self.label.folder)?;
        self.file.write_all(&end).and_then(|()| commit(self.file)).map_err(|error| Error::io(&path, error))
    }
}

/// Reads a file frame by frame.
#[derive(Debug)]
pub(crate) struct FrameReader {
    path: PathBuf,
    file: File,
    /// Bytes behind the header, and those of them that are left.
    length: u64,
    left: u64,
    check: u64,
    frames: u64,
    content: Vec<u8>,
    /// Where the next record begins in the content.
    at: usize,
    ended: bool,
}

impl FrameReader {
    /// Opens a file that must be what the label says.
    pub(crate) fn open(path: &Path, expected: Label) -> Result<Self, Error> {
        let (file, label) = Self::open_any(path)?;
        match label.differs_from(expected) {
            Some(problem) => Err(Error::File { path: path.into(), problem }),
            None => Ok(file),
        }
    }

    /// Opens a file of any kind, and says what it is.
    pub(crate) fn open_any(path: &Path) -> Result<(Self, Label), Error> {
        let (file, left, (label, check)) = read_header(path)?;
        let (path, content) = (path.into(), Vec::new());
        Ok((Self { path, file, length: left, left, check, frames: 0, content, at: 0, ended: false }, label))
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

    /// Returns the next `length` bytes, which are of one record.
    pub(crate) fn take(&mut self, length: usize) -> Result<&[u8], Error> {
        if length > 0 && self.at == self.content.len() {
            self.next_frame()?;
        }
        self.take_more(length)
    }

    /// Returns the next `length` bytes of the same record.
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

    /// Returns the numbers of eight bytes that a record begins with.
    pub(crate) fn take_numbers<const N: usize>(&mut self) -> Result<[u64; N], Error> {
        let mut taken = [0; N];
        taken.iter_mut().zip(numbers(self.take(8 * N)?)).for_each(|(place, number)| *place = number);
        Ok(taken)
    }

    /// Returns the numbers of four bytes that a record begins with.
    pub(crate) fn take_short_numbers<const N: usize>(&mut self) -> Result<[u32; N], Error> {
        let mut taken = [0; N];
        taken.iter_mut().zip(short_numbers(self.take(4 * N)?)).for_each(|(place, number)| *place = number);
        Ok(taken)
    }

    /// Returns the next `length` bytes of the same record, which are text.
    pub(crate) fn take_text(&mut self, length: usize) -> Result<&str, Error> {
        let start = self.at;
        self.take_more(length)?;
        let text = std::str::from_utf8(&self.content[start..self.at]);
        text.map_err(|_| Error::File { path: self.path.clone(), problem: FileProblem::Corrupt })
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

    /// Returns the number of the next frame, and the bytes before it behind the header.
    pub(crate) fn place(&self) -> (u64, u64) {
        (self.frames, self.length - self.left)
    }

    /// Goes to the frame of this number, which begins at this [place](Self::place).
    pub(crate) fn go_to(&mut self, frames: u64, place: u64) -> Result<(), Error> {
        let Some(left) = self.length.checked_sub(place) else { return Err(self.corrupt()) };
        let place = SeekFrom::Start(HEADER as u64 + place);
        self.file.seek(place).map_err(|error| Error::io(&self.path, error))?;
        (self.left, self.frames, self.at, self.ended) = (left, frames, 0, false);
        self.content.clear();
        Ok(())
    }

    /// Passes over the next frame without looking at it; returns the bytes of its content, or nothing at the end.
    pub(crate) fn skip_frame(&mut self) -> Result<Option<u64>, Error> {
        let mut head = [0; 16];
        self.read(&mut head)?;
        let length = number(&head);
        if length == 0 {
            return self.end(head).map(|()| None);
        }
        let Some(left) = self.left.checked_sub(length) else { return Err(self.corrupt()) };
        let place = SeekFrom::Current(length as i64);
        self.file.seek(place).map_err(|error| Error::io(&self.path, error))?;
        self.left = left;
        self.frames += 1;
        Ok(Some(length))
    }

    /// Returns the whole next frame.
    pub(crate) fn take_frame(&mut self) -> Result<&[u8], Error> {
        self.next_frame()?;
        self.at = self.content.len();
        Ok(&self.content)
    }

    /// Returns whether there is another record.
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
        // Taken out, because reading borrows the rest, and because nothing of it is left where reading fails.
        let mut content = std::mem::take(&mut self.content);
        if length == 0 {
            return self.end(head);
        }
        if length > self.left {
            return Err(self.corrupt());
        }
        // What the frame before left is not cleared first: all of it is read over.
        content.resize(length as usize, 0);
        self.read(&mut content)?;
        if xxh3_64_with_seed(&content, self.check ^ self.frames) != check {
            return Err(self.corrupt());
        }
        self.content = content;
        self.frames += 1;
        Ok(())
    }

    /// Reads the end of the file, whose first bytes are those of a frame without content.
    fn end(&mut self, head: [u8; 16]) -> Result<(), Error> {
        let mut end = [0; 8];
        self.read(&mut end)?;
        self.ended = true;
        let is_counted = self.left == 0 && number(&head[8..]) == self.frames;
        let is_sound = is_counted && xxh3_64_with_seed(&head, self.check) == number(&end);
        if is_sound { Ok(()) } else { Err(self.corrupt()) }
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

/// Reads numbers of eight bytes each.
pub(crate) fn numbers(bytes: &[u8]) -> impl Iterator<Item = u64> + '_ {
    bytes.chunks_exact(8).map(number)
}

/// Reads numbers of four bytes each.
pub(crate) fn short_numbers(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.chunks_exact(4).map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

#[cfg(test)]
mod tests;
