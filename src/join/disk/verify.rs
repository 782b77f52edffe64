//! Candidates to verified pairs, in passes over the stored sets.
//!
//! Documents that have candidates are cut into chunks that fit in memory. A first pass over all sets carries each left document
//! to the chunks where its right ones are, as a *guest*, once for a chunk however many they are there. Then each chunk is
//! loaded in turn, and its guests come by. So every set is read twice, and written once for each chunk it visits. Where there are
//! more chunks than files may be open, this is done for some of them after the other.

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::candidates::Candidates;
use super::frames::{FrameReader, FrameWriter, Kind, numbers, put, put_short, short_numbers};
use super::groups::{Bits, Groups};
use super::segments::{Rows, Segments};
use super::sorter::{Sorted, Sorter, read_record};
use super::work::Work;
use crate::error::Error;
use crate::join::progress::{Stage, Watch};
use crate::pairs::JoinStats;
use crate::parallel;
use crate::similarity::{Cascade, Document, Verdict};

/// Verifies candidates.
pub(super) struct Verifier<'a> {
    pub(super) segments: &'a Segments,
    pub(super) groups: &'a Groups,
    pub(super) cascade: Cascade,
    /// Positions of a signature.
    pub(super) width: usize,
    pub(super) work: &'a Work,
}

/// A verified pair: left and right document, elements of their sets, elements shared.
pub(super) type EdgeRecord = [u64; 3];

/// Documents that are in memory together.
struct Chunk {
    documents: Range<u32>,
    guests: PathBuf,
}

impl Chunk {
    fn start(&self) -> u32 {
        self.documents.start
    }

    fn end(&self) -> u32 {
        self.documents.end
    }
}

/// A set with its signature, and the documents it is to be compared with.
#[derive(Debug, Default)]
struct Guest {
    document: u32,
    rights: Vec<u32>,
    row: Vec<u32>,
    set: Vec<u64>,
}

/// Sets with their signatures, of a range of documents.
#[derive(Default)]
struct Loaded {
    documents: Vec<u32>,
    rows: Vec<u32>,
    sets: Vec<u64>,
    /// Where the set of each begins, and where the last one ends.
    starts: Vec<usize>,
}

/// Bytes of guests that are judged together.
const TOGETHER: usize = 4 << 20;

