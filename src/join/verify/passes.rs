//! Verifies candidates on disk, in passes over the sets: a block nested-loop join.
//!
//! 1. Documents that have candidates are cut into chunks that fit in memory.
//! 2. One pass over all sets writes each of them to the build side of its chunk, and each left document, as a probe, to every chunk
//!    that holds some of its right documents.
//! 3. The build side of each chunk is loaded in turn, its probes are compared with it, and the edges are
//!    [written](super::chunk_edges).
//!
//! So all sets are read once, and those that have candidates are written once for each chunk that needs them. If there are more chunks
//! than files may be open, steps 2 and 3 are repeated for some chunks at a time. If there is one chunk only, its build side is filled
//! from the segments and nothing is written.

use std::ops::Range;
use std::sync::Arc;

use smallvec::SmallVec;
use xxhash_rust::xxh3::xxh3_64;

use super::candidate_reader::{CandidateReader, KnownEdges};
use super::chunk::{BuildSide, Probe, ProbeSource};
use super::chunk_edges::{ChunkEdges, MergedEdges, merge};
use super::gather::SetGatherer;
use super::probe::ChunkComparer;
use super::sizes::SetSizes;
use crate::error::Error;
use crate::external::{Bits, FrameWriter, Kind, RecordReader, Role, files, put};
use crate::join::candidates::external::Candidates;
use crate::join::compare::Counts;
use crate::join::edge::{Edge, split};
use crate::join::groups::external::Groups;
use crate::join::progress::{Stage, Watch};
use crate::join::stats::JoinStats;
use crate::join::storage::band_keys::BandKeyWriter;
use crate::join::storage::scratch::ScratchDir;
use crate::join::storage::segments::{DocumentRecord, Segments};
use crate::join::storage::work_dir::WorkDir;
use crate::join::stored_result::{Part, ResultFiles};
use crate::verify::Criterion;

/// Verifies candidates.
pub(crate) struct Verifier<'a> {
    pub(crate) segments: &'a Segments,
    pub(crate) keys: &'a BandKeyWriter,
    pub(crate) groups: &'a Groups,
    pub(crate) criterion: Criterion,
    /// Verified pairs of another criterion, which are not compared again.
    pub(crate) known: Option<&'a ResultFiles>,
    pub(crate) scratch: &'a ScratchDir,
    pub(crate) homes: ChunkHomes<'a>,
}

/// Where the edges of chunks are.
#[derive(Clone, Copy)]
pub(crate) enum ChunkHomes<'a> {
    /// All in one folder.
    One(&'a Arc<WorkDir>),
    /// In the folders of shards, each of which has every chunk of this many.
    Shards(&'a [Arc<WorkDir>]),
    /// As the shards have them, but only those of one shard of this many, by its number.
    Shard(&'a Arc<WorkDir>, u32, u32),
}

/// Chunks that each shard has at least, where there are documents enough. The later chunks have more probes, and they are dealt in turn.
const CHUNKS_PER_SHARD: usize = 4;

impl<'a> ChunkHomes<'a> {
    /// Returns the folder of a chunk, if it is to be compared or read here.
    fn of(self, number: u32) -> Option<&'a Arc<WorkDir>> {
        match self {
            Self::One(work) => Some(work),
            Self::Shards(works) => works.get(number as usize % works.len()),
            Self::Shard(work, shard, shards) => (number % shards == shard).then_some(work),
        }
    }

    /// Returns how many chunks there are at least, where there are documents enough.
    fn min_chunks(self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Shards(works) => CHUNKS_PER_SHARD * works.len(),
            Self::Shard(_, _, shards) => CHUNKS_PER_SHARD * shards as usize,
        }
    }
}

/// Documents that are in memory together.
struct Chunk {
    span: Span,
    build_side: ChunkFile,
    probes: ChunkFile,
    edges: ChunkEdges,
}

/// A file of a chunk in the scratch directory.
struct ChunkFile {
    name: String,
    role: Role,
}

impl ChunkFile {
    fn new(kind: Kind, number: u32) -> Self {
        let name = if kind == Kind::BuildSide { "build-side" } else { "probes" };
        Self { name: format!("{name}-{number}"), role: Role::new(kind, 1, 0).piece(number) }
    }
}

