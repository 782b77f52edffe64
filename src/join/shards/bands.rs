//! The third stage, in which buckets give pairs, and the fourth, which merges these.
//!
//! The keys of each band are cut into ranges, so that there are as many units of work as shards. Units are numbered by band, then by
//! range: oversized buckets then have the numbers that one process would give them.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::{Grouped, ShardStage, ShardedJoin, done};
use crate::error::Error;
use crate::external::{
    FrameWriter, Kind, Merged, RecordReader, Records, Role, Sort, Sorted, Sorters, put, read_record,
};
use crate::join::candidates::external::{Candidates, CrowdMembers, KeyRange};
use crate::join::edge::split;
use crate::join::progress::{Progress, Stage, Watch};
use crate::join::storage::scratch::ScratchDir;
use crate::join::storage::work_dir::WorkDir;

/// A part of the keys of a band, and what its files belong to.
struct Unit {
    number: u32,
    band: usize,
    range: KeyRange,
    owner: u64,
}

impl Unit {
    fn pairs(&self) -> (String, Role) {
        (format!("pairs-of-bands-{:05}", self.number), Role::new(Kind::BandPairs, 1, self.owner).piece(self.number))
    }

    fn crowd(&self) -> (String, Role) {
        (format!("crowds-of-bands-{:05}", self.number), Role::new(Kind::BandCrowd, 1, self.owner).piece(self.number))
    }

    /// Writes the members of oversized buckets, then the pairs: where these are, the unit is done.
    fn write(&self, work: &WorkDir, members: CrowdMembers, pairs: Sorted<1>) -> Result<(), Error> {
        let (name, role) = self.crowd();
        let mut file = work.create(&name, role)?;
        file.record(|bytes| put(bytes, &[u64::from(members.buckets())]))?;
        write_all(file, members.finish()?)?;
        let (name, role) = self.pairs();
        write_all(work.create(&name, role)?, pairs)
    }
}

impl ShardedJoin {
    /// Finds the pairs that share a bucket in a shard's part of the band keys, by its number from 0. Returns whether there was something
    /// to do.
    ///
    /// # Errors
    /// [`Error::ShardsNotDone`] names what is missing; [`Error::Cancelled`] where the callback breaks; [`Error::File`] names the file
    /// that could not be written or read, or says that another process is at work on the shard.
    pub fn bands(&self, shard: u32, mut progress: impl FnMut(Progress) -> ControlFlow<()>) -> Result<bool, Error> {
        self.check_shard(shard)?;
        let grouped = self.grouped()?;
        let (work, owner) = (self.work(ShardStage::Bands, shard)?, self.banded_owner(&grouped, shard));
        if done::read(&work, shard, owner)?.is_some() {
            return Ok(false);
        }
        let corpus = self.corpus(&work, &grouped)?;
        let scratch = ScratchDir::begin(&work, self.limits.share())?;
        let (finder, watch) = (self.finder(&corpus, &scratch), &mut Watch::new(&mut progress));
        let units: Vec<Unit> = self.units(&grouped).filter(|unit| unit.number % self.shards == shard).collect();
        for (step, unit) in units.iter().enumerate() {
            watch.step(Stage::Candidates, step as u64, units.len() as u64)?;
            let (name, role) = unit.pairs();
            if work.open_current(&name, role)?.is_none() {
                let (mut pairs, mut members) = (scratch.sorter("candidates"), CrowdMembers::new(&scratch));
                finder.enumerate(finder.entries(unit.band, unit.range)?, &mut pairs, &mut members)?;
                unit.write(&work, members, pairs.finish()?)?;
            }
        }
        done::write(&work, shard, owner, [units.len() as u64, 0, 0])?;
        scratch.end()?;
        Ok(true)
    }

