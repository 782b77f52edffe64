//! Apache Parquet. Only the wanted columns are read; they may be nested.
//!
//! Rows are read a few thousand at a time, and fewer if they are long. So of a row group only the open pages are in memory.

pub(crate) mod cells;

use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::file::metadata::ParquetMetaData;

use self::cells::{readable, value};
use crate::batch::{BadRecord, Batch, Part, Raw};
use crate::columns::Column;
use crate::decompress::STANDARD_INPUT;
use crate::error::{Error, ErrorKind};
use crate::field_path::FieldPath;
use crate::records::{ReadConfig, Records};

/// Reads the rows of a Parquet file.
pub(super) struct ParquetReader {
    path: PathBuf,
    /// The file name, from which ids are made.
    name: String,
    rows: ParquetRecordBatchReader,
    /// All columns, with the metadata of the file.
    schema: SchemaRef,
    begun: bool,
    config: ReadConfig,
    /// Rows read so far.
    row: u64,
    /// Rows of the file.
    total: u64,
    /// Bytes of the file.
    bytes: u64,
}

/// The most rows in a batch.
const BATCH_ROWS: usize = 4096;
/// The most bytes in a batch, judged by the sizes that the file states for its row groups.
const BATCH_BYTES: u64 = 8 << 20;

impl fmt::Debug for ParquetReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParquetReader").field("path", &self.path).field("row", &self.row).finish_non_exhaustive()
    }
}

impl ParquetReader {
    /// Reads the schema, which must have the wanted columns.
    pub(super) fn open(path: &Path, config: ReadConfig) -> Result<Self, Error> {
        let file = open_seekable(path)?;
        let bytes = file.metadata().map_err(|error| Error::io(path, &error))?.len();
        let bad = |error: parquet::errors::ParquetError| Error::new(path, ErrorKind::BadFile(error.to_string()));
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(bad)?;
        let total = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or_default();
        let roots = wanted_roots(builder.schema(), &config).map_err(|kind| Error::new(path, kind))?;
        let mask = match config.keep_raw {
            true => ProjectionMask::all(),
            false => ProjectionMask::roots(builder.parquet_schema(), roots),
        };
        let schema = Arc::clone(builder.schema());
        let batch_rows = batch_rows(builder.metadata(), &mask);
        let rows = builder.with_projection(mask).with_batch_size(batch_rows).build().map_err(bad)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { path: path.into(), name, rows, schema, begun: false, config, row: 0, total, bytes })
    }

    /// Returns the share of the file's bytes that this number of rows has on average.
    fn share(&self, rows: u64) -> u64 {
        let share = u128::from(self.bytes) * u128::from(rows) / u128::from(self.total.max(1));
        u64::try_from(share).unwrap_or(self.bytes)
    }

    fn add(&mut self, rows: &RecordBatch, part: &mut Part) -> Result<(), ErrorKind> {
        let fields = &self.config.fields;
        let mut columns = Vec::new();
        for path in fields.all() {
            if let Some(column) = find_column(rows, path.as_str()) {
                columns.push((path, readable(path, &column)?));
            }
        }
        for row in 0..rows.num_rows() {
            self.row += 1;
            let get = |path: &FieldPath| {
                let (_, column) = columns.iter().find(|(other, _)| *other == path)?;
                value(column, row).map(Cow::Owned)
            };
            match part.push_with(self.row, |text| fields.parse(get, text)) {
                Ok(()) => part.set_raw(row..row + 1),
                Err(kind) => part.bad.push(BadRecord { line: self.row, kind, bytes: Vec::new() }),
            }
        }
        Ok(())
    }
}

impl Records for ParquetReader {
    fn next_batch(&mut self, batch: &mut Batch) -> Result<bool, Error> {
        // A file without rows still has columns, which writing it again needs.
        let is_first = !std::mem::replace(&mut self.begun, true);
        let rows = match self.rows.next() {
            Some(rows) => rows,
            None if is_first && self.config.keep_raw => Ok(RecordBatch::new_empty(Arc::clone(&self.schema))),
            None => return Ok(false),
        };
        let bad = |error: arrow_schema::ArrowError| Error::new(&self.path, ErrorKind::BadFile(error.to_string()));
        let rows = rows.map_err(bad)?;
        let before = self.share(self.row);
        let part = &mut batch.restart(1)[0];
        self.add(&rows, part).map_err(|kind| Error::new(&self.path, kind))?;
        part.number_lines(&self.name, 0);
        if self.config.keep_raw {
            let named = RecordBatch::try_new(Arc::clone(&self.schema), rows.columns().to_vec());
            part.raw = Raw::Rows(named.map_err(|error| Error::new(&self.path, ErrorKind::BadFile(error.to_string())))?);
        }
        batch.bytes = self.share(self.row) - before;
        self.config.counter.add(batch.bytes);
        Ok(true)
    }

