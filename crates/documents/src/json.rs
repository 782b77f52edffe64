//! JSON objects of which only the wanted values are parsed.

mod faults;
mod surrogates;

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

pub(crate) use self::faults::describe;
pub(crate) use self::surrogates::with_whole_surrogates;
use crate::error::ErrorKind;
use crate::field_path::FieldPath;
use crate::fields::{FieldSource, ID};

/// The names and unparsed values of an object, in order, with repeated names kept.
///
/// Values that are not wanted may be nested to any depth, and hold numbers and escapes that no Rust value can hold.
pub(crate) struct RawObject<'a>(pub(crate) Vec<(String, &'a RawValue)>);

impl<'a> RawObject<'a> {
    /// Parses an object, which whitespace may surround.
    pub(crate) fn parse(text: &'a str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// Returns the value of a member; of several of one name, the last.
    fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().rfind(|(other, _)| other == name).map(|(_, value)| value.get())
    }

    /// Returns the value that [`FieldPath::find`] would find, as it is written.
    pub(crate) fn find(&self, path: &str) -> Option<&'a str> {
        self.get(path).or_else(|| {
            path.match_indices('.').find_map(|(dot, _)| {
                let inner = self.get(&path[..dot])?;
                RawObject::parse(inner).ok()?.find(&path[dot + 1..])
            })
        })
    }

    /// Returns the strings of a path through lists, such as `messages[].content`, joined as paragraphs. Elements that
    /// lack the field, or have null there, are passed over. A value that is no string is returned instead of the
    /// strings.
    fn joined(&self, path: &str) -> Result<Option<Value>, ErrorKind> {
        let Some((list, rest)) = path.split_once("[]") else {
            return self.find(path).map(parse_value).transpose();
        };
        let Some(list) = self.find(list) else { return Ok(None) };
        let Ok(elements) = serde_json::from_str::<Vec<&RawValue>>(list) else { return parse_value(list).map(Some) };
        let rest = rest.strip_prefix('.').unwrap_or(rest);
        let mut text = String::new();
        for element in elements {
            let value = match RawObject::parse(element.get()) {
                _ if rest.is_empty() => Some(parse_value(element.get())?),
                Ok(element) => element.joined(rest)?,
                Err(_) => None,
            };
            match value {
                None | Some(Value::Null) => {}
                Some(Value::String(part)) => {
                    if !text.is_empty() && !part.is_empty() {
                        text.push_str("\n\n");
                    }
                    text.push_str(&part);
                }
                Some(other) => return Ok(Some(other)),
            }
        }
        Ok(Some(Value::String(text)))
    }
}

impl RawObject<'_> {
    /// Returns whether the object has the field of a path through lists, in any element; `None` if there is no element.
    fn has_in_lists(&self, path: &str) -> Option<bool> {
        let (list, rest) = match path.split_once("[]") {
            Some(parts) if self.find(path).is_none() => parts,
            _ => return Some(self.find(path).is_some()),
        };
        let Some(list) = self.find(list) else { return Some(false) };
        let rest = rest.strip_prefix('.').unwrap_or(rest);
        let Ok(elements) = serde_json::from_str::<Vec<&RawValue>>(list) else { return Some(false) };
        if rest.is_empty() {
            return Some(true);
        }
        let in_element = |element: &&RawValue| match RawObject::parse(element.get()) {
            Ok(element) => element.has_in_lists(rest),
            Err(_) => Some(false),
        };
        // A field in one element is enough, and one element that surely lacks it tells more than an empty list.
        elements.iter().filter_map(in_element).max()
    }
}

