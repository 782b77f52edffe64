//! A block of lines to records.

use std::borrow::Cow;

use serde_json::Value;

use super::plain;
use crate::batch::{Part, Read, Wrong};
use crate::error::Reason;
use crate::fields::Fields;
use crate::formats::text::text_of;

/// Parses whole lines into an empty part.
pub(super) fn parse(lines: &[u8], lossy: bool, fields: &Fields, part: &mut Part) {
    let parsed = fields.plain().and_then(|names| plain::parse(lines, names, part));
    if parsed.is_none() {
        part.clear();
        line_by_line(lines, lossy, fields, part);
    }
}

/// Each line for itself, with what is wrong with it.
fn line_by_line(lines: &[u8], lossy: bool, fields: &Fields, part: &mut Part) {
    let mut start = 0;
    for line in lines.split_inclusive(|&byte| byte == b'\n') {
        part.lines += 1;
        let place = start..start + line.len();
        start = place.end;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let number = part.lines;
        let pushed = text_of(line, lossy).and_then(|line| part.push_with(number, |text| record(&line, fields, text)));
        match pushed {
            Ok(()) => part.set_raw(place),
            Err(reason) => part.wrong.push(Wrong { line: number, reason, bytes: without_end(line).to_vec() }),
        }
    }
}

/// The id and the facts of a record, whose text is appended.
fn record(line: &str, fields: &Fields, text: &mut String) -> Result<Read, Reason> {
    let record: Value = serde_json::from_str(line).map_err(|error| Reason::BadJson(error.to_string()))?;
    if !record.is_object() {
        return Err(Reason::BadJson("another kind of value".to_string()));
    }
    let (id, facts) = fields.read(|path| path.find(&record).map(Cow::Borrowed), text)?;
    Ok((id, fields.have_facts().then_some(facts)))
}

/// A line without what ends it.
pub(super) fn without_end(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").unwrap_or(line)
}
