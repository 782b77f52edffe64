//! The two sides of a chunk: the documents that are held in memory (the build side), and the probes that are compared with them.

use crate::error::Error;
use crate::external::{
    FrameReader, FrameWriter, Kind, RecordReader, Records, Role, numbers, put, put_short, read_record, short_numbers,
};
use crate::join::candidates::external::Candidates;
use crate::join::edge::{Edge, EdgeRecord, split};
use crate::join::storage::band_keys::BandKeyWriter;
use crate::join::storage::scratch::ScratchDir;
use crate::join::storage::segments::SetInfo;
use crate::verify::{Criterion, SignedSet};
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
            let [document, size] = read_head(&mut file)?;
            build_side.push_with(document as u32, |sets| {
                sets.extend(numbers(file.take_more(size.saturating_mul(8))?));
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
        let [document, rights, size] = read_head(file)?;
        let rights = short_numbers(file.take_more(rights.saturating_mul(4))?).collect();
        let set = numbers(file.take_more(size.saturating_mul(8))?).collect();
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

/// Returns the numbers at the beginning of a record.
fn read_head<const N: usize>(file: &mut FrameReader) -> Result<[usize; N], Error> {
    let mut head = [0; N];
    head.iter_mut().zip(numbers(file.take(8 * N)?)).for_each(|(place, number)| *place = number as usize);
    Ok(head)
}

/// The sizes of all sets, in order, each with the half of its hash that it is held against.
pub(crate) struct SetSizes {
    file: FrameReader,
}

impl SetSizes {
    const NAME: &str = "sizes";
    const ROLE: Role = Role { kind: Kind::Numbers, piece: 0, width: 3, owner: 0 };

    pub(crate) fn create(scratch: &ScratchDir) -> Result<FrameWriter, Error> {
        scratch.create(Self::NAME, Self::ROLE)
    }

    pub(crate) fn put(set: &SetInfo, bytes: &mut Vec<u8>) {
        put_short(bytes, &[set.size]);
        put(bytes, &[set.check()]);
    }

    pub(crate) fn open(scratch: &ScratchDir) -> Result<Self, Error> {
        Ok(Self { file: scratch.open(Self::NAME, Self::ROLE)? })
    }

    /// Returns the size of the next set and the half of its hash.
    pub(crate) fn next(&mut self) -> Result<(usize, u64), Error> {
        let (size, check) = self.file.take(12)?.split_at(4);
        let (size, check) = (short_numbers(size).next(), numbers(check).next());
        Ok((size.unwrap_or_default() as usize, check.unwrap_or_default()))
    }
}

/// Candidates by their left documents, without those whose overlap is known.
pub(crate) struct CandidateReader {
    file: FrameReader,
    known: Option<KnownPairs>,
    next: Option<u64>,
    /// Candidates read so far, known ones too.
    count: u64,
}

/// Verified pairs in order, beside which candidates are read.
struct KnownPairs {
    edges: RecordReader<3>,
    next: Option<EdgeRecord>,
}

impl KnownPairs {
    /// Returns the edge of a pair, if it is known; pairs are asked for in order.
    fn edge(&mut self, pair: u64) -> Result<Option<EdgeRecord>, Error> {
        while let Some(edge) = self.next
            && edge[0] < pair
        {
            self.next = self.edges.next()?;
        }
        Ok(self.next.filter(|edge| edge[0] == pair))
    }
}

/// Candidates whose overlap is known, as edges.
pub(crate) struct KnownEdges {
    file: FrameReader,
    known: KnownPairs,
    criterion: Criterion,
}

impl KnownEdges {
    pub(crate) fn open(candidates: &Candidates, edges: RecordReader<3>, criterion: Criterion) -> Result<Self, Error> {
        let (file, _) = candidates.open()?;
        Ok(Self { file, known: KnownPairs::new(edges)?, criterion })
    }
}

impl KnownPairs {
    fn new(mut edges: RecordReader<3>) -> Result<Self, Error> {
        let next = edges.next()?;
        Ok(Self { edges, next })
    }
}

impl Records<3> for KnownEdges {
    type Error = Error;

    fn next(&mut self) -> Result<Option<EdgeRecord>, Error> {
        while let Some([pair]) = read_record(&mut self.file)? {
            if let Some(edge) = self.known.edge(pair)?
                && self.criterion.accepts(Edge::from_record(edge).overlap)
            {
                return Ok(Some(edge));
            }
        }
        Ok(None)
    }
}

/// For candidates whose documents are all of one chunk.
impl ProbeSource for CandidateReader {
    fn next_probe(&mut self) -> Result<Option<Probe>, Error> {
        let Some(pair) = self.next else { return Ok(None) };
        let mut probe = Probe { document: split(pair).0, ..Probe::default() };
        self.rights_of(probe.document, &mut probe.rights)?;
        Ok(Some(probe))
    }

    fn corrupt(&self) -> Error {
        self.file.corrupt()
    }
}

impl CandidateReader {
    /// Skips the pairs of verified edges, if there are any.
    pub(crate) fn open(candidates: &Candidates, known: Option<RecordReader<3>>) -> Result<Self, Error> {
        let (file, _) = candidates.open()?;
        let mut reader = Self { file, known: known.map(KnownPairs::new).transpose()?, next: None, count: 0 };
        reader.next = reader.read()?;
        Ok(reader)
    }

    /// Returns the next pair.
    pub(crate) fn next(&mut self) -> Result<Option<u64>, Error> {
        let next = match self.next {
            Some(_) => self.read()?,
            None => None,
        };
        Ok(std::mem::replace(&mut self.next, next))
    }

    fn read(&mut self) -> Result<Option<u64>, Error> {
        while let Some([pair]) = read_record(&mut self.file)? {
            self.count += 1;
            let is_known = match &mut self.known {
                Some(known) => known.edge(pair)?.is_some(),
                None => false,
            };
            if !is_known {
                return Ok(Some(pair));
            }
        }
        Ok(None)
    }

    /// Returns how many candidates were read, known ones too.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Returns the right documents of this left one. Documents are asked for in order.
    pub(crate) fn rights_of(&mut self, left: u32, rights: &mut Vec<u32>) -> Result<(), Error> {
        rights.clear();
        while let Some(pair) = self.next
            && (pair >> 32) as u32 == left
        {
            rights.push(pair as u32);
            self.next = self.read()?;
        }
        Ok(())
    }
}
