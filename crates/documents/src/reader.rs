//! Reads the files of a corpus one after another.

use crate::batch::{BadRecord, Batch, Part, RejectedRecord};
use crate::columns::FirstColumns;
use crate::error::Error;
use crate::fields::Fields;
use crate::format::Format;
use crate::formats::open_records;
use crate::inputs::Inputs;
use crate::options::Options;
use crate::records::{ReadConfig, Records};
use crate::seen_ids::{RecordLocation, SeenIds};
use crate::source::Source;

/// Reads the documents of a corpus batch by batch, so the corpus may be larger than memory.
///
/// A batch covers about 8 MB of input, or one record if that is longer. To find repeated ids, a 128-bit hash of each id is kept,
/// unless [ids may repeat](Options::repeated_ids).
///
/// ```
/// use twinprint_documents::{Fields, Inputs, Options};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("a.jsonl");
/// std::fs::write(&path, "{\"id\": 1, \"text\": \"x\"}\n{\"id\": 2}\n")?;
/// let options = Options { skip_bad: true, ..Options::default() };
/// let mut reader = Inputs::find([&path], &options)?.read(&options, &Fields::default());
/// while let Some(batch) = reader.next_batch()? {
///     assert!(batch.documents().eq([("1", "x")]));
///     assert!(batch.rejected[0].error.to_string().ends_with("line 2: the field \"text\" is missing"));
/// }
/// assert_eq!(reader.position().documents, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Reader {
    inputs: Inputs,
    /// The number of files opened so far.
    opened: usize,
    current: Option<Box<dyn Records>>,
    columns: FirstColumns,
    config: ReadConfig,
    seen_ids: SeenIds,
    documents: u64,
    ended: bool,
    batch: Batch,
}

/// How far a corpus has been read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Position {
    /// Bytes read so far, as they are on disk.
    pub bytes: u64,
    /// The size of all files on disk in bytes, or `None` for standard input.
    pub total_bytes: Option<u64>,
    /// Documents read so far.
    pub documents: u64,
}

impl Inputs {
    /// Returns a reader that begins with the first document.
    #[must_use]
    pub fn read(&self, options: &Options, fields: &Fields) -> Reader {
        Reader {
            inputs: self.clone(),
            opened: 0,
            current: None,
            columns: FirstColumns::default(),
            config: ReadConfig { options: *options, fields: fields.clone(), ..ReadConfig::default() },
            seen_ids: SeenIds::default(),
            documents: 0,
            ended: false,
            batch: Batch::default(),
        }
    }
}

impl Reader {
    /// Keeps the records as they are in the input too, which costs a copy; see [`Batch::raw`]. Tables are then meant to be written as
    /// one, so a table whose columns differ from those of the first is an error.
    #[must_use]
    pub fn with_raw(mut self) -> Self {
        self.config.keep_raw = true;
        self
    }

    /// Returns how far the corpus has been read.
    #[must_use]
    pub fn position(&self) -> Position {
        let total_bytes = self.inputs.total_bytes();
        Position { bytes: self.config.counter.get(), total_bytes, documents: self.documents }
    }

    /// Reads the next documents, or returns `None` at the end. A batch may hold rejected records alone. Each call reuses the memory of
    /// the batch before.
    ///
    /// # Errors
    /// Names the file, the line, what is wrong with it and what can be done. After an error, reading ends.
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
            if !self.open_next()? {
                return Ok(false);
            }
        }
        let mut parts = std::mem::take(&mut self.batch.parts);
        let checked = parts.iter_mut().try_for_each(|part| self.check(part));
        self.batch.parts = parts;
        self.documents += self.batch.len() as u64;
        checked.map(|()| true)
    }

    /// Opens the next file, or all files if each is one document. Returns false if none is left.
    fn open_next(&mut self) -> Result<bool, Error> {
        let left = &self.inputs.sources[self.opened..];
        if left.is_empty() {
            return Ok(false);
        }
        let current = open_records(left, self.inputs.format, &self.config)?;
        if self.config.keep_raw {
            self.columns.check(&left[0].path, current.columns())?;
        }
        self.current = Some(current);
        self.opened += if self.inputs.format == Format::Text { left.len() } else { 1 };
        Ok(true)
    }

    /// Rejects or reports the bad records of a part, among them documents with repeated ids.
    fn check(&mut self, part: &mut Part) -> Result<(), Error> {
        let file = self.opened.saturating_sub(1);
        if !self.config.options.repeated_ids {
            let (sources, format) = (&self.inputs.sources, self.inputs.format);
            self.seen_ids.check(part, file, |location| describe(sources, format, file, location));
            part.bad.sort_by_key(|bad| bad.line);
        }
        for bad in part.bad.drain(..) {
            let rejected = reject(&self.inputs.sources, self.inputs.format, file, bad);
            if !self.config.options.skip_bad {
                return Err(rejected.error);
            }
            self.batch.rejected.push(rejected);
        }
        Ok(())
    }
}

/// Describes a location as seen from the file `here`. A text file is one document, so the "line" is the number of the file.
fn describe(sources: &[Source], format: Format, here: usize, location: RecordLocation) -> String {
    let RecordLocation { file, line } = location;
    let path = |file: usize| sources.get(file).map(|source| source.path.display().to_string()).unwrap_or_default();
    match format {
        Format::Text => path(file_number(line)),
        _ if file == here => format!("line {line}"),
        _ => format!("{}, line {line}", path(file)),
    }
}

fn reject(sources: &[Source], format: Format, file: usize, bad: BadRecord) -> RejectedRecord {
    let (file, line) = match format {
        Format::Text => (file_number(bad.line), None),
        _ => (file, Some(bad.line)),
    };
    let path = sources.get(file).map(|source| source.path.clone()).unwrap_or_default();
    RejectedRecord { error: Error { path, line, kind: bad.kind }, bytes: bad.bytes }
}

/// Converts the number of a text file from 1-based to 0-based.
fn file_number(line: u64) -> usize {
    usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1)
}
