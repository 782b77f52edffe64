//! Columns on their way to other libraries.

use arrow_array::cast::AsArray;
use arrow_array::types::UInt64Type;
use arrow_array::{Array, ArrayRef, Int64Array, ListArray};
use arrow_schema::{DataType, Field};
use numpy::PyArray1;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};
use pyo3_arrow::ffi::to_array_pycapsules;
use std::sync::Arc;

use crate::error::raise;
use crate::pickles::missing;
use crate::scheme::Scheme;

/// An Arrow column. Hand it to any library that reads Arrow: `pyarrow.array(column)`, `polars.Series(column)`.
#[pyclass(frozen, module = "twinprint")]
pub struct Column {
    array: ArrayRef,
    /// What made the shingle sets, if it holds such.
    scheme: Option<twinprint::Scheme>,
}

impl Column {
    /// Wraps a column.
    pub fn new(array: impl Array + 'static) -> Self {
        Self { array: Arc::new(array), scheme: None }
    }

    /// Wraps the shingle sets of a scheme.
    pub fn of_sets(sets: ListArray, scheme: twinprint::Scheme) -> Self {
        Self { array: Arc::new(sets), scheme: Some(scheme) }
    }

    /// Refuses two columns whose hashes have different meanings. A column that was in another library says nothing of its scheme.
    pub fn check_comparable(left: &Bound<'_, PyAny>, right: &Bound<'_, PyAny>) -> PyResult<()> {
        let scheme =
            |column: &Bound<'_, PyAny>| column.cast::<Self>().ok().map(|column| column.get().sets_of()).transpose();
        let (Some(left), Some(right)) = (scheme(left)?, scheme(right)?) else { return Ok(()) };
        if left.features() == right.features() {
            return Ok(());
        }
        left.check_same(&right).map_err(|mismatch| raise(mismatch.into()))
    }

    /// Returns the scheme of the shingle sets.
    fn sets_of(&self) -> PyResult<twinprint::Scheme> {
        self.scheme.clone().ok_or_else(|| {
            PyTypeError::new_err("the column holds no shingle sets; give what twinprint.shingles returns")
        })
    }
}

#[pymethods]
impl Column {
    fn __len__(&self) -> usize {
        self.array.len()
    }

    fn __repr__(&self) -> String {
        format!("<twinprint.Column {}, {} rows>", self.array.data_type(), self.array.len())
    }

    /// The numbers of all rows, one after the other, as a numpy array.
    fn values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let list: &ListArray = self.array.as_list();
        match list.values().as_primitive_opt::<UInt64Type>() {
            Some(values) => Ok(PyArray1::from_slice(py, values.values()).into_any()),
            None => {
                let values = list.values().as_primitive::<arrow_array::types::Int64Type>();
                Ok(PyArray1::from_slice(py, values.values()).into_any())
            }
        }
    }

    /// Where each row begins among the values, and where the last one ends, as a numpy array.
    fn offsets<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        let list: &ListArray = self.array.as_list();
        PyArray1::from_slice(py, list.value_offsets()).into_any()
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        export(py, &self.array, requested_schema)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let (py, this) = (slf.py(), slf.get());
        let restore = py.import("twinprint._native")?.getattr("restored_column")?;
        let scheme = this.scheme.clone().map(|inner| Scheme { inner });
        (restore, (this.values(py)?, this.offsets(py), missing(py, &this.array), scheme)).into_pyobject(py)
    }
}

/// Hands a column over by the Arrow C data interface.
pub fn export<'py>(
    py: Python<'py>,
    array: &dyn Array,
    requested_schema: Option<Bound<'py, PyCapsule>>,
) -> PyResult<Bound<'py, PyTuple>> {
    let field = Arc::new(Field::new("", array.data_type().clone(), true));
    Ok(to_array_pycapsules(py, field, array, requested_schema)?)
}

/// Reads the bits of unsigned keys as signed ones, for engines that have no unsigned numbers.
pub fn signed(keys: &ListArray) -> ListArray {
    let values = keys.values().as_primitive::<UInt64Type>();
    let values: Int64Array = values.values().iter().map(|&key| key as i64).collect();
    let item = Arc::new(Field::new("item", DataType::Int64, true));
    ListArray::new(item, keys.offsets().clone(), Arc::new(values), keys.nulls().cloned())
}
