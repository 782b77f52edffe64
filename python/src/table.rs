//! Columns with names, for libraries that read Arrow.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, UInt32Type, UInt64Type};
use arrow_array::{Array, ArrayRef, Float64Array, Int64Array, StringArray, StructArray, UInt32Array, UInt64Array};
use arrow_schema::{Field, Fields};
use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyCapsule, PyList, PyTuple};
use pyo3_arrow::ffi::{ArrayIterator, to_stream_pycapsule};

use crate::imported::Listed;

/// An Arrow table. Hand it to any library that reads Arrow: `pyarrow.table(table)`, `polars.DataFrame(table)`, DuckDB.
#[pyclass(frozen, module = "twinprint")]
pub struct Table {
    rows: StructArray,
}

#[pymethods]
impl Table {
    /// Makes a table of names and columns of equal length.
    #[new]
    fn new(columns: Listed<(String, Values)>) -> PyResult<Self> {
        let (names, columns): (Vec<String>, Vec<ArrayRef>) =
            columns.0.into_iter().map(|(name, values)| (name, values.0)).unzip();
        let field =
            |(name, column): (String, &ArrayRef)| Field::new(name, column.data_type().clone(), column.null_count() > 0);
        let fields: Fields = names.into_iter().zip(&columns).map(field).collect();
        StructArray::try_new(fields, columns, None)
            .map(|rows| Self { rows })
            .map_err(|error| PyValueError::new_err(error.to_string()))
    }

    fn __len__(&self) -> usize {
        self.rows.len()
    }

    /// The names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<&str> {
        self.rows.column_names()
    }

    fn __repr__(&self) -> String {
        format!("<twinprint.Table {}, {} rows>", self.rows.column_names().join(", "), self.rows.len())
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let field = Arc::new(Field::new("", self.rows.data_type().clone(), false));
        let rows: ArrayRef = Arc::new(self.rows.clone());
        let stream = ArrayIterator::new([Ok(rows)], field);
        Ok(to_stream_pycapsule(py, Box::new(stream), requested_schema)?)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let (py, rows) = (slf.py(), &slf.get().rows);
        let columns = rows.column_names().into_iter().zip(rows.columns());
        let columns = columns.map(|(name, column)| Ok((name, values_of(py, column)?))).collect::<PyResult<Vec<_>>>()?;
        (py.get_type::<Self>(), (columns,)).into_pyobject(py)
    }
}

/// Returns a column as `Values` reads it.
fn values_of<'py>(py: Python<'py>, column: &ArrayRef) -> PyResult<Bound<'py, PyAny>> {
    if let Some(numbers) = column.as_primitive_opt::<UInt32Type>() {
        return Ok(PyArray1::from_slice(py, numbers.values()).into_any());
    }
    if let Some(numbers) = column.as_primitive_opt::<UInt64Type>() {
        return Ok(PyArray1::from_slice(py, numbers.values()).into_any());
    }
    if let Some(numbers) = column.as_primitive_opt::<Int64Type>() {
        return Ok(PyArray1::from_slice(py, numbers.values()).into_any());
    }
    if let Some(numbers) = column.as_primitive_opt::<Float64Type>() {
        return Ok(PyArray1::from_iter(py, numbers.iter().map(|number| number.unwrap_or(f64::NAN))).into_any());
    }
    Ok(PyList::new(py, column.as_string::<i32>().iter())?.into_any())
}

/// One column: numbers as numpy has them, where nan is a missing one, or str.
struct Values(ArrayRef);

impl<'a, 'py> FromPyObject<'a, 'py> for Values {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(numbers) = object.extract::<PyReadonlyArray1<'_, u32>>() {
            return Ok(Self(Arc::new(UInt32Array::from_iter_values(numbers.as_array().iter().copied()))));
        }
        if let Ok(numbers) = object.extract::<PyReadonlyArray1<'_, u64>>() {
            return Ok(Self(Arc::new(UInt64Array::from_iter_values(numbers.as_array().iter().copied()))));
        }
        if let Ok(numbers) = object.extract::<PyReadonlyArray1<'_, i64>>() {
            return Ok(Self(Arc::new(Int64Array::from_iter_values(numbers.as_array().iter().copied()))));
        }
        if let Ok(numbers) = object.extract::<PyReadonlyArray1<'_, f64>>() {
            let present = |&number: &f64| (!number.is_nan()).then_some(number);
            return Ok(Self(Arc::new(numbers.as_array().iter().map(present).collect::<Float64Array>())));
        }
        if let Ok(Listed(texts)) = object.extract::<Listed<PyBackedStr>>() {
            return Ok(Self(Arc::new(StringArray::from_iter_values(texts.iter().map(|text| &**text)))));
        }
        Err(PyTypeError::new_err("a column is neither numbers of 32 or 64 bits in a numpy array nor a list of str"))
    }
}