impl FieldSource for RawObject<'_> {
    fn value(&self, path: &FieldPath) -> Result<Option<Cow<'_, Value>>, ErrorKind> {
        let name = path.as_str();
        let value = match self.find(name) {
            None if path.is_list() => self.joined(name)?,
            found => found.map(parse_value).transpose()?,
        };
        Ok(value.map(Cow::Owned))
    }

    fn has(&self, path: &FieldPath) -> Result<Option<bool>, ErrorKind> {
        Ok(self.has_in_lists(path.as_str()))
    }

    /// Returns numbers as they are written, because an id may have more digits than any number type.
    fn id(&self, path: &FieldPath) -> Result<Option<Cow<'_, Value>>, ErrorKind> {
        if let Some(number) = self.find(path.as_str()).and_then(whole_number) {
            return Ok(Some(Cow::Owned(Value::from(number))));
        }
        match self.value(path)? {
            // Its fraction was lost when it was made a number of 64 bits.
            Some(value) if value.as_f64().is_some_and(|number| number.fract() == 0.0) => {
                Err(ErrorKind::WrongType(path.as_str().to_string(), ID))
            }
            value => Ok(value),
        }
    }

    fn names(&self) -> Vec<String> {
        self.0.iter().map(|(name, _)| name.clone()).collect()
    }
}

/// The most digits that an exponent is written out to. A few bytes could ask for any number of zeros.
const MAX_DIGITS: usize = 309;

/// Returns a number without a fraction as text, with each of its digits: `7` for `7` and for `7.0`, which programs write that have made
/// numbers of integers, and `7000` for `7e3`.
pub(crate) fn whole_number(token: &str) -> Option<Cow<'_, str>> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = token.split_once(['e', 'E']).unwrap_or((token, "0"));
    let (sign, number) = mantissa.strip_prefix('-').map_or(("", mantissa), |number| ("-", number));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    if mantissa.len() == token.len() && fraction.bytes().all(|byte| byte == b'0') {
        return Some(Cow::Borrowed(if mantissa.starts_with("-0") {
            "0"
        } else {
            &mantissa[..sign.len() + whole.len()]
        }));
    }
    written_out(sign, whole, fraction, exponent.parse().ok()?).map(Cow::Owned)
}

/// Moves the decimal point of a number by its exponent. Returns `None` if a fraction is left, or too many digits.
fn written_out(sign: &str, whole: &str, fraction: &str, exponent: i64) -> Option<String> {
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0');
    if significant.is_empty() {
        return Some("0".to_string());
    }
    let length = i64::try_from(significant.len() - fraction.len().min(significant.len())).ok()?;
    let missing = i64::try_from(fraction.len().saturating_sub(significant.len())).ok()?;
    let length = usize::try_from(length.checked_sub(missing)?.checked_add(exponent)?).ok()?;
    let (kept, rest) = significant.split_at(length.min(significant.len()));
    let is_whole = length > 0 && length <= MAX_DIGITS.max(significant.len()) && rest.bytes().all(|byte| byte == b'0');
    is_whole.then(|| format!("{sign}{kept:0<length$}"))
}

/// Parses a value as it is written.
fn parse_value(text: &str) -> Result<Value, ErrorKind> {
    match serde_json::from_str(text) {
        Ok(value) => Ok(value),
        // Nested too deeply to be parsed, and no string or number in any case.
        Err(_) if text.starts_with(['[', '{']) => Ok(Value::Array(Vec::new())),
        Err(error) if error.to_string().starts_with("number out of range") => {
            Err(ErrorKind::BadJson(format!("the number {text} is too large for 64 bits")))
        }
        Err(error) => Err(ErrorKind::BadJson(describe(&error, text))),
    }
}

impl<'de> Deserialize<'de> for RawObject<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RawObjectVisitor)
    }
}

struct RawObjectVisitor;

