//! Apache Parquet. Only the wanted columns are read; they may be nested.
//!
//! Rows are read a few thousand at a time, and fewer if they are long. So of a row group only the open pages are in
//! memory.

mod bad_texts;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::Length;

use self::bad_texts::{as_binary, as_texts};
use super::rows::{self, BATCH_ROWS, BadTexts, wanted_roots, with_schema};
use crate::batch::{Batch, Raw};
use crate::columns::Columns;
use crate::error::{Error, ErrorKind, RecordUnit};
use crate::records::{ReadConfig, Records};
use crate::source::{RandomAccess, Source};

/// Reads the rows of a Parquet file.
pub(super) struct ParquetReader {
    path: PathBuf,
    /// The name from which ids are made.
    name: String,
    file: RandomAccess,
    metadata: ArrowReaderMetadata,
    rows: ParquetRecordBatchReader,
    /// All columns, with the metadata of the file.
    schema: SchemaRef,
    /// The columns that are read.
    mask: ProjectionMask,
    batch_rows: usize,
    /// Whether texts are read as bytes, because one of them is not UTF-8.
    as_binary: bool,
    begun: bool,
    config: ReadConfig,
    /// Rows read so far.
    row: u64,
    /// Rows of the file.
    total: u64,
    /// Bytes of the file.
    bytes: u64,
}

/// The most bytes in a batch, judged by the sizes that the file states for its row groups.
const BATCH_BYTES: u64 = crate::batch::BATCH_BYTES as u64;

impl fmt::Debug for ParquetReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParquetReader").field("path", &self.path).field("row", &self.row).finish_non_exhaustive()
    }
}

impl ParquetReader {
    /// Reads the schema, which must have the wanted columns.
    pub(super) fn open(source: &Source, config: ReadConfig) -> Result<Self, Error> {
        let (path, file) = (&source.path, source.seekable()?);
        let bytes = Length::len(&file);
        let bad = |error: ParquetError| Error::new(path, bad_file(&error));
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(bad)?;
        let (schema, parquet) = (Arc::clone(metadata.schema()), Arc::clone(metadata.metadata()));
        let total = u64::try_from(parquet.file_metadata().num_rows()).unwrap_or_default();
        let roots = wanted_roots(&schema, &config.fields).map_err(|kind| Error::new(path, kind))?;
        // Rejected rows are kept with all of their columns.
        let mask = match config.keep_raw || config.options.skip_bad {
            true => ProjectionMask::all(),
            false => ProjectionMask::roots(parquet.file_metadata().schema_descr(), roots),
        };
        check_sizes(source, &parquet, &mask, config.options.max_record as u64)?;
        let batch_rows = batch_rows(&parquet, &mask);
        let rows = open_rows(&file, &metadata, &mask, batch_rows, 0).map_err(bad)?;
        Ok(Self {
            path: path.clone(),
            name: source.label.clone(),
            file,
            metadata,
            rows,
            schema,
            mask,
            batch_rows,
            as_binary: false,
            begun: false,
            config,
            row: 0,
            total,
            bytes,
        })
    }

    /// Returns the share of the file's bytes that this number of rows has on average.
    fn share(&self, rows: u64) -> u64 {
        let share = u128::from(self.bytes) * u128::from(rows) / u128::from(self.total.max(1));
        u64::try_from(share).unwrap_or(self.bytes)
    }

    /// Reads the next rows. Where a text is not UTF-8, the rest of the file is read with texts as bytes, to find out
    /// which ones are not.
    fn next_rows(&mut self) -> Result<Option<(RecordBatch, BadTexts)>, ErrorKind> {
        let is_not_utf8 = |error: &arrow_schema::ArrowError| error.to_string().to_ascii_lowercase().contains("utf");
        match self.rows.next() {
            Some(Err(error)) if !self.as_binary && is_not_utf8(&error) => {
                let metadata = as_binary(&self.metadata).map_err(|error| bad_file(&error))?;
                let before = usize::try_from(self.row).unwrap_or(usize::MAX);
                let rows = open_rows(&self.file, &metadata, &self.mask, self.batch_rows, before);
                self.rows = rows.map_err(|error| bad_file(&error))?;
                self.as_binary = true;
                self.next_rows()
            }
            None => Ok(None),
            Some(Err(error)) => Err(bad_file(&error.into())),
            Some(Ok(rows)) if self.as_binary => as_texts(&rows, &self.schema, self.config.options.lossy)
                .map(Some)
                .map_err(|error| bad_file(&error.into())),
            Some(Ok(rows)) => Ok(Some((rows, BadTexts::new()))),
        }
    }
}

