//! Parses a chunk of lines into records.

use super::fast_path;
use super::line_buffer::without_line_end;
use crate::batch::{BadRecord, Part};
use crate::decode::decode;
use crate::error::ErrorKind;
use crate::fields::{Fields, ParsedRecord};
use crate::json::{RawObject, describe, with_whole_surrogates};
use crate::options::Options;

/// Parses whole lines into an empty part.
pub(crate) fn parse(lines: &[u8], options: &Options, fields: &Fields, part: &mut Part) {
    let parsed = fields.plain().and_then(|names| fast_path::parse(lines, names, options.max_record, part));
    if parsed.is_none() {
        part.clear();
        parse_line_by_line(lines, options, fields, part);
    }
}

/// Parses each line on its own, so that a bad one does not affect the others.
fn parse_line_by_line(lines: &[u8], options: &Options, fields: &Fields, part: &mut Part) {
    for_each_line(lines, options, part, |line, number, part| {
        // The fast path reads the lines that have two plain fields as it reads them among others, so that no line depends on its
        // neighbours.
        let fast = fields.plain().and_then(|names| fast_path::parse_line(line, names, number, part));
        match fast {
            Some(()) => Ok(()),
            None => part.push_with(number, |text| parse_line(line, options.lossy, fields, text)),
        }
    });
}

/// Makes each line that is not blank a document without an id of its own.
pub(super) fn parse_texts(lines: &[u8], options: &Options, part: &mut Part) {
    for_each_line(lines, options, part, |line, number, part| {
        part.push_with(number, |text| {
            text.push_str(line.trim_end_matches(['\n', '\r']));
            Ok(ParsedRecord { id: None, ..ParsedRecord::default() })
        })
    });
}

/// Calls `push` with each line that is not blank, and collects its errors.
fn for_each_line(
    lines: &[u8],
    options: &Options,
    part: &mut Part,
    push: impl Fn(&str, u64, &mut Part) -> Result<(), ErrorKind>,
) {
    let mut start = 0;
    for line in lines.split_inclusive(|&byte| byte == b'\n') {
        part.lines += 1;
        let range = start..start + line.len();
        start = range.end;
        let text = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
        if text.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let number = part.lines;
        let pushed = match too_long(line, options) {
            Some(kind) => Err(kind),
            None => decode(line, options.lossy).and_then(|line| push(&line, number, part)),
        };
        match pushed {
            Ok(()) => part.set_raw(range),
            Err(kind) => part.bad.push(BadRecord { line: number, kind, bytes: without_line_end(line).to_vec() }),
        }
    }
}

/// Returns an error if a line is longer than the maximum.
fn too_long(line: &[u8], options: &Options) -> Option<ErrorKind> {
    let length = without_line_end(line).len();
    (length > options.max_record).then_some(ErrorKind::TooLong(Some(length as u64), options.max_record as u64))
}

/// Parses a line. With `lossy`, a line that is no JSON is parsed once more, with escapes of lone surrogates
/// replaced.
fn parse_line(line: &str, lossy: bool, fields: &Fields, text: &mut String) -> Result<ParsedRecord, ErrorKind> {
    let start = text.len();
    let parsed = parse_object(line, fields, text);
    match (parsed, lossy) {
        (Err(ErrorKind::BadJson(_)), true) => {
            text.truncate(start);
            parse_object(&with_whole_surrogates(line), fields, text)
        }
        (parsed, _) => parsed,
    }
}

/// Parses a line that is a JSON object by the wanted fields.
fn parse_object(line: &str, fields: &Fields, text: &mut String) -> Result<ParsedRecord, ErrorKind> {
    let line = line.trim_end_matches(['\n', '\r']);
    let record = RawObject::parse(line).map_err(|error| ErrorKind::BadJson(describe(&error, line)))?;
    fields.parse(&record, text)
}
