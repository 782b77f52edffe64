//! The roles of fields: which hold the id, the text and the metadata of a document.

use std::borrow::Cow;

use serde_json::{Number, Value};

use crate::block_field::BlockField;
#[cfg(feature = "formats")]
use crate::date;
use crate::error::{ErrorKind, FieldRole, Missing};
use crate::field_path::FieldPath;
use crate::metadata::Metadata;
use crate::text_fields::TextFields;
use crate::window::Window;

/// Configures which fields of each record are read, and as what.
///
/// Names may be [paths](FieldPath) into nested objects. Text files have no fields: their id is
/// their path in the folder without the extension, and their text is all of them.
///
/// ```
/// use twinprint_documents::{BlockField, FieldPath, Fields, Inputs, Options};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("a.jsonl");
/// let line = r#"{"url": "u/1", "title": "Ferry", "body": "It was late.", "meta": {"lang": "en", "outlet": "wire"}}"#;
/// std::fs::write(&path, line)?;
/// let fields = Fields {
///     id: Some(FieldPath::new("url")),
///     text: vec![FieldPath::new("title"), FieldPath::new("body")],
///     block: vec![BlockField::parse("meta.lang")],
///     source: Some(FieldPath::new("meta.outlet")),
///     ..Fields::default()
/// };
/// let mut reader = Inputs::find([&path], &Options::default())?.read(&Options::default(), &fields);
/// let batch = reader.next_batch()?.expect("one document");
/// let (id, text, metadata) = batch.records().next().expect("one document");
/// let metadata = metadata.expect("fields were asked for");
/// assert_eq!((id, text), ("u/1", "Ferry\n\nIt was late."));
/// assert_eq!((metadata.block_name().as_str(), metadata.source.as_deref()), ("en", Some("wire")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    /// The field of the id. `None` makes ids from the file name and the number of the line or row. Defaults to `id`.
    pub id: Option<FieldPath>,
    /// Makes ids for the records that lack the id field, instead of failing. Defaults to `false`.
    pub id_if_present: bool,
    /// The fields of the text, joined as paragraphs. If there are several, a record may lack some of them. Defaults to `text`.
    pub text: Vec<FieldPath>,
    /// The fields that name the block of a document, such as its language. Defaults to none.
    pub block: Vec<BlockField>,
    /// The field of the source, such as an outlet. Defaults to none.
    pub source: Option<FieldPath>,
    /// The fields of scores, which are numbers. Defaults to none.
    pub scores: Vec<FieldPath>,
    /// The fields of dates: RFC 3339, RFC 2822, eight digits such as `20261125`, a year, or else a time since 1970, whose size
    /// tells whether it is in seconds or in a finer unit. Defaults to none.
    pub dates: Vec<FieldPath>,
    /// The field of the group, such as a repository. Defaults to none.
    pub group: Option<FieldPath>,
}

/// A record of any format, whose fields are found by their paths.
pub(crate) trait FieldSource {
    /// Returns the value of a field, or `None` if the record lacks it.
    fn value(&self, path: &FieldPath) -> Result<Option<Cow<'_, Value>>, ErrorKind>;

    /// Returns the value of the field of the id.
    fn id(&self, path: &FieldPath) -> Result<Option<Cow<'_, Value>>, ErrorKind> {
        self.value(path)
    }

    /// Returns the value of the field of a score. Numbers for which JSON has no form are an error, since null would be no score.
    fn score(&self, path: &FieldPath) -> Result<Option<Cow<'_, Value>>, ErrorKind> {
        self.value(path)
    }

    /// Returns whether the record has a text field, be it null; `None` if that is open because a list on the path to it is empty.
    fn has(&self, path: &FieldPath) -> Result<Option<bool>, ErrorKind> {
        Ok(Some(self.value(path)?.is_some()))
    }

    /// Returns the names of the record's fields, for a message.
    fn names(&self) -> Vec<String>;
}

/// The id and the metadata of a record whose text was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ParsedRecord {
    /// `None` if an id is to be made.
    pub(crate) id: Option<String>,
    /// `None` if no metadata is wanted.
    pub(crate) metadata: Option<Metadata>,
    /// Which text fields it has.
    pub(crate) text_fields: TextFields,
}

impl Default for Fields {
    fn default() -> Self {
        let (id, text) = (FieldPath::new("id"), FieldPath::new("text"));
        Self {
            id: Some(id),
            id_if_present: false,
            text: vec![text],
            block: Vec::new(),
            source: None,
            scores: Vec::new(),
            dates: Vec::new(),
            group: None,
        }
    }
}

