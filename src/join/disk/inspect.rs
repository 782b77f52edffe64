//! What a file in a join's folder is.

use std::path::Path;

use super::frames::{FrameReader, Kind};
use crate::error::Error;

/// What is known of a file that a [`DiskJoin`](crate::DiskJoin) wrote, after all of it was read and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct StoredFile {
    /// What it holds: `documents`, `keys`, `sets`, `numbers`, `guests`, `candidates`, `verified` or `joined`.
    pub kind: &'static str,
    /// What it belongs to: a hash of the scheme's id, or of more.
    pub owner: u64,
    /// Pieces that have a checksum of their own.
    pub frames: u64,
    /// Bytes of content.
    pub bytes: u64,
}

impl StoredFile {
    /// Reads a file and checks every byte of it.
    ///
    /// # Errors
    /// [`Error::File`] says what is wrong with it.
    pub fn inspect(path: impl AsRef<Path>) -> Result<Self, Error> {
        let (mut file, (kind, owner)) = FrameReader::open_any(path.as_ref())?;
        let (frames, bytes) = file.check_all()?;
        let kinds = [
            (Kind::Documents, "documents"),
            (Kind::Keys, "keys"),
            (Kind::Sets, "sets"),
            (Kind::Numbers, "numbers"),
            (Kind::Guests, "guests"),
            (Kind::Candidates, "candidates"),
            (Kind::Verified, "verified"),
            (Kind::Joined, "joined"),
        ];
        let named = kinds.into_iter().find(|(known, _)| *known as u16 == kind);
        named.map(|(_, kind)| Self { kind, owner, frames, bytes }).ok_or_else(|| file.corrupt())
    }
}
