//! Parquet files.

use std::borrow::Cow;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StructArray};
use arrow::datatypes::{DataType, Schema};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use serde_json::Value;

use super::inputs::Input;
use crate::Options;
use crate::batch::{Batch, Part};
use crate::error::{Error, Reason};
use crate::fields::{FieldPath, Fields};

/// Rows that are read together.
pub(crate) const ROWS: usize = 1_024;

/// The documents of a table.
#[derive(Debug)]
pub(crate) struct ParquetDocuments {
    path: PathBuf,
    reader: ParquetRecordBatchReader,
    options: Options,
    fields: Fields,
    row: u64,
    /// Bytes of a row of the file, about.
    row_bytes: u64,
    count: Arc<AtomicU64>,
    batch: Batch,
}

/// A reader of all columns, or of those that are wanted.
pub(crate) fn builder(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>, Error> {
    let file = File::open(path).map_err(|error| Error::io(path, &error))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| bad(path, &error))?;
    Ok(builder.with_batch_size(ROWS))
}

impl ParquetDocuments {
    pub(crate) fn open(input: &Input, options: Options, fields: Fields, count: &Arc<AtomicU64>) -> Result<Self, Error> {
        let path = input.path.clone();
        let builder = builder(&path)?;
        let mut columns = Vec::new();
        for field in fields.all() {
            let Some(column) = root_of(builder.schema(), field) else {
                let reason = Reason::MissingColumn(field.as_str().to_string());
                return Err(Error { path, line: None, reason });
            };
            columns.push(column);
        }
        let rows = builder.metadata().file_metadata().num_rows().max(1) as u64;
        let mask = ProjectionMask::roots(builder.parquet_schema(), columns);
        let reader = builder.with_projection(mask).build().map_err(|error| bad(&path, &error))?;
        let row_bytes = input.bytes.unwrap_or_default() / rows;
        let (count, batch) = (Arc::clone(count), Batch::default());
        Ok(Self { path, reader, options, fields, row: 0, row_bytes, count, batch })
    }

    pub(crate) fn batch(&self) -> &Batch {
        &self.batch
    }

    pub(crate) fn advance(&mut self) -> Result<bool, Error> {
        self.batch.clear();
        self.batch.parts.resize_with(1, Part::default);
        let Some(rows) = self.reader.next() else { return Ok(false) };
        let rows = rows.map_err(|error| Error {
            path: self.path.clone(),
            line: None,
            reason: Reason::BadFile(error.to_string()),
        })?;
        let columns = self.columns(&rows)?;
        for row in 0..rows.num_rows() {
            self.row += 1;
            let get = |path: &FieldPath| {
                let (_, column) = columns.iter().find(|(field, _)| field == path)?;
                column.as_ref().map(|column| Cow::Owned(value(column, row)))
            };
            let (fields, number) = (&self.fields, self.row);
            let name = self.path.file_name().unwrap_or_default().to_string_lossy();
            let pushed = self.batch.parts[0].push_with(|text| {
                let (id, facts) = fields.read(get, text)?;
                Ok((id.unwrap_or_else(|| format!("{name}:{number}")), fields.have_facts().then_some(facts)))
            });
            if let Err(reason) = pushed {
                let error = Error { path: self.path.clone(), line: Some(number), reason };
                if !self.options.skip_bad {
                    return Err(error);
                }
                self.batch.skipped.push(error);
            }
        }
        let bytes = rows.num_rows() as u64 * self.row_bytes;
        self.batch.bytes = bytes;
        self.count.fetch_add(bytes, Ordering::Relaxed);
        Ok(true)
    }

    /// The array of each field.
    fn columns(&self, rows: &RecordBatch) -> Result<Vec<(FieldPath, Option<ArrayRef>)>, Error> {
        let all = StructArray::from(rows.clone());
        Ok(self.fields.all().map(|field| (field.clone(), column(&all, field.as_str()))).collect())
    }
}

/// The number of the column that a field is in.
fn root_of(schema: &Schema, field: &FieldPath) -> Option<usize> {
    let path = field.as_str();
    let names = std::iter::once(path).chain(path.match_indices('.').map(|(dot, _)| &path[..dot]));
    names.filter_map(|name| schema.index_of(name).ok()).next()
}

/// The array that is literally called so, or the one inside that the first name says.
fn column(table: &StructArray, path: &str) -> Option<ArrayRef> {
    if let Some(column) = table.column_by_name(path) {
        return Some(Arc::clone(column));
    }
    path.match_indices('.').find_map(|(dot, _)| {
        let inner = table.column_by_name(&path[..dot])?;
        column(inner.as_struct_opt()?, &path[dot + 1..])
    })
}

/// A cell, as JSON would hold it.
fn value(column: &ArrayRef, row: usize) -> Value {
    if column.is_null(row) {
        return Value::Null;
    }
    match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value(row).into(),
        DataType::LargeUtf8 => column.as_string::<i64>().value(row).into(),
        DataType::Utf8View => column.as_string_view().value(row).into(),
        kind => {
            let shown = ArrayFormatter::try_new(column.as_ref(), &FormatOptions::default());
            let shown = shown.ok().and_then(|shown| shown.value(row).try_to_string().ok()).unwrap_or_default();
            let number = || shown.parse::<serde_json::Number>().ok().map(Value::Number);
            if kind.is_numeric() { number().unwrap_or(Value::Null) } else { Value::String(shown) }
        }
    }
}

/// What the reader of tables says.
pub(crate) fn bad(path: &Path, error: &parquet::errors::ParquetError) -> Error {
    Error { path: path.into(), line: None, reason: Reason::BadFile(error.to_string()) }
}
