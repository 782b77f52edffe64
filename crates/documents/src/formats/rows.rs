//! Rows of typed columns, as Parquet and Arrow have them.

pub(crate) mod cells;

use std::borrow::Cow;
use std::collections::HashMap;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{Schema, SchemaRef};
use serde_json::{Map, Value};

use self::cells::{json, readable, value};
use crate::batch::{BadRecord, Part};
use crate::error::{ErrorKind, Missing};
use crate::field_path::FieldPath;
use crate::fields::{FieldSource, Fields, SCORE};
use crate::json::{RawObject, whole_number};
use crate::options::Options;

/// The most rows in a batch.
pub(super) const BATCH_ROWS: usize = 4096;

/// The columns of rows in which a text is not UTF-8, by the numbers of the rows.
pub(super) type BadTexts = HashMap<usize, String>;

/// Adds the documents of rows to a part, after this number of rows before them.
pub(super) fn add(
    rows: &RecordBatch,
    rows_before: u64,
    (fields, options): (&Fields, &Options),
    bad_texts: &BadTexts,
    part: &mut Part,
) -> Result<(), ErrorKind> {
    let mut columns = Vec::new();
    for path in fields.all() {
        let column = find_column(rows, root(path.as_str()));
        if let Some(column) = column {
            columns.push((path, if path.is_list() { column } else { readable(path, &column, options.lossy)? }));
        }
    }
    for row in 0..rows.num_rows() {
        let line = rows_before + row as u64 + 1;
        let record = Row { columns: &columns, row, rows };
        let added = match bad_texts.get(&row) {
            Some(column) => Err(ErrorKind::NotUtf8Column(column.clone())),
            None => part.push_with(line, |text| {
                let start = text.len();
                let parsed = fields.parse(&record, text)?;
                let length = text.len() - start;
                let is_too_long = length > options.max_record;
                let kind = || ErrorKind::TooLong(Some(length as u64), options.max_record as u64);
                if is_too_long { Err(kind()) } else { Ok(parsed) }
            }),
        };
        match added {
            Ok(()) => part.set_raw(row..row + 1),
            Err(kind) => part.bad.push(BadRecord { line, kind, bytes: bytes_of(rows, row, options) }),
        }
    }
    Ok(())
}

/// Returns a row as a JSON object, if rejected rows are kept.
fn bytes_of(rows: &RecordBatch, row: usize, options: &Options) -> Vec<u8> {
    if !options.skip_bad {
        return Vec::new();
    }
    let schema = rows.schema_ref();
    let member = |(index, column): (usize, &ArrayRef)| (schema.field(index).name().clone(), json(column, row));
    let object: Map<String, Value> = rows.columns().iter().enumerate().map(member).collect();
    Value::Object(object).to_string().into_bytes()
}

/// A row whose wanted columns were found.
struct Row<'a> {
    columns: &'a [(&'a FieldPath, ArrayRef)],
    row: usize,
    rows: &'a RecordBatch,
}

impl Row<'_> {
    fn column(&self, path: &FieldPath) -> Option<&ArrayRef> {
        self.columns.iter().find(|(other, _)| *other == path).map(|(_, column)| column)
    }

    /// Asks for a field in the elements of a list, which are found as in JSON.
    fn in_list<T>(
        &self,
        column: &ArrayRef,
        path: &FieldPath,
        ask: impl FnOnce(&RawObject<'_>, &FieldPath) -> Result<T, ErrorKind>,
    ) -> Result<T, ErrorKind> {
        let rest = format!("x{}", &path.as_str()[root(path.as_str()).len()..]);
        let object = Value::from_iter([("x", json(column, self.row))]).to_string();
        let record = RawObject::parse(&object).map_err(|error| ErrorKind::BadJson(error.to_string()))?;
        ask(&record, &FieldPath::new(rest))
    }
}

