//! Files one after another, as one corpus.

use crate::batch::{Batch, Part, Wrong};
use crate::columns::FirstColumns;
use crate::error::Error;
use crate::fields::Fields;
use crate::formats::{Format, Records, Terms, begin};
use crate::ids::{Ids, Place};
use crate::inputs::{Inputs, Source};
use crate::options::Options;

/// The documents of a corpus, batch after batch, so that one larger than memory can be read.
///
/// A batch comes of about 8 MB of input, or of one record that is longer. To find repeated ids, 128 bits of each are kept,
/// unless [they may repeat](Options::repeated_ids).
#[derive(Debug)]
pub struct Reader {
    inputs: Inputs,
    /// How many files were begun.
    begun: usize,
    current: Option<Box<dyn Records>>,
    columns: FirstColumns,
    terms: Terms,
    ids: Ids,
    documents: u64,
    ended: bool,
    batch: Batch,
}

/// How far a corpus was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Bytes read, as they are on disk.
    pub bytes: u64,
    /// Bytes of all files, where that is known.
    pub total_bytes: Option<u64>,
    /// Documents read.
    pub documents: u64,
}

impl Reader {
    pub(crate) fn new(inputs: &Inputs, options: &Options, fields: &Fields) -> Self {
        let terms = Terms { options: *options, fields: fields.clone(), ..Terms::default() };
        Self {
            inputs: inputs.clone(),
            begun: 0,
            current: None,
            columns: FirstColumns::default(),
            terms,
            ids: Ids::default(),
            documents: 0,
            ended: false,
            batch: Batch::default(),
        }
    }

    /// Keeps the records as they stand in the input too, which costs a copy: see [`Batch::raw`]. Tables are then read to be written as
    /// one, and one that has other columns than the first is an error.
    #[must_use]
    pub fn with_raw(mut self) -> Self {
        self.terms.raw = true;
        self
    }

    /// How far it is.
    #[must_use]
    pub fn position(&self) -> Position {
        let total_bytes = self.inputs.total_bytes();
        Position { bytes: self.terms.counter.get(), total_bytes, documents: self.documents }
    }

    /// The next documents, if there are any left. The memory they stand in is used again.
    ///
    /// # Errors
    /// Names the file, the line, what is wrong with it and what can be done. Reading ends there.
    pub fn next_batch(&mut self) -> Result<Option<&Batch>, Error> {
        if self.ended {
            return Ok(None);
        }
        let read = self.read_batch();
        self.ended = !matches!(read, Ok(true));
        read?;
        Ok((!self.ended).then_some(&self.batch))
    }

    fn read_batch(&mut self) -> Result<bool, Error> {
        loop {
            if let Some(current) = &mut self.current {
                self.batch.clear();
                if current.next_batch(&mut self.batch)? {
                    break;
                }
            }
            if !self.begin_next()? {
                return Ok(false);
            }
        }
        let mut parts = std::mem::take(&mut self.batch.parts);
        let checked = parts.iter_mut().try_for_each(|part| self.check(part));
        self.batch.parts = parts;
        self.documents += self.batch.len() as u64;
        checked.map(|()| true)
    }

    /// Begins with the next file, or with all where each is a document.
    fn begin_next(&mut self) -> Result<bool, Error> {
        let left = &self.inputs.sources[self.begun..];
        if left.is_empty() {
            return Ok(false);
        }
        let current = begin(left, self.inputs.format, &self.terms)?;
        if self.terms.raw {
            self.columns.check(&left[0].path, current.columns())?;
        }
        self.current = Some(current);
        self.begun += if self.inputs.format == Format::Text { left.len() } else { 1 };
        Ok(true)
    }

    /// Drops documents whose ids are repeated, and sets aside or reports what is wrong.
    fn check(&mut self, part: &mut Part) -> Result<(), Error> {
        let file = self.begun.saturating_sub(1);
        if !self.terms.options.repeated_ids {
            let (sources, format) = (&self.inputs.sources, self.inputs.format);
            self.ids.check(part, file, |place| say(sources, format, file, place));
            part.wrong.sort_by_key(|wrong| wrong.line);
        }
        for wrong in part.wrong.drain(..) {
            let (error, bytes) = error(&self.inputs.sources, self.inputs.format, file, wrong);
            if !self.terms.options.skip_bad {
                return Err(error);
            }
            self.batch.skipped.push(error);
            self.batch.skipped_bytes.push(bytes);
        }
        Ok(())
    }
}

/// A place in words, as seen from a file. Where a file is a document, its number stands for the line.
fn say(sources: &[Source], format: Format, here: usize, (file, line): Place) -> String {
    let path = |file: usize| sources.get(file).map(|source| source.path.display().to_string()).unwrap_or_default();
    match format {
        Format::Text => path(number(line)),
        _ if file == here => format!("line {line}"),
        _ => format!("{}, line {line}", path(file)),
    }
}

fn error(sources: &[Source], format: Format, file: usize, wrong: Wrong) -> (Error, Vec<u8>) {
    let (file, line) = match format {
        Format::Text => (number(wrong.line), None),
        _ => (file, Some(wrong.line)),
    };
    let path = sources.get(file).map(|source| source.path.clone()).unwrap_or_default();
    (Error { path, line, reason: wrong.reason }, wrong.bytes)
}

/// The number of a file, counted from 0.
fn number(line: u64) -> usize {
    usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1)
}
