//! One JSON object a line.
//!
//! A file is read in large pieces, which are cut at line ends into blocks and parsed on all cores. A block is parsed as a
//! stream of records, which is several times faster than line by line; where that finds anything odd, the block is parsed
//! again line by line, to say exactly what is wrong.

mod block;
mod piece;
mod plain;

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{Records, Terms};
use crate::batch::{Batch, Part, Raw};
use crate::error::Error;
use block::parse;
use piece::Piece;

/// Records with fields for id and text, and any others. Empty lines are passed over.
pub(super) struct JsonLines<R> {
    path: PathBuf,
    /// The name of the file, of which ids are made.
    name: String,
    reader: R,
    terms: Terms,
    piece: Piece,
    lines: u64,
}

/// Bytes that a thread parses at once.
const BLOCK: usize = 1 << 19;

impl<R> fmt::Debug for JsonLines<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonLines").field("path", &self.path).field("lines", &self.lines).finish_non_exhaustive()
    }
}

impl<R: Read + Send> JsonLines<R> {
    /// Reads from anything; the path is for messages and ids.
    pub(super) fn new(path: &Path, reader: R, terms: Terms) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self { path: path.into(), name, reader, terms, piece: Piece::default(), lines: 0 }
    }
}

impl<R: Read + Send> Records for JsonLines<R> {
    fn next_batch(&mut self, batch: &mut Batch) -> Result<bool, Error> {
        self.piece.advance(&mut self.reader).map_err(|error| Error::io(&self.path, &error))?;
        let lines = self.piece.lines();
        if lines.is_empty() {
            return Ok(false);
        }
        let cut = cut(lines);
        let parts = batch.restart(cut.len());
        parse_all(&cut, &self.terms, parts);
        for part in parts {
            part.place(&self.name, self.lines);
            self.lines += part.lines;
        }
        batch.bytes = lines.len() as u64;
        Ok(true)
    }
}

/// Parses each block into its part.
fn parse_all(blocks: &[&[u8]], terms: &Terms, parts: &mut [Part]) {
    blocks.par_iter().zip(parts).for_each(|(lines, part)| {
        parse(lines, terms.options.lossy, &terms.fields, part);
        if terms.raw {
            part.raw = Raw::Bytes(lines.to_vec());
        }
    });
}

/// Blocks of whole lines.
fn cut(mut piece: &[u8]) -> Vec<&[u8]> {
    let mut blocks = Vec::new();
    while piece.len() > BLOCK {
        let end = memchr::memchr(b'\n', &piece[BLOCK..]).map_or(piece.len(), |end| BLOCK + end + 1);
        let (block, rest) = piece.split_at(end);
        blocks.push(block);
        piece = rest;
    }
    blocks.push(piece);
    blocks
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::{FieldPath, Fields, Inputs, Options, Reader};

    /// Documents, and what was set aside.
    type Read = (Vec<(String, String)>, Vec<String>);

    /// The reader of a file that holds these bytes, and the folder it is in.
    fn reader(input: &[u8], options: &Options, fields: &Fields) -> (Reader, TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("test.jsonl");
        std::fs::write(&path, input).expect("written");
        (Inputs::find([path], options).expect("found").read(options, fields), folder)
    }

    fn read(input: &[u8], options: Options) -> Result<Read, String> {
        let (mut documents, mut skipped) = (Vec::new(), Vec::new());
        let (mut lines, folder) = reader(input, &options, &Fields::default());
        let short = |message: String| message.replace(&format!("{}/", folder.path().display()), "");
        while let Some(batch) = lines.next_batch().map_err(|error| short(error.to_string()))? {
            documents.extend(batch.documents().map(|(id, text)| (id.to_string(), text.to_string())));
            skipped.extend(batch.skipped.iter().map(|error| short(error.to_string())));
        }
        Ok((documents, skipped))
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
        let (documents, skipped) = read(input, SKIP).expect("set aside");
        assert_eq!(documents.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["1", "5"]);
        let expected = [
            "line 2: not a JSON object",
            "line 4: not a JSON object",
            "line 5: the field \"id\" is missing",
            "line 6: the field \"id\" must be",
            "line 7: the field \"text\" must be",
            "line 8: the id \"1\" is that of line 1 already",
            "line 9: byte 19 is not UTF-8",
        ];
        assert_eq!(skipped.len(), expected.len());
        for (found, expected) in skipped.iter().zip(expected) {
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
    fn lines_are_counted_across_blocks_and_pieces() {
        let mut input = String::new();
        for id in 0..40_000 {
            input += &format!("{{\"id\": {id}, \"text\": \"{}\"}}\n\n", "some words ".repeat(40));
        }
        input += "{\"id\": 39, \"text\": \"\"}\n";
        assert!(input.len() > 2 * piece::PIECE);
        let (documents, skipped) = read(input.as_bytes(), SKIP).expect("set aside");
        assert_eq!(documents.len(), 40_000);
        assert!(documents.iter().enumerate().all(|(number, (id, _))| *id == number.to_string()));
        assert_eq!(skipped, ["test.jsonl, line 80001: the id \"39\" is that of line 79 already"]);
    }
}
