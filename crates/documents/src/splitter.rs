//! Writes a corpus as two files: the kept records and the removed ones.

mod decision;
mod json_lines;
mod lines;
#[cfg(feature = "parquet")]
mod parquet;
mod sink;
mod table;
mod text;

use std::path::{Path, PathBuf};

pub use self::decision::{Decision, DuplicateOf, SharedPassage};
use self::json_lines::JsonLinesSplitter;
use self::lines::LinesSplitter;
#[cfg(feature = "parquet")]
use self::parquet::ParquetSplitter;
use self::sink::Sink;
use self::table::TableSplitter;
use self::text::TextSplitter;
use crate::error::{Error, ErrorKind};
use crate::fields::Fields;
use crate::format::Format;
use crate::inputs::Inputs;
use crate::metadata::Metadata;
use crate::options::Options;

/// Reads a corpus a second time and writes the kept and the removed records to two files, in the format of the input.
///
/// | input | kept | removed |
/// |---|---|---|
/// | JSON lines | the lines, byte for byte | the lines with three more fields |
/// | CSV, TSV | the rows, byte for byte except line ends | the rows with three more columns |
/// | Parquet, Arrow IPC | the rows, with the same columns | the rows with three more columns |
/// | texts, tar | lines of id, tab, path | JSON lines with `id`, `path`, `text` and three more fields |
/// | texts on lines | the lines, byte for byte | the same |
/// | WARC | JSON lines with `id`, `url`, `date` and `text` | the same with three more fields |
///
/// The three are `duplicate_of`, `jaccard` and `containment` (see [`DuplicateOf`]); they replace fields or columns of the same names. With
/// [`passages`](Self::passages) there are three more, those of a [`SharedPassage`].
/// An output is compressed if its name ends with `.gz` or `.zst`. It is written under a temporary name, synced and then renamed, so it
/// appears complete or not at all. Rejected records are in neither.
///
/// ```
/// use twinprint_documents::{Decision, DuplicateOf, Fields, Inputs, Options, Splitter};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = |name: &str| folder.path().join(name);
/// std::fs::write(path("a.jsonl"), "{\"id\": 1, \"text\": \"x\"}\n{\"id\": 2, \"text\": \"x\"}\n")?;
/// let inputs = Inputs::find([path("a.jsonl")], &Options::default())?;
/// let splitter = Splitter { kept: path("kept.jsonl"), removed: path("removed.jsonl"), passages: false };
/// let split = splitter.split(&inputs, &Options::default(), &Fields::default(), |number| match number {
///     0 => Decision::Keep,
///     _ => Decision::Remove(DuplicateOf { id: "1".to_string(), jaccard: 1.0, containment: 1.0, passage: None }),
/// })?;
/// assert_eq!((split.kept, split.removed), (1, 1));
/// assert_eq!(std::fs::read_to_string(path("kept.jsonl"))?, "{\"id\": 1, \"text\": \"x\"}\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splitter {
    /// The path of the file of kept records.
    pub kept: PathBuf,
    /// The path of the file of removed records.
    pub removed: PathBuf,
    /// Whether tables have columns of the [passage](DuplicateOf::passage); records of JSON have its fields where it is known.
    pub passages: bool,
}

/// Holds a document that a [`Splitter`] reads, so that a [decision](Splitter::try_split) can check that it is the
/// one that was meant.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct DocumentRead<'a> {
    /// The id.
    pub id: &'a str,
    /// The text.
    pub text: &'a str,
    /// The metadata, or `None` if no field of it was asked for.
    pub metadata: Option<&'a Metadata>,
}

/// Counts kept, removed and rejected records; [`Splitter`] has an example.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SplitCounts {
    /// Kept records.
    pub kept: u64,
    /// Removed records.
    pub removed: u64,
    /// Records that could not be read, and were written to neither file.
    pub rejected: u64,
}

impl SplitCounts {
    /// Returns the number of documents.
    fn documents(&self) -> u64 {
        self.kept + self.removed
    }
}

