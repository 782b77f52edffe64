//! What is kept of the documents: pieces of a few hundred megabytes, each in three files.
//!
//! * `documents-N`: of each document the length of its id and the id, the bytes of its text or features and a hash of them, the elements of
//!   its set and their XXH3 in 128 bits, its block and source. Written last: where it is, the piece is whole.
//! * `signatures-N`: of each document a row of 32-bit values.
//! * `sets-N`: of each document its sorted, distinct elements, eight bytes each. Differences would spare a byte of the eight.

use std::fs;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::frames::{FrameReader, FrameWriter, Kind, numbers, put, put_short, short_numbers};
use crate::error::{Error, FileProblem};
use crate::join::pairing::Origin;
use crate::join::sets::Block;
use crate::mix::{derive, mix64};
use crate::parallel;

/// What a document was when it was pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) id: String,
    /// Bytes of its text, or of its features.
    pub(super) bytes: u64,
    /// XXH3 of its text, or a mix of its features.
    pub(super) hash: u64,
    pub(super) origin: Origin,
}

/// A document as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) label: Label,
    /// Shingles of the text, repeated ones included.
    pub(super) shingles: u64,
    /// Elements of the set.
    pub(super) size: u32,
    pub(super) set_hash: u128,
}

/// All pieces that are whole, and the one being written.
#[derive(Debug)]
pub(super) struct Segments {
    place: Place,
    width: usize,
    /// Bytes of signatures and sets after which a piece is closed.
    enough: u64,
    open: Option<Open>,
}

/// Where the pieces are, and how many.
#[derive(Clone, Debug)]
pub(super) struct Place {
    folder: PathBuf,
    owner: u64,
    whole: u32,
}

impl Place {
    fn path(&self, kind: Kind, number: u32) -> PathBuf {
        let name = match kind {
            Kind::Documents => "documents",
            Kind::Signatures => "signatures",
            _ => "sets",
        };
        self.folder.join(format!("{name}-{number:05}"))
    }

    fn file(&self, kind: Kind, number: u32) -> Result<Option<FrameReader>, Error> {
        let there = number < self.whole;
        there.then(|| FrameReader::open(&self.path(kind, number), kind, self.owner)).transpose()
    }

    /// There are fewer documents than there were, by the file before this number.
    fn missing(&self, kind: Kind, number: u32) -> Error {
        Error::File { path: self.path(kind, number.saturating_sub(1)), problem: FileProblem::Corrupt }
    }
}

/// A piece that is being written.
#[derive(Debug)]
struct Open {
    documents: FrameWriter,
    signatures: FrameWriter,
    sets: FrameWriter,
}

impl Segments {
    /// Goes on from what is in the folder.
    pub(super) fn open(folder: &Path, owner: u64, width: usize, enough: u64) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(|error| Error::io(folder, &error))?;
        let mut place = Place { folder: folder.into(), owner, whole: 0 };
        while place.path(Kind::Documents, place.whole).exists() {
            place.whole += 1;
        }
        Ok(Self { place, width, enough, open: None })
    }

    pub(super) fn owner(&self) -> u64 {
        self.place.owner
    }

    /// Adds documents with their labels, in their order.
    pub(super) fn add(&mut self, mut labels: impl Iterator<Item = Label>, blocks: Vec<Block>) -> Result<(), Error> {
        let width = self.width;
        for encoded in parallel::map_owned(blocks, |block| Encoded::of(block, width)) {
            let mut open = match self.open.take() {
                Some(open) => open,
                None => self.begin()?,
            };
            open.signatures.frame(&encoded.signatures)?;
            open.sets.frame(&encoded.sets)?;
            for (known, label) in encoded.documents.iter().zip(&mut labels) {
                open.documents.record(|bytes| known.put(&label, bytes))?;
            }
            let enough = open.sets.bytes() + open.signatures.bytes() >= self.enough;
            self.open = Some(open);
            if enough {
                self.close()?;
            }
        }
        Ok(())
    }

    fn begin(&self) -> Result<Open, Error> {
        let create = |kind| FrameWriter::create(&self.place.path(kind, self.place.whole), kind, self.place.owner);
        Ok(Open {
            documents: create(Kind::Documents)?,
            signatures: create(Kind::Signatures)?,
            sets: create(Kind::Sets)?,
        })
    }

    /// Makes the piece that is being written a whole one.
    pub(super) fn close(&mut self) -> Result<(), Error> {
        if let Some(open) = self.open.take() {
            open.sets.finish()?;
            open.signatures.finish()?;
            open.documents.finish()?;
            self.place.whole += 1;
        }
        Ok(())
    }

    /// The documents of all whole pieces.
    pub(super) fn documents(&self) -> Documents {
        Documents { place: self.place.clone(), next: 0, file: None, read: 0 }
    }

    /// The signatures of all whole pieces.
    pub(super) fn signatures(&self) -> Rows {
        Rows { place: self.place.clone(), kind: Kind::Signatures, next: 0, file: None }
    }

    /// The sets of all whole pieces.
    pub(super) fn sets(&self) -> Rows {
        Rows { place: self.place.clone(), kind: Kind::Sets, next: 0, file: None }
    }
}

