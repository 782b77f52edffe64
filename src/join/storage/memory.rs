//! Shingle sets with their signatures, in the blocks of memory that threads made them in.

use crate::minhash::{EMPTY, MinHasher};
use crate::mix::row_hash;
use crate::parallel;
use crate::set::{SortScratch, sort_distinct};
use crate::verify::SignedSet;

/// The number of bytes that are gathered before they are hashed.
pub(crate) const BATCH_BYTES: usize = 4 << 20;

/// Buffers of more bytes are not kept for reuse.
pub(crate) const MAX_SPARE_BYTES: usize = 2 * BATCH_BYTES;

/// Documents that one thread made ready. What it holds is never copied into a larger block.
#[derive(Clone, Debug, Default)]
pub(crate) struct SetBlock {
    /// The features of all documents, one after the other.
    elements: Vec<u64>,
    /// Their signatures.
    rows: Vec<u32>,
    documents: Vec<Prepared>,
}

/// A document in a block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prepared {
    start: usize,
    pub(crate) length: usize,
    /// The hash of its signature: sets that are equal have the same one, and most others do not.
    pub(crate) row_hash: u64,
    /// The hash of its normalized text, or [`NO_TEXT`].
    pub(crate) text: u64,
}

/// The hash of the text of a document that has none, only features.
pub(crate) const NO_TEXT: u64 = 0;

impl SetBlock {
    /// Creates a block of one document, by what [adds it](Self::push_with).
    pub(crate) fn with(hasher: &MinHasher, append: impl FnOnce(&mut Vec<u64>) -> u64) -> Self {
        let mut block = Self::default();
        block.push_with(hasher, append);
        block
    }

    /// Returns the bytes that it takes, used or not.
    #[cfg(feature = "disk")]
    pub(crate) fn bytes(&self) -> usize {
        self.elements.capacity() * size_of::<u64>() + self.rows.capacity() * size_of::<u32>()
    }

    /// Forgets all documents, but keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.elements.clear();
        self.rows.clear();
        self.documents.clear();
    }

    /// Adds a document's features, as they come, and signs them.
    pub(crate) fn push(&mut self, hasher: &MinHasher, features: &[u64]) {
        self.push_with(hasher, |elements| {
            elements.extend_from_slice(features);
            NO_TEXT
        });
    }

    /// Adds a document by what appends its features and returns the hash of its text, and signs them.
    pub(crate) fn push_with(&mut self, hasher: &MinHasher, append: impl FnOnce(&mut Vec<u64>) -> u64) {
        let (start, row) = (self.elements.len(), self.rows.len());
        let text = append(&mut self.elements);
        let features = &self.elements[start..];
        self.rows.resize(row + hasher.num_hashes(), EMPTY);
        let row = &mut self.rows[row..];
        hasher.update_row(features, row);
        self.documents.push(Prepared { start, length: features.len(), row_hash: row_hash(row), text });
    }
}

impl SetBlock {
    #[cfg(feature = "disk")]
    /// Shows all documents: what came, the sorted and distinct features, and the row.
    pub(crate) fn for_each_sorted(&mut self, width: usize, mut show: impl FnMut(Prepared, &[u64], &[u32])) {
        let mut scratch = SortScratch::default();
        for (document, row) in self.documents.iter().zip(self.rows.chunks_exact(width)) {
            let elements = &mut self.elements[document.start..][..document.length];
            let length = sort_distinct(elements, &mut scratch);
            show(*document, &elements[..length], row);
        }
    }
}

impl SetBlock {
    /// Moves the documents that were kept together, and frees what the others hold, unless further ones came behind them.
    fn compact(&mut self, width: usize, kept: &mut [SetLocation], appended: &AppendedBlock) {
        if self.rows.len() != (appended.rows + appended.documents.len()) * width {
            return;
        }
        let mut end = appended.elements;
        for (row, place) in (appended.rows..).zip(kept.iter_mut()) {
            let length = place.length as usize;
            self.elements.copy_within(place.start..place.start + length, end);
            self.rows.copy_within(place.row as usize * width..(place.row as usize + 1) * width, row * width);
            (place.start, place.row) = (end, row as u32);
            end += length;
        }
        self.elements.truncate(end);
        self.rows.truncate((appended.rows + kept.len()) * width);
        if appended.elements == 0 {
            self.elements.shrink_to_fit();
            self.rows.shrink_to_fit();
        }
    }
}

/// Where a set is.
#[derive(Clone, Copy, Debug)]
struct SetLocation {
    block: u32,
    /// Its row in the block.
    row: u32,
    start: usize,
    length: u32,
    /// Whether its elements are sorted and distinct. They are sorted when they are first compared.
    sorted: bool,
}

/// Sets by number. Eight bytes a feature, and four a position of the signature.
#[derive(Clone, Debug)]
pub(crate) struct Sets {
    width: usize,
    blocks: Vec<SetBlock>,
    places: Vec<SetLocation>,
}

