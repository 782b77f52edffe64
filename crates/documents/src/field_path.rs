//! Paths to fields of records.

use serde_json::Value;

/// Names a field by its path: its name, or names joined by dots if it is nested, such as `meta.url`.
///
/// A name that itself contains dots is found too, and comes before a nested field of the same path. `[]` after a
/// name means each element of a list, such as `messages[].content`; readers join the texts in it as paragraphs,
/// while [`find`](Self::find) finds only single values.
///
/// ```
/// use serde_json::json;
/// use twinprint_documents::FieldPath;
///
/// let path = FieldPath::new("meta.url");
/// assert_eq!(path.find(&json!({"meta": {"url": "x"}})), Some(&json!("x")));
/// assert_eq!(path.find(&json!({"meta.url": "y", "meta": {"url": "x"}})), Some(&json!("y")));
/// assert_eq!(path.find(&json!({"meta": ["url"]})), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldPath(String);

impl FieldPath {
    /// Creates a path from a name, or from names joined by dots.
    pub fn new(path: impl Into<String>) -> Self {
        Self(path.into())
    }

    /// Returns the path as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether the path leads through a list, so that it may name several values.
    ///
    /// ```
    /// use twinprint_documents::FieldPath;
    ///
    /// assert!(FieldPath::new("messages[].content").is_list());
    /// assert!(!FieldPath::new("meta.url").is_list());
    /// ```
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.0.contains("[]")
    }

    /// Returns the value of the field in a JSON object, if it has the field. `null` is a value.
    #[must_use]
    pub fn find<'a>(&self, record: &'a Value) -> Option<&'a Value> {
        find(record, &self.0)
    }
}

/// Finds the field literally called `path`, or else descends into each prefix that ends before a dot.
fn find<'a>(record: &'a Value, path: &str) -> Option<&'a Value> {
    let object = record.as_object()?;
    object
        .get(path)
        .or_else(|| path.match_indices('.').find_map(|(dot, _)| find(object.get(&path[..dot])?, &path[dot + 1..])))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nested_and_dotted_names_are_found() {
        let record = json!({"a": {"b": {"c": 1}, "b.c": 2}, "x.y": {"z": 3}, "l": [{"m": 4}]});
        let find = |path: &str| FieldPath::new(path).find(&record).and_then(Value::as_i64);
        assert_eq!(find("a.b.c"), Some(2));
        assert_eq!(find("x.y.z"), Some(3));
        assert_eq!((find("a.b.d"), find("a.b.c.d"), find("l.m"), find("")), (None, None, None, None));
    }
}
