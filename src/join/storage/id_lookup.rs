//! Looks up the id of any document without holding all ids in memory.

use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::scratch::ScratchDir;
use super::segments::Segments;
use crate::error::{Error, FileProblem};
use crate::external::files::File;

/// Finds the ids of documents by their numbers. Holds those around the ones that were asked for lately, as far as its memory goes,
/// and reads others from a file.
#[derive(Debug)]
pub struct IdLookup {
    ids: Arc<IdFile>,
    file: File,
    /// Blocks that were read, each in the slot that its number says. A power of two of them.
    slots: Vec<Slot>,
    /// A block as it is in the file.
    bytes: Vec<u8>,
}

/// A file of all ids, in blocks.
#[derive(Debug)]
pub(crate) struct IdFile {
    path: PathBuf,
    documents: u32,
    /// Where each block begins, and where the last one ends.
    starts: Vec<u64>,
    /// Where the file is.
    _scratch: ScratchDir,
}

/// The ids of a block one after the other, and where each ends.
#[derive(Clone, Debug, Default)]
struct Slot {
    block: Option<usize>,
    ids: String,
    ends: Vec<u32>,
}

/// Documents of a block: so few that one is read at the cost of asking for it.
const BLOCK: u32 = 32;

/// Bytes of its XXH3 before each block, seeded with its number.
const CHECK: usize = 8;

impl IdFile {
    /// Writes the ids of all documents.
    pub(crate) fn write(segments: &Segments, scratch: ScratchDir) -> Result<Self, Error> {
        let path = scratch.path("ids");
        let refused = |error: std::io::Error| Error::io(&path, error);
        let mut out = BufWriter::with_capacity(1 << 16, File::create_new(&path).map_err(refused)?);
        let (mut starts, mut block, mut count) = (vec![0], Vec::new(), 0_u32);
        let mut documents = segments.documents();
        let mut end = |block: &mut Vec<u8>, starts: &mut Vec<u64>| -> Result<(), Error> {
            let (number, start) = (starts.len() as u64 - 1, starts.last().copied().unwrap_or_default());
            let check = xxh3_64_with_seed(block, number).to_le_bytes();
            out.write_all(&check).and_then(|()| out.write_all(block)).map_err(refused)?;
            starts.push(start + (CHECK + block.len()) as u64);
            block.clear();
            Ok(())
        };
        while let Some(document) = documents.next()? {
            let id = document.key.id.as_bytes();
            block.extend_from_slice(&(id.len() as u32).to_le_bytes());
            block.extend_from_slice(id);
            count += 1;
            if count.is_multiple_of(BLOCK) {
                end(&mut block, &mut starts)?;
            }
        }
        end(&mut block, &mut starts)?;
        out.flush().map_err(refused)?;
        drop(out);
        Ok(Self { path, documents: count, starts, _scratch: scratch })
    }
}

impl IdLookup {
    pub(crate) fn new(ids: Arc<IdFile>, memory: usize) -> Result<Self, Error> {
        let file = File::open(&ids.path).map_err(|error| Error::io(&ids.path, error))?;
        let blocks = ids.starts.len() - 1;
        let bytes = ids.starts.last().copied().unwrap_or_default() as usize;
        let each = bytes / blocks + size_of::<Slot>();
        let slots = (memory / each).clamp(1, blocks.next_power_of_two());
        let slots = vec![Slot::default(); 1 << slots.ilog2()];
        Ok(Self { ids, file, slots, bytes: Vec::new() })
    }

    /// Returns the id of a document.
    ///
    /// # Errors
    /// [`Error::File`] names the file that cannot be read; [`Error::OutOfRange`] where there is no such document.
    pub fn get(&mut self, document: u32) -> Result<&str, Error> {
        if document >= self.ids.documents {
            let (value, expected) = (document.to_string(), "the number of a document");
            return Err(Error::OutOfRange { field: "document", value, expected });
        }
        let block = (document / BLOCK) as usize;
        let slot = block & (self.slots.len() - 1);
        if self.slots[slot].block != Some(block) {
            self.read(block, slot).map_err(|problem| Error::File { path: self.ids.path.clone(), problem })?;
        }
        let id = self.slots[slot].id((document % BLOCK) as usize);
        id.ok_or_else(|| Error::File { path: self.ids.path.clone(), problem: FileProblem::Corrupt })
    }

    /// Reads a block into a slot, and checks it.
    fn read(&mut self, block: usize, slot: usize) -> Result<(), FileProblem> {
        let (file, bytes, slot) = (&mut self.file, &mut self.bytes, &mut self.slots[slot]);
        // Not sound until all of it is.
        slot.block = None;
        bytes.resize((self.ids.starts[block + 1] - self.ids.starts[block]) as usize, 0);
        let read = file.seek(SeekFrom::Start(self.ids.starts[block])).and_then(|_| file.read_exact(bytes));
        read.map_err(|error| FileProblem::Io(error.into()))?;
        let (check, ids) = bytes.split_first_chunk::<CHECK>().ok_or(FileProblem::Corrupt)?;
        if xxh3_64_with_seed(ids, block as u64) != u64::from_le_bytes(*check) {
            return Err(FileProblem::Corrupt);
        }
        slot.fill(ids).ok_or(FileProblem::Corrupt)?;
        slot.block = Some(block);
        Ok(())
    }
}

impl Slot {
    /// Takes the ids of a block as they are in the file: of each its length in four bytes and itself.
    fn fill(&mut self, mut bytes: &[u8]) -> Option<()> {
        self.ids.clear();
        self.ends.clear();
        while let Some((length, rest)) = bytes.split_first_chunk() {
            let (id, behind) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            self.ids.push_str(std::str::from_utf8(id).ok()?);
            self.ends.push(self.ids.len() as u32);
            bytes = behind;
        }
        Some(())
    }

    fn id(&self, place: usize) -> Option<&str> {
        let start = if place == 0 { 0 } else { *self.ends.get(place - 1)? as usize };
        self.ids.get(start..*self.ends.get(place)? as usize)
    }
}
