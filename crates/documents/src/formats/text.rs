//! Text files, each of which is one document.

use std::io::Read;

use crate::batch::{BadRecord, Batch, Part};
use crate::compression::Compression;
use crate::content::Content;
use crate::decode::decode;
use crate::decompress::open;
use crate::error::{Error, ErrorKind};
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
pub(super) const BATCH_BYTES: u64 = crate::batch::BATCH_BYTES as u64;

/// Files up to this size are read without opening them once more to see whether they are compressed.
const SMALL: u64 = 1 << 16;

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
    let limit = config.options.max_record as u64;
    let mut bytes = Vec::new();
    let mut too_long = plain_size(source)?.filter(|&size| size > limit);
    if too_long.is_none() {
        let reader = open(source, &config.counter, &config.options)?;
        let read = reader.take(limit.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|error| Error::io(&source.path, &error))?;
        too_long = (bytes.len() as u64 > limit).then_some(0);
    }
    let id = if config.fields.id.is_some() { source.name.clone() } else { source.path_id() };
    let pushed = match too_long {
        // Of compressed data, only as much was read as the limit allows.
        Some(size) => Err(ErrorKind::TooLong((size > 0).then_some(size), limit)),
        None => push(id, &bytes, config.options.lossy, number, part),
    };
    if let Err(kind) = pushed {
        part.bad.push(BadRecord { line: number, kind, bytes: Vec::new() });
    }
    Ok(bytes.len() as u64)
}

/// Adds a text as a document.
pub(super) fn push(id: String, bytes: &[u8], lossy: bool, number: u64, part: &mut Part) -> Result<(), ErrorKind> {
    let text =
        decode(bytes, lossy).map_err(|kind| match Content::from_first_bytes(&bytes[..bytes.len().min(512)]) {
            Content::Foreign(name, remedy) => ErrorKind::ForeignFormat(name.to_string(), remedy.to_string()),
            // Read as a text, it would be characters that mean nothing.
            Content::Binary if bytes.contains(&0) => {
                ErrorKind::ForeignFormat("a binary file".to_string(), "leave it out".to_string())
            }
            _ => kind,
        })?;
    part.push_with(number, |texts| {
        texts.push_str(&text);
        Ok(ParsedRecord { id: Some(id), ..ParsedRecord::default() })
    })
}

/// Returns the size of the text, if it is known before it is read.
fn plain_size(source: &Source) -> Result<Option<u64>, Error> {
    match source.size().filter(|&size| source.is_file() && size > SMALL) {
        Some(size) if Compression::from_first_bytes(&source.head()?) == Compression::None => Ok(Some(size)),
        _ => Ok(None),
    }
}
