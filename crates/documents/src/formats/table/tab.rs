//! Tables of values separated by tabs.
//!
//! Some programs quote values in such tables as in CSV, most do not, and a text may begin with a quote that is never
//! closed. So a quote counts only if it is closed at the end of its value. A value may go over line ends only if the
//! lines within are no rows of their own.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use super::dialect::Dialect;
use super::header::{BATCH_BYTES, Table};
use crate::batch::{BadRecord, Batch, Raw};
use crate::columns::Columns;
use crate::error::{Error, ErrorKind, RecordUnit};
use crate::options::Quote;
use crate::records::{ReadConfig, Records};
use crate::source::Source;
use crate::stream::ByteReader;

/// Reads a table whose first row names its columns.
pub(super) struct TabReader {
    table: Table,
    lines: Lines,
    dialect: Dialect,
}

impl fmt::Debug for TabReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TabReader")
            .field("path", &self.table.path)
            .field("row", &self.table.row)
            .finish_non_exhaustive()
    }
}

impl TabReader {
    /// Reads the row of column names, which must include the wanted columns.
    pub(super) fn new(
        source: &Source,
        reader: ByteReader,
        dialect: Dialect,
        config: ReadConfig,
    ) -> Result<Self, Error> {
        let mut lines = Lines::new(reader, config.options.max_record);
        let first = lines.next().map_err(|error| Error::io(&source.path, &error))?;
        let first = first.map(|line| line.bytes).unwrap_or_default();
        let header = first.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&first);
        let names = if header.is_empty() { Vec::new() } else { split(header, dialect.quote).values };
        let table = Table::new(source, first.clone(), names.iter().map(AsRef::as_ref), config)?;
        Ok(Self { table, lines, dialect })
    }

    /// Returns the next row that is not blank, without its line end.
    fn next_row(&mut self) -> io::Result<Option<Line>> {
        let mut line = loop {
            match self.lines.next()? {
                Some(line) if line.bytes.is_empty() => {}
                Some(line) => break line,
                None => return Ok(None),
            }
        };
        if line.is_whole() && split(&line.bytes, self.dialect.quote).is_open {
            self.join(&mut line)?;
        }
        Ok(Some(line))
    }

    /// Joins a line that ends within quotes with those that follow, if they close the quotes and make a row.
    ///
    /// The lines are read ahead, and stay where they are if they do not belong together. An unmatched quote reads ahead
    /// no further than the longest row that is allowed.
    fn join(&mut self, line: &mut Line) -> io::Result<()> {
        let (quote, columns) = (self.dialect.quote, self.table.columns.len());
        let id = self.table.id_column();
        let is_row = |line: &[u8]| {
            let values = split(line, quote).values;
            values.len() == columns && id.is_none_or(|id| !values[id].is_empty())
        };
        // As long as each line is a row of its own, the quote was hardly meant to go on.
        let mut are_rows = is_row(&line.bytes);
        let (mut row, mut end, mut ahead) = (line.bytes.clone(), line.end, 0);
        while row.len() <= self.table.config.options.max_record
            && let Some(next) = self.lines.peek(ahead)?
            && next.is_whole()
        {
            ahead += 1;
            row.extend_from_slice(end);
            row.extend_from_slice(&next.bytes);
            end = next.end;
            are_rows &= is_row(&next.bytes);
            // Only a line with a quote can close one.
            let may_close = matches!(quote, Quote::Byte(quote) if memchr::memchr(quote, &next.bytes).is_some());
            if !may_close {
                continue;
            }
            let joined = split(&row, quote);
            if !joined.is_open {
                if !are_rows && joined.values.len() == columns {
                    self.lines.drop_peeked(ahead);
                    *line = Line { length: row.len(), bytes: row, end };
                }
                return Ok(());
            }
        }
        Ok(())
    }
}

