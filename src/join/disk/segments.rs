//! What is kept of the documents: pieces of a few hundred megabytes, each in three files.
//!
//! * `documents-N`: of each document the length of its id and the id, the bytes of its text or features and a hash of them, the elements of
//!   its set and their XXH3 in 128 bits, its block and source. Written last: where it is, the piece is whole.
//! * `keys-N`: its [band keys](super::keys), which follow from the sets.
//! * `sets-N`: of each document its sorted, distinct elements, eight bytes each. Differences would spare a byte of the eight.

use std::fs;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_64;

use super::frames::{FrameReader, FrameWriter, Kind, numbers, put};
use super::keys::KeyMaker;
use crate::error::{Error, FileProblem};
use crate::join::pairing::Origin;
use crate::mix::{derive, mix64};

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

/// What is known of a document's set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// Shingles of the text, repeated ones included.
    pub(super) shingles: u64,
    /// Elements of the set.
    pub(super) size: u32,
    pub(super) set_hash: u128,
}

/// A document as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) label: Label,
    pub(super) known: Known,
}

/// All pieces that are whole.
#[derive(Debug)]
pub(super) struct Segments {
    place: Place,
    keys: KeyMaker,
}

/// Where the pieces are, and how many.
#[derive(Clone, Debug)]
pub(super) struct Place {
    folder: PathBuf,
    owner: u64,
    pub(super) whole: u32,
}

impl Place {
    /// The pieces of a folder, which belong to an owner.
    fn find(folder: &Path, owner: u64) -> Self {
        let mut place = Self { folder: folder.into(), owner, whole: 0 };
        while place.path(Kind::Documents, place.whole).exists() {
            place.whole += 1;
        }
        place
    }

    /// Begins a file of the next piece.
    pub(super) fn create(&self, kind: Kind) -> Result<FrameWriter, Error> {
        FrameWriter::create(&self.path(kind, self.whole), kind, self.owner)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn path(&self, kind: Kind, number: u32) -> PathBuf {
        let name = match kind {
            Kind::Documents => "documents",
            Kind::Keys => "keys",
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

impl Segments {
    /// What is in a folder.
    pub(super) fn open(folder: &Path, owner: u64, keys: KeyMaker) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(|error| Error::io(folder, &error))?;
        Ok(Self { place: Place::find(folder, owner), keys })
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    pub(super) fn owner(&self) -> u64 {
        self.place.owner
    }

    /// The documents of all whole pieces.
    pub(super) fn documents(&self) -> Documents {
        Documents { place: self.place.clone(), next: 0, file: None, read: 0 }
    }

    /// The sets of all whole pieces.
    pub(super) fn sets(&self) -> Sets {
        Sets { place: self.place.clone(), next: 0, file: None }
    }

    /// How many whole pieces there are.
    pub(super) fn pieces(&self) -> u32 {
        self.place.whole
    }

    /// There are so many now.
    pub(super) fn set_pieces(&mut self, pieces: u32) {
        self.place.whole = pieces;
    }

    pub(super) fn keys(&self) -> &KeyMaker {
        &self.keys
    }

    /// Keys of fewer or more documents than there are.
    pub(super) fn missing_keys(&self) -> Error {
        self.place.missing(Kind::Keys, self.place.whole)
    }

    pub(super) fn keys_path(&self, number: u32) -> PathBuf {
        self.place.path(Kind::Keys, number)
    }

    /// Shows the sets of a piece, some at a time.
    pub(super) fn sets_of(&self, number: u32, mut show: impl FnMut(&[&[u64]])) -> Result<(), Error> {
        let file = |kind| FrameReader::open(&self.place.path(kind, number), kind, self.place.owner);
        let (mut documents, mut sets) = (file(Kind::Documents)?, file(Kind::Sets)?);
        let (mut elements, mut ends) = (Vec::new(), Vec::new());
        let mut more = true;
        while more {
            more = documents.has_more()?;
            if more {
                let size = read_document(&mut documents)?.known.size as usize;
                elements.extend(numbers(sets.take(8 * size)?));
                ends.push(elements.len());
            }
            if !more || size_of_val(&elements[..]) >= SHOWN {
                let starts = [0].into_iter().chain(ends.iter().copied());
                show(&starts.zip(&ends).map(|(start, &end)| &elements[start..end]).collect::<Vec<_>>());
                elements.clear();
                ends.clear();
            }
        }
        Ok(())
    }
}

/// Bytes of sets that are shown at a time.
const SHOWN: usize = 4 << 20;

impl Known {
    pub(super) fn put(&self, label: &Label, bytes: &mut Vec<u8>) {
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
    let label = Label { id, bytes, hash, origin: Origin { block, source } };
    Ok(Stored { label, known: Known { shingles, size, set_hash } })
}

/// Reads sets, one after the other, each being as large as the caller says.
#[derive(Debug)]
pub(super) struct Sets {
    place: Place,
    next: u32,
    file: Option<FrameReader>,
}

impl Sets {
    /// The bytes of the next set.
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
            match self.place.file(Kind::Sets, self.next)? {
                Some(file) => self.file = Some(file),
                None => return Err(self.place.missing(Kind::Sets, self.next)),
            }
            self.next += 1;
        }
        match &mut self.file {
            Some(file) => file.take(8 * elements),
            None => Ok(&[]),
        }
    }

    /// Passes over the next set.
    pub(super) fn pass(&mut self, elements: usize) -> Result<(), Error> {
        self.next(elements).map(|_| ())
    }

    /// Appends the next set.
    pub(super) fn append(&mut self, elements: usize, to: &mut Vec<u64>) -> Result<(), Error> {
        to.extend(numbers(self.next(elements)?));
        Ok(())
    }
}
