//! Band keys to the pairs that share a bucket.

use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_64;

use super::followers::Followers;
use super::frames::{FrameReader, FrameWriter, Kind, put};
use super::groups::Groups;
use super::segments::Segments;
use super::sorter::{Records, Sorted, Sorter, read_record};
use super::work::Work;
use crate::error::Error;
use crate::join::buckets::leaders_of;
use crate::join::pairing::Pairing;
use crate::join::progress::{Stage, Watch};
use crate::lsh::Banding;
use crate::pairs::JoinStats;
use crate::parallel;

/// What the candidates depend on, besides the stored documents.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parameters {
    pub(super) banding: Banding,
    pub(super) seed: u64,
    /// Positions of a signature.
    pub(super) width: usize,
    /// Documents of a bucket.
    pub(super) limit: usize,
}

/// Finds candidates.
pub(super) struct Finder<'a> {
    pub(super) segments: &'a Segments,
    pub(super) groups: &'a Groups,
    pub(super) pairing: &'a Pairing,
    pub(super) parameters: Parameters,
    pub(super) work: &'a Work,
}

/// All pairs that share a bucket, each once and in order, in a file. It stays, so that a join which was interrupted while it
/// verified them finds it again.
#[derive(Debug)]
pub(super) struct Candidates {
    path: PathBuf,
    owner: u64,
}

impl Candidates {
    pub(super) fn at(folder: &Path, name: &str, owner: u64) -> Self {
        Self { path: folder.join(name), owner }
    }

    /// What they were found for.
    pub(super) fn owner(&self) -> u64 {
        self.owner
    }

    /// Whether they were found by this run or an earlier one.
    pub(super) fn are_there(&self) -> bool {
        self.path.exists() && self.open().is_ok()
    }

    /// Opens the file, which begins with what was done to find them.
    pub(super) fn open(&self) -> Result<(FrameReader, JoinStats), Error> {
        let mut file = FrameReader::open(&self.path, Kind::Candidates, self.owner)?;
        let [oversized_buckets, pairs_passed_over] = read_record(&mut file)?.ok_or_else(|| file.corrupt())?;
        Ok((file, JoinStats { oversized_buckets, pairs_passed_over, ..JoinStats::default() }))
    }

    pub(super) fn write(&self, mut pairs: Sorted<1>, stats: &JoinStats) -> Result<(), Error> {
        let mut file = FrameWriter::create(&self.path, Kind::Candidates, self.owner)?;
        file.record(|bytes| put(bytes, &[stats.oversized_buckets, stats.pairs_passed_over]))?;
        while let Some(pair) = pairs.next()? {
            file.record(|bytes| put(bytes, &pair))?;
        }
        file.finish()
    }
}

