//! The sizes of all sets in a temporary file, so that chunks are planned without reading the documents again.

use crate::error::Error;
use crate::external::{FrameReader, FrameWriter, Kind, Role, numbers, put, put_short, short_numbers};
use crate::join::storage::scratch::ScratchDir;
use crate::join::storage::segments::SetInfo;

/// The sizes of all sets, in order, each with the half of its hash that it is held against.
pub(crate) struct SetSizes {
    file: FrameReader,
}

impl SetSizes {
    const NAME: &str = "sizes";
    const ROLE: Role = Role { kind: Kind::Numbers, piece: 0, width: 3, owner: 0 };

    pub(crate) fn create(scratch: &ScratchDir) -> Result<FrameWriter, Error> {
        scratch.create(Self::NAME, Self::ROLE)
    }

    pub(crate) fn put(set: &SetInfo, bytes: &mut Vec<u8>) {
        put_short(bytes, &[set.size]);
        put(bytes, &[set.check()]);
    }

    pub(crate) fn open(scratch: &ScratchDir) -> Result<Self, Error> {
        Ok(Self { file: scratch.open(Self::NAME, Self::ROLE)? })
    }

    /// Returns the size of the next set and the half of its hash.
    pub(crate) fn next(&mut self) -> Result<(usize, u64), Error> {
        let (size, check) = self.file.take(12)?.split_at(4);
        let (size, check) = (short_numbers(size).next(), numbers(check).next());
        Ok((size.unwrap_or_default() as usize, check.unwrap_or_default()))
    }
}
