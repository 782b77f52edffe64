//! Batches of documents.

use std::ops::Range;

use crate::error::{Error, ErrorKind};
use crate::fields::ParsedRecord;
use crate::metadata::Metadata;
use crate::text_fields::TextFields;

/// Bytes of the input that a batch covers: enough to share among many threads, and little enough for a second one to be read
/// meanwhile.
pub(crate) const BATCH_BYTES: usize = 4 << 20;

/// The memory of a batch beyond which no second one is held beside it.
pub(crate) const LARGE_BATCH: usize = 4 * BATCH_BYTES;

/// Holds documents that were read together, in the order of the input; returned by
/// [`Reader::next_batch`](crate::Reader::next_batch).
///
/// ```
/// use twinprint_documents::{Options, open};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("a.jsonl");
/// std::fs::write(&path, "{\"id\": \"a\", \"text\": \"x\"}\n{\"id\": \"b\", \"text\": \"y\"}\n")?;
/// let mut reader = open(&path, &Options::default())?;
/// let batch = reader.next_batch()?.expect("two documents");
/// assert_eq!((batch.len(), batch.rejected.len()), (2, 0));
/// assert!(batch.documents().eq([("a", "x"), ("b", "y")]));
/// assert!(batch.records().all(|(_, _, metadata)| metadata.is_none()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Batch {
    pub(crate) parts: Vec<Part>,
    /// The records that could not be read, in the order of the input. Empty unless
    /// [`Options::skip_bad`](crate::Options::skip_bad) is set.
    pub rejected: Vec<RejectedRecord>,
    /// Bytes of the input, after decompression.
    pub bytes: u64,
}

/// Holds a record that could not be read: why, and its bytes, so that it can be mended and read again.
/// [`Reader`](crate::Reader) has an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RejectedRecord {
    /// Where it is, and what is wrong with it.
    pub error: Error,
    /// Its bytes in the input, without a line end; of Parquet and Arrow, the row as a JSON object. Empty for files and
    /// members of archives that are documents as a whole, and for records that are too long.
    pub bytes: Vec<u8>,
}

/// Documents that one thread read. Their ids and texts are stored one after the other in two strings, which later
/// batches reuse.
///
/// Two strings for all documents of a part take two allocations, not two for each document, and a part is parsed by
/// one thread without locks.
#[derive(Debug, Default)]
pub(crate) struct Part {
    ids: String,
    texts: String,
    pub(crate) documents: Vec<Record>,
    pub(crate) bad: Vec<BadRecord>,
    /// Lines or rows, blank ones included.
    pub(crate) lines: u64,
    /// The records as they are in the input, if that was asked for.
    pub(crate) raw: Raw,
    /// The row of column names of a table as it is in the input, if that was asked for.
    pub(crate) header: Vec<u8>,
    /// The path of the file, if all documents are of one file of texts.
    pub(crate) path: String,
    /// Which text fields its documents have.
    pub(crate) text_fields: TextFields,
    /// Records that hold no text, and are no documents for that reason.
    pub(crate) passed_over: u64,
}

/// The id and text of a document in the strings of its [`Part`], and its location in the input.
#[derive(Debug)]
pub(crate) struct Record {
    id: Range<usize>,
    text: Range<usize>,
    /// The line or row, counted from 1. For text files, the number of the file.
    pub(crate) line: u64,
    /// The range in [`Raw`], in bytes or rows.
    pub(crate) raw: Range<usize>,
    /// Whether an id is still to be made, once the line is known.
    lacks_id: bool,
    pub(crate) metadata: Option<Box<Metadata>>,
}

/// A record of a part that could not be read.
#[derive(Debug)]
pub(crate) struct BadRecord {
    pub(crate) line: u64,
    pub(crate) kind: ErrorKind,
    /// Its bytes, if the format has bytes of records.
    pub(crate) bytes: Vec<u8>,
}

/// Records as they are in the input.
#[derive(Debug, Default)]
pub(crate) enum Raw {
    /// Not asked for.
    #[default]
    Unknown,
    /// The bytes of lines or rows.
    Bytes(Vec<u8>),
    /// Rows of a Parquet file.
    #[cfg(feature = "parquet")]
    Rows(arrow_array::RecordBatch),
}

