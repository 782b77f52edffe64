//! Edges that were found later, in a file beside the clusters.

use super::extended::{LaterEdges, Source};
use crate::error::Error;
use crate::external::{Kind, Merged, RecordReader, Records, Role, Sorted, put};
use crate::join::edge::EdgeRecord;
use crate::join::storage::scratch::ScratchDir;

/// Edges that were found later, in a file.
pub(super) struct LaterFile<'a> {
    scratch: &'a ScratchDir,
    /// How often edges were added, which names the file.
    added: u32,
}

impl<'a> LaterFile<'a> {
    pub(super) fn new(scratch: &'a ScratchDir) -> Self {
        Self { scratch, added: 0 }
    }

    fn role(added: u32) -> Role {
        Role::new(Kind::Numbers, 3, 0).piece(added)
    }

    /// Adds edges, and returns whether there were any.
    pub(super) fn add(&mut self, edges: Sorted<3>) -> Result<bool, Error> {
        let (mut count, mut all) = (0_u64, Merged::new(vec![Source::Found(self.records()?), Source::Later(edges)])?);
        let mut file = self.scratch.create(&format!("later-{}", self.added + 1), Self::role(self.added + 1))?;
        let mut known = self.records()?;
        while known.next()?.is_some() {
            count += 1;
        }
        let mut merged = 0;
        while let Some(edge) = all.next()? {
            merged += 1;
            file.record(|bytes| put(bytes, &edge))?;
        }
        file.finish_unsynced()?;
        self.added += 1;
        Ok(merged > count)
    }
}

impl LaterEdges for LaterFile<'_> {
    type Error = Error;
    type Records = LaterRecords;

    fn records(&self) -> Result<LaterRecords, Error> {
        let name = format!("later-{}", self.added);
        let file = (self.added > 0).then(|| self.scratch.open(&name, Self::role(self.added)));
        Ok(LaterRecords(file.transpose()?.map(RecordReader::new)))
    }
}

/// Reads them, if there are any.
pub(super) struct LaterRecords(Option<RecordReader<3>>);

impl Records<3> for LaterRecords {
    type Error = Error;

    fn next(&mut self) -> Result<Option<EdgeRecord>, Error> {
        self.0.as_mut().map_or(Ok(None), RecordReader::next)
    }
}