impl<'de> Visitor<'de> for RawObjectVisitor {
    type Value = RawObject<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<RawObject<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = fields.next_entry::<String, &RawValue>()? {
            members.push(member);
        }
        Ok(RawObject(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(record: &str, path: &str) -> Result<Option<Value>, ErrorKind> {
        let record = RawObject::parse(record).expect("an object");
        record.value(&FieldPath::new(path)).map(|value| value.map(Cow::into_owned))
    }

    #[test]
    fn lists_of_texts_are_joined() {
        let chat = r#"{"messages": [{"role": "user", "content": "a"}, {"role": "tool"}, {"content": null}, {"content": "b"}]}"#;
        assert_eq!(value(chat, "messages[].content"), Ok(Some(json!("a\n\nb"))));
        assert_eq!(value(chat, "messages[].text"), Ok(Some(json!(""))));
        assert_eq!(value(chat, "turns[].content"), Ok(None));
        let nested = r#"{"m": {"l": [{"c": [{"t": "a"}, {"t": "b"}]}, {"c": [{"t": "c"}]}]}, "s": ["x", "y"]}"#;
        assert_eq!(value(nested, "m.l[].c[].t"), Ok(Some(json!("a\n\nb\n\nc"))));
        assert_eq!(value(nested, "s[]"), Ok(Some(json!("x\n\ny"))));
        assert_eq!(value(r#"{"l": [1]}"#, "l[]"), Ok(Some(json!(1))), "no text");
        assert_eq!(value(r#"{"l": {"a": 1}}"#, "l[]"), Ok(Some(json!({"a": 1}))), "no list");
        assert_eq!(value(r#"{"l[]": "named so", "l": ["x"]}"#, "l[]"), Ok(Some(json!("named so"))));
    }

    #[test]
    fn a_field_of_no_element_is_lacking() {
        let has = |record: &str, path: &str| RawObject::parse(record).expect("an object").has_in_lists(path);
        let chat = r#"{"messages": [{"role": "user", "content": null}, {"role": "tool"}], "none": [], "words": ["a"]}"#;
        assert_eq!((has(chat, "messages[].content"), has(chat, "messages[].contents")), (Some(true), Some(false)));
        assert_eq!((has(chat, "none[].content"), has(chat, "words[]")), (None, Some(true)));
        assert_eq!((has(chat, "messages[].parts[].text"), has(chat, "absent")), (Some(false), Some(false)));
    }

    #[test]
    fn what_is_not_wanted_may_be_anything() {
        let deep = format!(
            "{{\"d\": {}{}, \"n\": 1e999, \"s\": \"\\ud800\", \"t\": {{\"x\": \"y\"}}}}",
            "[".repeat(500),
            "]".repeat(500)
        );
        assert_eq!(value(&deep, "t.x"), Ok(Some(json!("y"))));
        assert_eq!(value(&deep, "d"), Ok(Some(json!([]))));
        assert!(matches!(value(&deep, "s"), Err(ErrorKind::BadJson(_))));
    }

    #[test]
    fn an_id_is_never_rounded() {
        let id = |record: &str| {
            let record = RawObject::parse(record).expect("an object");
            record.id(&FieldPath::new("id")).map(|id| id.map(Cow::into_owned))
        };
        assert_eq!(id(r#"{"id": 1e23}"#), Ok(Some(json!("100000000000000000000000"))));
        for rounded in [r#"{"id": 1e-400}"#, r#"{"id": 1.00000000000000000001}"#] {
            assert!(matches!(id(rounded), Err(ErrorKind::WrongType(..))), "{rounded}");
        }
    }

    #[test]
    fn numbers_without_a_fraction_are_whole() {
        for (token, expected) in [
            ("7", Some("7")),
            ("-7.00", Some("-7")),
            ("-0.0", Some("0")),
            ("123456789012345678901234567890", Some("123456789012345678901234567890")),
            ("1.5", None),
            ("1e3", Some("1000")),
            ("1e30", Some("1000000000000000000000000000000")),
            ("-1.25E+2", Some("-125")),
            ("0.0012e4", Some("12")),
            ("120e-1", Some("12")),
            ("12.50e1", Some("125")),
            ("0e9", Some("0")),
            ("-0.0e-9", Some("0")),
            ("125e-1", None),
            ("1e-400", None),
            ("0.001e2", None),
            ("1.00000000000000000001", None),
            ("1e309", None),
            ("1e99999999999999999999", None),
            ("\"7\"", None),
            ("null", None),
        ] {
            assert_eq!(whole_number(token).as_deref(), expected, "{token}");
        }
    }
}
