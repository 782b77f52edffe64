//! Dates of records: text, or numbers with one of several meanings.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::window::Window;

/// Reads a date of a record as seconds since 1970. A day or a year counts from its beginning.
///
/// Text is RFC 3339 (UTC if it has no offset) or RFC 2822. Numbers, also as text, are a day in eight digits, a year in four, or else
/// seconds since 1970. Returns `None` for what is no date.
///
/// ```
/// let seconds = |value: serde_json::Value| twinprint_documents::date_seconds(&value);
/// assert_eq!(seconds("1970-01-02T00:00:01+00:00".into()), Some(86_401));
/// assert_eq!((seconds(19_700_102.into()), seconds("soon".into())), (Some(86_400), None));
/// ```
#[must_use]
pub fn seconds(value: &Value) -> Option<i64> {
    Some(RecordDate::from_value(value)?.seconds)
}

/// Reads a date and returns the name of its window. Returns `None` if it is no date, too coarse for the window, or
/// outside the calendar.
pub(crate) fn window(value: &Value, window: Window) -> Option<String> {
    RecordDate::from_value(value)?.window(window)
}

/// A date as a record gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct RecordDate {
    seconds: i64,
    precision: Precision,
}

/// Tells how precise a date is, which decides whether a window can be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Precision {
    /// A moment or a day.
    Day,
    /// A year, from four digits.
    Year,
    /// A number without a calendar form, taken as seconds.
    Seconds,
}

/// The least absolute number of seconds that has a window. Smaller numbers would be dates of 1966 to 1973, but are
/// nearly always months such as 202601, or placeholders.
const MIN_SECONDS: u64 = 100_000_000;

impl RecordDate {
    /// Reads RFC 3339 (UTC if it has no offset), RFC 2822, eight digits of a day, four digits of a year, or else seconds
    /// since 1970.
    ///
    /// Numbers may be strings, and may have a decimal point, because table writers add one to integer columns with gaps.
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Self::from_text(text.trim()),
            Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)).map(Self::from_number),
            _ => None,
        }
    }

    /// Reads a date from text: a moment or a day, or else a number.
    fn from_text(text: &str) -> Option<Self> {
        let moment = text.parse::<Timestamp>().ok();
        let moment = moment.or_else(|| utc(text.parse::<DateTime>().ok()?));
        // Feeds and mails write their dates in this way.
        let moment = moment.or_else(|| Some(rfc2822::parse(text).ok()?.timestamp()));
        match moment {
            Some(moment) => Some(Self { seconds: moment.as_second(), precision: Precision::Day }),
            None => text.parse().ok().or_else(|| whole(text.parse().ok()?)).map(Self::from_number),
        }
    }

    /// Reads a date from a number: four digits are a year, eight a day if there is such a day, and any other number is
    /// seconds.
    fn from_number(number: i64) -> Self {
        let start = |year, month, day| Some(utc(Date::new(year, month, day).ok()?.at(0, 0, 0, 0))?.as_second());
        let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
        let (seconds, precision) = match number {
            1_000..=9_999 => (start(number as i16, 1, 1), Precision::Year),
            10_000_000..=99_999_999 => (start(year as i16, month as i8, day as i8), Precision::Day),
            _ => (None, Precision::Seconds),
        };
        match seconds {
            Some(seconds) => Self { seconds, precision },
            None => Self { seconds: number, precision: Precision::Seconds },
        }
    }

    /// Returns the name of the window that contains the date, if the date is precise enough and the calendar reaches
    /// that far.
    fn window(self, window: Window) -> Option<String> {
        let is_precise = match self.precision {
            Precision::Day => true,
            Precision::Year => window == Window::Year,
            Precision::Seconds => self.seconds.unsigned_abs() >= MIN_SECONDS,
        };
        if is_precise { name_of(window, self.seconds) } else { None }
    }
}

