//! Splits Parquet and Arrow files.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray, UInt64Array};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use arrow_select::take::take_record_batch;

use super::decision::DuplicateOf;
use super::sink::{DUPLICATE_FIELDS, Sink, with_duplicates};
use crate::batch::{Part, Raw};
use crate::error::Error;
use crate::inputs::Inputs;
use crate::output::Finished;
use crate::output::rows_file::{CommonSchema, RowsFile};

/// Writes kept rows unchanged, and removed ones with more columns.
pub(super) struct ParquetSplitter {
    kept: RowsFile,
    removed: RowsFile,
    schema: CommonSchema,
}

impl ParquetSplitter {
    pub(super) fn create(kept: &Path, removed: &Path, inputs: &Inputs) -> Result<Self, Error> {
        let file = |path| RowsFile::new(path, inputs.format());
        Ok(Self { kept: file(kept), removed: file(removed), schema: CommonSchema::new(inputs)? })
    }
}

impl Sink for ParquetSplitter {
    fn write(&mut self, part: &Part, duplicates: &[Option<DuplicateOf>]) -> Result<(), Error> {
        let Raw::Rows(rows) = &part.raw else { return Ok(()) };
        let rows = &self.schema.adapt(rows, &self.kept)?;
        let (mut kept, mut removed, mut removed_as) = (Vec::new(), Vec::new(), Vec::new());
        for (record, duplicate) in with_duplicates(part, duplicates) {
            match duplicate {
                None => kept.push(record.raw.start as u64),
                Some(duplicate) => {
                    removed.push(record.raw.start as u64);
                    removed_as.push(duplicate);
                }
            }
        }
        let kept = take_record_batch(rows, &UInt64Array::from(kept)).map_err(|error| self.kept.failed(&error))?;
        self.kept.write(&kept)?;
        let removed = take_record_batch(rows, &UInt64Array::from(removed))
            .and_then(|rows| with_duplicate_columns(&rows, &removed_as))
            .map_err(|error| self.removed.failed(&error))?;
        self.removed.write(&removed)
    }

    fn finish(self: Box<Self>) -> Result<[Finished; 2], Error> {
        Ok([self.kept.finish()?, self.removed.finish()?])
    }
}

/// Returns rows with the columns of [`DUPLICATE_FIELDS`], which replace columns of the same names.
fn with_duplicate_columns(rows: &RecordBatch, duplicates: &[&DuplicateOf]) -> Result<RecordBatch, ArrowError> {
    let of: StringArray = duplicates.iter().map(|duplicate| Some(duplicate.id.as_str())).collect();
    let numbers = |number: fn(&DuplicateOf) -> f64| -> ArrayRef {
        Arc::new(duplicates.iter().map(|duplicate| Some(number(duplicate))).collect::<Float64Array>())
    };
    let more: [(DataType, ArrayRef); 3] = [
        (DataType::Utf8, Arc::new(of)),
        (DataType::Float64, numbers(|duplicate| duplicate.jaccard)),
        (DataType::Float64, numbers(|duplicate| duplicate.containment)),
    ];
    let schema = rows.schema();
    let own = schema
        .fields()
        .iter()
        .zip(rows.columns())
        .filter(|(field, _)| !DUPLICATE_FIELDS.contains(&field.name().as_str()));
    let (mut fields, mut columns): (Vec<_>, Vec<_>) =
        own.map(|(field, column)| (field.clone(), column.clone())).unzip();
    for (name, (kind, column)) in DUPLICATE_FIELDS.into_iter().zip(more) {
        fields.push(Arc::new(Field::new(name, kind, true)));
        columns.push(column);
    }
    RecordBatch::try_new(Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone())), columns)
}
