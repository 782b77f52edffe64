//! One JSON object a line.
//!
//! A file is read in large pieces, which are cut at line ends into blocks and parsed on all cores. A block is parsed as a
//! stream of records, which is several times faster than line by line; where that finds anything odd, the block is parsed
//! again line by line, to say exactly what is wrong.

mod block;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_128;

use crate::Options;
use crate::batch::{Batch, Part};
use crate::error::{Error, Reason};
use crate::fields::Fields;
use block::{Block, parse};

/// The documents of a file, batch after batch, so that a corpus larger than memory can be read.
///
/// Records have the fields `id` (a string or an integer) and `text` (a string), and any others. Empty lines are passed
/// over. An error names the line, and what is wrong with it; reading ends with it, unless such records are
/// [set aside](Options::skip_bad). To find repeated ids, a hash of each is kept: 128 bits, which no two ids share in practice.
#[derive(Debug)]
pub struct JsonLines<R = File> {
    path: PathBuf,
    reader: R,
    options: Options,
    fields: Fields,
    /// What was read last; between batches, what does not end with a line.
    buffer: Vec<u8>,
    lines: u64,
    /// Which line each id was on, by its hash.
    seen: HashMap<u128, u64, ahash::RandomState>,
    ended: bool,
    batch: Batch,
    blocks: Vec<Block>,
}

/// Bytes that are read at once, and those that a thread parses at once.
const PIECE: usize = 8 << 20;
const BLOCK: usize = 1 << 19;

impl JsonLines {
    /// Opens a file.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub fn open(path: &Path, options: &Options) -> Result<Self, Error> {
        let file = File::open(path).map_err(|error| Error::io(path, &error))?;
        Ok(Self::new(path, file, options, Fields::default()))
    }
}

impl<R: Read> JsonLines<R> {
    /// Reads from anything; the path is for messages.
    pub fn new(path: &Path, reader: R, options: &Options, fields: Fields) -> Self {
        Self {
            path: path.into(),
            reader,
            options: *options,
            fields,
            buffer: Vec::new(),
            lines: 0,
            seen: HashMap::default(),
            ended: false,
            batch: Batch::default(),
            blocks: Vec::new(),
        }
    }

    /// The next documents, if there are any left. The memory they stand in is used again.
    ///
    /// # Errors
    /// What is wrong with the file or with a record.
    pub fn next_batch(&mut self) -> Result<Option<&Batch>, Error> {
        Ok(if self.advance()? { Some(&self.batch) } else { None })
    }

    /// Reads the next documents; false where there are none left.
    pub(crate) fn advance(&mut self) -> Result<bool, Error> {
        if self.ended {
            return Ok(false);
        }
        let read = self.read_batch();
        self.ended |= read.is_err();
        read.map(|()| true)
    }

    /// The documents that were read last.
    #[cfg(feature = "full")]
    pub(crate) fn batch(&self) -> &Batch {
        &self.batch
    }

    /// Reads until there are whole lines, a piece of the file or all that is left of it; returns their length.
    fn read_lines(&mut self) -> Result<usize, Error> {
        loop {
            let before = self.buffer.len();
            let read = (&mut self.reader).take(PIECE as u64).read_to_end(&mut self.buffer);
            if read.map_err(|error| Error::io(&self.path, &error))? == 0 {
                self.ended = true;
                return Ok(before);
            }
            if let Some(end) = memchr::memrchr(b'\n', &self.buffer[before..]) {
                return Ok(before + end + 1);
            }
        }
    }

    fn read_batch(&mut self) -> Result<(), Error> {
        let length = self.read_lines()?;
        let (lossy, fields) = (self.options.lossy, &self.fields);
        let cut = cut(&self.buffer[..length]);
        self.batch.clear();
        self.batch.bytes = length as u64;
        self.batch.parts.resize_with(cut.len().max(self.batch.parts.len()), Part::default);
        self.blocks.resize_with(cut.len(), Block::default);
        let places = self.blocks.par_iter_mut().zip(&mut self.batch.parts);
        cut.into_par_iter().zip(places).for_each(|(lines, (block, part))| parse(lines, lossy, fields, block, part));
        self.buffer.copy_within(length.., 0);
        self.buffer.truncate(self.buffer.len() - length);
        (0..self.blocks.len()).try_for_each(|number| self.check(number))
    }

    /// Drops documents whose ids are repeated, and sets aside or reports what is wrong with a block.
    fn check(&mut self, number: usize) -> Result<(), Error> {
        let (block, part) = (&mut self.blocks[number], &mut self.batch.parts[number]);
        let (wrong, mut lines) = (&mut block.wrong, block.lines.iter());
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        part.documents.retain_mut(|record| {
            let line = lines.next().copied().unwrap_or_default();
            if self.fields.id.is_none() {
                record.id = format!("{name}:{}", self.lines + line);
            }
            if self.options.repeated_ids {
                return true;
            }
            match self.seen.entry(xxh3_128(record.id.as_bytes())) {
                Entry::Occupied(earlier) => {
                    wrong.push((line, Reason::RepeatedId(record.id.clone(), *earlier.get())));
                    false
                }
                Entry::Vacant(place) => {
                    place.insert(self.lines + line);
                    true
                }
            }
        });
        wrong.sort_by_key(|(line, _)| *line);
        for (line, reason) in wrong.drain(..) {
            let error = Error { path: self.path.clone(), line: Some(self.lines + line), reason };
            if !self.options.skip_bad {
                return Err(error);
            }
            self.batch.skipped.push(error);
        }
        self.lines += block.count;
        Ok(())
    }
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
    use super::*;
    use crate::fields::FieldPath;

    /// Documents, and what was set aside.
    type Read = (Vec<(String, String)>, Vec<String>);

    fn read(input: &[u8], options: Options) -> Result<Read, String> {
        let (mut documents, mut skipped) = (Vec::new(), Vec::new());
        let mut lines = JsonLines::new(Path::new("test.jsonl"), input, &options, Fields::default());
        while let Some(batch) = lines.next_batch().map_err(|error| error.to_string())? {
            documents.extend(batch.documents().map(|(id, text)| (id.to_string(), text.to_string())));
            skipped.extend(batch.skipped.iter().map(ToString::to_string));
        }
        Ok((documents, skipped))
    }

    const SKIP: Options = Options { lossy: false, skip_bad: true, repeated_ids: false };

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
        let mut lines = JsonLines::new(Path::new("a/test.jsonl"), input.as_bytes(), &Options::default(), fields);
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
        assert!(input.len() > 2 * PIECE);
        let (documents, skipped) = read(input.as_bytes(), SKIP).expect("set aside");
        assert_eq!(documents.len(), 40_000);
        assert!(documents.iter().enumerate().all(|(number, (id, _))| *id == number.to_string()));
        assert_eq!(skipped, ["test.jsonl, line 80001: the id \"39\" is that of line 79 already"]);
    }
}
