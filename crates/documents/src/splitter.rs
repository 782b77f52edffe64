//! A corpus written again as two: what is kept, and what is removed.

mod lines;
#[cfg(feature = "parquet")]
mod rows;
mod table;
mod texts;

use std::path::{Path, PathBuf};

use crate::batch::{Part, Record};
use crate::error::{Error, Reason};
use crate::fields::Fields;
use crate::formats::Format;
use crate::inputs::Inputs;
use crate::options::Options;
use crate::output::Finished;

/// What becomes of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It stays as it is.
    Keep,
    /// It goes.
    Remove(Duplicate),
}

/// Which document one is a duplicate of, and how alike the two are. It is written as three more fields of a removed record.
#[derive(Clone, Debug, PartialEq)]
pub struct Duplicate {
    /// The id of the document that is kept: the field `duplicate_of`.
    pub of: String,
    /// Jaccard similarity, from 0 to 1.
    pub jaccard: f64,
    /// How much of the removed document is in the other, from 0 to 1.
    pub containment: f64,
}

/// Reads a corpus a second time, and writes the records that are kept and those that are removed to two files.
///
/// The files are in the format of the input:
///
/// | input | kept | removed |
/// |---|---|---|
/// | JSON lines | the lines, byte for byte | the lines with three more fields |
/// | CSV, TSV | the rows, byte for byte but for what ends them | the rows with three more columns |
/// | Parquet | the rows, with the same columns | the rows with three more columns |
/// | texts | a list of `id`, tab, path | JSON lines with `id`, `path` and `text` |
///
/// What is compressed is compressed again if the name of the output ends with `.gz` or `.zst`. Each file is written under
/// another name, synced, and then renamed, so that it is whole or not there at all. Fields and columns that are called like one
/// of the three already are replaced. Records that cannot be read are in neither.
///
/// ```
/// use twinprint_documents::{Duplicate, Fields, Inputs, Options, Splitter, Verdict};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = |name: &str| folder.path().join(name);
/// std::fs::write(path("a.jsonl"), "{\"id\": 1, \"text\": \"x\"}\n{\"id\": 2, \"text\": \"x\"}\n")?;
/// let inputs = Inputs::find([path("a.jsonl")], &Options::default())?;
/// let splitter = Splitter { kept: path("kept.jsonl"), removed: path("removed.jsonl") };
/// let split = splitter.split(&inputs, &Options::default(), &Fields::default(), |number| match number {
///     0 => Verdict::Keep,
///     _ => Verdict::Remove(Duplicate { of: "1".to_string(), jaccard: 1.0, containment: 1.0 }),
/// })?;
/// assert_eq!((split.kept, split.removed), (1, 1));
/// assert_eq!(std::fs::read_to_string(path("kept.jsonl"))?, "{\"id\": 1, \"text\": \"x\"}\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splitter {
    /// Where the kept records go.
    pub kept: PathBuf,
    /// Where the others go.
    pub removed: PathBuf,
}

/// How many records went where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// Kept records.
    pub kept: u64,
    /// Removed records.
    pub removed: u64,
    /// Records that could not be read.
    pub set_aside: u64,
}

impl Split {
    /// Records that were read.
    fn documents(&self) -> u64 {
        self.kept + self.removed
    }
}

/// The fields that removed records have besides their own.
const MORE: [&str; 3] = ["duplicate_of", "jaccard", "containment"];

/// Writes records in the format of the input.
trait Sink {
    /// Writes records of a part: each with nothing if it is kept, or what it is a duplicate of.
    fn write(&mut self, part: &Part, verdicts: &[Option<Duplicate>]) -> Result<(), Error>;

    /// Ends both files, which then lack nothing but their names.
    fn finish(self: Box<Self>) -> Result<[Finished; 2], Error>;
}

impl Splitter {
    /// Reads the corpus as it was read before, with the same options and fields, and asks what becomes of each document by
    /// its number in the order of reading, from 0.
    ///
    /// # Errors
    /// Where a file cannot be read or written, or standard input would have to be read twice.
    pub fn split(
        &self,
        inputs: &Inputs,
        options: &Options,
        fields: &Fields,
        mut verdict: impl FnMut(u64) -> Verdict,
    ) -> Result<Split, Error> {
        self.try_split(inputs, options, fields, None, |document| Ok(verdict(document)))
    }

    /// As [`split`](Self::split), where a verdict may fail, and where it is known how many documents there were before: a corpus
    /// that changed since is an error. Neither output is there after an error, nor replaced if it was there.
    ///
    /// # Errors
    /// That of a verdict; [`Reason::ChangedInput`] where there are not as many documents as expected; or where a file cannot be
    /// read or written, or standard input would have to be read twice.
    pub fn try_split<E: From<Error>>(
        &self,
        inputs: &Inputs,
        options: &Options,
        fields: &Fields,
        expected: Option<u64>,
        mut verdict: impl FnMut(u64) -> Result<Verdict, E>,
    ) -> Result<Split, E> {
        if !inputs.can_be_read_again() {
            return Err(Error::new("-".as_ref(), Reason::NotTwice).into());
        }
        let mut sink = self.sink(inputs)?;
        let mut split = Split::default();
        let mut reader = inputs.read(options, fields).with_raw();
        let mut verdicts = Vec::new();
        while let Some(batch) = reader.next_batch()? {
            split.set_aside += batch.skipped.len() as u64;
            if expected.is_some_and(|expected| split.documents() + batch.len() as u64 > expected) {
                break;
            }
            for part in &batch.parts {
                verdicts.clear();
                for _ in &part.documents {
                    verdicts.push(match verdict(split.documents())? {
                        Verdict::Keep => None,
                        Verdict::Remove(duplicate) => Some(duplicate),
                    });
                    let removed = matches!(verdicts.last(), Some(Some(_)));
                    *(if removed { &mut split.removed } else { &mut split.kept }) += 1;
                }
                sink.write(part, &verdicts)?;
            }
        }
        let found = reader.position().documents;
        if let Some(expected) = expected.filter(|&expected| expected != found) {
            let first = inputs.paths().next().unwrap_or(Path::new("-"));
            return Err(Error::new(first, Reason::ChangedInput { expected, found }).into());
        }
        let [kept, removed] = sink.finish()?;
        kept.rename()?;
        removed.rename()?;
        Ok(split)
    }

    fn sink<'a>(&'a self, inputs: &'a Inputs) -> Result<Box<dyn Sink + 'a>, Error> {
        Ok(match inputs.format() {
            Format::JsonLines => Box::new(lines::Lines::create(&self.kept, &self.removed)?),
            Format::Csv => Box::new(table::Rows::create(&self.kept, &self.removed, b',')?),
            Format::Tsv => Box::new(table::Rows::create(&self.kept, &self.removed, b'\t')?),
            Format::Text => Box::new(texts::Texts::create(&self.kept, &self.removed, &inputs.sources)?),
            #[cfg(feature = "parquet")]
            Format::Parquet => Box::new(rows::Rows::create(&self.kept, &self.removed)),
            #[cfg(not(feature = "parquet"))]
            Format::Parquet => return Err(Error::new(&self.kept, Reason::NotBuilt("Parquet"))),
        })
    }
}

/// The records of a part with what becomes of them.
fn with_verdicts<'a>(
    part: &'a Part,
    verdicts: &'a [Option<Duplicate>],
) -> impl Iterator<Item = (&'a Record, Option<&'a Duplicate>)> {
    part.documents.iter().zip(verdicts.iter().map(Option::as_ref))
}
