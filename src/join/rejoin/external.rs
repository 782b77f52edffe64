//! Joins kept documents again on disk.

use std::ops::ControlFlow;

use ahash::AHashMap;

use super::memory::Crowded;
use crate::error::Error;
use crate::external::{Bits, Kind, Records, Sort, Sorted, Sorters};
use crate::join::candidates::external::{Candidates, Finder, Parameters};
use crate::join::edge::{Edge, join, next_edge};
use crate::join::groups::external::Groups;
use crate::join::origin::PairFilter;
use crate::join::progress::Watch;
use crate::join::settings::JoinSettings;
use crate::join::storage::band_keys::{BandKeyWriter, SegmentHash};
use crate::join::storage::scratch::ScratchDir;
use crate::join::storage::segments::Segments;
use crate::join::verify::chunk_edges::ChunkEdges;
use crate::join::verify::passes::{ChunkHomes, Verifier};
use crate::mix::mix64;

/// What it takes to join the documents of oversized buckets once more.
#[derive(Debug)]
pub(crate) struct CrowdedOnDisk {
    pub(crate) settings: JoinSettings,
    /// Knows where all documents are from.
    pub(crate) filter: PairFilter,
    pub(crate) keys: BandKeyWriter,
    pub(crate) parameters: Parameters,
    /// The candidates of the join, which know the documents.
    pub(crate) candidates: Candidates,
    pub(crate) documents: u32,
    pub(crate) segment_hashes: Vec<SegmentHash>,
}

impl CrowdedOnDisk {
    /// Joins the kept documents, and returns the verified pairs of first documents, sorted. `kept` says of a first document which one of
    /// its group is kept, if any is: a second run would have them in the order of these. `rank` says how preferred such a document is.
    pub(crate) fn join_kept(
        &self,
        segments: &Segments,
        scratch: &ScratchDir,
        kept: impl Fn(u32) -> Option<u32>,
        rank: &(dyn Fn(u32) -> u32 + Sync),
    ) -> Result<Sorted<3>, Error> {
        let (groups, firsts) = self.kept_groups(kept, rank)?;
        let Self { filter, keys, parameters, .. } = self;
        let (mut go_on, work) = (|_| ControlFlow::Continue(()), segments.work());
        let watch = &mut Watch::new(&mut go_on);
        let finder =
            Finder { segments, keys, groups: &groups, filter, parameters: *parameters, rank: Some(rank), scratch };
        let candidates = Candidates::new(work, Kind::Rejoined, finder.owner());
        finder.find(&candidates, watch)?;
        let criterion = self.settings.criterion();
        let verifier =
            Verifier { segments, keys, groups: &groups, criterion, known: None, scratch, homes: ChunkHomes::One(work) };
        let (mut verified, _) = verifier.edges(&candidates, watch)?;
        let mut edges = scratch.sorter::<3>("found-later");
        while let Some(edge) = next_edge(&mut verified)? {
            let first = |document: u32| firsts.get(&document).copied().unwrap_or(document);
            edges.push(Edge { left: first(edge.left), right: first(edge.right), ..edge }.ordered().to_record())?;
        }
        drop(verified);
        ChunkEdges::remove_all(work)?;
        edges.finish()
    }

    /// Returns the kept documents of oversized buckets as groups, and the first documents of those that are not first themselves.
    fn kept_groups(
        &self,
        kept: impl Fn(u32) -> Option<u32>,
        rank: &dyn Fn(u32) -> u32,
    ) -> Result<(Groups, AHashMap<u32, u32>), Error> {
        let (mut documents, mut content) = (Bits::default(), 0);
        let mut firsts = AHashMap::new();
        let mut crowd = self.candidates.crowd()?;
        while let Some([first]) = crowd.next()? {
            let first = first as u32;
            let Some(document) = kept(first) else { continue };
            documents.set(document);
            if document != first {
                firsts.insert(document, first);
            }
            content = mix64(content ^ join(document, rank(document))).wrapping_add(1);
        }
        let groups = Groups {
            firsts: documents,
            documents: self.documents,
            empty: 0,
            equal_sets: 0,
            copies: 0,
            shingles: 0,
            content,
            segment_hashes: self.segment_hashes.clone(),
            members: Sorted::default(),
        };
        Ok((groups, firsts))
    }

    /// Reads the sets of oversized buckets into memory.
    pub(crate) fn load(&self, segments: &Segments) -> Result<Crowded, Error> {
        let mut crowded = Crowded::new(self.settings.clone());
        let (mut documents, mut sets) = (segments.documents(), segments.sets());
        let (mut crowd, mut number, mut set) = (self.candidates.crowd()?, 0, Vec::new());
        let mut next = crowd.next()?;
        while let Some(document) = documents.next()? {
            if next == Some([number]) {
                set.clear();
                sets.append(document.set.size as usize, document.set.check(), &mut set)?;
                crowded.push(number as u32, document.key.origin, &set);
                next = crowd.next()?;
            } else {
                sets.pass(document.set.size as usize)?;
            }
            number += 1;
        }
        Ok(crowded)
    }
}
