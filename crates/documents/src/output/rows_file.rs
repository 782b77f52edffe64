//! Output files of Parquet.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use tempfile::NamedTempFile;

use super::{Finished, temporary};
use crate::error::{Error, ErrorKind};

/// Writes a Parquet file, which is created once its columns are known. Row groups are written as they fill.
pub(crate) struct RowsFile {
    path: PathBuf,
    begun: Option<(SchemaRef, ArrowWriter<NamedTempFile>)>,
}

impl RowsFile {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.into(), begun: None }
    }

    /// Makes an error of writing the file.
    pub(crate) fn failed(&self, error: &impl ToString) -> Error {
        self.refused(ErrorKind::Io(error.to_string()))
    }

    /// Makes an error about the rows to be written.
    pub(crate) fn refused(&self, kind: ErrorKind) -> Error {
        Error::new(&self.path, kind)
    }

    /// Writes rows, which must have the columns of the rows before them. Reading has checked the types of values already, but not whether
    /// they are stored in dictionaries.
    pub(crate) fn write(&mut self, rows: &RecordBatch) -> Result<(), Error> {
        let (schema, mut writer) = match self.begun.take() {
            Some(begun) => begun,
            None => (rows.schema(), self.begin(&rows.schema())?),
        };
        if !are_alike(&schema, &rows.schema()) {
            return Err(self.refused(ErrorKind::MixedKinds));
        }
        writer.write(rows).map_err(|error| self.failed(&error))?;
        // The writer buffers a row group in memory; this bounds it.
        if writer.in_progress_size() > 64 << 20 {
            writer.flush().map_err(|error| self.failed(&error))?;
        }
        self.begun = Some((schema, writer));
        Ok(())
    }

    /// Creates the file with the metadata of the first input.
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

    pub(crate) fn finish(mut self) -> Result<Finished, Error> {
        // Without any input there are no columns; the file is then valid, but empty.
        let (_, writer) = match self.begun.take() {
            Some(begun) => begun,
            None => (Arc::new(Schema::empty()), self.begin(&Arc::new(Schema::empty()))?),
        };
        let file = writer.into_inner().map_err(|error| self.failed(&error))?;
        Finished::new(self.path, file)
    }
}

/// Returns whether the columns have the same names, types and order.
fn are_alike(one: &Schema, other: &Schema) -> bool {
    let column = |field: &Arc<Field>| (field.name().clone(), field.data_type().clone(), field.is_nullable());
    one.fields().iter().map(column).eq(other.fields().iter().map(column))
}