impl Fields {
    /// Returns the names of the id and text fields if no other field is wanted and neither is nested, so that a record can be
    /// read without building a JSON value.
    pub(crate) fn plain(&self) -> Option<(&str, &str)> {
        match (&self.id, self.text.as_slice()) {
            (Some(id), [text]) if !self.id_if_present && !self.want_metadata() && id != text => {
                let (id, text) = (id.as_str(), text.as_str());
                (!id.contains('.') && !text.contains(['.', '['])).then_some((id, text))
            }
            _ => None,
        }
    }

    /// Removes every field but those of the id and the text, for a second reading that needs no metadata.
    #[must_use]
    pub fn without_metadata(self) -> Self {
        Self { block: Vec::new(), source: None, scores: Vec::new(), dates: Vec::new(), group: None, ..self }
    }

    /// Returns whether any field is wanted besides those of the id and the text. Without any, records are read without
    /// building values of their other fields, which is faster.
    #[must_use]
    pub fn want_metadata(&self) -> bool {
        let lists = [&self.scores, &self.dates];
        !self.block.is_empty()
            || lists.iter().any(|fields| !fields.is_empty())
            || [&self.source, &self.group].into_iter().any(Option::is_some)
    }

    /// Returns whether any field is read as a date.
    #[cfg(not(feature = "formats"))]
    pub(crate) fn want_dates(&self) -> bool {
        !self.dates.is_empty() || self.block.iter().any(|field| field.window.is_some())
    }

    /// Yields all fields that are read; a field with several roles comes several times.
    ///
    /// ```
    /// use twinprint_documents::{FieldPath, Fields};
    ///
    /// let fields = Fields { text: vec![FieldPath::new("title"), FieldPath::new("body")], ..Fields::default() };
    /// assert_eq!(fields.all().map(FieldPath::as_str).collect::<Vec<_>>(), ["id", "title", "body"]);
    /// ```
    pub fn all(&self) -> impl Iterator<Item = &FieldPath> {
        let single = [&self.id, &self.source, &self.group];
        let ordering = self.scores.iter().chain(&self.dates);
        let blocks = self.block.iter().map(|field| &field.path);
        single.into_iter().flatten().chain(ordering).chain(blocks).chain(&self.text)
    }

    /// Appends the text of a record, and parses its id and metadata.
    pub(crate) fn parse(&self, record: &impl FieldSource, text: &mut String) -> Result<ParsedRecord, ErrorKind> {
        let is_null = |value: &Option<Cow<'_, Value>>| value.as_ref().is_none_or(|value| value.is_null());
        let id = match &self.id {
            None => None,
            Some(path) => match record.id(path)? {
                id if self.id_if_present && is_null(&id) => None,
                Some(id) => Some(parse_id(path, &id)?),
                None => return Err(self.missing(path, FieldRole::Id, record)),
            },
        };
        let (start, mut has_text) = (text.len(), false);
        let mut text_fields = TextFields::default();
        for (number, path) in self.text.iter().enumerate() {
            let value = record.value(path)?;
            let has_field = match value.as_deref() {
                // A list of elements without the field makes an empty text too.
                None => record.has(path)?,
                Some(Value::String(joined)) if joined.is_empty() && path.is_list() => record.has(path)?,
                Some(_) => Some(true),
            };
            if let Some(has_field) = has_field {
                text_fields.record(number, has_field);
            }
            has_text |= !is_null(&value);
            self.append_text(path, value.as_deref(), start, text)?;
        }
        if let (false, Some(path)) = (has_text, self.text.first()) {
            return Err(match self.list_above(record)? {
                Some(list) => ErrorKind::WrongType(list, OBJECT_AND_NO_LIST),
                None => self.missing(path, FieldRole::Text, record),
            });
        }
        let metadata = if self.want_metadata() { Some(self.parse_metadata(record)?) } else { None };
        Ok(ParsedRecord { id, metadata, text_fields })
    }

    /// Returns the field above a text field that is a list, in which no path without brackets leads on.
    fn list_above(&self, record: &impl FieldSource) -> Result<Option<String>, ErrorKind> {
        for path in self.text.iter().map(FieldPath::as_str) {
            for (end, _) in path.match_indices('.') {
                if let Some(Value::Array(_)) = record.value(&FieldPath::new(&path[..end]))?.as_deref() {
                    return Ok(Some(path[..end].to_string()));
                }
            }
        }
        Ok(None)
    }

