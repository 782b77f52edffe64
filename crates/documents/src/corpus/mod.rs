//! Several inputs of one format, read one after the other as one corpus.

pub(crate) mod csv;
mod inputs;
pub(crate) mod parquet;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub use inputs::{Compression, Format, Input, Inputs};

use crate::Options;
use crate::batch::Batch;
use crate::error::Error;
use crate::fields::Fields;
use crate::folder::Folder;
use crate::json_lines::JsonLines;
use csv::CsvDocuments;
use inputs::Bytes;
use parquet::ParquetDocuments;

/// The documents of all inputs, batch after batch. Memory is bounded by the size of a batch (some 8 MB, and at least one record), not
/// of the corpus.
///
/// ```no_run
/// use twinprint_documents::{Documents, Fields, Inputs, Options};
///
/// let inputs = Inputs::find(&["news-*.jsonl.gz".to_string()], None)?;
/// let mut documents = Documents::open(inputs, Fields::default(), Options::default());
/// while let Some(batch) = documents.next_batch()? {
///     for (id, text, _) in batch.records() {
///         println!("{id}: {} bytes", text.len());
///     }
/// }
/// # Ok::<(), twinprint_documents::Error>(())
/// ```
#[derive(Debug)]
pub struct Documents {
    inputs: std::vec::IntoIter<Input>,
    fields: Fields,
    options: Options,
    current: Option<Current>,
    path: PathBuf,
    read: Arc<AtomicU64>,
    total: Option<u64>,
}

/// The input that is being read.
#[derive(Debug)]
enum Current {
    JsonLines(Box<JsonLines<Bytes>>),
    Csv(Box<CsvDocuments>),
    Parquet(Box<ParquetDocuments>),
    Texts(Folder),
}

impl Documents {
    /// Begins with the first input. That opens nothing yet.
    #[must_use]
    pub fn open(inputs: Inputs, fields: Fields, options: Options) -> Self {
        let (total, read) = (inputs.bytes(), Arc::default());
        let inputs = inputs.into_iter();
        Self { inputs, fields, options, current: None, path: PathBuf::new(), read, total }
    }

    /// Bytes read so far, of the files as they are on disk.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Bytes of all files, unless one is the standard input.
    #[must_use]
    pub fn bytes_total(&self) -> Option<u64> {
        self.total
    }

    /// The input that the last batch came from.
    #[must_use]
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// The next documents, if there are any left. A batch may be without any.
    ///
    /// # Errors
    /// Names the file, the line or row, what is wrong with it and what can be done. Reading ends there.
    pub fn next_batch(&mut self) -> Result<Option<&Batch>, Error> {
        loop {
            if self.current.is_none() {
                let Some(input) = self.inputs.next() else { return Ok(None) };
                self.path.clone_from(&input.path);
                self.current = Some(self.begin(&input)?);
            }
            let more = match &mut self.current {
                Some(Current::JsonLines(lines)) => lines.advance()?,
                Some(Current::Csv(table)) => table.advance()?,
                Some(Current::Parquet(table)) => table.advance()?,
                Some(Current::Texts(folder)) => folder.advance()?,
                None => false,
            };
            if more {
                break;
            }
            self.current = None;
        }
        if let Some(Current::Texts(folder)) = &self.current {
            self.read.fetch_add(folder.batch().bytes, Ordering::Relaxed);
        }
        Ok(self.current.as_ref().map(|current| match current {
            Current::JsonLines(lines) => lines.batch(),
            Current::Csv(table) => table.batch(),
            Current::Parquet(table) => table.batch(),
            Current::Texts(folder) => folder.batch(),
        }))
    }

    fn begin(&self, input: &Input) -> Result<Current, Error> {
        let (fields, options) = (self.fields.clone(), self.options);
        Ok(match input.format {
            Format::JsonLines => {
                let bytes = input.open(&self.read)?;
                Current::JsonLines(Box::new(JsonLines::new(&input.path, bytes, &options, fields)))
            }
            Format::Csv | Format::Tsv => {
                Current::Csv(Box::new(CsvDocuments::new(input, input.open(&self.read)?, options, fields)?))
            }
            Format::Parquet => Current::Parquet(Box::new(ParquetDocuments::open(input, options, fields, &self.read)?)),
            Format::Texts => Current::Texts(Folder::open(&input.path, &options)?),
        })
    }
}
