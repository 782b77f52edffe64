//! Escapes for ids and names, in tables and on terminals.
//!
//! Both use the escapes of JSON strings, and both can be undone: a backslash is always doubled in a table.

use std::borrow::Cow;
use std::fmt::Write;

/// Escapes a value for a column of a table: a backslash, a tab, a line feed and a carriage return become `\\`, `\t`, `\n` and `\r`.
pub(crate) fn column(value: &str) -> Cow<'_, str> {
    if !value.bytes().any(|byte| matches!(byte, b'\\' | b'\t' | b'\n' | b'\r')) {
        return Cow::Borrowed(value);
    }
    let mut escaped = String::with_capacity(value.len() + 8);
    for c in value.chars() {
        match c {
            '\\' => escaped.push_str("\\\\"),
            '\t' => escaped.push_str("\\t"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            c => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}

/// Undoes [`column`], and `\uXXXX`, which a terminal shows. Any other backslash means itself.
pub(crate) fn value(column: &str) -> Cow<'_, str> {
    if !column.contains('\\') {
        return Cow::Borrowed(column);
    }
    let (mut value, mut rest) = (String::with_capacity(column.len()), column);
    while let Some(at) = rest.find('\\') {
        value.push_str(&rest[..at]);
        let (c, length) = unescaped(&rest[at + 1..]);
        value.push(c);
        rest = &rest[at + length..];
    }
    value.push_str(rest);
    Cow::Owned(value)
}

/// Returns what an escape means, and its length in bytes with the backslash. The text begins after the backslash.
fn unescaped(text: &str) -> (char, usize) {
    match text.as_bytes().first() {
        Some(b'\\') => ('\\', 2),
        Some(b't') => ('\t', 2),
        Some(b'n') => ('\n', 2),
        Some(b'r') => ('\r', 2),
        Some(b'u') => {
            let digits = text.get(1..5).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
            let c = digits.and_then(|digits| char::from_u32(u32::from_str_radix(digits, 16).ok()?));
            c.map_or(('\\', 1), |c| (c, 6))
        }
        _ => ('\\', 1),
    }
}

/// Escapes what would act on a terminal, or would make a text look like another, as `\uXXXX`. Tabs and line feeds stay.
pub(crate) fn for_terminal(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_unsafe(c) {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "\\u{:04x}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

/// Returns whether a character controls a terminal, the direction of text, or line ends.
fn is_unsafe(c: char) -> bool {
    match c {
        '\t' | '\n' => false,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => true,
        c => c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_are_those_of_json() {
        assert_eq!(column("a\tb\\c\r\n"), "a\\tb\\\\c\\r\\n");
        assert_eq!(column("\u{1b}é"), "\u{1b}é");
        assert_eq!(for_terminal("a\tb\u{1b}[31m\u{202e}\0\u{9b}é\n"), "a\tb\\u001b[31m\\u202e\\u0000\\u009bé\n");
        assert_eq!(value("C:\\dir\\u12 \\ud800 \\"), "C:\\dir\\u12 \\ud800 \\");
    }

    proptest! {
        #[test]
        fn escapes_can_be_undone(id in "[\\PC\\\\\t\n\r\u{1b}\u{202e}unrt0]*") {
            let escaped = column(&id).into_owned();
            prop_assert_eq!(value(&escaped), id.as_str());
            let shown = for_terminal(&escaped).into_owned();
            let is_safe = !shown.contains(['\n', '\t', '\u{1b}', '\u{202e}']);
            prop_assert!(is_safe);
            prop_assert_eq!(value(&shown), id);
        }
    }
}
