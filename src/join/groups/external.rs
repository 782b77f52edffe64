//! Finds equal sets on disk by sorting their hashes.

use crate::error::Error;
use crate::external::{Bits, Records, Sort, Sorted, Sorters};
use crate::join::edge::{MemberRecord, join, split};
use crate::join::origin::PairFilter;
use crate::join::progress::{Stage, Watch};
use crate::join::storage::band_keys::SegmentHash;
use crate::join::storage::scratch::ScratchDir;
use crate::join::storage::segments::{DocumentKey, DocumentRecord, Documents, Segments};
use crate::mix::mix64;

/// What the content hash is of, as a number that changes with it.
pub(crate) const CONTENT_VERSION: u64 = 2;

/// The groups of documents with equal sets, each by its first document.
#[derive(Debug)]
pub(crate) struct Groups {
    /// The first documents of groups, one or several.
    pub(crate) firsts: Bits,
    pub(crate) documents: u32,
    pub(crate) empty: u64,
    /// Documents whose sets equal earlier ones.
    pub(crate) equal_sets: u64,
    /// Those of them whose texts do too.
    pub(crate) copies: u64,
    pub(crate) shingles: u64,
    /// A hash of all sets, of the texts and shingle counts that they were made of, and of where their documents are from.
    pub(crate) content: u64,
    /// A hash of the sets of each segment.
    pub(crate) segment_hashes: Vec<SegmentHash>,
    /// Further documents of groups, each before the first of its group, in ascending order; and the first with the same text.
    pub(crate) members: Sorted<2>,
}

/// Finds equal sets by their [keyed hashes](crate::join::storage::set_key).
pub(crate) fn find(
    segments: &Segments,
    filter: &PairFilter,
    scratch: &ScratchDir,
    watch: &mut Watch<'_>,
) -> Result<Groups, Error> {
    watch.step(Stage::Grouping, 0, 2)?;
    let mut by_hash = scratch.sorter::<4>("hashes");
    let (mut documents, mut empty, mut shingles, mut content) = (0_u32, 0, 0, CONTENT_VERSION);
    let mut stored = segments.documents();
    let mut segment_hashes = vec![SegmentHash::default(); segments.count() as usize];
    while let Some(DocumentRecord { key: DocumentKey { origin, .. }, set }) = stored.next()? {
        segment_hashes[stored.segment()].add(&set);
        if set.size == 0 {
            empty += 1;
        } else {
            let (hash, class) = (set.set_hash, filter.group_class(documents));
            by_hash.push([(hash >> 64) as u64 ^ mix64(class), hash as u64, u64::from(documents), set.text])?;
        }
        content = mix64(content ^ set.set_hash as u64);
        content = mix64(content ^ set.text).wrapping_add(set.shingles);
        content = mix64(content ^ origin.block).wrapping_add(mix64(origin.source));
        shingles += set.shingles;
        documents += 1;
    }
    watch.step(Stage::Grouping, 1, 2)?;
    let mut sorted = by_hash.finish()?;
    let mut texts = scratch.small_sorter::<3>("texts");
    let mut firsts = Bits::default();
    let mut equal_sets = 0;
    // The hash of the set, its first document, and the hash of that one's text until it is passed on.
    let mut group: Option<([u64; 2], u64, Option<u64>)> = None;
    while let Some([upper, lower, document, text]) = sorted.next()? {
        match &mut group {
            Some((hash, first, first_text)) if *hash == [upper, lower] => {
                if let Some(first_text) = first_text.take() {
                    texts.push([*first, first_text, *first])?;
                }
                equal_sets += 1;
                texts.push([*first, text, document])?;
            }
            _ => {
                firsts.set(document as u32);
                group = Some(([upper, lower], document, Some(text)));
            }
        }
    }
    drop(sorted);
    let (members, copies) = by_text(texts.finish()?, scratch)?;
    Ok(Groups { firsts, documents, empty, equal_sets, copies, shingles, content, segment_hashes, members })
}

/// Finds the first document with each text of a group. Records are the first document of the group, the hash of the text, and the document.
/// Returns the members by document, and how many have the text of an earlier one.
fn by_text(mut texts: Sorted<3>, scratch: &ScratchDir) -> Result<(Sorted<2>, u64), Error> {
    let mut members = scratch.small_sorter::<2>("members");
    let (mut copies, mut same) = (0, None);
    while let Some([first, text, document]) = texts.next()? {
        let same_text = match same {
            Some((of, same_text)) if of == [first, text] => same_text,
            _ => document,
        };
        same = Some(([first, text], same_text));
        copies += u64::from(same_text != document);
        if document != first {
            members.push([join(document as u32, first as u32), same_text])?;
        }
    }
    drop(texts);
    Ok((members.finish()?, copies))
}

/// Adds to each member the size of its set.
pub(crate) fn with_sizes(members: Sorted<2>, segments: &Segments) -> WithSizes {
    WithSizes { members, documents: segments.documents() }
}

/// Members with the sizes of their sets.
pub(crate) struct WithSizes {
    members: Sorted<2>,
    documents: Documents,
}

impl Records<2> for WithSizes {
    type Error = Error;

    fn next(&mut self) -> Result<Option<MemberRecord>, Error> {
        let Some([member, same_text]) = self.members.next()? else { return Ok(None) };
        let (document, _) = split(member);
        Ok(Some([member, join(same_text as u32, self.documents.at(document)?.set.size)]))
    }
}
