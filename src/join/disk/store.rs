//! Documents to pieces on disk.
//!
//! What comes is made ready on the caller's threads, and written by one of its own, so that reading and hashing go on meanwhile. When
//! a piece is full, it is synchronised with the disk by another, while the next one is begun.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};

use xxhash_rust::xxh3::xxh3_128;

use super::frames::{FrameWriter, Kind, put};
use super::keys::{KeyMaker, Stripes};
use super::segments::{Known, Label, Place};
use crate::error::{Error, FileProblem};
use crate::join::sets::Block;
use crate::parallel;

/// How large pieces are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Bytes of sets after which a piece is closed.
    pub(super) sets: u64,
    /// Bytes of keys, which are held until then.
    pub(super) keys: usize,
}

/// Stores documents behind those that are there.
#[derive(Debug)]
pub(super) struct Store {
    place: Place,
    keys: KeyMaker,
    limits: Limits,
    writer: Option<Writer>,
    /// Why nothing more can be written: documents behind those that were lost would have the wrong numbers.
    failed: Option<Error>,
    /// What was written and can be filled again.
    spare: Vec<Encoded>,
}

/// The thread that writes.
#[derive(Debug)]
struct Writer {
    orders: SyncSender<Order>,
    written: Receiver<Encoded>,
    thread: JoinHandle<Result<u32, Error>>,
}

enum Order {
    Write(Vec<Label>, Vec<Encoded>),
    /// No more will come, and all of it is to be whole.
    Close,
}

/// The documents of a block, ready to be written.
#[derive(Debug)]
struct Encoded {
    documents: Vec<Known>,
    sets: Vec<u8>,
    stripes: Stripes,
}

impl Store {
    pub(super) fn new(place: &Place, keys: &KeyMaker, limits: Limits) -> Self {
        Self { place: place.clone(), keys: keys.clone(), limits, writer: None, failed: None, spare: Vec::new() }
    }

    /// Adds documents with their labels, in their order. The blocks are of no use afterwards but to be filled again.
    pub(super) fn add(&mut self, labels: Vec<Label>, blocks: &mut [Block]) -> Result<(), Error> {
        self.check()?;
        let added = self.hand_over(labels, blocks);
        self.failed = added.clone().err();
        added
    }

    fn check(&self) -> Result<(), Error> {
        self.failed.clone().map_or(Ok(()), Err)
    }

    fn hand_over(&mut self, labels: Vec<Label>, blocks: &mut [Block]) -> Result<(), Error> {
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.begin()?,
        };
        self.spare.extend(writer.written.try_iter());
        let (spare, keys) = (&mut self.spare, &self.keys);
        let empty = || Encoded { documents: Vec::new(), sets: Vec::new(), stripes: keys.stripes() };
        let filled = blocks.iter_mut().map(|block| (block, spare.pop().unwrap_or_else(empty))).collect();
        let encoded = parallel::map_owned(filled, || (), |(block, encoded), ()| encoded.fill(block, keys));
        if writer.orders.send(Order::Write(labels, encoded)).is_err() {
            return writer.end(&self.place).map(|_| ());
        }
        self.writer = Some(writer);
        Ok(())
    }

    fn begin(&self) -> Result<Writer, Error> {
        let (orders, received) = sync_channel(0);
        let (done, written) = channel();
        let (place, keys, limits) = (self.place.clone(), self.keys.clone(), self.limits);
        let pieces = Pieces { place, keys, limits, open: None, closing: None };
        let thread = thread::Builder::new().name("twinprint-store".to_string());
        let thread = thread.spawn(move || pieces.write_all(&received, &done));
        let thread = thread.map_err(|error| Error::io(self.place.folder(), &error))?;
        Ok(Writer { orders, written, thread })
    }

    /// Makes the piece that is being written a whole one. Returns how many pieces there are.
    pub(super) fn close(&mut self) -> Result<u32, Error> {
        self.check()?;
        match self.writer.take() {
            Some(writer) => {
                // Where nobody receives it, the thread says why.
                let _ = writer.orders.send(Order::Close);
                writer.end(&self.place)
            }
            None => Ok(self.place.whole),
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // Nothing is written any more when it is gone, but what was begun is not made whole.
        if let Some(writer) = self.writer.take() {
            let _ = writer.end(&self.place);
        }
    }
}

