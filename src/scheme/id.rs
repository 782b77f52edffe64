//! The short name of a scheme.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// A short name for a scheme: 64 bits, written as sixteen hexadecimal digits. Equal schemes have equal ids.
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::scheme::SchemeId;
///
/// let id = Scheme::news().id();
/// let written = id.to_string();
/// assert_eq!(written.len(), 16);
/// assert_eq!(written.parse::<SchemeId>()?, id);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "String", into = "String"))]
pub struct SchemeId([u8; 8]);

impl SchemeId {
    /// Returns the id as bytes, in the order of its digits.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 8] {
        self.0
    }

    /// Builds an id from the bytes that [`to_bytes`](Self::to_bytes) gave.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }
}

impl From<u64> for SchemeId {
    fn from(hash: u64) -> Self {
        Self(hash.to_be_bytes())
    }
}

impl fmt::Display for SchemeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

impl FromStr for SchemeId {
    type Err = Error;

    /// Reads sixteen hexadecimal digits, of either case.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] where the text is anything else.
    fn from_str(text: &str) -> Result<Self, Error> {
        // The digits are checked too, because the parser accepts a leading `+`.
        let is_hex = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match u64::from_str_radix(text, 16) {
            Ok(hash) if is_hex => Ok(Self::from(hash)),
            _ => Err(Error::OutOfRange {
                field: "scheme id",
                value: format!("{text:?}"),
                expected: "sixteen hexadecimal digits",
            }),
        }
    }
}

impl From<SchemeId> for String {
    fn from(id: SchemeId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for SchemeId {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sixteen_hexadecimal_digits_are_an_id() {
        let id = SchemeId::from(0x0123_4567_89ab_cdef);
        assert_eq!(id.to_bytes(), [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef]);
        assert_eq!(SchemeId::from_bytes(id.to_bytes()), id);
        assert_eq!("0123456789abcdef".parse(), Ok(id));
        for text in ["", "0123456789abcde", "0123456789abcdef0", "+123456789abcdef", "0123456789abcdeg", "ééééééé"]
        {
            assert!(text.parse::<SchemeId>().is_err(), "{text}");
        }
    }
}
