//! Describes a file in the folder of a join, after checking all of it.

use std::path::Path;

use crate::error::Error;
use crate::external::{FrameReader, Kind};

/// Describes a file that a [`DiskJoin`](crate::join::DiskJoin) wrote, after all of it was read and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct FileInfo {
    /// What it holds: `documents`, `keys`, `sets`, `candidates`, `crowd`, `rejoined`, `samples`, `verified`, `verified-contained`, `edges`,
    /// `contained`, `copies`, `joined`, `key` or `scheme-key`; `shard-done`, `groups`, `band-pairs` or `band-crowd` of a join by shards;
    /// `numbers`, `probes` or `build-side` if it is temporary.
    pub kind: &'static str,
    /// The random number of the work folder that it was written in, as 32 hexadecimal digits.
    pub folder: String,
    /// Its number among the files of its kind, from 0.
    pub piece: u32,
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
        let (mut file, label) = FrameReader::open_any(path.as_ref())?;
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
            (Kind::Edges, "edges"),
            (Kind::Contained, "contained"),
            (Kind::Copies, "copies"),
            (Kind::Samples, "samples"),
            (Kind::VerifiedContained, "verified-contained"),
            (Kind::BuildSide, "build-side"),
            (Kind::SchemeKey, "scheme-key"),
            (Kind::Rejoined, "rejoined"),
            (Kind::Crowd, "crowd"),
            (Kind::ShardDone, "shard-done"),
            (Kind::Groups, "groups"),
            (Kind::BandPairs, "band-pairs"),
            (Kind::BandCrowd, "band-crowd"),
        ];
        let named = kinds.into_iter().find(|(known, _)| *known as u16 == label.kind);
        let (_, kind) = named.ok_or_else(|| file.corrupt())?;
        let (folder, piece, input_hash) = (label.folder.to_string(), label.piece, label.owner);
        Ok(Self { kind, folder, piece, input_hash, frames, bytes })
    }
}