/// The documents of a block, ready to be written.
struct Encoded {
    documents: Vec<Known>,
    signatures: Vec<u8>,
    sets: Vec<u8>,
}

/// What is known of a document's set.
struct Known {
    shingles: u64,
    size: u32,
    set_hash: u128,
}

impl Encoded {
    fn of(mut block: Block, width: usize) -> Self {
        let mut encoded = Self { documents: Vec::new(), signatures: Vec::new(), sets: Vec::new() };
        block.for_each_sorted(width, |shingles, set, row| {
            let start = encoded.sets.len();
            put(&mut encoded.sets, set);
            put_short(&mut encoded.signatures, row);
            let set_hash = xxh3_128(&encoded.sets[start..]);
            encoded.documents.push(Known { shingles: shingles as u64, size: set.len() as u32, set_hash });
        });
        encoded
    }
}

impl Known {
    fn put(&self, label: &Label, bytes: &mut Vec<u8>) {
        let hash = [(self.set_hash >> 64) as u64, self.set_hash as u64];
        put(bytes, &[label.id.len() as u64, label.bytes, label.hash, self.shingles, u64::from(self.size)]);
        put(bytes, &hash);
        put(bytes, &[label.origin.block, label.origin.source]);
        bytes.extend_from_slice(label.id.as_bytes());
    }
}

impl Label {
    pub(super) fn new(origin: Origin, id: &str, text: &[u8]) -> Self {
        Self { id: id.to_string(), bytes: text.len() as u64, hash: xxh3_64(text), origin }
    }

    /// Of a document that is its features, eight bytes each: a hash of these, whatever their order. It is none of a text's.
    pub(super) fn of_features(origin: Origin, id: &str, features: &[u64]) -> Self {
        let seed = derive(0, "features of a document", 0);
        let sum = features.iter().fold(0_u64, |sum, &feature| sum.wrapping_add(mix64(feature ^ seed)));
        Self { id: id.to_string(), bytes: size_of_val(features) as u64, hash: mix64(sum ^ seed), origin }
    }
}

/// Reads documents, one after the other.
#[derive(Debug)]
pub(super) struct Documents {
    place: Place,
    next: u32,
    file: Option<FrameReader>,
    /// Documents read so far.
    read: u32,
}

impl Documents {
    /// The document of a number, of which each must be greater than the one before.
    pub(super) fn at(&mut self, number: u32) -> Result<Stored, Error> {
        loop {
            let read = self.read;
            match self.next()? {
                Some(document) if read == number => return Ok(document),
                Some(_) => {}
                None => return Err(self.place.missing(Kind::Documents, self.next)),
            }
        }
    }

    pub(super) fn next(&mut self) -> Result<Option<Stored>, Error> {
        loop {
            if let Some(file) = &mut self.file
                && file.has_more()?
            {
                self.read += 1;
                return read_document(file).map(Some);
            }
            self.file = self.place.file(Kind::Documents, self.next)?;
            self.next += 1;
            if self.file.is_none() {
                return Ok(None);
            }
        }
    }
}

fn read_document(file: &mut FrameReader) -> Result<Stored, Error> {
    let mut head = [0; 9];
    head.iter_mut().zip(numbers(file.take(72)?)).for_each(|(place, number)| *place = number);
    let [length, bytes, hash, shingles, size, upper, lower, block, source] = head;
    let id = match usize::try_from(length) {
        Ok(length) => file.take_more(length)?.to_vec(),
        Err(_) => return Err(file.corrupt()),
    };
    let id = String::from_utf8(id).map_err(|_| file.corrupt())?;
    let size = u32::try_from(size).map_err(|_| file.corrupt())?;
    let set_hash = u128::from(upper) << 64 | u128::from(lower);
    Ok(Stored { label: Label { id, bytes, hash, origin: Origin { block, source } }, shingles, size, set_hash })
}

/// Reads signatures or sets, one after the other, each being as long as the caller says.
#[derive(Debug)]
pub(super) struct Rows {
    place: Place,
    kind: Kind,
    next: u32,
    file: Option<FrameReader>,
}

impl Rows {
    /// The bytes of the next document.
    fn next(&mut self, length: usize) -> Result<&[u8], Error> {
        if length == 0 {
            return Ok(&[]);
        }
        loop {
            if let Some(file) = &mut self.file
                && file.has_more()?
            {
                break;
            }
            match self.place.file(self.kind, self.next)? {
                Some(file) => self.file = Some(file),
                None => return Err(self.place.missing(self.kind, self.next)),
            }
            self.next += 1;
        }
        match &mut self.file {
            Some(file) => file.take(length),
            None => Ok(&[]),
        }
    }

    /// Passes over the next document.
    pub(super) fn pass(&mut self, length: usize) -> Result<(), Error> {
        self.next(length).map(|_| ())
    }

    /// Appends the next document's values, four bytes each.
    pub(super) fn append_short(&mut self, values: usize, to: &mut Vec<u32>) -> Result<(), Error> {
        to.extend(short_numbers(self.next(4 * values)?));
        Ok(())
    }

    /// Appends the next document's values, eight bytes each.
    pub(super) fn append(&mut self, values: usize, to: &mut Vec<u64>) -> Result<(), Error> {
        to.extend(numbers(self.next(8 * values)?));
        Ok(())
    }
}
