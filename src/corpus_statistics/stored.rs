//! Statistics as bytes: a mark, the version, the scheme's id, the counts and a checksum, all little-endian.

use xxhash_rust::xxh3::xxh3_64;

use super::CorpusStatistics;
use super::sketch::CountMin;
use crate::error::Error;
use crate::scheme::Scheme;

const MARK: &[u8; 8] = b"twincrps";
const VERSION: u16 = 1;
const CHECKSUM: usize = size_of::<u64>();

impl CorpusStatistics {
    /// Returns the statistics as bytes that [`from_bytes`](Self::from_bytes) reads on any machine.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MARK.to_vec();
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(self.scheme.id().to_bytes());
        bytes.extend(self.documents.to_le_bytes());
        for counts in [&self.shingle_counts, &self.word_counts] {
            bytes.extend(counts.counted.to_le_bytes());
            bytes.extend((counts.counters.len() as u64).to_le_bytes());
            bytes.extend(counts.counters.iter().flat_map(|counter| counter.to_le_bytes()));
        }
        let checksum = xxh3_64(&bytes);
        bytes.extend(checksum.to_le_bytes());
        bytes
    }

    /// Reads statistics that were stored under the same scheme.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the bytes are damaged, of another version or scheme, or no statistics at all;
    /// [`Error::NoTextFeatures`] if the scheme has custom features.
    pub fn from_bytes(scheme: &Scheme, bytes: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader(bytes);
        if reader.take::<8>()? != *MARK {
            return Err(refused("bytes of something else", "bytes that CorpusStatistics::to_bytes wrote"));
        }
        let version = u16::from_le_bytes(reader.take()?);
        if version != VERSION {
            return Err(refused(format!("version {version}"), "version 1 of the format: count the corpus again"));
        }
        let (content, checksum) = bytes.split_at(bytes.len().saturating_sub(CHECKSUM));
        if xxh3_64(content).to_le_bytes() != checksum {
            return Err(damaged());
        }
        let id = reader.take::<8>()?;
        if id != scheme.id().to_bytes() {
            let stored = crate::scheme::SchemeId::from_bytes(id);
            return Err(refused(format!("scheme {stored}"), "statistics of the scheme that they are used with"));
        }
        let documents = reader.number()?;
        let (shingles, words) = (reader.counts()?, reader.counts()?);
        if reader.0.len() != CHECKSUM {
            return Err(damaged());
        }
        Self::with_counts(scheme, documents, shingles, words)
    }
}

/// The bytes that are still to be read.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let (first, rest) = self.0.split_first_chunk().ok_or_else(damaged)?;
        self.0 = rest;
        Ok(*first)
    }

    fn number(&mut self) -> Result<u64, Error> {
        self.take().map(u64::from_le_bytes)
    }

    fn counts(&mut self) -> Result<CountMin, Error> {
        let counted = self.number()?;
        let length =
            usize::try_from(self.number()?).ok().and_then(|length| length.checked_mul(2)).ok_or_else(damaged)?;
        let (counters, rest) = self.0.split_at_checked(length).ok_or_else(damaged)?;
        self.0 = rest;
        let counters = counters.as_chunks().0.iter().map(|bytes| u16::from_le_bytes(*bytes)).collect();
        CountMin::from_parts(counters, counted).ok_or_else(damaged)
    }
}

fn damaged() -> Error {
    refused("damaged bytes", "bytes that CorpusStatistics::to_bytes wrote")
}

fn refused(value: impl Into<String>, expected: &'static str) -> Error {
    Error::OutOfRange { field: "stored statistics", value: value.into(), expected }
}