impl Records for TabReader {
    fn next_batch(&mut self, batch: &mut Batch) -> Result<bool, Error> {
        let part = &mut batch.restart(1)[0];
        let (mut raw, mut any, mut bytes) = (Vec::new(), false, 0);
        while bytes < BATCH_BYTES {
            let Line { bytes: row, length, .. } = match self.next_row() {
                Ok(Some(row)) => row,
                Ok(None) => break,
                Err(error) => return Err(Error::io(&self.table.path, &error)),
            };
            (any, self.table.row) = (true, self.table.row + 1);
            bytes += row.len() as u64 + 1;
            let values = split(&row, self.dialect.quote).values;
            match self.table.add(values.iter().map(AsRef::as_ref), length, part) {
                Ok(()) if self.table.config.keep_raw => {
                    part.set_raw(raw.len()..raw.len() + row.len());
                    raw.extend_from_slice(&row);
                }
                Ok(()) => {}
                Err(ErrorKind::TooLong(size, limit)) => {
                    let kind = ErrorKind::TooLong(size, limit);
                    part.bad.push(BadRecord { line: self.table.row, kind, bytes: Vec::new() });
                }
                Err(kind) => part.bad.push(BadRecord { line: self.table.row, kind, bytes: row }),
            }
        }
        if self.table.config.keep_raw {
            part.raw = Raw::Bytes(raw);
            part.header.clone_from(&self.table.header);
        }
        part.number_lines(&self.table.name, 0);
        batch.bytes = bytes;
        Ok(self.table.begin() || any)
    }

    fn unit(&self) -> RecordUnit {
        RecordUnit::Row
    }

    fn columns(&self) -> Columns {
        self.table.columns()
    }
}

/// A line, or lines that are one row.
struct Line {
    /// Its bytes without the line end, or the first of them if it is too long.
    bytes: Vec<u8>,
    /// The length of the whole line.
    length: usize,
    /// The line end.
    end: &'static [u8],
}

impl Line {
    /// Returns whether all bytes of the line are at hand.
    fn is_whole(&self) -> bool {
        self.length == self.bytes.len()
    }
}

/// Reads lines, some of them ahead.
struct Lines {
    reader: BufReader<ByteReader>,
    ahead: VecDeque<Line>,
    max_line: usize,
}

/// Bytes that are kept of a line that is too long.
const KEPT_BYTES: usize = 64;

impl Lines {
    fn new(reader: ByteReader, max_line: usize) -> Self {
        Self { reader: BufReader::with_capacity(1 << 17, reader), ahead: VecDeque::new(), max_line }
    }

    /// Returns the next line.
    fn next(&mut self) -> io::Result<Option<Line>> {
        match self.ahead.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.read(),
        }
    }

    /// Returns a line after the next ones.
    fn peek(&mut self, ahead: usize) -> io::Result<Option<&Line>> {
        while self.ahead.len() <= ahead {
            match self.read()? {
                Some(line) => self.ahead.push_back(line),
                None => return Ok(None),
            }
        }
        Ok(self.ahead.get(ahead))
    }

    /// Removes lines that became a part of a row.
    fn drop_peeked(&mut self, lines: usize) {
        self.ahead.drain(..lines);
    }

    /// Reads a line, and of one that is too long only its length and its first bytes.
    fn read(&mut self) -> io::Result<Option<Line>> {
        let mut bytes = Vec::new();
        // One more byte than the maximum shows that the line is too long, and two may be its end.
        let limit = self.max_line.saturating_add(3) as u64;
        if (&mut self.reader).take(limit).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        if bytes.len() as u64 == limit && !bytes.ends_with(b"\n") {
            let length = bytes.len() + skip_line(&mut self.reader)?;
            bytes.truncate(KEPT_BYTES);
            return Ok(Some(Line { bytes, length, end: b"\n" }));
        }
        let end: &[u8] = match bytes.as_slice() {
            [.., b'\r', b'\n'] => b"\r\n",
            [.., b'\n'] => b"\n",
            // The end of the file, cut in the middle of a line end.
            [.., b'\r'] => b"\r",
            _ => b"",
        };
        bytes.truncate(bytes.len() - end.len());
        Ok(Some(Line { length: bytes.len(), bytes, end }))
    }
}

/// Skips the rest of a line and returns its length.
fn skip_line(reader: &mut impl BufRead) -> io::Result<usize> {
    let mut length = 0;
    loop {
        let bytes = reader.fill_buf()?;
        let end = memchr::memchr(b'\n', bytes);
        let read = end.map_or(bytes.len(), |end| end + 1);
        if read == 0 {
            return Ok(length);
        }
        reader.consume(read);
        if end.is_some() {
            return Ok(length + read - 1);
        }
        length += read;
    }
}

