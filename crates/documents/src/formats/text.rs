//! Files of which each is a document.

use std::borrow::Cow;
use std::io::Read;

use super::{Records, Terms};
use crate::batch::{Batch, Part, Wrong};
use crate::error::{Error, Reason};
use crate::inputs::Source;
use crate::opened::open;

/// Reads every file as a document; its name is the id. The number of the file stands for the line.
#[derive(Debug)]
pub(crate) struct Texts {
    sources: Vec<Source>,
    read: usize,
    terms: Terms,
}

/// Bytes of files that are read together.
const TOGETHER: u64 = 8 << 20;

impl Texts {
    pub(super) fn new(sources: Vec<Source>, terms: Terms) -> Self {
        Self { sources, read: 0, terms }
    }
}

impl Records for Texts {
    fn next_batch(&mut self, batch: &mut Batch) -> Result<bool, Error> {
        let mut bytes = 0;
        let part = &mut batch.restart(1)[0];
        let before = self.read;
        while bytes < TOGETHER
            && let Some(source) = self.sources.get(self.read)
        {
            self.read += 1;
            bytes += add(source, self.read as u64, &self.terms, part)?;
        }
        batch.bytes = bytes;
        Ok(self.read > before)
    }
}

/// Reads a file; returns its length.
fn add(source: &Source, number: u64, terms: &Terms, part: &mut Part) -> Result<u64, Error> {
    let mut bytes = Vec::new();
    let read = open(&source.path, &terms.counter)?.read_to_end(&mut bytes);
    read.map_err(|error| Error::io(&source.path, &error))?;
    let length = bytes.len() as u64;
    match text_of(&bytes, terms.options.lossy) {
        Ok(text) => part.push_with(number, |texts| {
            texts.push_str(&text);
            Ok((Some(source.name.clone()), None))
        }),
        Err(reason) => {
            part.wrong.push(Wrong { line: number, reason, bytes: Vec::new() });
            Ok(())
        }
    }
    .map_err(|reason| Error::new(&source.path, reason))?;
    Ok(length)
}

/// Bytes as text, which are not copied unless some are replaced; without the byte order mark that some editors put first.
pub(crate) fn text_of(bytes: &[u8], lossy: bool) -> Result<Cow<'_, str>, Reason> {
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    match std::str::from_utf8(text) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) if lossy => Ok(String::from_utf8_lossy(text)),
        Err(error) => Err(Reason::NotUtf8(bytes.len() - text.len() + error.valid_up_to())),
    }
}
