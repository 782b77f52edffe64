//! JSON objects that are not on lines of their own.

use std::io::{self, Read};

/// Puts each object of a JSON array, or of objects that span lines, on a line of its own.
///
/// Only whitespace between values, and what separates the objects, is changed.
pub(super) struct Objects<R> {
    reader: R,
    input: Vec<u8>,
    output: Vec<u8>,
    /// Bytes of the output that were given away.
    given: usize,
    is_in_array: bool,
    /// Open brackets and braces of the value at hand.
    depth: usize,
    is_in_string: bool,
    is_escaped: bool,
    /// Whether a value has begun that is neither an object nor an array.
    is_in_scalar: bool,
    ended: bool,
}

/// Bytes that are read at once.
const READ_BYTES: usize = 1 << 16;

/// The byte between texts of a sequence (RFC 7464).
const RECORD_SEPARATOR: u8 = 0x1e;

/// Returns whether the first bytes of a file suggest an object per line, rather than an array of objects, or objects in
/// the form that pretty-printers give them, with the brace on a line of its own.
pub(super) fn are_on_lines(head: &[u8]) -> bool {
    let text = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head).trim_ascii_start();
    match text {
        [b'[', rest @ ..] => !matches!(rest.trim_ascii_start(), [] | [b'{' | b']', ..]),
        [b'{', rest @ ..] => {
            let line = rest.split(|&byte| byte == b'\n').next().unwrap_or_default();
            line.len() == rest.len() || !line.trim_ascii().is_empty()
        }
        [RECORD_SEPARATOR, ..] => false,
        _ => true,
    }
}

impl<R: Read> Objects<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader,
            input: vec![0; READ_BYTES],
            output: Vec::new(),
            given: 0,
            is_in_array: false,
            depth: 0,
            is_in_string: false,
            is_escaped: false,
            is_in_scalar: false,
            ended: false,
        }
    }

    /// Reads more input and converts it.
    fn advance(&mut self) -> io::Result<()> {
        (self.given, self.ended) = (0, true);
        self.output.clear();
        let mut input = std::mem::take(&mut self.input);
        let read = self.reader.read(&mut input);
        if let Ok(read @ 1..) = read {
            self.ended = false;
            input[..read].iter().for_each(|&byte| self.convert(byte));
        }
        self.input = input;
        if read? == 0 && (self.is_in_array || self.depth > 0) {
            let message = "the JSON ends in the middle of an array or an object, so the file is cut short";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
        }
        Ok(())
    }

    /// Converts a byte, by whether it is within an object.
    fn convert(&mut self, byte: u8) {
        if self.is_in_string {
            self.output.push(byte);
            self.is_in_string = self.is_escaped || byte != b'"';
            self.is_escaped = !self.is_escaped && byte == b'\\';
        } else if self.depth > 0 {
            self.convert_inside(byte);
        } else {
            self.convert_between(byte);
        }
    }

    /// Converts a byte within an object.
    fn convert_inside(&mut self, byte: u8) {
        match byte {
            b'\n' | b'\r' => return,
            b'"' => self.is_in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth -= 1,
            _ => {}
        }
        self.output.push(byte);
        if self.depth == 0 {
            self.output.push(b'\n');
        }
    }

    /// Converts a byte between objects. What is no object gets a line too, so that it is reported.
    fn convert_between(&mut self, byte: u8) {
        match byte {
            b',' | b']' | RECORD_SEPARATOR | b' ' | b'\t' | b'\n' | b'\r' => {
                if std::mem::take(&mut self.is_in_scalar) {
                    self.output.push(b'\n');
                }
                self.is_in_array &= byte != b']';
            }
            b'[' if !self.is_in_array => self.is_in_array = true,
            b'{' | b'[' => {
                self.depth = 1;
                self.output.push(byte);
            }
            byte => {
                // A byte order mark in front of the array is no value.
                self.is_in_scalar |= byte.is_ascii();
                self.is_in_string = byte == b'"';
                if byte.is_ascii() {
                    self.output.push(byte);
                }
            }
        }
    }
}

impl<R: Read> Read for Objects<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.output.len() && !self.ended {
            self.advance()?;
        }
        let length = buffer.len().min(self.output.len() - self.given);
        buffer[..length].copy_from_slice(&self.output[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(json: &str) -> Result<String, String> {
        let mut found = String::new();
        let read = Objects::new(json.as_bytes()).read_to_string(&mut found);
        read.map(|_| found).map_err(|error| error.to_string())
    }

    #[test]
    fn objects_get_lines_of_their_own() {
        for (json, expected) in [
            ("[]", ""),
            ("\u{feff}[{\"a\": [1, {}]}, {\"b\": \"]}\\\"\\\\\"}]\n", "{\"a\": [1, {}]}\n{\"b\": \"]}\\\"\\\\\"}\n"),
            ("[\n  {\n    \"a\": 1\n  },\n  2,\n  [3]\n]", "{    \"a\": 1  }\n2\n[3]\n"),
            ("{\n\"a\": 1\n}\n{\n\"a\": 2\n}", "{\"a\": 1}\n{\"a\": 2}\n"),
            ("\u{1e}{\"a\": 1}\n\u{1e}{\"a\": 2}\n", "{\"a\": 1}\n{\"a\": 2}\n"),
            ("[\"x, y\", null]", "\"x, y\"\nnull\n"),
        ] {
            assert_eq!(lines(json).as_deref(), Ok(expected), "{json}");
        }
        assert!(lines("[{\"a\": 1}").expect_err("cut").contains("cut short"));
        assert!(lines("[{\"a\": ").expect_err("cut").contains("cut short"));
    }

    #[test]
    fn the_layout_is_recognized() {
        for one_a_line in ["", "{\"a\": 1}\n", "{\"a\": 1,\n\"b\": 2}", "[1, 2]\n", "[[1]]", "id,text\n", "{"] {
            assert!(are_on_lines(one_a_line.as_bytes()), "{one_a_line}");
        }
        for other in ["[", "[\n {\n", "[{\"a\": 1}]", "[]", "{\n  \"a\": 1", "{ \r\n", "\u{1e}{}", "\u{feff} [{"] {
            assert!(!are_on_lines(other.as_bytes()), "{other}");
        }
    }
}
