//! Writes documents to segments on disk.
//!
//! The caller's threads encode documents and another thread writes them, so that reading and hashing do not wait for the disk. A
//! third one has the disk write what there is of a segment, and a fourth synchronizes a full one while the next is written.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};

use super::band_keys::{BandColumns, BandKeyWriter, SegmentHash};
use super::segments::{DocumentKey, SegmentDir, SetInfo};
use super::set_block::{MAX_SPARE_BYTES, SetBlock};
use super::set_key::SetHasher;
use crate::error::{Error, FileProblem};
use crate::external::{FrameWriter, Kind, WriteBehind, put};
use crate::parallel;

/// How large segments are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Bytes of sets after which a segment is closed.
    pub(crate) sets: u64,
    /// Bytes of keys, which are held until then.
    pub(crate) keys: usize,
}

/// Stores documents behind those that are there.
#[derive(Debug)]
pub(crate) struct SegmentWriter {
    dir: SegmentDir,
    keys: BandKeyWriter,
    set_hasher: SetHasher,
    limits: Limits,
    writer: Option<WriterThread>,
    /// Why nothing more can be written: documents behind those that were lost would have the wrong numbers.
    failed: Option<Error>,
    /// What was written and can be filled again.
    spare: Vec<Encoded>,
}

/// The thread that writes.
#[derive(Debug)]
struct WriterThread {
    commands: SyncSender<Command>,
    written: Receiver<Encoded>,
    thread: JoinHandle<Result<u32, Error>>,
}

enum Command {
    Write(Vec<DocumentKey>, Vec<Encoded>),
    /// No more will come, and all of it is to be whole.
    Close,
}

/// The documents of a block, ready to be written.
#[derive(Debug)]
struct Encoded {
    documents: Vec<SetInfo>,
    sets: Vec<u8>,
    columns: BandColumns,
}

impl SegmentWriter {
    pub(crate) fn new(dir: &SegmentDir, keys: BandKeyWriter, set_hasher: SetHasher, limits: Limits) -> Self {
        Self { dir: dir.clone(), keys, set_hasher, limits, writer: None, failed: None, spare: Vec::new() }
    }

    /// Adds documents with their keys, in their order. Leaves the blocks empty for reuse.
    pub(crate) fn add(&mut self, document_keys: Vec<DocumentKey>, blocks: &mut [SetBlock]) -> Result<(), Error> {
        self.check()?;
        let added = self.hand_over(document_keys, blocks);
        self.failed = added.clone().err();
        added
    }

    fn check(&self) -> Result<(), Error> {
        self.failed.clone().map_or(Ok(()), Err)
    }

    fn hand_over(&mut self, document_keys: Vec<DocumentKey>, blocks: &mut [SetBlock]) -> Result<(), Error> {
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.begin()?,
        };
        let is_usual = |encoded: &Encoded| encoded.sets.capacity() <= MAX_SPARE_BYTES;
        self.spare.extend(writer.written.try_iter().filter(is_usual));
        let (spare, keys, set_hasher) = (&mut self.spare, &self.keys, self.set_hasher);
        let empty = || Encoded { documents: Vec::new(), sets: Vec::new(), columns: keys.columns() };
        let filled = blocks.iter_mut().map(|block| (block, spare.pop().unwrap_or_else(empty))).collect();
        let encoded = parallel::map_owned(filled, || (), |(block, encoded), ()| encoded.fill(block, keys, set_hasher));
        if writer.commands.send(Command::Write(document_keys, encoded)).is_err() {
            return writer.end(&self.dir).map(|_| ());
        }
        self.writer = Some(writer);
        Ok(())
    }

    fn begin(&self) -> Result<WriterThread, Error> {
        let (commands, received) = sync_channel(0);
        let (done, written) = channel();
        let (dir, keys, limits) = (self.dir.clone(), self.keys.clone(), self.limits);
        let segments = OpenSegments { dir, keys, limits, open: None, closing: None };
        let thread = thread::Builder::new().name("twinprint-store".to_string());
        let thread = thread.spawn(move || segments.write_all(&received, &done));
        let thread = thread.map_err(|error| Error::io(self.dir.work().folder(), error))?;
        Ok(WriterThread { commands, written, thread })
    }

    /// Makes the segment that is being written a whole one; the next document begins another. Returns how many segments there are.
    pub(crate) fn close(&mut self) -> Result<u32, Error> {
        self.check()?;
        if let Some(writer) = self.writer.take() {
            // Where nobody receives it, the thread says why.
            let _ = writer.commands.send(Command::Close);
            let ended = writer.end(&self.dir);
            self.failed = ended.clone().err();
            self.dir.whole = ended?;
        }
        Ok(self.dir.whole)
    }
}

