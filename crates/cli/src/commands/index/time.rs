//! Times and ages on the command line.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Result, bail};
use twinprint_documents::date_seconds;

/// The least plain number that is taken as a time, in seconds since 1970: March 1973. Smaller ones are nearly always years, months or ages.
const MIN_SECONDS: u64 = 100_000_000;

/// Eight digits, which are a day.
const DAY: std::ops::Range<u64> = 10_000_000..100_000_000;

/// Parses a time: a date as fields have it, such as RFC 3339 or eight digits of a day, or a time since 1970.
///
/// Refuses numbers that are hardly meant as times, because a document with a wrong time expires at once.
pub(crate) fn parse(option: &str, text: &str) -> Result<u64> {
    let trimmed = text.trim();
    let seconds = date_seconds(&trimmed.into()).and_then(|seconds| u64::try_from(seconds).ok());
    let number = trimmed.parse::<u64>().ok();
    match (seconds, number) {
        (_, Some(year @ 1_000..=9_999)) => {
            bail!("{option} is {text:?}, which is a year; give a day, such as {year}-01-01")
        }
        (Some(seconds), Some(number)) if seconds < MIN_SECONDS && !DAY.contains(&number) => {
            bail!("{option} is {text:?}, which is too small for seconds since 1970; give a date, such as 2026-11-27")
        }
        (Some(seconds), number) if number.is_some() || trimmed.parse::<f64>().is_err() => Ok(seconds),
        _ => bail!(
            "{option} is {text:?}; it must be a time from 1970 on, such as 2026-11-27 or 2026-11-27T00:00:00Z, or seconds or milliseconds \
             since 1970"
        ),
    }
}

/// Returns the time before which a document is older than this age.
pub(super) fn before_age(text: &str) -> Result<u64> {
    let mut units = text.split(|character: char| !character.is_alphabetic());
    // The parser takes them for minutes and for months, and documents that are removed by mistake are lost.
    if let Some(unit) = units.find(|unit| unit.eq_ignore_ascii_case("m")) {
        bail!(
            "--older-than is {text:?}, and {unit} can mean minutes or months; write min or months, as in 90min or 3months"
        );
    }
    let Ok(age) = humantime::parse_duration(text) else {
        bail!("--older-than is {text:?}; it must be an age such as 30d, 12h or 90min");
    };
    Ok(SystemTime::now().checked_sub(age).and_then(seconds).unwrap_or(0))
}

fn seconds(time: SystemTime) -> Option<u64> {
    time.duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_dates_or_seconds() {
        let november = 1_793_491_200;
        for (text, expected) in [
            ("1700000000", 1_700_000_000),
            ("1700000000000", 1_700_000_000),
            ("1700000000000000000", 1_700_000_000),
            ("100000000000", 100_000_000),
            ("19700102", 86_400),
            ("9999-12-31", 253_402_214_400),
            ("1970-01-02T00:00:00Z", 86_400),
            ("1970-01-02", 86_400),
            ("1970-01-02 00:00:01", 86_401),
            ("20261101", november),
            ("2026-11-01", november),
            ("2026-11-01T01:00:00+01:00", november),
            ("Sun, 01 Nov 2026 00:00:00 GMT", november),
        ] {
            assert_eq!(parse("--before", text).expect("a time"), expected, "{text}");
        }
    }

    #[test]
    fn what_is_hardly_a_time_is_refused() {
        for (text, reason) in [
            ("yesterday", "--before is \"yesterday\"; it must be"),
            ("2027", "which is a year; give a day, such as 2027-01-01"),
            ("202611", "too small"),
            ("20261301", "from 1970 on"),
            ("0", "too small"),
            ("30", "too small"),
            ("99999999999999999999", "from 1970 on"),
            ("-5", "from 1970 on"),
            ("1e9", "from 1970 on"),
            ("20261101.0", "from 1970 on"),
            ("1969-12-31", "from 1970 on"),
            ("", "from 1970 on"),
        ] {
            let said = parse("--before", text).expect_err(text).to_string();
            assert!(said.contains(reason), "{text}: {said}");
        }
    }

    #[test]
    fn ages_name_their_units() {
        assert!(before_age("30d").expect("an age") + 86_400 * 29 < before_age("1h").expect("an age"));
        assert!(before_age("3months").expect("an age") < before_age("90min").expect("an age"));
        for text in ["old", "30", "", "-1d"] {
            assert!(before_age(text).expect_err(text).to_string().contains("an age such as 30d"), "{text}");
        }
        for text in ["1m", "1M", "2h 30m"] {
            assert!(before_age(text).expect_err(text).to_string().contains("minutes or months"), "{text}");
        }
    }
}
