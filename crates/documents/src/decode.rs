//! Bytes as text.

use std::borrow::Cow;

use crate::error::ErrorKind;

/// Decodes UTF-8 without a byte order mark, which some editors put first. Copies only if bytes are replaced.
///
/// # Errors
/// [`ErrorKind::NotUtf8`] unless `lossy`, which replaces bad bytes by U+FFFD.
pub(crate) fn decode(bytes: &[u8], lossy: bool) -> Result<Cow<'_, str>, ErrorKind> {
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    match std::str::from_utf8(text) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) if lossy => Ok(String::from_utf8_lossy(text)),
        Err(error) => Err(ErrorKind::NotUtf8(bytes.len() - text.len() + error.valid_up_to())),
    }
}
