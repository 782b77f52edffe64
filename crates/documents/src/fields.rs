//! Which fields of a record are its id, its text, and what else is known of it.

use std::borrow::Cow;

use serde_json::Value;

use crate::blocks::{BlockField, Window};
use crate::dates::Moment;
use crate::error::Reason;

/// The way to a field: its name, or names joined by dots where it is nested. A name that holds dots itself is found too.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldPath(String);

impl FieldPath {
    /// A field by its name, or by its way: `meta.url`.
    pub fn new(path: impl Into<String>) -> Self {
        Self(path.into())
    }

    /// The path as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The field of a JSON object.
    #[must_use]
    pub fn find<'a>(&self, record: &'a Value) -> Option<&'a Value> {
        find(record, &self.0)
    }
}

/// The field that is literally called so, or the one inside that the first name says.
fn find<'a>(record: &'a Value, path: &str) -> Option<&'a Value> {
    let object = record.as_object()?;
    object
        .get(path)
        .or_else(|| path.match_indices('.').find_map(|(dot, _)| find(object.get(&path[..dot])?, &path[dot + 1..])))
}

/// What to read of each record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    /// The id; `None` makes one of the name of the file and the number of the record in it.
    pub id: Option<FieldPath>,
    /// Records that lack an id get one made.
    pub id_if_present: bool,
    /// The text: of several fields, paragraphs one after the other. Of several, some may be missing.
    pub text: Vec<FieldPath>,
    /// What makes the block, such as a language, in which documents are compared: one field, or several.
    pub block: Vec<BlockField>,
    /// The source, such as an outlet.
    pub source: Option<FieldPath>,
    /// A number that says how good a document is.
    pub score: Option<FieldPath>,
    /// The date: as in RFC 3339, as `20261125`, a year, or else in seconds since 1970.
    pub date: Option<FieldPath>,
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
            score: None,
            date: None,
        }
    }
}

/// What is known of a document besides its text, as far as it was [asked for](Fields).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// What its block is called by each of the fields, if it has them.
    pub block: Vec<Option<String>>,
    /// Its source.
    pub source: Option<String>,
    /// Its score.
    pub score: Option<f64>,
    /// Its date, in seconds since 1970.
    pub date: Option<i64>,
}

impl Facts {
    /// The name of its block, which others have only if they agree in every field: of one field its value, empty without it.
    #[must_use]
    pub fn block_name(&self) -> String {
        match self.block.as_slice() {
            [] => String::new(),
            [one] => one.clone().unwrap_or_default(),
            several => Value::from(several.to_vec()).to_string(),
        }
    }
}

impl Fields {
    /// The names of id and text, where nothing else is wanted and they are nested in nothing.
    pub(crate) fn plain(&self) -> Option<(&str, &str)> {
        match (&self.id, self.text.as_slice()) {
            (Some(id), [text]) if !self.id_if_present && !self.have_facts() && id != text => {
                (!id.0.contains('.') && !text.0.contains('.')).then_some((&id.0, &text.0))
            }
            _ => None,
        }
    }

    /// Nothing but id and text.
    #[must_use]
    pub fn without_facts(self) -> Self {
        Self { block: Vec::new(), source: None, score: None, date: None, ..self }
    }

    /// Whether anything is wanted besides id and text.
    #[must_use]
    pub fn have_facts(&self) -> bool {
        !self.block.is_empty() || [&self.source, &self.score, &self.date].into_iter().any(Option::is_some)
    }

    /// All fields that are read.
    pub fn all(&self) -> impl Iterator<Item = &FieldPath> {
        let facts = [&self.id, &self.source, &self.score, &self.date];
        facts.into_iter().flatten().chain(self.block.iter().map(|field| &field.path)).chain(&self.text)
    }

    /// Appends the text of a record, given a way to its fields; returns its id, if it has one of its own, and its facts.
    pub(crate) fn read<'a>(
        &self,
        get: impl Fn(&FieldPath) -> Option<Cow<'a, Value>>,
        text: &mut String,
    ) -> Result<(Option<String>, Facts), Reason> {
        let id = match &self.id {
            Some(path) if !(self.id_if_present && get(path).is_none_or(|id| id.is_null())) => {
                Some(id_of(path, get(path).as_deref())?)
            }
            _ => None,
        };
        let start = text.len();
        for path in &self.text {
            self.append_text(path, get(path).as_deref(), start, text)?;
        }
        if self.text.iter().all(|path| get(path).is_none_or(|value| value.is_null())) {
            return Err(Reason::MissingField(self.text.first().map_or_else(String::new, |path| path.0.clone())));
        }
        let block = |BlockField { path, window }: &BlockField| match window {
            None => fact(Some(path), &get, STRING, as_string),
            Some(window) => fact(Some(path), &get, window_of(*window), |value| Moment::read(value)?.window(*window)),
        };
        let facts = Facts {
            block: self.block.iter().map(block).collect::<Result<_, _>>()?,
            source: fact(self.source.as_ref(), &get, STRING, as_string)?,
            score: fact(self.score.as_ref(), &get, "a number", as_number)?,
            date: fact(self.date.as_ref(), &get, DATE, |value| Some(Moment::read(value)?.seconds))?,
        };
        Ok((id, facts))
    }

    fn append_text(
        &self,
        path: &FieldPath,
        value: Option<&Value>,
        start: usize,
        text: &mut String,
    ) -> Result<(), Reason> {
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
            Some(_) => Err(Reason::WrongKind(path.0.clone(), "a string")),
        }
    }
}

