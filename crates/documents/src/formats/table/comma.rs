//! Tables of values separated by commas or another byte (RFC 4180).

use std::fmt;
use std::path::Path;

use csv::ByteRecord;

use super::dialect::Dialect;
use super::header::{BATCH_BYTES, Table};
use super::retained::Retained;
use crate::batch::{BadRecord, Batch, Raw};
use crate::columns::Columns;
use crate::error::{Error, ErrorKind, RecordUnit};
use crate::options::Quote;
use crate::records::{ReadConfig, Records};
use crate::source::Source;
use crate::stream::ByteReader;

/// Reads a table whose first row names its columns.
pub(super) struct CommaReader {
    table: Table,
    rows: csv::Reader<Retained>,
    dialect: Dialect,
}

impl fmt::Debug for CommaReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommaReader")
            .field("path", &self.table.path)
            .field("row", &self.table.row)
            .finish_non_exhaustive()
    }
}

impl CommaReader {
    /// Reads the row of column names, which must include the wanted columns.
    pub(super) fn new(
        source: &Source,
        reader: ByteReader,
        dialect: Dialect,
        config: ReadConfig,
    ) -> Result<Self, Error> {
        let limit = config.options.max_record;
        let mut rows =
            dialect.parser().from_reader(Retained::new(reader, limit.saturating_add(2 * BATCH_BYTES as usize)));
        let mut first = ByteRecord::new();
        if let Err(error) = rows.read_byte_record(&mut first) {
            return Err(failed(&source.path, 1, limit, rows.get_ref(), &error));
        }
        let header = rows.get_ref().row(0, rows.position().byte()).to_vec();
        Ok(Self { table: Table::new(source, header, &first, config)?, rows, dialect })
    }
}

/// Says why a row could not be read. If the limit to retained bytes was reached, that is the cause, whatever the
/// parser reports.
fn failed(path: &Path, row: u64, limit: usize, retained: &Retained, error: &csv::Error) -> Error {
    if retained.is_too_long() {
        let kind = ErrorKind::TooLong(None, limit as u64);
        return Error { path: path.into(), line: Some(row), unit: RecordUnit::Row, kind };
    }
    let message = match error.kind() {
        // The library would name positions in its own buffers.
        csv::ErrorKind::Io(error) => error.to_string(),
        _ => error.to_string(),
    };
    Error::new(path, ErrorKind::Io(message))
}

impl Records for CommaReader {
    fn next_batch(&mut self, batch: &mut Batch) -> Result<bool, Error> {
        let limit = self.table.config.options.max_record;
        let begun = self.rows.position().byte();
        self.rows.get_mut().forget(begun);
        let part = &mut batch.restart(1)[0];
        let (mut raw, mut row, mut any) = (Vec::new(), ByteRecord::new(), false);
        while self.rows.position().byte() - begun < BATCH_BYTES {
            let (start, line) = (self.rows.position().byte(), self.rows.position().line());
            match self.rows.read_byte_record(&mut row) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    return Err(failed(&self.table.path, self.table.row + 1, limit, self.rows.get_ref(), &error));
                }
            }
            (any, self.table.row) = (true, self.table.row + 1);
            let bytes = self.rows.get_ref().row(start, self.rows.position().byte());
            let is_open = self.rows.get_ref().ended() && has_open_quote(bytes, self.dialect);
            let added = if is_open {
                Err(ErrorKind::OpenQuote(line + self.rows.get_ref().line_ends_at(start)))
            } else {
                self.table.add(row.iter(), bytes.len(), part)
            };
            match added {
                Ok(()) if self.table.config.keep_raw => {
                    part.set_raw(raw.len()..raw.len() + bytes.len());
                    raw.extend_from_slice(bytes);
                }
                Ok(()) => {}
                Err(kind) => part.bad.push(BadRecord { line: self.table.row, kind, bytes: bytes.to_vec() }),
            }
        }
        if self.table.config.keep_raw {
            part.raw = Raw::Bytes(raw);
            part.header.clone_from(&self.table.header);
        }
        part.number_lines(&self.table.name, 0);
        batch.bytes = self.rows.position().byte() - begun;
        Ok(self.table.begin() || any)
    }

    fn unit(&self) -> RecordUnit {
        RecordUnit::Row
    }

    fn columns(&self) -> Columns {
        self.table.columns()
    }
}

/// Returns whether a row ends inside quotes. A quote opens only at the start of a value, and two quotes inside quotes
/// are one.
///
/// The parser does not report this: at the end of a file it returns what it has as a row.
fn has_open_quote(row: &[u8], dialect: Dialect) -> bool {
    let Quote::Byte(quote) = dialect.quote else { return false };
    let (mut at_start, mut inside) = (true, false);
    let mut bytes = row.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if inside {
            inside = byte != quote || bytes.next_if_eq(&quote).is_some();
        } else {
            inside = at_start && byte == quote;
            at_start = byte == dialect.delimiter;
        }
    }
    inside
}