impl Finder<'_> {
    /// All candidates: those that an earlier run found, if it was for the same documents with the same parameters.
    pub(super) fn find(&self, candidates: &Candidates, watch: &mut Watch<'_>) -> Result<(), Error> {
        if candidates.are_there() {
            return Ok(());
        }
        self.segments.keys().complete(self.segments, watch)?;
        let bands = self.parameters.banding.bands() as usize;
        let mut pairs = self.work.sorter("candidates");
        let mut followers = Followers::new(self.work, self.pairing);
        let mut stats = JoinStats::default();
        let mut entries = self.entries(0)?;
        for band in 0..bands {
            watch.step(Stage::Candidates, band as u64, bands as u64)?;
            let (limit, to) = (self.parameters.limit, (&mut pairs, &mut followers));
            let (enumerated, next) = parallel::both(
                || enumerate(entries, limit, to, self.pairing, &mut stats),
                || if band + 1 < bands { self.entries(band + 1) } else { Ok(Sorted::default()) },
            );
            enumerated?;
            entries = next?;
        }
        followers.pair(&mut pairs)?;
        candidates.write(pairs.finish()?, &stats)
    }

    /// The keys of a band, each with its document, sorted. Two bands are there at a time.
    fn entries(&self, band: usize) -> Result<Sorted<1>, Error> {
        let mut entries = self.work.sorter_with("entries", self.work.memory() / 4);
        let mut document = 0;
        self.segments.keys().of_band(self.segments, band, |key| {
            if self.groups.firsts.get(document) {
                // A key and a document sort as one number.
                let key = key ^ self.pairing.salt(document);
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

    /// Where they are written.
    pub(super) fn file(&self, folder: &Path) -> Candidates {
        Candidates::at(folder, "candidates", self.owner())
    }

    /// Names the documents and the parameters.
    fn owner(&self) -> u64 {
        let Parameters { banding, seed, width, limit } = self.parameters;
        let numbers = [banding.bands() as usize, banding.rows() as usize, width, limit].map(|number| number as u64);
        let mut bytes = vec![u8::from(self.pairing.within_blocks), u8::from(self.pairing.across_sources)];
        put(&mut bytes, &[self.segments.owner(), self.groups.content, seed]);
        put(&mut bytes, &numbers);
        xxh3_64(&bytes)
    }
}

/// The pairs of each bucket: all of them, or, in one over the limit, those of its first documents with all others.
fn enumerate(
    mut entries: Sorted<1>,
    limit: usize,
    (pairs, followers): (&mut Sorter<1>, &mut Followers<'_>),
    pairing: &Pairing,
    stats: &mut JoinStats,
) -> Result<(), Error> {
    let mut bucket = Bucket { limit, pairing, key: None, held: Vec::new(), number: 0, size: 0 };
    while let Some([entry]) = entries.next()? {
        if bucket.key != Some(entry >> 32) {
            bucket.end(pairs, stats)?;
            bucket.key = Some(entry >> 32);
        }
        bucket.add(entry as u32, pairs, followers)?;
    }
    bucket.end(pairs, stats)
}

/// A bucket as its documents come, in ascending order.
struct Bucket<'a> {
    limit: usize,
    pairing: &'a Pairing,
    key: Option<u64>,
    /// Its documents, or, once there are too many, its leaders.
    held: Vec<u32>,
    /// Once there are too many, its number among such buckets.
    number: u32,
    size: u64,
}

impl Bucket<'_> {
    fn add(&mut self, document: u32, pairs: &mut Sorter<1>, followers: &mut Followers<'_>) -> Result<(), Error> {
        self.size += 1;
        if self.size <= self.limit as u64 {
            self.held.push(document);
            return Ok(());
        }
        if self.size == self.limit as u64 + 1 {
            self.lead(pairs, followers)?;
        }
        followers.follow(document, self.number)
    }

    /// There are too many: those held so far follow the first of them, and these alone are held on.
    fn lead(&mut self, pairs: &mut Sorter<1>, followers: &mut Followers<'_>) -> Result<(), Error> {
        let behind = self.held.split_off(leaders_of(self.limit));
        self.compare(pairs)?;
        self.number = followers.begin(&self.held, pairs)?;
        behind.into_iter().try_for_each(|document| followers.follow(document, self.number))
    }

    /// Pairs of all that are held.
    fn compare(&self, pairs: &mut Sorter<1>) -> Result<(), Error> {
        for (at, &left) in self.held.iter().enumerate() {
            let allowed = self.held[at + 1..].iter().filter(|&&right| self.pairing.allows(left, right));
            allowed.map(|&right| [u64::from(left) << 32 | u64::from(right)]).try_for_each(|pair| pairs.push(pair))?;
        }
        Ok(())
    }

    fn end(&mut self, pairs: &mut Sorter<1>, stats: &mut JoinStats) -> Result<(), Error> {
        if self.size > self.limit as u64 {
            let followers = self.size - self.held.len() as u64;
            stats.oversized_buckets += 1;
            stats.pairs_passed_over += followers * (followers - 1) / 2;
        } else {
            self.compare(pairs)?;
        }
        self.held.clear();
        self.size = 0;
        Ok(())
    }
}