    /// Says that a record lacks a field, or that it holds the documents in a list.
    fn missing(&self, path: &FieldPath, role: FieldRole, record: &impl FieldSource) -> ErrorKind {
        let names = record.names();
        let holds_documents = |name: &&String| matches!(record.value(&FieldPath::new(name.as_str())), Ok(Some(value)) if self.are_documents(&value));
        match names.iter().find(holds_documents) {
            Some(list) => ErrorKind::NestedRecords(list.clone()),
            None => {
                let own = is_null(path, record).then(|| path.as_str().to_string());
                let others = names.into_iter().filter(|name| Some(name) != own.as_ref());
                ErrorKind::MissingField(Missing::new(path.as_str(), role, own.iter().cloned().chain(others)))
            }
        }
    }

    /// Returns whether a value is a list whose first element has the fields of a document.
    fn are_documents(&self, value: &Value) -> bool {
        let Some(Value::Object(first)) = value.as_array().and_then(|list| list.first()) else { return false };
        let has = |path: &FieldPath| first.contains_key(path.as_str());
        self.id.as_ref().is_none_or(has) && self.text.iter().any(has)
    }

    fn append_text(
        &self,
        path: &FieldPath,
        value: Option<&Value>,
        start: usize,
        text: &mut String,
    ) -> Result<(), ErrorKind> {
        match value {
            Some(Value::String(part)) => {
                if text.len() > start && !part.is_empty() {
                    text.push_str("\n\n");
                }
                text.push_str(part);
                Ok(())
            }
            None => Ok(()),
            Some(Value::Null) if self.text.len() > 1 => Ok(()),
            Some(Value::Array(_)) => Err(ErrorKind::WrongType(path.as_str().to_string(), TEXT_OF_LIST)),
            Some(Value::Object(_)) => Err(ErrorKind::WrongType(path.as_str().to_string(), TEXT_OF_OBJECT)),
            Some(_) => Err(ErrorKind::WrongType(path.as_str().to_string(), "a string")),
        }
    }

    fn parse_metadata(&self, record: &impl FieldSource) -> Result<Metadata, ErrorKind> {
        let block = |BlockField { path, window }: &BlockField| match window {
            None => optional_name(Some(path), record),
            Some(window) => optional(Some(path), record, date_for(*window), |value| date::window(value, *window)),
        };
        let score = |path: &FieldPath| converted(path, record.score(path)?.as_deref(), SCORE, as_number);
        let date = |path: &FieldPath| optional(Some(path), record, DATE, date::seconds);
        Ok(Metadata {
            block: self.block.iter().map(block).collect::<Result<_, _>>()?,
            source: optional_name(self.source.as_ref(), record)?,
            scores: self.scores.iter().map(score).collect::<Result<_, _>>()?,
            dates: self.dates.iter().map(date).collect::<Result<_, _>>()?,
            group: optional_name(self.group.as_ref(), record)?,
        })
    }

    /// Returns what a field is read as.
    #[cfg(feature = "formats")]
    pub(crate) fn role(&self, path: &FieldPath) -> FieldRole {
        if self.id.as_ref() == Some(path) {
            FieldRole::Id
        } else if self.text.contains(path) {
            FieldRole::Text
        } else {
            FieldRole::Metadata
        }
    }
}

/// Replaces the module of dates in builds without it. No record gets here: opening an input has failed with
/// [`ErrorKind::NotBuilt`] if it wants dates.
#[cfg(not(feature = "formats"))]
mod date {
    use super::{Value, Window};

    pub(super) fn seconds(_: &Value) -> Option<i64> {
        None
    }

    pub(super) fn window(_: &Value, _: Window) -> Option<String> {
        None
    }
}

/// Returns whether a field is there without a value: it is null, or what it is nested in.
fn is_null(path: &FieldPath, record: &impl FieldSource) -> bool {
    let is_null = |(dot, _)| {
        let outer = record.value(&FieldPath::new(&path.as_str()[..dot]));
        matches!(outer, Ok(Some(value)) if value.is_null())
    };
    matches!(record.has(path), Ok(Some(true))) || path.as_str().match_indices('.').any(is_null)
}

fn parse_id(path: &FieldPath, value: &Value) -> Result<String, ErrorKind> {
    match value {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) => whole(id),
        _ => None,
    }
    .ok_or_else(|| ErrorKind::WrongType(path.as_str().to_string(), ID))
}

/// Writes a number without a fraction. Programs that know no missing integers make numbers such as 7.0 of them.
fn whole(number: &Number) -> Option<String> {
    if number.is_i64() || number.is_u64() {
        return Some(number.to_string());
    }
    // Adding zero makes zero of minus zero.
    number
        .as_f64()
        .filter(|number| number.is_finite() && number.fract() == 0.0)
        .map(|number| format!("{:.0}", number + 0.0))
}

