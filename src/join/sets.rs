//! Shingle sets with their signatures, in the blocks of memory in which threads made them.

use crate::minhash::{EMPTY, MinHasher};
use crate::mix::row_hash;
use crate::parallel;
use crate::set::{SortScratch, sort_distinct};
use crate::verify::SignedSet;

/// Documents that one thread made ready. What it holds is never copied into a larger block.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    /// The features of all documents, one after the other.
    elements: Vec<u64>,
    /// Their signatures.
    rows: Vec<u32>,
    documents: Vec<Prepared>,
}

/// A document in a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prepared {
    start: usize,
    pub(super) length: usize,
    /// The hash of its signature: sets that are equal have the same one, and most others do not.
    pub(super) row_hash: u64,
}

impl Block {
    /// A block of one document.
    pub(super) fn of(hasher: &MinHasher, features: &[u64]) -> Self {
        let mut block = Self::default();
        block.push(hasher, features);
        block
    }

    /// Forgets all documents, but keeps the memory.
    pub(super) fn clear(&mut self) {
        self.elements.clear();
        self.rows.clear();
        self.documents.clear();
    }

    /// Adds a document's features, as they come, and signs them.
    pub(super) fn push(&mut self, hasher: &MinHasher, features: &[u64]) {
        self.push_with(hasher, |elements| elements.extend_from_slice(features));
    }

    /// Adds a document by what appends its features, and signs them.
    pub(super) fn push_with(&mut self, hasher: &MinHasher, append: impl FnOnce(&mut Vec<u64>)) {
        let (start, row) = (self.elements.len(), self.rows.len());
        append(&mut self.elements);
        let features = &self.elements[start..];
        self.rows.resize(row + hasher.num_hashes(), EMPTY);
        let row = &mut self.rows[row..];
        hasher.update_row(features, row);
        self.documents.push(Prepared { start, length: features.len(), row_hash: row_hash(row) });
    }
}

impl Block {
    /// Shows all documents: how many features came, the sorted and distinct ones, and the row.
    pub(super) fn for_each_sorted(&mut self, width: usize, mut show: impl FnMut(usize, &[u64], &[u32])) {
        let mut scratch = SortScratch::default();
        for (document, row) in self.documents.iter().zip(self.rows.chunks_exact(width)) {
            let elements = &mut self.elements[document.start..][..document.length];
            let length = sort_distinct(elements, &mut scratch);
            show(document.length, &elements[..length], row);
        }
    }
}

impl Block {
    /// Moves the documents that were kept together, and frees what the others hold, unless further ones came behind them.
    fn keep(&mut self, width: usize, kept: &mut [Place], opened: &Opened) {
        if self.rows.len() != (opened.rows + opened.documents.len()) * width {
            return;
        }
        let mut end = opened.elements;
        for (row, place) in (opened.rows..).zip(kept.iter_mut()) {
            let length = place.length as usize;
            self.elements.copy_within(place.start..place.start + length, end);
            self.rows.copy_within(place.row as usize * width..(place.row as usize + 1) * width, row * width);
            (place.start, place.row) = (end, row as u32);
            end += length;
        }
        self.elements.truncate(end);
        self.rows.truncate((opened.rows + kept.len()) * width);
        if opened.elements == 0 {
            self.elements.shrink_to_fit();
            self.rows.shrink_to_fit();
        }
    }
}

/// Where a set is.
#[derive(Clone, Copy, Debug)]
struct Place {
    block: u32,
    /// Its row in the block.
    row: u32,
    start: usize,
    length: u32,
    /// Whether its elements are sorted and distinct; until someone wants that, they are as they came.
    sorted: bool,
}

/// Sets by number. Eight bytes a feature, and four a position of the signature.
#[derive(Clone, Debug)]
pub(super) struct Sets {
    width: usize,
    blocks: Vec<Block>,
    places: Vec<Place>,
}

/// Documents of the last block, which are being added.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) documents: Vec<Prepared>,
    /// Elements and rows that were in the block before them.
    elements: usize,
    rows: usize,
    /// Sets that there were before them.
    first: usize,
    /// The block that they are in.
    block: u32,
}

/// Blocks of few elements fill up the one before until that has many: a megabyte.
const FEW: usize = 1 << 13;
const SHARED: usize = 1 << 17;

/// A document of the block that was added last, and is not a set of its own yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrived {
    place: Place,
}

