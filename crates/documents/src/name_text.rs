//! Names of files as texts, in ids and in lists of paths.

use std::fmt::Write;
use std::path::Path;

/// Returns a path as an id: as [`path_text`] writes it, with slashes on every system.
pub(crate) fn path_id(path: &Path) -> String {
    with_slashes(path_text(path))
}

/// Returns the text of a path with slashes, as it is written on other systems.
pub(crate) fn with_slashes(text: String) -> String {
    if cfg!(windows) { text.replace('\\', "/") } else { text }
}

/// Returns a path as a text. A name with control characters, or with bytes that are not UTF-8, has these and its percent signs escaped as
/// in URLs, because a tab or a line end would break the tables that list ids, and a replacement character would name no file.
pub(crate) fn path_text(path: &Path) -> String {
    // Any other name stays as it is, so that a file can be opened by it, whatever percent signs it has.
    match path.to_str() {
        Some(text) if !text.contains(|character: char| character.is_ascii_control()) => text.to_string(),
        _ => escaped(path),
    }
}

/// Returns a path as a text that differs from those of other paths that are written so: its percent signs are escaped, too.
pub(crate) fn escaped(path: &Path) -> String {
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        for character in chunk.valid().chars() {
            if character == '%' || character.is_ascii_control() {
                push_code(&mut text, character as u32);
            } else {
                text.push(character);
            }
        }
        for &byte in chunk.invalid() {
            push_code(&mut text, byte.into());
        }
    }
    text
}

fn push_code(text: &mut String, code: u32) {
    // Writing to a string cannot fail.
    let _ = write!(text, "%{code:02X}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_need_escapes_have_them() {
        for (name, text) in [
            ("é/a.txt", "é/a.txt"),
            ("50%.txt", "50%.txt"),
            ("a%E9.txt", "a%E9.txt"),
            ("a\tb.txt", "a%09b.txt"),
            ("50%\n\u{7f}", "50%25%0A%7F"),
        ] {
            assert_eq!(path_text(Path::new(name)), text);
        }
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_not_utf_8_can_be_told_apart() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;

        for (name, text) in [
            (&b"caf\xe9.txt"[..], "caf%E9.txt"),
            (b"caf\xe8.txt", "caf%E8.txt"),
            (b"\xff/\xc3\xa9%E9\xc3", "%FF/é%25E9%C3"),
        ] {
            assert_eq!(path_id(Path::new(OsStr::from_bytes(name))), text);
        }
    }
}
