//! Parses a chunk of lines into records.

use std::borrow::Cow;

use serde_json::Value;

use super::fast_path;
use super::line_buffer::without_line_end;
use crate::batch::{BadRecord, Part};
use crate::decode::decode;
use crate::error::ErrorKind;
use crate::fields::{Fields, ParsedRecord};

/// Parses whole lines into an empty part.
pub(super) fn parse(lines: &[u8], lossy: bool, fields: &Fields, part: &mut Part) {
    let parsed = fields.plain().and_then(|names| fast_path::parse(lines, names, part));
    if parsed.is_none() {
        part.clear();
        parse_line_by_line(lines, lossy, fields, part);
    }
}

/// Parses each line on its own, so that a bad one does not affect the others.
fn parse_line_by_line(lines: &[u8], lossy: bool, fields: &Fields, part: &mut Part) {
    let names = fields.plain();
    let mut start = 0;
    for line in lines.split_inclusive(|&byte| byte == b'\n') {
        part.lines += 1;
        let range = start..start + line.len();
        start = range.end;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let number = part.lines;
        // The fast path does not convert fields that are not wanted, so it reads some lines that have no JSON value, such as those
        // with a number out of range. It is tried here too, so that no line depends on its neighbours.
        let pushed = decode(line, lossy).and_then(|line| {
            let fast = names.and_then(|names| fast_path::parse_line(&line, names, number, part));
            fast.map_or_else(|| part.push_with(number, |text| parse_line(&line, fields, text)), Ok)
        });
        match pushed {
            Ok(()) => part.set_raw(range),
            Err(kind) => part.bad.push(BadRecord { line: number, kind, bytes: without_line_end(line).to_vec() }),
        }
    }
}

fn parse_line(line: &str, fields: &Fields, text: &mut String) -> Result<ParsedRecord, ErrorKind> {
    let record: Value = serde_json::from_str(line).map_err(|error| ErrorKind::BadJson(error.to_string()))?;
    if !record.is_object() {
        return Err(ErrorKind::BadJson("another kind of value".to_string()));
    }
    fields.parse(|path| path.find(&record).map(Cow::Borrowed), text)
}
