//! The documents of a join on disk, in segments of a few hundred megabytes. A segment has three files.
//!
//! * `sets-N`: the sorted, distinct elements of each document, eight bytes each. Storing differences would save one byte of the eight.
//! * `keys-N`: the [band keys](super::band_keys), which follow from the sets.
//! * `documents-N`: the id of each document, the length and a hash of its text or features, the size of its set and a
//!   [keyed hash](super::set_key) of it in 128 bits, its block and its source, and a hash of its normalized text. It is written last: where it is, the segment is whole.

use std::path::PathBuf;
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use super::set_key::SetHasher;
use super::work_dir::WorkDir;
use crate::error::{Error, FileProblem};
use crate::external::{FrameReader, FrameWriter, Kind, Role, numbers, put};
use crate::join::document::View;
use crate::join::origin::Origin;
use crate::mix::{derive, mix64};

/// What a document was when it was pushed.
#[derive(Clone, Debug)]
pub(crate) struct DocumentKey<Id = String> {
    pub(crate) id: Id,
    /// Bytes of its text, or of its features.
    pub(crate) bytes: u64,
    /// XXH3 of its text, or a mix of its features.
    pub(crate) hash: u64,
    pub(crate) origin: Origin,
}

/// What is stored of a document's set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SetInfo {
    /// Shingles of the text, repeated ones included.
    pub(crate) shingles: u64,
    /// Elements of the set.
    pub(crate) size: u32,
    pub(crate) set_hash: u128,
    /// The hash of its normalized text, or [`NO_TEXT`](super::memory::NO_TEXT).
    pub(crate) text: u64,
}

/// A document as it is read.
#[derive(Clone, Debug)]
pub(crate) struct DocumentRecord<'a> {
    pub(crate) key: DocumentKey<&'a str>,
    pub(crate) set: SetInfo,
}

/// All segments that are whole.
#[derive(Debug)]
pub(crate) struct Segments {
    dir: SegmentDir,
    set_hasher: SetHasher,
}

/// Where the segments are, and how many. They are numbered through all folders; in each, the files count from 0.
#[derive(Clone, Debug)]
pub(crate) struct SegmentDir {
    /// Where everything else of the join is.
    work: Arc<WorkDir>,
    parts: Arc<[Part]>,
    owner: u64,
    pub(crate) whole: u32,
}

/// A folder with some of the segments.
#[derive(Debug)]
struct Part {
    work: Arc<WorkDir>,
    /// The number of its first segment.
    first: u32,
}

impl SegmentDir {
    /// Opens the segments of an owner in a folder.
    fn find(work: &Arc<WorkDir>, owner: u64) -> Self {
        let parts = Arc::from([Part { work: Arc::clone(work), first: 0 }]);
        let mut whole = 0;
        while work.has(&segment_name(Kind::Documents, whole)) {
            whole += 1;
        }
        Self { work: Arc::clone(work), parts, owner, whole }
    }

    /// Returns the folder of a segment, and its number there.
    fn place(&self, number: u32) -> (&Arc<WorkDir>, u32) {
        // The last of those that begin there: the others are empty.
        let Part { work, first } = &self.parts[self.parts.partition_point(|part| part.first <= number).max(1) - 1];
        (work, number - first)
    }

    /// Begins a file of the next segment.
    pub(crate) fn create(&self, kind: Kind) -> Result<FrameWriter, Error> {
        let (work, number) = self.place(self.whole);
        work.create(&segment_name(kind, number), self.role(kind, number))
    }

    pub(crate) fn work(&self) -> &WorkDir {
        &self.work
    }

    fn role(&self, kind: Kind, number: u32) -> Role {
        // The records of documents grew by the hash of the text.
        let width = if kind == Kind::Documents { 2 } else { 1 };
        Role::new(kind, width, self.owner).piece(number)
    }

    fn path(&self, kind: Kind, number: u32) -> PathBuf {
        let (work, number) = self.place(number);
        work.own().path(&segment_name(kind, number))
    }

    fn open(&self, kind: Kind, number: u32) -> Result<FrameReader, Error> {
        let (work, number) = self.place(number);
        work.open_file(&segment_name(kind, number), self.role(kind, number))
    }

    fn file(&self, kind: Kind, number: u32) -> Result<Option<FrameReader>, Error> {
        let there = number < self.whole;
        there.then(|| self.open(kind, number)).transpose()
    }

    /// Returns the error that documents are missing before the file of this number.
    fn missing(&self, kind: Kind, number: u32) -> Error {
        Error::File { path: self.path(kind, number.saturating_sub(1)), problem: FileProblem::Corrupt }
    }
}

/// Returns the name of a file of a segment.
pub(crate) fn segment_name(kind: Kind, number: u32) -> String {
    let name = match kind {
        Kind::Documents => "documents",
        Kind::Keys => "keys",
        _ => "sets",
    };
    format!("{name}-{number:05}")
}