/// What a chunk is to hold.
#[derive(Clone, Debug, Default)]
struct Span {
    documents: Range<u32>,
    /// Those of them that have candidates, and the elements of their sets.
    involved: usize,
    elements: usize,
}

impl Verifier<'_> {
    /// Returns the verified pairs, sorted.
    pub(crate) fn edges(
        &self,
        candidates: &Candidates,
        watch: &mut Watch<'_>,
    ) -> Result<(MergedEdges, JoinStats), Error> {
        let (chunks, mut stats) = self.compare(candidates, watch)?;
        let mut counts = Counts::default();
        for chunk in &chunks {
            counts.add(chunk.counts()?);
        }
        (stats.filtered, stats.compared) = (counts.filtered, counts.compared);
        let edges = merge(self.scratch, &chunks)?;
        let edges = match self.known_edges()? {
            Some(known) => edges.with_known(KnownEdges::open(candidates, known, self.criterion)?)?,
            None => edges,
        };
        Ok((edges, stats))
    }

    /// Compares the chunks that are not compared yet. Returns the files of all, and what is known of the candidates.
    pub(crate) fn compare(
        &self,
        candidates: &Candidates,
        watch: &mut Watch<'_>,
    ) -> Result<(Vec<ChunkEdges>, JoinStats), Error> {
        let (involved, stats) = self.scan_candidates(candidates)?;
        let chunks = self.plan_chunks(candidates, &involved)?;
        let (total, mut steps) = (chunks.len() as u64, 0);
        let mut missing = Vec::new();
        for chunk in &chunks {
            if chunk.edges.is_there()? {
                steps += 1;
            } else {
                missing.push(chunk);
            }
        }
        if let [chunk] = missing[..]
            && chunk.span.documents == (0..self.groups.documents)
        {
            self.compare_all(candidates, &involved, chunk, watch)?;
            missing.clear();
        }
        // Each has a file for the build side and one for probes.
        for at_once in missing.chunks(self.scratch.files() / 2) {
            self.partition(candidates, &involved, at_once, watch)?;
            for chunk in at_once {
                watch.step(Stage::Verification, steps, total)?;
                self.probe_chunk(chunk)?;
                steps += 1;
            }
        }
        Ok((chunks.into_iter().map(|chunk| chunk.edges).collect(), stats))
    }

    fn known_edges(&self) -> Result<Option<RecordReader<3>>, Error> {
        self.known.map(|files| files.records(Part::Edges)).transpose()
    }

    /// Counts the candidates, and says which documents are in one that is to be compared.
    fn scan_candidates(&self, candidates: &Candidates) -> Result<(Bits, JoinStats), Error> {
        let (_, stats) = candidates.open()?;
        let mut involved = Bits::default();
        let mut pairs = CandidateReader::open(candidates, self.known_edges()?)?;
        while let Some(pair) = pairs.next()? {
            let (left, right) = split(pair);
            if left >= right || right >= self.groups.documents {
                return Err(pairs.corrupt());
            }
            involved.set(left);
            involved.set(right);
        }
        Ok((involved, JoinStats { candidates: pairs.count(), ..stats }))
    }

    /// Writes the sizes of all sets, and cuts those that are involved into chunks.
    fn plan_chunks(&self, candidates: &Candidates, involved: &Bits) -> Result<Vec<Chunk>, Error> {
        let mut sizes = SetSizes::create(self.scratch)?;
        let limit = self.chunk_bytes(involved)?;
        let (mut chunks, mut number, mut span) = (Vec::new(), 0, Span::default());
        let mut add = |span| {
            chunks.extend(self.chunk(candidates, number, span));
            number += 1;
        };
        let mut stored = self.segments.documents();
        while let Some(DocumentRecord { set, .. }) = stored.next()? {
            sizes.record(|bytes| SetSizes::put(&set, bytes))?;
            let document = span.documents.end;
            if involved.get(document) {
                let elements = span.elements + set.size as usize;
                if span.involved > 0 && self.bytes(span.involved + 1, elements) > limit {
                    let full = std::mem::replace(&mut span, Span { documents: document..document, ..Span::default() });
                    add(full);
                }
                span.involved += 1;
                span.elements += set.size as usize;
            }
            span.documents.end += 1;
        }
        add(span);
        sizes.finish_unsynced()?;
        Ok(chunks)
    }

    /// Returns the bytes that the sets of a chunk may take, so that there are at least the chunks that shards need.
    fn chunk_bytes(&self, involved: &Bits) -> Result<usize, Error> {
        let (memory, min_chunks) = (self.scratch.memory(), self.homes.min_chunks());
        if min_chunks == 1 {
            return Ok(memory);
        }
        let (mut documents, mut number, mut sets, mut elements) = (self.segments.documents(), 0, 0, 0);
        while let Some(DocumentRecord { set, .. }) = documents.next()? {
            if involved.get(number) {
                sets += 1;
                elements += set.size as usize;
            }
            number += 1;
        }
        Ok(memory.min(self.bytes(sets, elements).div_ceil(min_chunks)))
    }

    /// Returns the bytes that sets take in memory.
    fn bytes(&self, sets: usize, elements: usize) -> usize {
        8 * elements + (4 * self.keys.width() + 16) * sets
    }

    /// Returns a chunk, if it is to be compared or read here.
    fn chunk(&self, candidates: &Candidates, number: u32, span: Span) -> Option<Chunk> {
        let (work, mut bytes) = (self.homes.of(number)?, Vec::new());
        put(&mut bytes, &[candidates.owner(), u64::from(span.documents.start), u64::from(span.documents.end)]);
        put(&mut bytes, &self.criterion.parameters());
        put(&mut bytes, &[self.known.map_or(0, ResultFiles::owner)]);
        let edges = ChunkEdges::new(work, &self.criterion, number, xxh3_64(&bytes));
        let [build_side, probes] = [Kind::BuildSide, Kind::Probes].map(|kind| ChunkFile::new(kind, number));
        Some(Chunk { span, build_side, probes, edges })
    }

    /// Writes the documents of some chunks to their build sides, and left documents to the probes of the chunks of their right ones.
    fn partition(
        &self,
        candidates: &Candidates,
        involved: &Bits,
        chunks: &[&Chunk],
        watch: &mut Watch<'_>,
    ) -> Result<(), Error> {
        let create = |file: &ChunkFile| self.scratch.create(&file.name, file.role);
        let mut build_side = chunks.iter().map(|chunk| create(&chunk.build_side)).collect::<Result<Vec<_>, Error>>()?;
        let mut probes = chunks.iter().map(|chunk| create(&chunk.probes)).collect::<Result<Vec<_>, Error>>()?;
        let (mut sets, mut sizes) = (self.segments.sets(), SetSizes::open(self.scratch)?);
        let mut pairs = CandidateReader::open(candidates, self.known_edges()?)?;
        let (mut rights, mut set) = (Vec::new(), Vec::new());
        let end = chunks.last().map_or(0, |chunk| chunk.span.documents.end);
        // Left documents come before right ones.
        for document in 0..end {
            watch.document(Stage::Gathering, document, self.groups.documents)?;
            let (size, check) = sizes.next()?;
            pairs.rights_of(document, &mut rights)?;
            let own_chunk = if involved.get(document) { chunk_of(chunks, document) } else { None };
            let targets = targets(chunks, &rights);
            if own_chunk.is_none() && targets.is_empty() {
                sets.pass(size)?;
                continue;
            }
            set.clear();
            sets.append(size, check, &mut set)?;
            if let Some(own_chunk) = own_chunk {
                build_side[own_chunk].record(|bytes| BuildSide::put(document, &set, bytes))?;
            }
            for (chunk, rights) in targets {
                // In its own chunk it is on the build side.
                let set = if own_chunk == Some(chunk) { &[] } else { &set[..] };
                probes[chunk].record(|bytes| Probe::put(document, rights, set, bytes))?;
            }
        }
        build_side.into_iter().chain(probes).try_for_each(FrameWriter::finish_unsynced)
    }

    /// Compares the candidates of all documents, which are in one chunk.
    fn compare_all(
        &self,
        candidates: &Candidates,
        involved: &Bits,
        chunk: &Chunk,
        watch: &mut Watch<'_>,
    ) -> Result<(), Error> {
        let (mut sets, mut sizes) = (vec![0; chunk.span.elements], SetSizes::open(self.scratch)?);
        let mut gatherer = SetGatherer::new(self.segments, &mut sets, self.scratch.memory());
        let mut build_side = BuildSide::with_capacity(chunk.span.involved, 0);
        for document in 0..self.groups.documents {
            watch.document(Stage::Gathering, document, self.groups.documents)?;
            let (size, check) = sizes.next()?;
            if involved.get(document) {
                gatherer.take(size, check)?;
                build_side.place(document, size);
            } else {
                gatherer.pass(size)?;
            }
        }
        gatherer.finish()?;
        let build_side = build_side.with_sets(sets);
        watch.step(Stage::Verification, 0, 1)?;
        self.probe(chunk, build_side, &mut CandidateReader::open(candidates, self.known_edges()?)?)
    }

    /// Compares the probes of a chunk with its build side, from their files.
    fn probe_chunk(&self, chunk: &Chunk) -> Result<(), Error> {
        let file = self.scratch.open(&chunk.build_side.name, chunk.build_side.role)?;
        let build_side = BuildSide::read(file, chunk.span.involved, chunk.span.elements)?;
        self.probe(chunk, build_side, &mut self.scratch.open(&chunk.probes.name, chunk.probes.role)?)?;
        for file in [&chunk.build_side, &chunk.probes] {
            let path = self.scratch.path(&file.name);
            files::remove_file(&path).map_err(|error| Error::io(&path, error))?;
        }
        Ok(())
    }

    /// Compares probes, which come in order, with the build side of a chunk.
    fn probe(&self, chunk: &Chunk, mut build_side: BuildSide, from: &mut impl ProbeSource) -> Result<(), Error> {
        let signed = self.criterion.compares_signatures().then_some(self.keys);
        signed.into_iter().for_each(|keys| build_side.sign(keys));
        let comparer = ChunkComparer { criterion: self.criterion, build_side: &build_side, signed };
        let (mut verified, mut counts) = (chunk.edges.create()?, Counts::default());
        // Probes that are compared together take what was left free beside the build side.
        let together = (self.scratch.memory() / 2).max(1);
        loop {
            let (mut probes, mut bytes) = (Vec::new(), 0);
            while bytes < together
                && let Some(probe) = from.next_probe()?
            {
                // Each candidate may become an edge.
                bytes += probe.bytes() + probe.rights.len() * size_of::<Edge>();
                probes.push(probe);
            }
            if probes.is_empty() {
                return verified.finish(counts);
            }
            counts.add(comparer.all(&probes, |edge| verified.edge(edge))?.ok_or_else(|| from.corrupt())?);
        }
    }
}

/// Returns the chunk that a document is in, if it is one of these.
fn chunk_of(chunks: &[&Chunk], document: u32) -> Option<usize> {
    let at = chunks.partition_point(|chunk| chunk.span.documents.end <= document);
    chunks.get(at).filter(|chunk| chunk.span.documents.contains(&document)).map(|_| at)
}

/// Groups ascending right documents by their chunk, if it is one of these.
fn targets<'a>(chunks: &[&Chunk], mut rights: &'a [u32]) -> SmallVec<[(usize, &'a [u32]); 4]> {
    let mut targets = SmallVec::new();
    while let Some(&right) = rights.first() {
        let at = chunks.partition_point(|chunk| chunk.span.documents.end <= right);
        let Some(Span { documents, .. }) = chunks.get(at).map(|chunk| &chunk.span) else { break };
        let before = rights.partition_point(|right| *right < documents.start);
        let (here, behind) =
            rights[before..].split_at(rights[before..].partition_point(|right| *right < documents.end));
        if !here.is_empty() {
            targets.push((at, here));
        }
        rights = behind;
    }
    targets
}
