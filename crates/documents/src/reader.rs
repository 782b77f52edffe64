//! Reads the files of a corpus one after another.

use std::collections::HashMap;
use std::path::Path;

use crate::batch::{BadRecord, Batch, Part, RejectedRecord};
use crate::columns::FirstColumns;
use crate::error::{Error, ErrorKind, RecordUnit};
use crate::field_path::FieldPath;
use crate::fields::Fields;
use crate::formats::open_records;
use crate::inputs::Inputs;
use crate::options::Options;
use crate::place::RecordPlace;
use crate::records::{ReadConfig, Records};
use crate::seen_ids::{RecordLocation, SeenIds};
use crate::text_fields::TextFields;

/// Reads the documents of a corpus batch by batch, so the corpus may be larger than memory.
///
/// A batch covers about 8 MB of input, or one record if that is longer. To find repeated ids, a 128-bit hash of each id
/// is kept, unless [ids may repeat](Options::repeated_ids).
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
///     let error = batch.rejected[0].error.to_string();
///     assert!(error.contains("line 2: the field \"text\" is missing; there are \"id\""), "{error}");
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
    text_fields: TextFields,
    ended: bool,
    batch: Batch,
}

/// Tells how far a corpus has been read, for a progress bar. Bytes are those on disk, so that a compressed file
/// ends at its size.
///
/// ```
/// use twinprint_documents::{Options, open};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("a.jsonl");
/// std::fs::write(&path, "{\"id\": 1, \"text\": \"x\"}\n")?;
/// let mut reader = open(&path, &Options::default())?;
/// assert_eq!((reader.position().bytes, reader.position().total_bytes), (0, Some(23)));
/// while reader.next_batch()?.is_some() {}
/// assert_eq!((reader.position().bytes, reader.position().documents), (23, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
    ///
    /// Pass the options that the files were found with, because their format was judged by these.
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
            text_fields: TextFields::default(),
            ended: false,
            batch: Batch::default(),
        }
    }
}

impl Reader {
    /// Keeps the records as they are in the input too, which costs a copy; see [`Batch::raw`]. Tables are then meant to
    /// be written as one, so a table whose columns differ from those of the first is an error.
    ///
    /// It is needed to write records again, by a `Splitter` (which asks for it by itself) or a `Rewriter`.
    #[must_use]
    pub fn with_raw(mut self) -> Self {
        self.config.keep_raw = true;
        self
    }

    /// Returns how far the corpus has been read. It may be asked for after each batch, and costs nothing.
    #[must_use]
    pub fn position(&self) -> Position {
        let total_bytes = self.inputs.total_bytes();
        Position { bytes: self.config.counter.get(), total_bytes, documents: self.documents }
    }