pub(crate) const ID: &str = "a string or an integer, and not empty";
pub(crate) const SCORE: &str = "a finite number";
pub(crate) const TEXT_OF_LIST: &str = "a string; for the texts in a list name them as in messages[].content";
pub(crate) const TEXT_OF_OBJECT: &str = "a string; for a text in an object name it as in article.body";
const OBJECT_AND_NO_LIST: &str = "an object; for the texts in a list name them as in messages[].content";
const STRING: &str = "a string or a number";
const DATE: &str = "a date as in RFC 3339 or RFC 2822 or as 20261125, a year, or seconds or milliseconds since 1970";

/// Describes the dates that have a window: a year is too coarse for shorter windows.
fn date_for(window: Window) -> &'static str {
    match window {
        Window::Year => {
            "a date as in RFC 3339 or RFC 2822 or as 20261125, a year, or seconds or milliseconds since 1970 (from March 1973 on)"
        }
        _ => {
            "a date as in RFC 3339 or RFC 2822 or as 20261125, or seconds or milliseconds since 1970 (from March 1973 on)"
        }
    }
}

/// Reads a field that may be missing, but must not have a value of another type.
fn optional<T>(
    path: Option<&FieldPath>,
    record: &impl FieldSource,
    expected: &'static str,
    convert: impl Fn(&Value) -> Option<T>,
) -> Result<Option<T>, ErrorKind> {
    path.map_or(Ok(None), |path| converted(path, record.value(path)?.as_deref(), expected, convert))
}

/// Reads a field that names something: a block, a source or a group. Its numbers are read as those of ids, so that equal ones are one name,
/// whatever their form and length.
fn optional_name(path: Option<&FieldPath>, record: &impl FieldSource) -> Result<Option<String>, ErrorKind> {
    let Some(path) = path else { return Ok(None) };
    let value = if path.is_list() { record.value(path)? } else { record.id(path)? };
    converted(path, value.as_deref(), STRING, as_name)
}

fn converted<T>(
    path: &FieldPath,
    value: Option<&Value>,
    expected: &'static str,
    convert: impl Fn(&Value) -> Option<T>,
) -> Result<Option<T>, ErrorKind> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match convert(value) {
            Some(converted) => Ok(Some(converted)),
            None => Err(ErrorKind::WrongType(path.as_str().to_string(), expected)),
        },
    }
}

