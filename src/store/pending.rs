//! What is to be committed.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::segment::{Data, Segment};
use super::state::Change;
use crate::error::Error;
use crate::index::{Batch, Content, Tools, damaged, take_number, take_text};

/// Changes since the last commit.
#[derive(Debug)]
pub(super) struct Pending {
    tools: Arc<Tools>,
    has_sets: bool,
    expire_before: u64,
    /// Ids of committed documents that are removed.
    removed: BTreeSet<String>,
    /// Documents that were too many for memory, and are in files that do not count yet.
    spilled: Vec<Segment>,
    batch: Batch,
}

impl Pending {
    pub(super) fn new(tools: &Arc<Tools>, has_sets: bool) -> Self {
        Self {
            tools: Arc::clone(tools),
            has_sets,
            expire_before: 0,
            removed: BTreeSet::new(),
            spilled: Vec::new(),
            batch: Batch::new(Arc::clone(tools), has_sets),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.expire_before == 0 && self.removed.is_empty() && self.batch.len() == 0 && self.spilled.is_empty()
    }

    pub(super) fn batch(&self) -> &Batch {
        &self.batch
    }

    pub(super) fn spilled(&self) -> &[Segment] {
        &self.spilled
    }

    /// Takes over the documents of the batch, which are in a file now.
    pub(super) fn spill(&mut self, segment: Segment) {
        self.spilled.push(segment);
        self.batch = Batch::new(Arc::clone(&self.tools), self.has_sets);
    }

    /// Whether a document of this id was added since the last commit.
    pub(super) fn contains(&self, id: &str) -> Result<bool, Error> {
        if self.batch.contains(id.into()) {
            return Ok(true);
        }
        self.spilled.iter().try_fold(false, |found, segment| Ok(found || segment.find(id)?.is_some()))
    }

    /// Whether a committed document of this id is removed, or will expire because of its time.
    pub(super) fn removes(&self, id: &str, time: u64) -> bool {
        self.removed.contains(id) || time < self.expire_before
    }

    pub(super) fn upsert(&mut self, id: &str, content: Content) -> Result<(), Error> {
        self.remove_spilled(id)?;
        self.removed.remove(id);
        self.batch.upsert(id.into(), content).map(drop)
    }

    /// Removes a document that was added since the last commit. Returns whether there was one.
    pub(super) fn remove_added(&mut self, id: &str) -> Result<bool, Error> {
        Ok(self.remove_spilled(id)? || self.batch.remove(id.into()))
    }

    fn remove_spilled(&mut self, id: &str) -> Result<bool, Error> {
        for segment in &mut self.spilled {
            if let Some(row) = segment.find(id)? {
                return Ok(segment.remove(row));
            }
        }
        Ok(false)
    }

    /// Removes a committed document.
    pub(super) fn remove_committed(&mut self, id: &str) {
        self.removed.insert(id.to_string());
    }

    /// Removes the documents of an earlier time. What those that were added since the last commit replaced does not come back.
    pub(super) fn expire(&mut self, before: u64) -> Result<(), Error> {
        let Self { spilled, batch, removed, .. } = self;
        for segment in spilled {
            segment.expire(before, &mut |id| {
                removed.insert(id.to_string());
            })?;
        }
        batch.expire(before, &mut |id| {
            removed.insert(id.to_string());
        });
        self.expire_before = self.expire_before.max(before);
        Ok(())
    }

    /// Returns the change, with the added documents as these segments.
    pub(super) fn change(&self, name: &str, added: Vec<Segment>) -> Change {
        let removed = self.removed.iter().cloned().collect();
        Change { expire_before: self.expire_before, removed, name: name.to_string(), added }
    }

    /// Returns the content of a record of the log, with the added documents as a frozen index, or nothing.
    pub(super) fn record(&self, name: &str, added: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(added.len() + 64);
        bytes.extend_from_slice(&self.expire_before.to_le_bytes());
        bytes.extend_from_slice(&(self.removed.len() as u64).to_le_bytes());
        for text in self.removed.iter().map(String::as_str).chain([name]) {
            bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes.extend_from_slice(added);
        bytes
    }
}

/// Reads the content of a record of the log.
pub(super) fn read_change(
    mut bytes: &[u8],
    open: impl FnOnce(Data) -> Result<Segment, Error>,
) -> Result<Change, Error> {
    let rest = &mut bytes;
    let mut read = || {
        let expire_before = take_number(rest)?;
        let mut removed = Vec::new();
        for _ in 0..take_number(rest)? {
            removed.push(take_text(rest)?);
        }
        Some((expire_before, removed, take_text(rest)?))
    };
    let (expire_before, removed, name) = read().ok_or_else(|| damaged("a commit contradicts itself"))?;
    let added = if bytes.is_empty() { Vec::new() } else { vec![open(Data::Memory(bytes.to_vec()))?] };
    Ok(Change { expire_before, removed, name, added })
}
