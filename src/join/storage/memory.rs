//! Shingle sets in memory, with their signatures.

use super::arena::{Arena, Place};
use super::set_block::{Prepared, SetBlock};
use crate::minhash::MinHasher;
use crate::parallel;
use crate::set::{SortScratch, sort_distinct};
use crate::verify::SignedSet;

/// Where a set is.
#[derive(Clone, Copy, Debug)]
struct SetLocation {
    elements: Place,
    row: Place,
    length: u32,
    /// Whether its elements are sorted and distinct. They are sorted when they are first compared.
    sorted: bool,
}

/// Sets by number. Eight bytes a feature, and four a position of the signature.
///
/// Threads fill blocks of documents, which are [appended](Self::append), and the documents that are distinct sets are
/// [placed](Self::place). [`settle`](Self::settle) then moves all of these to where they stay, and gives the blocks back.
#[derive(Clone, Debug)]
pub(crate) struct Sets {
    width: usize,
    elements: Arena<u64>,
    rows: Arena<u32>,
    places: Vec<SetLocation>,
    /// Blocks whose sets are not settled. Their places are those in a block, whose number is that of the chunk.
    pending: Vec<SetBlock>,
    settled: usize,
}

/// A document of a pending block that is not a set of its own yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unplaced {
    location: SetLocation,
}

impl Sets {
    pub(crate) fn new(hasher: &MinHasher) -> Self {
        let (elements, rows) = (Arena::new(), Arena::new());
        Self { width: hasher.row_width(), elements, rows, places: Vec::new(), pending: Vec::new(), settled: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Returns the elements of a set: sorted and distinct if [`sort`](Self::sort) was called for it.
    pub(crate) fn get(&self, set: u32) -> &[u64] {
        let location = self.places[set as usize];
        match (set as usize) < self.settled {
            true => self.elements.get(location.elements, location.length as usize),
            false => self.pending_elements(location),
        }
    }

    pub(crate) fn row(&self, set: u32) -> &[u32] {
        let place = self.places[set as usize].row;
        match (set as usize) < self.settled {
            true => self.rows.get(place, self.width),
            false => &self.pending[place.chunk as usize].rows[place.start as usize..][..self.width],
        }
    }

    pub(crate) fn document(&self, set: u32) -> SignedSet<'_> {
        SignedSet { row: self.row(set), set: self.get(set) }
    }

    fn pending_elements(&self, location: SetLocation) -> &[u64] {
        let Place { chunk, start } = location.elements;
        &self.pending[chunk as usize].elements[start as usize..][..location.length as usize]
    }

    /// Adds a block, whose documents are then taken as [unplaced](Self::unplaced) and [placed](Self::place) or not, in order. Returns
    /// its documents.
    pub(crate) fn append(&mut self, mut block: SetBlock) -> Vec<Prepared> {
        let documents = std::mem::take(&mut block.documents);
        self.pending.push(block);
        documents
    }

    /// Returns a document of the block that was appended last, by its number there.
    pub(crate) fn unplaced(&self, document: Prepared, number: usize) -> Unplaced {
        let chunk = self.pending.len() as u32 - 1;
        let elements = Place { chunk, start: document.start as u32 };
        let row = Place { chunk, start: (number * self.width) as u32 };
        Unplaced { location: SetLocation { elements, row, length: document.length as u32, sorted: false } }
    }

    pub(crate) fn elements_of(&self, unplaced: Unplaced) -> &[u64] {
        self.pending_elements(unplaced.location)
    }

    pub(crate) fn sort_unplaced(&mut self, unplaced: &mut Unplaced) {
        sort_pending(&mut self.pending, &mut unplaced.location);
    }

    /// Makes a document a set, and returns its number.
    pub(crate) fn place(&mut self, unplaced: Unplaced) -> u32 {
        self.places.push(unplaced.location);
        self.places.len() as u32 - 1
    }

    /// Moves what was placed to where it stays, in parallel. Returns the blocks, which can be filled again: memory that was written to
    /// before costs less than new memory.
    pub(crate) fn settle(&mut self) -> Vec<SetBlock> {
        let Self { width, elements, rows, places, pending, settled } = self;
        let new = &mut places[*settled..];
        let old: Vec<SetLocation> = new.to_vec();
        for location in &mut *new {
            location.elements = elements.reserve(location.length as usize);
            location.row = rows.reserve(*width);
        }
        let elements = elements.get_all_mut(new.iter().map(|location| (location.elements, location.length as usize)));
        let rows = rows.get_all_mut(new.iter().map(|location| (location.row, *width)));
        let work: Vec<_> = old.into_iter().zip(elements).zip(rows).collect();
        parallel::map_owned(
            work,
            || (),
            |((from, elements), row), ()| {
                let block = &pending[from.elements.chunk as usize];
                elements.copy_from_slice(&block.elements[from.elements.start as usize..][..elements.len()]);
                row.copy_from_slice(&block.rows[from.row.start as usize..][..row.len()]);
            },
        );
        *settled = places.len();
        std::mem::take(pending)
    }

    /// Sorts one set.
    pub(crate) fn sort(&mut self, set: u32) {
        let location = &mut self.places[set as usize];
        if set as usize >= self.settled {
            sort_pending(&mut self.pending, location);
        } else if !location.sorted {
            let elements = self.elements.get_mut(location.elements, location.length as usize);
            location.length = sort_distinct(elements, &mut SortScratch::default()) as u32;
            location.sorted = true;
        }
    }

    /// Sorts those of some settled sets, each there once, that are not sorted yet, in parallel.
    pub(crate) fn sort_all(&mut self, mut sets: Vec<u32>) {
        let Self { elements, places, .. } = self;
        sets.retain(|&set| !places[set as usize].sorted);
        // Sets are numbered in the order in which they were settled.
        sets.sort_unstable();
        let location = |&set: &u32| (places[set as usize].elements, places[set as usize].length as usize);
        let unsorted = elements.get_all_mut(sets.iter().map(location));
        let lengths = parallel::map_owned(unsorted, SortScratch::default, sort_distinct);
        for (&set, length) in sets.iter().zip(lengths) {
            let location = &mut places[set as usize];
            (location.length, location.sorted) = (length as u32, true);
        }
    }
}

fn sort_pending(pending: &mut [SetBlock], location: &mut SetLocation) {
    if !location.sorted {
        let Place { chunk, start } = location.elements;
        let elements = &mut pending[chunk as usize].elements[start as usize..][..location.length as usize];
        location.length = sort_distinct(elements, &mut SortScratch::default()) as u32;
        location.sorted = true;
    }
}
