//! The stage between signing and bands: equal sets of all shards are found.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::done::Done;
use super::{Corpus, Grouped, ShardStage, ShardedJoin};
use crate::error::{Error, MOST_DOCUMENTS};
use crate::join::candidates::external as candidates;
use crate::join::document::View;
use crate::join::groups::{external as groups, stored};
use crate::join::origin::PairFilter;
use crate::join::progress::{Progress, Watch};
use crate::join::storage::memory_check::MemoryCheck;
use crate::join::storage::scratch::ScratchDir;
use crate::join::storage::segments::Segments;
use crate::join::storage::work_dir::WorkDir;

/// Folders of all shards that signed documents.
type Signed = Vec<(Arc<WorkDir>, Done)>;

impl ShardedJoin {
    /// Finds the documents with equal sets, when all shards have signed theirs. Returns whether there was something to do.
    ///
    /// # Errors
    /// [`Error::ShardsNotDone`] names the shards that are missing; [`Error::TooManyDocuments`]; [`Error::Cancelled`] where the callback
    /// breaks; [`Error::File`] names the file that could not be written or read, or says that another process groups them.
    pub fn group(&self, mut progress: impl FnMut(Progress) -> ControlFlow<()>) -> Result<bool, Error> {
        let signed = self.all_signed()?;
        if signed.iter().map(|(_, [documents, ..])| documents).sum::<u64>() > u64::from(MOST_DOCUMENTS) {
            return Err(Error::TooManyDocuments);
        }
        let (work, owner) = (self.work(ShardStage::Group, 0)?, self.groups_owner(&signed));
        if stored::content(&work, owner)?.is_some() {
            return Ok(false);
        }
        let segments = self.segments(&work, signed);
        let filter = self.filter(&segments)?;
        let scratch = ScratchDir::begin(&work, self.limits.share())?;
        stored::write(&work, owner, groups::find(&segments, &filter, &scratch, &mut Watch::new(&mut progress))?)?;
        scratch.end()?;
        Ok(true)
    }

    fn groups_owner(&self, signed: &Signed) -> u64 {
        let numbers: Vec<u64> = signed.iter().flat_map(|(_, done)| *done).collect();
        self.owner(ShardStage::Group, &numbers)
    }

    /// Finds the groups, and who signed their documents.
    pub(super) fn grouped(&self) -> Result<Grouped, Error> {
        let signed = self.all_signed()?;
        let owner = self.groups_owner(&signed);
        let work = WorkDir::open_to_read(&ShardStage::Group.folder(&self.folder, 0))?;
        let content = work.as_ref().map_or(Ok(None), |work| stored::content(work, owner))?;
        let (Some(work), Some(content)) = (work, content) else { return Err(self.not_done(ShardStage::Group)) };
        let (parameters, scheme) = (self.settings.parameters(), self.settings.owner());
        let candidates = candidates::owner(parameters, &self.settings.filter, (scheme, content));
        Ok(Grouped { work, owner, signed, candidates })
    }

    /// Reads the groups, for a stage that works in this folder.
    pub(super) fn corpus(&self, work: &Arc<WorkDir>, grouped: &Grouped) -> Result<Corpus, Error> {
        let segments = self.segments(work, grouped.signed.clone());
        let filter = self.filter(&segments)?;
        Ok(Corpus { segments, groups: stored::read(&grouped.work, grouped.owner)?, filter })
    }

    /// Returns the error that a stage of one process is not done.
    pub(super) fn not_done(&self, stage: ShardStage) -> Error {
        Error::ShardsNotDone { stage: stage.name(), missing: Vec::new(), shards: self.shards }
    }

    /// Reads where the documents are from, if that decides which pairs are compared.
    fn filter(&self, segments: &Segments) -> Result<PairFilter, Error> {
        let mut filter = self.settings.filter.clone();
        if !filter.within_blocks && !filter.across_sources {
            return Ok(filter);
        }
        let check = MemoryCheck::new(self.limits.memory, self.settings.hasher.scheme());
        let (mut documents, mut number) = (segments.documents(), 0);
        while let Some(document) = documents.next()? {
            check.check(number, "", View::Text(""), filter.bytes_with_next())?;
            filter.push(document.key.origin);
            number += 1;
        }
        Ok(filter)
    }
}
