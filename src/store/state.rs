//! What a store holds at one moment.

use std::sync::Arc;

use super::segment::{Data, Segment};
use crate::error::Error;
use crate::index::{DocumentId, Frozen, Live, Tools, in_memory};

/// The committed documents. Cloning it copies no document.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) tools: Arc<Tools>,
    pub(super) has_sets: bool,
    /// In the order of age. Those without a file are last.
    pub(super) segments: Vec<Segment>,
    /// The names of the last commits that had one, the oldest first.
    pub(super) names: Arc<Vec<String>>,
}

/// The number of names of commits that are remembered: those of eleven years of days, in at most 288 KiB of the manifest.
pub(super) const MAX_NAMES: usize = 4_096;

/// Tells what a commit changed; returned by [`Store::commit`](super::Store::commit).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Committed {
    /// The number of documents that were added, those that replaced others included.
    pub added: usize,
    /// The number of documents that took the place of an earlier one of the same id.
    pub replaced: usize,
    /// The number of documents that were removed by their ids, or replaced by one that expired before this commit.
    pub removed: usize,
    /// The number of documents that expired.
    pub expired: usize,
}

/// What a commit does, in this order.
#[derive(Debug, Default)]
pub(super) struct Change {
    pub(super) expire_before: u64,
    pub(super) removed: Vec<String>,
    /// The name of the commit; empty for one without a name.
    pub(super) name: String,
    pub(super) added: Vec<Segment>,
}

impl State {
    pub(super) fn len(&self) -> usize {
        self.segments.iter().map(Segment::live).sum()
    }

    /// Returns the segment and the row of a document.
    pub(super) fn find(&self, id: &str) -> Result<Option<(usize, usize)>, Error> {
        for (number, segment) in self.segments.iter().enumerate().rev() {
            if let Some(row) = segment.find(id)? {
                return Ok(Some((number, row)));
            }
        }
        Ok(None)
    }

    /// Removes a document, and tells so if there was one.
    fn remove(&mut self, id: &str, gone: &mut dyn FnMut(&str)) -> Result<bool, Error> {
        let found = self.find(id)?;
        let is_removed = found.is_some_and(|(segment, row)| self.segments[segment].remove(row));
        if is_removed {
            gone(id);
        }
        Ok(is_removed)
    }

    /// Applies a commit, and tells the ids of the documents that are gone, replaced ones included.
    pub(super) fn apply(&mut self, change: Change, gone: &mut dyn FnMut(&str)) -> Result<Committed, Error> {
        let mut committed = Committed::default();
        for segment in &mut self.segments {
            committed.expired += segment.expire(change.expire_before, gone)?;
        }
        for id in &change.removed {
            committed.removed += usize::from(self.remove(id, gone)?);
        }
        // The added documents have different ids, so that only earlier ones can be replaced.
        for segment in &change.added {
            for row in segment.live_rows() {
                if let DocumentId::Text(id) = segment.frozen().id_of(row)? {
                    committed.replaced += usize::from(self.remove(id, gone)?);
                }
                committed.added += 1;
            }
        }
        self.segments.extend(change.added);
        self.segments.retain(|segment| segment.live() > 0);
        if !change.name.is_empty() {
            let names = Arc::make_mut(&mut self.names);
            names.push(change.name);
            let forgotten = names.len().saturating_sub(MAX_NAMES);
            names.drain(..forgotten);
        }
        Ok(committed)
    }

    /// Merges segments in memory, so that there are few: each holds at least twice as many documents as the next one.
    pub(super) fn settle(&mut self) -> Result<(), Error> {
        while let [.., before, last] = &self.segments[..]
            && before.number().is_none()
            && last.number().is_none()
            && before.live() < 2 * last.live()
        {
            let merged = self.merged(&self.segments[self.segments.len() - 2..])?;
            self.segments.truncate(self.segments.len() - 2);
            self.segments.push(Segment::new(merged, None));
        }
        Ok(())
    }

    fn merged(&self, segments: &[Segment]) -> Result<Frozen<Data>, Error> {
        let bytes = in_memory(|out| live(segments).write(out, &self.tools, segments[0].frozen().layout().owner))?;
        Frozen::open_with_tools(Data::Memory(bytes), &self.tools)
    }
}

/// Returns the documents of some segments that were not removed.
pub(super) fn live(segments: &[Segment]) -> Live<'_, Data> {
    let rows = |segment: &Segment| segment.live_rows().map(|row| row as u32).collect();
    Live::new(segments.iter().map(|segment| (segment.frozen(), rows(segment))).collect())
}
