//! Candidates to verified pairs, in passes over the stored sets.
//!
//! Documents that have candidates are cut into chunks that fit in memory. One pass over all sets carries each of them to its chunk,
//! as a *host*, and each left document to the other chunks where its right ones are, as a *guest*, once for a chunk however
//! many they are there. Then the hosts of each chunk are loaded in turn, its guests come by, and what they have in common is
//! [written](super::verified). So all sets are read once; those that have candidates are written once for each chunk where they are
//! wanted. Where there are more chunks than files may be open, this is done for some of them after the other.

use std::ops::Range;
use std::path::{Path, PathBuf};

use smallvec::SmallVec;
use xxhash_rust::xxh3::xxh3_64;

use super::candidates::Candidates;
use super::edges::{Edges, merged};
use super::frames::{FrameReader, FrameWriter, Kind, put, put_short};
use super::groups::{Bits, Groups};
use super::judge::Judge;
use super::segments::{Segments, Stored};
use super::sorter::read_record;
use super::verified::{Done, Verified};
use super::visit::{Guest, Hosts, Lefts, Sizes};
use super::work::Work;
use crate::error::Error;
use crate::join::progress::{Stage, Watch};
use crate::pairs::JoinStats;
use crate::verify::Criterion;

/// Verifies candidates.
pub(super) struct Verifier<'a> {
    pub(super) folder: &'a Path,
    pub(super) segments: &'a Segments,
    pub(super) groups: &'a Groups,
    pub(super) rule: Criterion,
    pub(super) work: &'a Work,
}

/// A verified pair: left and right document, elements of their sets, elements shared.
pub(super) type EdgeRecord = [u64; 3];

/// Documents that are in memory together.
struct Chunk {
    span: Span,
    hosts: PathBuf,
    guests: PathBuf,
    verified: Verified,
}

/// What a chunk is to hold.
#[derive(Clone, Debug, Default)]
struct Span {
    documents: Range<u32>,
    /// Those of them that have candidates, and the elements of their sets.
    involved: usize,
    elements: usize,
}

/// Documents that have candidates, and the chunks that they are cut into.
struct Cut {
    /// A file of the sizes of all sets.
    sizes: PathBuf,
    chunks: Vec<Chunk>,
}

