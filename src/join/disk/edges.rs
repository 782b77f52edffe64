//! The edges that were found in all chunks, in order.

use super::sorter::{Merged, Records, Run};
use super::verified::{Verified, VerifiedReader};
use super::work::Work;
use crate::error::Error;

/// Edges in ascending order, from the files of chunks, or from files in which many of those were brought together.
pub(super) enum Edges {
    OfChunks(Merged<3, VerifiedReader>),
    OfRuns(Merged<3, Run>),
}

impl Records<3> for Edges {
    fn next(&mut self) -> Result<Option<[u64; 3]>, Error> {
        match self {
            Self::OfChunks(edges) => edges.next(),
            Self::OfRuns(edges) => edges.next(),
        }
    }
}

/// Merges what was found in chunks, of which there may be more than files can be open.
pub(super) fn merged(work: &Work, chunks: &[Verified]) -> Result<Edges, Error> {
    let merge = |chunks: &[Verified]| {
        Merged::of(chunks.iter().map(Verified::edges).collect::<Result<Vec<VerifiedReader>, Error>>()?)
    };
    if chunks.len() <= work.files() {
        return Ok(Edges::OfChunks(merge(chunks)?));
    }
    let mut runs = work.sorter("edges");
    for together in chunks.chunks(work.files()) {
        runs.add_sorted(&mut merge(together)?)?;
    }
    Ok(Edges::OfRuns(runs.finish_runs()?))
}