fn as_name(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(whole(number).unwrap_or_else(|| number.to_string())),
        Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// Converts a finite number, which CSV and TSV hold as text.
fn as_number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::String(text) => text.trim().parse().ok()?,
        value => value.as_f64()?,
    };
    f64::is_finite(number).then_some(number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct Record<'a>(&'a Value);

    impl FieldSource for Record<'_> {
        fn value(&self, path: &FieldPath) -> Result<Option<Cow<'_, Value>>, ErrorKind> {
            Ok(path.find(self.0).map(Cow::Borrowed))
        }

        fn names(&self) -> Vec<String> {
            self.0.as_object().map(|object| object.keys().cloned().collect()).unwrap_or_default()
        }
    }

    fn parse(fields: &Fields, record: &Value) -> Result<(String, ParsedRecord), ErrorKind> {
        let mut text = String::new();
        let parsed = fields.parse(&Record(record), &mut text)?;
        Ok((text, parsed))
    }

    #[test]
    fn texts_are_joined_and_some_may_be_missing() {
        let fields = Fields {
            id: Some(FieldPath::new("meta.url")),
            text: ["title", "body"].map(FieldPath::new).to_vec(),
            ..Fields::default()
        };
        let text = |record| parse(&fields, &record).map(|(text, _)| text);
        assert_eq!(text(json!({"meta": {"url": "u"}, "title": "t", "body": "b"})).as_deref(), Ok("t\n\nb"));
        assert_eq!(text(json!({"meta": {"url": "u"}, "title": null, "body": "b"})).as_deref(), Ok("b"));
        assert_eq!(text(json!({"meta": {"url": "u"}, "title": "t", "body": ""})).as_deref(), Ok("t"));
        let missing = |name, role, present: &[&str]| {
            Err(ErrorKind::MissingField(Missing::new(name, role, present.iter().map(ToString::to_string))))
        };
        assert_eq!(text(json!({"meta": {"url": "u"}})), missing("title", FieldRole::Text, &["meta"]));
        let wrong = text(json!({"meta": {"url": "u"}, "title": "t", "body": 1}));
        assert_eq!(wrong, Err(ErrorKind::WrongType("body".to_string(), "a string")));
        let wrong = text(json!({"meta": {"url": "u"}, "title": "t", "body": {"html": "b"}}));
        assert_eq!(wrong, Err(ErrorKind::WrongType("body".to_string(), TEXT_OF_OBJECT)));
        assert_eq!(text(json!({"title": "t"})), missing("meta.url", FieldRole::Id, &["title"]));
    }

    #[test]
    fn a_path_through_a_list_says_how_it_is_written() {
        let fields = Fields { text: vec![FieldPath::new("chat.messages.content")], ..Fields::default() };
        let parsed = parse(&fields, &json!({"id": 1, "chat": {"messages": [{"content": "x"}]}}));
        let refused = parsed.expect_err("a list").to_string();
        assert!(
            refused.contains("\"chat.messages\" must be an object") && refused.contains("messages[].content"),
            "{refused}"
        );
    }

    #[cfg(feature = "formats")]
    fn metadata(fields: &Fields, mut record: Value) -> Result<Metadata, ErrorKind> {
        (record["id"], record["text"]) = (json!(1), json!("x"));
        parse(fields, &record).map(|(_, parsed)| parsed.metadata.expect("wanted"))
    }

    #[cfg(feature = "formats")]
    #[test]
    fn metadata_is_read_where_it_is() {
        let path = |name| Some(FieldPath::new(name));
        let fields = Fields {
            block: vec![BlockField::parse("lang")],
            source: path("site"),
            scores: vec![FieldPath::new("score")],
            dates: vec![FieldPath::new("date")],
            group: path("group"),
            ..Fields::default()
        };
        let metadata = |record| metadata(&fields, record);
        let record = json!({"lang": "en", "site": 7, "score": "1.5", "date": "1970-01-02", "group": "g"});
        let expected = Metadata {
            block: vec![Some("en".into())],
            source: Some("7".into()),
            scores: vec![Some(1.5)],
            dates: vec![Some(86_400)],
            group: Some("g".into()),
        };
        assert_eq!(metadata(record), Ok(expected));
        let nothing = Metadata { block: vec![None], scores: vec![None], dates: vec![None], ..Metadata::default() };
        assert_eq!(metadata(json!({})), Ok(nothing));
        assert_eq!(metadata(json!({"date": 60})).expect("sound").dates, [Some(60)]);
        assert!(metadata(json!({"date": "yesterday"})).is_err());
        assert!(metadata(json!({"score": "good"})).is_err() && metadata(json!({"score": "NaN"})).is_err());
    }

    #[test]
    fn a_text_within_nothing_is_null_and_not_missing() {
        let said = |record: &str| {
            let record = crate::json::RawObject::parse(record).expect("an object");
            let fields = Fields { id: None, text: vec![FieldPath::new("s.t")], ..Fields::default() };
            fields.parse(&record, &mut String::new()).map(|_| ()).map_err(|kind| kind.to_string())
        };
        let error = said(r#"{"a": 1, "s": null}"#).expect_err("no text");
        assert!(error.contains("\"s.t\" is null or empty"), "{error}");
        let error = said(r#"{"a": 1, "s": {}}"#).expect_err("no text");
        assert!(error.contains("\"s.t\" is missing"), "{error}");
    }

    #[cfg(feature = "formats")]
    #[test]
    fn blocks_are_of_several_fields_and_windows() {
        let fields = Fields { block: ["lang", "day:month"].map(BlockField::parse).to_vec(), ..Fields::default() };
        let block = |record| metadata(&fields, record).map(|metadata| metadata.block_name());
        let november = block(json!({"lang": "en", "day": "2026-11-25"})).expect("sound");
        assert_eq!(block(json!({"lang": "en", "day": "2026-11-01T00:30:00+00:00"})).as_ref(), Ok(&november));
        let others = [json!({"lang": "en", "day": "2026-10-25"}), json!({"lang": "en"}), json!({"day": "2026-11-25"})];
        let others: Vec<_> = others.into_iter().chain([json!({}), json!({"lang": ""})]).map(block).collect();
        for (at, other) in others.iter().enumerate() {
            assert!(other.is_ok() && other.as_ref() != Ok(&november) && !others[..at].contains(other), "{at}");
        }
        // In November in Paris, it was October in Greenwich.
        assert_ne!(block(json!({"lang": "en", "day": "2026-11-01T00:30:00+01:00"})).as_ref(), Ok(&november));
        assert_eq!(block(json!({"lang": "en", "day": 20_261_125})), Ok(november));
        for odd in [json!("soon"), json!(u64::MAX), json!(20_261_301), json!([1]), json!(2_026), json!(0)] {
            let refused = ErrorKind::WrongType("day".into(), date_for(Window::Month));
            assert_eq!(block(json!({"lang": "en", "day": odd})), Err(refused));
        }
    }
}
