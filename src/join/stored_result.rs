//! What a join found, as files: `edges`, `contained`, `copies`, and last `joined`, which says that the others are whole and what they
//! belong to.

use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use crate::error::Error;
use crate::external::{FrameReader, Kind, RecordReader, Records, Role, put, read_record};
use crate::join::candidates::external::Candidates;
use crate::join::groups::external::{self as groups, Groups};
use crate::join::stats::JoinStats;
use crate::join::storage::segments::Segments;
use crate::join::storage::work_dir::{DONE, WorkDir};
use crate::verify::Criterion;

/// A file of a result, besides the one that says that it is whole.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    /// Pairs of first documents of groups, as edge records in order.
    Edges,
    /// As edges, of sets that hold others.
    Contained,
    /// Documents whose sets equal earlier ones, as member records in order.
    Copies,
}

impl Part {
    const ALL: [Self; 3] = [Self::Edges, Self::Contained, Self::Copies];

    fn name(self) -> &'static str {
        match self {
            Self::Edges => "edges",
            Self::Contained => "contained",
            Self::Copies => "copies",
        }
    }

    fn role(self, owner: u64) -> Role {
        match self {
            Self::Edges => Role::new(Kind::Edges, 3, owner),
            Self::Contained => Role::new(Kind::Contained, 3, owner),
            Self::Copies => Role::new(Kind::Copies, 3, owner),
        }
    }
}

/// Numbers that [`JoinStats`] has.
const COUNTERS: usize = 14;

/// Lists all counters once, so that none is forgotten on the way to a file and back.
macro_rules! counters {
    ($($field:ident),*) => {
        impl JoinStats {
            fn to_record(self) -> [u64; COUNTERS] {
                let Self { $($field),* } = self;
                [$($field),*]
            }

            fn from_record([$($field),*]: [u64; COUNTERS]) -> Self {
                Self { $($field),* }
            }
        }
    };
}

counters!(
    documents,
    empty,
    equal_sets,
    copies,
    shingles,
    candidates,
    filtered,
    compared,
    verified,
    oversized_buckets,
    pairs_passed_over,
    contained_candidates,
    contained,
    contained_too_common
);

/// Where the outcome is, of some documents with some parameters.
#[derive(Clone, Debug)]
pub(crate) struct ResultFiles {
    work: Arc<WorkDir>,
    owner: u64,
    /// Whether the join looked for contained texts.
    contained: bool,
}

/// An outcome that is whole.
#[derive(Clone, Debug)]
pub(crate) struct StoredResult {
    files: ResultFiles,
    stats: JoinStats,
}

impl ResultFiles {
    /// Names the result of candidates under a criterion, and of those for containment, if there are any.
    pub(crate) fn of(
        work: &Arc<WorkDir>,
        (candidates, criterion): (&Candidates, Criterion),
        samples: Option<&Candidates>,
    ) -> Self {
        let mut bytes = Vec::new();
        put(&mut bytes, &[candidates.owner(), samples.map_or(0, Candidates::owner)]);
        put(&mut bytes, &criterion.parameters());
        Self { work: Arc::clone(work), owner: xxh3_64(&bytes), contained: samples.is_some() }
    }

    /// Opens the result of an earlier run, if there is one.
    pub(crate) fn outcome(&self) -> Result<Option<StoredResult>, Error> {
        let Some(mut done) = self.work.open_current(DONE, self.done_role())? else { return Ok(None) };
        for part in Part::ALL {
            if self.work.open_current(part.name(), part.role(self.owner))?.is_none() {
                return Ok(None);
            }
        }
        let numbers = read_record(&mut done)?.ok_or_else(|| done.corrupt())?;
        Ok(Some(StoredResult { files: self.clone(), stats: JoinStats::from_record(numbers) }))
    }

    /// Names the documents, the candidates and what pairs must meet.
    pub(crate) fn owner(&self) -> u64 {
        self.owner
    }

    /// Reads the records of a part that is written.
    pub(crate) fn records<const N: usize>(&self, part: Part) -> Result<RecordReader<N>, Error> {
        let file: FrameReader = self.work.open_file(part.name(), part.role(self.owner))?;
        Ok(RecordReader::new(file))
    }

    fn done_role(&self) -> Role {
        Role::new(Kind::Joined, COUNTERS as u32, self.owner)
    }

    /// Writes pairs, if there are any; returns how many there are.
    pub(crate) fn write_edges(&self, part: Part, edges: Option<impl Records<3, Error = Error>>) -> Result<u64, Error> {
        // From here on the parts are no whole result.
        self.work.own().remove(&self.work.own().path(DONE))?;
        self.write_all(part, edges)
    }

    /// Writes the rest.
    pub(crate) fn write(self, groups: Groups, segments: &Segments, stats: JoinStats) -> Result<StoredResult, Error> {
        self.write_all(Part::Copies, Some(groups::with_sizes(groups.members, segments)))?;
        let documents = u64::from(groups.documents);
        let Groups { empty, equal_sets, copies, shingles, .. } = groups;
        let stats = JoinStats { documents, empty, equal_sets, copies, shingles, ..stats };
        let mut file = self.work.create(DONE, self.done_role())?;
        file.record(|bytes| put(bytes, &stats.to_record()))?;
        file.finish()?;
        Ok(StoredResult { files: self, stats })
    }

    fn write_all<const N: usize>(
        &self,
        part: Part,
        records: Option<impl Records<N, Error = Error>>,
    ) -> Result<u64, Error> {
        let mut file = self.work.create(part.name(), part.role(self.owner))?;
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
    pub(crate) fn work(&self) -> &Arc<WorkDir> {
        &self.files.work
    }

    pub(crate) fn stats(&self) -> JoinStats {
        self.stats
    }

    /// Returns whether the join looked for contained texts.
    pub(crate) fn knows_contained(&self) -> bool {
        self.files.contained
    }

    /// Reads the records of a part.
    pub(crate) fn records<const N: usize>(&self, part: Part) -> Result<RecordReader<N>, Error> {
        self.files.records(part)
    }
}