impl Drop for SegmentWriter {
    fn drop(&mut self) {
        // Nothing is written any more when it is gone, but what was begun is not made whole.
        if let Some(writer) = self.writer.take() {
            let _ = writer.end(&self.dir);
        }
    }
}

impl WriterThread {
    /// Ends the thread.
    fn end(self, dir: &SegmentDir) -> Result<u32, Error> {
        drop(self.commands);
        join_thread(self.thread, dir)
    }
}

/// Returns the outcome of a thread.
fn join_thread<T>(thread: JoinHandle<Result<T, Error>>, dir: &SegmentDir) -> Result<T, Error> {
    thread.join().unwrap_or_else(|_| {
        let problem = FileProblem::Io(std::io::Error::other("a thread that wrote ended early").into());
        Err(Error::File { path: dir.work().folder().into(), problem })
    })
}

impl Encoded {
    /// Takes the documents of a block, whose sets are sorted for it.
    fn fill(mut self, block: &mut SetBlock, keys: &BandKeyWriter, set_hasher: SetHasher) -> Self {
        let Self { documents, sets, columns } = &mut self;
        documents.clear();
        sets.clear();
        columns.clear();
        block.for_each_sorted(keys.width(), |document, set, row| {
            let start = sets.len();
            put(sets, set);
            keys.push(row, columns);
            let set_hash = set_hasher.hash(&sets[start..]);
            let (shingles, text) = (document.length as u64, document.text);
            documents.push(SetInfo { shingles, size: set.len() as u32, set_hash, text });
        });
        self
    }
}

/// Segments that are written one after the other.
struct OpenSegments {
    dir: SegmentDir,
    keys: BandKeyWriter,
    limits: Limits,
    open: Option<Open>,
    /// The segment before, while it is synchronised with the disk.
    closing: Option<JoinHandle<Result<(), Error>>>,
}

/// A segment that is being written.
struct Open {
    documents: FrameWriter,
    sets: FrameWriter,
    behind: WriteBehind,
    columns: BandColumns,
    hash: SegmentHash,
}

impl OpenSegments {
    /// Carries out the commands and returns the number of segments.
    fn write_all(mut self, commands: &Receiver<Command>, written: &Sender<Encoded>) -> Result<u32, Error> {
        while let Ok(command) = commands.recv() {
            let Command::Write(document_keys, encoded) = command else {
                self.close()?;
                break;
            };
            let mut document_keys = document_keys.into_iter();
            for encoded in encoded {
                self.write(&mut document_keys, &encoded)?;
                // Where nobody wants it back, it is freed.
                let _ = written.send(encoded);
            }
        }
        self.wait()?;
        Ok(self.dir.whole)
    }

    fn write(&mut self, document_keys: &mut impl Iterator<Item = DocumentKey>, encoded: &Encoded) -> Result<(), Error> {
        let open = match &mut self.open {
            Some(open) => open,
            None => self.open.insert(Open {
                documents: self.dir.create(Kind::Documents)?,
                sets: self.dir.create(Kind::Sets)?,
                behind: WriteBehind::default(),
                columns: self.keys.columns(),
                hash: SegmentHash::default(),
            }),
        };
        open.sets.frame(&encoded.sets)?;
        open.behind.advance(&mut open.sets)?;
        open.columns.append(&encoded.columns);
        for (known, key) in encoded.documents.iter().zip(document_keys) {
            open.hash.add(known);
            open.documents.record(|bytes| known.put(&key, bytes))?;
        }
        let is_full = open.sets.bytes() >= self.limits.sets || open.columns.bytes() >= self.limits.keys;
        if is_full { self.close() } else { Ok(()) }
    }

    /// Begins to make the open segment a whole one. The one before is whole by then, for segments are numbered without gaps.
    fn close(&mut self) -> Result<(), Error> {
        let Some(Open { documents, sets, mut behind, columns, hash }) = self.open.take() else { return Ok(()) };
        self.wait()?;
        let (keys, dir) = (self.keys.clone(), self.dir.clone());
        let finish = move || {
            behind.wait(&sets)?;
            sets.finish()?;
            keys.write(dir.work(), (dir.whole, hash), &columns)?.finish()?;
            // Last: where it is, the others are.
            documents.finish()
        };
        let thread = thread::Builder::new().name("twinprint-sync".to_string()).spawn(finish);
        self.closing = Some(thread.map_err(|error| Error::io(self.dir.work().folder(), error))?);
        self.dir.whole += 1;
        Ok(())
    }

    fn wait(&mut self) -> Result<(), Error> {
        self.closing.take().map_or(Ok(()), |thread| join_thread(thread, &self.dir))
    }
}