impl Segments {
    /// Lists the segments in a folder. The key of their hashes is the shared one, if there is one, or the folder's own.
    pub(crate) fn open(work: &Arc<WorkDir>, owner: u64, shared_key: Option<u64>) -> Result<Self, Error> {
        let dir = SegmentDir::find(work, owner);
        let set_hasher = SetHasher::open(work, owner, dir.whole > 0, shared_key)?;
        Ok(Self { dir, set_hasher })
    }

    /// Takes the segments of several folders, in their order, whose hashes have one key; each folder comes with the number of its
    /// segments. Everything else of the join is in the folder `work`.
    pub(crate) fn of_folders(
        work: &Arc<WorkDir>,
        folders: impl IntoIterator<Item = (Arc<WorkDir>, u32)>,
        owner: u64,
        key: u64,
    ) -> Self {
        let mut whole = 0;
        let part = |(work, segments)| {
            let first = whole;
            whole += segments;
            Part { work, first }
        };
        let parts = folders.into_iter().map(part).collect();
        let dir = SegmentDir { work: Arc::clone(work), parts, owner, whole };
        Self { dir, set_hasher: SetHasher::new(key) }
    }

    /// Returns the folder of a segment, and its number there.
    pub(crate) fn place(&self, number: u32) -> (&Arc<WorkDir>, u32) {
        self.dir.place(number)
    }

    pub(crate) fn set_hasher(&self) -> SetHasher {
        self.set_hasher
    }

    pub(crate) fn work(&self) -> &Arc<WorkDir> {
        &self.dir.work
    }

    pub(crate) fn dir(&self) -> &SegmentDir {
        &self.dir
    }

    pub(crate) fn owner(&self) -> u64 {
        self.dir.owner
    }

    /// Reads the documents of all whole segments.
    pub(crate) fn documents(&self) -> Documents {
        Documents { dir: self.dir.clone(), next: 0, file: None, read: 0 }
    }

    /// Reads the sets of all whole segments.
    pub(crate) fn sets(&self) -> Sets {
        Sets { dir: self.dir.clone(), set_hasher: self.set_hasher, next: 0, file: None }
    }

    /// Opens the sets of a segment, if there is one of this number.
    pub(crate) fn sets_file(&self, number: u32) -> Result<Option<FrameReader>, Error> {
        self.dir.file(Kind::Sets, number)
    }

    /// Returns the paths of the files of sets.
    pub(crate) fn set_files(&self) -> Vec<PathBuf> {
        (0..self.dir.whole).map(|number| self.dir.path(Kind::Sets, number)).collect()
    }

    /// Returns the error that the sets before the segment of this number are not those of its documents.
    pub(crate) fn missing_sets(&self, number: u32) -> Error {
        self.dir.missing(Kind::Sets, number)
    }

    /// Returns the number of whole segments.
    pub(crate) fn count(&self) -> u32 {
        self.dir.whole
    }

    /// Sets the number of whole segments.
    pub(crate) fn set_segments(&mut self, segments: u32) {
        self.dir.whole = segments;
    }

    /// Returns the error that there are keys of fewer or more documents than there are.
    pub(crate) fn missing_keys(&self) -> Error {
        self.dir.missing(Kind::Keys, self.dir.whole)
    }

    /// Visits the sets of a segment, some megabytes at a time.
    pub(crate) fn sets_of(&self, number: u32, mut show: impl FnMut(&[&[u64]])) -> Result<(), Error> {
        let (mut documents, mut sets) = (self.dir.open(Kind::Documents, number)?, self.dir.open(Kind::Sets, number)?);
        let (mut elements, mut ends) = (Vec::new(), Vec::new());
        let mut more = true;
        while more {
            more = documents.has_more()?;
            if more {
                let set = read_document(&mut documents)?.set;
                let bytes = sets.take(8 * set.size as usize)?;
                let is_sound = self.set_hasher.check(bytes) == set.check();
                elements.extend(numbers(bytes));
                if !is_sound {
                    return Err(sets.corrupt());
                }
                ends.push(elements.len());
            }
            if !more || size_of_val(&elements[..]) >= VISITED_BYTES {
                let starts = [0].into_iter().chain(ends.iter().copied());
                show(&starts.zip(&ends).map(|(start, &end)| &elements[start..end]).collect::<Vec<_>>());
                elements.clear();
                ends.clear();
            }
        }
        Ok(())
    }
}

/// Bytes of sets that are visited at a time.
const VISITED_BYTES: usize = 4 << 20;

impl SetInfo {
    /// Returns the half of the hash that the set is held against when it is read.
    pub(crate) fn check(&self) -> u64 {
        self.set_hash as u64
    }

