//! JSON lines: documents and rejected records are those of a naive reader, which parses each line on its own.

#![no_main]

mod files;

use libfuzzer_sys::fuzz_target;
use serde::Deserialize;
use serde_json::Value;
use twinprint_documents::Options;

#[derive(Deserialize)]
struct Record {
    id: Value,
    text: String,
}

fuzz_target!(|bytes: &[u8]| {
    if !files::are_plain(bytes) || !is_lines(bytes) {
        return;
    }
    let options = Options { skip_bad: true, repeated_ids: true, ..Options::default() };
    let lines = bytes.split_inclusive(|&byte| byte == b'\n').filter(|line| !line.iter().all(u8::is_ascii_whitespace));
    let naive: Vec<_> = lines.map(naive).collect();
    let Ok(found) = files::documents("a.jsonl", bytes, &options) else {
        // A file that begins like another format is refused as a whole.
        assert!(!matches!(naive.first(), Some(Some(_))), "bad lines are rejected");
        return;
    };
    let rejected = naive.iter().filter(|document| document.is_none()).count();
    assert_eq!(found, (naive.into_iter().flatten().collect(), rejected));
});

/// Returns whether a file is neither an array nor an object over several lines, which are read as a whole, and has no separators of
/// records as in RFC 7464, which count as white space.
fn is_lines(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes).trim_ascii_start();
    let first = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    match bytes.first() {
        _ if bytes.contains(&0x1e) => false,
        Some(b'[') => false,
        Some(b'{') => serde_json::from_slice::<Value>(first).is_ok(),
        _ => true,
    }
}

/// Parses a line as a record, or else, if a field is repeated, as a JSON value, which holds the last of them.
fn naive(line: &[u8]) -> Option<(String, String)> {
    let line = std::str::from_utf8(line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line)).ok()?;
    let starts_object = line.trim_ascii_start().starts_with('{');
    let record: Option<Record> = serde_json::from_str(line).ok();
    let Record { id, text } = record.or_else(|| serde_json::from_value(serde_json::from_str(line).ok()?).ok())?;
    let id = match id {
        Value::String(id) => id,
        Value::Number(id) if id.is_i64() || id.is_u64() => id.to_string(),
        _ => return None,
    };
    starts_object.then_some((id, text))
}
