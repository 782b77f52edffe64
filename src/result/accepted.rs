//! The pairs of a result that a judge accepted, in files.

use std::fmt;

use super::Relation;
use crate::error::Error;
use crate::external::{Kind, Records, Role};
use crate::join::edge::{EdgeRecord, split};
use crate::join::storage::scratch::ScratchDir;

/// The number of pairs that are shown to the judge at a time.
const BATCH: usize = 1 << 14;

/// Says of each of some pairs whether it counts.
pub(super) type Judge = dyn Fn(&[(u32, u32)]) -> Result<Vec<bool>, Error> + Send + Sync;

/// The pairs that were accepted, in files, and the judge of those that are found later.
pub(super) struct Accepted {
    pub(super) scratch: ScratchDir,
    pub(super) judge: Box<Judge>,
}

impl fmt::Debug for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accepted").field("scratch", &self.scratch).finish_non_exhaustive()
    }
}

pub(super) fn file(relation: Relation) -> (&'static str, Role) {
    let (name, piece) = match relation {
        Relation::Similar => ("accepted-similar", 0),
        Relation::Contained => ("accepted-contained", 1),
    };
    (name, Role::new(Kind::Numbers, 3, 0).piece(piece))
}

pub(super) fn for_each_accepted(
    edges: &mut impl Records<3, Error = Error>,
    judge: &Judge,
    mut visit: impl FnMut(EdgeRecord) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut batch: Vec<EdgeRecord> = Vec::with_capacity(BATCH);
    loop {
        while batch.len() < BATCH {
            let Some(edge) = edges.next()? else { break };
            batch.push(edge);
        }
        if batch.is_empty() {
            return Ok(());
        }
        let pairs: Vec<(u32, u32)> = batch.iter().map(|[pair, ..]| split(*pair)).collect();
        let answers = judge(&pairs)?;
        let (found, expected) = (answers.len(), pairs.len());
        if found != expected {
            return Err(Error::WrongLength { field: "answers", found, expected });
        }
        let accepted = batch.drain(..).zip(answers).filter(|(_, is_accepted)| *is_accepted);
        accepted.map(|(edge, _)| edge).try_for_each(&mut visit)?;
    }
}