fn id_of(path: &FieldPath, value: Option<&Value>) -> Result<String, Reason> {
    match value {
        Some(Value::String(id)) => Ok(id.clone()),
        Some(Value::Number(id)) if id.is_i64() || id.is_u64() => Ok(id.to_string()),
        Some(_) => Err(Reason::WrongKind(path.0.clone(), "a string or an integer")),
        None => Err(Reason::MissingField(path.0.clone())),
    }
}

/// What facts are.
const STRING: &str = "a string or a number";
const DATE: &str = "a date as in RFC 3339 or as 20261125, a year, or seconds since 1970";

/// What a fact is of which a part of time is taken.
fn window_of(window: Window) -> &'static str {
    match window {
        Window::Year => "a date as in RFC 3339 or as 20261125, a year, or seconds since 1970 (from March 1973 on)",
        _ => "a date as in RFC 3339 or as 20261125, or seconds since 1970 (from March 1973 on)",
    }
}

/// A fact that may be missing, but not be of another kind.
fn fact<'a, T>(
    path: Option<&FieldPath>,
    get: impl Fn(&FieldPath) -> Option<Cow<'a, Value>>,
    expected: &'static str,
    convert: impl Fn(&Value) -> Option<T>,
) -> Result<Option<T>, Reason> {
    let Some(path) = path else { return Ok(None) };
    match get(path).as_deref() {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match convert(value) {
            Some(fact) => Ok(Some(fact)),
            None => Err(Reason::WrongKind(path.0.clone(), expected)),
        },
    }
}

fn as_string(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// Tables without types hold numbers as text.
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

    fn read(fields: &Fields, record: &Value) -> Result<(Option<String>, String, Facts), Reason> {
        let mut text = String::new();
        let (id, facts) = fields.read(|path| path.find(record).map(Cow::Borrowed), &mut text)?;
        Ok((id, text, facts))
    }

    #[test]
    fn nested_and_dotted_names_are_found() {
        let record = json!({"a": {"b": {"c": 1}, "b.c": 2}, "x.y": {"z": 3}, "l": [{"m": 4}]});
        let find = |path: &str| FieldPath::new(path).find(&record).and_then(Value::as_i64);
        assert_eq!(find("a.b.c"), Some(2));
        assert_eq!(find("x.y.z"), Some(3));
        assert_eq!((find("a.b.d"), find("a.b.c.d"), find("l.m"), find("")), (None, None, None, None));
    }

    #[test]
    fn texts_are_joined_and_some_may_be_missing() {
        let fields = Fields {
            id: Some(FieldPath::new("meta.url")),
            text: ["title", "body"].map(FieldPath::new).to_vec(),
            ..Fields::default()
        };
        let text = |record| read(&fields, &record).map(|(_, text, _)| text);
        assert_eq!(text(json!({"meta": {"url": "u"}, "title": "t", "body": "b"})).as_deref(), Ok("t\n\nb"));
        assert_eq!(text(json!({"meta": {"url": "u"}, "title": null, "body": "b"})).as_deref(), Ok("b"));
        assert_eq!(text(json!({"meta": {"url": "u"}, "title": "t", "body": ""})).as_deref(), Ok("t"));
        assert_eq!(text(json!({"meta": {"url": "u"}})), Err(Reason::MissingField("title".to_string())));
        let wrong = text(json!({"meta": {"url": "u"}, "title": "t", "body": 1}));
        assert_eq!(wrong, Err(Reason::WrongKind("body".to_string(), "a string")));
        assert_eq!(text(json!({"title": "t"})), Err(Reason::MissingField("meta.url".to_string())));
    }

    #[test]
    fn facts_are_read_where_they_are() {
        let path = |name| Some(FieldPath::new(name));
        let fields = Fields {
            block: vec![BlockField::parse("lang")],
            source: path("site"),
            score: path("score"),
            date: path("date"),
            ..Fields::default()
        };
        let facts = |mut record: Value| {
            (record["id"], record["text"]) = (json!(1), json!("x"));
            read(&fields, &record).map(|(_, _, facts)| facts)
        };
        let found = facts(json!({"lang": "en", "site": 7, "score": "1.5", "date": "1970-01-02"})).expect("sound");
        let expected =
            Facts { block: vec![Some("en".into())], source: Some("7".into()), score: Some(1.5), date: Some(86_400) };
        assert_eq!(found, expected);
        assert_eq!(facts(json!({})), Ok(Facts { block: vec![None], ..Facts::default() }));
        assert_eq!(facts(json!({"date": 60})).expect("sound").date, Some(60));
        assert!(facts(json!({"date": "yesterday"})).is_err());
        assert!(facts(json!({"score": "good"})).is_err() && facts(json!({"score": "NaN"})).is_err());
    }

    #[test]
    fn blocks_are_of_several_fields_and_parts_of_time() {
        let fields = Fields { block: ["lang", "day:month"].map(BlockField::parse).to_vec(), ..Fields::default() };
        let block = |mut record: Value| {
            (record["id"], record["text"]) = (json!(1), json!("x"));
            read(&fields, &record).map(|(_, _, facts)| facts.block_name())
        };
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
        for odd in [json!("soon"), json!(i64::MAX), json!([1]), json!(2_026), json!(0)] {
            let refused = Reason::WrongKind("day".into(), window_of(Window::Month));
            assert_eq!(block(json!({"lang": "en", "day": odd})), Err(refused));
        }
    }
}
