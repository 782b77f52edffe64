//! The two sides of a chunk: the documents that are held in memory (the build side), and the probes that are compared with them.

use crate::error::Error;
use crate::external::{FrameReader, numbers, put, put_short, short_numbers};
use crate::join::storage::band_keys::BandKeyWriter;
use crate::verify::SignedSet;
use std::ops::Range;

/// A document that is to be compared with some of a chunk.
#[derive(Debug, Default)]
pub(crate) struct Probe {
    pub(crate) document: u32,
    pub(crate) rights: Vec<u32>,
    /// Its set; empty where it is of the chunk itself, for no set that has candidates is.
    pub(crate) set: Vec<u64>,
}

/// Where the probes of a chunk come from, in order.
pub(crate) trait ProbeSource {
    fn next_probe(&mut self) -> Result<Option<Probe>, Error>;

    /// Says that the file names documents which are not there.
    fn corrupt(&self) -> Error;
}

impl ProbeSource for FrameReader {
    fn next_probe(&mut self) -> Result<Option<Probe>, Error> {
        if self.has_more()? { Probe::read(self).map(Some) } else { Ok(None) }
    }

    fn corrupt(&self) -> Error {
        self.corrupt()
    }
}

/// The documents of a chunk that have candidates: the build side of a block join, which is held while probes pass.
#[derive(Default)]
pub(crate) struct BuildSide {
    documents: Vec<u32>,
    /// Their signatures, if the criterion compares them.
    rows: Vec<u32>,
    sets: Vec<u64>,
    /// Where the set of each begins, and where the last one ends.
    starts: Vec<usize>,
}

impl BuildSide {
    pub(crate) fn with_capacity(documents: usize, elements: usize) -> Self {
        let mut starts = Vec::with_capacity(documents + 1);
        starts.push(0);
        let (documents, sets) = (Vec::with_capacity(documents), Vec::with_capacity(elements));
        Self { documents, rows: Vec::new(), sets, starts }
    }

    /// Reads a chunk of known size.
    pub(crate) fn read(mut file: FrameReader, documents: usize, elements: usize) -> Result<Self, Error> {
        let mut build_side = Self::with_capacity(documents, elements);
        while file.has_more()? {
            let [document, size] = file.take_numbers()?;
            build_side.push_with(document as u32, |sets| {
                sets.extend(numbers(file.take_more(bytes_of(size, 8))?));
                Ok(())
            })?;
        }
        Ok(build_side)
    }

    /// Adds a document, whose set is appended.
    pub(crate) fn push_with(
        &mut self,
        document: u32,
        append: impl FnOnce(&mut Vec<u64>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        append(&mut self.sets)?;
        self.documents.push(document);
        self.starts.push(self.sets.len());
        Ok(())
    }

    /// Adds a document whose set [comes later](Self::with_sets).
    pub(crate) fn place(&mut self, document: u32, size: usize) {
        self.documents.push(document);
        self.starts.push(self.starts.last().copied().unwrap_or_default() + size);
    }

    /// Takes the sets of all documents that were placed, one behind the other.
    pub(crate) fn with_sets(self, sets: Vec<u64>) -> Self {
        Self { sets, ..self }
    }

    /// Makes the signatures of all, for a criterion that compares them.
    pub(crate) fn sign(&mut self, keys: &BandKeyWriter) {
        let sets: Vec<&[u64]> = self.starts.windows(2).map(|ends| &self.sets[ends[0]..ends[1]]).collect();
        self.rows = keys.rows(&sets);
    }

    /// Puts one into a file, from which they are read in the same order.
    pub(crate) fn put(document: u32, set: &[u64], bytes: &mut Vec<u8>) {
        put(bytes, &[u64::from(document), set.len() as u64]);
        put(bytes, set);
    }

    /// Returns the document of this number, if it is here.
    pub(crate) fn document(&self, document: u32) -> Option<SignedSet<'_>> {
        let at = self.documents.binary_search(&document).ok()?;
        Some(self.at(at))
    }

    /// Visits documents in ascending order, each with its number and, if it is here, its set.
    pub(crate) fn documents(&self, documents: &[u32]) -> impl Iterator<Item = (u32, Option<SignedSet<'_>>)> {
        let mut at = 0;
        documents.iter().map(move |&document| {
            at = self.first_from(at, document);
            let is_here = self.documents.get(at) == Some(&document);
            (document, is_here.then(|| self.at(at)))
        })
    }

    fn at(&self, at: usize) -> SignedSet<'_> {
        let width = self.rows.len() / self.documents.len();
        SignedSet { row: &self.rows[at * width..][..width], set: &self.sets[self.starts[at]..self.starts[at + 1]] }
    }

    /// Returns the place of the first document that is not before this one, from a place on: mostly that one or the next.
    fn first_from(&self, at: usize, document: u32) -> usize {
        let behind = &self.documents[at..];
        let mut reach = 1;
        while reach < behind.len() && behind[reach] < document {
            reach *= 2;
        }
        at + behind[..behind.len().min(reach + 1)].partition_point(|&other| other < document)
    }
}

impl Probe {
    /// Puts one into a file, with its set or with an empty one.
    pub(crate) fn put(document: u32, rights: &[u32], set: &[u64], bytes: &mut Vec<u8>) {
        put(bytes, &[u64::from(document), rights.len() as u64, set.len() as u64]);
        put_short(bytes, rights);
        put(bytes, set);
    }

    fn read(file: &mut FrameReader) -> Result<Self, Error> {
        let [document, rights, size] = file.take_numbers()?;
        let rights = short_numbers(file.take_more(bytes_of(rights, 4))?).collect();
        let set = numbers(file.take_more(bytes_of(size, 8))?).collect();
        Ok(Self { document: document as u32, rights, set })
    }

    /// Returns its candidates in a range.
    pub(crate) fn rights_in(&self, range: &Range<u32>) -> &[u32] {
        let from = &self.rights[self.rights.partition_point(|right| *right < range.start)..];
        &from[..from.partition_point(|right| *right < range.end)]
    }

    /// Returns the bytes in memory.
    pub(crate) fn bytes(&self) -> usize {
        8 * self.set.len() + 4 * self.rights.len() + size_of::<Self>()
    }
}

/// Returns the bytes that this number of values of a width takes. Where the product does not fit, it is the greatest number, which is
/// longer than any record.
fn bytes_of(count: u64, width: usize) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX).saturating_mul(width)
}
