//! What is brought together to be compared: guests, and the chunks of documents that they visit.

use std::ops::Range;
use std::path::Path;

use super::candidates::Candidates;
use super::frames::{FrameReader, Kind, numbers, put, put_short, short_numbers};
use super::groups::Bits;
use super::segments::{Rows, Segments};
use super::sorter::read_record;
use crate::error::Error;
use crate::similarity::Document;

/// A set with its signature, and the documents it is to be compared with.
#[derive(Debug, Default)]
pub(super) struct Guest {
    pub(super) document: u32,
    pub(super) rights: Vec<u32>,
    pub(super) row: Vec<u32>,
    pub(super) set: Vec<u64>,
}

/// Sets with their signatures, of a range of documents.
#[derive(Default)]
pub(super) struct Loaded {
    documents: Vec<u32>,
    rows: Vec<u32>,
    sets: Vec<u64>,
    /// Where the set of each begins, and where the last one ends.
    starts: Vec<usize>,
}

impl Loaded {
    /// These documents, which ascend; of each, whether it is here, and what it is.
    pub(super) fn documents(
        &self,
        documents: &[u32],
        width: usize,
    ) -> impl Iterator<Item = (u32, Option<Document<'_>>)> {
        let mut at = 0;
        documents.iter().map(move |&document| {
            at = self.first_from(at, document);
            let is_here = self.documents.get(at) == Some(&document);
            let here = is_here.then(|| Document {
                row: &self.rows[at * width..][..width],
                set: &self.sets[self.starts[at]..self.starts[at + 1]],
            });
            (document, here)
        })
    }

    /// The place of the first document that is not before this one, from a place on: mostly that one or the next.
    fn first_from(&self, at: usize, document: u32) -> usize {
        let behind = &self.documents[at..];
        let mut reach = 1;
        while reach < behind.len() && behind[reach] < document {
            reach *= 2;
        }
        at + behind[..behind.len().min(reach + 1)].partition_point(|&other| other < document)
    }
}

/// Loads the documents of chunks, one chunk after the other.
pub(super) struct Loader<'a> {
    involved: &'a Bits,
    width: usize,
    rows: Rows,
    sets: Rows,
    sizes: Sizes,
    /// The document that is read next.
    next: u32,
}

impl<'a> Loader<'a> {
    pub(super) fn new(segments: &Segments, width: usize, sizes: &Path, involved: &'a Bits) -> Result<Self, Error> {
        let (rows, sets) = (segments.signatures(), segments.sets());
        Ok(Self { involved, width, rows, sets, sizes: Sizes::open(sizes)?, next: 0 })
    }

    /// Those of a range that are involved; ranges ascend.
    pub(super) fn load(&mut self, documents: Range<u32>) -> Result<Loaded, Error> {
        let mut loaded = Loaded { starts: vec![0], ..Loaded::default() };
        for document in self.next..documents.end {
            let size = self.sizes.next()?;
            if document >= documents.start && self.involved.get(document) {
                loaded.documents.push(document);
                self.rows.append_short(self.width, &mut loaded.rows)?;
                self.sets.append(size, &mut loaded.sets)?;
                loaded.starts.push(loaded.sets.len());
            } else {
                self.rows.pass(4 * self.width)?;
                self.sets.pass(8 * size)?;
            }
        }
        self.next = documents.end;
        Ok(loaded)
    }
}

impl Guest {
    pub(super) fn put(&self, bytes: &mut Vec<u8>) {
        put(bytes, &[u64::from(self.document), self.rights.len() as u64, self.set.len() as u64]);
        put_short(bytes, &self.rights);
        put_short(bytes, &self.row);
        put(bytes, &self.set);
    }

    pub(super) fn read(file: &mut FrameReader, width: usize) -> Result<Self, Error> {
        let mut head = [0; 3];
        head.iter_mut().zip(numbers(file.take(24)?)).for_each(|(place, number)| *place = number);
        let [document, rights, size] = head.map(|number| number as usize);
        let rights = short_numbers(file.take_more(rights.saturating_mul(4))?).collect();
        let row = short_numbers(file.take_more(width * 4)?).collect();
        let set = numbers(file.take_more(size.saturating_mul(8))?).collect();
        Ok(Self { document: document as u32, rights, row, set })
    }
}

/// The sizes of all sets, in order.
pub(super) struct Sizes {
    file: FrameReader,
}

impl Sizes {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        Ok(Self { file: FrameReader::open(path, Kind::Numbers, 2)? })
    }

    pub(super) fn next(&mut self) -> Result<usize, Error> {
        Ok(short_numbers(self.file.take(4)?).next().unwrap_or_default() as usize)
    }
}

/// Candidates by their left documents.
pub(super) struct Lefts {
    file: FrameReader,
    next: Option<[u64; 1]>,
}

impl Lefts {
    pub(super) fn open(candidates: &Candidates) -> Result<Self, Error> {
        let (mut file, _) = candidates.open()?;
        let next = read_record(&mut file)?;
        Ok(Self { file, next })
    }

    /// The right documents of this left one; documents are asked for in order.
    pub(super) fn rights_of(&mut self, left: u32, rights: &mut Vec<u32>) -> Result<(), Error> {
        rights.clear();
        while let Some([pair]) = self.next
            && (pair >> 32) as u32 == left
        {
            rights.push(pair as u32);
            self.next = read_record(&mut self.file)?;
        }
        Ok(())
    }
}
