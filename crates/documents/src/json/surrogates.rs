//! Escapes of lone surrogates.

use std::borrow::Cow;

/// Replaces the escapes of lone surrogates in a line of JSON, such as `\ud800`, by that of U+FFFD. Programs that cut
/// UTF-16 strings between two halves of a character write them.
pub(crate) fn with_whole_surrogates(line: &str) -> Cow<'_, str> {
    let mut repaired = String::new();
    let (mut kept, mut at) = (0, 0);
    while let Some(backslash) = memchr::memchr(b'\\', &line.as_bytes()[at..]).map(|found| at + found) {
        at = match unit(line, backslash) {
            Some(0xd800..=0xdbff) if matches!(unit(line, backslash + 6), Some(0xdc00..=0xdfff)) => backslash + 12,
            Some(0xd800..=0xdfff) => {
                repaired.push_str(&line[kept..backslash]);
                repaired.push_str("\\ufffd");
                kept = backslash + 6;
                kept
            }
            Some(_) => backslash + 6,
            // The escaped character may be another backslash.
            None => backslash + 2,
        };
        if at >= line.len() {
            break;
        }
    }
    if kept == 0 {
        return Cow::Borrowed(line);
    }
    repaired.push_str(&line[kept..]);
    Cow::Owned(repaired)
}

/// Returns the UTF-16 code unit of the escape at an offset.
fn unit(line: &str, at: usize) -> Option<u16> {
    let digits = line.get(at..at + 6)?.strip_prefix("\\u")?;
    if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) { u16::from_str_radix(digits, 16).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lone_surrogates_are_replaced() {
        for (line, expected) in [
            (r#""x\ud800y""#, r#""x\ufffdy""#),
            (r#""\ude00\ud83d\ude00\ud83d""#, r#""\ufffd\ud83d\ude00\ufffd""#),
            (r#""\\ud800 \n \u00e9""#, r#""\\ud800 \n \u00e9""#),
            (r#""\uD800\uD800\uDC00""#, r#""\ufffd\uD800\uDC00""#),
            (r#""\\"#, r#""\\"#),
            ("\"é\\", "\"é\\"),
        ] {
            assert_eq!(with_whole_surrogates(line), expected, "{line}");
        }
    }
}
