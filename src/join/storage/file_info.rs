//! Describes a file in the folder of a join, after checking all of it.

use std::path::Path;

use crate::error::Error;
use crate::external::{FrameReader, Kind};

/// Describes a file that a [`DiskJoin`](crate::join::DiskJoin) wrote, after all of it was read and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct FileInfo {
    /// What it holds: `documents`, `keys`, `sets`, `numbers`, `probes`, `candidates`, `verified`, `joined` or `key`.
    pub kind: &'static str,
    /// What it belongs to: a hash of the scheme's id, or of more.
    pub input_hash: u64,
    /// Frames, each with a checksum of its own.
    pub frames: u64,
    /// Bytes of content.
    pub bytes: u64,
}

impl FileInfo {
    /// Reads a file and checks every byte of it.
    ///
    /// # Errors
    /// [`Error::File`] says what is wrong with it.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        let (mut file, (kind, owner)) = FrameReader::open_any(path.as_ref())?;
        let (frames, bytes) = file.check_all()?;
        let kinds = [
            (Kind::Documents, "documents"),
            (Kind::Keys, "keys"),
            (Kind::Sets, "sets"),
            (Kind::Numbers, "numbers"),
            (Kind::Probes, "probes"),
            (Kind::Candidates, "candidates"),
            (Kind::Verified, "verified"),
            (Kind::Joined, "joined"),
            (Kind::Key, "key"),
        ];
        let named = kinds.into_iter().find(|(known, _)| *known as u16 == kind);
        named.map(|(_, kind)| Self { kind, input_hash: owner, frames, bytes }).ok_or_else(|| file.corrupt())
    }
}
