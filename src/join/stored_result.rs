//! What a join found, as files: `edges`, `contained`, `copies`, and last `joined`, which says that the others are whole and what they
//! belong to.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_64;

use crate::error::Error;
use crate::external::{FrameReader, FrameWriter, Kind, RecordReader, Records, put, read_record};
use crate::join::candidates::external::Candidates;
use crate::join::groups::external::{self as groups, Groups};
use crate::join::stats::JoinStats;
use crate::join::storage::segments::Segments;
use crate::verify::Criterion;

/// Pairs of first documents of groups, as edge records in order.
pub(crate) const EDGES: &str = "edges";
/// Documents whose sets equal earlier ones, as copy records in order.
pub(crate) const COPIES: &str = "copies";
/// As edges, of sets that hold others.
pub(crate) const CONTAINED: &str = "contained";
const DONE: &str = "joined";

/// Lists all counters once, so that none is forgotten on the way to a file and back.
macro_rules! counters {
    ($($field:ident),*) => {
        impl JoinStats {
            fn to_record(self) -> [u64; 12] {
                let Self { $($field),* } = self;
                [$($field),*]
            }

            fn from_record([$($field),*]: [u64; 12]) -> Self {
                Self { $($field),* }
            }
        }
    };
}

counters!(
    documents,
    empty,
    copies,
    shingles,
    candidates,
    filtered,
    compared,
    verified,
    oversized_buckets,
    pairs_passed_over,
    contained_candidates,
    contained
);

/// Where the outcome is, of some documents with some parameters.
#[derive(Clone, Debug)]
pub(crate) struct ResultFiles {
    folder: PathBuf,
    owner: u64,
    /// Whether texts inside others were looked for.
    contained: bool,
}

/// An outcome that is whole.
#[derive(Clone, Debug)]
pub(crate) struct StoredResult {
    files: ResultFiles,
    stats: JoinStats,
}

impl ResultFiles {
    /// Of candidates that are judged by a criterion, and of those for containment, if there are any.
    pub(crate) fn of(
        folder: &Path,
        (candidates, criterion): (&Candidates, Criterion),
        samples: Option<&Candidates>,
    ) -> Self {
        let mut bytes = Vec::new();
        put(&mut bytes, &[candidates.owner(), samples.map_or(0, Candidates::owner)]);
        put(&mut bytes, &criterion.parameters());
        Self { folder: folder.into(), owner: xxh3_64(&bytes), contained: samples.is_some() }
    }

    /// What an earlier run found.
    pub(crate) fn outcome(&self) -> Option<StoredResult> {
        let there = |name| self.file(name, Kind::Numbers).is_ok();
        if !self.folder.join(DONE).exists() || ![EDGES, CONTAINED, COPIES].into_iter().all(there) {
            return None;
        }
        let mut file = self.file(DONE, Kind::Joined).ok()?;
        let numbers = read_record(&mut file).ok()??;
        Some(StoredResult { files: self.clone(), stats: JoinStats::from_record(numbers) })
    }

    fn file(&self, name: &str, kind: Kind) -> Result<FrameReader, Error> {
        FrameReader::open(&self.folder.join(name), kind, self.owner)
    }

    /// Writes pairs, if there are any; returns how many there are.
    pub(crate) fn write_edges(&self, name: &str, edges: Option<impl Records<3, Error = Error>>) -> Result<u64, Error> {
        let joined = self.folder.join(DONE);
        match fs::remove_file(&joined) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io(&joined, error)),
            _ => self.write_all(name, edges),
        }
    }

    /// Writes the rest.
    pub(crate) fn write(self, groups: Groups, segments: &Segments, stats: JoinStats) -> Result<StoredResult, Error> {
        self.write_all(COPIES, Some(groups::with_sizes(groups.members, segments)))?;
        let documents = u64::from(groups.documents);
        let Groups { empty, copies, shingles, .. } = groups;
        let stats = JoinStats { documents, empty, copies, shingles, ..stats };
        let mut file = FrameWriter::create(&self.folder.join(DONE), Kind::Joined, self.owner)?;
        file.record(|bytes| put(bytes, &stats.to_record()))?;
        file.finish()?;
        Ok(StoredResult { files: self, stats })
    }

    fn write_all<const N: usize>(
        &self,
        name: &str,
        records: Option<impl Records<N, Error = Error>>,
    ) -> Result<u64, Error> {
        let mut file = FrameWriter::create(&self.folder.join(name), Kind::Numbers, self.owner)?;
        let mut count = 0;
        if let Some(mut records) = records {
            while let Some(record) = records.next()? {
                count += 1;
                file.record(|bytes| put(bytes, &record))?;
            }
        }
        file.finish()?;
        Ok(count)
    }
}

impl StoredResult {
    pub(crate) fn folder(&self) -> &Path {
        &self.files.folder
    }

    pub(crate) fn stats(&self) -> JoinStats {
        self.stats
    }

    /// Whether texts inside others were looked for.
    pub(crate) fn knows_contained(&self) -> bool {
        self.files.contained
    }

    /// Reads the records of a file.
    pub(crate) fn records<const N: usize>(&self, name: &str) -> Result<RecordReader<N>, Error> {
        Ok(RecordReader::new(self.files.file(name, Kind::Numbers)?))
    }
}
