//! Checks of single numbers when they are read, so that no part of a scheme holds what its builder refuses.

use serde::de::{Deserialize, Deserializer, Error as _};

use super::{MAX_TOKENS, checked_num_hashes};
use crate::error::{Error, within};

fn checked<'de, D: Deserializer<'de>>(
    deserializer: D,
    check: impl FnOnce(u32) -> Result<u32, Error>,
) -> Result<u32, D::Error> {
    check(u32::deserialize(deserializer)?).map_err(D::Error::custom)
}

pub(super) fn tokens<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    checked(deserializer, |n| within("tokens", n, 1..=MAX_TOKENS, "from 1 to 255"))
}

pub(super) fn spaceless_tokens<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    checked(deserializer, |n| within("spaceless_tokens", n, 1..=MAX_TOKENS, "from 1 to 255"))
}

pub(super) fn num_hashes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    checked(deserializer, checked_num_hashes)
}