/// Documents of the last block, which are being added.
#[derive(Debug)]
pub(crate) struct AppendedBlock {
    pub(crate) documents: Vec<Prepared>,
    /// Elements and rows that were in the block before them.
    elements: usize,
    rows: usize,
    /// Sets that there were before them.
    first: usize,
    /// The block that they are in.
    block: u32,
}

/// Blocks of few elements fill up the one before until that has many: a megabyte.
const SMALL_BLOCK: usize = 1 << 13;
const SHARED_BLOCK: usize = 1 << 17;

/// A document of the block that was added last, and is not a set of its own yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unplaced {
    place: SetLocation,
}

impl Sets {
    pub(crate) fn new(hasher: &MinHasher) -> Self {
        Self { width: hasher.num_hashes(), blocks: Vec::new(), places: Vec::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Returns the elements of a set: sorted and distinct if [`sort`](Self::sort) was called for it.
    pub(crate) fn get(&self, set: u32) -> &[u64] {
        self.elements(self.places[set as usize])
    }

    pub(crate) fn row(&self, set: u32) -> &[u32] {
        let place = self.places[set as usize];
        &self.blocks[place.block as usize].rows[place.row as usize * self.width..][..self.width]
    }

    pub(crate) fn document(&self, set: u32) -> SignedSet<'_> {
        SignedSet { row: self.row(set), set: self.get(set) }
    }

    fn elements(&self, place: SetLocation) -> &[u64] {
        &self.blocks[place.block as usize].elements[place.start..][..place.length as usize]
    }

    /// Adds a block, whose documents are then taken as [unplaced](Self::unplaced) and [placed](Self::place) or not, in order, and
    /// [compacted](Self::compact). Returns its documents.
    pub(crate) fn append(&mut self, mut block: SetBlock) -> AppendedBlock {
        let mut documents = std::mem::take(&mut block.documents);
        let (mut elements, mut rows) = (0, 0);
        match self.blocks.last_mut() {
            // Documents that come one by one share blocks.
            Some(last) if block.elements.len() < SMALL_BLOCK && last.elements.len() < SHARED_BLOCK => {
                (elements, rows) = (last.elements.len(), last.rows.len() / self.width);
                last.elements.append(&mut block.elements);
                last.rows.append(&mut block.rows);
            }
            _ => self.blocks.push(block),
        }
        documents.iter_mut().for_each(|document| document.start += elements);
        AppendedBlock { documents, elements, rows, first: self.places.len(), block: self.blocks.len() as u32 - 1 }
    }

    pub(crate) fn unplaced(&self, appended: &AppendedBlock, number: usize) -> Unplaced {
        let (document, block) = (appended.documents[number], self.blocks.len() as u32 - 1);
        let (row, length) = ((appended.rows + number) as u32, document.length as u32);
        Unplaced { place: SetLocation { block, row, start: document.start, length, sorted: false } }
    }

    pub(crate) fn elements_of(&self, unplaced: Unplaced) -> &[u64] {
        self.elements(unplaced.place)
    }

    pub(crate) fn sort_unplaced(&mut self, unplaced: &mut Unplaced) {
        sort(&mut self.blocks, &mut unplaced.place);
    }

    /// Makes a document a set, and returns its number.
    pub(crate) fn place(&mut self, unplaced: Unplaced) -> u32 {
        self.places.push(unplaced.place);
        self.places.len() as u32 - 1
    }

    /// Frees in parallel what is held for documents that were not kept.
    pub(crate) fn compact(&mut self, appended: Vec<AppendedBlock>) {
        let Some(first) = appended.first().map(|appended| appended.first) else { return };
        let (mut blocks, mut places) = (&mut self.blocks[..], &mut self.places[first..]);
        let mut work = Vec::new();
        // From the last one back, for each ends where the next begins. Only the first can share its block with others.
        for appended in appended.into_iter().rev() {
            let (rest, kept) = places.split_at_mut(appended.first - first);
            places = rest;
            let number = appended.block as usize;
            if kept.len() < appended.documents.len() && number < blocks.len() {
                let (rest, this) = blocks.split_at_mut(number);
                blocks = rest;
                work.extend(this.first_mut().map(|block| (block, kept, appended)));
            }
        }
        let width = self.width;
        parallel::map_owned(work, || (), |(block, kept, appended), ()| block.compact(width, kept, &appended));
    }

    /// Sorts one set.
    pub(crate) fn sort(&mut self, set: u32) {
        sort(&mut self.blocks, &mut self.places[set as usize]);
    }

    /// Sorts those of some sets, each there once, that are not sorted yet, in parallel.
    pub(crate) fn sort_all(&mut self, mut sets: Vec<u32>) {
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

fn sort(blocks: &mut [SetBlock], place: &mut SetLocation) {
    if !place.sorted {
        let elements = &mut blocks[place.block as usize].elements[place.start..][..place.length as usize];
        place.length = sort_distinct(elements, &mut SortScratch::default()) as u32;
        place.sorted = true;
    }
}
