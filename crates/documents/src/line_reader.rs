//! JSON lines as they arrive.

use std::io::{self, BufRead, Read};
use std::path::PathBuf;

use crate::batch::Part;
use crate::error::{Error, ErrorKind, RecordUnit};
use crate::fields::Fields;
use crate::formats::parse_json_lines;
use crate::options::Options;

/// Reads JSON lines one at a time, and returns each as soon as it is there: for filters in a pipe. A [`Reader`](crate::Reader) is faster
/// where all of the input is there already.
///
/// ```
/// use twinprint_documents::{Fields, LineReader, Options};
///
/// let input = &b"{\"id\": 1, \"text\": \"x\"}\n\n{\"id\": 2}\n{\"id\": 3, \"text\": \"z\"}"[..];
/// let mut lines = LineReader::new("-", input, Fields::default(), Options::default());
/// assert_eq!(lines.next_document()?, Some(("1", "x")));
/// assert_eq!(lines.next_document().unwrap_err().line, Some(3));
/// assert_eq!(lines.next_document()?, Some(("3", "z")));
/// assert_eq!(lines.next_document()?, None);
/// # Ok::<(), twinprint_documents::Error>(())
/// ```
#[derive(Debug)]
pub struct LineReader<R> {
    name: PathBuf,
    input: R,
    fields: Fields,
    options: Options,
    line: Vec<u8>,
    lines: u64,
    part: Part,
}

impl<R: BufRead> LineReader<R> {
    /// Reads from an input that messages call by this name.
    pub fn new(name: impl Into<PathBuf>, input: R, fields: Fields, options: Options) -> Self {
        let (line, part) = (Vec::new(), Part::default());
        Self { name: name.into(), input, fields, options, line, lines: 0, part }
    }

    /// Waits for the next document, and returns its id and its text. Blank lines are passed over. Documents without ids of their own are
    /// called by name and line.
    ///
    /// # Errors
    /// Names the line and what is wrong with it. Unless the input itself fails, the next call reads the line after it.
    pub fn next_document(&mut self) -> Result<Option<(&str, &str)>, Error> {
        loop {
            self.line.clear();
            // One byte more than the longest line and its end, so that a longer one shows.
            let most = self.options.max_record as u64 + 3;
            let read = (&mut self.input).take(most).read_until(b'\n', &mut self.line);
            if read.map_err(|error| Error::io(&self.name, &error))? == 0 {
                return Ok(None);
            }
            if self.line.len() as u64 == most && !self.line.ends_with(b"\n") {
                self.skip_line().map_err(|error| Error::io(&self.name, &error))?;
            }
            self.part.clear();
            parse_json_lines(&self.line, &self.options, &self.fields, &mut self.part);
            self.part.number_lines(&self.name.to_string_lossy(), self.lines);
            self.lines += 1;
            if let Some(bad) = self.part.bad.pop() {
                return Err(self.failed(bad.line, bad.kind));
            }
            if !self.part.documents.is_empty() {
                return Ok(self.part.documents.first().map(|record| self.part.document(record)));
            }
        }
    }

    fn failed(&self, line: u64, kind: ErrorKind) -> Error {
        Error { path: self.name.clone(), line: Some(line), unit: RecordUnit::Line, kind }
    }

    /// Passes over what is left of a line.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let bytes = self.input.fill_buf()?;
            let end = memchr::memchr(b'\n', bytes);
            let length = end.map_or(bytes.len(), |end| end + 1);
            let is_end = end.is_some() || length == 0;
            self.input.consume(length);
            if is_end {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        // The carriage return before the end of a line counts, as it does in files.
        let options = Options { max_record: 26, ..Options::default() };
        let long = "x".repeat(1000);
        let input = format!(
            "{{\"id\": 1, \"text\": \"{long}\"}}\n{{\"id\": 2, \"text\": \"abcd\"}}\r\n{{\"id\":3,\"text\":\"e\"}}\n"
        );
        let mut lines =
            LineReader::new("-", io::BufReader::with_capacity(7, input.as_bytes()), Fields::default(), options);
        let error = lines.next_document().expect_err("too long");
        assert!(error.line == Some(1) && matches!(error.kind, ErrorKind::TooLong(..)), "{error}");
        assert_eq!(lines.next_document().expect("read"), Some(("2", "abcd")));
        assert_eq!(lines.next_document().expect("read"), Some(("3", "e")));
        assert_eq!(lines.next_document().expect("read"), None);
    }

    #[test]
    fn documents_without_ids_are_called_by_their_lines() {
        let fields = Fields { id: None, ..Fields::default() };
        let input = &b"{\"text\": \"x\"}\n  \n{\"text\": \"y\"}\n{\"text\": \"z\"}\n"[..];
        let mut lines = LineReader::new("-", input, fields, Options::default());
        let mut ids = Vec::new();
        while let Some((id, _)) = lines.next_document().expect("read") {
            ids.push(id.to_string());
        }
        assert_eq!(ids, ["-:1", "-:3", "-:4"]);
    }
}
