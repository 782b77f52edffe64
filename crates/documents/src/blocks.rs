//! Fields by which documents are told apart into blocks.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::fields::FieldPath;

/// A field whose value, or the part of time that it falls into, is a part of the name of a document's block.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BlockField {
    /// The field.
    pub path: FieldPath,
    /// The field holds a date, of which this much counts. Eight digits, as 20261125, are a day, and four, for [`Window::Year`] only,
    /// a year. Other numbers are seconds since 1970; small ones, before March 1973, are refused, for they hardly mean that.
    pub window: Option<Window>,
}

/// A part of time, as the calendar of UTC has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Window {
    /// A day, as `2026-11-25`.
    Day,
    /// A week from Monday to Sunday (ISO 8601), as `2026-W48`.
    Week,
    /// A month, as `2026-11`.
    Month,
    /// A year, as `2026`.
    Year,
}

impl BlockField {
    /// A field by its name, with `:day`, `:week`, `:month` or `:year` behind it if it holds a date of which so much counts.
    /// A colon at the end says that what is before it is all of the name.
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
            windows.into_iter().find_map(|(ending, window)| Some((text.strip_suffix(ending)?, Some(window))));
        let (name, window) = windowed.unwrap_or((text.strip_suffix(':').unwrap_or(text), None));
        Self { path: FieldPath::new(name), window }
    }
}

impl Window {
    /// The part of time that a moment falls into; none where no calendar reaches.
    pub(crate) fn of(self, seconds: i64) -> Option<String> {
        let date: Date = TimeZone::UTC.to_datetime(Timestamp::from_second(seconds).ok()?).date();
        Some(match self {
            Self::Day => date.to_string(),
            Self::Week => {
                let week = date.iso_week_date();
                format!("{}-W{:02}", week.year(), week.week())
            }
            Self::Month => format!("{}-{:02}", date.year(), date.month()),
            Self::Year => date.year().to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_fall_into_windows() {
        let windows = |seconds| [Window::Day, Window::Week, Window::Month, Window::Year].map(|of| of.of(seconds));
        let told = |seconds| windows(seconds).map(|window| window.expect("in the calendar"));
        assert_eq!(told(0), ["1970-01-01", "1970-W01", "1970-01", "1970"]);
        assert_eq!(told(-1), ["1969-12-31", "1970-W01", "1969-12", "1969"]);
        // The first of January 2027 is a Friday.
        assert_eq!(told(1_798_761_600), ["2027-01-01", "2026-W53", "2027-01", "2027"]);
        assert_eq!(windows(i64::MAX), [const { None }; 4]);
    }
}
