//! Checks of what is read: a text can be cut by every range, and no share is over 1.

use std::ops::Range;

use serde::de::{Deserialize, Deserializer, Error as _};

use super::Coverage;
use crate::error::Error;

/// Reads the bytes of a passage, which are never none.
pub(crate) fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Range<usize>, D::Error> {
    let range = Range::deserialize(deserializer)?;
    if range.is_empty() {
        let (value, expected) = (format!("{range:?}"), "a start before its end");
        return Err(D::Error::custom(Error::OutOfRange { field: "range of bytes", value, expected }));
    }
    Ok(range)
}

/// The fields of a [`Coverage`] as they are stored, not yet checked.
#[derive(serde::Deserialize)]
pub(super) struct StoredCoverage {
    tokens: usize,
    shared: usize,
}

impl TryFrom<StoredCoverage> for Coverage {
    type Error = Error;

    fn try_from(StoredCoverage { tokens, shared }: StoredCoverage) -> Result<Self, Error> {
        if shared > tokens {
            let value = format!("{shared} of {tokens}");
            return Err(Error::OutOfRange { field: "shared", value, expected: "at most the number of tokens" });
        }
        Ok(Self { tokens, shared })
    }
}
