//! Which documents have equal sets.

use super::segments::Segments;
use super::sorter::{Records, Sorted};
use super::work::Work;
use crate::error::Error;
use crate::join::pairing::Pairing;
use crate::join::progress::{Stage, Watch};
use crate::mix::mix64;

/// One bit a document.
#[derive(Clone, Debug, Default)]
pub(super) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    pub(super) fn set(&mut self, at: u32) {
        let word = at as usize / 64;
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (at % 64);
    }

    pub(super) fn get(&self, at: u32) -> bool {
        self.words.get(at as usize / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }
}

/// The groups of documents with equal sets, each by its first document.
#[derive(Debug)]
pub(super) struct Groups {
    /// The first documents of groups, one or several.
    pub(super) firsts: Bits,
    pub(super) documents: u32,
    pub(super) empty: u64,
    pub(super) copies: u64,
    pub(super) shingles: u64,
    /// A hash of all sets, and of where their documents are from.
    pub(super) content: u64,
    /// Further documents of groups, each before the first of its group, in ascending order.
    pub(super) members: Sorted<1>,
}

/// Finds equal sets by 128 bits of XXH3: that unequal ones share these among a billion documents has a chance of 2^-69.
pub(super) fn find(
    segments: &Segments,
    pairing: &Pairing,
    work: &Work,
    watch: &mut Watch<'_>,
) -> Result<Groups, Error> {
    watch.step(Stage::Grouping, 0, 2)?;
    let mut by_hash = work.sorter::<3>("hashes");
    let (mut documents, mut empty, mut shingles, mut content) = (0_u32, 0, 0, 0);
    let mut stored = segments.documents();
    while let Some(document) = stored.next()? {
        if document.known.size == 0 {
            empty += 1;
        } else {
            let (hash, class) = (document.known.set_hash, pairing.class(documents));
            by_hash.push([(hash >> 64) as u64 ^ mix64(class), hash as u64, u64::from(documents)])?;
        }
        content = mix64(content ^ document.known.set_hash as u64);
        content = mix64(content ^ document.label.origin.block).wrapping_add(mix64(document.label.origin.source));
        shingles += document.known.shingles;
        documents += 1;
    }
    watch.step(Stage::Grouping, 1, 2)?;
    let mut sorted = by_hash.finish()?;
    let mut members = work.small_sorter::<1>("members");
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
    Ok(Groups { firsts, documents, empty, copies, shingles, content, members: members.finish()? })
}
