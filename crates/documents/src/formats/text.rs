//! Text files, each of which is one document.

use std::io::Read;

use crate::batch::{BadRecord, Batch, Part};
use crate::decode::decode;
use crate::decompress::open;
use crate::error::Error;
use crate::fields::ParsedRecord;
use crate::records::{ReadConfig, Records};
use crate::source::Source;

/// Reads text files. Their names are the ids, and their numbers, counted from 1, take the place of line numbers.
#[derive(Debug)]
pub(super) struct TextReader {
    sources: Vec<Source>,
    /// Files read so far.
    read: usize,
    config: ReadConfig,
}

/// Bytes of files in a batch, after decompression, before the last file of it.
const BATCH_BYTES: u64 = 8 << 20;

impl TextReader {
    pub(super) fn new(sources: Vec<Source>, config: ReadConfig) -> Self {
        Self { sources, read: 0, config }
    }
}

impl Records for TextReader {
    fn next_batch(&mut self, batch: &mut Batch) -> Result<bool, Error> {
        let mut bytes = 0;
        let part = &mut batch.restart(1)[0];
        let before = self.read;
        while bytes < BATCH_BYTES
            && let Some(source) = self.sources.get(self.read)
        {
            self.read += 1;
            bytes += read_file(source, self.read as u64, &self.config, part)?;
        }
        batch.bytes = bytes;
        Ok(self.read > before)
    }
}

/// Reads a file into a part and returns its length.
fn read_file(source: &Source, number: u64, config: &ReadConfig, part: &mut Part) -> Result<u64, Error> {
    let mut bytes = Vec::new();
    let read = open(&source.path, &config.counter)?.read_to_end(&mut bytes);
    read.map_err(|error| Error::io(&source.path, &error))?;
    let length = bytes.len() as u64;
    match decode(&bytes, config.options.lossy) {
        Ok(text) => part.push_with(number, |texts| {
            texts.push_str(&text);
            Ok(ParsedRecord { id: Some(source.name.clone()), metadata: None })
        }),
        Err(kind) => {
            part.bad.push(BadRecord { line: number, kind, bytes: Vec::new() });
            Ok(())
        }
    }
    .map_err(|kind| Error::new(&source.path, kind))?;
    Ok(length)
}
