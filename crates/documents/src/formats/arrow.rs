//! Apache Arrow IPC, as files (Feather version 2) and as streams.

mod frames;

use std::fmt;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, SchemaRef};

use self::frames::Fault;
use super::rows::{self, BATCH_ROWS, BadTexts, wanted_roots, with_schema};
use crate::batch::{Batch, Raw};
use crate::byte_counter::Counted;
use crate::columns::Columns;
use crate::error::{Error, ErrorKind, RecordUnit};
use crate::records::{ReadConfig, Records};
use crate::source::Source;

/// Reads the rows of a file. Its batches are held as a whole, because the format compresses and aligns them so.
pub(super) struct ArrowReader {
    path: PathBuf,
    /// The name from which ids are made.
    name: String,
    batches: Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>,
    /// Rows of the file's batch that were not given away.
    rest: Option<RecordBatch>,
    schema: SchemaRef,
    begun: bool,
    config: ReadConfig,
    /// Rows read so far.
    row: u64,
}

/// The first bytes of a file, as opposed to a stream.
const FILE_MAGIC: &[u8] = b"ARROW1";

impl fmt::Debug for ArrowReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArrowReader").field("path", &self.path).field("row", &self.row).finish_non_exhaustive()
    }
}

impl ArrowReader {
    /// Reads the schema, which must have the wanted columns.
    pub(super) fn open(source: &Source, config: ReadConfig) -> Result<Self, Error> {
        let path = &source.path;
        let mut file = source.seekable()?;
        let is_file = is_file(&mut file).map_err(|error| Error::io(path, &error))?;
        let checked = if is_file { frames::check_file(&mut file) } else { frames::check_stream(&mut file) };
        checked.map_err(|fault| match fault {
            Fault::Io(error) => Error::io(path, &error),
            Fault::Bad(what) => Error::new(path, ErrorKind::BadFile(what)),
        })?;
        file.seek(SeekFrom::Start(0)).map_err(|error| Error::io(path, &error))?;
        let bad = |error: ArrowError| Error::new(path, bad_file(&error));
        let reader = BufReader::new(Counted::new(file, config.counter.clone()));
        let (schema, batches): (SchemaRef, Box<dyn Iterator<Item = _> + Send>) = if is_file {
            let reader = caught(|| FileReader::try_new(reader, None)).map_err(bad)?;
            (reader.schema(), Box::new(reader))
        } else {
            let reader = caught(|| StreamReader::try_new(reader, None)).map_err(bad)?;
            (reader.schema(), Box::new(reader))
        };
        wanted_roots(&schema, &config.fields).map_err(|kind| Error::new(path, kind))?;
        let name = source.label.clone();
        Ok(Self { path: path.clone(), name, batches, rest: None, schema, begun: false, config, row: 0 })
    }

    /// Returns the next rows, at most [`BATCH_ROWS`].
    fn next_rows(&mut self) -> Result<Option<RecordBatch>, ArrowError> {
        let mut rows = match self.rest.take() {
            Some(rows) => rows,
            None => match caught(|| self.batches.next().transpose())? {
                Some(rows) => rows,
                None => return Ok(None),
            },
        };
        if rows.num_rows() > BATCH_ROWS {
            self.rest = Some(rows.slice(BATCH_ROWS, rows.num_rows() - BATCH_ROWS));
            rows = rows.slice(0, BATCH_ROWS);
        }
        Ok(Some(rows))
    }
}

/// Makes an error of a panic. The frames of a file are checked before it is read, but the library asserts more than can be checked.
fn caught<T>(read: impl FnOnce() -> Result<T, ArrowError>) -> Result<T, ArrowError> {
    let read = catch_unwind(AssertUnwindSafe(read));
    read.unwrap_or_else(|_| Err(ArrowError::IpcError("a batch is damaged".to_string())))
}

/// Returns whether the file has an index at its end, and goes back to its beginning.
fn is_file(file: &mut (impl Read + Seek)) -> io::Result<bool> {
    file.seek(SeekFrom::Start(0))?;
    let mut first = Vec::new();
    Read::by_ref(file).take(FILE_MAGIC.len() as u64).read_to_end(&mut first)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(first == FILE_MAGIC)
}

fn bad_file(error: &ArrowError) -> ErrorKind {
    ErrorKind::BadFile(error.to_string())
}

impl Records for ArrowReader {
    fn next_batch(&mut self, batch: &mut Batch) -> Result<bool, Error> {
        // A file without rows still has columns, which writing it again needs.
        let is_first = !std::mem::replace(&mut self.begun, true);
        let rows = match self.next_rows() {
            Ok(Some(rows)) => rows,
            Ok(None) if is_first && self.config.keep_raw => RecordBatch::new_empty(Arc::clone(&self.schema)),
            Ok(None) => return Ok(false),
            Err(error) => return Err(Error::new(&self.path, bad_file(&error))),
        };
        let config = &self.config;
        let part = &mut batch.restart(1)[0];
        let added = rows::add(&rows, self.row, (&config.fields, &config.options), &BadTexts::new(), part);
        added.map_err(|kind| Error::new(&self.path, kind))?;
        self.row += rows.num_rows() as u64;
        part.number_lines(&self.name, 0);
        batch.bytes = rows.get_array_memory_size() as u64;
        if self.config.keep_raw {
            let rows = with_schema(&rows, &self.schema);
            batch.parts[0].raw = Raw::Rows(rows.map_err(|error| Error::new(&self.path, bad_file(&error)))?);
        }
        Ok(true)
    }

    fn unit(&self) -> RecordUnit {
        RecordUnit::Row
    }

    fn columns(&self) -> Columns {
        Columns::Schema(Arc::clone(&self.schema))
    }
}
