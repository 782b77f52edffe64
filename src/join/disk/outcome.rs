//! What a join found, as files.

use std::path::{Path, PathBuf};

use smallvec::smallvec;

use super::frames::{FrameReader, FrameWriter, Kind, put};
use super::groups::Groups;
use super::segments::Segments;
use super::sorter::{Sorted, read_record};
use crate::error::Error;
use crate::pairs::{Edge, Group, JoinStats, VerifiedPairs};
use crate::similarity::Overlap;

/// The outcome of a [`DiskJoin`](crate::DiskJoin), on disk.
#[derive(Debug)]
pub struct DiskPairs {
    folder: PathBuf,
    segments: Segments,
    stats: JoinStats,
}

/// A verified pair of documents, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NumberedPair {
    /// The document that came first, numbered from 0.
    pub left: u32,
    /// The document that came later.
    pub right: u32,
    /// The sizes of their sets and of what they share.
    pub overlap: Overlap,
}

impl NumberedPair {
    /// The exact Jaccard similarity of their shingle sets, 0 to 1.
    #[must_use]
    pub fn jaccard(&self) -> f64 {
        self.overlap.jaccard()
    }
}

/// Copies as document and first document of its group; edges as [`EdgeRecord`](super::verify::EdgeRecord)s.
const COPIES: &str = "copies";
const EDGES: &str = "edges";

/// Writes what was found; returns what was done.
pub(super) fn write(
    folder: &Path,
    owner: u64,
    mut groups: Groups,
    mut edges: Sorted<3>,
    stats: JoinStats,
) -> Result<JoinStats, Error> {
    let mut verified = 0;
    let mut file = FrameWriter::create(&folder.join(EDGES), Kind::Numbers, owner)?;
    while let Some(edge) = edges.next()? {
        verified += 1;
        file.record(|bytes| put(bytes, &edge))?;
    }
    file.finish()?;
    let mut file = FrameWriter::create(&folder.join(COPIES), Kind::Numbers, owner)?;
    while let Some(copy) = groups.members.next()? {
        file.record(|bytes| put(bytes, &copy))?;
    }
    file.finish()?;
    let documents = u64::from(groups.documents);
    let Groups { empty, copies, shingles, .. } = groups;
    Ok(JoinStats { documents, empty, copies, shingles, verified, ..stats })
}

impl DiskPairs {
    pub(super) fn new(folder: PathBuf, segments: Segments, stats: JoinStats) -> Self {
        Self { folder, segments, stats }
    }

    /// What the join did.
    #[must_use]
    pub fn stats(&self) -> JoinStats {
        self.stats
    }

    /// The ids of all documents, in order.
    ///
    /// # Errors
    /// [`Error::File`], in place of an id, where a file cannot be read.
    pub fn ids(&self) -> impl Iterator<Item = Result<String, Error>> + '_ {
        let mut documents = self.segments.documents();
        std::iter::from_fn(move || documents.next().map(|next| next.map(|document| document.label.id)).transpose())
    }

    /// Verified pairs of distinct sets, each by its first document, ordered by left, then right document.
    ///
    /// # Errors
    /// [`Error::File`], at once or in place of a pair, where a file cannot be read.
    pub fn pairs(&mut self) -> Result<impl Iterator<Item = Result<NumberedPair, Error>> + use<>, Error> {
        let mut file = self.file(EDGES)?;
        Ok(std::iter::from_fn(move || read_record(&mut file).map(|record| record.map(numbered)).transpose()))
    }

    /// Each document whose set equals that of an earlier one, with the first such, in order.
    ///
    /// # Errors
    /// [`Error::File`], at once or in place of a document, where a file cannot be read.
    pub fn copies(&mut self) -> Result<impl Iterator<Item = Result<(u32, u32), Error>> + use<>, Error> {
        let mut file = self.file(COPIES)?;
        let copy = |[copy]: [u64; 1]| ((copy >> 32) as u32, copy as u32);
        Ok(std::iter::from_fn(move || read_record(&mut file).map(|record| record.map(copy)).transpose()))
    }

    fn file(&self, name: &str) -> Result<FrameReader, Error> {
        FrameReader::open(&self.folder.join(name), Kind::Numbers, self.segments.owner())
    }

    /// All of it in memory, as [`SimilarityJoin::finish`](crate::SimilarityJoin::finish) gives it: some 60 bytes a document and its id, and 32 a pair.
    ///
    /// # Errors
    /// [`Error::File`] where a file cannot be read.
    pub fn load(mut self) -> Result<VerifiedPairs<String>, Error> {
        let (mut ids, mut lengths, mut groups) = (Vec::new(), Vec::new(), Vec::<Group>::new());
        // The group of each document, and sizes of sets; an empty document is in none.
        let mut group_of = Vec::new();
        let mut copies = self.copies()?;
        let mut copy = copies.next().transpose()?;
        let mut documents = self.segments.documents();
        while let Some(document) = documents.next()? {
            let number = ids.len() as u32;
            let group = match copy {
                Some((member, first)) if member == number => {
                    copy = copies.next().transpose()?;
                    let group: u32 = group_of[first as usize];
                    groups[group as usize].members.push(number);
                    groups[group as usize].size = document.size;
                    group
                }
                _ if document.size == 0 => u32::MAX,
                _ => {
                    groups.push(Group { members: smallvec![number], size: 0 });
                    groups.len() as u32 - 1
                }
            };
            group_of.push(group);
            ids.push(document.label.id);
            lengths.push(document.label.bytes);
        }
        let pairs = self.pairs()?;
        let edge = |pair: NumberedPair| Edge {
            left: group_of[pair.left as usize],
            right: group_of[pair.right as usize],
            overlap: pair.overlap,
        };
        let edges = pairs.map(|pair| pair.map(edge)).collect::<Result<_, Error>>()?;
        Ok(VerifiedPairs { ids, lengths, groups, edges, stats: self.stats })
    }
}

fn numbered([pair, sizes, shared]: [u64; 3]) -> NumberedPair {
    let overlap = Overlap { left: (sizes >> 32) as usize, right: sizes as u32 as usize, shared: shared as usize };
    NumberedPair { left: (pair >> 32) as u32, right: pair as u32, overlap }
}
