//! Apache Parquet. Only the wanted columns are read; they may be nested.
//!
//! Rows are read a few thousand at a time, and fewer if they are long. So of a row group only the open pages are in
//! memory. From the second batch on, several threads decode batches ahead.

mod bad_texts;
mod file;
mod lanes;

use std::fmt;
use std::sync::Arc;

use arrow_array::RecordBatch;
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;

use self::bad_texts::{as_binary, as_texts};
use self::file::{ParquetFile, bad_file};
use self::lanes::Lanes;
use super::rows::BadTexts;
use crate::batch::{Batch, LARGE_BATCH};
use crate::columns::Columns;
use crate::error::{Error, ErrorKind, RecordUnit};
use crate::records::{ReadConfig, Records};
use crate::source::Source;

/// Reads the rows of a Parquet file.
pub(super) struct ParquetReader {
    file: Arc<ParquetFile>,
    decoding: Decoding,
    /// Whether texts are read as bytes, because one of them is not UTF-8.
    as_binary: bool,
    /// Batches read so far.
    batches: u64,
    /// Rows read so far.
    row: u64,
}

/// How batches are decoded.
enum Decoding {
    /// One after the other.
    Here(ParquetRecordBatchReader),
    /// By several threads.
    Lanes(Lanes),
}

impl fmt::Debug for ParquetReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParquetReader").field("path", &self.file.path).field("row", &self.row).finish_non_exhaustive()
    }
}

impl ParquetReader {
    /// Reads the schema, which must have the wanted columns.
    pub(super) fn open(source: &Source, config: ReadConfig) -> Result<Self, Error> {
        let file = Arc::new(ParquetFile::open(source, config)?);
        let rows = file.rows_after(0).map_err(|error| Error::new(&file.path, bad_file(&error)))?;
        Ok(Self { file, decoding: Decoding::Here(rows), as_binary: false, batches: 0, row: 0 })
    }

    /// Fills the batch with the next rows, and returns their number. A file without rows still has columns, which writing it again needs.
    fn fill(&mut self, batch: &mut Batch) -> Result<Option<u64>, ErrorKind> {
        if self.batches == 1 {
            self.share();
        }
        let part = &mut batch.restart(1)[0];
        if let Decoding::Lanes(lanes) = &mut self.decoding {
            match lanes.next_batch(part) {
                Some(0) => return Ok(None),
                Some(rows) => return Ok(Some(rows)),
                // Whatever is wrong with the rows, a plain reader finds it, and says it as it always does.
                None => self.read_here()?,
            }
        }
        let (rows, bad_texts) = match self.next_rows()? {
            Some(rows) => rows,
            None if self.batches == 0 && self.file.config.keep_raw => {
                (RecordBatch::new_empty(Arc::clone(&self.file.schema)), BadTexts::new())
            }
            None => return Ok(None),
        };
        self.file.add(&rows, self.row, &bad_texts, part)?;
        Ok(Some(rows.num_rows() as u64))
    }

    /// Shares the rows among threads, if there are several. That is done after the first batch: a caller that asks for the first documents
    /// alone has nothing decoded that it does not use.
    fn share(&mut self) {
        let lanes = if self.as_binary { None } else { Lanes::begin(&self.file, self.row) };
        if let Some(lanes) = lanes {
            self.decoding = Decoding::Lanes(lanes);
        }
    }

    /// Reads one batch after the other from here on.
    fn read_here(&mut self) -> Result<(), ErrorKind> {
        self.decoding = Decoding::Here(self.file.rows_after(self.row).map_err(|error| bad_file(&error))?);
        Ok(())
    }

    /// Reads the next rows here. Where a text is not UTF-8, the rest of the file is read with texts as bytes, to find out
    /// which ones are not.
    fn next_rows(&mut self) -> Result<Option<(RecordBatch, BadTexts)>, ErrorKind> {
        let is_not_utf8 = |error: &arrow_schema::ArrowError| error.to_string().to_ascii_lowercase().contains("utf");
        let Decoding::Here(rows) = &mut self.decoding else { return Ok(None) };
        match rows.next() {
            Some(Err(error)) if !self.as_binary && is_not_utf8(&error) => {
                let metadata = as_binary(&self.file.metadata).map_err(|error| bad_file(&error))?;
                let rows = self.file.rows_as(&metadata, self.row).map_err(|error| bad_file(&error))?;
                self.decoding = Decoding::Here(rows);
                self.as_binary = true;
                self.next_rows()
            }
            None => Ok(None),
            Some(Err(error)) => Err(bad_file(&error.into())),
            Some(Ok(rows)) if self.as_binary => as_texts(&rows, &self.file.schema, self.file.config.options.lossy)
                .map(Some)
                .map_err(|error| bad_file(&error.into())),
            Some(Ok(rows)) => Ok(Some((rows, BadTexts::new()))),
        }
    }
}

impl Records for ParquetReader {
    fn next_batch(&mut self, batch: &mut Batch) -> Result<bool, Error> {
        let filled = self.fill(batch).map_err(|kind| Error::new(&self.file.path, kind))?;
        let Some(rows) = filled else { return Ok(false) };
        let before = self.file.share(self.row);
        self.row += rows;
        self.batches += 1;
        batch.bytes = self.file.share(self.row) - before;
        self.file.config.counter.add(batch.bytes);
        // Beside long documents no others are held.
        if matches!(self.decoding, Decoding::Lanes(_)) && batch.memory() > LARGE_BATCH {
            self.read_here().map_err(|kind| Error::new(&self.file.path, kind))?;
        }
        Ok(true)
    }

    fn unit(&self) -> RecordUnit {
        RecordUnit::Row
    }

    fn columns(&self) -> Columns {
        Columns::Schema(Arc::clone(&self.file.schema))
    }
}