/// Opens the wanted columns from a row on.
fn open_rows(
    file: &RandomAccess,
    metadata: &ArrowReaderMetadata,
    mask: &ProjectionMask,
    batch_rows: usize,
    rows_before: usize,
) -> Result<ParquetRecordBatchReader, ParquetError> {
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file.try_clone()?, metadata.clone());
    let builder = builder.with_projection(mask.clone()).with_batch_size(batch_rows);
    if rows_before == 0 { builder.build() } else { builder.with_offset(rows_before).build() }
}

/// Says what is wrong with a file. Files with a plain footer and encrypted columns lack the metadata of these.
fn bad_file(error: &ParquetError) -> ErrorKind {
    let message = error.to_string();
    if message.contains("encrypt") || message.contains("Required field") {
        return ErrorKind::ForeignFormat(
            format!("a damaged Parquet file, or one with encrypted columns ({message})"),
            "decrypt it where the key is, and write it again without encryption".to_string(),
        );
    }
    ErrorKind::BadFile(message)
}

impl Records for ParquetReader {
    fn next_batch(&mut self, batch: &mut Batch) -> Result<bool, Error> {
        let refused = |path: &PathBuf, kind| Error::new(path, kind);
        // A file without rows still has columns, which writing it again needs.
        let is_first = !std::mem::replace(&mut self.begun, true);
        let (rows, bad_texts) = match self.next_rows().map_err(|kind| refused(&self.path, kind))? {
            Some(rows) => rows,
            None if is_first && self.config.keep_raw => {
                (RecordBatch::new_empty(Arc::clone(&self.schema)), BadTexts::new())
            }
            None => return Ok(false),
        };
        let (before, config) = (self.share(self.row), &self.config);
        let part = &mut batch.restart(1)[0];
        rows::add(&rows, self.row, (&config.fields, &config.options), &bad_texts, part)
            .map_err(|kind| refused(&self.path, kind))?;
        self.row += rows.num_rows() as u64;
        part.number_lines(&self.name, 0);
        if self.config.keep_raw {
            let named = with_schema(&rows, &self.schema);
            part.raw = Raw::Rows(named.map_err(|error| refused(&self.path, ErrorKind::BadFile(error.to_string())))?);
        }
        batch.bytes = self.share(self.row) - before;
        self.config.counter.add(batch.bytes);
        Ok(true)
    }

    fn unit(&self) -> RecordUnit {
        RecordUnit::Row
    }

    fn columns(&self) -> Columns {
        Columns::Schema(Arc::clone(&self.schema))
    }
}

/// Returns the sizes of the wanted columns of a row group in bytes, without compression.
fn sizes<'a>(group: &'a RowGroupMetaData, mask: &'a ProjectionMask) -> impl Iterator<Item = u64> + 'a {
    let read = group.columns().iter().enumerate().filter(|(column, _)| mask.leaf_included(*column));
    read.map(|(_, column)| u64::try_from(column.uncompressed_size()).unwrap_or_default())
}

/// Refuses a file that states larger values than the maximum, before they take memory: a page is decompressed as a whole.
fn check_sizes(source: &Source, file: &ParquetMetaData, mask: &ProjectionMask, limit: u64) -> Result<(), Error> {
    let mut row = 1;
    for group in file.row_groups() {
        let rows = u64::try_from(group.num_rows()).unwrap_or_default();
        let average = sizes(group, mask).max().unwrap_or_default() / rows.max(1);
        if average > limit {
            let kind = ErrorKind::TooLong(Some(average), limit);
            return Err(Error { path: source.path.clone(), line: Some(row), unit: RecordUnit::Row, kind });
        }
        row += rows;
    }
    Ok(())
}

/// Returns the number of rows per batch: fewer if the rows of some row group are long.
fn batch_rows(file: &ParquetMetaData, mask: &ProjectionMask) -> usize {
    let rows = |group: &RowGroupMetaData| {
        let row_bytes = sizes(group, mask).sum::<u64>() / u64::try_from(group.num_rows()).unwrap_or_default().max(1);
        usize::try_from(BATCH_BYTES / row_bytes.max(1)).unwrap_or(BATCH_ROWS)
    };
    file.row_groups().iter().map(rows).min().unwrap_or(BATCH_ROWS).clamp(1, BATCH_ROWS)
}
