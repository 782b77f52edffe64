//! Finds equal sets on disk by sorting their hashes.

use crate::error::Error;
use crate::external::{Bits, Records, Sort, Sorted, Sorters};
use crate::join::edge::{CopyRecord, split};
use crate::join::origin::PairFilter;
use crate::join::progress::{Stage, Watch};
use crate::join::storage::band_keys::SegmentHash;
use crate::join::storage::scratch::ScratchDir;
use crate::join::storage::segments::{Documents, Segments};
use crate::mix::mix64;

/// The groups of documents with equal sets, each by its first document.
#[derive(Debug)]
pub(crate) struct Groups {
    /// The first documents of groups, one or several.
    pub(crate) firsts: Bits,
    pub(crate) documents: u32,
    pub(crate) empty: u64,
    pub(crate) copies: u64,
    pub(crate) shingles: u64,
    /// A hash of all sets, and of where their documents are from.
    pub(crate) content: u64,
    /// A hash of the sets of each segment.
    pub(crate) segment_hashes: Vec<SegmentHash>,
    /// Further documents of groups, each before the first of its group, in ascending order.
    pub(crate) members: Sorted<1>,
}

/// Finds equal sets by their [keyed hashes](crate::join::storage::set_key).
pub(crate) fn find(
    segments: &Segments,
    filter: &PairFilter,
    scratch: &ScratchDir,
    watch: &mut Watch<'_>,
) -> Result<Groups, Error> {
    watch.step(Stage::Grouping, 0, 2)?;
    let mut by_hash = scratch.sorter::<3>("hashes");
    let (mut documents, mut empty, mut shingles, mut content) = (0_u32, 0, 0, 0);
    let mut stored = segments.documents();
    let mut segment_hashes = vec![SegmentHash::default(); segments.count() as usize];
    while let Some(document) = stored.next()? {
        segment_hashes[stored.segment()].add(&document.set);
        if document.set.size == 0 {
            empty += 1;
        } else {
            let (hash, class) = (document.set.set_hash, filter.group_class(documents));
            by_hash.push([(hash >> 64) as u64 ^ mix64(class), hash as u64, u64::from(documents)])?;
        }
        content = mix64(content ^ document.set.set_hash as u64);
        content = mix64(content ^ document.key.origin.block).wrapping_add(mix64(document.key.origin.source));
        shingles += document.set.shingles;
        documents += 1;
    }
    watch.step(Stage::Grouping, 1, 2)?;
    let mut sorted = by_hash.finish()?;
    let mut members = scratch.small_sorter::<1>("members");
    let mut firsts = Bits::default();
    let (mut copies, mut group) = (0, None);
    while let Some([upper, lower, document]) = sorted.next()? {
        match group {
            Some((hash, first)) if hash == [upper, lower] => {
                copies += 1;
                members.push([document << 32 | first])?;
            }
            _ => {
                firsts.set(document as u32);
                group = Some(([upper, lower], document));
            }
        }
    }
    drop(sorted);
    let members = members.finish()?;
    Ok(Groups { firsts, documents, empty, copies, shingles, content, segment_hashes, members })
}

/// Adds to each copy the size of its set.
pub(crate) fn with_sizes(members: Sorted<1>, segments: &Segments) -> WithSizes {
    WithSizes { members, documents: segments.documents() }
}

/// Copies with the sizes of their sets.
pub(crate) struct WithSizes {
    members: Sorted<1>,
    documents: Documents,
}

impl Records<2> for WithSizes {
    type Error = Error;

    fn next(&mut self) -> Result<Option<CopyRecord>, Error> {
        let Some([copy]) = self.members.next()? else { return Ok(None) };
        let (document, _) = split(copy);
        Ok(Some([copy, u64::from(self.documents.at(document)?.set.size)]))
    }
}
