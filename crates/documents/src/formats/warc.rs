//! WARC records of plain text (ISO 28500), such as the WET files of Common Crawl.
//!
//! The format is a few lines of headers, a length and as many bytes. It is parsed here rather than by a library, so
//! that a record is refused by its length before it takes memory.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;

use serde_json::Value;

use crate::batch::{BadRecord, Batch, Part, Raw};
use crate::decode::decode;
use crate::error::{Error, ErrorKind, RecordUnit};
use crate::field_path::FieldPath;
use crate::fields::FieldSource;
use crate::records::{ReadConfig, Records};
use crate::source::Source;
use crate::stream::ByteReader;

/// Reads the records that are texts. Their fields are `id`, `url`, `date`, `text`, and the headers by their names.
pub(super) struct WarcReader {
    path: PathBuf,
    name: String,
    reader: BufReader<ByteReader>,
    config: ReadConfig,
    /// The number of the record, counted from 1.
    number: u64,
    /// Records that hold no text, but a web page or other data.
    pages: u64,
    texts: u64,
}

/// Bytes of records in a batch, before the last one of it.
const BATCH_BYTES: u64 = crate::batch::BATCH_BYTES as u64;

/// The most bytes in the headers of a record.
const MAX_HEADER_BYTES: u64 = 1 << 20;

/// Short names of fields, and the headers that they are.
const HEADERS: [(&str, &str); 3] = [("id", "WARC-Record-ID"), ("url", "WARC-Target-URI"), ("date", "WARC-Date")];

/// A record, whose bytes are still to be read.
struct Record {
    headers: Vec<(String, String)>,
    length: u64,
}

/// What a record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Text,
    /// A web page as its server sent it, other data that is no text, or a further part of a record, of which only the first part is read.
    Page,
    /// What tells of the crawl or of other records.
    Description,
}

impl fmt::Debug for WarcReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WarcReader").field("path", &self.path).field("number", &self.number).finish_non_exhaustive()
    }
}

impl WarcReader {
    pub(super) fn new(source: &Source, reader: ByteReader, config: ReadConfig) -> Self {
        let (path, name) = (source.path.clone(), source.label.clone());
        let reader = BufReader::with_capacity(1 << 17, reader);
        Self { path, name, reader, config, number: 0, pages: 0, texts: 0 }
    }

    /// Reads the headers of the next record.
    fn next_record(&mut self) -> io::Result<Option<Record>> {
        let (mut headers, mut left, mut begun) = (Vec::new(), MAX_HEADER_BYTES, false);
        loop {
            let mut line = Vec::new();
            let read = (&mut self.reader).take(left).read_until(b'\n', &mut line)? as u64;
            left -= read;
            let line = String::from_utf8_lossy(line.trim_ascii()).into_owned();
            match line.as_str() {
                _ if read == 0 && left > 0 && !begun => return Ok(None),
                _ if read == 0 => return Err(damaged("the headers of a record do not end")),
                // Two line ends follow each record.
                "" if !begun => {}
                "" => break,
                line if !begun => {
                    if !line.starts_with("WARC/") {
                        return Err(damaged("a record does not begin with its version"));
                    }
                    begun = true;
                }
                line => headers.extend(line.split_once(':').map(|(name, value)| (name.into(), value.trim().into()))),
            }
        }
        let mut record = Record { headers, length: 0 };
        let length = record.header("Content-Length").and_then(|length| length.parse().ok());
        record.length = length.ok_or_else(|| damaged("a record does not say its length"))?;
        Ok(Some(record))
    }

    /// Reads a record, and adds it to a part if it is a text.
    fn add(&mut self, record: &Record, part: &mut Part, raw: &mut Vec<u8>) -> io::Result<()> {
        self.number += 1;
        let limit = self.config.options.max_record as u64;
        let content = record.content();
        if content != Content::Text || record.length > limit {
            let skipped = io::copy(&mut (&mut self.reader).take(record.length), &mut io::sink())?;
            if skipped < record.length {
                return Err(damaged("the last record is cut short"));
            }
        }
        if content == Content::Page {
            self.pages += 1;
            part.passed_over += 1;
        }
        if content != Content::Text {
            return Ok(());
        }
        self.texts += 1;
        let added = if record.length > limit {
            Err(ErrorKind::TooLong(Some(record.length), limit))
        } else {
            let mut bytes = Vec::new();
            (&mut self.reader).take(record.length).read_to_end(&mut bytes)?;
            if (bytes.len() as u64) < record.length {
                return Err(damaged("the last record is cut short"));
            }
            self.add_text(record, &bytes, part, raw)
        };
        if let Err(kind) = added {
            part.bad.push(BadRecord { line: self.number, kind, bytes: Vec::new() });
        }
        Ok(())
    }

