//! Columns of the library in pickles, as arrays of numpy.

use arrow_array::{Array, ArrayRef, FixedSizeListArray, Int64Array, ListArray, UInt32Array, UInt64Array};
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field};
use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use std::sync::Arc;

use crate::column::Column;
use crate::scheme::Scheme;
use crate::signatures::Signatures;

/// Says of each row whether it has no value.
pub fn missing<'py>(py: Python<'py>, column: &dyn Array) -> Bound<'py, PyArray1<bool>> {
    PyArray1::from_iter(py, (0..column.len()).map(|row| column.is_null(row)))
}

fn nulls(missing: &PyReadonlyArray1<'_, bool>) -> Option<NullBuffer> {
    let missing = missing.as_array();
    missing.iter().any(|&missing| missing).then(|| missing.iter().map(|&missing| !missing).collect())
}

/// Makes signatures of what a pickle has of them: the values of all rows, and which rows have no text.
#[pyfunction]
pub fn restored_signatures(
    scheme: &Scheme,
    values: PyReadonlyArray1<'_, u32>,
    missing: PyReadonlyArray1<'_, bool>,
) -> PyResult<Signatures> {
    let width = scheme.inner.sketch().num_hashes();
    let item = Arc::new(Field::new("item", DataType::UInt32, true));
    let values = Arc::new(UInt32Array::from(values.as_array().to_vec()));
    if Some(values.len()) != missing.as_array().len().checked_mul(width as usize) {
        return Err(damaged("the values are not a row of the scheme for each text"));
    }
    let array = FixedSizeListArray::try_new(item, width as i32, values, nulls(&missing)).map_err(damaged)?;
    Ok(Signatures::restored(scheme.inner.clone(), array))
}

/// Makes a column of what a pickle has of it: the numbers of all rows, where rows begin, and which are missing.
#[pyfunction]
#[pyo3(signature = (values, offsets, missing, scheme))]
pub fn restored_column(
    values: &Bound<'_, PyAny>,
    offsets: PyReadonlyArray1<'_, i32>,
    missing: PyReadonlyArray1<'_, bool>,
    scheme: Option<&Scheme>,
) -> PyResult<Column> {
    let values: ArrayRef = if let Ok(values) = values.extract::<PyReadonlyArray1<'_, u64>>() {
        Arc::new(UInt64Array::from(values.as_array().to_vec()))
    } else if let Ok(values) = values.extract::<PyReadonlyArray1<'_, i64>>() {
        Arc::new(Int64Array::from(values.as_array().to_vec()))
    } else {
        return Err(PyTypeError::new_err("values are not numbers of 64 bits in a numpy array"));
    };
    let offsets: ScalarBuffer<i32> = offsets.as_array().iter().copied().collect();
    if offsets.first().is_none_or(|&first| first < 0) || offsets.windows(2).any(|two| two[0] > two[1]) {
        return Err(damaged("the offsets do not rise"));
    }
    if offsets.len() - 1 != missing.as_array().len() {
        return Err(damaged("there is not an offset for each row"));
    }
    let item = Arc::new(Field::new("item", values.data_type().clone(), true));
    let lists = ListArray::try_new(item, OffsetBuffer::new(offsets), values, nulls(&missing)).map_err(damaged)?;
    Ok(match scheme {
        Some(scheme) => Column::of_sets(lists, scheme.inner.clone()),
        None => Column::new(lists),
    })
}

fn damaged(reason: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(format!("the pickle is damaged: {reason}; make it again"))
}
