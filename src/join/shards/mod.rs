//! A join in stages, most of which any number of processes do by shards: on one machine, or on many with a shared disk.
//!
//! | stage | processes | reads | writes |
//! |---|---|---|---|
//! | sign | one a shard | documents | `sign-N`: segments of sets, band keys and ids |
//! | group | one | ids and hashes of sets | `group`: documents with equal sets |
//! | bands | one a shard | band keys | `bands-N`: pairs that share a bucket, and members of oversized buckets |
//! | merge | one | the pairs of all bands | `merge`: all candidates |
//! | verify | one a shard | candidates and sets | `verify-N`: similar pairs |
//!
//! Each of these is a work folder of its own, with a lock and a random number, so that no process removes what another one writes. A
//! later stage reads the folders of earlier ones without their locks. The files are those of a [join on disk](super::external), and
//! [`ShardedJoin::open`] does after the last stage what is left of such a join. So the answer is that of one process.

mod bands;
mod done;
mod group;
mod sign;
mod stage;
#[cfg(test)]
mod tests;
mod verify;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use super::builder::SimilarityJoinBuilder;
use super::candidates::external::Finder;
use super::external::{DiskJoin, DiskLimits};
use super::groups::external::Groups;
use super::origin::PairFilter;
use super::settings::JoinSettings;
use super::shard_places::ShardPlaces;
use super::storage::band_keys::BandKeyWriter;
use super::storage::scratch::ScratchDir;
use super::storage::segments::Segments;
use super::storage::set_key::SetHasher;
use super::storage::work_dir::WorkDir;
use crate::error::Error;
use crate::external::put;
use done::Done;
pub use sign::ShardSigner;
pub use stage::ShardStage;

/// Joins a corpus in stages, most of which are done by shards: by any number of processes, on machines that share a disk.
///
/// Every process builds it with the same settings, number of shards and key. A stage begins when the one before is done. All that is
/// done is recognised, so that a call may be repeated after a crash, and it is complete or not there at all.
///
/// Documents are numbered through the shards: those of the first shard come first. The answer is that of one
/// [`DiskJoin`] to which all of them were pushed in that order.
///
/// ```
/// use std::ops::ControlFlow;
///
/// use twinprint::join::ShardedJoin;
/// use twinprint::{Document, Scheme, SimilarityJoin};
///
/// let folder = std::env::temp_dir().join("twinprint-example-shards");
/// # let _ = std::fs::remove_dir_all(&folder);
/// let builder = SimilarityJoin::builder(&Scheme::builder().words(1).build()?).threshold(0.6);
/// let join = builder.build_sharded(&folder, 2, ShardedJoin::random_key())?;
/// let texts = [vec!["one two three", "rain"], vec!["one two three four"]];
/// for shard in [1, 0] {
///     let mut signer = join.sign(shard)?;
///     for text in &texts[shard as usize] {
///         signer.push(Document::text(text, *text))?;
///     }
///     signer.finish()?;
/// }
/// join.group(|_| ControlFlow::Continue(()))?;
/// join.bands(0, |_| ControlFlow::Continue(()))?;
/// assert!(join.merge(|_| ControlFlow::Continue(())).is_err(), "the second shard is missing");
/// join.bands(1, |_| ControlFlow::Continue(()))?;
/// join.merge(|_| ControlFlow::Continue(()))?;
/// for shard in 0..2 {
///     join.verify(shard, |_| ControlFlow::Continue(()))?;
/// }
/// let mut whole = join.open()?;
/// whole.reuse_stored()?;
/// let found = whole.finish()?;
/// let pairs = found.pairs()?.collect::<Result<Vec<_>, _>>()?;
/// assert_eq!((pairs.len(), pairs[0].left, pairs[0].right, pairs[0].jaccard()), (1, 0, 2, 0.75));
/// # drop(found);
/// # std::fs::remove_dir_all(&folder).expect("the example's own folder");
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ShardedJoin {
    folder: PathBuf,
    settings: JoinSettings,
    limits: DiskLimits,
    shards: u32,
    key: u64,
    keys: BandKeyWriter,
}

/// The groups of all documents, and who signed them.
struct Grouped {
    work: Arc<WorkDir>,
    /// What the groups belong to.
    owner: u64,
    signed: Vec<(Arc<WorkDir>, Done)>,
    /// What candidates of these documents belong to.
    candidates: u64,
}

/// What the stages after the grouping work on.
struct Corpus {
    segments: Segments,
    groups: Groups,
    filter: PairFilter,
}

/// The most shards of a join: their folders have numbers of five digits.
const MAX_SHARDS: u32 = 10_000;

