//! The file by which a shard says that its part of a stage is done.

use std::sync::Arc;

use super::{ShardStage, ShardedJoin};
use crate::error::Error;
use crate::external::{Kind, Role, put, read_record};
use crate::join::storage::work_dir::WorkDir;

/// The name of the file, which is written last.
const NAME: &str = "done";

/// What a shard says of its part: documents, segments and a hash of these where it signed.
pub(super) type Done = [u64; 3];

fn role(shard: u32, owner: u64) -> Role {
    Role::new(Kind::ShardDone, 3, owner).piece(shard)
}

/// Reads the file, if it is there for this owner.
pub(super) fn read(work: &WorkDir, shard: u32, owner: u64) -> Result<Option<Done>, Error> {
    let Some(mut file) = work.open_current(NAME, role(shard, owner))? else { return Ok(None) };
    let done = read_record(&mut file)?.ok_or_else(|| file.corrupt())?;
    if file.has_more()? { Err(file.corrupt()) } else { Ok(Some(done)) }
}

/// Writes the file.
pub(super) fn write(work: &WorkDir, shard: u32, owner: u64, done: Done) -> Result<(), Error> {
    let mut file = work.create(NAME, role(shard, owner))?;
    file.record(|bytes| put(bytes, &done))?;
    file.finish()
}

impl ShardedJoin {
    /// Opens the folders of all shards of a stage, without their locks. Fails where one is not done.
    pub(super) fn all_done(
        &self,
        stage: ShardStage,
        owner: impl Fn(u32) -> u64,
    ) -> Result<Vec<(Arc<WorkDir>, Done)>, Error> {
        let (mut all, mut missing) = (Vec::new(), Vec::new());
        for shard in 0..self.shards {
            let work = WorkDir::open_to_read(&stage.folder(&self.folder, shard))?;
            let done = work.as_ref().map_or(Ok(None), |work| read(work, shard, owner(shard)))?;
            match (work, done) {
                (Some(work), Some(done)) => all.push((work, done)),
                _ => missing.push(shard),
            }
        }
        if missing.is_empty() {
            Ok(all)
        } else {
            Err(Error::ShardsNotDone { stage: stage.name(), missing, shards: self.shards })
        }
    }
}