impl Verifier<'_> {
    /// The verified pairs, sorted.
    pub(super) fn edges(
        &self,
        candidates: &Candidates,
        watch: &mut Watch<'_>,
    ) -> Result<(Sorted<3>, JoinStats), Error> {
        let (involved, mut stats) = self.look_through(candidates)?;
        let (sizes, chunks) = self.chunks(&involved)?;
        let mut edges = self.work.sorter("edges");
        let (mut rows, mut sets, mut next) = (self.segments.signatures(), self.segments.sets(), 0);
        let (mut stored, mut done) = (Sizes::open(&sizes)?, 0);
        for chunks_at_once in chunks.chunks(self.work.files()) {
            self.send(candidates, &sizes, chunks_at_once, watch)?;
            for chunk in chunks_at_once {
                watch.step(Stage::Verification, done, chunks.len() as u64)?;
                let loaded =
                    self.load(&mut next, chunk.documents.end, &involved, (&mut rows, &mut sets, &mut stored))?;
                self.receive(chunk, &loaded, &mut edges, &mut stats)?;
                done += 1;
            }
        }
        Ok((edges.finish()?, stats))
    }

    /// Counts the candidates, and says which documents are in one.
    fn look_through(&self, candidates: &Candidates) -> Result<(Bits, JoinStats), Error> {
        let (mut file, mut stats) = candidates.open()?;
        let mut involved = Bits::default();
        while let Some([pair]) = read_record(&mut file)? {
            let (left, right): (u64, u32) = (pair >> 32, pair as u32);
            if left >= u64::from(right) || right >= self.groups.documents {
                return Err(file.corrupt());
            }
            involved.set(left as u32);
            involved.set(right);
            stats.candidates += 1;
        }
        Ok((involved, stats))
    }

    /// Writes the sizes of all sets, and cuts those that are involved into chunks.
    fn chunks(&self, involved: &Bits) -> Result<(PathBuf, Vec<Chunk>), Error> {
        let folder = self.work.folder();
        let path = folder.join("sizes");
        let mut sizes = FrameWriter::create(&path, Kind::Numbers, 2)?;
        let mut chunks = Vec::new();
        let guests = |number: usize| folder.join(format!("guests-{number}"));
        let (mut start, mut document, mut bytes) = (0, 0, 0);
        let mut stored = self.segments.documents();
        while let Some(known) = stored.next()? {
            sizes.record(|bytes| put_short(bytes, &[known.size]))?;
            if involved.get(document) {
                let own = 8 * known.size as usize + 4 * self.width + 16;
                if bytes > 0 && bytes + own > self.work.memory() {
                    chunks.push(Chunk { documents: start..document, guests: guests(chunks.len()) });
                    (start, bytes) = (document, 0);
                }
                bytes += own;
            }
            document += 1;
        }
        chunks.push(Chunk { documents: start..document, guests: guests(chunks.len()) });
        sizes.finish_unsynced()?;
        Ok((path, chunks))
    }

    /// Carries each left document to those of some chunks where its right ones are.
    fn send(
        &self,
        candidates: &Candidates,
        sizes: &Path,
        chunks: &[Chunk],
        watch: &mut Watch<'_>,
    ) -> Result<(), Error> {
        let create = |chunk: &Chunk| FrameWriter::create(&chunk.guests, Kind::Guests, 0);
        let mut files = chunks.iter().map(create).collect::<Result<Vec<_>, Error>>()?;
        let (mut rows, mut sets, mut sizes) = (self.segments.signatures(), self.segments.sets(), Sizes::open(sizes)?);
        let mut pairs = Lefts::open(candidates)?;
        let mut rights = Vec::new();
        let (start, end) = (chunks.first().map_or(0, Chunk::start), chunks.last().map_or(0, Chunk::end));
        // Left documents come before right ones.
        for document in 0..end {
            watch.document(Stage::Gathering, document, self.groups.documents)?;
            let size = sizes.next()?;
            pairs.rights_of(document, &mut rights)?;
            rights.retain(|right| (start..end).contains(right));
            if rights.is_empty() {
                rows.pass(4 * self.width)?;
                sets.pass(8 * size)?;
                continue;
            }
            let mut guest = Guest { document, ..Guest::default() };
            rows.append_short(self.width, &mut guest.row)?;
            sets.append(size, &mut guest.set)?;
            for here in rights.chunk_by(|a, b| chunk_of(chunks, *a) == chunk_of(chunks, *b)) {
                here.clone_into(&mut guest.rights);
                files[chunk_of(chunks, here[0])].record(|bytes| guest.put(bytes))?;
            }
        }
        files.into_iter().try_for_each(FrameWriter::finish_unsynced)
    }

    /// Loads the documents up to `end` that are involved.
    fn load(
        &self,
        next: &mut u32,
        end: u32,
        involved: &Bits,
        (rows, sets, sizes): (&mut Rows, &mut Rows, &mut Sizes),
    ) -> Result<Loaded, Error> {
        let mut loaded = Loaded { starts: vec![0], ..Loaded::default() };
        for document in *next..end {
            let size = sizes.next()?;
            if involved.get(document) {
                loaded.documents.push(document);
                rows.append_short(self.width, &mut loaded.rows)?;
                sets.append(size, &mut loaded.sets)?;
                loaded.starts.push(loaded.sets.len());
            } else {
                rows.pass(4 * self.width)?;
                sets.pass(8 * size)?;
            }
        }
        *next = end;
        Ok(loaded)
    }

    /// Judges the guests of a chunk.
    fn receive(
        &self,
        chunk: &Chunk,
        loaded: &Loaded,
        edges: &mut Sorter<3>,
        stats: &mut JoinStats,
    ) -> Result<(), Error> {
        let mut file = FrameReader::open(&chunk.guests, Kind::Guests, 0)?;
        let mut more = true;
        while more {
            let (mut guests, mut bytes) = (Vec::new(), 0);
            while bytes < TOGETHER {
                more = file.has_more()?;
                if !more {
                    break;
                }
                let guest = Guest::read(&mut file, self.width)?;
                // Each candidate may become an edge.
                let candidates = guest.rights.len() * (size_of::<u32>() + size_of::<EdgeRecord>());
                bytes += 8 * guest.set.len() + 4 * guest.row.len() + candidates + size_of::<Guest>();
                guests.push(guest);
            }
            for found in parallel::map(&guests, || (), |guest, ()| self.judge(guest, loaded)) {
                let found = found.ok_or_else(|| file.corrupt())?;
                stats.filtered += found.filtered;
                stats.compared += found.compared;
                found.edges.into_iter().try_for_each(|edge| edges.push(edge))?;
            }
        }
        drop(file);
        std::fs::remove_file(&chunk.guests).map_err(|error| Error::io(&chunk.guests, &error))
    }

    /// Compares a guest with its candidates; `None` where one of them is not in the chunk.
    fn judge(&self, guest: &Guest, loaded: &Loaded) -> Option<Judged> {
        let left = Document { row: &guest.row, set: &guest.set };
        let mut judged = Judged::default();
        for &right in &guest.rights {
            match self.cascade.judge(left, loaded.document(right, self.width)?) {
                Verdict::Filtered => judged.filtered += 1,
                Verdict::Rejected => judged.compared += 1,
                Verdict::Verified(overlap) => {
                    judged.compared += 1;
                    let pair = u64::from(guest.document) << 32 | u64::from(right);
                    judged.edges.push([
                        pair,
                        (overlap.left as u64) << 32 | overlap.right as u64,
                        overlap.shared as u64,
                    ]);
                }
            }
        }
        Some(judged)
    }
}