    fn columns(&self) -> Vec<Column> {
        self.schema.fields().iter().map(|field| column(field)).collect()
    }
}

/// Opens a file for random access, because the index of a Parquet file is at its end. Standard input is copied to an unnamed file.
fn open_seekable(path: &Path) -> Result<File, Error> {
    if path.as_os_str() != STANDARD_INPUT {
        return File::open(path).map_err(|error| Error::io(path, &error));
    }
    let held = tempfile::tempfile().and_then(|mut file| io::copy(&mut io::stdin().lock(), &mut file).map(|_| file));
    let failed = |error| format!("copying it to the folder for temporary files failed: {error}");
    held.map_err(|error| Error::new(path, ErrorKind::Io(failed(error))))
}

/// Returns the name and type of a column. A dictionary counts as the type of its values, because tables that differ in that hold the
/// same values.
fn column(field: &Field) -> Column {
    let kind = match field.data_type() {
        DataType::Dictionary(_, values) => values,
        kind => kind,
    };
    let kind = format!("{kind:?}{}", if field.is_nullable() { " or null" } else { "" });
    Column { name: field.name().clone(), kind }
}

/// Returns the number of rows per batch: fewer if the rows of some row group are long.
fn batch_rows(file: &ParquetMetaData, mask: &ProjectionMask) -> usize {
    let rows = |group: &parquet::file::metadata::RowGroupMetaData| {
        let read = group.columns().iter().enumerate().filter(|(column, _)| mask.leaf_included(*column));
        let bytes: u64 = read.map(|(_, column)| u64::try_from(column.uncompressed_size()).unwrap_or_default()).sum();
        let row_bytes = bytes / u64::try_from(group.num_rows()).unwrap_or_default().max(1);
        usize::try_from(BATCH_BYTES / row_bytes.max(1)).unwrap_or(BATCH_ROWS)
    };
    file.row_groups().iter().map(rows).min().unwrap_or(BATCH_ROWS).clamp(1, BATCH_ROWS)
}

/// Returns the indices of the top-level columns that hold wanted fields: for a nested field, every column that a prefix of its
/// path names.
fn wanted_roots(schema: &Schema, config: &ReadConfig) -> Result<Vec<usize>, ErrorKind> {
    let fields = &config.fields;
    let roots_of = |path: &FieldPath| {
        let names = path.as_str().match_indices('.').map(|(dot, _)| &path.as_str()[..dot]);
        names.chain([path.as_str()]).filter_map(|name| schema.index_of(name).ok()).collect::<Vec<_>>()
    };
    let mut wanted = Vec::new();
    for path in fields.all() {
        let roots = roots_of(path);
        let may_be_missing = (fields.id_if_present && fields.id.as_ref() == Some(path))
            || (fields.text.contains(path) && fields.text.iter().any(|text| !roots_of(text).is_empty()));
        if roots.is_empty() && !may_be_missing {
            return Err(ErrorKind::MissingColumn(path.as_str().to_string()));
        }
        wanted.extend(roots);
    }
    Ok(wanted)
}

/// Returns the column of a field as [`FieldPath::find`] would: the one literally called so, or else one nested in a struct.
pub(crate) fn find_column(rows: &RecordBatch, path: &str) -> Option<ArrayRef> {
    find_nested(path, &|name| rows.column_by_name(name).cloned())
}

fn find_nested(path: &str, column: &dyn Fn(&str) -> Option<ArrayRef>) -> Option<ArrayRef> {
    column(path).or_else(|| {
        path.match_indices('.').find_map(|(dot, _)| {
            let outer = column(&path[..dot])?;
            let outer = outer.as_struct_opt()?;
            // Arrow may store any value inside a null struct; it must read as null.
            find_nested(&path[dot + 1..], &|name| {
                let inner = outer.column_by_name(name)?;
                let nulls = arrow_buffer::NullBuffer::union(outer.nulls(), inner.nulls());
                Some(arrow_array::make_array(inner.to_data().into_builder().nulls(nulls).build().ok()?))
            })
        })
    })
}