    /// Yields the text fields that documents lacked and none so far had. One text of several may be missing in a record, so a
    /// misspelt name is no error by itself; ask at the end, and refuse what would compare documents by a part of their texts.
    ///
    /// ```
    /// use twinprint_documents::{FieldPath, Fields, Inputs, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("a.jsonl");
    /// std::fs::write(&path, "{\"id\": 1, \"title\": \"Ferry\", \"body\": \"It was late.\"}\n")?;
    /// let fields = Fields { text: ["title", "bdy"].map(FieldPath::new).to_vec(), ..Fields::default() };
    /// let mut reader = Inputs::find([&path], &Options::default())?.read(&Options::default(), &fields);
    /// while reader.next_batch()?.is_some() {}
    /// assert!(reader.texts_nowhere().eq([&FieldPath::new("bdy")]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn texts_nowhere(&self) -> impl Iterator<Item = &FieldPath> {
        let texts = self.config.fields.text.iter().enumerate();
        texts.filter(|(number, _)| self.text_fields.is_nowhere(*number)).map(|(_, path)| path)
    }

    /// Reads the next documents, or returns `None` at the end. A batch may hold rejected records alone. Each call
    /// reuses the memory of the batch before.
    ///
    /// # Errors
    /// Names the file, the line, what is wrong with it and what can be done. After an error, reading ends.
    ///
    /// The ids, texts and metadata of a batch are borrowed from it, so copy what is needed longer.
    pub fn next_batch(&mut self) -> Result<Option<&Batch>, Error> {
        if self.ended {
            return Ok(None);
        }
        let read = self.read_batch();
        self.ended = !matches!(read, Ok(true));
        read?;
        Ok((!self.ended).then_some(&self.batch))
    }

    /// Reads the next part of the current file, or of the next one that has any. Returns false at the end.
    fn read_batch(&mut self) -> Result<bool, Error> {
        loop {
            if let Some(current) = &mut self.current {
                self.batch.clear();
                let read = current.next_batch(&mut self.batch);
                if read.map_err(|error| explained(&self.inputs, error))? {
                    break;
                }
            }
            if !self.open_next()? {
                return Ok(false);
            }
        }
        let mut parts = std::mem::take(&mut self.batch.parts);
        parts.iter().for_each(|part| self.text_fields.add(part.text_fields));
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
        self.opened += if self.inputs.format.is_document_per_file() { left.len() } else { 1 };
        Ok(true)
    }

    /// Rejects or reports the bad records of a part, among them documents with repeated ids.
    fn check(&mut self, part: &mut Part) -> Result<(), Error> {
        let file = self.opened.saturating_sub(1);
        let unit = self.current.as_ref().map_or(RecordUnit::Line, |records| records.unit());
        let place = |location| place(&self.inputs, location, unit);
        if !self.config.options.repeated_ids {
            let describe = |location: RecordLocation| match place(location) {
                RecordPlace { line: Some(line), .. } if location.file == file => format!("{} {line}", unit.name()),
                place => place.to_string(),
            };
            self.seen_ids.check(part, file, describe);
            part.bad.sort_by_key(|bad| bad.line);
        }
        for BadRecord { line, kind, bytes } in part.bad.drain(..) {
            let RecordPlace { path, line, unit, .. } = place(RecordLocation { file, line });
            let rejected = RejectedRecord { error: Error { path, line, unit, kind }, bytes };
            if !self.config.options.skip_bad {
                return Err(rejected.error);
            }
            self.batch.rejected.push(rejected);
        }
        Ok(())
    }

    /// Returns the place of a document of the batch that was read last, by its number in the batch.
    fn place_in_batch(&self, mut number: u64) -> Option<RecordPlace> {
        let unit = self.current.as_ref().map_or(RecordUnit::Line, |records| records.unit());
        for part in &self.batch.parts {
            let documents = part.documents.len() as u64;
            if number < documents {
                let record = part.documents.get(usize::try_from(number).ok()?)?;
                let location = RecordLocation { file: self.opened.saturating_sub(1), line: record.line };
                let id = part.document(record).0.to_string();
                return Some(RecordPlace { id, ..place(&self.inputs, location, unit) });
            }
            number -= documents;
        }
        None
    }
}

impl Inputs {
    /// Returns the places of documents, by their numbers, counted from 0 in the order of reading. Reads the corpus up
    /// to the last of them again, with the same options and fields as before.
    ///
    /// ```
    /// use twinprint_documents::{Fields, Inputs, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("a.jsonl");
    /// std::fs::write(&path, "{\"id\": 1, \"text\": \"x\"}\n\n{\"id\": 2, \"text\": \"y\"}\n")?;
    /// let inputs = Inputs::find([&path], &Options::default())?;
    /// let places = inputs.places(&Options::default(), &Fields::default(), &[1])?;
    /// assert_eq!(places[0].line, Some(3));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If the corpus cannot be read again, or has fewer documents.
    ///
    /// It is meant for messages about few documents, such as those of a pair that somebody asks about.
    pub fn places(&self, options: &Options, fields: &Fields, documents: &[u64]) -> Result<Vec<RecordPlace>, Error> {
        let mut wanted: Vec<_> = documents.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        let mut places = HashMap::with_capacity(wanted.len());
        let mut reader = self.read(options, fields);
        let (mut wanted, mut before) = (wanted.into_iter().peekable(), 0);
        while wanted.peek().is_some() && reader.next_batch()?.is_some() {
            let after = reader.position().documents;
            while let Some(document) = wanted.next_if(|&document| document < after) {
                places.extend(reader.place_in_batch(document - before).map(|place| (document, place)));
            }
            before = after;
        }
        let place = |document: &u64| places.get(document).cloned();
        documents.iter().map(place).collect::<Option<Vec<_>>>().ok_or_else(|| {
            let expected = documents.iter().max().map_or(0, |last| last + 1);
            let first = self.paths().next().unwrap_or(Path::new("-"));
            Error::new(first, ErrorKind::ChangedInput { expected, found: before })
        })
    }
}

/// Says of a lost connection that it was one.
fn explained(inputs: &Inputs, error: Error) -> Error {
    match inputs.sources.iter().find(|source| source.path == error.path) {
        Some(source) => source.explained(error),
        None => error,
    }
}

/// Describes a location. A text file is one document, so the "line" is the number of the file.
fn place(inputs: &Inputs, RecordLocation { file, line }: RecordLocation, unit: RecordUnit) -> RecordPlace {
    let (file, line) = match inputs.format.is_document_per_file() {
        true => (usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1), None),
        false => (file, Some(line)),
    };
    let path = inputs.sources.get(file).map(|source| source.path.clone()).unwrap_or_default();
    RecordPlace { id: String::new(), path, line, unit }
}
