//! Band keys to a sorted file of the pairs that share a bucket.

use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use super::crowd_file::CrowdFile;
pub(crate) use super::crowd_file::CrowdMembers;
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

/// The rule by which oversized buckets are searched and the form of the file, as a number that changes with them.
const RULE_VERSION: u64 = 4;

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

    /// Returns the folder that they are in.
    pub(crate) fn into_work(self) -> Arc<WorkDir> {
        self.work
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
        let [oversized_buckets, pairs_passed_over, contained_too_common] =
            read_record(&mut file)?.ok_or_else(|| file.corrupt())?;
        let stats = JoinStats { oversized_buckets, pairs_passed_over, contained_too_common, ..JoinStats::default() };
        Ok((file, stats))
    }

    pub(crate) fn write(&self, mut pairs: Sorted<1>, stats: &JoinStats) -> Result<(), Error> {
        let mut file = self.work.create(self.name(), self.role())?;
        file.record(|bytes| {
            put(bytes, &[stats.oversized_buckets, stats.pairs_passed_over, stats.contained_too_common]);
        })?;
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
        let mut entries = self.entries(0, ALL_KEYS)?;
        for band in 0..bands {
            watch.step(Stage::Candidates, band as u64, bands as u64)?;
            let (enumerated, next) = parallel::both(
                || self.enumerate(entries, &mut pairs, &mut members),
                || if band + 1 < bands { self.entries(band + 1, ALL_KEYS) } else { Ok(Sorted::default()) },
            );
            enumerated?;
            entries = next?;
        }
        drop(entries);
        self.write(candidates, (pairs, members), watch)
    }

    /// Searches the oversized buckets, whose members these are, and writes all pairs.
    pub(crate) fn write(
        &self,
        candidates: &Candidates,
        (mut pairs, members): (Sorter<1>, CrowdMembers),
        watch: &mut Watch<'_>,
    ) -> Result<(), Error> {
        let mut stats = JoinStats { oversized_buckets: u64::from(members.buckets()), ..JoinStats::default() };
        let mut documents = candidates.create_crowd()?;
        let show = |document| documents.record(|bytes| put(bytes, &[u64::from(document)]));
        let crowd = CrowdFile::write(self, members, show, watch)?;
        documents.finish()?;
        stats.pairs_passed_over = crowd.passed_over;
        crowd.search(&mut pairs, watch)?;
        candidates.write(pairs.finish()?, &stats)
    }

    /// Sorts the keys of a band that are in a range, each with its document. Two bands are held at a time.
    pub(crate) fn entries(&self, band: usize, range: KeyRange) -> Result<Sorted<1>, Error> {
        let mut entries = self.scratch.sorter_with("entries", self.scratch.memory() / 4);
        let mut document = 0;
        self.keys.of_band((self.segments, &self.groups.segment_hashes), band, |key| {
            if self.groups.firsts.get(document) {
                // A key and a document sort as one number.
                let key = key ^ self.filter.salt(document);
                if range.holds(key) {
                    entries.push([u64::from(key) << 32 | u64::from(document)])?;
                }
            }
            document += 1;
            Ok(())
        })?;
        if document != self.groups.documents {
            return Err(self.segments.missing_keys());
        }
        entries.finish()
    }

    /// Writes the pairs of each bucket up to the limit, and the members of each that is over it.
    pub(crate) fn enumerate(
        &self,
        mut entries: Sorted<1>,
        pairs: &mut Sorter<1>,
        members: &mut CrowdMembers,
    ) -> Result<(), Error> {
        let (rule, filter) = (self.parameters.rule, self.filter);
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

    /// Returns the file of the candidates in a folder.
    pub(crate) fn file_in(&self, work: &Arc<WorkDir>) -> Candidates {
        Candidates::new(work, Kind::Candidates, self.owner())
    }

    /// Names the documents and the parameters.
    pub(crate) fn owner(&self) -> u64 {
        owner(self.parameters, self.filter, (self.segments.owner(), self.groups.content))
    }
}

/// Names documents, by their scheme and their content, and the parameters under which candidates are found.
pub(crate) fn owner(parameters: Parameters, filter: &PairFilter, (scheme, content): (u64, u64)) -> u64 {
    let Parameters { banding, seed, width, rule, sketch_filter } = parameters;
    let numbers = [banding.bands() as usize, banding.rows() as usize, width, rule.limit()].map(|number| number as u64);
    let mut bytes = vec![u8::from(filter.within_blocks), u8::from(filter.across_sources)];
    put(&mut bytes, &[scheme, content, seed]);
    put(&mut bytes, &numbers);
    put(&mut bytes, &[RULE_VERSION, sketch_filter.number()]);
    xxh3_64(&bytes)
}

/// One of several ranges of equal length into which the keys of a band are cut. Keys are hashes, so that each range has about as many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyRange {
    pub(crate) number: u32,
    pub(crate) of: u32,
}

/// The range of all keys.
const ALL_KEYS: KeyRange = KeyRange { number: 0, of: 1 };

impl KeyRange {
    fn holds(self, key: u32) -> bool {
        (u64::from(key) * u64::from(self.of)) >> 32 == u64::from(self.number)
    }
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
        let number = members.begin(1);
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
