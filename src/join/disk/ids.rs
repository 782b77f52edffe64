//! The id of any document, without holding them all.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::segments::Segments;
use super::work::Work;
use crate::error::{Error, FileProblem};

/// Finds the ids of documents by their numbers. It puts them into a file of their own, holds those around the ones that were asked
/// for lately, as far as its memory goes, and reads others back.
#[derive(Debug)]
pub struct IdLookup {
    path: PathBuf,
    file: File,
    documents: u32,
    /// Where each block begins, and where the last one ends.
    starts: Vec<u64>,
    /// Blocks that were read, each in the slot that its number says.
    slots: Vec<Slot>,
    /// Where the file is.
    _work: Work,
}

/// The ids of a block as they are in the file: of each its length in four bytes and itself.
#[derive(Clone, Debug, Default)]
struct Slot {
    block: Option<usize>,
    bytes: Vec<u8>,
}

/// Documents of a block: so few that one is read at the cost of asking for it.
const BLOCK: u32 = 32;

/// Bytes of its XXH3 before each block, seeded with its number.
const CHECK: usize = 8;

impl IdLookup {
    pub(super) fn new(segments: &Segments, work: Work, memory: usize) -> Result<Self, Error> {
        let path = work.folder().join("ids");
        let refused = |error: &std::io::Error| Error::io(&path, error);
        let file = File::options().create(true).truncate(true).read(true).write(true).open(&path);
        let mut out = BufWriter::with_capacity(1 << 16, file.map_err(|error| refused(&error))?);
        let (mut starts, mut block, mut count) = (vec![0], Vec::new(), 0_u32);
        let mut documents = segments.documents();
        let mut end = |block: &mut Vec<u8>, starts: &mut Vec<u64>| -> Result<(), Error> {
            let (number, start) = (starts.len() as u64 - 1, starts.last().copied().unwrap_or_default());
            let check = xxh3_64_with_seed(block, number).to_le_bytes();
            out.write_all(&check).and_then(|()| out.write_all(block)).map_err(|error| refused(&error))?;
            starts.push(start + (CHECK + block.len()) as u64);
            block.clear();
            Ok(())
        };
        while let Some(document) = documents.next()? {
            let id = document.label.id.as_bytes();
            block.extend_from_slice(&(id.len() as u32).to_le_bytes());
            block.extend_from_slice(id);
            count += 1;
            if count.is_multiple_of(BLOCK) {
                end(&mut block, &mut starts)?;
            }
        }
        end(&mut block, &mut starts)?;
        let file = out.into_inner().map_err(|error| refused(error.error()))?;
        let blocks = starts.len() - 1;
        let bytes = starts.last().copied().unwrap_or_default() as usize;
        let slots = (memory / (bytes / blocks + size_of::<Slot>())).clamp(1, blocks);
        Ok(Self { path, file, documents: count, starts, slots: vec![Slot::default(); slots], _work: work })
    }

    /// The id of a document.
    ///
    /// # Errors
    /// [`Error::File`] names the file that cannot be read; [`Error::OutOfRange`] where there is no such document.
    pub fn get(&mut self, document: u32) -> Result<&str, Error> {
        if document >= self.documents {
            let (value, expected) = (document.to_string(), "the number of a document");
            return Err(Error::OutOfRange { field: "document", value, expected });
        }
        let (block, slots) = ((document / BLOCK) as usize, self.slots.len());
        if self.slots[block % slots].block != Some(block) {
            // Not sound until it is read in full.
            let mut slot = std::mem::take(&mut self.slots[block % slots]);
            self.read(block, &mut slot.bytes).map_err(|problem| Error::File { path: self.path.clone(), problem })?;
            slot.block = Some(block);
            self.slots[block % slots] = slot;
        }
        let id = id_at(&self.slots[block % slots].bytes, document % BLOCK);
        id.ok_or_else(|| Error::File { path: self.path.clone(), problem: FileProblem::Corrupt })
    }

    /// Reads a block, and checks it.
    fn read(&mut self, block: usize, bytes: &mut Vec<u8>) -> Result<(), FileProblem> {
        let length = (self.starts[block + 1] - self.starts[block]) as usize - CHECK;
        let mut check = [0; CHECK];
        bytes.resize(length, 0);
        let place = SeekFrom::Start(self.starts[block]);
        let file = &mut self.file;
        let read = file.seek(place).and_then(|_| file.read_exact(&mut check)).and_then(|()| file.read_exact(bytes));
        read.map_err(|error| FileProblem::Io(error.to_string()))?;
        let is_sound = xxh3_64_with_seed(bytes, block as u64) == u64::from_le_bytes(check);
        if is_sound { Ok(()) } else { Err(FileProblem::Corrupt) }
    }
}

/// The id of this place in a block.
fn id_at(mut bytes: &[u8], place: u32) -> Option<&str> {
    for _ in 0..place {
        let (length, rest) = bytes.split_first_chunk()?;
        bytes = rest.get(u32::from_le_bytes(*length) as usize..)?;
    }
    let (length, rest) = bytes.split_first_chunk()?;
    std::str::from_utf8(rest.get(..u32::from_le_bytes(*length) as usize)?).ok()
}
