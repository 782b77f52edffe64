//! Output files of Parquet and Arrow IPC.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_ipc::writer::FileWriter;
use arrow_schema::{Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use super::dates::{parquet_schema, with_time_of_day};
use super::dictionaries::{schema_without_dictionaries, without_dictionaries};
use super::{Finished, TemporaryFile, temporary};
use crate::error::{Error, ErrorKind};
use crate::format::Format;
use crate::inputs::Inputs;
use crate::schemas::adapt;

const DATE_OF_DAYS: &str = "dates without a time of day, as Parquet has them; make timestamps of the column";

/// Writes rows of one or several inputs to a file, which is created once its columns are known.
pub(crate) struct RowsFile {
    path: PathBuf,
    format: Format,
    /// The memory of a group of rows, which Parquet holds until it is written.
    row_group: usize,
    begun: Option<Writer>,
}

/// Writes a format.
enum Writer {
    /// Row groups are written as they fill.
    Parquet(Box<ArrowWriter<TemporaryFile>>),
    Arrow(Box<FileWriter<TemporaryFile>>),
}

/// The columns of all inputs, to which the rows of each are adapted before they are written.
pub(crate) struct CommonSchema(Option<SchemaRef>);

impl CommonSchema {
    /// Finds a schema that holds the rows of all inputs.
    pub(crate) fn new(inputs: &Inputs) -> Result<Self, Error> {
        inputs.schema().map(Self)
    }

    /// Adapts rows of an input.
    pub(crate) fn adapt(&self, rows: &RecordBatch, out: &RowsFile) -> Result<RecordBatch, Error> {
        match &self.0 {
            Some(schema) => adapt(rows, schema).map_err(|error| out.failed(&error)),
            None => Ok(rows.clone()),
        }
    }
}

impl RowsFile {
    /// Writes the format of these inputs.
    pub(crate) fn new(path: &Path, inputs: &Inputs) -> Self {
        Self { path: path.into(), format: inputs.format(), row_group: inputs.options().row_group, begun: None }
    }

    /// Makes an error of writing the file.
    pub(crate) fn failed(&self, error: &impl ToString) -> Error {
        self.refused(ErrorKind::Io(error.to_string()))
    }

    /// Makes an error about the rows to be written.
    pub(crate) fn refused(&self, kind: ErrorKind) -> Error {
        Error::new(&self.path, kind)
    }

    /// Writes rows, which must have the columns of the rows before them.
    pub(crate) fn write(&mut self, rows: &RecordBatch) -> Result<(), Error> {
        let mut writer = match self.begun.take() {
            Some(writer) => writer,
            None => self.begin(&rows.schema())?,
        };
        match &mut writer {
            Writer::Parquet(writer) => {
                if let Some(column) = with_time_of_day(rows) {
                    return Err(self.refused(ErrorKind::WrongType(column, DATE_OF_DAYS)));
                }
                writer.write(rows).map_err(|error| self.failed(&error))?;
                // What the writer buffers is compressed; its memory is more than the size that the group will have.
                if writer.memory_size() > self.row_group {
                    writer.flush().map_err(|error| self.failed(&error))?;
                }
            }
            Writer::Arrow(writer) => {
                let written = without_dictionaries(rows).and_then(|rows| writer.write(&rows));
                written.map_err(|error| self.failed(&error))?;
            }
        }
        self.begun = Some(writer);
        Ok(())
    }

    /// Creates the file with the metadata of the first input.
    fn begin(&self, schema: &SchemaRef) -> Result<Writer, Error> {
        let file = temporary(&self.path).map_err(|error| Error::io(&self.path, &error))?;
        if self.format == Format::Arrow {
            let schema = schema_without_dictionaries(schema);
            let writer = FileWriter::try_new(file, &schema).map_err(|error| self.failed(&error))?;
            return Ok(Writer::Arrow(Box::new(writer)));
        }
        let entry = |(key, value): (&String, &String)| KeyValue::new(key.clone(), value.clone());
        let mut metadata: Vec<_> = schema.metadata().iter().map(entry).collect();
        metadata.sort_by(|one, other| one.key.cmp(&other.key));
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(Default::default()))
            .set_key_value_metadata((!metadata.is_empty()).then_some(metadata))
            .build();
        let writer = parquet_schema(schema).and_then(|parquet| {
            let options = ArrowWriterOptions::new().with_properties(properties).with_parquet_schema(parquet);
            ArrowWriter::try_new_with_options(file, Arc::clone(schema), options)
        });
        Ok(Writer::Parquet(Box::new(writer.map_err(|error| self.failed(&error))?)))
    }

    pub(crate) fn finish(mut self) -> Result<Finished, Error> {
        // Without any input there are no columns; the file is then valid, but empty.
        let writer = match self.begun.take() {
            Some(writer) => writer,
            None => self.begin(&Arc::new(Schema::empty()))?,
        };
        let file = match writer {
            Writer::Parquet(writer) => writer.into_inner().map_err(|error| self.failed(&error))?,
            Writer::Arrow(mut writer) => {
                let ended = writer.finish().and_then(|()| writer.into_inner());
                ended.map_err(|error| self.failed(&error))?
            }
        };
        Finished::new(&self.path, file)
    }
}
