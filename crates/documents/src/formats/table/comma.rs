//! Tables of values separated by commas or another byte (RFC 4180).

use std::fmt;
use std::path::Path;

use csv::ByteRecord;

use super::dialect::Dialect;
use super::header::{BATCH_BYTES, Table};
use super::quotes::{Quotes, quotes};
use super::retained::Retained;
use crate::batch::{BadRecord, Batch, Part, Raw};
use crate::columns::Columns;
use crate::error::{Error, ErrorKind, RecordUnit};
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
            let at = Start { row: 1, line: 1, byte: 0 };
            return Err(failed(&source.path, at, (limit, dialect), rows.get_ref(), &error));
        }
        let header = rows.get_ref().row(0, rows.position().byte()).to_vec();
        let names = header.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&header);
        if let Some(kind) = bad_quote(names, 1, dialect) {
            return Err(Error { path: source.path.clone(), line: Some(1), unit: RecordUnit::Row, kind });
        }
        Ok(Self { table: Table::new(source, header, &first, config)?, rows, dialect })
    }

    /// Adds the document of a row, which begins in this line of the file.
    fn add(&self, row: &ByteRecord, bytes: &[u8], line: u64, part: &mut Part) -> Result<(), ErrorKind> {
        if let Some(kind) = bad_quote(bytes, line, self.dialect) {
            return Err(kind);
        }
        self.table.add(row.iter(), bytes.len(), part).map_err(|kind| match kind {
            // Only quotes hold several lines together.
            ErrorKind::TooLong(_, limit) if bytes.contains(&b'\n') => ErrorKind::LongQuote(line, limit),
            kind => kind,
        })
    }
}

/// Where a row begins.
#[derive(Clone, Copy)]
struct Start {
    row: u64,
    line: u64,
    byte: u64,
}

/// Says what is wrong with the quotes of a row, which begins in this line of the file.
fn bad_quote(row: &[u8], line: u64, dialect: Dialect) -> Option<ErrorKind> {
    match quotes(row, dialect) {
        Quotes::Closed => None,
        Quotes::Open => Some(ErrorKind::OpenQuote(line)),
        Quotes::Stray(at) => {
            let last = line + row.iter().filter(|&&byte| byte == b'\n').count() as u64;
            let rest = String::from_utf8_lossy(&row[at + 1..row.len().min(at + 1 + SHOWN_BYTES)]);
            let rest = rest.lines().next().unwrap_or_default().to_string();
            Some(ErrorKind::StrayQuote(line, last, rest))
        }
    }
}

/// Bytes after a quote that a message shows.
const SHOWN_BYTES: usize = 40;

/// Says why a row could not be read. If the limit to retained bytes was reached, that is the cause, whatever the
/// parser reports, and the cause of that may be a quote.
fn failed(
    path: &Path,
    at: Start,
    (limit, dialect): (usize, Dialect),
    retained: &Retained,
    error: &csv::Error,
) -> Error {
    if retained.is_too_long() {
        let (limit, line) = (limit as u64, at.line + retained.line_ends_at(at.byte));
        let kind = match quotes(retained.row(at.byte, retained.end()), dialect) {
            Quotes::Open => ErrorKind::LongQuote(line, limit),
            Quotes::Closed | Quotes::Stray(_) => ErrorKind::TooLong(None, limit),
        };
        return Error { path: path.into(), line: Some(at.row), unit: RecordUnit::Row, kind };
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
                    let at = Start { row: self.table.row + 1, line, byte: start };
                    return Err(failed(&self.table.path, at, (limit, self.dialect), self.rows.get_ref(), &error));
                }
            }
            (any, self.table.row) = (true, self.table.row + 1);
            let bytes = self.rows.get_ref().row(start, self.rows.position().byte());
            let line = line + self.rows.get_ref().line_ends_at(start);
            match self.add(&row, bytes, line, part) {
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
