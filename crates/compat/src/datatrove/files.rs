//! The files between the stages of datatrove: records of little-endian numbers, without header.

use crate::error::Error;

/// The mark of a document that the index of an earlier run holds: both its file and its number in a [`Duplicate`].
pub const SENTINEL: u32 = u32::MAX;

/// The shape of a bucket's records in `.minhash.sig` and `.index` files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The hashes of a bucket. datatrove's default is 8.
    pub hashes_per_bucket: usize,
    /// Whether a hash takes 8 bytes, as under the presets with 64 bits, or 4.
    pub is_wide: bool,
}

/// One document's hashes of one bucket.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SignatureRecord {
    /// The hashes.
    pub hashes: Vec<u64>,
    /// The number of the document within the input of its task, counted from 0.
    pub document: u32,
}

/// Two documents that share a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duplicate {
    /// The file and the document that come first, or [`SENTINEL`] twice for one of the index.
    pub first: (u32, u32),
    /// The file and the document that come second.
    pub second: (u32, u32),
}

impl Layout {
    /// The layout of datatrove's defaults: 8 hashes of 64 bits.
    pub const DEFAULT: Self = Self { hashes_per_bucket: 8, is_wide: true };

    const fn width(self) -> usize {
        if self.is_wide { 8 } else { 4 }
    }

    /// Writes a `bucket_NNN/RRRRR.minhash.sig` file. The records are sorted first, as datatrove's next stage demands.
    ///
    /// ```
    /// use twinprint_compat::datatrove::{Layout, SignatureRecord};
    ///
    /// let layout = Layout { hashes_per_bucket: 2, is_wide: false };
    /// let mut records = vec![
    ///     SignatureRecord { hashes: vec![7, 1], document: 0 },
    ///     SignatureRecord { hashes: vec![5, 9], document: 1 },
    /// ];
    /// let bytes = layout.write_signatures(&mut records)?;
    /// assert_eq!(bytes, [5, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    /// assert_eq!(layout.read_signatures(&bytes)?, records);
    /// # Ok::<(), twinprint_compat::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Length`] for a record of another number of hashes, [`Error::Width`] for a hash wider than the layout.
    pub fn write_signatures(self, records: &mut [SignatureRecord]) -> Result<Vec<u8>, Error> {
        records.sort_unstable();
        let mut bytes = Vec::with_capacity(records.len() * (self.hashes_per_bucket * self.width() + 4));
        for record in records {
            self.put(&mut bytes, &record.hashes)?;
            bytes.extend_from_slice(&record.document.to_le_bytes());
        }
        Ok(bytes)
    }

    /// Reads a `.minhash.sig` file.
    ///
    /// # Errors
    /// [`Error::Truncated`] where the last record is cut short, [`Error::Length`] for a layout without hashes.
    pub fn read_signatures(self, bytes: &[u8]) -> Result<Vec<SignatureRecord>, Error> {
        let hashes = self.hashes_per_bucket * self.width();
        let record = |bytes: &[u8]| SignatureRecord {
            hashes: self.get(&bytes[..hashes]),
            document: number(&bytes[hashes..]) as u32,
        };
        Ok(self.records(bytes, hashes + 4)?.map(record).collect())
    }

    /// Writes an `.index` file: the hashes of a bucket, each once.
    ///
    /// # Errors
    /// As [`write_signatures`](Self::write_signatures).
    pub fn write_index(self, buckets: &mut Vec<Vec<u64>>) -> Result<Vec<u8>, Error> {
        buckets.sort_unstable();
        buckets.dedup();
        let mut bytes = Vec::with_capacity(buckets.len() * self.hashes_per_bucket * self.width());
        for hashes in buckets {
            self.put(&mut bytes, hashes)?;
        }
        Ok(bytes)
    }

    /// Reads an `.index` file.
    ///
    /// # Errors
    /// As [`read_signatures`](Self::read_signatures).
    pub fn read_index(self, bytes: &[u8]) -> Result<Vec<Vec<u64>>, Error> {
        let size = self.hashes_per_bucket * self.width();
        Ok(self.records(bytes, size)?.map(|record| self.get(record)).collect())
    }