impl FieldSource for Row<'_> {
    fn value(&self, path: &FieldPath) -> Result<Option<Cow<'_, Value>>, ErrorKind> {
        let Some(column) = self.column(path) else { return Ok(None) };
        if path.is_list() {
            let value = |record: &RawObject<'_>, path: &FieldPath| {
                Ok(record.value(path)?.map(|value| Cow::Owned(value.into_owned())))
            };
            return self.in_list(column, path, value);
        }
        match value(column, self.row) {
            Ok(value) => Ok(value.map(Cow::Owned)),
            Err(_) => Err(ErrorKind::NotUtf8Column(path.as_str().to_string())),
        }
    }

    fn has(&self, path: &FieldPath) -> Result<Option<bool>, ErrorKind> {
        match self.column(path) {
            None => Ok(Some(false)),
            // A list that is null tells as little as an empty one.
            Some(column) if path.is_list() && column.is_null(self.row) => Ok(None),
            Some(column) if path.is_list() => self.in_list(column, path, |record, path| record.has(path)),
            Some(_) => Ok(Some(true)),
        }
    }

    /// Returns numbers with all of their digits, and bytes that are no text in hexadecimal digits.
    fn id(&self, path: &FieldPath) -> Result<Option<Cow<'_, Value>>, ErrorKind> {
        let Some(column) = self.column(path) else { return Ok(None) };
        if let Some(decimal) = cells::decimal(column, self.row) {
            let id = whole_number(&decimal).map_or_else(|| decimal.clone(), Cow::into_owned);
            return Ok(Some(Cow::Owned(Value::from(id))));
        }
        match value(column, self.row) {
            Ok(value) => Ok(value.map(Cow::Owned)),
            Err(bytes) => Ok(Some(Cow::Owned(Value::from(cells::hexadecimal(&bytes))))),
        }
    }

    fn score(&self, path: &FieldPath) -> Result<Option<Cow<'_, Value>>, ErrorKind> {
        if self.column(path).is_some_and(|column| cells::is_infinite_or_nan(column, self.row)) {
            return Err(ErrorKind::WrongType(path.as_str().to_string(), SCORE));
        }
        self.value(path)
    }

    fn names(&self) -> Vec<String> {
        self.rows.schema_ref().fields().iter().map(|field| field.name().clone()).collect()
    }
}

/// Returns the part of a path in front of the first list.
fn root(path: &str) -> &str {
    path.split_once("[]").map_or(path, |(root, _)| root)
}

/// Returns the indices of the top-level columns that hold wanted fields: for a nested field, every column that a prefix
/// of its path names.
pub(super) fn wanted_roots(schema: &Schema, fields: &Fields) -> Result<Vec<usize>, ErrorKind> {
    let roots_of = |path: &FieldPath| {
        let path = root(path.as_str());
        let names = path.match_indices('.').map(|(dot, _)| &path[..dot]);
        names.chain([path]).filter_map(|name| schema.index_of(name).ok()).collect::<Vec<_>>()
    };
    let mut wanted = Vec::new();
    for path in fields.all() {
        let roots = roots_of(path);
        let may_be_missing = (fields.id_if_present && fields.id.as_ref() == Some(path))
            || (fields.text.contains(path) && fields.text.iter().any(|text| !roots_of(text).is_empty()));
        if roots.is_empty() && !may_be_missing {
            let names = schema.fields().iter().map(|field| field.name().clone());
            return Err(ErrorKind::MissingColumn(Missing::new(path.as_str(), fields.role(path), names)));
        }
        let name_of = |index: &usize| schema.field(*index).name();
        let is_repeated = |name: &&String| schema.fields().iter().filter(|field| field.name() == *name).count() > 1;
        if let Some(name) = roots.iter().map(name_of).find(is_repeated) {
            return Err(ErrorKind::RepeatedColumn(name.clone()));
        }
        wanted.extend(roots);
    }
    Ok(wanted)
}

/// Returns the column of a field as [`FieldPath::find`] would: the one literally called so, or else one nested in a
/// struct.
pub(crate) fn find_column(rows: &RecordBatch, path: &str) -> Option<ArrayRef> {
    find_nested(path, &|name| rows.column_by_name(name).cloned())
}

/// Finds a column, or a field in a struct, as [`FieldPath::find`] descends into objects.
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

/// Names rows as their file does, because readers drop the metadata of columns.
pub(super) fn with_schema(rows: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, arrow_schema::ArrowError> {
    let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(rows.num_rows()));
    RecordBatch::try_new_with_options(SchemaRef::clone(schema), rows.columns().to_vec(), &options)
}
