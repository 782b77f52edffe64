//! Tables of values separated by commas or tabs (RFC 4180).

mod retained;

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

use csv::ByteRecord;
use serde_json::Value;

use self::retained::Retained;
use crate::batch::{BadRecord, Batch, Part, Raw};
use crate::columns::Column;
use crate::decompress::ByteReader;
use crate::error::{Error, ErrorKind};
use crate::field_path::FieldPath;
use crate::fields::Fields;
use crate::records::{ReadConfig, Records};

/// Reads a table whose first row names its columns. That row is row 1, as in spreadsheets.
pub(super) struct TableReader {
    path: PathBuf,
    /// The file name, from which ids are made.
    name: String,
    rows: csv::Reader<Retained>,
    separator: u8,
    header: Vec<u8>,
    columns: Vec<String>,
    config: ReadConfig,
    row: u64,
    begun: bool,
}

/// Bytes of rows in a batch, before the last row of it.
const BATCH_BYTES: u64 = 8 << 20;

impl fmt::Debug for TableReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableReader").field("path", &self.path).field("row", &self.row).finish_non_exhaustive()
    }
}

impl TableReader {
    /// Reads the row of column names, which must include the wanted columns.
    pub(super) fn new(path: &Path, reader: ByteReader, separator: u8, config: ReadConfig) -> Result<Self, Error> {
        // The parser would hide the header and refuse short rows; both must be seen here.
        let mut rows = csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .from_reader(Retained::new(reader));
        let mut first = ByteRecord::new();
        rows.read_byte_record(&mut first).map_err(|error| failed(path, &error))?;
        let header = rows.get_ref().row(0, rows.position().byte()).to_vec();
        let columns: Vec<_> = first.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        if !columns.is_empty() {
            check(&columns, &config.fields).map_err(|kind| Error { path: path.into(), line: Some(1), kind })?;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { path: path.into(), name, rows, separator, header, columns, config, row: 1, begun: false })
    }

    /// Adds the document of a row.
    fn add(&self, row: &ByteRecord, part: &mut Part) -> Result<(), ErrorKind> {
        if row.len() != self.columns.len() {
            return Err(ErrorKind::WrongLength(row.len(), self.columns.len()));
        }
        let strings = strings(row, self.config.options.lossy)?;
        let fields = &self.config.fields;
        let get = |path: &FieldPath| {
            let value = strings.get(self.columns.iter().position(|name| name == path.as_str())?)?;
            // An empty value is missing, but an empty text is a text.
            let is_present = !value.is_empty() || fields.text.contains(path);
            is_present.then(|| Cow::Owned(Value::String(value.to_string())))
        };
        part.push_with(self.row, |text| fields.parse(get, text))
    }
}

impl Records for TableReader {
    fn next_batch(&mut self, batch: &mut Batch) -> Result<bool, Error> {
        let begun = self.rows.position().byte();
        self.rows.get_mut().forget(begun);
        let part = &mut batch.restart(1)[0];
        let (mut raw, mut row, mut any) = (Vec::new(), ByteRecord::new(), false);
        while self.rows.position().byte() - begun < BATCH_BYTES {
            let (start, line) = (self.rows.position().byte(), self.rows.position().line());
            if !self.rows.read_byte_record(&mut row).map_err(|error| failed(&self.path, &error))? {
                break;
            }
            (any, self.row) = (true, self.row + 1);
            let bytes = self.rows.get_ref().row(start, self.rows.position().byte());
            let is_open = self.rows.get_ref().ended() && has_open_quote(bytes, self.separator);
            let added = if is_open {
                Err(ErrorKind::OpenQuote(line + self.rows.get_ref().line_ends_at(start)))
            } else {
                self.add(&row, part)
            };
            match added {
                Ok(()) if self.config.keep_raw => {
                    part.set_raw(raw.len()..raw.len() + bytes.len());
                    raw.extend_from_slice(bytes);
                }
                Ok(()) => {}
                Err(kind) => part.bad.push(BadRecord { line: self.row, kind, bytes: bytes.to_vec() }),
            }
        }
        if self.config.keep_raw {
            part.raw = Raw::Bytes(raw);
            part.header.clone_from(&self.header);
        }
        part.number_lines(&self.name, 0);
        batch.bytes = self.rows.position().byte() - begun;
        // A table without rows still has columns, which writing it again needs.
        let is_first = !std::mem::replace(&mut self.begun, true);
        Ok(any || (is_first && self.config.keep_raw))
    }

    fn columns(&self) -> Vec<Column> {
        self.columns.iter().map(|name| Column { name: name.clone(), kind: String::new() }).collect()
    }
}

/// Returns whether a row ends inside quotes. A quote opens only at the start of a value, and two quotes inside quotes are one.
///
/// The parser does not report this: at the end of a file it returns what it has as a row.
fn has_open_quote(row: &[u8], separator: u8) -> bool {
    let (mut at_start, mut inside) = (true, false);
    let mut bytes = row.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if inside {
            inside = byte != b'"' || bytes.next_if_eq(&b'"').is_some();
        } else {
            inside = at_start && byte == b'"';
            at_start = byte == separator;
        }
    }
    inside
}

/// Checks that the wanted columns exist, once each. Of several text columns, one is enough.
fn check(columns: &[String], fields: &Fields) -> Result<(), ErrorKind> {
    let count = |path: &FieldPath| columns.iter().filter(|name| *name == path.as_str()).count();
    let may_be_missing = |path: &FieldPath| {
        let other_text = fields.text.contains(path) && fields.text.iter().any(|text| count(text) > 0);
        other_text || (fields.id_if_present && fields.id.as_ref() == Some(path))
    };
    for path in fields.all() {
        match count(path) {
            0 if !may_be_missing(path) => return Err(ErrorKind::MissingColumn(path.as_str().to_string())),
            0 | 1 => {}
            _ => return Err(ErrorKind::RepeatedColumn(path.as_str().to_string())),
        }
    }
    Ok(())
}

/// Decodes the values of a row. Offsets in errors count from the start of the row, as if no value were quoted.
fn strings(row: &ByteRecord, lossy: bool) -> Result<Vec<Cow<'_, str>>, ErrorKind> {
    let mut offset = 0;
    row.iter()
        .map(|value| {
            let string = match std::str::from_utf8(value) {
                Ok(string) => Cow::Borrowed(string),
                Err(_) if lossy => String::from_utf8_lossy(value),
                Err(error) => return Err(ErrorKind::NotUtf8(offset + error.valid_up_to())),
            };
            offset += value.len() + 1;
            Ok(string)
        })
        .collect()
}

fn failed(path: &Path, error: &csv::Error) -> Error {
    Error::new(path, ErrorKind::Io(error.to_string()))
}
