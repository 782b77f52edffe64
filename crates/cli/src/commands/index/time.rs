//! Times and ages on the command line.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Result, bail};

/// Parses a time: RFC 3339, or seconds since 1970.
pub(crate) fn parse(option: &str, text: &str) -> Result<u64> {
    if let Ok(seconds) = text.parse() {
        return Ok(seconds);
    }
    match humantime::parse_rfc3339_weak(text).map(seconds) {
        Ok(Some(seconds)) => Ok(seconds),
        _ => bail!(
            "{option} is {text:?}; it must be a time from 1970 on, such as 2026-11-27T00:00:00Z, or seconds since 1970"
        ),
    }
}

/// Returns the time before which a document is older than this age.
pub(super) fn before_age(text: &str) -> Result<u64> {
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
        assert_eq!(parse("--before", "1700000000").expect("seconds"), 1_700_000_000);
        assert_eq!(parse("--before", "1970-01-02T00:00:00Z").expect("a date"), 86_400);
        assert!(parse("--before", "yesterday").expect_err("no date").to_string().contains("--before is \"yesterday\""));
        assert!(before_age("30d").expect("an age") + 86_400 * 29 < before_age("1h").expect("an age"));
        assert!(before_age("old").is_err());
    }
}
