//! The fifth stage: candidates are compared.

use std::ops::ControlFlow;

use super::{Grouped, ShardStage, ShardedJoin, done};
use crate::error::Error;
use crate::join::progress::{Progress, Watch};
use crate::join::storage::scratch::ScratchDir;
use crate::join::verify::passes::{ChunkHomes, Verifier};

impl ShardedJoin {
    /// Verifies a shard's part of the candidates, by its number from 0. Returns whether there was something to do.
    ///
    /// # Errors
    /// As [`bands`](Self::bands).
    pub fn verify(&self, shard: u32, mut progress: impl FnMut(Progress) -> ControlFlow<()>) -> Result<bool, Error> {
        self.check_shard(shard)?;
        let grouped = self.grouped()?;
        let candidates = self.merged(&grouped)?;
        let (work, owner) = (self.work(ShardStage::Verify, shard)?, self.verified_owner(&grouped, shard));
        if done::read(&work, shard, owner)?.is_some() {
            return Ok(false);
        }
        let corpus = self.corpus(&work, &grouped)?;
        let scratch = ScratchDir::begin(&work, self.limits.share())?;
        let verifier = Verifier {
            segments: &corpus.segments,
            keys: &self.keys,
            groups: &corpus.groups,
            criterion: self.settings.criterion(),
            known: None,
            scratch: &scratch,
            homes: ChunkHomes::Shard(&work, shard, self.shards),
        };
        let (chunks, _) = verifier.compare(&candidates, &mut Watch::new(&mut progress))?;
        done::write(&work, shard, owner, [chunks.len() as u64, 0, 0])?;
        scratch.end()?;
        Ok(true)
    }

    pub(super) fn verified_owner(&self, grouped: &Grouped, shard: u32) -> u64 {
        // The memory decides how documents are cut into chunks.
        let mut numbers = vec![grouped.candidates, u64::from(shard), self.limits.memory];
        numbers.extend(self.settings.criterion().parameters());
        self.owner(ShardStage::Verify, &numbers)
    }
}
