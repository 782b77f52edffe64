//! The edges of a chunk, in a file that stays until all edges are in the result. So an interrupted join continues after the last
//! chunk that was done.

use std::sync::Arc;

use super::candidate_reader::KnownEdges;
use crate::error::Error;
use crate::external::{FrameReader, FrameWriter, Kind, Merged, Records, Role, Run, Sorters, put, read_record};
use crate::join::compare::Counts;
use crate::join::edge::{Edge, EdgeRecord};
use crate::join::storage::scratch::ScratchDir;
use crate::join::storage::work_dir::{WorkDir, is_number};
use crate::verify::Criterion;

/// Such a file: edges in order, then the counts.
#[derive(Debug)]
pub(crate) struct ChunkEdges {
    work: Arc<WorkDir>,
    name: String,
    role: Role,
}

/// Marks the last record, which holds the counts: no document is paired with itself.
const END: u64 = 0;

impl ChunkEdges {
    /// Names the file of a chunk, for the pairs of a criterion.
    pub(crate) fn new(work: &Arc<WorkDir>, criterion: &Criterion, number: u32, owner: u64) -> Self {
        let kind = match criterion {
            Criterion::Similar(_) => Kind::Verified,
            Criterion::Contained(_) => Kind::VerifiedContained,
        };
        let (work, role) = (Arc::clone(work), Role::new(kind, 3, owner).piece(number));
        Self { work, name: format!("{}-{number:05}", criterion.name()), role }
    }

    /// Returns whether this run or an earlier one has compared the chunk.
    pub(crate) fn is_there(&self) -> Result<bool, Error> {
        Ok(self.work.open_current(&self.name, self.role)?.is_some())
    }

    fn open(&self) -> Result<FrameReader, Error> {
        self.work.open_file(&self.name, self.role)
    }

    pub(crate) fn create(&self) -> Result<ChunkEdgeWriter, Error> {
        Ok(ChunkEdgeWriter { file: self.work.create(&self.name, self.role)? })
    }

    /// Opens the edges.
    pub(crate) fn edges(&self) -> Result<ChunkEdgeReader, Error> {
        Ok(ChunkEdgeReader { file: self.open()?, counts: None })
    }

    /// Reads how many candidates had which outcome.
    pub(crate) fn counts(&self) -> Result<Counts, Error> {
        let mut edges = self.edges()?;
        while edges.next()?.is_some() {}
        edges.counts.ok_or_else(|| edges.file.corrupt())
    }

    /// Removes all such files of the folder, whatever they belong to.
    pub(crate) fn remove_all(work: &WorkDir) -> Result<(), Error> {
        work.own().remove_where(is_verified)
    }
}

/// Returns whether a file of this name holds the edges of a chunk.
fn is_verified(name: &str) -> bool {
    Criterion::NAMES.iter().any(|rule| {
        let number = name.strip_prefix(rule).and_then(|rest| rest.strip_prefix('-'));
        number.is_some_and(is_number)
    })
}

/// Reads the edges of such a file.
#[derive(Debug)]
pub(crate) struct ChunkEdgeReader {
    file: FrameReader,
    /// Known when all edges are read.
    counts: Option<Counts>,
}

impl Records<3> for ChunkEdgeReader {
    type Error = Error;

    fn next(&mut self) -> Result<Option<EdgeRecord>, Error> {
        if self.counts.is_some() {
            return Ok(None);
        }
        match read_record(&mut self.file)? {
            Some([END, filtered, compared]) => {
                self.counts = Some(Counts { filtered, compared });
                Ok(None)
            }
            Some(edge) => Ok(Some(edge)),
            None => Err(self.file.corrupt()),
        }
    }
}

/// Writes such a file.
pub(crate) struct ChunkEdgeWriter {
    file: FrameWriter,
}

impl ChunkEdgeWriter {
    pub(crate) fn edge(&mut self, edge: Edge) -> Result<(), Error> {
        self.file.record(|bytes| put(bytes, &edge.to_record()))
    }

    pub(crate) fn finish(mut self, counts: Counts) -> Result<(), Error> {
        self.file.record(|bytes| put(bytes, &[END, counts.filtered, counts.compared]))?;
        self.file.finish()
    }
}

/// Edges in ascending order, from the files of chunks, or from files into which many of those were merged.
pub(crate) enum MergedEdges {
    Chunks(Merged<3, ChunkEdgeReader>),
    Runs(Merged<3, Run>),
    /// With those that were known before.
    WithKnown(Merged<3, EdgeSource>),
}

/// Where edges are read from.
pub(crate) enum EdgeSource {
    Verified(Box<MergedEdges>),
    Known(Box<KnownEdges>),
}

impl MergedEdges {
    /// Adds edges that were known before.
    pub(crate) fn with_known(self, known: KnownEdges) -> Result<Self, Error> {
        let sources = vec![EdgeSource::Verified(Box::new(self)), EdgeSource::Known(Box::new(known))];
        Ok(Self::WithKnown(Merged::new(sources)?))
    }
}

impl Records<3> for EdgeSource {
    type Error = Error;

    fn next(&mut self) -> Result<Option<EdgeRecord>, Error> {
        match self {
            Self::Verified(edges) => edges.next(),
            Self::Known(edges) => edges.next(),
        }
    }
}

impl Records<3> for MergedEdges {
    type Error = Error;

    fn next(&mut self) -> Result<Option<EdgeRecord>, Error> {
        match self {
            Self::Chunks(edges) => edges.next(),
            Self::Runs(edges) => edges.next(),
            Self::WithKnown(edges) => edges.next(),
        }
    }
}

/// Merges the edges of chunks, of which there may be more than files can be open.
pub(crate) fn merge(scratch: &ScratchDir, chunks: &[ChunkEdges]) -> Result<MergedEdges, Error> {
    let merge = |chunks: &[ChunkEdges]| {
        Merged::new(chunks.iter().map(ChunkEdges::edges).collect::<Result<Vec<ChunkEdgeReader>, Error>>()?)
    };
    if chunks.len() <= scratch.files() {
        return Ok(MergedEdges::Chunks(merge(chunks)?));
    }
    let mut runs = scratch.sorter::<3>("edges");
    for together in chunks.chunks(scratch.files()) {
        runs.add_sorted(&mut merge(together)?)?;
    }
    Ok(MergedEdges::Runs(runs.finish_runs()?))
}
