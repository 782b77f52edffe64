//! Objects as streams.

use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::{GetOptions, GetRange, GetResult};

use super::faults::NetworkFault;
use super::object::{RemoteObject, parse_key, version};
use super::patience::Patience;
use super::store::Store;
use crate::stream::{ByteReader, HEAD_BYTES};

/// Reads an object from an offset on, over as many connections as it takes. Only what a connection delivers at once is in memory.
pub(super) struct ObjectStream {
    object: RemoteObject,
    /// The bytes that are still to come over this connection, or `None` if it was lost.
    body: Option<BoxStream<'static, object_store::Result<Bytes>>>,
    /// Bytes that came and were not read.
    chunk: Bytes,
    /// The offset behind the chunk.
    offset: u64,
    end: u64,
    /// The pauses before further connections, if one was lost since the last byte.
    patience: Option<Patience>,
}

impl ObjectStream {
    /// Reads the range that an answer covers.
    pub(super) fn new(object: RemoteObject, answer: GetResult) -> Self {
        let (offset, end) = (answer.range.start, answer.range.end);
        Self { object, body: Some(answer.into_stream()), chunk: Bytes::new(), offset, end, patience: None }
    }

    /// Returns the next bytes, or `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Bytes>, NetworkFault> {
        while self.offset < self.end {
            let mut body = match self.body.take() {
                Some(body) => body,
                None => self.object.get(Some(GetRange::Bounded(self.offset..self.end)))?.into_stream(),
            };
            match self.object.store.wait(body.next()) {
                Some(Ok(bytes)) => {
                    self.offset += bytes.len() as u64;
                    if self.offset > self.end {
                        return Err(NetworkFault::changed());
                    }
                    self.body = Some(body);
                    if !bytes.is_empty() {
                        self.patience = None;
                        return Ok(Some(bytes));
                    }
                }
                Some(Err(error)) => self.wait_after(&NetworkFault::from_store(&error, &self.object.store.kind))?,
                None => self.wait_after(&NetworkFault::new("the connection ends in the middle of the object"))?,
            }
        }
        Ok(None)
    }

    /// Waits before the next connection, or gives up.
    fn wait_after(&mut self, fault: &NetworkFault) -> Result<(), NetworkFault> {
        let patience = self.patience.get_or_insert_with(|| self.object.store.patience());
        let Some(pause) = patience.pause(None) else {
            return Err(NetworkFault::new(format!("{fault}, and again when it is opened again; try later")));
        };
        std::thread::sleep(pause);
        Ok(())
    }
}

impl Read for ObjectStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.chunk.is_empty() {
            match self.next().map_err(|fault| self.object.failed(fault))? {
                Some(bytes) => self.chunk = bytes,
                None => return Ok(0),
            }
        }
        let taken = self.chunk.split_to(buffer.len().min(self.chunk.len()));
        buffer[..taken.len()].copy_from_slice(&taken);
        Ok(taken.len())
    }
}

impl RemoteObject {
    /// Asks for the first bytes of an object. The answer also says how long it is, and which version.
    pub(super) fn open(store: &Arc<Store>, path: PathBuf, key: &str) -> Result<Self, NetworkFault> {
        let key = parse_key(key)?;
        let range = GetRange::Bounded(0..HEAD_BYTES as u64);
        let first = |range| store.ask(store.client().get_opts(&key, GetOptions::new().with_range(range)));
        let answer = match first(Some(range)) {
            // Servers differ in how they refuse parts of objects, and of empty ones in particular.
            Err(fault) if fault.is_of_range() => first(None)?,
            answer => answer?,
        };
        let (size, version) = (answer.meta.size, version(&answer.meta));
        let object =
            Self { store: Arc::clone(store), path, key: key.clone(), size, version, head: None, fault: Arc::default() };
        let head = object.take_head(answer)?;
        Ok(Self { head: Some(head.into()), ..object })
    }

    /// Returns the first bytes.
    pub(crate) fn head(&self) -> io::Result<Vec<u8>> {
        match &self.head {
            Some(head) => Ok(head.to_vec()),
            None if self.size == 0 => Ok(Vec::new()),
            None => {
                let range = GetRange::Bounded(0..(HEAD_BYTES as u64).min(self.size));
                self.get(Some(range)).and_then(|answer| self.take_head(answer)).map_err(|fault| self.failed(fault))
            }
        }
    }

    fn take_head(&self, answer: GetResult) -> Result<Vec<u8>, NetworkFault> {
        let mut stream = ObjectStream::new(self.clone(), answer);
        let mut head = Vec::new();
        while head.len() < HEAD_BYTES
            && let Some(bytes) = stream.next()?
        {
            head.extend_from_slice(&bytes);
        }
        head.truncate(HEAD_BYTES);
        Ok(head)
    }

    /// Returns a reader of all bytes.
    pub(crate) fn reader(&self) -> io::Result<ByteReader> {
        self.forget_fault();
        let answer = self.get(None).map_err(|fault| self.failed(fault))?;
        Ok(Box::new(ObjectStream::new(self.clone(), answer)))
    }
}
