//! What a join found, as files: `edges`, `copies`, and last `joined`, which says that the others are whole and whose they are.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_64;

use super::candidates::Candidates;
use super::frames::{FrameReader, FrameWriter, Kind, put};
use super::groups::Groups;
use super::sorter::{Records, read_record};
use super::verify::EdgeRecord;
use crate::error::Error;
use crate::pairs::JoinStats;
use crate::verify::Criterion;

/// Pairs of first documents of groups, as [`EdgeRecord`](super::verify::EdgeRecord)s in order.
pub(super) const EDGES: &str = "edges";
/// Documents with the first document of their group, in order.
pub(super) const COPIES: &str = "copies";
/// As edges, of sets that hold others.
pub(super) const CONTAINED: &str = "contained";
const JOINED: &str = "joined";

/// Where the outcome is, of some documents with some parameters.
#[derive(Clone, Debug)]
pub(super) struct Place {
    folder: PathBuf,
    owner: u64,
    /// Whether texts inside others were looked for.
    contained: bool,
}

/// An outcome that is whole.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    place: Place,
    stats: JoinStats,
}

impl Place {
    /// Of candidates that are judged by a rule, and of those for containment, if there are any.
    pub(super) fn of(
        folder: &Path,
        (candidates, rule): (&Candidates, Criterion),
        samples: Option<&Candidates>,
    ) -> Self {
        let mut bytes = Vec::new();
        put(&mut bytes, &[candidates.owner(), samples.map_or(0, Candidates::owner)]);
        put(&mut bytes, &rule.parameters());
        Self { folder: folder.into(), owner: xxh3_64(&bytes), contained: samples.is_some() }
    }

    /// What an earlier run found.
    pub(super) fn outcome(&self) -> Option<Outcome> {
        let there = |name| self.file(name, Kind::Numbers).is_ok();
        if !self.folder.join(JOINED).exists() || ![EDGES, CONTAINED, COPIES].into_iter().all(there) {
            return None;
        }
        let mut file = self.file(JOINED, Kind::Joined).ok()?;
        let numbers = read_record(&mut file).ok()??;
        Some(Outcome { place: self.clone(), stats: JoinStats::of_numbers(numbers) })
    }

    fn file(&self, name: &str, kind: Kind) -> Result<FrameReader, Error> {
        FrameReader::open(&self.folder.join(name), kind, self.owner)
    }

    /// Writes pairs, if there are any; returns how many there are.
    pub(super) fn write_edges(&self, name: &str, edges: Option<impl Records<3>>) -> Result<u64, Error> {
        let joined = self.folder.join(JOINED);
        match fs::remove_file(&joined) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io(&joined, &error)),
            _ => self.write_all(name, edges),
        }
    }

    /// Writes the rest.
    pub(super) fn write(self, groups: Groups, stats: JoinStats) -> Result<Outcome, Error> {
        self.write_all(COPIES, Some(groups.members))?;
        let documents = u64::from(groups.documents);
        let Groups { empty, copies, shingles, .. } = groups;
        let stats = JoinStats { documents, empty, copies, shingles, ..stats };
        let mut file = FrameWriter::create(&self.folder.join(JOINED), Kind::Joined, self.owner)?;
        file.record(|bytes| put(bytes, &stats.numbers()))?;
        file.finish()?;
        Ok(Outcome { place: self, stats })
    }

    fn write_all<const N: usize>(&self, name: &str, records: Option<impl Records<N>>) -> Result<u64, Error> {
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

impl Outcome {
    pub(super) fn folder(&self) -> &Path {
        &self.place.folder
    }

    pub(super) fn stats(&self) -> JoinStats {
        self.stats
    }

    /// Whether texts inside others were looked for.
    pub(super) fn knows_contained(&self) -> bool {
        self.place.contained
    }

    /// The edges of a file.
    pub(super) fn edges(&self, name: &str) -> Result<EdgeReader, Error> {
        Ok(EdgeReader { file: self.place.file(name, Kind::Numbers)? })
    }

    /// The records of a file.
    pub(super) fn records<const N: usize>(
        &self,
        name: &str,
    ) -> Result<impl Iterator<Item = Result<[u64; N], Error>> + use<N>, Error> {
        let mut file = self.place.file(name, Kind::Numbers)?;
        Ok(std::iter::from_fn(move || read_record(&mut file).transpose()))
    }
}

/// Reads edges in order.
#[derive(Debug)]
pub(super) struct EdgeReader {
    file: FrameReader,
}

impl Records<3> for EdgeReader {
    fn next(&mut self) -> Result<Option<EdgeRecord>, Error> {
        read_record(&mut self.file)
    }
}

impl JoinStats {
    fn numbers(&self) -> [u64; 12] {
        // Without "..", so that a new number is not forgotten.
        let Self {
            documents: a,
            empty: b,
            copies: c,
            shingles: d,
            candidates: e,
            filtered: f,
            compared: g,
            verified: h,
            oversized_buckets: i,
            pairs_passed_over: j,
            contained_candidates: k,
            contained: l,
        } = *self;
        [a, b, c, d, e, f, g, h, i, j, k, l]
    }

    fn of_numbers([a, b, c, d, e, f, g, h, i, j, k, l]: [u64; 12]) -> Self {
        Self {
            documents: a,
            empty: b,
            copies: c,
            shingles: d,
            candidates: e,
            filtered: f,
            compared: g,
            verified: h,
            oversized_buckets: i,
            pairs_passed_over: j,
            contained_candidates: k,
            contained: l,
        }
    }
}