impl Writer {
    /// Lets the thread end.
    fn end(self, place: &Place) -> Result<u32, Error> {
        drop(self.orders);
        joined(self.thread, place)
    }
}

/// What a thread has to say.
fn joined<T>(thread: JoinHandle<Result<T, Error>>, place: &Place) -> Result<T, Error> {
    thread.join().unwrap_or_else(|_| {
        let problem = FileProblem::Io("a thread that wrote ended early".to_string());
        Err(Error::File { path: place.folder().into(), problem })
    })
}

impl Encoded {
    /// Takes the documents of a block, whose sets are sorted for it.
    fn fill(mut self, block: &mut Block, keys: &KeyMaker) -> Self {
        let Self { documents, sets, stripes } = &mut self;
        documents.clear();
        sets.clear();
        stripes.clear();
        block.for_each_sorted(keys.width(), |shingles, set, row| {
            let start = sets.len();
            put(sets, set);
            keys.push(row, stripes);
            let set_hash = xxh3_128(&sets[start..]);
            documents.push(Known { shingles: shingles as u64, size: set.len() as u32, set_hash });
        });
        self
    }
}

/// Pieces that are written one after the other.
struct Pieces {
    place: Place,
    keys: KeyMaker,
    limits: Limits,
    open: Option<Open>,
    /// The piece before, while it is synchronised with the disk.
    closing: Option<JoinHandle<Result<(), Error>>>,
}

/// A piece that is being written.
struct Open {
    documents: FrameWriter,
    sets: FrameWriter,
    stripes: Stripes,
}

impl Pieces {
    /// Does what is ordered; returns how many pieces there are then.
    fn write_all(mut self, orders: &Receiver<Order>, written: &Sender<Encoded>) -> Result<u32, Error> {
        while let Ok(order) = orders.recv() {
            let Order::Write(labels, encoded) = order else {
                self.close()?;
                break;
            };
            let mut labels = labels.into_iter();
            for encoded in encoded {
                self.write(&mut labels, &encoded)?;
                // Where nobody wants it back, it is freed.
                let _ = written.send(encoded);
            }
        }
        self.wait()?;
        Ok(self.place.whole)
    }

    fn write(&mut self, labels: &mut impl Iterator<Item = Label>, encoded: &Encoded) -> Result<(), Error> {
        let open = match &mut self.open {
            Some(open) => open,
            None => self.open.insert(Open {
                documents: self.place.create(Kind::Documents)?,
                sets: self.place.create(Kind::Sets)?,
                stripes: self.keys.stripes(),
            }),
        };
        open.sets.frame(&encoded.sets)?;
        open.stripes.append(&encoded.stripes);
        for (known, label) in encoded.documents.iter().zip(labels) {
            open.documents.record(|bytes| known.put(&label, bytes))?;
        }
        let is_full = open.sets.bytes() >= self.limits.sets || open.stripes.bytes() >= self.limits.keys;
        if is_full { self.close() } else { Ok(()) }
    }

    /// Begins to make the open piece a whole one. The one before is whole by then, for pieces are numbered without gaps.
    fn close(&mut self) -> Result<(), Error> {
        let Some(Open { documents, sets, stripes }) = self.open.take() else { return Ok(()) };
        self.wait()?;
        let (keys, path) = (self.keys.clone(), self.place.path(Kind::Keys, self.place.whole));
        let finish = move || {
            sets.finish()?;
            keys.write(&path, &stripes)?.finish()?;
            // Last: where it is, the others are.
            documents.finish()
        };
        let thread = thread::Builder::new().name("twinprint-sync".to_string()).spawn(finish);
        self.closing = Some(thread.map_err(|error| Error::io(self.place.folder(), &error))?);
        self.place.whole += 1;
        Ok(())
    }

    fn wait(&mut self) -> Result<(), Error> {
        self.closing.take().map_or(Ok(()), |thread| joined(thread, &self.place))
    }
}