impl Sets {
    pub(super) fn new(hasher: &MinHasher) -> Self {
        Self { width: hasher.num_hashes(), blocks: Vec::new(), places: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// The elements of a set, sorted and distinct if [`sort`](Self::sort) was asked for it.
    pub(super) fn get(&self, set: u32) -> &[u64] {
        self.elements(self.places[set as usize])
    }

    pub(super) fn row(&self, set: u32) -> &[u32] {
        let place = self.places[set as usize];
        &self.blocks[place.block as usize].rows[place.row as usize * self.width..][..self.width]
    }

    pub(super) fn document(&self, set: u32) -> SignedSet<'_> {
        SignedSet { row: self.row(set), set: self.get(set) }
    }

    fn elements(&self, place: Place) -> &[u64] {
        &self.blocks[place.block as usize].elements[place.start..][..place.length as usize]
    }

    /// Adds a block, whose documents are then [looked at](Self::arrived) and [kept](Self::keep) or not, in order, and
    /// [`close`](Self::close)d. Returns its documents.
    pub(super) fn open(&mut self, mut block: Block) -> Opened {
        let mut documents = std::mem::take(&mut block.documents);
        let (mut elements, mut rows) = (0, 0);
        match self.blocks.last_mut() {
            // Documents that come one by one share blocks.
            Some(last) if block.elements.len() < FEW && last.elements.len() < SHARED => {
                (elements, rows) = (last.elements.len(), last.rows.len() / self.width);
                last.elements.append(&mut block.elements);
                last.rows.append(&mut block.rows);
            }
            _ => self.blocks.push(block),
        }
        documents.iter_mut().for_each(|document| document.start += elements);
        Opened { documents, elements, rows, first: self.places.len(), block: self.blocks.len() as u32 - 1 }
    }

    pub(super) fn arrived(&self, opened: &Opened, number: usize) -> Arrived {
        let (document, block) = (opened.documents[number], self.blocks.len() as u32 - 1);
        let (row, length) = ((opened.rows + number) as u32, document.length as u32);
        Arrived { place: Place { block, row, start: document.start, length, sorted: false } }
    }

    pub(super) fn elements_of(&self, arrived: Arrived) -> &[u64] {
        self.elements(arrived.place)
    }

    pub(super) fn sort_arrived(&mut self, arrived: &mut Arrived) {
        sort(&mut self.blocks, &mut arrived.place);
    }

    /// Makes a document a set, and returns its number.
    pub(super) fn keep(&mut self, arrived: Arrived) -> u32 {
        self.places.push(arrived.place);
        self.places.len() as u32 - 1
    }

    /// Frees, in parallel, what documents hold that were not kept.
    pub(super) fn close(&mut self, opened: Vec<Opened>) {
        let Some(first) = opened.first().map(|opened| opened.first) else { return };
        let (mut blocks, mut places) = (&mut self.blocks[..], &mut self.places[first..]);
        let mut work = Vec::new();
        // From the last one back, for each ends where the next begins. Only the first can share its block with others.
        for opened in opened.into_iter().rev() {
            let (rest, kept) = places.split_at_mut(opened.first - first);
            places = rest;
            let number = opened.block as usize;
            if kept.len() < opened.documents.len() && number < blocks.len() {
                let (rest, this) = blocks.split_at_mut(number);
                blocks = rest;
                work.extend(this.first_mut().map(|block| (block, kept, opened)));
            }
        }
        let width = self.width;
        parallel::map_owned(work, || (), |(block, kept, opened), ()| block.keep(width, kept, &opened));
    }

    /// Sorts one set.
    pub(super) fn sort(&mut self, set: u32) {
        sort(&mut self.blocks, &mut self.places[set as usize]);
    }

    /// Sorts those of some sets, each there once, that are not sorted yet, in parallel.
    pub(super) fn sort_all(&mut self, mut sets: Vec<u32>) {
        let Self { blocks, places, .. } = self;
        sets.retain(|&set| !places[set as usize].sorted);
        // Sets are numbered in the order of blocks.
        sets.sort_unstable();
        let mut of_block = sets.chunk_by(|a, b| places[*a as usize].block == places[*b as usize].block).peekable();
        let mut work = Vec::new();
        for (number, block) in blocks.iter_mut().enumerate() {
            if let Some(sets) = of_block.next_if(|sets| places[sets[0] as usize].block as usize == number) {
                work.push((block, sets));
            }
        }
        let sorted = parallel::map_owned(work, SortScratch::default, |(block, sets), scratch| {
            let sort = |set: &u32| {
                let place = places[*set as usize];
                sort_distinct(&mut block.elements[place.start..][..place.length as usize], scratch) as u32
            };
            sets.iter().map(sort).collect::<Vec<u32>>()
        });
        for (set, length) in sets.iter().zip(sorted.into_iter().flatten()) {
            let place = &mut places[*set as usize];
            (place.length, place.sorted) = (length, true);
        }
    }
}

fn sort(blocks: &mut [Block], place: &mut Place) {
    if !place.sorted {
        let elements = &mut blocks[place.block as usize].elements[place.start..][..place.length as usize];
        place.length = sort_distinct(elements, &mut SortScratch::default()) as u32;
        place.sorted = true;
    }
}
