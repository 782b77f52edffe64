//! The ids of documents in an index.

use std::fmt;

use xxhash_rust::xxh3::xxh3_64;

/// The id of a document in a frozen index: a number or a text. All ids of one index are of one kind.
///
/// ```
/// use twinprint::index::DocumentId;
///
/// assert_eq!(DocumentId::from("a").to_string(), "a");
/// assert_eq!(DocumentId::from(7), DocumentId::Number(7));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(untagged))]
pub enum DocumentId<'a> {
    /// A number, which takes eight bytes.
    Number(u64),
    /// A text of any length.
    Text(&'a str),
}

impl DocumentId<'_> {
    /// Returns the key under which a table of ids has it.
    pub(super) fn key(&self) -> u32 {
        let hash = match self {
            Self::Number(number) => xxh3_64(&number.to_le_bytes()),
            Self::Text(text) => xxh3_64(text.as_bytes()),
        };
        (hash >> 32) as u32
    }
}

impl From<u64> for DocumentId<'_> {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl<'a> From<&'a str> for DocumentId<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for DocumentId<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl fmt::Display for DocumentId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.pad(text),
        }
    }
}
