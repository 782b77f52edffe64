//! Apache Parquet: columns, nested ones too, of which only those that are wanted are read.
//!
//! Rows are read a few thousand at a time, so a row group is never in memory as a whole, but for the pages that are open.

use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::cast::AsArray;
use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, Schema, UInt64Type};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use serde_json::Value;

use super::{Records, Terms};
use crate::batch::{Batch, Part, Raw, Wrong};
use crate::error::{Error, Reason};
use crate::fields::FieldPath;

/// Rows of a file.
pub(super) struct Rows {
    path: PathBuf,
    name: String,
    rows: ParquetRecordBatchReader,
    terms: Terms,
    row: u64,
    total: u64,
    bytes: u64,
}

/// Rows that are read together.
const TOGETHER: usize = 4096;

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("path", &self.path).field("row", &self.row).finish_non_exhaustive()
    }
}

impl Rows {
    /// Reads the schema, which must have the columns that are wanted.
    pub(super) fn open(path: &Path, terms: Terms) -> Result<Self, Error> {
        let file = File::open(path).map_err(|error| Error::io(path, &error))?;
        let bytes = file.metadata().map_err(|error| Error::io(path, &error))?.len();
        let bad = |error: parquet::errors::ParquetError| Error::new(path, Reason::BadFile(error.to_string()));
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(bad)?;
        let total = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or_default();
        let wanted = wanted(builder.schema(), &terms).map_err(|reason| Error::new(path, reason))?;
        let mask = match terms.raw {
            true => ProjectionMask::all(),
            false => ProjectionMask::roots(builder.parquet_schema(), wanted),
        };
        let rows = builder.with_projection(mask).with_batch_size(TOGETHER).build().map_err(bad)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { path: path.into(), name, rows, terms, row: 0, total, bytes })
    }

    /// The input that so many rows stand for.
    fn share(&self, rows: u64) -> u64 {
        let share = u128::from(self.bytes) * u128::from(rows) / u128::from(self.total.max(1));
        u64::try_from(share).unwrap_or(self.bytes)
    }

    fn add(&mut self, rows: &RecordBatch, part: &mut Part) -> Result<(), Reason> {
        let fields = &self.terms.fields;
        let mut columns = Vec::new();
        for path in fields.all() {
            if let Some(column) = find(rows, path.as_str()) {
                columns.push((path, readable(path, &column)?));
            }
        }
        for row in 0..rows.num_rows() {
            self.row += 1;
            let get = |path: &FieldPath| {
                let (_, column) = columns.iter().find(|(other, _)| *other == path)?;
                value(column, row).map(Cow::Owned)
            };
            let pushed = part.push_with(self.row, |text| {
                let (id, facts) = fields.read(get, text)?;
                Ok((id, fields.have_facts().then_some(facts)))
            });
            match pushed {
                Ok(()) => part.set_raw(row..row + 1),
                Err(reason) => part.wrong.push(Wrong { line: self.row, reason, bytes: Vec::new() }),
            }
        }
        Ok(())
    }
}

impl Records for Rows {
    fn next_batch(&mut self, batch: &mut Batch) -> Result<bool, Error> {
        let Some(rows) = self.rows.next() else { return Ok(false) };
        let rows = rows.map_err(|error| Error::new(&self.path, Reason::BadFile(error.to_string())))?;
        let before = self.share(self.row);
        let part = &mut batch.restart(1)[0];
        self.add(&rows, part).map_err(|reason| Error::new(&self.path, reason))?;
        part.place(&self.name, 0);
        if self.terms.raw {
            part.raw = Raw::Rows(rows);
        }
        batch.bytes = self.share(self.row) - before;
        self.terms.counter.add(batch.bytes);
        Ok(true)
    }
}

/// The numbers of the columns that are wanted; those of a way are the first of its names.
fn wanted(schema: &Schema, terms: &Terms) -> Result<Vec<usize>, Reason> {
    let fields = &terms.fields;
    let root = |path: &FieldPath| {
        let names = path.as_str().match_indices('.').map(|(dot, _)| &path.as_str()[..dot]);
        names.chain([path.as_str()]).filter_map(|name| schema.index_of(name).ok()).collect::<Vec<_>>()
    };
    let mut wanted = Vec::new();
    for path in fields.all() {
        let roots = root(path);
        let may_lack = (fields.id_if_present && fields.id.as_ref() == Some(path))
            || (fields.text.contains(path) && fields.text.iter().any(|text| !root(text).is_empty()));
        if roots.is_empty() && !may_lack {
            return Err(Reason::MissingColumn(path.as_str().to_string()));
        }
        wanted.extend(roots);
    }
    Ok(wanted)
}

/// The column that is literally called so, or the one inside that the first name says.
fn find(rows: &RecordBatch, path: &str) -> Option<ArrayRef> {
    within(path, &|name| rows.column_by_name(name).cloned())
}

fn within(path: &str, column: &dyn Fn(&str) -> Option<ArrayRef>) -> Option<ArrayRef> {
    column(path).or_else(|| {
        path.match_indices('.').find_map(|(dot, _)| {
            let outer = column(&path[..dot])?;
            let outer = outer.as_struct_opt()?;
            // A value within nothing is nothing.
            within(&path[dot + 1..], &|name| {
                let inner = outer.column_by_name(name)?;
                let nulls = arrow::buffer::NullBuffer::union(outer.nulls(), inner.nulls());
                Some(arrow::array::make_array(inner.to_data().into_builder().nulls(nulls).build().ok()?))
            })
        })
    })
}

/// A column as strings, numbers or dates that [`value`] knows.
fn readable(path: &FieldPath, column: &ArrayRef) -> Result<ArrayRef, Reason> {
    let to = match column.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(..) => DataType::LargeUtf8,
        DataType::UInt64 => return Ok(Arc::clone(column)),
        kind if kind.is_integer() => DataType::Int64,
        kind if kind.is_floating() => DataType::Float64,
        DataType::Boolean | DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => DataType::LargeUtf8,
        DataType::Null => DataType::LargeUtf8,
        _ => return Err(Reason::WrongKind(path.as_str().to_string(), "a column of strings, numbers or dates")),
    };
    cast(column, &to).map_err(|error| Reason::BadFile(error.to_string()))
}

/// The value of a row; nothing where it is null.
fn value(column: &ArrayRef, row: usize) -> Option<Value> {
    if column.is_null(row) {
        return None;
    }
    match column.data_type() {
        DataType::LargeUtf8 => Some(Value::from(column.as_string::<i64>().value(row))),
        DataType::Int64 => Some(Value::from(column.as_primitive::<Int64Type>().value(row))),
        DataType::UInt64 => Some(Value::from(column.as_primitive::<UInt64Type>().value(row))),
        DataType::Float64 => Some(Value::from(column.as_primitive::<Float64Type>().value(row))),
        _ => None,
    }
}
