//! Writes a corpus again with changed texts.

mod json_lines;
#[cfg(feature = "parquet")]
mod parquet;
mod sink;
mod table;
mod text;

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use self::json_lines::JsonLinesRewriter;
#[cfg(feature = "parquet")]
use self::parquet::ParquetRewriter;
use self::sink::{OldTexts, Sink};
use self::table::TableRewriter;
use self::text::TextRewriter;
use crate::batch::{Batch, Part};
use crate::error::{Error, ErrorKind};
use crate::field_path::FieldPath;
use crate::fields::Fields;
use crate::format::Format;
use crate::inputs::Inputs;

/// Writes the records of a corpus with changed texts to one file in the format of the input.
///
/// | input | a record with unchanged texts | a record with a new text |
/// |---|---|---|
/// | JSON lines | the line, byte for byte | the line, byte for byte except that text |
/// | CSV, TSV | the row, byte for byte except its line end | the row, with the same values except that text |
/// | Parquet, Arrow IPC | the row | the row; text columns lose their dictionary |
/// | texts, texts on lines, tar | a JSON line with `id`, `path` and `text` | the same |
/// | WARC | a JSON line with `id`, `url`, `date` and `text` | the same |
///
/// The output is compressed if its name ends with `.gz` or `.zst`. It is written under a temporary name, synced and then renamed, so
/// it appears complete or not at all. Rejected records are not in it.
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

/// Holds a document with each of its texts, as [`Rewriter::write`] shows it; [`Rewriter`] has an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DocumentTexts<'a> {
    /// The id.
    pub id: &'a str,
    /// The texts of the [text fields](Fields::text), in their order; `None` if the record lacks one.
    pub texts: Vec<Option<Cow<'a, str>>>,
}

impl fmt::Debug for Rewriter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rewriter").field("fields", &self.fields).finish_non_exhaustive()
    }
}

impl<'a> Rewriter<'a> {
    /// Creates a file for records of these inputs, read with these fields.
    ///
    /// # Errors
    /// If the file cannot be created, this build lacks the format, or [`ErrorKind::NotRewritable`].
    ///
    /// Nothing appears at the path before [`finish`](Self::finish).
    pub fn create(path: &Path, inputs: &'a Inputs, fields: &'a Fields) -> Result<Self, Error> {
        if let Some(list) = fields.text.iter().find(|field| field.is_list()) {
            return Err(Error::new(path, ErrorKind::NotRewritable(list.as_str().to_string())));
        }
        let sink: Box<dyn Sink + 'a> = match inputs.format() {
            Format::JsonLines | Format::Warc => Box::new(JsonLinesRewriter::create(path)?),
            Format::Csv | Format::Tsv => Box::new(TableRewriter::create(path, inputs.dialect())?),
            Format::Text | Format::Lines | Format::Tar => Box::new(TextRewriter::create(path, &inputs.sources)?),
            #[cfg(feature = "parquet")]
            Format::Parquet | Format::Arrow => Box::new(ParquetRewriter::create(path, inputs)?),
            #[cfg(not(feature = "parquet"))]
            other => return Err(Error::new(path, ErrorKind::NotBuilt(other.name()))),
        };
        Ok(Self { sink, fields: &fields.text })
    }

    /// Writes the documents of a batch, which must have been read [with raw records](crate::Reader::with_raw). Calls `edit` for each
    /// document; it returns a new text for each text field, or `None` to keep the old one.
    ///
    /// # Errors
    /// What `edit` returns, or an error of writing.
    pub fn write<E: From<Error>>(
        &mut self,
        batch: &Batch,
        mut edit: impl FnMut(DocumentTexts<'_>) -> Result<Vec<Option<String>>, E>,
    ) -> Result<(), E> {
        self.write_some(batch, |document| edit(document).map(Some))
    }

    /// Writes the documents of a batch as [`write`](Self::write) does, except those for which `edit` returns `None`.
    ///
    /// # Errors
    /// What `edit` returns, or an error of writing.
    pub fn write_some<E: From<Error>>(
        &mut self,
        batch: &Batch,
        mut edit: impl FnMut(DocumentTexts<'_>) -> Result<Option<Vec<Option<String>>>, E>,
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

    /// Returns the texts of each record. With a single field, that is the text that was read.
    fn texts<'p>(&self, part: &'p Part) -> Result<Vec<OldTexts<'p>>, Error> {
        if self.fields.len() > 1 {
            return self.sink.texts(part, self.fields);
        }
        let text = |record| vec![Some(Cow::Borrowed(part.document(record).1))];
        Ok(part.documents.iter().map(text).collect())
    }

    /// Completes the file and gives it its name. A rewriter that is dropped instead leaves no file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn finish(self) -> Result<(), Error> {
        self.sink.finish()?.rename()
    }
}
