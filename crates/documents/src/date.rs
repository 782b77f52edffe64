//! Dates of records: text, or numbers with one of several meanings.

use std::borrow::Cow;

use jiff::SignedDuration;
use jiff::civil::{self, Date, DateTime};
use jiff::fmt::rfc2822;
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use serde_json::Value;

use crate::window::Window;

/// Reads a date of a record as seconds since 1970. A day or a year counts from its beginning.
///
/// Text is RFC 3339 (UTC if it has no offset) or RFC 2822. Numbers, also as text, are a day in eight digits, a year in four, or else
/// a time since 1970, whose size tells its unit: seconds, from 10^11 on milliseconds, from 10^14 on microseconds, from 10^17 on
/// nanoseconds. So 10^11, which is the year 5138 in seconds, is March 1973. A number after `@` is seconds, whatever its size.
/// Fractions of a second are left out, so that moments within one second are equal. Returns `None` for what is no date, such as eight
/// digits that are no day, or a fraction of a year.
///
/// ```
/// let seconds = |value: serde_json::Value| twinprint_documents::date_seconds(&value);
/// assert_eq!(seconds("1970-01-02T00:00:01+00:00".into()), Some(86_401));
/// assert_eq!((seconds(19_700_102.into()), seconds("soon".into())), (Some(86_400), None));
/// assert_eq!(seconds(1_793_491_200_000_i64.into()), seconds("2026-11-01".into()));
/// assert_eq!((seconds(1_793_491_200.75.into()), seconds(2026.5.into())), (Some(1_793_491_200), None));
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
    /// A number without a calendar form, taken as a time since 1970.
    Number,
}

/// The least absolute number of seconds that has a window. Smaller numbers would be dates of 1966 to 1973, but are
/// nearly always months such as 202601, or placeholders.
const MIN_SECONDS: u64 = 100_000_000;

/// The least absolute number that counts in a unit finer than seconds, and its units per second. Programs write times in all of these, and
/// their numbers of the same years lie far apart.
const FINER_UNITS: [(u64, i64); 3] =
    [(100_000_000_000_000_000, 1_000_000_000), (100_000_000_000_000, 1_000_000), (100_000_000_000, 1_000)];

const EPOCH: DateTime = civil::datetime(1970, 1, 1, 0, 0, 0, 0);

impl RecordDate {
    /// Reads RFC 3339 (UTC if it has no offset), RFC 2822, eight digits of a day, four digits of a year, or else a time
    /// since 1970.
    ///
    /// Numbers may be strings, and may have a decimal point, because table writers add one to integer columns with gaps.
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Self::from_text(text.trim()),
            Value::Number(number) => match number.as_i64() {
                Some(number) => Self::from_number(number),
                None => Self::from_float(number.as_f64()?),
            },
            _ => None,
        }
    }

    /// Reads a date from text: a moment or a day, or else a number.
    fn from_text(text: &str) -> Option<Self> {
        // Feeds and mails write their dates in this way.
        let of_mail = || Some(rfc2822::parse(text).ok()?.timestamp().as_second());
        if let Some(seconds) = moment(text).or_else(of_mail) {
            return Some(Self { seconds, precision: Precision::Day });
        }
        match text.strip_prefix('@') {
            Some(seconds) => Some(Self { seconds: seconds.parse().ok()?, precision: Precision::Number }),
            None => match text.parse() {
                Ok(number) => Self::from_number(number),
                Err(_) => Self::from_float(text.parse().ok()?),
            },
        }
    }

    /// Reads a date from a number: four digits are a year, eight a day, and any other number is a time since 1970.
    fn from_number(number: i64) -> Option<Self> {
        let start = |year, month, day| Some(since_epoch(Date::new(year, month, day).ok()?.at(0, 0, 0, 0)));
        let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
        let (seconds, precision) = match number {
            1_000..=9_999 => (start(number as i16, 1, 1)?, Precision::Year),
            10_000_000..=99_999_999 => (start(year as i16, month as i8, day as i8)?, Precision::Day),
            _ => (in_seconds(number), Precision::Number),
        };
        Some(Self { seconds, precision })
    }

    /// Reads a date from a float: a time since 1970 may have a fraction, a year or a day in digits may not.
    fn from_float(number: f64) -> Option<Self> {
        let date = Self::from_number(integer(number.floor())?)?;
        (number.fract() == 0.0 || date.precision == Precision::Number).then_some(date)
    }

    /// Returns the name of the window that contains the date, if the date is precise enough and the calendar reaches
    /// that far.
    fn window(self, window: Window) -> Option<String> {
        let is_precise = match self.precision {
            Precision::Day => true,
            Precision::Year => window == Window::Year,
            Precision::Number => self.seconds.unsigned_abs() >= MIN_SECONDS,
        };
        if is_precise { name_of(window, self.seconds) } else { None }
    }
}

