//! Dates as records have them: text, or numbers that mean one thing or another.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::blocks::Window;

/// A date that a record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Seconds since 1970; of a day or a year those when it begins.
    pub(crate) seconds: i64,
    /// What that is taken from.
    said: Said,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// A moment or a day.
    Day,
    /// Four digits: a year, and nothing of its months.
    Year,
    /// A number of seconds.
    Seconds,
}

/// Numbers nearer to zero are seconds of 1966 to 1973. They hardly ever mean that: most are months such as 202601, or stand for
/// nothing.
const SMALL: u64 = 100_000_000;

impl Moment {
    /// A date as in RFC 3339 (without an offset, of UTC), eight digits of a day, four of a year, or else seconds since 1970. A
    /// number may be text, and may be written with a point, as tables do where some are missing.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Self::of_text(text.trim()),
            Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)).map(Self::of_number),
            _ => None,
        }
    }

    fn of_text(text: &str) -> Option<Self> {
        let moment = text.parse::<Timestamp>().ok();
        let moment = moment.or_else(|| utc(text.parse::<DateTime>().ok()?));
        match moment {
            Some(moment) => Some(Self { seconds: moment.as_second(), said: Said::Day }),
            None => text.parse().ok().or_else(|| whole(text.parse().ok()?)).map(Self::of_number),
        }
    }

    fn of_number(number: i64) -> Self {
        let day = |year, month, day| Some(utc(Date::new(year, month, day).ok()?.at(0, 0, 0, 0))?.as_second());
        let (year, month, of_month) = (number / 10_000, number / 100 % 100, number % 100);
        let (begins, said) = match number {
            1_000..=9_999 => (day(number as i16, 1, 1), Said::Year),
            10_000_000..=99_999_999 => (day(year as i16, month as i8, of_month as i8), Said::Day),
            _ => (None, Said::Seconds),
        };
        match begins {
            Some(seconds) => Self { seconds, said },
            None => Self { seconds: number, said: Said::Seconds },
        }
    }

    /// The part of time that it falls into; none where it does not say that, or no calendar reaches.
    pub(crate) fn window(self, window: Window) -> Option<String> {
        let says = match self.said {
            Said::Day => true,
            Said::Year => window == Window::Year,
            Said::Seconds => self.seconds.unsigned_abs() >= SMALL,
        };
        if says { window.of(self.seconds) } else { None }
    }
}

fn utc(local: DateTime) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(local).ok()
}

/// A number without a fraction.
fn whole(number: f64) -> Option<i64> {
    // Greater ones are no moments, and not all of them can be told apart.
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn seconds(value: &Value) -> Option<i64> {
        Moment::read(value).map(|moment| moment.seconds)
    }

    fn windows(value: &Value) -> [Option<String>; 2] {
        let moment = Moment::read(value).expect("a date");
        [Window::Month, Window::Year].map(|window| moment.window(window))
    }

    #[test]
    fn text_is_a_moment_or_a_day_of_utc() {
        for text in ["1970-01-01T00:01:00Z", "1970-01-01T01:01:00+01:00", " 1970-01-01 00:01:00 "] {
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
            // A month, a day that is none, and what stands for nothing.
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
                assert_eq!(windows(&value), expected, "{value}");
            }
        }
        assert_eq!(seconds(&json!(60)), Some(60), "outside of windows they are what they were");
        assert_eq!(seconds(&json!("2026")), seconds(&json!("2026-01-01")));
    }

    proptest! {
        #[test]
        fn no_number_is_too_odd(number in any::<i64>(), float in any::<f64>(), text in "[-+0-9.eTZ:]{0,24}") {
            for value in [json!(number), json!(float), json!(text)] {
                if let Some(moment) = Moment::read(&value) {
                    moment.window(Window::Week);
                }
            }
            prop_assert_eq!(seconds(&json!(number)).is_some(), true);
        }
    }
}