impl Splitter {
    /// Reads the corpus again, with the same options and fields as before, and calls `decide` with the number of each
    /// document, counted from 0 in the order of reading.
    ///
    /// Memory is that of reading. Both files appear when all is written.
    ///
    /// # Errors
    /// If a file cannot be read or written, or [`ErrorKind::NotTwice`] if standard input or a pipe would have to be
    /// read again.
    pub fn split(
        &self,
        inputs: &Inputs,
        options: &Options,
        fields: &Fields,
        mut decide: impl FnMut(u64) -> Decision,
    ) -> Result<SplitCounts, Error> {
        self.try_split(inputs, options, fields, None, |document, _| Ok(decide(document)))
    }

    /// Splits as [`split`](Self::split) does, with decisions that may fail, and with a check that the corpus has as
    /// many documents as `expected`. `decide` also gets the document as it is read now, so that it can notice a change.
    /// After an error neither output is created or replaced.
    ///
    /// # Errors
    /// What `decide` returns, [`ErrorKind::ChangedInput`] if the number of documents is another than expected, or those
    /// of [`split`](Self::split).
    pub fn try_split<E: From<Error>>(
        &self,
        inputs: &Inputs,
        options: &Options,
        fields: &Fields,
        expected: Option<u64>,
        mut decide: impl FnMut(u64, DocumentRead<'_>) -> Result<Decision, E>,
    ) -> Result<SplitCounts, E> {
        if !inputs.can_be_read_again() {
            let once = inputs.sources.iter().find(|source| !source.can_be_read_again());
            return Err(Error::new(once.map_or(Path::new("-"), |source| &source.path), ErrorKind::NotTwice).into());
        }
        let mut sink = self.sink(inputs)?;
        let mut counts = SplitCounts::default();
        let mut reader = inputs.read(options, fields).with_raw();
        let mut duplicates = Vec::new();
        while let Some(batch) = reader.next_batch()? {
            counts.rejected += batch.rejected.len() as u64;
            // There is no decision for documents that were not there before.
            if expected.is_some_and(|expected| counts.documents() + batch.len() as u64 > expected) {
                break;
            }
            for part in &batch.parts {
                duplicates.clear();
                for record in &part.documents {
                    let (id, text) = part.document(record);
                    let document = DocumentRead { id, text, metadata: record.metadata.as_deref() };
                    match decide(counts.documents(), document)? {
                        Decision::Keep => {
                            counts.kept += 1;
                            duplicates.push(None);
                        }
                        Decision::Remove(duplicate) => {
                            counts.removed += 1;
                            duplicates.push(Some(duplicate));
                        }
                        Decision::RemoveBlank => {
                            counts.removed += 1;
                            duplicates.push(Some(DuplicateOf::default()));
                        }
                    }
                }
                sink.write(part, &duplicates)?;
            }
        }
        let found = reader.position().documents;
        if let Some(expected) = expected.filter(|&expected| expected != found) {
            let first = inputs.paths().next().unwrap_or(Path::new("-"));
            return Err(Error::new(first, ErrorKind::ChangedInput { expected, found }).into());
        }
        let [kept, removed] = sink.finish()?;
        kept.rename()?;
        removed.rename()?;
        Ok(counts)
    }

    fn sink<'a>(&'a self, inputs: &'a Inputs) -> Result<Box<dyn Sink + 'a>, Error> {
        Ok(match inputs.format() {
            Format::JsonLines | Format::Warc => {
                Box::new(JsonLinesSplitter::create(&self.kept, &self.removed, self.passages)?)
            }
            Format::Csv | Format::Tsv => {
                Box::new(TableSplitter::create(&self.kept, &self.removed, inputs.dialect(), self.passages)?)
            }
            Format::Text | Format::Tar => Box::new(TextSplitter::create(&self.kept, &self.removed, &inputs.sources)?),
            Format::Lines => Box::new(LinesSplitter::create(&self.kept, &self.removed)?),
            #[cfg(feature = "parquet")]
            Format::Parquet | Format::Arrow => {
                Box::new(ParquetSplitter::create(&self.kept, &self.removed, inputs, self.passages)?)
            }
            #[cfg(not(feature = "parquet"))]
            other => return Err(Error::new(&self.kept, ErrorKind::NotBuilt(other.name()))),
        })
    }
}
