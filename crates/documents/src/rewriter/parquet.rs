//! Rewrites Parquet and Arrow files.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{LargeStringBuilder, StringBuilder, StringViewBuilder};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, StructArray, UInt64Array};
use arrow_schema::{ArrowError, DataType, Field, Fields, Schema};
use arrow_select::take::take_record_batch;

use super::sink::{NewTexts, OldTexts, Sink, written};
use crate::batch::{Part, Raw, Record};
use crate::error::{Error, ErrorKind};
use crate::field_path::FieldPath;
use crate::formats::rows::cells::{readable, value};
use crate::formats::rows::find_column;
use crate::inputs::Inputs;
use crate::output::Finished;
use crate::output::rows_file::{CommonSchema, RowsFile};

/// Writes the rows of the input, some of them with new texts.
pub(super) struct ParquetRewriter {
    out: RowsFile,
    schema: CommonSchema,
}

impl ParquetRewriter {
    pub(super) fn create(path: &Path, inputs: &Inputs) -> Result<Self, Error> {
        Ok(Self { out: RowsFile::new(path, inputs), schema: CommonSchema::new(inputs)? })
    }

    /// Returns the rows of these records of a part.
    fn rows<'a>(&self, part: &Part, records: impl Iterator<Item = &'a Record>) -> Result<Option<RecordBatch>, Error> {
        let Raw::Rows(rows) = &part.raw else { return Ok(None) };
        let rows = &self.schema.adapt(rows, &self.out)?;
        let read = UInt64Array::from_iter_values(records.map(|record| record.raw.start as u64));
        take_record_batch(rows, &read).map(Some).map_err(|error| self.out.failed(&error))
    }

    fn with_texts(&self, rows: &RecordBatch, fields: &[FieldPath], new: &[&NewTexts]) -> Result<RecordBatch, Error> {
        let (mut columns, mut schema) = (rows.columns().to_vec(), rows.schema().fields().clone());
        for (number, field) in fields.iter().enumerate() {
            let text = |row: usize| new[row].get(number)?.as_deref();
            let replace = |column: &ArrayRef| Ok(with_new(&readable(field, column, true)?, text));
            if let Some(replaced) = replaced(&schema, &columns, field.as_str(), &replace) {
                (schema, columns) = replaced.map_err(|error| error.at(&self.out))?;
            }
        }
        let schema = Schema::new_with_metadata(schema, rows.schema().metadata().clone());
        RecordBatch::try_new(Arc::new(schema), columns).map_err(|error| self.out.failed(&error))
    }
}

impl Sink for ParquetRewriter {
    fn texts<'p>(&self, part: &'p Part, fields: &[FieldPath]) -> Result<Vec<OldTexts<'p>>, Error> {
        let Some(rows) = self.rows(part, part.documents.iter())? else { return Ok(Vec::new()) };
        let mut texts = vec![Vec::with_capacity(fields.len()); rows.num_rows()];
        for field in fields {
            let column = find_column(&rows, field.as_str()).map(|column| readable(field, &column, true)).transpose();
            let column = column.map_err(|kind| Unreadable::Column(kind).at(&self.out))?;
            for (row, texts) in texts.iter_mut().enumerate() {
                let text = column.as_ref().and_then(|column| value(column, row).ok()??.as_str().map(str::to_string));
                texts.push(text.map(Cow::Owned));
            }
        }
        Ok(texts)
    }

    fn write(&mut self, part: &Part, fields: &[FieldPath], new: &[Option<NewTexts>]) -> Result<(), Error> {
        let (records, new): (Vec<_>, Vec<_>) = written(part, new).unzip();
        match self.rows(part, records.into_iter())? {
            Some(rows) => {
                let rows = self.with_texts(&rows, fields, &new)?;
                self.out.write(&rows)
            }
            None => Ok(()),
        }
    }

    fn finish(self: Box<Self>) -> Result<Finished, Error> {
        self.out.finish()
    }
}

/// The reason why a column cannot be replaced.
enum Unreadable {
    Column(ErrorKind),
    Rows(ArrowError),
}

impl Unreadable {
    fn at(self, out: &RowsFile) -> Error {
        match self {
            Self::Column(kind) => out.refused(kind),
            Self::Rows(error) => out.failed(&error),
        }
    }
}

impl From<ErrorKind> for Unreadable {
    fn from(kind: ErrorKind) -> Self {
        Self::Column(kind)
    }
}

/// Columns and their fields of the schema.
type Columns = (Fields, Vec<ArrayRef>);

/// Replaces the column that [`find_column`] would find by a path. Returns `None` if there is none.
fn replaced(
    fields: &Fields,
    columns: &[ArrayRef],
    path: &str,
    replace: &dyn Fn(&ArrayRef) -> Result<ArrayRef, Unreadable>,
) -> Option<Result<Columns, Unreadable>> {
    if let Some((index, _)) = fields.find(path) {
        return Some(replace(&columns[index]).map(|column| with_column(fields, columns, index, column)));
    }
    path.match_indices('.').find_map(|(dot, _)| {
        let (index, _) = fields.find(&path[..dot])?;
        let outer = columns[index].as_struct_opt()?;
        let inner = replaced(outer.fields(), outer.columns(), &path[dot + 1..], replace)?;
        let outer = inner.and_then(|(fields, columns)| {
            StructArray::try_new(fields, columns, outer.nulls().cloned()).map_err(Unreadable::Rows)
        });
        Some(outer.map(|outer| with_column(fields, columns, index, Arc::new(outer))))
    })
}

fn with_column(fields: &Fields, columns: &[ArrayRef], index: usize, column: ArrayRef) -> Columns {
    let kind = column.data_type().clone();
    let field = |(number, field): (usize, &Arc<Field>)| match number == index {
        true => Arc::new(field.as_ref().clone().with_data_type(kind.clone())),
        false => Arc::clone(field),
    };
    let mut columns = columns.to_vec();
    columns[index] = column;
    (fields.iter().enumerate().map(field).collect(), columns)
}

/// Returns a column of strings with the new ones in place. A column of another type holds no text and stays as it is.
fn with_new<'a>(column: &ArrayRef, new: impl Fn(usize) -> Option<&'a str>) -> ArrayRef {
    macro_rules! rebuilt {
        ($builder:expr, $old:expr) => {{
            let (mut builder, old) = ($builder, $old);
            for row in 0..old.len() {
                let text = old.is_valid(row).then(|| new(row).unwrap_or(old.value(row)));
                builder.append_option(text);
            }
            Arc::new(builder.finish())
        }};
    }
    match column.data_type() {
        DataType::Utf8 => rebuilt!(StringBuilder::new(), column.as_string::<i32>()),
        DataType::LargeUtf8 => rebuilt!(LargeStringBuilder::new(), column.as_string::<i64>()),
        DataType::Utf8View => rebuilt!(StringViewBuilder::new(), column.as_string_view()),
        _ => Arc::clone(column),
    }
}
