//! Tables of values with commas or tabs between them (RFC 4180).
//!
//! A row that stands in the middle of a batch is at hand as it was written: the file passes through a [`Passed`], which holds
//! on to the bytes since the batch began.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use csv::ByteRecord;
use serde_json::Value;

use super::{Format, Records, Terms};
use crate::batch::{Batch, Part, Raw, Wrong};
use crate::columns::Column;
use crate::error::{Error, Reason};
use crate::fields::{FieldPath, Fields};
use crate::opened::Opened;

/// Rows of a table, whose first row names its columns. Rows are counted with that one, as spreadsheets do.
pub(super) struct Table {
    path: PathBuf,
    name: String,
    rows: csv::Reader<Passed>,
    separator: u8,
    header: Vec<u8>,
    names: Vec<String>,
    terms: Terms,
    row: u64,
    begun: bool,
}

/// Bytes of rows that are read together.
const TOGETHER: u64 = 8 << 20;

/// Holds on to bytes that were read.
struct Passed {
    reader: Opened,
    bytes: Vec<u8>,
    /// Where those begin in the file.
    start: u64,
    /// Whether there are no more.
    ended: bool,
}

/// Bytes that are held for a row. A quote that is not closed makes a row of all that follows.
const LONGEST: usize = 512 << 20;

impl Read for Passed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.bytes.len() > LONGEST {
            return Err(io::Error::other("a row is longer than 512 MiB; look for a quote that is not closed"));
        }
        let read = self.reader.read(buffer)?;
        self.ended = read == 0;
        self.bytes.extend_from_slice(&buffer[..read]);
        Ok(read)
    }
}

impl Passed {
    /// Ends of lines before the row that begins behind a place.
    fn line_ends(&self, start: u64) -> u64 {
        let before = self.bytes.iter().skip(usize::try_from(start - self.start).unwrap_or(usize::MAX));
        before.take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|&&byte| byte == b'\n').count() as u64
    }

    /// A row between two places, without what ends it or the one before it.
    fn row(&self, start: u64, end: u64) -> &[u8] {
        let at = |place: u64| usize::try_from(place - self.start).unwrap_or(usize::MAX);
        let mut row = self.bytes.get(at(start)..at(end)).unwrap_or_default();
        while let [b'\r' | b'\n', rest @ ..] | [rest @ .., b'\r' | b'\n'] = row {
            row = rest;
        }
        row
    }

    fn forget(&mut self, until: u64) {
        let length = usize::try_from(until - self.start).unwrap_or(usize::MAX).min(self.bytes.len());
        self.bytes.drain(..length);
        self.start = until;
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("path", &self.path).field("row", &self.row).finish_non_exhaustive()
    }
}

impl Table {
    /// Reads the names of the columns.
    pub(super) fn new(path: &Path, reader: Opened, format: Format, terms: Terms) -> Result<Self, Error> {
        let separator = if format == Format::Tsv { b'\t' } else { b',' };
        let passed = Passed { reader, bytes: Vec::new(), start: 0, ended: false };
        let mut rows =
            csv::ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(passed);
        let mut first = ByteRecord::new();
        rows.read_byte_record(&mut first).map_err(|error| failed(path, &error))?;
        let header = rows.get_ref().row(0, rows.position().byte()).to_vec();
        let names: Vec<_> = first.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        if !names.is_empty() {
            check(&names, &terms.fields).map_err(|reason| Error { path: path.into(), line: Some(1), reason })?;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { path: path.into(), name, rows, separator, header, names, terms, row: 1, begun: false })
    }

    /// Adds the document of a row.
    fn add(&self, row: &ByteRecord, part: &mut Part) -> Result<(), Reason> {
        if row.len() != self.names.len() {
            return Err(Reason::WrongLength(row.len(), self.names.len()));
        }
        let strings = strings(row, self.terms.options.lossy)?;
        let fields = &self.terms.fields;
        let get = |path: &FieldPath| {
            let value = strings.get(self.names.iter().position(|name| name == path.as_str())?)?;
            let is_there = !value.is_empty() || fields.text.contains(path);
            is_there.then(|| Cow::Owned(Value::String(value.to_string())))
        };
        part.push_with(self.row, |text| {
            let (id, facts) = fields.read(get, text)?;
            Ok((id, fields.have_facts().then_some(facts)))
        })
    }
}