impl Verifier<'_> {
    /// The verified pairs, sorted.
    pub(super) fn edges(&self, candidates: &Candidates, watch: &mut Watch<'_>) -> Result<(Edges, JoinStats), Error> {
        let (involved, mut stats) = self.look_through(candidates)?;
        let Cut { sizes, chunks } = self.cut(candidates, &involved)?;
        let (total, mut steps, mut done) = (chunks.len() as u64, 0, Done::default());
        let (finished, missing): (Vec<&Chunk>, Vec<&Chunk>) =
            chunks.iter().partition(|chunk| chunk.verified.is_there());
        for chunk in finished {
            done.add(chunk.verified.done()?);
            steps += 1;
        }
        // Each has a file of hosts and one of guests.
        for at_once in missing.chunks(self.work.files() / 2) {
            self.send(candidates, (&sizes, &involved), at_once, watch)?;
            for chunk in at_once {
                watch.step(Stage::Verification, steps, total)?;
                done.add(self.receive(chunk)?);
                steps += 1;
            }
        }
        (stats.filtered, stats.compared) = (done.filtered, done.compared);
        let verified: Vec<Verified> = chunks.into_iter().map(|chunk| chunk.verified).collect();
        Ok((merged(self.work, &verified)?, stats))
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
        let (mut chunks, mut span) = (Vec::new(), Span::default());
        let mut stored = self.segments.documents();
        while let Some(Stored { known, .. }) = stored.next()? {
            sizes.record(|bytes| put_short(bytes, &[known.size]))?;
            let document = span.documents.end;
            if involved.get(document) {
                let elements = span.elements + known.size as usize;
                if span.involved > 0 && self.bytes(span.involved + 1, elements) > self.work.memory() {
                    let full = std::mem::replace(&mut span, Span { documents: document..document, ..Span::default() });
                    chunks.push(self.chunk(candidates, chunks.len(), full));
                }
                span.involved += 1;
                span.elements += known.size as usize;
            }
            span.documents.end += 1;
        }
        chunks.push(self.chunk(candidates, chunks.len(), span));
        sizes.finish_unsynced()?;
        Ok(Cut { sizes: path, chunks })
    }

    /// What so many sets with so many elements take.
    fn bytes(&self, sets: usize, elements: usize) -> usize {
        8 * elements + (4 * self.segments.keys().width() + 16) * sets
    }

    fn chunk(&self, candidates: &Candidates, number: usize, span: Span) -> Chunk {
        let mut bytes = Vec::new();
        put(&mut bytes, &[candidates.owner(), u64::from(span.documents.start), u64::from(span.documents.end)]);
        put(&mut bytes, &self.rule.parameters());
        let verified = Verified::at(self.folder, self.rule.name(), number, xxh3_64(&bytes));
        let [hosts, guests] = ["hosts", "guests"].map(|name| self.work.folder().join(format!("{name}-{number}")));
        Chunk { span, hosts, guests, verified }
    }

    /// Carries the documents of some chunks there, and left documents to those of them where their right ones are.
    fn send(
        &self,
        candidates: &Candidates,
        (sizes, involved): (&Path, &Bits),
        chunks: &[&Chunk],
        watch: &mut Watch<'_>,
    ) -> Result<(), Error> {
        let create = |path: &PathBuf| FrameWriter::create(path, Kind::Guests, 0);
        let mut hosts = chunks.iter().map(|chunk| create(&chunk.hosts)).collect::<Result<Vec<_>, Error>>()?;
        let mut guests = chunks.iter().map(|chunk| create(&chunk.guests)).collect::<Result<Vec<_>, Error>>()?;
        let (mut sets, mut sizes) = (self.segments.sets(), Sizes::open(sizes)?);
        let mut pairs = Lefts::open(candidates)?;
        let (mut rights, mut set) = (Vec::new(), Vec::new());
        let end = chunks.last().map_or(0, |chunk| chunk.span.documents.end);
        // Left documents come before right ones.
        for document in 0..end {
            watch.document(Stage::Gathering, document, self.groups.documents)?;
            let size = sizes.next()?;
            pairs.rights_of(document, &mut rights)?;
            let home = if involved.get(document) { chunk_of(chunks, document) } else { None };
            let visits = visits(chunks, &rights);
            if home.is_none() && visits.is_empty() {
                sets.pass(size)?;
                continue;
            }
            set.clear();
            sets.append(size, &mut set)?;
            if let Some(home) = home {
                hosts[home].record(|bytes| Hosts::put(document, &set, bytes))?;
            }
            for (chunk, rights) in visits {
                // At home it is one of the hosts.
                let set = if home == Some(chunk) { &[] } else { &set[..] };
                guests[chunk].record(|bytes| Guest::put(document, rights, set, bytes))?;
            }
        }
        hosts.into_iter().chain(guests).try_for_each(FrameWriter::finish_unsynced)
    }

    /// Judges the guests of a chunk, which come in order.
    fn receive(&self, chunk: &Chunk) -> Result<Done, Error> {
        let signed = self.rule.looks_at_signatures().then(|| self.segments.keys());
        let hosts = Hosts::read(&chunk.hosts, chunk.span.involved, chunk.span.elements, signed)?;
        let judge = Judge { rule: self.rule, hosts: &hosts, signed };
        let mut file = FrameReader::open(&chunk.guests, Kind::Guests, 0)?;
        let (mut verified, mut done) = (chunk.verified.create()?, Done::default());
        // Guests that are judged together take what was left free beside the hosts.
        let together = (self.work.memory() / 2).max(1);
        loop {
            let (mut guests, mut bytes) = (Vec::new(), 0);
            while bytes < together && file.has_more()? {
                let guest = Guest::read(&mut file)?;
                // Each candidate may become an edge.
                bytes += guest.bytes() + guest.rights.len() * size_of::<EdgeRecord>();
                guests.push(guest);
            }
            if guests.is_empty() {
                break;
            }
            done.add(judge.all(&guests, |edge| verified.edge(edge))?.ok_or_else(|| file.corrupt())?);
        }
        verified.finish(done)?;
        drop(file);
        let remove = |path: &PathBuf| std::fs::remove_file(path).map_err(|error| Error::io(path, &error));
        remove(&chunk.hosts).and_then(|()| remove(&chunk.guests))?;
        Ok(done)
    }
}

/// The chunk that a document is in, if it is one of these.
fn chunk_of(chunks: &[&Chunk], document: u32) -> Option<usize> {
    let at = chunks.partition_point(|chunk| chunk.span.documents.end <= document);
    chunks.get(at).filter(|chunk| chunk.span.documents.contains(&document)).map(|_| at)
}

/// Right documents, which ascend, by their chunk, as far as that is one of these.
fn visits<'a>(chunks: &[&Chunk], mut rights: &'a [u32]) -> SmallVec<[(usize, &'a [u32]); 4]> {
    let mut visits = SmallVec::new();
    while let Some(&right) = rights.first() {
        let at = chunks.partition_point(|chunk| chunk.span.documents.end <= right);
        let Some(Span { documents, .. }) = chunks.get(at).map(|chunk| &chunk.span) else { break };
        let before = rights.partition_point(|right| *right < documents.start);
        let (here, behind) =
            rights[before..].split_at(rights[before..].partition_point(|right| *right < documents.end));
        if !here.is_empty() {
            visits.push((at, here));
        }
        rights = behind;
    }
    visits
}
