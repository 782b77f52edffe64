//! JSON lines: one object per line.
//!
//! A file is read in large pieces, which are cut at line ends into chunks and parsed on all cores. A chunk is parsed as
//! a stream of records, which is several times faster than line by line. If that finds anything odd, the chunk is
//! parsed again line by line, to report exactly what is wrong.

mod chunk;
mod fast_path;
mod line_buffer;
mod objects;

use std::fmt;
use std::io::{self, Cursor, Read};
use std::path::PathBuf;

use rayon::prelude::*;

pub(crate) use self::chunk::parse;
use self::chunk::parse_texts;
use self::line_buffer::LineBuffer;
use self::objects::{Objects, are_on_lines};
use crate::batch::{BadRecord, Batch, Part, Raw};
use crate::error::{Error, ErrorKind, RecordUnit};
use crate::name_text::path_text;
use crate::records::{ReadConfig, Records};
use crate::source::Source;
use crate::stream::{ByteReader, HEAD_BYTES};

/// Reads a file of JSON lines, or of texts on lines. Blank lines are counted, but are no records.
pub(super) struct LinesReader {
    path: PathBuf,
    /// The name from which ids are made.
    name: String,
    reader: ByteReader,
    kind: LineKind,
    config: ReadConfig,
    buffer: LineBuffer,
    /// Lines before the buffer.
    lines: u64,
}

/// What the lines of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LineKind {
    /// JSON objects.
    Json,
    /// JSON objects that were on no lines of their own in the file.
    Objects,
    /// Texts.
    Text,
}

/// Bytes that a thread parses at once: small enough to share a piece among many cores, large enough that few lines are
/// cut around.
const CHUNK_BYTES: usize = 1 << 19;

impl fmt::Debug for LinesReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinesReader").field("path", &self.path).field("lines", &self.lines).finish_non_exhaustive()
    }
}

impl LinesReader {
    /// Reads JSON objects: one per line, in an array, or spread over lines.
    pub(super) fn json(source: &Source, mut reader: ByteReader, config: ReadConfig) -> Result<Self, Error> {
        let mut head = Vec::new();
        let read = (&mut reader).take(HEAD_BYTES as u64).read_to_end(&mut head);
        read.map_err(|error| Error::io(&source.path, &error))?;
        let are_on_lines = are_on_lines(&head);
        let whole = Cursor::new(head).chain(reader);
        Ok(match are_on_lines {
            true => Self::new(source, Box::new(whole), LineKind::Json, config),
            false => Self::new(source, Box::new(Objects::new(whole)), LineKind::Objects, config),
        })
    }

    /// Reads texts: one per line.
    pub(super) fn texts(source: &Source, reader: ByteReader, config: ReadConfig) -> Self {
        Self::new(source, reader, LineKind::Text, config)
    }

    fn new(source: &Source, reader: ByteReader, kind: LineKind, config: ReadConfig) -> Self {
        let (path, name) = (source.path.clone(), source.label.clone());
        Self { path, name, reader, kind, config, buffer: LineBuffer::default(), lines: 0 }
    }

    /// Puts the line that is too long into a batch as a bad record. Its length is known only if it is read to its end,
    /// to continue after it.
    fn reject_line(&mut self, batch: &mut Batch) -> io::Result<()> {
        let options = &self.config.options;
        let length = if options.skip_bad { Some(self.buffer.skip_line(&mut self.reader)?) } else { None };
        let part = &mut batch.restart(1)[0];
        let kind = ErrorKind::TooLong(length, options.max_record as u64);
        part.bad.push(BadRecord { line: 1, kind, bytes: Vec::new() });
        part.number_lines(&self.name, self.lines);
        self.lines += 1;
        Ok(())
    }
}

/// Parses each chunk into its part.
fn parse_all(chunks: &[&[u8]], kind: LineKind, config: &ReadConfig, parts: &mut [Part]) {
    chunks.par_iter().zip(parts).for_each(|(lines, part)| {
        match kind {
            LineKind::Json | LineKind::Objects => parse(lines, &config.options, &config.fields, part),
            LineKind::Text => parse_texts(lines, &config.options, part),
        }
        if config.keep_raw {
            part.raw = Raw::Bytes(lines.to_vec());
        }
    });
}

