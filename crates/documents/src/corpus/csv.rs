//! Tables of text with a header.

use std::borrow::Cow;
use std::path::PathBuf;

use csv::{ByteRecord, Reader, ReaderBuilder};
use serde_json::Value;

use super::inputs::{Bytes, Format, Input};
use crate::Options;
use crate::batch::{Batch, Part};
use crate::error::{Error, Reason};
use crate::fields::{FieldPath, Fields};
use crate::folder::text_of;

/// Bytes of records that are read together.
const TOGETHER: usize = 8 << 20;

/// The documents of a table.
#[derive(Debug)]
pub(crate) struct CsvDocuments {
    path: PathBuf,
    reader: Reader<Bytes>,
    options: Options,
    fields: Fields,
    /// The number of each column that is wanted.
    columns: Vec<(FieldPath, usize)>,
    record: ByteRecord,
    batch: Batch,
}

/// A reader of a table.
pub(crate) fn reader(input: &Input, bytes: Bytes) -> Reader<Bytes> {
    let delimiter = if input.format == Format::Tsv { b'\t' } else { b',' };
    ReaderBuilder::new().delimiter(delimiter).from_reader(bytes)
}

impl CsvDocuments {
    pub(crate) fn new(input: &Input, bytes: Bytes, options: Options, fields: Fields) -> Result<Self, Error> {
        let mut reader = reader(input, bytes);
        let headers = reader.byte_headers().map_err(|error| bad(&input.path, &error))?;
        let mut columns = Vec::new();
        for field in fields.all() {
            // The first of equal names, and without the byte order mark that spreadsheets put before it.
            let named =
                |header: &[u8]| header.strip_prefix(b"\xef\xbb\xbf").unwrap_or(header) == field.as_str().as_bytes();
            let Some(column) = headers.iter().position(named) else {
                let reason = Reason::MissingColumn(field.as_str().to_string());
                return Err(Error { path: input.path.clone(), line: None, reason });
            };
            columns.push((field.clone(), column));
        }
        let (path, record, batch) = (input.path.clone(), ByteRecord::new(), Batch::default());
        Ok(Self { path, reader, options, fields, columns, record, batch })
    }

    pub(crate) fn batch(&self) -> &Batch {
        &self.batch
    }

    pub(crate) fn advance(&mut self) -> Result<bool, Error> {
        self.batch.clear();
        self.batch.parts.resize_with(1, Part::default);
        let mut bytes = 0;
        while bytes < TOGETHER {
            match self.reader.read_byte_record(&mut self.record) {
                Ok(true) => bytes += self.record.as_slice().len(),
                Ok(false) => break,
                Err(error) => {
                    let line = error.position().map(csv::Position::line);
                    // After a record with too many or too few fields, the next one is sound.
                    let csv::ErrorKind::UnequalLengths { .. } = error.kind() else {
                        return Err(bad(&self.path, &error));
                    };
                    bytes += 1;
                    self.set_aside(Error {
                        path: self.path.clone(),
                        line,
                        reason: Reason::BadFile(error.to_string()),
                    })?;
                    continue;
                }
            }
            let line = self.record.position().map(csv::Position::line);
            if let Err(reason) = self.push(line.unwrap_or_default()) {
                self.set_aside(Error { path: self.path.clone(), line, reason })?;
            }
        }
        self.batch.bytes = bytes as u64;
        Ok(bytes > 0)
    }

    fn push(&mut self, line: u64) -> Result<(), Reason> {
        let Self { path, options, fields, columns, record, batch, .. } = self;
        let mut values = Vec::with_capacity(columns.len());
        for (_, column) in columns.iter() {
            let value = record.get(*column).unwrap_or_default();
            values.push(text_of(value.to_vec(), options.lossy).map(Value::String)?);
        }
        let get = |path: &FieldPath| {
            let at = columns.iter().position(|(field, _)| field == path)?;
            // An empty field is how a table says that there is nothing; a text may be empty.
            let empty = values[at].as_str().is_some_and(str::is_empty) && !fields.text.contains(path);
            (!empty).then(|| Cow::Borrowed(&values[at]))
        };
        let name = || path.file_name().unwrap_or_default().to_string_lossy();
        batch.parts[0].push_with(|text| {
            let (id, facts) = fields.read(get, text)?;
            Ok((id.unwrap_or_else(|| format!("{}:{line}", name())), fields.have_facts().then_some(facts)))
        })
    }

    fn set_aside(&mut self, error: Error) -> Result<(), Error> {
        if !self.options.skip_bad {
            return Err(error);
        }
        self.batch.skipped.push(error);
        Ok(())
    }
}

/// What the reader of tables says.
pub(crate) fn bad(path: &std::path::Path, error: &csv::Error) -> Error {
    let line = error.position().map(csv::Position::line);
    let reason = match error.kind() {
        csv::ErrorKind::Io(error) => Reason::Io(error.to_string()),
        _ => Reason::BadFile(error.to_string()),
    };
    Error { path: path.into(), line, reason }
}
