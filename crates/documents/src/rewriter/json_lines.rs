//! Rewrites JSON lines.

use std::ops::Range;
use std::path::Path;

use serde_json::Value;

use super::sink::{NewTexts, OldTexts, Sink, written};
use crate::batch::Part;
use crate::error::Error;
use crate::field_path::FieldPath;
use crate::fields::FieldSource;
use crate::json::{RawObject, with_whole_surrogates};
use crate::output::Finished;
use crate::output::lines_file::LinesFile;

/// Writes the lines of the input, some of them with new texts.
pub(super) struct JsonLinesRewriter {
    out: LinesFile,
}

impl JsonLinesRewriter {
    pub(super) fn create(path: &Path) -> Result<Self, Error> {
        Ok(Self { out: LinesFile::create(path)? })
    }
}

impl Sink for JsonLinesRewriter {
    fn texts<'p>(&self, part: &'p Part, fields: &[FieldPath]) -> Result<Vec<OldTexts<'p>>, Error> {
        let of_record = |record| {
            let line = String::from_utf8_lossy(part.bytes_of(record));
            // Reading replaced lone surrogates if it was asked to; if it was not, there are none.
            let line = with_whole_surrogates(line.trim_start_matches('\u{feff}'));
            let record = RawObject::parse(&line).ok();
            let text = |field: &FieldPath| match record.as_ref()?.value(field).ok()??.into_owned() {
                Value::String(text) => Some(text.into()),
                _ => None,
            };
            fields.iter().map(text).collect()
        };
        Ok(part.documents.iter().map(of_record).collect())
    }

    fn write(&mut self, part: &Part, fields: &[FieldPath], new: &[Option<NewTexts>]) -> Result<(), Error> {
        for (record, new) in written(part, new) {
            let line = part.bytes_of(record);
            if new.iter().all(Option::is_none) {
                self.out.line(line)?;
            } else {
                let line = String::from_utf8_lossy(line);
                self.out.line(with_texts(line.trim_start_matches('\u{feff}'), fields, new).as_bytes())?;
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Finished, Error> {
        self.out.finish()
    }
}

/// Returns a line with new texts; all else stays byte for byte.
fn with_texts(line: &str, fields: &[FieldPath], new: &[Option<String>]) -> String {
    let replacement =
        |(field, new): (&FieldPath, &'_ Option<String>)| Some((value_range(line, field.as_str())?, new.clone()?));
    let mut replacements: Vec<_> = fields.iter().zip(new).filter_map(replacement).collect();
    replacements.sort_by_key(|(range, _)| range.start);
    let (mut written, mut from) = (String::with_capacity(line.len()), 0);
    for (range, text) in replacements {
        // A field that is listed twice is replaced once.
        if range.start >= from {
            written += &line[from..range.start];
            written += &Value::from(text).to_string();
            from = range.end;
        }
    }
    written + &line[from..]
}

/// Returns the byte range of the value that [`FieldPath::find`] would find in an object: of repeated names, the last.
fn value_range(object: &str, path: &str) -> Option<Range<usize>> {
    let object_start = object.as_ptr() as usize;
    let record = RawObject::parse(object).ok()?;
    let value = record.find(path)?;
    // The value borrows from the object, so the difference of the pointers is its offset.
    let start = (value.as_ptr() as usize).checked_sub(object_start)?;
    Some(start..start + value.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(line: &str, new: &[(&str, &str)]) -> String {
        let (fields, new): (Vec<_>, Vec<_>) =
            new.iter().map(|&(field, text)| (FieldPath::new(field), Some(text.to_string()))).unzip();
        with_texts(line, &fields, &new)
    }

    #[test]
    fn all_else_stays_byte_for_byte() {
        let line = "{ \"n\": 1.50e0,\"text\" : \"\\u00e9\" , \"a\":{\"text\":\"in\", \"b.c\": \"x\" }} \r\n";
        let expected = "{ \"n\": 1.50e0,\"text\" : \"a\\\"\\n\" , \"a\":{\"text\":\"in\", \"b.c\": \"é\" }} \r\n";
        assert_eq!(written(line, &[("a.b.c", "é"), ("text", "a\"\n")]), expected);
    }

    #[test]
    fn the_last_of_several_is_the_value_and_what_is_missing_stays_missing() {
        assert_eq!(
            written("{\"t\":1,\"\\u0074\":\"x\"}", &[("t", ""), ("u", "y"), ("t", "z")]),
            "{\"t\":1,\"t\":\"\"}".replace("\"t\":\"\"", "\"\\u0074\":\"\"")
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(texts in prop::array::uniform3("(?s).{0,12}"), new in "(?s).{0,12}") {
            let line = serde_json::json!({"a": texts[0], "m": {"t": texts[1], "x": [texts[2]]}, "z": texts[2]}).to_string();
            let mut expected: Value = serde_json::from_str(&line).expect("JSON");
            expected["m"]["t"] = new.as_str().into();
            let found: Value = serde_json::from_str(&written(&line, &[("m.t", &new)])).expect("JSON");
            prop_assert_eq!(found, expected);
        }
    }
}
