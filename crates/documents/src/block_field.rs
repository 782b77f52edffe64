//! Fields that assign documents to blocks.

use crate::field_path::FieldPath;
use crate::window::Window;

/// Names a field whose value, or the calendar window of its date, becomes a part of the name of a document's block.
///
/// Only documents of one block are compared with each other: of one language, say, or published in one month.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BlockField {
    /// The field.
    pub path: FieldPath,
    /// The window to use if the field holds a date; `None` uses the value itself.
    ///
    /// Eight digits, such as 20261125, are a day. Four digits are a year, for [`Window::Year`] only. Other numbers are
    /// seconds since 1970, from 10^11 on milliseconds, from 10^14 on microseconds, and from 10^17 on nanoseconds. Times
    /// under 100,000,000 seconds (March 1973) are refused, because they are hardly ever meant as seconds.
    pub window: Option<Window>,
}

impl BlockField {
    /// Parses a field name, followed by `:day`, `:week`, `:month` or `:year` if it holds a date. A colon at the end
    /// marks all that precedes it as the name.
    ///
    /// ```
    /// use twinprint_documents::{BlockField, FieldPath, Window};
    ///
    /// let parsed = |text| (BlockField::parse(text).path.as_str().to_string(), BlockField::parse(text).window);
    /// assert_eq!(parsed("meta.date:month"), ("meta.date".to_string(), Some(Window::Month)));
    /// assert_eq!(parsed("lang"), ("lang".to_string(), None));
    /// assert_eq!(parsed("dc:date:"), ("dc:date".to_string(), None));
    /// assert_eq!(parsed("first:day:"), ("first:day".to_string(), None));
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let windows =
            [(":day", Window::Day), (":week", Window::Week), (":month", Window::Month), (":year", Window::Year)];
        let windowed =
            windows.into_iter().find_map(|(suffix, window)| Some((text.strip_suffix(suffix)?, Some(window))));
        let (name, window) = windowed.unwrap_or((text.strip_suffix(':').unwrap_or(text), None));
        Self { path: FieldPath::new(name), window }
    }
}
