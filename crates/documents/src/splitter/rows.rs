//! Rows of Parquet files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray, UInt64Array};
use arrow::compute::take_record_batch;
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use tempfile::NamedTempFile;

use super::output::{rename, temporary};
use super::{Duplicate, Sink, with_verdicts};
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
    writer: Option<ArrowWriter<NamedTempFile>>,
}

impl Rows {
    pub(super) fn create(kept: &Path, removed: &Path) -> Self {
        let file = |path: &Path| File { path: path.into(), writer: None };
        Self { kept: file(kept), removed: file(removed) }
    }
}

impl File {
    fn failed(&self, error: &impl ToString) -> Error {
        Error::new(&self.path, Reason::Io(error.to_string()))
    }

    /// Writes rows, which must have the columns of those before them.
    fn write(&mut self, rows: &RecordBatch) -> Result<(), Error> {
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.begin(rows)?,
        };
        writer.write(rows).map_err(|error| match error {
            parquet::errors::ParquetError::ArrowError(_) => Error::new(&self.path, Reason::MixedColumns),
            error => self.failed(&error),
        })?;
        // What is not written yet is kept in memory: no more than this.
        if writer.in_progress_size() > 64 << 20 {
            writer.flush().map_err(|error| self.failed(&error))?;
        }
        self.writer = Some(writer);
        Ok(())
    }

    fn begin(&self, rows: &RecordBatch) -> Result<ArrowWriter<NamedTempFile>, Error> {
        let file = temporary(&self.path).map_err(|error| Error::io(&self.path, &error))?;
        let properties = WriterProperties::builder().set_compression(Compression::ZSTD(Default::default())).build();
        ArrowWriter::try_new(file, rows.schema(), Some(properties)).map_err(|error| self.failed(&error))
    }

    fn finish(mut self) -> Result<(), Error> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        let file = writer.into_inner().map_err(|error| self.failed(&error))?;
        rename(file, &self.path).map_err(|error| Error::io(&self.path, &error))
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

    fn finish(self: Box<Self>) -> Result<(), Error> {
        self.kept.finish()?;
        self.removed.finish()
    }
}

/// Rows with the columns that say what they are duplicates of.
fn with_more(rows: &RecordBatch, duplicates: &[&Duplicate]) -> arrow::error::Result<RecordBatch> {
    let of: StringArray = duplicates.iter().map(|duplicate| Some(duplicate.of.as_str())).collect();
    let numbers = |number: fn(&Duplicate) -> f64| -> ArrayRef {
        Arc::new(duplicates.iter().map(|duplicate| Some(number(duplicate))).collect::<Float64Array>())
    };
    let more: [(&str, DataType, ArrayRef); 3] = [
        ("duplicate_of", DataType::Utf8, Arc::new(of)),
        ("jaccard", DataType::Float64, numbers(|duplicate| duplicate.jaccard)),
        ("containment", DataType::Float64, numbers(|duplicate| duplicate.containment)),
    ];
    let mut fields: Vec<_> = rows.schema().fields().iter().cloned().collect();
    let mut columns = rows.columns().to_vec();
    for (name, kind, column) in more {
        fields.push(Arc::new(Field::new(name, kind, true)));
        columns.push(column);
    }
    let schema = Schema::new_with_metadata(fields, rows.schema().metadata().clone());
    RecordBatch::try_new(Arc::new(schema), columns)
}
