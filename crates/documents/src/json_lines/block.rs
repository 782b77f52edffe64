//! A block of lines to records.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

use crate::batch::Part;
use crate::error::Reason;
use crate::fields::{Facts, Fields};
use crate::folder::text_of;

/// What is known of some lines besides their documents.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// The line of each document, counted from 1.
    pub(super) lines: Vec<u64>,
    /// What is wrong with other lines.
    pub(super) wrong: Vec<(u64, Reason)>,
    /// Lines in all.
    pub(super) count: u64,
}

/// Parses whole lines into an empty part.
pub(super) fn parse(lines: &[u8], lossy: bool, fields: &Fields, block: &mut Block, part: &mut Part) {
    block.clear();
    if !fields.are_plain() || as_stream(lines, block, part).is_none() {
        block.clear();
        part.clear();
        line_by_line(lines, lossy, fields, block, part);
    }
}

impl Block {
    fn clear(&mut self) {
        self.lines.clear();
        self.wrong.clear();
        self.count = 0;
    }
}

/// A record as it is in nearly every line.
#[derive(serde::Deserialize)]
struct Plain<'a> {
    id: Id,
    #[serde(borrow)]
    text: Cow<'a, str>,
}

/// A string or an integer.
struct Id(String);

impl<'de> serde::Deserialize<'de> for Id {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Id;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or an integer")
            }

            fn visit_str<E>(self, id: &str) -> Result<Id, E> {
                Ok(Id(id.to_string()))
            }

            fn visit_u64<E>(self, id: u64) -> Result<Id, E> {
                Ok(Id(id.to_string()))
            }

            fn visit_i64<E>(self, id: i64) -> Result<Id, E> {
                Ok(Id(id.to_string()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// All lines as one stream of records, unless anything is wrong with one of them.
fn as_stream(lines: &[u8], block: &mut Block, part: &mut Part) -> Option<()> {
    let lines = std::str::from_utf8(lines).ok()?;
    let mut records = serde_json::Deserializer::from_str(lines).into_iter::<Plain<'_>>();
    let (mut at, mut ended) = (0, 0);
    loop {
        let (ends, start) = pass_white_space(lines.as_bytes(), at);
        ended += ends;
        let Some(record) = records.next() else { break };
        let record = record.ok()?;
        // Every record begins on a line of its own, and ends on it.
        let shares_a_line = at > 0 && ends == 0;
        at = records.byte_offset();
        if shares_a_line || memchr::memchr(b'\n', &lines.as_bytes()[start..at]).is_some() {
            return None;
        }
        block.lines.push(ended + 1);
        part.push(record.id.0, &record.text);
    }
    block.count = ended + u64::from(!lines.is_empty() && !lines.ends_with('\n'));
    Some(())
}

/// Line ends in the white space from `at` on, and where it ends.
fn pass_white_space(bytes: &[u8], at: usize) -> (u64, usize) {
    let space = bytes[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
    let (mut ends, mut length) = (0, 0);
    for byte in space {
        ends += u64::from(*byte == b'\n');
        length += 1;
    }
    (ends, at + length)
}

/// Each line for itself, with what is wrong with it.
fn line_by_line(lines: &[u8], lossy: bool, fields: &Fields, block: &mut Block, part: &mut Part) {
    for line in lines.split_inclusive(|&byte| byte == b'\n') {
        block.count += 1;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let pushed = text_of(line.to_vec(), lossy).and_then(|line| part.push_with(|text| record(&line, fields, text)));
        match pushed {
            Ok(()) => block.lines.push(block.count),
            Err(reason) => block.wrong.push((block.count, reason)),
        }
    }
}

/// The id and the facts of a record, whose text is appended. An id that is to be made is empty.
fn record(line: &str, fields: &Fields, text: &mut String) -> Result<(String, Option<Facts>), Reason> {
    let record: Value = serde_json::from_str(line).map_err(|error| Reason::BadJson(error.to_string()))?;
    if !record.is_object() {
        return Err(Reason::BadJson("another kind of value".to_string()));
    }
    let (id, facts) = fields.read(|path| path.find(&record).map(Cow::Borrowed), text)?;
    Ok((id.unwrap_or_default(), fields.have_facts().then_some(facts)))
}
