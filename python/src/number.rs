//! Numbers as Python has them: an integer of any size is an error that names the parameter, not an overflow.

use std::fmt::Display;

use pyo3::conversion::FromPyObjectOwned;
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;

use crate::error::raise;

/// What a similarity or a share may be.
pub const SHARE: &str = "greater than 0 and at most 1";

/// What a recall may be.
pub const RECALL: &str = "greater than 0 and less than 1";

/// What a number of positions may be.
pub const HASHES: &str = "from 1 to 65536";

/// What a number of tokens may be.
pub const TOKENS: &str = "from 1 to 255";

/// What a number of 32 bits may be.
pub const BITS_32: &str = "from 0 to 4294967295";

/// What a number of 64 bits may be.
pub const BITS_64: &str = "from 0 to 18446744073709551615";

/// What a bucket limit may be.
pub const BUCKET_LIMIT: &str = "from 2 to 18446744073709551615";

/// The bits of the longest integer that a message shows in full.
const SHOWN_BITS: u64 = 128;

/// A number that may be too large for its type, or negative.
pub enum Number<T> {
    Fits(T),
    /// Holds what to call the number in a message.
    Outside(String),
    /// Is no number; holds what Python says of it.
    OfOtherType(String),
}

impl<T> Number<T> {
    /// Returns the number, or an error that names the parameter and what it may be.
    pub fn within(self, field: &'static str, expected: &'static str) -> PyResult<T> {
        match self {
            Self::Fits(number) => Ok(number),
            Self::Outside(value) => Err(raise(twinprint::Error::OutOfRange { field, value, expected })),
            Self::OfOtherType(message) => {
                Err(PyTypeError::new_err(format!("{field}: {message}; it must be {expected}")))
            }
        }
    }
}

impl<T: Display> Number<T> {
    /// Returns the number if it is allowed, or an error as [`within`](Self::within) does.
    pub fn checked(
        self,
        field: &'static str,
        expected: &'static str,
        is_allowed: impl FnOnce(&T) -> bool,
    ) -> PyResult<T> {
        match self {
            Self::Fits(number) if !is_allowed(&number) => Self::Outside(number.to_string()).within(field, expected),
            number => number.within(field, expected),
        }
    }
}

impl<'a, 'py, T: FromPyObjectOwned<'py>> FromPyObject<'a, 'py> for Number<T> {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let error = match object.extract::<T>() {
            Ok(number) => return Ok(Self::Fits(number)),
            Err(error) => error.into(),
        };
        let py = object.py();
        if error.is_instance_of::<PyOverflowError>(py) {
            Ok(Self::Outside(name_of(&object)?))
        } else if error.is_instance_of::<PyTypeError>(py) {
            Ok(Self::OfOtherType(error.value(py).to_string()))
        } else {
            Err(error)
        }
    }
}

/// Writes an integer in full, unless it is long: Python itself limits how many digits it writes.
fn name_of(number: &Bound<'_, PyAny>) -> PyResult<String> {
    let integer = number.call_method0("__index__")?;
    let bits: u64 = integer.call_method0("bit_length")?.extract()?;
    if bits > SHOWN_BITS { Ok(format!("an integer of {bits} bits")) } else { Ok(integer.str()?.to_string()) }
}