impl SimilarityJoinBuilder {
    /// Builds the same join for a corpus that is joined by shards, of which there are 1 to 10,000. Each stage keeps its files in a
    /// folder of its own inside this one. Every process passes the same [key](ShardedJoin::random_key), by which equal sets are found.
    ///
    /// # Errors
    /// As [`build_on_disk`](Self::build_on_disk); [`Error::OutOfRange`] names `shards`, or `containment`, which a join by shards does
    /// not find.
    pub fn build_sharded(self, folder: impl AsRef<Path>, shards: u32, key: u64) -> Result<ShardedJoin, Error> {
        let (settings, limits) = self.disk_settings()?;
        let refused = |field, value: String, expected| Err(Error::OutOfRange { field, value, expected });
        if !(1..=MAX_SHARDS).contains(&shards) {
            return refused("shards", shards.to_string(), "1 to 10000");
        }
        if let Some(containment) = settings.containment {
            return refused("containment", containment.least.to_string(), "left out for a join by shards");
        }
        let keys = BandKeyWriter::new(&settings.hasher, settings.banding, settings.owner());
        Ok(ShardedJoin { folder: folder.as_ref().into(), settings, limits, shards, key, keys })
    }
}

impl ShardedJoin {
    /// Draws a key for a new join.
    #[must_use]
    pub fn random_key() -> u64 {
        SetHasher::draw()
    }

    /// Returns the number of shards.
    #[must_use]
    pub fn shards(&self) -> u32 {
        self.shards
    }

    /// Opens the join when all stages are done. Push all documents again, which are recognised as those of an earlier run, or
    /// [reuse](DiskJoin::reuse_stored) them; the rest takes one process as long as it takes to read the pairs.
    ///
    /// # Errors
    /// [`Error::ShardsNotDone`] names the shards that are missing; [`Error::File`] names the file that cannot be read.
    pub fn open(&self) -> Result<DiskJoin, Error> {
        let grouped = self.grouped()?;
        let candidates = self.merged(&grouped)?.into_work();
        let verified = self.all_done(ShardStage::Verify, |shard| self.verified_owner(&grouped, shard))?;
        let verified = verified.into_iter().map(|(work, _)| work).collect();
        let Grouped { work: groups, owner: groups_owner, signed, .. } = grouped;
        let segments = self.segments(&self.work(ShardStage::Clusters, 0)?, signed);
        let places = ShardPlaces { groups, groups_owner, candidates, verified };
        DiskJoin::of_shards(segments, self.settings.clone(), self.limits, places)
    }

    /// Returns the shards whose part of a stage is missing; for a stage of one process, that is `[0]` or nothing. Where an earlier stage
    /// is not done, all are missing.
    ///
    /// # Errors
    /// [`Error::File`] names the file that cannot be read.
    pub fn missing(&self, stage: ShardStage) -> Result<Vec<u32>, Error> {
        let done = match stage {
            ShardStage::Sign => self.all_signed().map(|_| ()),
            ShardStage::Group => self.grouped().map(|_| ()),
            ShardStage::Bands => self.grouped().and_then(|grouped| self.all_banded(&grouped).map(|_| ())),
            ShardStage::Merge => self.grouped().and_then(|grouped| self.merged(&grouped).map(|_| ())),
            ShardStage::Verify => self.grouped().and_then(|grouped| {
                self.merged(&grouped)?;
                self.all_done(ShardStage::Verify, |shard| self.verified_owner(&grouped, shard)).map(|_| ())
            }),
            ShardStage::Clusters => return Ok(vec![0]),
        };
        match done {
            Ok(()) => Ok(Vec::new()),
            Err(Error::ShardsNotDone { stage: of, missing, .. }) if of == stage.name() && !missing.is_empty() => {
                Ok(missing)
            }
            Err(Error::ShardsNotDone { .. }) if stage.is_by_shard() => Ok((0..self.shards).collect()),
            Err(Error::ShardsNotDone { .. }) => Ok(vec![0]),
            Err(error) => Err(error),
        }
    }

    /// Opens the folder of a stage for this process alone.
    fn work(&self, stage: ShardStage, shard: u32) -> Result<Arc<WorkDir>, Error> {
        self.check_shard(shard)?;
        WorkDir::open(&stage.folder(&self.folder, shard))
    }

    fn check_shard(&self, shard: u32) -> Result<(), Error> {
        if shard < self.shards {
            return Ok(());
        }
        Err(Error::OutOfRange { field: "shard", value: shard.to_string(), expected: "less than the number of shards" })
    }

    /// Names what a stage made for these numbers, under these settings.
    fn owner(&self, stage: ShardStage, numbers: &[u64]) -> u64 {
        let JoinSettings { banding, filter, .. } = &self.settings;
        let mut bytes = vec![u8::from(filter.within_blocks), u8::from(filter.across_sources), stage as u8];
        put(&mut bytes, &[self.settings.owner(), u64::from(banding.bands()), u64::from(banding.rows())]);
        put(&mut bytes, &[u64::from(self.shards), self.key]);
        put(&mut bytes, numbers);
        xxh3_64(&bytes)
    }

    /// Returns what finds candidates.
    fn finder<'a>(&'a self, corpus: &'a Corpus, scratch: &'a ScratchDir) -> Finder<'a> {
        let Corpus { segments, groups, filter } = corpus;
        let parameters = self.settings.parameters();
        Finder { segments, keys: &self.keys, groups, filter, parameters, rank: None, scratch }
    }
}
