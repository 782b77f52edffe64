//! Apache Parquet: columns, nested ones too, of which only those that are wanted are read.
//!
//! Rows are read a few thousand at a time, and fewer where they are long, so a row group is never in memory as a whole, but for the pages that are open.

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
use super::{Records, Terms};
use crate::batch::{Batch, Part, Raw, Wrong};
use crate::columns::Column;
use crate::error::{Error, Reason};
use crate::fields::FieldPath;
use crate::opened::STANDARD_INPUT;

/// Rows of a file.
pub(super) struct Rows {
    path: PathBuf,
    name: String,
    rows: ParquetRecordBatchReader,
    /// All columns, with what the file says of them and of itself.
    schema: SchemaRef,
    begun: bool,
    terms: Terms,
    row: u64,
    total: u64,
    bytes: u64,
}

/// Rows that are read together, and bytes of them, as far as the sizes that the file gives for its row groups tell.
const TOGETHER: usize = 4096;
const BYTES_TOGETHER: u64 = 8 << 20;

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("path", &self.path).field("row", &self.row).finish_non_exhaustive()
    }
}

impl Rows {
    /// Reads the schema, which must have the columns that are wanted.
    pub(super) fn open(path: &Path, terms: Terms) -> Result<Self, Error> {
        let file = opened(path)?;
        let bytes = file.metadata().map_err(|error| Error::io(path, &error))?.len();
        let bad = |error: parquet::errors::ParquetError| Error::new(path, Reason::BadFile(error.to_string()));
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(bad)?;
        let total = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or_default();
        let wanted = wanted(builder.schema(), &terms).map_err(|reason| Error::new(path, reason))?;
        let mask = match terms.raw {
            true => ProjectionMask::all(),
            false => ProjectionMask::roots(builder.parquet_schema(), wanted),
        };
        let schema = Arc::clone(builder.schema());
        let together = together(builder.metadata(), &mask);
        let rows = builder.with_projection(mask).with_batch_size(together).build().map_err(bad)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { path: path.into(), name, rows, schema, begun: false, terms, row: 0, total, bytes })
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
        // A file without rows still has columns, which whoever writes it again must know.
        let is_first = !std::mem::replace(&mut self.begun, true);
        let rows = match self.rows.next() {
            Some(rows) => rows,
            None if is_first && self.terms.raw => Ok(RecordBatch::new_empty(Arc::clone(&self.schema))),
            None => return Ok(false),
        };
        let bad = |error: arrow_schema::ArrowError| Error::new(&self.path, Reason::BadFile(error.to_string()));
        let rows = rows.map_err(bad)?;
        let before = self.share(self.row);
        let part = &mut batch.restart(1)[0];
        self.add(&rows, part).map_err(|reason| Error::new(&self.path, reason))?;
        part.place(&self.name, 0);
        if self.terms.raw {
            let named = RecordBatch::try_new(Arc::clone(&self.schema), rows.columns().to_vec());
            part.raw = Raw::Rows(named.map_err(|error| Error::new(&self.path, Reason::BadFile(error.to_string())))?);
        }
        batch.bytes = self.share(self.row) - before;
        self.terms.counter.add(batch.bytes);
        Ok(true)
    }

    fn columns(&self) -> Vec<Column> {
        self.schema.fields().iter().map(|field| column(field)).collect()
    }
}

/// Opens a file. What is where stands last in it, so standard input is put into a file that has no name.
fn opened(path: &Path) -> Result<File, Error> {
    if path.as_os_str() != STANDARD_INPUT {
        return File::open(path).map_err(|error| Error::io(path, &error));
    }
    let held = tempfile::tempfile().and_then(|mut file| io::copy(&mut io::stdin().lock(), &mut file).map(|_| file));
    let failed = |error| format!("it could not be put into the folder for temporary files: {error}");
    held.map_err(|error| Error::new(path, Reason::Io(failed(error))))
}

/// What a column is called and holds. What has a dictionary holds what that stands for.
fn column(field: &Field) -> Column {
    let kind = match field.data_type() {
        DataType::Dictionary(_, values) => values,
        kind => kind,
    };
    let kind = format!("{kind:?}{}", if field.is_nullable() { " or nothing" } else { "" });
    Column { name: field.name().clone(), kind }
}

/// How many rows to read together: fewer where rows of some row group are long.
fn together(file: &ParquetMetaData, mask: &ProjectionMask) -> usize {
    let rows = |group: &parquet::file::metadata::RowGroupMetaData| {
        let read = group.columns().iter().enumerate().filter(|(column, _)| mask.leaf_included(*column));
        let bytes: u64 = read.map(|(_, column)| u64::try_from(column.uncompressed_size()).unwrap_or_default()).sum();
        let a_row = bytes / u64::try_from(group.num_rows()).unwrap_or_default().max(1);
        usize::try_from(BYTES_TOGETHER / a_row.max(1)).unwrap_or(TOGETHER)
    };
    file.row_groups().iter().map(rows).min().unwrap_or(TOGETHER).clamp(1, TOGETHER)
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
pub(crate) fn find(rows: &RecordBatch, path: &str) -> Option<ArrayRef> {
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
                let nulls = arrow_buffer::NullBuffer::union(outer.nulls(), inner.nulls());
                Some(arrow_array::make_array(inner.to_data().into_builder().nulls(nulls).build().ok()?))
            })
        })
    })
}
