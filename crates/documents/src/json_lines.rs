//! One JSON object a line.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::{Error, Reason};
use crate::folder::text_of;
use crate::{Corpus, Document, Options};

/// Reads a file of JSON lines with the fields `id` (a string or an integer) and `text` (a string).
///
/// # Errors
/// Names the line and what is wrong with it. A file without records is an error.
pub fn read_json_lines(path: &Path, options: &Options) -> Result<Corpus, Error> {
    let mut lines = JsonLines::open(path, options)?;
    let mut corpus = Corpus::default();
    for document in &mut lines {
        corpus.take(document, options)?;
    }
    corpus.bytes = lines.bytes();
    if corpus.documents.is_empty() && corpus.skipped.is_empty() {
        return Err(Error { path: path.into(), line: None, reason: Reason::NoRecords });
    }
    Ok(corpus)
}

/// The documents of a file, one after the other, so that a corpus larger than memory can be read.
///
/// Empty lines are passed over. After an error that [concerns one record](Error::is_of_one_record) reading can go on.
#[derive(Debug)]
pub struct JsonLines<R = BufReader<File>> {
    path: PathBuf,
    reader: R,
    options: Options,
    line: u64,
    bytes: u64,
    /// Which line each id was on.
    seen: HashMap<String, u64>,
    ended: bool,
}

impl JsonLines {
    /// Opens a file.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub fn open(path: &Path, options: &Options) -> Result<Self, Error> {
        let file = File::open(path).map_err(|error| Error::io(path, &error))?;
        Ok(Self::new(path, BufReader::with_capacity(1 << 20, file), options))
    }
}

impl<R: BufRead> JsonLines<R> {
    /// Reads from anything; the path is for messages.
    pub fn new(path: &Path, reader: R, options: &Options) -> Self {
        Self { path: path.into(), reader, options: *options, line: 0, bytes: 0, seen: HashMap::new(), ended: false }
    }

    /// Bytes read so far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    fn error(&self, reason: Reason) -> Error {
        Error { path: self.path.clone(), line: Some(self.line), reason }
    }

    /// The next line that is not blank, as text.
    fn next_line(&mut self) -> Option<Result<String, Error>> {
        loop {
            let mut bytes = Vec::new();
            match self.reader.read_until(b'\n', &mut bytes) {
                Ok(0) => return None,
                Ok(count) => self.bytes += count as u64,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(Error::io(&self.path, &error)));
                }
            }
            self.line += 1;
            if !bytes.iter().all(u8::is_ascii_whitespace) {
                return Some(text_of(bytes, &self.options).map_err(|reason| self.error(reason)));
            }
        }
    }

    fn document(&mut self, line: &str) -> Result<Document, Reason> {
        let record: Value = serde_json::from_str(line).map_err(|error| Reason::BadJson(error.to_string()))?;
        let Value::Object(mut record) = record else {
            return Err(Reason::BadJson("another kind of value".to_string()));
        };
        let id = match record.remove("id") {
            Some(Value::String(id)) => id,
            Some(Value::Number(id)) if id.is_i64() || id.is_u64() => id.to_string(),
            Some(_) => return Err(Reason::WrongKind("id", "a string or an integer")),
            None => return Err(Reason::MissingField("id")),
        };
        let text = match record.remove("text") {
            Some(Value::String(text)) => text,
            Some(_) => return Err(Reason::WrongKind("text", "a string")),
            None => return Err(Reason::MissingField("text")),
        };
        if let Some(&line) = self.seen.get(&id) {
            return Err(Reason::RepeatedId(id, line));
        }
        self.seen.insert(id.clone(), self.line);
        Ok(Document { id, text })
    }
}

impl<R: BufRead> Iterator for JsonLines<R> {
    type Item = Result<Document, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let document = self.next_line()?.and_then(|line| self.document(&line).map_err(|reason| self.error(reason)));
        Some(document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &[u8], options: Options) -> Vec<Result<Document, Error>> {
        JsonLines::new(Path::new("test.jsonl"), input, &options).collect()
    }

    #[test]
    fn ids_are_strings_or_integers() {
        let input = b"{\"id\": \"a\", \"text\": \"x\", \"more\": [1]}\n\n{\"id\": 7, \"text\": \"\"}";
        let ids: Vec<String> = read(input, Options::default()).into_iter().map(|d| d.expect("good").id).collect();
        assert_eq!(ids, ["a", "7"]);
    }

    #[test]
    fn errors_name_line_and_reason_and_reading_goes_on() {
        let input =
            b"{\"id\": 1, \"text\": \"x\"}\n{\"id\": 2\n\n[]\n{\"text\": \"x\"}\n{\"id\": 1.5, \"text\": \"x\"}\n\
            {\"id\": 3, \"text\": null}\n{\"id\": 1, \"text\": \"again\"}\n{\"id\": 4, \"text\": \"\xff\"}\n\
            {\"id\": 5, \"text\": \"last\"}\n";
        let found: Vec<String> = read(input, Options::default())
            .into_iter()
            .map(|document| match document {
                Ok(document) => document.id,
                Err(error) => error.to_string(),
            })
            .collect();
        assert_eq!(found.len(), 9);
        let expected = [
            "1",
            "line 2: not a JSON object",
            "line 4: not a JSON object",
            "line 5: the field \"id\" is missing",
            "line 6: the field \"id\" must be",
            "line 7: the field \"text\" must be",
            "is that of line 1 already",
            "line 9: byte 19 is not UTF-8",
            "5",
        ];
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(expected), "{found} should say {expected}");
        }
    }

    #[test]
    fn lossy_reading_replaces_what_is_not_utf8() {
        let options = Options { lossy: true, ..Options::default() };
        let found = read(b"{\"id\": 4, \"text\": \"\xff\"}", options);
        assert_eq!(found[0].as_ref().expect("good").text, "\u{fffd}");
    }
}
