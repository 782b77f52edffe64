//! Clusters of a result on disk, from its accepted pairs.

use std::sync::Arc;

use super::accepted_pairs::AcceptedPairs;
use super::clusters::{Order, members};
use super::disk_clusters::{DiskClusters, store_members};
use super::extended::Extended;
use super::later_file::LaterFile;
use super::partners::partners;
use super::ranks::Ranks;
use super::{Clustering, DiskPairs, Found, whole_groups};
use crate::error::Error;
use crate::external::{Bits, Records};
use crate::join::edge::{Edge, split};
use crate::join::storage::memory_check::refused;
use crate::join::storage::scratch::ScratchDir;

/// Bytes that whole groups take for each document, and for each pair.
const BYTES_OF_GROUPED: u64 = 40;
const BYTES_OF_GROUPED_PAIR: u64 = 64;

impl DiskPairs {
    pub(super) fn clusters_by(&self, clustering: Clustering, ranks: Ranks) -> Result<DiskClusters, Error> {
        let (scratch, ranks) = (self.scratch()?, ranks.of_groups(self)?);
        let (accepted, mut later) = (AcceptedPairs(self), LaterFile::new(&scratch));
        loop {
            let mut removed = Bits::default();
            let extended = Extended { found: &accepted, later: &later };
            let members = members(&extended, clustering, &ranks, (Order::Document, &scratch))?;
            store_members(&scratch, members, |member| removed.set(split(member[0]).0))?;
            let has_more = match &self.crowded {
                Some(crowded) => {
                    let kept = |first| ranks.kept(first, &removed);
                    let found = crowded.join_kept(&self.segments, &scratch, kept, &|document| ranks.rank(document))?;
                    later.add(accepted.of_later(found, &scratch)?)?
                }
                None => false,
            };
            if !has_more {
                return self.read_back(scratch);
            }
        }
    }

    /// Finds the nearest duplicate of each document that has one, as
    /// [`VerifiedPairs::partners`](super::VerifiedPairs::partners) does: those to remove where none of a
    /// cluster is to be kept. A document's representative is its nearest duplicate. The limit on a second run is the same.
    ///
    /// # Errors
    /// [`Error::File`] if a file cannot be written or read.
    pub fn partners(&self) -> Result<DiskClusters, Error> {
        let scratch = self.scratch()?;
        self.store_clusters(partners(&AcceptedPairs(self), &scratch)?, scratch)
    }

    /// Works out the clusters that remove whole groups, as
    /// [`VerifiedPairs::clusters_of_groups`](super::VerifiedPairs::clusters_of_groups) does. `group_of` has the number of each
    /// document's group; a document of `u32::MAX`, or beyond its end, is a group of its own. The limit on a second run is the same.
    ///
    /// Takes 40 bytes a document and 64 a pair in memory.
    ///
    /// # Errors
    /// [`Error::File`] if a file cannot be written or read; [`Error::MemoryLimit`] if that takes more than the memory limit.
    pub fn clusters_of_groups<K: Ord>(&self, key: impl Fn(u32) -> K, group_of: &[u32]) -> Result<DiskClusters, Error> {
        let stats = self.stats();
        let (documents, pairs) = (u64::from(self.documents()), stats.verified + stats.contained);
        let needed = documents * BYTES_OF_GROUPED + pairs * BYTES_OF_GROUPED_PAIR;
        if needed > self.limit {
            let what = format!("to keep or remove the groups of {documents} documents with {pairs} pairs as a whole");
            refused(what, needed, self.limit, "raise the threshold")?;
        }
        let mut group_of = group_of.to_vec();
        group_of.resize(self.documents() as usize, whole_groups::NO_GROUP);
        let removed = whole_groups::removed(&AcceptedPairs(self), &Ranks::by_key(self.documents(), key), &group_of)?;
        let mut removed = removed.into_iter();
        self.store_clusters(EdgeRecords(&mut removed), self.scratch()?)
    }

    fn store_clusters(
        &self,
        members: impl Records<3, Error = Error>,
        scratch: ScratchDir,
    ) -> Result<DiskClusters, Error> {
        store_members(&scratch, members, |_| {})?;
        self.read_back(scratch)
    }

    fn read_back(&self, scratch: ScratchDir) -> Result<DiskClusters, Error> {
        Ok(DiskClusters { scratch, work: Arc::clone(self.result.work()), texts: self.same_texts()? })
    }
}

/// Edges in memory, as records.
struct EdgeRecords<'a>(&'a mut std::vec::IntoIter<Edge>);

impl Records<3> for EdgeRecords<'_> {
    type Error = Error;

    fn next(&mut self) -> Result<Option<[u64; 3]>, Error> {
        Ok(self.0.next().map(Edge::to_record))
    }
}
