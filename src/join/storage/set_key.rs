//! The key of the hashes by which equal sets are found.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::Path;

use xxhash_rust::xxh3::xxh3_128_with_seed;

use crate::error::Error;
use crate::external::{FrameReader, FrameWriter, Kind, numbers, put};

/// Hashes sets under a key that is drawn at random for each folder.
///
/// On disk, sets are called equal if 128 bits of XXH3 agree. That unequal ones agree by chance among a billion documents has a
/// probability of 2^-69; without the key, nobody can make texts for which they do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SetHasher {
    key: u64,
}

impl SetHasher {
    /// Reads the key of a folder, or draws one where there is none.
    pub(crate) fn open(folder: &Path, owner: u64) -> Result<Self, Error> {
        let path = folder.join("key");
        if path.exists() {
            let mut file = FrameReader::open(&path, Kind::Key, owner)?;
            let key = numbers(file.take(8)?).next().unwrap_or_default();
            return if file.has_more()? { Err(file.corrupt()) } else { Ok(Self { key }) };
        }
        // The standard library seeds each `RandomState` from the operating system's random numbers.
        let key = RandomState::new().build_hasher().finish();
        let mut file = FrameWriter::create(&path, Kind::Key, owner)?;
        file.record(|bytes| put(bytes, &[key]))?;
        file.finish()?;
        Ok(Self { key })
    }

    /// Hashes the bytes of a sorted set.
    pub(crate) fn hash(self, set: &[u8]) -> u128 {
        xxh3_128_with_seed(set, self.key)
    }
}
