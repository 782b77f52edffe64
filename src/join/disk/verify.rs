//! Candidates to verified pairs, in passes over the stored sets.
//!
//! Documents that have candidates are cut into chunks that fit in memory. A first pass over all sets carries each left document
//! to the chunks where its right ones are, as a *guest*, once for a chunk however many they are there. Then each chunk is
//! loaded in turn, its guests come by, and what they have in common with it is [written](super::verified). So every set is read
//! twice, and written once for each chunk it visits. Where there are more chunks than files may be open, this is done for some
//! of them after the other.

use std::ops::Range;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_64;

use super::candidates::Candidates;
use super::frames::{FrameReader, FrameWriter, Kind, put, put_short};
use super::groups::{Bits, Groups};
use super::segments::Segments;
use super::sorter::{Sorted, read_record};
use super::verified::{Done, Verified};
use super::visit::{Guest, Lefts, Loaded, Loader, Sizes};
use super::work::Work;
use crate::error::Error;
use crate::join::progress::{Stage, Watch};
use crate::pairs::JoinStats;
use crate::parallel;
use crate::similarity::{Document, Left, Rule, Verdict};

/// Verifies candidates.
pub(super) struct Verifier<'a> {
    pub(super) folder: &'a Path,
    pub(super) segments: &'a Segments,
    pub(super) groups: &'a Groups,
    pub(super) rule: Rule,
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
    verified: Verified,
}

/// Documents that have candidates, and the chunks that they are cut into.
struct Cut {
    /// A file of the sizes of all sets.
    sizes: PathBuf,
    chunks: Vec<Chunk>,
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
        let Cut { sizes, chunks } = self.cut(candidates, &involved)?;
        let mut loader = Loader::new(self.segments, self.width, &sizes, &involved)?;
        let (total, mut done) = (chunks.len() as u64, 0);
        let (finished, missing): (Vec<&Chunk>, Vec<&Chunk>) =
            chunks.iter().partition(|chunk| chunk.verified.is_there());
        done += finished.len() as u64;
        for at_once in missing.chunks(self.work.files()) {
            self.send(candidates, &sizes, at_once, watch)?;
            for chunk in at_once {
                watch.step(Stage::Verification, done, total)?;
                let loaded = loader.load(chunk.documents.clone())?;
                self.receive(chunk, &loaded)?;
                done += 1;
            }
        }
        let mut edges = self.work.sorter("edges");
        for chunk in &chunks {
            let Done { filtered, compared } = chunk.verified.read(&mut edges)?;
            stats.filtered += filtered;
            stats.compared += compared;
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
    fn cut(&self, candidates: &Candidates, involved: &Bits) -> Result<Cut, Error> {
        let path = self.work.folder().join("sizes");
        let mut sizes = FrameWriter::create(&path, Kind::Numbers, 2)?;
        let mut chunks = Vec::new();
        let (mut start, mut document, mut bytes) = (0, 0, 0);
        let mut stored = self.segments.documents();
        while let Some(known) = stored.next()? {
            sizes.record(|bytes| put_short(bytes, &[known.size]))?;
            if involved.get(document) {
                let own = 8 * known.size as usize + 4 * self.width + 16;
                if bytes > 0 && bytes + own > self.work.memory() {
                    chunks.push(self.chunk(candidates, chunks.len(), start..document));
                    (start, bytes) = (document, 0);
                }
                bytes += own;
            }
            document += 1;
        }
        chunks.push(self.chunk(candidates, chunks.len(), start..document));
        sizes.finish_unsynced()?;
        Ok(Cut { sizes: path, chunks })
    }

    fn chunk(&self, candidates: &Candidates, number: usize, documents: Range<u32>) -> Chunk {
        let mut bytes = Vec::new();
        put(&mut bytes, &[candidates.owner(), u64::from(documents.start), u64::from(documents.end)]);
        put(&mut bytes, &self.rule.parameters());
        let verified = Verified::at(self.folder, self.rule.name(), number, xxh3_64(&bytes));
        Chunk { documents, guests: self.work.folder().join(format!("guests-{number}")), verified }
    }

    /// Carries each left document to those of some chunks where its right ones are.
    fn send(
        &self,
        candidates: &Candidates,
        sizes: &Path,
        chunks: &[&Chunk],
        watch: &mut Watch<'_>,
    ) -> Result<(), Error> {
        let create = |chunk: &&Chunk| FrameWriter::create(&chunk.guests, Kind::Guests, 0);
        let mut files = chunks.iter().map(create).collect::<Result<Vec<_>, Error>>()?;
        let (mut rows, mut sets, mut sizes) = (self.segments.signatures(), self.segments.sets(), Sizes::open(sizes)?);
        let mut pairs = Lefts::open(candidates)?;
        let mut rights = Vec::new();
        let end = chunks.last().map_or(0, |chunk| chunk.documents.end);
        // Left documents come before right ones.
        for document in 0..end {
            watch.document(Stage::Gathering, document, self.groups.documents)?;
            let size = sizes.next()?;
            pairs.rights_of(document, &mut rights)?;
            rights.retain(|right| chunk_of(chunks, *right).is_some());
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
                if let Some(chunk) = chunk_of(chunks, here[0]) {
                    files[chunk].record(|bytes| guest.put(bytes))?;
                }
            }
        }
        files.into_iter().try_for_each(FrameWriter::finish_unsynced)
    }

    /// Judges the guests of a chunk, which come in order.
    fn receive(&self, chunk: &Chunk, loaded: &Loaded) -> Result<(), Error> {
        let mut file = FrameReader::open(&chunk.guests, Kind::Guests, 0)?;
        let (mut verified, mut done) = (chunk.verified.create()?, Done::default());
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
                done.filtered += found.done.filtered;
                done.compared += found.done.compared;
                found.edges.into_iter().try_for_each(|edge| verified.edge(edge))?;
            }
        }
        verified.finish(done)?;
        drop(file);
        std::fs::remove_file(&chunk.guests).map_err(|error| Error::io(&chunk.guests, &error))
    }

    /// Compares a guest with its candidates; `None` where one of them is not in the chunk.
    fn judge(&self, guest: &Guest, loaded: &Loaded) -> Option<Judged> {
        let mut left = Left::new(Document { row: &guest.row, set: &guest.set });
        let mut judged = Judged::default();
        for (right, document) in loaded.documents(&guest.rights, self.width) {
            match self.rule.judge(&mut left, document?) {
                Verdict::Filtered => judged.done.filtered += 1,
                Verdict::Rejected => judged.done.compared += 1,
                Verdict::Verified(overlap) => {
                    judged.done.compared += 1;
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
    done: Done,
    edges: Vec<EdgeRecord>,
}

/// The chunk that a document is in, if it is one of these.
fn chunk_of(chunks: &[&Chunk], document: u32) -> Option<usize> {
    let at = chunks.partition_point(|chunk| chunk.documents.end <= document);
    chunks.get(at).filter(|chunk| chunk.documents.contains(&document)).map(|_| at)
}
