//! The edges of a chunk, in a file that stays until all edges are in the result. So an interrupted join continues after the last
//! chunk that was done.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::external::{FrameReader, FrameWriter, Kind, Merged, Records, Run, Sorters, put, read_record};
use crate::join::compare::Counts;
use crate::join::edge::{Edge, EdgeRecord};
use crate::join::storage::scratch::{ScratchDir, is_number};
use crate::verify::Criterion;

/// Such a file: edges in order, then the counts.
#[derive(Debug)]
pub(crate) struct ChunkEdges {
    path: PathBuf,
    owner: u64,
}

/// Marks the last record, which holds the counts: no document is paired with itself.
const END: u64 = 0;

impl ChunkEdges {
    /// The file of a number, of some rule's pairs.
    pub(crate) fn new(folder: &Path, rule: &str, number: usize, owner: u64) -> Self {
        Self { path: folder.join(format!("{rule}-{number:05}")), owner }
    }

    /// Whether the chunk was compared by this run or an earlier one.
    pub(crate) fn is_there(&self) -> bool {
        self.path.exists() && self.open().is_ok()
    }

    fn open(&self) -> Result<FrameReader, Error> {
        FrameReader::open(&self.path, Kind::Verified, self.owner)
    }

    pub(crate) fn create(&self) -> Result<ChunkEdgeWriter, Error> {
        Ok(ChunkEdgeWriter { file: FrameWriter::create(&self.path, Kind::Verified, self.owner)? })
    }

    /// The edges.
    pub(crate) fn edges(&self) -> Result<ChunkEdgeReader, Error> {
        Ok(ChunkEdgeReader { file: self.open()?, counts: None })
    }

    /// What became of the candidates.
    pub(crate) fn counts(&self) -> Result<Counts, Error> {
        let mut edges = self.edges()?;
        while edges.next()?.is_some() {}
        edges.counts.ok_or_else(|| edges.file.corrupt())
    }

    /// Removes all such files, whatever they belong to, and what was begun of them.
    pub(crate) fn remove_all(folder: &Path) -> Result<(), Error> {
        let refused = |error: std::io::Error| Error::io(folder, error);
        for entry in fs::read_dir(folder).map_err(refused)? {
            let entry = entry.map_err(refused)?;
            if entry.file_name().to_str().is_some_and(is_verified) {
                fs::remove_file(entry.path()).map_err(|error| Error::io(&entry.path(), error))?;
            }
        }
        Ok(())
    }
}

/// Whether a file of this name is such a one, whole or not.
fn is_verified(name: &str) -> bool {
    let name = name.strip_suffix(".unfinished").unwrap_or(name);
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
}

impl Records<3> for MergedEdges {
    type Error = Error;

    fn next(&mut self) -> Result<Option<EdgeRecord>, Error> {
        match self {
            Self::Chunks(edges) => edges.next(),
            Self::Runs(edges) => edges.next(),
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
