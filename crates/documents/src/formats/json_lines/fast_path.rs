//! The fast path: every line is an object of which two top-level fields are wanted.
//!
//! The lines are parsed as one stream, and strings are appended straight to the ids and texts of the part. This cannot mistake an
//! object that spans lines for one per line: a line that begins with `{` after one that ends with `}` cannot continue the value of
//! that line, because a comma or a bracket would have to come between them. So if all lines begin and end like this, and there are as
//! many records as lines, each record is on a line of its own.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::line_buffer::without_line_end;
use crate::batch::Part;

/// Parses lines into an empty part. Returns `None` if any line is unusual or too long, and leaves the part in an unspecified state.
pub(super) fn parse(lines: &[u8], (id, text): (&str, &str), max_record: usize, part: &mut Part) -> Option<()> {
    let whole = std::str::from_utf8(lines).ok()?;
    let mut records = serde_json::Deserializer::from_str(whole);
    let (mut start, mut number) = (0, 0);
    while start < lines.len() {
        let end = memchr::memchr(b'\n', &lines[start..]).map_or(lines.len(), |end| start + end + 1);
        number += 1;
        let line = without_line_end(&lines[start..end]).trim_ascii();
        if !line.is_empty() {
            if !(line.starts_with(b"{") && line.ends_with(b"}") && end - start <= max_record) {
                return None;
            }
            let (ids, texts) = part.strings();
            let starts = (ids.len(), texts.len());
            RecordSeed { id: Target { name: id, to: ids }, text: Target { name: text, to: texts } }
                .deserialize(&mut records)
                .ok()?;
            part.push(starts.0, starts.1, number, None);
            part.set_raw(start..end);
        }
        start = end;
    }
    records.end().ok()?;
    part.lines = number;
    Some(())
}

/// Parses a single line into a part. Returns `None` if the line is unusual, and leaves the part as it was.
pub(super) fn parse_line(line: &str, (id, text): (&str, &str), number: u64, part: &mut Part) -> Option<()> {
    let (ids, texts) = part.strings();
    let starts = (ids.len(), texts.len());
    let seed = RecordSeed { id: Target { name: id, to: &mut *ids }, text: Target { name: text, to: &mut *texts } };
    let mut record = serde_json::Deserializer::from_str(line);
    if seed.deserialize(&mut record).and_then(|()| record.end()).is_err() {
        ids.truncate(starts.0);
        texts.truncate(starts.1);
        return None;
    }
    part.push(starts.0, starts.1, number, None);
    Some(())
}

/// Deserializes a record by appending its id and its text.
struct RecordSeed<'a> {
    id: Target<'a>,
    text: Target<'a>,
}

/// The name of a field, and the string to which its value is appended.
struct Target<'a> {
    name: &'a str,
    to: &'a mut String,
}

impl<'de> DeserializeSeed<'de> for RecordSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RecordSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let (mut has_id, mut has_text) = (false, false);
        while let Some(key) = fields.next_key_seed(KeySeed { id: self.id.name, text: self.text.name })? {
            let seen = match key {
                Role::Id => {
                    fields.next_value_seed(AppendId(self.id.to))?;
                    &mut has_id
                }
                Role::Text => {
                    fields.next_value_seed(AppendText(self.text.to))?;
                    &mut has_text
                }
                Role::Neither => {
                    fields.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            if std::mem::replace(seen, true) {
                // A JSON value would hold the last one; the slow path does that.
                return Err(A::Error::custom("a repeated field"));
            }
        }
        if has_id && has_text { Ok(()) } else { Err(A::Error::custom("a field is missing")) }
    }
}

/// The role of a key.
enum Role {
    Id,
    Text,
    Neither,
}

struct KeySeed<'a> {
    id: &'a str,
    text: &'a str,
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = Role;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Role, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = Role;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Role, E> {
        Ok(if key == self.id {
            Role::Id
        } else if key == self.text {
            Role::Text
        } else {
            Role::Neither
        })
    }
}

/// Appends a string.
struct AppendText<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for AppendText<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for AppendText<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.push_str(text);
        Ok(())
    }
}

/// Appends a string or an integer.
struct AppendId<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for AppendId<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for AppendId<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or an integer")
    }

    fn visit_str<E: Error>(self, id: &str) -> Result<(), E> {
        if id.is_empty() {
            return Err(E::custom("an empty id"));
        }
        self.0.push_str(id);
        Ok(())
    }

    fn visit_u64<E>(self, id: u64) -> Result<(), E> {
        self.0.push_str(&id.to_string());
        Ok(())
    }

    fn visit_i64<E>(self, id: i64) -> Result<(), E> {
        self.0.push_str(&id.to_string());
        Ok(())
    }
}
