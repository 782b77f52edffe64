//! Lines as they nearly always are: each an object, of which two fields are wanted.
//!
//! The lines are parsed as one stream, and strings go straight to where ids and texts are collected. A line that begins
//! with `{` after one that ends with `}` cannot go on with a value of that one, since a comma or a bracket would have to stand
//! between them. So if all lines begin and end like this, and there are as many records as lines, each is on a line of its own.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::block::without_end;
use crate::batch::Part;

/// Parses lines into an empty part; `None` where anything is odd with one of them, and the part is then of no use.
pub(super) fn parse(lines: &[u8], (id, text): (&str, &str), part: &mut Part) -> Option<()> {
    let whole = std::str::from_utf8(lines).ok()?;
    let mut records = serde_json::Deserializer::from_str(whole);
    let (mut start, mut number) = (0, 0);
    while start < lines.len() {
        let end = memchr::memchr(b'\n', &lines[start..]).map_or(lines.len(), |end| start + end + 1);
        number += 1;
        let line = without_end(&lines[start..end]).trim_ascii();
        if !line.is_empty() {
            if !(line.starts_with(b"{") && line.ends_with(b"}")) {
                return None;
            }
            let (ids, texts) = part.strings();
            let places = (ids.len(), texts.len());
            Record { id: Field { name: id, to: ids }, text: Field { name: text, to: texts } }
                .deserialize(&mut records)
                .ok()?;
            part.push(places.0, places.1, number, None);
            part.set_raw(start..end);
        }
        start = end;
    }
    records.end().ok()?;
    part.lines = number;
    Some(())
}

/// Where the values of a record's fields go.
struct Record<'a> {
    id: Field<'a>,
    text: Field<'a>,
}

/// The name of a field, and what its value is appended to.
struct Field<'a> {
    name: &'a str,
    to: &'a mut String,
}

impl<'de> DeserializeSeed<'de> for Record<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Record<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let (mut has_id, mut has_text) = (false, false);
        while let Some(key) = fields.next_key_seed(Key { id: self.id.name, text: self.text.name })? {
            let seen = match key {
                Wanted::Id => {
                    fields.next_value_seed(IdOf(self.id.to))?;
                    &mut has_id
                }
                Wanted::Text => {
                    fields.next_value_seed(TextOf(self.text.to))?;
                    &mut has_text
                }
                Wanted::Neither => {
                    fields.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            if std::mem::replace(seen, true) {
                return Err(A::Error::custom("a field that comes twice"));
            }
        }
        if has_id && has_text { Ok(()) } else { Err(A::Error::custom("a field is missing")) }
    }
}

/// Which field a key names.
enum Wanted {
    Id,
    Text,
    Neither,
}

struct Key<'a> {
    id: &'a str,
    text: &'a str,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Wanted;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Wanted, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Wanted;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Wanted, E> {
        Ok(if key == self.id {
            Wanted::Id
        } else if key == self.text {
            Wanted::Text
        } else {
            Wanted::Neither
        })
    }
}

/// Appends a string.
struct TextOf<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for TextOf<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for TextOf<'_> {
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
struct IdOf<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for IdOf<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for IdOf<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or an integer")
    }

    fn visit_str<E>(self, id: &str) -> Result<(), E> {
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