    /// Lists the units of all shards.
    fn units(&self, grouped: &Grouped) -> impl Iterator<Item = Unit> {
        let bands = self.settings.banding.bands();
        let of = self.shards.div_ceil(bands);
        (0..bands * of).map(move |number| {
            let range = KeyRange { number: number % of, of };
            let owner = self.owner(ShardStage::Bands, &[grouped.candidates, u64::from(number)]);
            Unit { number, band: (number / of) as usize, range, owner }
        })
    }

    /// Opens the folders of all shards that found pairs.
    pub(super) fn all_banded(&self, grouped: &Grouped) -> Result<Vec<Arc<WorkDir>>, Error> {
        let banded = self.all_done(ShardStage::Bands, |shard| self.banded_owner(grouped, shard))?;
        Ok(banded.into_iter().map(|(work, _)| work).collect())
    }

    fn banded_owner(&self, grouped: &Grouped, shard: u32) -> u64 {
        // One number more than for a unit, so that no shard has the owner of a unit.
        self.owner(ShardStage::Bands, &[grouped.candidates, u64::from(shard), 0])
    }

    /// Merges the candidates of all bands, and searches the oversized buckets. Returns whether there was something to do.
    ///
    /// # Errors
    /// As [`bands`](Self::bands).
    pub fn merge(&self, mut progress: impl FnMut(Progress) -> ControlFlow<()>) -> Result<bool, Error> {
        let grouped = self.grouped()?;
        let banded = self.all_banded(&grouped)?;
        let work = self.work(ShardStage::Merge, 0)?;
        let candidates = Candidates::new(&work, Kind::Candidates, grouped.candidates);
        if candidates.are_there()? {
            return Ok(false);
        }
        let corpus = self.corpus(&work, &grouped)?;
        let scratch = ScratchDir::begin(&work, self.limits.share())?;
        let (finder, watch) = (self.finder(&corpus, &scratch), &mut Watch::new(&mut progress));
        let (mut pairs, mut members) = (scratch.sorter("candidates"), CrowdMembers::new(&scratch));
        let units: Vec<Unit> = self.units(&grouped).collect();
        let work_of = |unit: &Unit| &banded[(unit.number % self.shards) as usize];
        for (step, together) in units.chunks(scratch.files()).enumerate() {
            watch.step(Stage::Candidates, (step * scratch.files()) as u64, units.len() as u64)?;
            let mut readers = Vec::new();
            for unit in together {
                let (name, role) = unit.pairs();
                readers.push(RecordReader::new(work_of(unit).open_file(&name, role)?));
                add_crowd(work_of(unit), unit, &mut members)?;
            }
            pairs.add_sorted(&mut Merged::new(readers)?)?;
        }
        finder.write(&candidates, (pairs, members), watch)?;
        scratch.end()?;
        Ok(true)
    }

    /// Returns the merged candidates.
    pub(super) fn merged(&self, grouped: &Grouped) -> Result<Candidates, Error> {
        let work = WorkDir::open_to_read(&ShardStage::Merge.folder(&self.folder, 0))?;
        let candidates = work.map(|work| Candidates::new(&work, Kind::Candidates, grouped.candidates));
        match candidates {
            Some(candidates) if candidates.are_there()? => Ok(candidates),
            _ => Err(self.not_done(ShardStage::Merge)),
        }
    }
}

/// Writes records behind those that are in the file, and finishes it.
fn write_all(mut file: FrameWriter, mut records: Sorted<1>) -> Result<(), Error> {
    while let Some(record) = records.next()? {
        file.record(|bytes| put(bytes, &record))?;
    }
    file.finish()
}

/// Adds the members of a unit's oversized buckets to those of the units before.
fn add_crowd(work: &Arc<WorkDir>, unit: &Unit, members: &mut CrowdMembers) -> Result<(), Error> {
    let (name, role) = unit.crowd();
    let mut file = work.open_file(&name, role)?;
    let [buckets] = read_record(&mut file)?.ok_or_else(|| file.corrupt())?;
    let first = members.begin(buckets as u32);
    while let Some([member]) = read_record(&mut file)? {
        let (document, bucket) = split(member);
        members.add(document, first + bucket)?;
    }
    Ok(())
}
