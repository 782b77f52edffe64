//! Numbers on the command line, with errors that say what is expected.

use std::num::{IntErrorKind, NonZeroUsize, ParseIntError};
use std::str::FromStr;

use super::build::MAX_THREADS;

/// Parses a number.
pub(crate) fn number(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| "it must be a number, such as 0.8".to_string())
}

/// A type of whole numbers, from 0 up.
pub(crate) trait Whole: FromStr<Err = ParseIntError> {
    const MAX: u64;
}

impl Whole for u32 {
    const MAX: u64 = Self::MAX as u64;
}

impl Whole for u64 {
    const MAX: u64 = Self::MAX;
}

impl Whole for usize {
    const MAX: u64 = Self::MAX as u64;
}

/// Parses a number without a fraction.
pub(crate) fn whole<T: Whole>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: ParseIntError| match error.kind() {
        IntErrorKind::PosOverflow => format!("it must be a whole number from 0 to {}", T::MAX),
        _ => "it must be a whole number that is not negative".to_string(),
    })
}

/// The maximum document frequency of a shingle by which a join finds contained documents, whatever it is given.
const MAX_DOCUMENTS_OF_SHINGLE: u32 = 1 << 20;

/// Parses the maximum document frequency of a shingle.
pub(crate) fn document_frequency(text: &str) -> Result<u32, String> {
    let limit = whole(text)?;
    if limit > MAX_DOCUMENTS_OF_SHINGLE {
        return Err(format!("it must be a whole number from 1 to {MAX_DOCUMENTS_OF_SHINGLE}"));
    }
    Ok(limit)
}

/// Parses a number of threads.
pub(crate) fn threads(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| format!("it must be a whole number, at least 1 and at most {MAX_THREADS}"))
}
