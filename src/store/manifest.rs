//! The file that says which others count; `docs/index-format.md` has the table.

use xxhash_rust::xxh3::xxh3_64;

use crate::error::{Error, FileProblem};
use crate::external::FolderId;
use crate::index::{damaged, number, take, take_number, take_short, take_text};
use crate::lsh::Banding;

pub(super) const NAME: &str = "MANIFEST";
const MAGIC: &[u8; 8] = b"twinpman";
const VERSION: u16 = 1;
const HAS_SETS: u32 = 1;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Manifest {
    pub(super) id: FolderId,
    /// Counts the manifests of the store.
    pub(super) generation: u64,
    pub(super) log: u64,
    /// A number that no file had yet.
    pub(super) next: u64,
    pub(super) threshold: f64,
    pub(super) has_sets: bool,
    pub(super) banding: Banding,
    pub(super) scheme: String,
    pub(super) segments: Vec<Listed>,
    /// The names of the last commits that had one, the oldest first.
    pub(super) names: Vec<String>,
}

/// A segment as the manifest lists it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Listed {
    pub(super) number: u64,
    pub(super) documents: usize,
    /// The rows that were removed, ascending.
    pub(super) removed: Vec<u32>,
}

impl Manifest {
    /// Returns the content of the file.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut put = |part: &[u8]| bytes.extend_from_slice(part);
        put(MAGIC);
        put(&u64::from(VERSION).to_le_bytes());
        put(&self.id.to_bytes());
        for number in [self.generation, self.log, self.next, self.threshold.to_bits()] {
            put(&number.to_le_bytes());
        }
        let flags = if self.has_sets { HAS_SETS } else { 0 };
        for number in [flags, self.banding.bands(), self.banding.rows(), self.segments.len() as u32] {
            put(&number.to_le_bytes());
        }
        put(&self.banding.filter_loss().to_bits().to_le_bytes());
        put(&(self.scheme.len() as u64).to_le_bytes());
        put(self.scheme.as_bytes());
        for segment in &self.segments {
            for number in [segment.number, segment.documents as u64, segment.removed.len() as u64] {
                put(&number.to_le_bytes());
            }
            segment.removed.iter().for_each(|row| put(&row.to_le_bytes()));
        }
        put(&(self.names.len() as u64).to_le_bytes());
        for name in &self.names {
            put(&(name.len() as u64).to_le_bytes());
            put(name.as_bytes());
        }
        let check = xxh3_64(&bytes);
        bytes.extend_from_slice(&check.to_le_bytes());
        bytes
    }

    /// Reads the content of the file.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() < 16 || &bytes[..8] != MAGIC {
            return Err(Error::Index { problem: FileProblem::NotAnIndex });
        }
        let version = u16::from_le_bytes([bytes[8], bytes[9]]);
        if version != VERSION {
            return Err(Error::Index { problem: FileProblem::Version(version) });
        }
        let (content, check) = bytes.split_at(bytes.len() - 8);
        if bytes.len() < 24 || xxh3_64(content) != number(check, 0) {
            return Err(damaged("its content has changed since it was written"));
        }
        Self::from_content(&content[16..]).ok_or_else(|| damaged("it contradicts itself"))
    }

    fn from_content(mut bytes: &[u8]) -> Option<Self> {
        let rest = &mut bytes;
        let id = FolderId::from_bytes(take(rest, 16)?);
        let (generation, log, next) = (take_number(rest)?, take_number(rest)?, take_number(rest)?);
        let threshold = f64::from_bits(take_number(rest)?);
        let flags = take_short(rest)?;
        let (bands, rows, count) = (take_short(rest)?, take_short(rest)?, take_short(rest)?);
        let banding = Banding::with_filter_loss(bands, rows, f64::from_bits(take_number(rest)?)).ok()?;
        let scheme = take_text(rest)?;
        let mut segments = Vec::new();
        for _ in 0..count {
            let (number, documents) = (take_number(rest)?, usize::try_from(take_number(rest)?).ok()?);
            let mut removed = Vec::new();
            for _ in 0..take_number(rest)? {
                removed.push(take_short(rest)?);
            }
            if !removed.is_sorted_by(|a, b| a < b) {
                return None;
            }
            segments.push(Listed { number, documents, removed });
        }
        let mut names = Vec::new();
        for _ in 0..take_number(rest)? {
            names.push(take_text(rest)?);
        }
        let is_sound = rest.is_empty() && threshold > 0.0 && threshold <= 1.0 && flags <= HAS_SETS;
        let has_sets = flags == HAS_SETS;
        is_sound.then_some(Self { id, generation, log, next, threshold, has_sets, banding, scheme, segments, names })
    }
}