/// The values of a row, without the quotes that count.
pub(super) struct SplitRow<'a> {
    pub(super) values: Vec<Cow<'a, [u8]>>,
    /// Whether a quote at the beginning of a value is not closed in the row. It belongs to the value then.
    is_open: bool,
}

/// Splits a row at its tabs.
pub(super) fn split(mut row: &[u8], quote: Quote) -> SplitRow<'_> {
    let (mut values, mut is_open) = (Vec::new(), false);
    loop {
        match quoted(row, quote) {
            Quoted::Closed(value, length) => {
                values.push(value);
                match row.get(length + 1..) {
                    Some(rest) => row = rest,
                    None => return SplitRow { values, is_open },
                }
            }
            quoted @ (Quoted::No | Quoted::Open) => {
                let end = memchr::memchr(b'\t', row);
                values.push(Cow::Borrowed(&row[..end.unwrap_or(row.len())]));
                is_open |= matches!(quoted, Quoted::Open);
                match end {
                    Some(end) => row = &row[end + 1..],
                    None => return SplitRow { values, is_open },
                }
            }
        }
    }
}

/// What the quote at the beginning of a value is.
enum Quoted<'a> {
    /// There is none, or it is a part of the value.
    No,
    /// It is closed at the end of the value, which has this length with its quotes.
    Closed(Cow<'a, [u8]>, usize),
    /// It is not closed in the row.
    Open,
}

/// Finds out what the quote at the beginning of a value is, by what follows the next single quote: a tab or the end
/// of the row closes the value, and anything else shows that the quotes belong to the text.
fn quoted(row: &[u8], quote: Quote) -> Quoted<'_> {
    let Quote::Byte(quote) = quote else { return Quoted::No };
    if row.first() != Some(&quote) {
        return Quoted::No;
    }
    let (mut at, mut doubled) = (1, false);
    loop {
        let Some(found) = memchr::memchr(quote, &row[at..]).map(|found| at + found) else { return Quoted::Open };
        match row.get(found + 1) {
            None | Some(b'\t') => {
                let value = &row[1..found];
                let value = if doubled { Cow::Owned(undoubled(value, quote)) } else { Cow::Borrowed(value) };
                return Quoted::Closed(value, found + 1);
            }
            Some(next) if *next == quote => {
                doubled = true;
                at = found + 2;
            }
            Some(_) => return Quoted::No,
        }
    }
}

/// Returns a value with each doubled quote once.
fn undoubled(value: &[u8], quote: u8) -> Vec<u8> {
    let mut single = Vec::with_capacity(value.len());
    let mut bytes = value.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        single.push(byte);
        if byte == quote {
            bytes.next_if_eq(&quote);
        }
    }
    single
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(row: &str) -> (Vec<String>, bool) {
        let SplitRow { values, is_open } = split(row.as_bytes(), Quote::default());
        (values.iter().map(|value| String::from_utf8_lossy(value).into_owned()).collect(), is_open)
    }

    #[test]
    fn a_line_end_that_is_cut_is_no_part_of_a_row() {
        for (table, expected) in
            [("a\r\nb\r", &["a", "b"][..]), ("a\n\r", &["a", ""]), ("a\rb\nc", &["a\rb", "c"]), ("a\r\n", &["a"])]
        {
            let mut lines = Lines::new(Box::new(table.as_bytes()), 100);
            let read = std::iter::from_fn(|| lines.next().expect("in memory"));
            let read: Vec<_> = read.map(|line| String::from_utf8(line.bytes).expect("UTF-8")).collect();
            assert_eq!(read, expected, "{table:?}");
        }
    }

    #[test]
    fn quotes_count_if_they_close_at_the_end_of_their_value() {
        for (row, expected, is_open) in [
            ("a\tb", &["a", "b"][..], false),
            ("\"a\tb\"\t\"c \"\"d\"\"\"\t", &["a\tb", "c \"d\"", ""], false),
            ("\"a\" b\tc", &["\"a\" b", "c"], false),
            ("x\t\"a \"\"b", &["x", "\"a \"\"b"], true),
            ("\"a\tb", &["\"a", "b"], true),
            ("\"\"", &[""], false),
            ("\"", &["\""], true),
            ("5\" disk\t6\"", &["5\" disk", "6\""], false),
        ] {
            assert_eq!(values(row), (expected.iter().map(ToString::to_string).collect(), is_open), "{row}");
        }
    }
}
