//! Band keys to a sorted file of the pairs that share a bucket.

use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use super::crowd_file::{CrowdFile, CrowdMembers};
pub(crate) use super::finder::{Finder, Parameters};
use crate::error::Error;
use crate::external::{
    FrameReader, FrameWriter, Kind, RecordReader, Records, Role, Sort, Sorted, Sorter, Sorters, put, read_record,
};
use crate::join::edge::join;
use crate::join::origin::PairFilter;
use crate::join::progress::{Stage, Watch};
use crate::join::stats::JoinStats;
use crate::join::storage::work_dir::WorkDir;
use crate::lsh::BucketRule;
use crate::parallel;

/// The rule by which oversized buckets are searched, as a number that changes with it.
const RULE_VERSION: u64 = 2;

/// All pairs that share a bucket, each once and in order, in a file. It stays, so that a join which was interrupted while it
/// verified them finds it again.
#[derive(Debug)]
pub(crate) struct Candidates {
    work: Arc<WorkDir>,
    kind: Kind,
    owner: u64,
}

impl Candidates {
    /// Takes the kind [`Candidates`](Kind::Candidates), [`Rejoined`](Kind::Rejoined) or [`Samples`](Kind::Samples).
    pub(crate) fn new(work: &Arc<WorkDir>, kind: Kind, owner: u64) -> Self {
        Self { work: Arc::clone(work), kind, owner }
    }

    fn name(&self) -> &'static str {
        match self.kind {
            Kind::Samples => "samples",
            Kind::Rejoined => "rejoined",
            _ => "candidates",
        }
    }

    /// Begins the file of the documents in oversized buckets.
    fn create_crowd(&self) -> Result<FrameWriter, Error> {
        self.work.create(&format!("crowd-of-{}", self.name()), self.crowd_role())
    }

    /// Reads the documents in oversized buckets.
    pub(crate) fn crowd(&self) -> Result<RecordReader<1>, Error> {
        Ok(RecordReader::new(self.work.open_file(&format!("crowd-of-{}", self.name()), self.crowd_role())?))
    }

    fn crowd_role(&self) -> Role {
        Role::new(Kind::Crowd, 1, self.owner)
    }

    fn role(&self) -> Role {
        Role::new(self.kind, 1, self.owner)
    }

    /// Returns the hash of what they were found for.
    pub(crate) fn owner(&self) -> u64 {
        self.owner
    }

    /// Returns whether this run or an earlier one has found them.
    pub(crate) fn are_there(&self) -> Result<bool, Error> {
        Ok(self.work.open_current(self.name(), self.role())?.is_some())
    }

    /// Opens the file, which begins with what was done to find them.
    pub(crate) fn open(&self) -> Result<(FrameReader, JoinStats), Error> {
        let mut file = self.work.open_file(self.name(), self.role())?;
        let [oversized_buckets, pairs_passed_over] = read_record(&mut file)?.ok_or_else(|| file.corrupt())?;
        Ok((file, JoinStats { oversized_buckets, pairs_passed_over, ..JoinStats::default() }))
    }

    pub(crate) fn write(&self, mut pairs: Sorted<1>, stats: &JoinStats) -> Result<(), Error> {
        let mut file = self.work.create(self.name(), self.role())?;
        file.record(|bytes| put(bytes, &[stats.oversized_buckets, stats.pairs_passed_over]))?;
        while let Some(pair) = pairs.next()? {
            file.record(|bytes| put(bytes, &pair))?;
        }
        file.finish()
    }
}