/// What became of a guest's candidates.
#[derive(Default)]
struct Judged {
    filtered: u64,
    compared: u64,
    edges: Vec<EdgeRecord>,
}

/// The chunk that a document is in.
fn chunk_of(chunks: &[Chunk], document: u32) -> usize {
    chunks.partition_point(|chunk| chunk.end() <= document)
}

impl Loaded {
    fn document(&self, document: u32, width: usize) -> Option<Document<'_>> {
        let at = self.documents.binary_search(&document).ok()?;
        let set = &self.sets[self.starts[at]..self.starts[at + 1]];
        Some(Document { row: &self.rows[at * width..][..width], set })
    }
}

impl Guest {
    fn put(&self, bytes: &mut Vec<u8>) {
        put(bytes, &[u64::from(self.document), self.rights.len() as u64, self.set.len() as u64]);
        put_short(bytes, &self.rights);
        put_short(bytes, &self.row);
        put(bytes, &self.set);
    }

    fn read(file: &mut FrameReader, width: usize) -> Result<Self, Error> {
        let mut head = [0; 3];
        head.iter_mut().zip(numbers(file.take(24)?)).for_each(|(place, number)| *place = number);
        let [document, rights, size] = head.map(|number| number as usize);
        let rights = short_numbers(file.take_more(rights.saturating_mul(4))?).collect();
        let row = short_numbers(file.take_more(width * 4)?).collect();
        let set = numbers(file.take_more(size.saturating_mul(8))?).collect();
        Ok(Self { document: document as u32, rights, row, set })
    }
}

/// The sizes of all sets, in order.
struct Sizes {
    file: FrameReader,
}

impl Sizes {
    fn open(path: &Path) -> Result<Self, Error> {
        Ok(Self { file: FrameReader::open(path, Kind::Numbers, 2)? })
    }

    fn next(&mut self) -> Result<usize, Error> {
        Ok(short_numbers(self.file.take(4)?).next().unwrap_or_default() as usize)
    }
}

/// Candidates by their left documents.
struct Lefts {
    file: FrameReader,
    next: Option<[u64; 1]>,
}

impl Lefts {
    fn open(candidates: &Candidates) -> Result<Self, Error> {
        let (mut file, _) = candidates.open()?;
        let next = read_record(&mut file)?;
        Ok(Self { file, next })
    }

    /// The right documents of this left one; documents are asked for in order.
    fn rights_of(&mut self, left: u32, rights: &mut Vec<u32>) -> Result<(), Error> {
        rights.clear();
        while let Some([pair]) = self.next
            && (pair >> 32) as u32 == left
        {
            rights.push(pair as u32);
            self.next = read_record(&mut self.file)?;
        }
        Ok(())
    }
}
