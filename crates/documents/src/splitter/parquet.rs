//! Splits Parquet and Arrow files.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray, UInt64Array};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use arrow_select::take::take_record_batch;

use super::decision::{DuplicateOf, SharedPassage};
use super::sink::{Sink, duplicate_fields, with_duplicates};
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
    /// The columns that removed rows get.
    more: &'static [&'static str],
}

impl ParquetSplitter {
    pub(super) fn create(kept: &Path, removed: &Path, inputs: &Inputs, passages: bool) -> Result<Self, Error> {
        let file = |path| RowsFile::new(path, inputs);
        let more = duplicate_fields(passages);
        Ok(Self { kept: file(kept), removed: file(removed), schema: CommonSchema::new(inputs)?, more })
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
            .and_then(|rows| with_duplicate_columns(&rows, self.more, &removed_as))
            .map_err(|error| self.removed.failed(&error))?;
        self.removed.write(&removed)
    }

    fn finish(self: Box<Self>) -> Result<[Finished; 2], Error> {
        Ok([self.kept.finish()?, self.removed.finish()?])
    }
}

/// Returns rows with more columns, which replace columns of the same names.
fn with_duplicate_columns(
    rows: &RecordBatch,
    more: &[&str],
    duplicates: &[&DuplicateOf],
) -> Result<RecordBatch, ArrowError> {
    let of: StringArray = duplicates.iter().map(|duplicate| Some(duplicate.id.as_str())).collect();
    let numbers = |number: fn(&DuplicateOf) -> f64| -> ArrayRef {
        Arc::new(duplicates.iter().map(|duplicate| Some(number(duplicate))).collect::<Float64Array>())
    };
    let place = |place: fn(&SharedPassage) -> u64| -> ArrayRef {
        let places = duplicates.iter().map(|duplicate| duplicate.passage.as_ref().map(place));
        Arc::new(places.collect::<UInt64Array>())
    };
    let share = duplicates.iter().map(|duplicate| duplicate.passage.map(|passage| passage.share));
    let values: [(DataType, ArrayRef); 6] = [
        (DataType::Utf8, Arc::new(of)),
        (DataType::Float64, numbers(|duplicate| duplicate.jaccard)),
        (DataType::Float64, numbers(|duplicate| duplicate.containment)),
        (DataType::UInt64, place(|passage| passage.start)),
        (DataType::UInt64, place(|passage| passage.end)),
        (DataType::Float64, Arc::new(share.collect::<Float64Array>())),
    ];
    let schema = rows.schema();
    let own = schema.fields().iter().zip(rows.columns()).filter(|(field, _)| !more.contains(&field.name().as_str()));
    let (mut fields, mut columns): (Vec<_>, Vec<_>) =
        own.map(|(field, column)| (field.clone(), column.clone())).unzip();
    for (&name, (kind, column)) in more.iter().zip(values) {
        fields.push(Arc::new(Field::new(name, kind, true)));
        columns.push(column);
    }
    RecordBatch::try_new(Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone())), columns)
}