    pub(crate) fn put(&self, key: &DocumentKey, bytes: &mut Vec<u8>) {
        let hash = [(self.set_hash >> 64) as u64, self.set_hash as u64];
        put(bytes, &[key.id.len() as u64, key.bytes, key.hash, self.shingles, u64::from(self.size)]);
        put(bytes, &hash);
        put(bytes, &[key.origin.block, key.origin.source, self.text]);
        bytes.extend_from_slice(key.id.as_bytes());
    }
}

impl DocumentKey {
    /// Hashes a text by its bytes, and features whatever their order; no hash of the one is one of the other.
    pub(crate) fn new(origin: Origin, id: String, content: View<'_>) -> Self {
        let hash = match content {
            View::Text(text) => xxh3_64(text.as_bytes()),
            View::Features(features) => {
                let seed = derive(0, "features of a document", 0);
                mix64(features.iter().fold(0_u64, |sum, &feature| sum.wrapping_add(mix64(feature ^ seed))) ^ seed)
            }
        };
        Self { id, bytes: content.bytes() as u64, hash, origin }
    }
}

impl DocumentKey<&str> {
    /// Returns whether it is the same document.
    pub(crate) fn is(&self, other: &DocumentKey) -> bool {
        let of = |bytes, hash, origin| (bytes, hash, origin);
        self.id == other.id && of(self.bytes, self.hash, self.origin) == of(other.bytes, other.hash, other.origin)
    }
}

/// Reads documents, one after the other.
#[derive(Debug)]
pub(crate) struct Documents {
    dir: SegmentDir,
    next: u32,
    file: Option<FrameReader>,
    /// Documents read so far.
    read: u32,
}

impl Documents {
    /// Returns the document of a number. Each number must be greater than the one before.
    pub(crate) fn at(&mut self, number: u32) -> Result<DocumentRecord<'_>, Error> {
        while self.read < number && self.next()?.is_some() {}
        let missing = self.dir.missing(Kind::Documents, self.next);
        self.next()?.ok_or(missing)
    }

    /// Returns the number of the segment that the last document was read from.
    pub(crate) fn segment(&self) -> usize {
        self.next.saturating_sub(1) as usize
    }

    /// Returns the next document.
    pub(crate) fn next(&mut self) -> Result<Option<DocumentRecord<'_>>, Error> {
        if !self.has_more()? {
            return Ok(None);
        }
        self.read += 1;
        self.file.as_mut().map(read_document).transpose()
    }

    /// Opens the segment that the next document is in; returns whether there is one.
    fn has_more(&mut self) -> Result<bool, Error> {
        loop {
            if let Some(file) = &mut self.file
                && file.has_more()?
            {
                return Ok(true);
            }
            self.file = self.dir.file(Kind::Documents, self.next)?;
            self.next += 1;
            if self.file.is_none() {
                return Ok(false);
            }
        }
    }
}

fn read_document(file: &mut FrameReader) -> Result<DocumentRecord<'_>, Error> {
    let [length, bytes, hash, shingles, size, upper, lower, block, source, text] = file.take_numbers()?;
    let size = u32::try_from(size).map_err(|_| file.corrupt())?;
    let set_hash = u128::from(upper) << 64 | u128::from(lower);
    let id = file.take_text(usize::try_from(length).unwrap_or(usize::MAX))?;
    let key = DocumentKey { id, bytes, hash, origin: Origin { block, source } };
    Ok(DocumentRecord { key, set: SetInfo { shingles, size, set_hash, text } })
}

/// Reads sets, one after the other, each being as large as the caller says.
#[derive(Debug)]
pub(crate) struct Sets {
    dir: SegmentDir,
    set_hasher: SetHasher,
    next: u32,
    file: Option<FrameReader>,
}

impl Sets {
    /// Returns the bytes of the next set.
    fn next(&mut self, elements: usize) -> Result<&[u8], Error> {
        if elements == 0 {
            return Ok(&[]);
        }
        loop {
            if let Some(file) = &mut self.file
                && file.has_more()?
            {
                break;
            }
            match self.dir.file(Kind::Sets, self.next)? {
                Some(file) => self.file = Some(file),
                None => return Err(self.dir.missing(Kind::Sets, self.next)),
            }
            self.next += 1;
        }
        match &mut self.file {
            Some(file) => file.take(8 * elements),
            None => Ok(&[]),
        }
    }

    /// Passes over the next set.
    pub(crate) fn pass(&mut self, elements: usize) -> Result<(), Error> {
        self.next(elements).map(|_| ())
    }

    /// Appends the next set, which must have the hash that was stored with its document.
    pub(crate) fn append(&mut self, elements: usize, check: u64, to: &mut Vec<u64>) -> Result<(), Error> {
        let set_hasher = self.set_hasher;
        let bytes = self.next(elements)?;
        if elements > 0 && set_hasher.check(bytes) != check {
            return Err(self.dir.missing(Kind::Sets, self.next));
        }
        to.extend(numbers(bytes));
        Ok(())
    }
}
