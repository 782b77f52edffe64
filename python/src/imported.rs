//! What comes from Python before it is known to be sound: sequences of any length, and Arrow columns of any library.

use arrow_array::{ArrayRef, NullArray};
use pyo3::conversion::FromPyObjectOwned;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use pyo3_arrow::error::PyArrowError;
use pyo3_arrow::input::AnyArray;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

/// The most items that memory is taken for before they are read.
const RESERVED: usize = 1 << 16;

/// Returns a vector for the items of a sequence. What a sequence says of its length may be wrong, or more than there is memory for.
pub fn reserved<T>(sequence: &Bound<'_, PyAny>) -> Vec<T> {
    Vec::with_capacity(sequence.len().unwrap_or(0).min(RESERVED))
}

/// The items of a sequence.
pub struct Listed<T>(pub Vec<T>);

impl<'a, 'py, T: FromPyObjectOwned<'py>> FromPyObject<'a, 'py> for Listed<T> {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if object.is_instance_of::<PyString>() || object.is_instance_of::<PyBytes>() {
            return Err(PyTypeError::new_err(format!("{} is no list", object.get_type())));
        }
        let mut items = reserved(&object);
        for item in object.try_iter()? {
            items.push(item?.extract().map_err(Into::into)?);
        }
        Ok(Self(items))
    }
}

/// The chunks of an Arrow column.
pub struct Arrow(pub Vec<ArrayRef>);

impl<'a, 'py> FromPyObject<'a, 'py> for Arrow {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        // What reads a capsule asserts that nobody read it before.
        let read = quietly(|| object.extract::<AnyArray>());
        let column = read.unwrap_or_else(|| {
            Err(PyValueError::new_err(
                "the Arrow column cannot be read: its capsule was read before, or is not sound; give the column itself",
            ))
        });
        chunks(&object, column?).map(Self)
    }
}

fn chunks(object: &Bound<'_, PyAny>, column: AnyArray) -> PyResult<Vec<ArrayRef>> {
    if let AnyArray::Stream(stream) = &column
        && stream.field_ref()?.data_type().is_null()
        && let Ok(rows) = object.len()
    {
        // Polars hands nulls over with a buffer, which Arrow does not have for them.
        return Ok(vec![Arc::new(NullArray::new(rows))]);
    }
    let chunks = column.into_chunked_array().map_err(|error| match error {
        PyArrowError::ArrowError(error) => {
            PyValueError::new_err(format!("the Arrow column cannot be read: {error}; give it as pyarrow.array(column)"))
        }
        error => error.into(),
    })?;
    Ok(chunks.into_inner().0)
}

thread_local! {
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Makes panics of [`quietly`] print nothing.
pub fn silence() {
    let told = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !IS_QUIET.get() {
            told(info);
        }
    }));
}

/// Runs work of others. Returns `None` if it panics.
fn quietly<T>(work: impl FnOnce() -> T) -> Option<T> {
    let was = IS_QUIET.replace(true);
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    IS_QUIET.set(was);
    done.ok()
}
