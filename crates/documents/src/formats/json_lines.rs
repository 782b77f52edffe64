//! JSON lines: one object per line.
//!
//! A file is read in large pieces, which are cut at line ends into chunks and parsed on all cores. A chunk is parsed as a stream of
//! records, which is several times faster than line by line. If that finds anything odd, the chunk is parsed again line by line, to
//! report exactly what is wrong.

mod chunk;
mod fast_path;
mod line_buffer;

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use self::chunk::parse;
use self::line_buffer::LineBuffer;
use crate::batch::{Batch, Part, Raw};
use crate::error::Error;
use crate::records::{ReadConfig, Records};

/// Reads a file of JSON lines. Blank lines are counted, but are no records.
pub(super) struct JsonLinesReader<R> {
    path: PathBuf,
    /// The file name, from which ids are made.
    name: String,
    reader: R,
    config: ReadConfig,
    buffer: LineBuffer,
    /// Lines before the buffer.
    lines: u64,
}

/// Bytes that a thread parses at once: small enough to share a piece among many cores, large enough that few lines are cut around.
const CHUNK_BYTES: usize = 1 << 19;

impl<R> fmt::Debug for JsonLinesReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonLinesReader").field("path", &self.path).field("lines", &self.lines).finish_non_exhaustive()
    }
}

impl<R: Read + Send> JsonLinesReader<R> {
    /// Reads from any reader. The path only serves messages and ids.
    pub(super) fn new(path: &Path, reader: R, config: ReadConfig) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self { path: path.into(), name, reader, config, buffer: LineBuffer::default(), lines: 0 }
    }
}

impl<R: Read + Send> Records for JsonLinesReader<R> {
    fn next_batch(&mut self, batch: &mut Batch) -> Result<bool, Error> {
        self.buffer.advance(&mut self.reader).map_err(|error| Error::io(&self.path, &error))?;
        let lines = self.buffer.lines();
        if lines.is_empty() {
            return Ok(false);
        }
        let chunks = cut(lines);
        let parts = batch.restart(chunks.len());
        parse_all(&chunks, &self.config, parts);
        for part in parts {
            part.number_lines(&self.name, self.lines);
            self.lines += part.lines;
        }
        batch.bytes = lines.len() as u64;
        Ok(true)
    }
}

/// Parses each chunk into its part.
fn parse_all(chunks: &[&[u8]], config: &ReadConfig, parts: &mut [Part]) {
    chunks.par_iter().zip(parts).for_each(|(lines, part)| {
        parse(lines, config.options.lossy, &config.fields, part);
        if config.keep_raw {
            part.raw = Raw::Bytes(lines.to_vec());
        }
    });
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

    use super::*;
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

    const SKIP: Options = Options { lossy: false, skip_bad: true, repeated_ids: false, recursive: false, format: None };

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
        assert!(input.len() > 2 * line_buffer::READ_BYTES);
        let (documents, rejected) = read(input.as_bytes(), SKIP).expect("rejected");
        assert_eq!(documents.len(), 40_000);
        assert!(documents.iter().enumerate().all(|(number, (id, _))| *id == number.to_string()));
        assert_eq!(rejected, ["test.jsonl, line 80001: the id \"39\" is already used in line 79"]);
    }
}
