//! A corpus written again with other texts.

mod lines;
#[cfg(feature = "parquet")]
mod rows;
mod table;
mod texts;

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use crate::batch::{Batch, Part};
use crate::error::Error;
#[cfg(not(feature = "parquet"))]
use crate::error::Reason;
use crate::fields::{FieldPath, Fields};
use crate::formats::Format;
use crate::inputs::Inputs;
use crate::output::Finished;

/// Writes the records of a corpus again, with other texts, to one file in the format of the input.
///
/// | input | a record whose texts stay | a record with another text |
/// |---|---|---|
/// | JSON lines | the line, byte for byte | the line, byte for byte but for that text |
/// | CSV, TSV | the row, byte for byte but for what ends it | the row with the same values but for that text |
/// | Parquet | the row | the row; columns of texts that had a dictionary are written out |
/// | texts | a JSON line with `id`, `path` and `text` | the same |
///
/// What is compressed is compressed again if the name of the output ends with `.gz` or `.zst`. The file is written under
/// another name, synced, and then renamed, so that it is whole or not there at all. Records that cannot be read are not in it.
///
/// ```
/// use twinprint_documents::{Fields, Inputs, Options, Rewriter};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = |name: &str| folder.path().join(name);
/// std::fs::write(path("a.jsonl"), "{\"id\": 1, \"text\": \"x\", \"n\":  2.0}\n{\"id\": 2, \"text\": \"y\"}\n")?;
/// let (options, fields) = (Options::default(), Fields::default());
/// let inputs = Inputs::find([path("a.jsonl")], &options)?;
/// let mut reader = inputs.read(&options, &fields).with_raw();
/// let mut rewriter = Rewriter::create(&path("b.jsonl"), &inputs, &fields)?;
/// while let Some(batch) = reader.next_batch()? {
///     rewriter.write(batch, |document| {
///         let text = document.texts[0].as_deref();
///         Ok::<_, twinprint_documents::Error>(vec![text.filter(|text| *text == "x").map(str::to_uppercase)])
///     })?;
/// }
/// rewriter.finish()?;
/// let written = "{\"id\": 1, \"text\": \"X\", \"n\":  2.0}\n{\"id\": 2, \"text\": \"y\"}\n";
/// assert_eq!(std::fs::read_to_string(path("b.jsonl"))?, written);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Rewriter<'a> {
    sink: Box<dyn Sink + 'a>,
    fields: &'a [FieldPath],
}

/// A document with its texts each on its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentTexts<'a> {
    /// Its id.
    pub id: &'a str,
    /// The texts of the [fields](Fields::text) in their order; nothing where one is missing.
    pub texts: Vec<Option<Cow<'a, str>>>,
}

/// The new texts of a record, of each field one; nothing where it stays.
type NewTexts = Vec<Option<String>>;

/// Writes records in the format of the input.
trait Sink {
    /// The texts of a part's records, where there are several fields of them.
    fn texts<'p>(&self, part: &'p Part, fields: &[FieldPath]) -> Result<Vec<Vec<Option<Cow<'p, str>>>>, Error>;

    /// Writes the records of a part with their new texts.
    fn write(&mut self, part: &Part, fields: &[FieldPath], new: &[NewTexts]) -> Result<(), Error>;

    /// Ends the file, which then lacks nothing but its name.
    fn finish(self: Box<Self>) -> Result<Finished, Error>;
}

impl fmt::Debug for Rewriter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rewriter").field("fields", &self.fields).finish_non_exhaustive()
    }
}

impl<'a> Rewriter<'a> {
    /// Begins a file for what is read of these inputs and fields.
    ///
    /// # Errors
    /// Where the file cannot be created, or the format was not built.
    pub fn create(path: &Path, inputs: &'a Inputs, fields: &'a Fields) -> Result<Self, Error> {
        let sink: Box<dyn Sink + 'a> = match inputs.format() {
            Format::JsonLines => Box::new(lines::Lines::create(path)?),
            Format::Csv => Box::new(table::Rows::create(path, b',')?),
            Format::Tsv => Box::new(table::Rows::create(path, b'\t')?),
            Format::Text => Box::new(texts::Texts::create(path, &inputs.sources)?),
            #[cfg(feature = "parquet")]
            Format::Parquet => Box::new(rows::Rows::create(path)),
            #[cfg(not(feature = "parquet"))]
            Format::Parquet => return Err(Error::new(path, Reason::NotBuilt("Parquet"))),
        };
        Ok(Self { sink, fields: &fields.text })
    }

    /// Writes documents that were read [with their records](crate::Reader::with_raw). Each is shown, and gets a new text for each
    /// field where the answer has one.
    ///
    /// # Errors
    /// What `edit` says, or that a file cannot be written.
    pub fn write<E: From<Error>>(
        &mut self,
        batch: &Batch,
        mut edit: impl FnMut(DocumentTexts<'_>) -> Result<Vec<Option<String>>, E>,
    ) -> Result<(), E> {
        for part in &batch.parts {
            let mut new = Vec::with_capacity(part.documents.len());
            for (record, texts) in part.documents.iter().zip(self.texts(part)?) {
                new.push(edit(DocumentTexts { id: part.document(record).0, texts })?);
            }
            self.sink.write(part, self.fields, &new)?;
        }
        Ok(())
    }

    /// The texts of each record. Where there is one field, reading has found them.
    fn texts<'p>(&self, part: &'p Part) -> Result<Vec<Vec<Option<Cow<'p, str>>>>, Error> {
        if self.fields.len() > 1 {
            return self.sink.texts(part, self.fields);
        }
        let text = |record| vec![Some(Cow::Borrowed(part.document(record).1))];
        Ok(part.documents.iter().map(text).collect())
    }

    /// Ends the file and gives it its name.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn finish(self) -> Result<(), Error> {
        self.sink.finish()?.rename()
    }
}
