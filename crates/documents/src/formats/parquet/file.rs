//! What is known of a Parquet file before its rows are read, and what each of its readers does with rows.

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

use crate::batch::{BATCH_BYTES, Part, Raw};
use crate::error::{Error, ErrorKind, RecordUnit};
use crate::formats::rows::{self, BATCH_ROWS, BadTexts, wanted_roots, with_schema};
use crate::records::ReadConfig;
use crate::source::{RandomAccess, Source};

/// An open Parquet file.
pub(super) struct ParquetFile {
    pub(super) path: PathBuf,
    /// The name from which ids are made.
    name: String,
    file: RandomAccess,
    /// Whether it is on this machine, so that reading at several places costs nothing.
    pub(super) is_local: bool,
    pub(super) metadata: ArrowReaderMetadata,
    /// All columns, with the metadata of the file.
    pub(super) schema: SchemaRef,
    /// The columns that are read.
    mask: ProjectionMask,
    pub(super) batch_rows: usize,
    pub(super) config: ReadConfig,
    /// Rows of the file.
    total: u64,
    /// Bytes of the file.
    bytes: u64,
}

impl ParquetFile {
    /// Reads the schema, which must have the wanted columns.
    pub(super) fn open(source: &Source, config: ReadConfig) -> Result<Self, Error> {
        let (path, file) = (&source.path, source.seekable()?);
        let bytes = Length::len(&file);
        let bad = |error: ParquetError| Error::new(path, bad_file(&error));
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(bad)?;
        let (schema, parquet) = (Arc::clone(metadata.schema()), Arc::clone(metadata.metadata()));
        if is_summary(&parquet) {
            return Err(Error::new(path, summary()));
        }
        let total = u64::try_from(parquet.file_metadata().num_rows()).unwrap_or_default();
        let roots = wanted_roots(&schema, &config.fields).map_err(|kind| Error::new(path, kind))?;
        // Rejected rows are kept with all of their columns.
        let mask = match config.keep_raw || config.options.skip_bad {
            true => ProjectionMask::all(),
            false => ProjectionMask::roots(parquet.file_metadata().schema_descr(), roots),
        };
        check_sizes(source, &parquet, &mask, config.options.max_record as u64)?;
        let (path, name) = (path.clone(), source.label.clone());
        let is_local = source.is_file() || source.is_stream();
        let batch_rows = batch_rows(&parquet, &mask);
        Ok(Self { path, name, file, is_local, metadata, schema, mask, batch_rows, config, total, bytes })
    }

    /// Returns the share of the file's bytes that this number of rows has on average.
    pub(super) fn share(&self, rows: u64) -> u64 {
        let share = u128::from(self.bytes) * u128::from(rows) / u128::from(self.total.max(1));
        u64::try_from(share).unwrap_or(self.bytes)
    }

    /// Opens the wanted columns from a row on.
    pub(super) fn rows_after(&self, rows_before: u64) -> Result<ParquetRecordBatchReader, ParquetError> {
        self.rows_as(&self.metadata, rows_before)
    }

    /// Opens the wanted columns from a row on, with other types.
    pub(super) fn rows_as(
        &self,
        metadata: &ArrowReaderMetadata,
        rows_before: u64,
    ) -> Result<ParquetRecordBatchReader, ParquetError> {
        let builder = self.builder(metadata);
        match usize::try_from(rows_before).unwrap_or(usize::MAX) {
            0 => builder.build(),
            before => builder.with_offset(before).build(),
        }
    }

    /// Begins to read the wanted columns.
    pub(super) fn builder(&self, metadata: &ArrowReaderMetadata) -> ParquetRecordBatchReaderBuilder<RandomAccess> {
        ParquetRecordBatchReaderBuilder::new_with_metadata(self.file.clone(), metadata.clone())
            .with_projection(self.mask.clone())
            .with_batch_size(self.batch_rows)
    }

    /// Adds the documents of rows to an empty part, after this number of rows before them.
    pub(super) fn add(
        &self,
        rows: &RecordBatch,
        before: u64,
        bad: &BadTexts,
        part: &mut Part,
    ) -> Result<(), ErrorKind> {
        rows::add(rows, before, (&self.config.fields, &self.config.options), bad, part)?;
        part.number_lines(&self.name, 0);
        if self.config.keep_raw {
            let named = with_schema(rows, &self.schema);
            part.raw = Raw::Rows(named.map_err(|error| ErrorKind::BadFile(error.to_string()))?);
        }
        Ok(())
    }

    /// Returns the most bytes that a batch has, judged by the sizes that the file states, or `None` if the file leaves open which rows
    /// its groups hold: values of lists are more than rows, and how many make a row shows only as they are read.
    pub(super) fn batch_bytes(&self) -> Option<usize> {
        let groups = self.metadata.metadata().row_groups();
        let is_one_a_row = |group: &RowGroupMetaData| {
            let read = group.columns().iter().enumerate().filter(|(column, _)| self.mask.leaf_included(*column));
            let mut read = read.map(|(_, column)| column);
            group.num_rows() >= 0
                && read
                    .all(|column| column.column_descr().max_rep_level() == 0 && column.num_values() == group.num_rows())
        };
        let most = groups.iter().map(|group| row_bytes(group, &self.mask)).max()?;
        let bytes = usize::try_from(most).unwrap_or(usize::MAX).saturating_mul(self.batch_rows);
        groups.iter().all(is_one_a_row).then_some(bytes)
    }
}

/// Returns whether the rows are in other files, as those of `_metadata` are.
fn is_summary(file: &ParquetMetaData) -> bool {
    file.row_groups().iter().flat_map(RowGroupMetaData::columns).any(|column| column.file_path().is_some())
}

fn summary() -> ErrorKind {
    ErrorKind::ForeignFormat(
        "a summary of other Parquet files without rows of its own".to_string(),
        "name the folder of these files".to_string(),
    )
}

/// Says what is wrong with a file. Files with a plain footer and encrypted columns lack the metadata of these.
pub(super) fn bad_file(error: &ParquetError) -> ErrorKind {
    let message = error.to_string();
    if message.contains("encrypt") || message.contains("Required field") {
        return ErrorKind::ForeignFormat(
            format!("a damaged Parquet file, or one with encrypted columns ({message})"),
            "decrypt it where the key is, and write it again without encryption".to_string(),
        );
    }
    ErrorKind::BadFile(message)
}

/// Returns the sizes of the wanted columns of a row group in bytes, without compression.
fn sizes<'a>(group: &'a RowGroupMetaData, mask: &'a ProjectionMask) -> impl Iterator<Item = u64> + 'a {
    let read = group.columns().iter().enumerate().filter(|(column, _)| mask.leaf_included(*column));
    read.map(|(_, column)| u64::try_from(column.uncompressed_size()).unwrap_or_default())
}

/// Returns the bytes of a row of a group on average.
fn row_bytes(group: &RowGroupMetaData, mask: &ProjectionMask) -> u64 {
    sizes(group, mask).sum::<u64>() / u64::try_from(group.num_rows()).unwrap_or_default().max(1)
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
        usize::try_from(BATCH_BYTES as u64 / row_bytes(group, mask).max(1)).unwrap_or(BATCH_ROWS)
    };
    file.row_groups().iter().map(rows).min().unwrap_or(BATCH_ROWS).clamp(1, BATCH_ROWS)
}