impl Records for LinesReader {
    fn next_batch(&mut self, batch: &mut Batch) -> Result<bool, Error> {
        let failed = |error: io::Error| Error::io(&self.path, &error);
        if !self.buffer.advance(&mut self.reader, self.config.options.max_record).map_err(failed)? {
            let path = self.path.clone();
            return self.reject_line(batch).map(|()| true).map_err(|error| Error::io(&path, &error));
        }
        let lines = self.buffer.lines();
        if lines.is_empty() {
            return Ok(false);
        }
        let chunks = cut(lines);
        let parts = batch.restart(chunks.len());
        parse_all(&chunks, self.kind, &self.config, parts);
        for part in parts {
            part.number_lines(&self.name, self.lines);
            self.lines += part.lines;
            if self.kind == LineKind::Text && self.config.keep_raw {
                part.path = path_text(&self.path);
            }
        }
        batch.bytes = lines.len() as u64;
        Ok(true)
    }

    fn unit(&self) -> RecordUnit {
        if self.kind == LineKind::Objects { RecordUnit::Record } else { RecordUnit::Line }
    }
}

/// Cuts whole lines into chunks of whole lines.
fn cut(mut lines: &[u8]) -> Vec<&[u8]> {
    let mut chunks = Vec::new();
    while lines.len() > CHUNK_BYTES {
        let end = memchr::memchr(b'\n', &lines[CHUNK_BYTES..]).map_or(lines.len(), |end| CHUNK_BYTES + end + 1);
        let (chunk, rest) = lines.split_at(end);
        chunks.push(chunk);
        lines = rest;
    }
    chunks.push(lines);
    chunks
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use crate::batch::BATCH_BYTES;
    use crate::{FieldPath, Fields, Inputs, Options, Reader};

    /// Ids and texts of documents, and the errors of rejected records.
    type Found = (Vec<(String, String)>, Vec<String>);

    /// Writes a file and opens it; returns its folder too, which is removed when dropped.
    fn reader(input: &[u8], options: &Options, fields: &Fields) -> (Reader, TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("test.jsonl");
        std::fs::write(&path, input).expect("written");
        (Inputs::find([path], options).expect("found").read(options, fields), folder)
    }

    fn read(input: &[u8], options: Options) -> Result<Found, String> {
        let (mut documents, mut rejected) = (Vec::new(), Vec::new());
        let (mut lines, folder) = reader(input, &options, &Fields::default());
        let short = |message: String| message.replace(&format!("{}/", folder.path().display()), "");
        while let Some(batch) = lines.next_batch().map_err(|error| short(error.to_string()))? {
            documents.extend(batch.documents().map(|(id, text)| (id.to_string(), text.to_string())));
            rejected.extend(batch.rejected.iter().map(|rejected| short(rejected.error.to_string())));
        }
        Ok((documents, rejected))
    }

    const SKIP: Options = Options { skip_bad: true, ..Options::DEFAULT };

    #[test]
    fn ids_are_strings_or_integers() {
        let input =
            b"{\"id\": \"a\", \"text\": \"x\\n\\u00e9\", \"more\": [1, {\"id\": 2}]}\n\n{\"text\": \"\", \"id\": -7}";
        let (documents, _) = read(input, Options::default()).expect("good");
        assert_eq!(documents, [("a".to_string(), "x\né".to_string()), ("-7".to_string(), String::new())]);
    }

    #[test]
    fn errors_name_line_and_reason_and_others_are_read() {
        let input =
            b"{\"id\": 1, \"text\": \"x\"}\n{\"id\": 2\n\n[]\n{\"text\": \"x\"}\n{\"id\": 1.5, \"text\": \"x\"}\n\
            {\"id\": 3, \"text\": null}\n{\"id\": 1, \"text\": \"again\"}\n{\"id\": 4, \"text\": \"\xff\"}\n\
            {\"id\": 5, \"text\": \"last\"}\n";
        let (documents, rejected) = read(input, SKIP).expect("rejected");
        assert_eq!(documents.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["1", "5"]);
        let expected = [
            "line 2: not a JSON object",
            "line 4: not a JSON object",
            "line 5: the field \"id\" is missing",
            "line 6: the field \"id\" must be",
            "line 7: the field \"text\" must be",
            "line 8: the id \"1\" is already used in line 1",
            "line 9: byte 19 is not UTF-8",
        ];
        assert_eq!(rejected.len(), expected.len());
        for (found, expected) in rejected.iter().zip(expected) {
            assert!(found.contains(expected), "{found} should say {expected}");
        }
        assert!(read(input, Options::default()).expect_err("line 2").contains("line 2: not a JSON object"));
    }

    #[test]
    fn fields_may_be_others_and_ids_may_be_made_or_repeat() {
        let fields = Fields { id: None, text: vec![FieldPath::new("meta.body")], ..Fields::default() };
        let mut input = String::new();
        for number in 0..30_000 {
            input += &format!("{{\"meta\": {{\"body\": \"the body {number}\"}}, \"id\": 1}}\n");
        }
        let (mut lines, _folder) = reader(input.as_bytes(), &Options::default(), &fields);
        let mut number = 0;
        while let Some(batch) = lines.next_batch().expect("good") {
            for (id, text) in batch.documents() {
                assert_eq!((id, text), (&*format!("test.jsonl:{}", number + 1), &*format!("the body {number}")));
                number += 1;
            }
        }
        assert_eq!(number, 30_000);

        let repeated = b"{\"id\": 1, \"text\": \"x\"}\n{\"id\": 1, \"text\": \"x\"}\n";
        assert_eq!(read(repeated, Options { repeated_ids: true, ..SKIP }).expect("good").0.len(), 2);
        assert!(read(repeated, Options::default()).is_err());
    }

    #[test]
    fn no_line_depends_on_its_neighbours() {
        let nested = format!("{}{}", "[".repeat(200), "]".repeat(200));
        for unwanted in ["1e999", "\"\\ud800\"", &nested] {
            let line = format!("{{\"id\": 1, \"text\": \"x\", \"more\": {unwanted}}}\n");
            let alone = read(line.as_bytes(), SKIP).expect("read").0;
            assert_eq!(alone.len(), 1, "{line}");
            let (documents, rejected) = read(format!("none\n{line}").as_bytes(), SKIP).expect("rejected");
            assert_eq!((&documents, rejected.len()), (&alone, 1), "{line}");
        }
    }

    #[test]
    fn a_record_is_a_line() {
        for input in ["{\"id\": 1,\n\"text\": \"x\"}\n", "{\"id\": 1, \"text\": \"x\"} {\"id\": 2, \"text\": \"y\"}\n"]
        {
            assert!(read(input.as_bytes(), Options::default()).expect_err("one a line").contains("line 1"), "{input}");
        }
    }

    #[test]
    fn lossy_reading_replaces_what_is_not_utf8() {
        let options = Options { lossy: true, ..Options::default() };
        let (documents, _) = read(b"\xef\xbb\xbf{\"id\": 4, \"text\": \"\xff\"}", options).expect("replaced");
        assert_eq!(documents, [("4".to_string(), "\u{fffd}".to_string())]);
    }

    #[test]
    fn lines_are_counted_across_chunks_and_reads() {
        let mut input = String::new();
        for id in 0..40_000 {
            input += &format!("{{\"id\": {id}, \"text\": \"{}\"}}\n\n", "some words ".repeat(40));
        }
        input += "{\"id\": 39, \"text\": \"\"}\n";
        assert!(input.len() > 2 * BATCH_BYTES);
        const DUPLICATE: &str = "test.jsonl, line 80001: the id \"39\" is already used in line 79; make ids unique, or number the \
                                 documents with --number";
        let (documents, rejected) = read(input.as_bytes(), SKIP).expect("rejected");
        assert_eq!(documents.len(), 40_000);
        assert!(documents.iter().enumerate().all(|(number, (id, _))| *id == number.to_string()));
        assert_eq!(rejected, [DUPLICATE]);
    }
}
