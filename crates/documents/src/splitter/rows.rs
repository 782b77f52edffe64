//! Rows of Parquet files.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray, UInt64Array};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use arrow_select::take::take_record_batch;

use super::{Duplicate, MORE, Sink, with_verdicts};
use crate::batch::{Part, Raw};
use crate::error::Error;
use crate::output::{Finished, RowsFile};

/// The rows of the input, and removed ones with more columns. Row groups are written as they fill.
pub(super) struct Rows {
    kept: RowsFile,
    removed: RowsFile,
}

impl Rows {
    pub(super) fn create(kept: &Path, removed: &Path) -> Self {
        Self { kept: RowsFile::new(kept), removed: RowsFile::new(removed) }
    }
}

impl Sink for Rows {
    fn write(&mut self, part: &Part, verdicts: &[Option<Duplicate>]) -> Result<(), Error> {
        let Raw::Rows(rows) = &part.raw else { return Ok(()) };
        let (mut kept, mut removed, mut duplicates) = (Vec::new(), Vec::new(), Vec::new());
        for (record, verdict) in with_verdicts(part, verdicts) {
            match verdict {
                None => kept.push(record.raw.start as u64),
                Some(duplicate) => {
                    removed.push(record.raw.start as u64);
                    duplicates.push(duplicate);
                }
            }
        }
        let kept = take_record_batch(rows, &UInt64Array::from(kept)).map_err(|error| self.kept.failed(&error))?;
        self.kept.write(&kept)?;
        let removed = take_record_batch(rows, &UInt64Array::from(removed))
            .and_then(|rows| with_more(&rows, &duplicates))
            .map_err(|error| self.removed.failed(&error))?;
        self.removed.write(&removed)
    }

    fn finish(self: Box<Self>) -> Result<[Finished; 2], Error> {
        Ok([self.kept.finish()?, self.removed.finish()?])
    }
}

/// Rows with the columns that say what they are duplicates of, instead of any that are called so.
fn with_more(rows: &RecordBatch, duplicates: &[&Duplicate]) -> Result<RecordBatch, ArrowError> {
    let of: StringArray = duplicates.iter().map(|duplicate| Some(duplicate.of.as_str())).collect();
    let numbers = |number: fn(&Duplicate) -> f64| -> ArrayRef {
        Arc::new(duplicates.iter().map(|duplicate| Some(number(duplicate))).collect::<Float64Array>())
    };
    let more: [(DataType, ArrayRef); 3] = [
        (DataType::Utf8, Arc::new(of)),
        (DataType::Float64, numbers(|duplicate| duplicate.jaccard)),
        (DataType::Float64, numbers(|duplicate| duplicate.containment)),
    ];
    let schema = rows.schema();
    let own = schema.fields().iter().zip(rows.columns()).filter(|(field, _)| !MORE.contains(&field.name().as_str()));
    let (mut fields, mut columns): (Vec<_>, Vec<_>) =
        own.map(|(field, column)| (field.clone(), column.clone())).unzip();
    for (name, (kind, column)) in MORE.into_iter().zip(more) {
        fields.push(Arc::new(Field::new(name, kind, true)));
        columns.push(column);
    }
    RecordBatch::try_new(Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone())), columns)
}
