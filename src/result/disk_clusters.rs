//! Clusters of a join on disk.

use std::sync::Arc;

use super::same_texts::SameTexts;
use super::{Member, Rows};
use crate::error::Error;
use crate::external::{Kind, RecordReader, Records, Role, put};
use crate::join::edge::EdgeRecord;
use crate::join::storage::scratch::ScratchDir;
use crate::join::storage::work_dir::WorkDir;

/// The file of all members.
const MEMBERS: &str = "members";
const MEMBERS_ROLE: Role = Role { kind: Kind::Numbers, piece: 0, width: 3, owner: 0 };

/// Holds the clusters of a join on disk, worked out once and read any number of times; see [`DiskPairs::clusters`](super::DiskPairs::clusters)
/// for an example.
///
/// Representatives are not listed: a document that is no member of a cluster is kept.
#[derive(Debug)]
pub struct DiskClusters {
    pub(super) scratch: ScratchDir,
    pub(super) work: Arc<WorkDir>,
    pub(super) texts: Arc<SameTexts>,
}

impl DiskClusters {
    /// Returns the members of all clusters except the representatives, in the order of the documents: for leader
    /// clusters, the documents that are removed.
    ///
    /// So a corpus that is read again in the same order can be written without them in one pass.
    ///
    /// # Errors
    /// [`Error::File`], at once or in place of a document, if a file cannot be written or read.
    pub fn members(&self) -> Result<Rows<Member<u32>>, Error> {
        Ok(Rows::new(self.records()?, Member::from_edge, Arc::clone(&self.texts), self.next_scratch()?))
    }

    /// Returns the same members cluster by cluster: ordered by representative, then by document.
    ///
    /// # Errors
    /// As [`members`](Self::members).
    pub fn by_representative(&self) -> Result<Rows<Member<u32>>, Error> {
        self.members()?.sorted_by_right(Member::from_swapped)
    }

    fn records(&self) -> Result<RecordReader<3>, Error> {
        Ok(RecordReader::new(self.scratch.open(MEMBERS, MEMBERS_ROLE)?))
    }

    fn next_scratch(&self) -> Result<ScratchDir, Error> {
        ScratchDir::begin(&self.work, self.scratch.memory())
    }
}

/// Writes the members of clusters into their file, and shows each.
pub(super) fn store_members(
    scratch: &ScratchDir,
    mut members: impl Records<3, Error = Error>,
    mut show: impl FnMut(&EdgeRecord),
) -> Result<(), Error> {
    let mut file = scratch.create(MEMBERS, MEMBERS_ROLE)?;
    while let Some(member) = members.next()? {
        show(&member);
        file.record(|bytes| put(bytes, &member))?;
    }
    file.finish_unsynced()
}
