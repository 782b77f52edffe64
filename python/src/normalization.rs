//! Differences of writing that do not count, by their names.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString};
use serde_json::Value;
use twinprint::text::Normalization;

use crate::imported::Listed;

/// Reads rules: names as the command has them (`"marks"`, or a list of such), which come on top of the base, or a dict of the fields
/// that differ from it (`{"fold_case": False}`).
pub fn read(given: &Bound<'_, PyAny>, base: Normalization) -> PyResult<Normalization> {
    if let Ok(fields) = given.cast::<PyDict>() {
        return with_fields(fields, base);
    }
    let Listed(names) = if let Ok(name) = given.cast::<PyString>() {
        Listed(vec![name.to_string_lossy().into_owned()])
    } else {
        given.extract::<Listed<String>>().map_err(|_| {
            PyTypeError::new_err("normalization must be a name, a list of names, or a dict of fields and their values")
        })?
    };
    twinprint_cli::normalization(&names, base).map_err(PyValueError::new_err)
}

fn with_fields(fields: &Bound<'_, PyDict>, base: Normalization) -> PyResult<Normalization> {
    let mut all = stored(base)?;
    for (name, value) in fields {
        let name: String = name.extract()?;
        let value = match value.cast::<PyBool>() {
            Ok(on) => Value::Bool(on.is_true()),
            Err(_) => Value::String(value.extract()?),
        };
        if let Value::Object(all) = &mut all {
            all.insert(name, value);
        }
    }
    serde_json::from_value(all).map_err(refused)
}

/// Returns all fields.
pub fn to_dict(py: Python<'_>, rules: Normalization) -> PyResult<Bound<'_, PyAny>> {
    let json = stored(rules)?.to_string();
    py.import("json")?.call_method1("loads", (json,))
}

fn stored(rules: Normalization) -> PyResult<Value> {
    serde_json::to_value(rules).map_err(refused)
}

fn refused(error: serde_json::Error) -> PyErr {
    PyValueError::new_err(format!("normalization: {error}"))
}