/// Returns the name of the window that contains a moment, or `None` outside the calendar.
fn name_of(window: Window, seconds: i64) -> Option<String> {
    let date: Date = TimeZone::UTC.to_datetime(Timestamp::from_second(seconds).ok()?).date();
    Some(match window {
        Window::Day => date.to_string(),
        Window::Week => {
            let week = date.iso_week_date();
            format!("{}-W{:02}", week.year(), week.week())
        }
        Window::Month => format!("{}-{:02}", date.year(), date.month()),
        Window::Year => date.year().to_string(),
    })
}

/// Takes a local time as one of UTC.
fn utc(local: DateTime) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(local).ok()
}

/// Converts a number without a fraction.
fn whole(number: f64) -> Option<i64> {
    // Above 2^53, about 9.007e15, a float no longer holds every integer, and no date is that large.
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn windows(value: &Value) -> [Option<String>; 2] {
        [Window::Month, Window::Year].map(|part| window(value, part))
    }

    #[test]
    fn moments_fall_into_windows() {
        let windows =
            |seconds| [Window::Day, Window::Week, Window::Month, Window::Year].map(|window| name_of(window, seconds));
        let told = |seconds| windows(seconds).map(|window| window.expect("in the calendar"));
        assert_eq!(told(0), ["1970-01-01", "1970-W01", "1970-01", "1970"]);
        assert_eq!(told(-1), ["1969-12-31", "1970-W01", "1969-12", "1969"]);
        // The first of January 2027 is a Friday.
        assert_eq!(told(1_798_761_600), ["2027-01-01", "2026-W53", "2027-01", "2027"]);
        assert_eq!(windows(i64::MAX), [const { None }; 4]);
    }

    #[test]
    fn text_is_a_moment_or_a_day_of_utc() {
        for text in ["1970-01-01T00:01:00Z", "1970-01-01T01:01:00+01:00", " 1970-01-01 00:01:00 "] {
            assert_eq!(seconds(&json!(text)), Some(60), "{text}");
        }
        for text in ["Thu, 01 Jan 1970 00:01:00 GMT", "1 Jan 1970 01:01:00 +0100"] {
            assert_eq!(seconds(&json!(text)), Some(60), "{text}");
        }
        assert_eq!(seconds(&json!("1970-01-02")), Some(86_400));
        for odd in
            [json!("soon"), json!(""), json!("2026-13-01"), json!(1.5), json!("1e300"), json!("NaN"), json!(true)]
        {
            assert_eq!(seconds(&odd), None, "{odd}");
        }
    }

    #[test]
    fn numbers_are_days_years_or_seconds_as_text_too() {
        let told = |month: Option<&str>, year: Option<&str>| [month, year].map(|part| part.map(str::to_string));
        for (number, expected) in [
            (20_260_105, told(Some("2026-01"), Some("2026"))),
            (1_767_571_200, told(Some("2026-01"), Some("2026"))),
            (-1_000_000_000, told(Some("1938-04"), Some("1938"))),
            (2_026, told(None, Some("2026"))),
            // A month, an impossible day, and placeholders.
            (202_601, told(None, None)),
            (20_261_305, told(None, None)),
            (0, told(None, None)),
            (60, told(None, None)),
            (-1, told(None, None)),
            // Milliseconds.
            (1_767_571_200_000_i64, told(None, None)),
        ] {
            for value in [json!(number), json!(number as f64), json!(number.to_string()), json!(format!("{number}.0"))]
            {
                assert!(seconds(&value).is_some(), "{value}");
                assert_eq!(windows(&value), expected, "{value}");
            }
        }
        assert_eq!(seconds(&json!(60)), Some(60), "small numbers are refused as windows only");
        assert_eq!(seconds(&json!("2026")), seconds(&json!("2026-01-01")));
    }

    proptest! {
        #[test]
        fn no_number_is_too_odd(number in any::<i64>(), float in any::<f64>(), text in "[-+0-9.eTZ:]{0,24}") {
            for value in [json!(number), json!(float), json!(text)] {
                window(&value, Window::Week);
            }
            prop_assert_eq!(seconds(&json!(number)).is_some(), true);
        }
    }
}
