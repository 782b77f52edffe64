//! What a chunk's verification found, in a file that stays until all of it is written to the outcome: an interrupted join goes on
//! after the last chunk that was done.

use std::fs;
use std::path::{Path, PathBuf};

use super::frames::{FrameReader, FrameWriter, Kind, put};
use super::sorter::{Records, read_record};
use super::verify::EdgeRecord;
use super::work::is_number;
use crate::error::Error;
use crate::verify::Criterion;

/// Such a file: edges in order, then what was done to find them.
#[derive(Debug)]
pub(super) struct Verified {
    path: PathBuf,
    owner: u64,
}

/// What was done with the candidates of a chunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) filtered: u64,
    pub(super) compared: u64,
}

impl Done {
    pub(super) fn add(&mut self, other: Self) {
        self.filtered += other.filtered;
        self.compared += other.compared;
    }
}

/// Stands in the place of a pair in the last record, for no document is like itself.
const END: u64 = 0;

impl Verified {
    /// The file of a number, of some rule's pairs.
    pub(super) fn at(folder: &Path, rule: &str, number: usize, owner: u64) -> Self {
        Self { path: folder.join(format!("{rule}-{number:05}")), owner }
    }

    /// Whether the chunk was done by this run or an earlier one.
    pub(super) fn is_there(&self) -> bool {
        self.path.exists() && self.open().is_ok()
    }

    fn open(&self) -> Result<FrameReader, Error> {
        FrameReader::open(&self.path, Kind::Verified, self.owner)
    }

    pub(super) fn create(&self) -> Result<VerifiedWriter, Error> {
        Ok(VerifiedWriter { file: FrameWriter::create(&self.path, Kind::Verified, self.owner)? })
    }

    /// The edges.
    pub(super) fn edges(&self) -> Result<VerifiedReader, Error> {
        Ok(VerifiedReader { file: self.open()?, done: None })
    }

    /// What was done to find them.
    pub(super) fn done(&self) -> Result<Done, Error> {
        let mut edges = self.edges()?;
        while edges.next()?.is_some() {}
        edges.done.ok_or_else(|| edges.file.corrupt())
    }

    /// Removes all such files, whatever they belong to, and what was begun of them.
    pub(super) fn remove_all(folder: &Path) -> Result<(), Error> {
        let refused = |error: std::io::Error| Error::io(folder, &error);
        for entry in fs::read_dir(folder).map_err(refused)? {
            let entry = entry.map_err(refused)?;
            if entry.file_name().to_str().is_some_and(is_verified) {
                fs::remove_file(entry.path()).map_err(|error| Error::io(&entry.path(), &error))?;
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
pub(super) struct VerifiedReader {
    file: FrameReader,
    /// Known when all edges are read.
    done: Option<Done>,
}

impl Records<3> for VerifiedReader {
    fn next(&mut self) -> Result<Option<EdgeRecord>, Error> {
        if self.done.is_some() {
            return Ok(None);
        }
        match read_record(&mut self.file)? {
            Some([END, filtered, compared]) => {
                self.done = Some(Done { filtered, compared });
                Ok(None)
            }
            Some(edge) => Ok(Some(edge)),
            None => Err(self.file.corrupt()),
        }
    }
}

/// Writes such a file.
pub(super) struct VerifiedWriter {
    file: FrameWriter,
}

impl VerifiedWriter {
    pub(super) fn edge(&mut self, edge: EdgeRecord) -> Result<(), Error> {
        self.file.record(|bytes| put(bytes, &edge))
    }

    pub(super) fn finish(mut self, done: Done) -> Result<(), Error> {
        self.file.record(|bytes| put(bytes, &[END, done.filtered, done.compared]))?;
        self.file.finish()
    }
}
