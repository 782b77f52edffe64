//! The key of the hashes by which equal sets are found.

use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::work_dir::WorkDir;
use crate::error::{Error, FileProblem};
use crate::external::{Kind, Role, numbers, put};
use crate::random::random64;

/// Hashes sets under a key that is drawn at random for each folder.
///
/// On disk, sets are called equal if 128 bits of XXH3 agree. That unequal ones agree by chance among a billion documents has a
/// probability of 2^-69; without the key, nobody can make texts for which they do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SetHasher {
    key: u64,
}

/// The name of its file.
const NAME: &str = "key";

impl SetHasher {
    /// Returns the hasher of a key.
    pub(crate) fn new(key: u64) -> Self {
        Self { key }
    }

    /// Draws a key.
    pub(crate) fn draw() -> u64 {
        random64()
    }

    /// Reads the key of a folder. Where nothing is hashed yet, the folder takes the shared key, or draws one. A folder with another key
    /// than the shared one is refused.
    pub(crate) fn open(work: &WorkDir, owner: u64, is_hashed: bool, shared: Option<u64>) -> Result<Self, Error> {
        let role = Role::new(Kind::Key, 1, owner);
        if is_hashed && !work.has(NAME) {
            // Under another key, equal sets would have different hashes.
            return Err(Error::File { path: work.own().path(NAME), problem: FileProblem::Missing });
        }
        if work.has(NAME) {
            let mut file = work.open_file(NAME, role)?;
            let key = numbers(file.take(8)?).next().unwrap_or_default();
            if shared.is_some_and(|shared| shared != key) {
                return Err(Error::File { path: work.own().path(NAME), problem: FileProblem::OtherScheme });
            }
            return if file.has_more()? { Err(file.corrupt()) } else { Ok(Self { key }) };
        }
        let key = shared.unwrap_or_else(Self::draw);
        let mut file = work.create(NAME, role)?;
        file.record(|bytes| put(bytes, &[key]))?;
        file.finish()?;
        Ok(Self { key })
    }

    /// Hashes the bytes of a sorted set.
    pub(crate) fn hash(self, set: &[u8]) -> u128 {
        xxh3_128_with_seed(set, self.key)
    }

    /// Returns the half of the hash that a set is held against when it is read.
    pub(crate) fn check(self, set: &[u8]) -> u64 {
        self.hash(set) as u64
    }
}