impl Records for Table {
    fn next_batch(&mut self, batch: &mut Batch) -> Result<bool, Error> {
        let begun = self.rows.position().byte();
        self.rows.get_mut().forget(begun);
        let part = &mut batch.restart(1)[0];
        let (mut raw, mut row, mut any) = (Vec::new(), ByteRecord::new(), false);
        while self.rows.position().byte() - begun < TOGETHER {
            let (start, line) = (self.rows.position().byte(), self.rows.position().line());
            if !self.rows.read_byte_record(&mut row).map_err(|error| failed(&self.path, &error))? {
                break;
            }
            (any, self.row) = (true, self.row + 1);
            let bytes = self.rows.get_ref().row(start, self.rows.position().byte());
            let is_open = self.rows.get_ref().ended && has_open_quote(bytes, self.separator);
            let added = if is_open {
                Err(Reason::OpenQuote(line + self.rows.get_ref().line_ends(start)))
            } else {
                self.add(&row, part)
            };
            match added {
                Ok(()) if self.terms.raw => {
                    part.set_raw(raw.len()..raw.len() + bytes.len());
                    raw.extend_from_slice(bytes);
                }
                Ok(()) => {}
                Err(reason) => part.wrong.push(Wrong { line: self.row, reason, bytes: bytes.to_vec() }),
            }
        }
        if self.terms.raw {
            part.raw = Raw::Bytes(raw);
            part.header.clone_from(&self.header);
        }
        part.place(&self.name, 0);
        batch.bytes = self.rows.position().byte() - begun;
        // A table without rows still has columns, which whoever writes it again must know.
        let is_first = !std::mem::replace(&mut self.begun, true);
        Ok(any || (is_first && self.terms.raw))
    }

    fn columns(&self) -> Vec<Column> {
        self.names.iter().map(|name| Column { name: name.clone(), kind: String::new() }).collect()
    }
}

/// Whether a row ends within quotes. They begin at the beginning of a value, and doubled ones stand for one.
fn has_open_quote(row: &[u8], separator: u8) -> bool {
    let (mut begins, mut within) = (true, false);
    let mut bytes = row.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if within {
            within = byte != b'"' || bytes.next_if_eq(&b'"').is_some();
        } else {
            within = begins && byte == b'"';
            begins = byte == separator;
        }
    }
    within
}

/// Whether the columns that are wanted are there, once each. Of several texts, one must be.
fn check(names: &[String], fields: &Fields) -> Result<(), Reason> {
    let count = |path: &FieldPath| names.iter().filter(|name| *name == path.as_str()).count();
    let may_lack = |path: &FieldPath| {
        let other_text = fields.text.contains(path) && fields.text.iter().any(|text| count(text) > 0);
        other_text || (fields.id_if_present && fields.id.as_ref() == Some(path))
    };
    for path in fields.all() {
        match count(path) {
            0 if !may_lack(path) => return Err(Reason::MissingColumn(path.as_str().to_string())),
            0 | 1 => {}
            _ => return Err(Reason::RepeatedColumn(path.as_str().to_string())),
        }
    }
    Ok(())
}

/// The values of a row.
fn strings(row: &ByteRecord, lossy: bool) -> Result<Vec<Cow<'_, str>>, Reason> {
    let mut passed = 0;
    row.iter()
        .map(|value| {
            let string = match std::str::from_utf8(value) {
                Ok(string) => Cow::Borrowed(string),
                Err(_) if lossy => String::from_utf8_lossy(value),
                Err(error) => return Err(Reason::NotUtf8(passed + error.valid_up_to())),
            };
            passed += value.len() + 1;
            Ok(string)
        })
        .collect()
}

fn failed(path: &Path, error: &csv::Error) -> Error {
    Error::new(path, Reason::Io(error.to_string()))
}