    /// Adds the document of a record. The record is kept as a JSON line if it is to be written again, because its own
    /// form could not hold more fields.
    fn add_text(&self, record: &Record, bytes: &[u8], part: &mut Part, raw: &mut Vec<u8>) -> Result<(), ErrorKind> {
        let text = decode(bytes, self.config.options.lossy)?;
        let record = TextRecord { record, text: &text };
        part.push_with(self.number, |to| self.config.fields.parse(&record, to))?;
        if self.config.keep_raw {
            let start = raw.len();
            raw.extend_from_slice(record.to_json().as_bytes());
            part.set_raw(start..raw.len());
        }
        Ok(())
    }
}

/// Makes an error of the format, which is told apart from one of the operating system by its kind.
fn damaged(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message.to_string())
}

impl Record {
    /// Returns the value of a header. Names are compared without case, as the standard asks.
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Returns what the record holds. What was made of a page is a text, and so is a resource that is plain text.
    fn content(&self) -> Content {
        let is_plain = || self.header("Content-Type").is_some_and(|kind| kind.starts_with("text/plain"));
        match self.header("WARC-Type") {
            Some("conversion") => Content::Text,
            Some("resource") if is_plain() => Content::Text,
            Some("resource" | "response" | "continuation") => Content::Page,
            _ => Content::Description,
        }
    }
}

/// A record and its text.
struct TextRecord<'a> {
    record: &'a Record,
    text: &'a str,
}

impl TextRecord<'_> {
    /// Returns the record as a JSON line.
    fn to_json(&self) -> String {
        let [id, url, date] = HEADERS.map(|(name, _)| self.field(name));
        let text = Value::from(self.text);
        format!("{{\"id\":{id},\"url\":{url},\"date\":{date},\"text\":{text}}}\n")
    }

    /// Returns the value of a field by its short name, or else of a header by its own. An id loses its brackets and
    /// `urn:uuid:`.
    fn field(&self, name: &str) -> Value {
        let header = HEADERS.iter().find(|(short, _)| *short == name).map_or(name, |(_, header)| header);
        match self.record.header(header) {
            Some(value) if name == "id" => {
                let value = value.trim_start_matches('<').trim_end_matches('>');
                Value::from(value.strip_prefix("urn:uuid:").unwrap_or(value))
            }
            Some(value) => Value::from(value),
            None => Value::Null,
        }
    }
}

impl FieldSource for TextRecord<'_> {
    fn value(&self, path: &FieldPath) -> Result<Option<Cow<'_, Value>>, ErrorKind> {
        Ok(match path.as_str() {
            "text" => Some(Cow::Owned(Value::from(self.text))),
            name => Some(self.field(name)).filter(|value| !value.is_null()).map(Cow::Owned),
        })
    }

    fn names(&self) -> Vec<String> {
        let own = HEADERS.iter().map(|(name, _)| (*name).to_string()).chain(["text".to_string()]);
        own.chain(self.record.headers.iter().map(|(name, _)| name.clone())).collect()
    }
}

impl Records for WarcReader {
    fn next_batch(&mut self, batch: &mut Batch) -> Result<bool, Error> {
        let path = self.path.clone();
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::InvalidData => Error::new(&path, ErrorKind::BadFile(error.to_string())),
            _ => Error::io(&path, &error),
        };
        let part = &mut batch.restart(1)[0];
        let (mut raw, mut bytes, before) = (Vec::new(), 0, self.number);
        while bytes < BATCH_BYTES
            && let Some(record) = self.next_record().map_err(failed)?
        {
            self.add(&record, part, &mut raw).map_err(failed)?;
            bytes += record.length;
        }
        if self.number == before && self.texts == 0 && self.pages > 0 {
            let name = "a WARC file of web pages, not of their texts".to_string();
            let remedy = "extract the texts first, or read the WET files of the crawl".to_string();
            return Err(Error::new(&self.path, ErrorKind::ForeignFormat(name, remedy)));
        }
        if self.config.keep_raw {
            part.raw = Raw::Bytes(raw);
        }
        part.number_lines(&self.name, 0);
        batch.bytes = bytes;
        Ok(self.number > before)
    }

    fn unit(&self) -> RecordUnit {
        RecordUnit::Record
    }
}