    fn records(self, bytes: &[u8], size: usize) -> Result<std::slice::ChunksExact<'_, u8>, Error> {
        if self.hashes_per_bucket == 0 {
            return Err(Error::Length { values: 0 });
        }
        records(bytes, size)
    }

    fn put(self, bytes: &mut Vec<u8>, hashes: &[u64]) -> Result<(), Error> {
        if hashes.len() != self.hashes_per_bucket {
            return Err(Error::Length { values: hashes.len() });
        }
        for &hash in hashes {
            if !self.is_wide && u32::try_from(hash).is_err() {
                return Err(Error::Width { value: hash });
            }
            bytes.extend_from_slice(&hash.to_le_bytes()[..self.width()]);
        }
        Ok(())
    }

    fn get(self, record: &[u8]) -> Vec<u64> {
        record.chunks_exact(self.width()).map(number).collect()
    }
}

/// Writes a `.dups` file.
///
/// ```
/// use twinprint_compat::datatrove::{Duplicate, SENTINEL, read_duplicates, write_duplicates};
///
/// let pairs = [Duplicate { first: (SENTINEL, SENTINEL), second: (0, 3) }, Duplicate { first: (0, 3), second: (1, 9) }];
/// assert_eq!(read_duplicates(&write_duplicates(&pairs))?, pairs);
/// # Ok::<(), twinprint_compat::Error>(())
/// ```
#[must_use]
pub fn write_duplicates(pairs: &[Duplicate]) -> Vec<u8> {
    let fields = pairs.iter().flat_map(|pair| [pair.first.0, pair.first.1, pair.second.0, pair.second.1]);
    fields.flat_map(u32::to_le_bytes).collect()
}

/// Reads a `.dups` file.
///
/// # Errors
/// [`Error::Truncated`] where the last record is cut short.
pub fn read_duplicates(bytes: &[u8]) -> Result<Vec<Duplicate>, Error> {
    let pair = |record: &[u8]| {
        let field = |place: usize| number(&record[4 * place..4 * place + 4]) as u32;
        Duplicate { first: (field(0), field(1)), second: (field(2), field(3)) }
    };
    Ok(records(bytes, 16)?.map(pair).collect())
}

/// Writes a `.remove` file: the numbers of documents that go, in ascending order.
#[must_use]
pub fn write_removals(documents: &mut Vec<u32>) -> Vec<u8> {
    documents.sort_unstable();
    documents.dedup();
    documents.iter().flat_map(|document| document.to_le_bytes()).collect()
}

/// Reads a `.remove` file.
///
/// # Errors
/// [`Error::Truncated`] where the last number is cut short.
pub fn read_removals(bytes: &[u8]) -> Result<Vec<u32>, Error> {
    Ok(records(bytes, 4)?.map(|record| number(record) as u32).collect())
}

/// Writes a `.clusters` file, documents and their clusters, or a `.sizes` file, documents and the sizes of their clusters.
#[must_use]
pub fn write_clusters(clusters: &[(u32, u32)]) -> Vec<u8> {
    clusters.iter().flat_map(|&(document, cluster)| [document, cluster]).flat_map(u32::to_le_bytes).collect()
}

/// Reads a `.clusters` or a `.sizes` file.
///
/// # Errors
/// [`Error::Truncated`] where the last record is cut short.
pub fn read_clusters(bytes: &[u8]) -> Result<Vec<(u32, u32)>, Error> {
    Ok(records(bytes, 8)?.map(|record| (number(&record[..4]) as u32, number(&record[4..]) as u32)).collect())
}

fn records(bytes: &[u8], size: usize) -> Result<std::slice::ChunksExact<'_, u8>, Error> {
    let records = bytes.chunks_exact(size);
    if records.remainder().is_empty() {
        Ok(records)
    } else {
        Err(Error::Truncated { needed: bytes.len().next_multiple_of(size), found: bytes.len() })
    }
}

fn number(field: &[u8]) -> u64 {
    field.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}