/// Returns the name of the window that contains a moment, or `None` outside the calendar.
fn name_of(window: Window, seconds: i64) -> Option<String> {
    let date = utc(SignedDuration::from_secs(seconds))?.date();
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

/// Digits of a fraction of a second that are read: RFC 3339 allows any number.
const FRACTION_DIGITS: usize = 9;

/// Leaves out the digits of a fraction that are too fine to be read.
fn without_fine_fraction(text: &str) -> Cow<'_, str> {
    let Some((before, fraction)) = text.split_once('.') else { return Cow::Borrowed(text) };
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
    if digits <= FRACTION_DIGITS {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{before}.{}{}", &fraction[..FRACTION_DIGITS], &fraction[digits..]))
}

/// Reads a moment or a day as seconds since 1970.
fn moment(text: &str) -> Option<i64> {
    let text = without_fine_fraction(text);
    let pieces = Pieces::parse(&*text).ok()?;
    let local = pieces.date().to_datetime(pieces.time().unwrap_or_default());
    let offset = pieces.to_numeric_offset().map_or(0, Offset::seconds);
    Some(since_epoch(local) - i64::from(offset))
}

/// Returns the date and clock of UTC at a time since 1970, or `None` outside the calendar. The timestamps of the library would end a day
/// before the last one of the year 9999, which stands for "never" in many tables.
pub(crate) fn utc(since_epoch: SignedDuration) -> Option<DateTime> {
    EPOCH.checked_add(since_epoch).ok()
}

/// Returns the whole seconds from 1970 to a time of UTC.
fn since_epoch(utc: DateTime) -> i64 {
    let since = utc.duration_since(EPOCH);
    since.as_secs() - i64::from(since.subsec_nanos() < 0)
}

/// Converts a time since 1970, in the unit that its size tells, to whole seconds.
fn in_seconds(number: i64) -> i64 {
    let unit = FINER_UNITS.iter().find(|(least, _)| number.unsigned_abs() >= *least);
    number.div_euclid(unit.map_or(1, |(_, per_second)| *per_second))
}

/// Converts a number without a fraction, if it fits.
fn integer(number: f64) -> Option<i64> {
    // Above 2^53 a float no longer holds every integer, but such a time is exact to a microsecond.
    (number.abs() < i64::MAX as f64).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fraction_of_a_second_has_any_number_of_digits() {
        let whole = seconds(&json!("2024-02-29T10:00:07Z"));
        assert!(whole.is_some());
        for fraction in ["1", "123456789", "1234567891", "000000000000000000001", "99999999999999999999"] {
            for (offset, behind) in [("Z", 0), ("+02:00", 7_200), ("", 0)] {
                let text = format!("2024-02-29T10:00:07.{fraction}{offset}");
                assert_eq!(seconds(&json!(text)), whole.map(|whole| whole - behind), "{text}");
            }
        }
        assert_eq!(seconds(&json!("2024-02-29T10:00:07.12345678912x")), None);
    }

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
        for odd in [
            json!("soon"),
            json!(""),
            json!("2026-13-01"),
            json!(2026.5),
            json!("20261125.5"),
            json!("1e300"),
            json!("NaN"),
            json!(true),
        ] {
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
            // A month, and placeholders.
            (202_601, told(None, None)),
            (0, told(None, None)),
            (60, told(None, None)),
            (-1, told(None, None)),
            // Milliseconds, microseconds and nanoseconds.
            (1_767_571_200_000_i64, told(Some("2026-01"), Some("2026"))),
            (1_767_571_200_000_000, told(Some("2026-01"), Some("2026"))),
            (1_767_571_200_000_000_000, told(Some("2026-01"), Some("2026"))),
            (-1_000_000_000_000, told(Some("1938-04"), Some("1938"))),
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

    #[test]
    fn the_size_of_a_number_tells_its_unit() {
        for (number, expected) in [
            (99_999_999_999_i64, 99_999_999_999),
            (100_000_000_000, 100_000_000),
            (99_999_999_999_999, 99_999_999_999),
            (100_000_000_000_000, 100_000_000),
            (99_999_999_999_999_999, 99_999_999_999),
            (100_000_000_000_000_000, 100_000_000),
            (i64::MAX, 9_223_372_036),
            (-99_999_999_999, -99_999_999_999),
            (-100_000_000_001, -100_000_001),
        ] {
            assert_eq!(seconds(&json!(number)), Some(expected), "{number}");
            assert_eq!(seconds(&json!(format!("@{number}"))), Some(number), "{number}");
        }
        // March 1973, from which on windows have names.
        assert_eq!(windows(&json!(100_000_000_000_i64)), windows(&json!(100_000_000)));
        assert_eq!(window(&json!(100_000_000_000_i64), Window::Day).as_deref(), Some("1973-03-03"));
        assert_eq!([json!(u64::MAX), json!("@"), json!("@soon"), json!("@1.5")].map(|odd| seconds(&odd)), [None; 4]);
    }

    #[test]
    fn a_time_since_1970_may_have_a_fraction() {
        for (number, expected) in
            [(1.5, 1), (-0.5, -1), (1_767_571_200.999, 1_767_571_200), (1_767_571_200_999.5, 1_767_571_200)]
        {
            for value in [json!(number), json!(number.to_string())] {
                assert_eq!(seconds(&value), Some(expected), "{value}");
            }
        }
        assert_eq!(window(&json!(1_767_571_200.5), Window::Day).as_deref(), Some("2026-01-05"));
    }

    #[test]
    fn eight_digits_are_a_day_or_no_date() {
        for odd in [20_261_301, 20_260_230, 20_260_100, 10_000_000, 99_999_999] {
            for value in [json!(odd), json!(f64::from(odd)), json!(odd.to_string())] {
                assert_eq!((seconds(&value), window(&value, Window::Day)), (None, None), "{value}");
            }
        }
        assert_eq!(seconds(&json!(20_240_229)), seconds(&json!("2024-02-29")));
    }

    #[test]
    fn the_calendar_ends_with_the_year_9999() {
        let last_day = Some(253_402_214_400);
        for (last, expected) in [
            (json!("9999-12-31"), last_day),
            (json!(99_991_231), last_day),
            (json!("9999-12-31T00:00:00Z"), last_day),
            (json!("9999-12-31T23:59:59.999Z"), last_day.map(|second| second + 86_399)),
            (json!("9999-12-31T01:00:00+01:00"), last_day),
        ] {
            assert_eq!(seconds(&last), expected, "{last}");
            assert_eq!(window(&last, Window::Day).as_deref(), Some("9999-12-31"), "{last}");
            assert_eq!(window(&last, Window::Week).as_deref(), Some("9999-W52"), "{last}");
        }
        assert_eq!(window(&json!("9999-12-31T23:59:59-01:00"), Window::Day), None);
    }

    proptest! {
        #[test]
        fn no_number_is_too_odd(number in any::<i64>(), float in any::<f64>(), text in "[-+0-9.eTZ:]{0,24}") {
            for value in [json!(number), json!(float), json!(text)] {
                window(&value, Window::Week);
            }
            let may_be_no_day = (10_000_000..100_000_000).contains(&number);
            prop_assert!(may_be_no_day || seconds(&json!(number)).is_some());
        }
    }
}