impl Batch {
    /// Yields the id and the text of each document.
    pub fn documents(&self) -> impl Iterator<Item = (&str, &str)> + '_ {
        self.parts.iter().flat_map(|part| part.documents.iter().map(|record| part.document(record)))
    }

    /// Yields the id, the text and the metadata of each document. The metadata is `None` if no field of it was asked
    /// for.
    ///
    /// ```
    /// use twinprint_documents::{FieldPath, Fields, Inputs, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("a.jsonl");
    /// std::fs::write(&path, "{\"id\": 1, \"text\": \"x\", \"site\": \"wire\"}\n{\"id\": 2, \"text\": \"y\"}\n")?;
    /// let fields = Fields { source: Some(FieldPath::new("site")), ..Fields::default() };
    /// let mut reader = Inputs::find([&path], &Options::default())?.read(&Options::default(), &fields);
    /// let batch = reader.next_batch()?.expect("two documents");
    /// let mut sources = Vec::new();
    /// for (id, _, metadata) in batch.records() {
    ///     sources.push((id, metadata.and_then(|metadata| metadata.source.as_deref())));
    /// }
    /// assert_eq!(sources, [("1", Some("wire")), ("2", None)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn records(&self) -> impl Iterator<Item = (&str, &str, Option<&Metadata>)> + '_ {
        self.parts.iter().flat_map(|part| {
            part.documents.iter().map(|record| {
                let (id, text) = part.document(record);
                (id, text, record.metadata.as_deref())
            })
        })
    }

    /// Yields the bytes of each document in the input: a JSON line with its end, or a row of a table without it. They
    /// are empty unless they were [asked for](crate::Reader::with_raw), and for Parquet and text files.
    ///
    /// ```
    /// use twinprint_documents::{Fields, Inputs, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("a.jsonl");
    /// std::fs::write(&path, "{\"text\": \"x\",  \"id\": 1}\n")?;
    /// let inputs = Inputs::find([&path], &Options::default())?;
    /// let mut reader = inputs.read(&Options::default(), &Fields::default()).with_raw();
    /// let batch = reader.next_batch()?.expect("one document");
    /// assert!(batch.raw().eq([b"{\"text\": \"x\",  \"id\": 1}\n"]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn raw(&self) -> impl Iterator<Item = &[u8]> + '_ {
        self.parts.iter().flat_map(|part| part.documents.iter().map(|record| part.bytes_of(record)))
    }

    /// Returns the number of documents.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.iter().map(|part| part.documents.len()).sum()
    }

    /// Returns whether there is no document. Rejected records do not count.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns about how many bytes of memory the batch takes, whether they are filled or not.
    pub(crate) fn memory(&self) -> usize {
        let read = usize::try_from(self.bytes).unwrap_or(usize::MAX);
        self.parts.iter().map(Part::memory).sum::<usize>().max(read)
    }

    /// Returns the batch, or an empty one if its memory exceeds a limit.
    pub(crate) fn unless_larger_than(self, limit: usize) -> Self {
        if self.memory() > limit { Self::default() } else { self }
    }

    /// Empties the batch but keeps its memory.
    pub(crate) fn clear(&mut self) {
        self.parts.iter_mut().for_each(Part::clear);
        self.rejected.clear();
        self.bytes = 0;
    }

    /// Empties the batch and returns this number of empty parts.
    pub(crate) fn restart(&mut self, parts: usize) -> &mut [Part] {
        self.clear();
        self.parts.resize_with(parts.max(self.parts.len()), Part::default);
        &mut self.parts[..parts]
    }
}

impl Part {
    /// Returns the memory of ids, texts and raw bytes.
    fn memory(&self) -> usize {
        let raw = if let Raw::Bytes(bytes) = &self.raw { bytes.capacity() } else { 0 };
        self.ids.capacity() + self.texts.capacity() + raw
    }

    pub(crate) fn clear(&mut self) {
        self.ids.clear();
        self.texts.clear();
        self.documents.clear();
        self.bad.clear();
        self.lines = 0;
        self.raw = Raw::Unknown;
        self.header.clear();
        self.path.clear();
        self.text_fields = TextFields::default();
        self.passed_over = 0;
    }

    /// Returns the id and the text of a document.
    pub(crate) fn document(&self, record: &Record) -> (&str, &str) {
        (&self.ids[record.id.clone()], &self.texts[record.text.clone()])
    }

    /// Returns the bytes of a record in the input, or none if they were not asked for.
    pub(crate) fn bytes_of(&self, record: &Record) -> &[u8] {
        match &self.raw {
            Raw::Bytes(bytes) => bytes.get(record.raw.clone()).unwrap_or_default(),
            _ => &[],
        }
    }

    /// Adds a document whose text `parse` appends.
    pub(crate) fn push_with(
        &mut self,
        line: u64,
        parse: impl FnOnce(&mut String) -> Result<ParsedRecord, ErrorKind>,
    ) -> Result<(), ErrorKind> {
        let start = self.texts.len();
        match parse(&mut self.texts) {
            Ok(ParsedRecord { id, metadata, text_fields }) => {
                self.text_fields.add(text_fields);
                let id_start = self.ids.len();
                self.ids.push_str(id.as_deref().unwrap_or_default());
                self.push(id_start, start, line, metadata);
                if let (None, Some(record)) = (id, self.documents.last_mut()) {
                    record.lacks_id = true;
                }
                Ok(())
            }
            Err(kind) => {
                self.texts.truncate(start);
                Err(kind)
            }
        }
    }

    /// Adds a document whose id and text were appended already, starting at these offsets.
    pub(crate) fn push(&mut self, id: usize, text: usize, line: u64, metadata: Option<Metadata>) {
        let (id, text) = (id..self.ids.len(), text..self.texts.len());
        self.documents.push(Record { id, text, line, raw: 0..0, lacks_id: false, metadata: metadata.map(Box::new) });
    }

    /// Converts line numbers of the part to line numbers of the file, given the number of lines before the part. Then
    /// makes the missing ids, which contain the line.
    pub(crate) fn number_lines(&mut self, file: &str, lines_before: u64) {
        self.bad.iter_mut().for_each(|bad| bad.line += lines_before);
        for record in &mut self.documents {
            record.line += lines_before;
            if record.lacks_id {
                let start = self.ids.len();
                self.ids.push_str(file);
                self.ids.push(':');
                self.ids.push_str(&record.line.to_string());
                record.id = start..self.ids.len();
            }
        }
    }

    /// Sets the range in [`Raw`] of the document added last.
    pub(crate) fn set_raw(&mut self, range: Range<usize>) {
        if let Some(record) = self.documents.last_mut() {
            record.raw = range;
        }
    }

    /// Returns the strings to which ids and texts are appended.
    pub(crate) fn strings(&mut self) -> (&mut String, &mut String) {
        (&mut self.ids, &mut self.texts)
    }
}
