//! Reads candidates beside the verified pairs of which the overlap is known.

use super::chunk::{Probe, ProbeSource};
use crate::error::Error;
use crate::external::{FrameReader, RecordReader, Records, read_record};
use crate::join::candidates::external::Candidates;
use crate::join::edge::{Edge, EdgeRecord, split};
use crate::verify::Criterion;

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
