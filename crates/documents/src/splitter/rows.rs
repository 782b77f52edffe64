//! Rows of Parquet files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray, UInt64Array};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use arrow_select::take::take_record_batch;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use tempfile::NamedTempFile;

use super::output::{Finished, temporary};
use super::{Duplicate, MORE, Sink, with_verdicts};
use crate::batch::{Part, Raw};
use crate::error::{Error, Reason};

/// The rows of the input, and removed ones with more columns. Row groups are written as they fill.
pub(super) struct Rows {
    kept: File,
    removed: File,
}

/// A file, which is begun when its columns are known.
struct File {
    path: PathBuf,
    begun: Option<(SchemaRef, ArrowWriter<NamedTempFile>)>,
}

impl Rows {
    pub(super) fn create(kept: &Path, removed: &Path) -> Self {
        let file = |path: &Path| File { path: path.into(), begun: None };
        Self { kept: file(kept), removed: file(removed) }
    }
}

impl File {
    fn failed(&self, error: &impl ToString) -> Error {
        Error::new(&self.path, Reason::Io(error.to_string()))
    }

    /// Writes rows, which must have the columns of those before them.
    fn write(&mut self, rows: &RecordBatch) -> Result<(), Error> {
        let (schema, mut writer) = match self.begun.take() {
            Some(begun) => begun,
            None => (rows.schema(), self.begin(&rows.schema())?),
        };
        if !are_alike(&schema, &rows.schema()) {
            return Err(Error::new(&self.path, Reason::MixedColumns));
        }
        writer.write(rows).map_err(|error| self.failed(&error))?;
        // What is not written yet is kept in memory: no more than this.
        if writer.in_progress_size() > 64 << 20 {
            writer.flush().map_err(|error| self.failed(&error))?;
        }
        self.begun = Some((schema, writer));
        Ok(())
    }

    /// Begins with what the input says of itself, which is that of its first file.
    fn begin(&self, schema: &SchemaRef) -> Result<ArrowWriter<NamedTempFile>, Error> {
        let file = temporary(&self.path).map_err(|error| Error::io(&self.path, &error))?;
        let entry = |(key, value): (&String, &String)| KeyValue::new(key.clone(), value.clone());
        let mut metadata: Vec<_> = schema.metadata().iter().map(entry).collect();
        metadata.sort_by(|one, other| one.key.cmp(&other.key));
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(Default::default()))
            .set_key_value_metadata((!metadata.is_empty()).then_some(metadata))
            .build();
        ArrowWriter::try_new(file, Arc::clone(schema), Some(properties)).map_err(|error| self.failed(&error))
    }

    fn finish(mut self) -> Result<Finished, Error> {
        // Without any input there are no columns either.
        let (_, writer) = match self.begun.take() {
            Some(begun) => begun,
            None => (Arc::new(Schema::empty()), self.begin(&Arc::new(Schema::empty()))?),
        };
        let file = writer.into_inner().map_err(|error| self.failed(&error))?;
        Finished::new(self.path, file)
    }
}

/// Whether columns have the same names, kinds and order.
fn are_alike(one: &Schema, other: &Schema) -> bool {
    let column = |field: &Arc<Field>| (field.name().clone(), field.data_type().clone(), field.is_nullable());
    one.fields().iter().map(column).eq(other.fields().iter().map(column))
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