impl Finder<'_> {
    /// Finds all candidates, unless an earlier run has found them for the same documents and parameters.
    pub(crate) fn find(&self, candidates: &Candidates, watch: &mut Watch<'_>) -> Result<(), Error> {
        if candidates.are_there()? {
            return Ok(());
        }
        self.keys.rebuild_missing(self.segments, &self.groups.segment_hashes, watch)?;
        let bands = self.parameters.banding.bands() as usize;
        let mut pairs = self.scratch.sorter("candidates");
        let mut members = CrowdMembers::new(self.scratch);
        let mut entries = self.entries(0)?;
        for band in 0..bands {
            watch.step(Stage::Candidates, band as u64, bands as u64)?;
            let (rule, to) = (self.parameters.rule, (&mut pairs, &mut members));
            let (enumerated, next) = parallel::both(
                || enumerate(entries, rule, to, self.filter),
                || if band + 1 < bands { self.entries(band + 1) } else { Ok(Sorted::default()) },
            );
            enumerated?;
            entries = next?;
        }
        drop(entries);
        let mut stats = JoinStats { oversized_buckets: u64::from(members.buckets()), ..JoinStats::default() };
        let mut documents = candidates.create_crowd()?;
        let show = |document| documents.record(|bytes| put(bytes, &[u64::from(document)]));
        let crowd = CrowdFile::write(self, members, show, watch)?;
        documents.finish()?;
        stats.pairs_passed_over = crowd.passed_over;
        crowd.search(&mut pairs, watch)?;
        candidates.write(pairs.finish()?, &stats)
    }

    /// Sorts the keys of a band, each with its document. Two bands are held at a time.
    fn entries(&self, band: usize) -> Result<Sorted<1>, Error> {
        let mut entries = self.scratch.sorter_with("entries", self.scratch.memory() / 4);
        let mut document = 0;
        self.keys.of_band((self.segments, &self.groups.segment_hashes), band, |key| {
            if self.groups.firsts.get(document) {
                // A key and a document sort as one number.
                let key = key ^ self.filter.salt(document);
                entries.push([u64::from(key) << 32 | u64::from(document)])?;
            }
            document += 1;
            Ok(())
        })?;
        if document != self.groups.documents {
            return Err(self.segments.missing_keys());
        }
        entries.finish()
    }

    /// Returns the file of the candidates.
    pub(crate) fn file(&self) -> Candidates {
        Candidates::new(self.segments.work(), Kind::Candidates, self.owner())
    }

    /// Names the documents and the parameters.
    pub(crate) fn owner(&self) -> u64 {
        let Parameters { banding, seed, width, rule, .. } = self.parameters;
        let numbers =
            [banding.bands() as usize, banding.rows() as usize, width, rule.limit()].map(|number| number as u64);
        let mut bytes = vec![u8::from(self.filter.within_blocks), u8::from(self.filter.across_sources)];
        put(&mut bytes, &[self.segments.owner(), self.groups.content, seed]);
        put(&mut bytes, &numbers);
        put(&mut bytes, &[RULE_VERSION, self.parameters.sketch_filter.number()]);
        xxh3_64(&bytes)
    }
}

/// Writes the pairs of each bucket up to the limit, and the members of each that is over it.
fn enumerate(
    mut entries: Sorted<1>,
    rule: BucketRule,
    (pairs, members): (&mut Sorter<1>, &mut CrowdMembers),
    filter: &PairFilter,
) -> Result<(), Error> {
    let mut bucket = Bucket { rule, filter, key: None, held: Vec::new(), number: None };
    while let Some([entry]) = entries.next()? {
        if bucket.key != Some(entry >> 32) {
            bucket.end(pairs)?;
            bucket.key = Some(entry >> 32);
        }
        bucket.add(entry as u32, members)?;
    }
    bucket.end(pairs)
}

/// A bucket as its documents come, in ascending order.
struct Bucket<'a> {
    rule: BucketRule,
    filter: &'a PairFilter,
    key: Option<u64>,
    /// Its documents, until there are too many.
    held: Vec<u32>,
    /// Once there are too many, its number among such buckets.
    number: Option<u32>,
}

impl Bucket<'_> {
    fn add(&mut self, document: u32, members: &mut CrowdMembers) -> Result<(), Error> {
        if let Some(number) = self.number {
            return members.add(document, number);
        }
        self.held.push(document);
        if !self.rule.is_oversized(self.held.len()) {
            return Ok(());
        }
        let number = members.begin();
        self.number = Some(number);
        self.held.drain(..).try_for_each(|document| members.add(document, number))
    }

    /// Pairs all that are held.
    fn end(&mut self, pairs: &mut Sorter<1>) -> Result<(), Error> {
        for (at, &left) in self.held.iter().enumerate() {
            let allowed = self.held[at + 1..].iter().filter(|&&right| self.filter.allows(left, right));
            allowed.map(|&right| [join(left, right)]).try_for_each(|pair| pairs.push(pair))?;
        }
        self.held.clear();
        self.number = None;
        Ok(())
    }
}
