//! The quotes of a row, as the parser of CSV takes them.

use super::dialect::Dialect;
use crate::options::Quote;

/// How the quotes of a row end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    /// Each is closed at the end of its value.
    Closed,
    /// The row ends inside quotes.
    Open,
    /// The value goes on after the quote that closes it, which is at this byte. A quote too many at the beginning of a value ends so, at
    /// the next quote in the file: the rows between the two are in the value.
    Stray(usize),
}

/// Follows the quotes of a row. A quote opens only at the start of a value, and two quotes inside quotes are one.
///
/// The parser reports neither: at the end of a file it returns what it has as a row, and what follows a closing quote belongs to the value.
/// Rows without a quote cost one search.
pub(super) fn quotes(row: &[u8], dialect: Dialect) -> Quotes {
    let Quote::Byte(quote) = dialect.quote else { return Quotes::Closed };
    let Some(last) = memchr::memrchr(quote, row) else { return Quotes::Closed };
    let mut at = 0;
    while at <= last {
        if row[at] == quote {
            let Some(end) = closing(row, at + 1, quote) else { return Quotes::Open };
            if row.get(end + 1).is_some_and(|&next| next != dialect.delimiter) {
                return Quotes::Stray(end);
            }
            at = end + 2;
        } else {
            match memchr::memchr(dialect.delimiter, &row[at..]) {
                Some(length) => at += length + 1,
                None => return Quotes::Closed,
            }
        }
    }
    Quotes::Closed
}

/// Returns where quotes are closed whose content begins here.
fn closing(row: &[u8], mut at: usize, quote: u8) -> Option<usize> {
    loop {
        let end = at + memchr::memchr(quote, row.get(at..)?)?;
        if row.get(end + 1) != Some(&quote) {
            return Some(end);
        }
        at = end + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Format;
    use crate::options::Options;

    #[test]
    fn quotes_close_only_at_the_end_of_their_value() {
        let dialect = Dialect::new(Format::Csv, &Options::default());
        for (row, expected) in [
            ("", Quotes::Closed),
            ("a,b", Quotes::Closed),
            ("\"a\",\"b\"", Quotes::Closed),
            ("\"a,\n\"\"b\"\"\",", Quotes::Closed),
            ("\"\",\"\"", Quotes::Closed),
            ("a 5\" disk,6\"", Quotes::Closed),
            ("a, \"b\" c", Quotes::Closed),
            ("\"", Quotes::Open),
            ("a,\"b", Quotes::Open),
            ("a,\"b\"\"", Quotes::Open),
            ("\"a\" b,c", Quotes::Stray(2)),
            ("a,\"b\nc,\"d", Quotes::Stray(7)),
            ("\"\"\"\"x", Quotes::Stray(3)),
        ] {
            assert_eq!(quotes(row.as_bytes(), dialect), expected, "{row:?}");
        }
        let unquoted = Dialect { quote: Quote::None, ..dialect };
        assert_eq!(quotes(b"\"a\" b", unquoted), Quotes::Closed);
    }
}
