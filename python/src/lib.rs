//! The native half of the Python module `twinprint`. What users import is in `twinprint/`, which gives the numbers of this module
//! their names.

mod batches;
mod clusters;
mod column;
mod command;
mod compat;
mod datasketch;
mod datatrove;
mod dedup;
mod error;
mod evidence;
mod imported;
mod index;
mod join;
mod normalization;
mod number;
mod panic;
mod pickles;
mod process;
mod report;
mod rules;
mod scheme;
mod shared;
mod signatures;
mod table;
mod texts;
mod threads;

use numpy::{PyArray1, PyArrayMethods};
use pyo3::prelude::*;

#[pymodule(gil_used = false)]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    process::count_forks(module.py())?;
    imported::silence();
    find_numpy(module.py())?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("SchemeMismatch", module.py().get_type::<error::SchemeMismatch>())?;
    module.add_class::<scheme::Scheme>()?;
    module.add_class::<scheme::Banding>()?;
    module.add_class::<signatures::MinHasher>()?;
    module.add_class::<signatures::Signature>()?;
    module.add_class::<signatures::Signatures>()?;
    module.add_class::<column::Column>()?;
    module.add_class::<table::Table>()?;
    module.add_class::<dedup::Deduplicator>()?;
    module.add_class::<index::LshIndex>()?;
    module.add_class::<join::Found>()?;
    module.add_class::<rules::JoinRules>()?;
    module.add_class::<texts::Held>()?;
    module.add_class::<compat::PySketcher>()?;
    module.add_function(wrap_pyfunction!(signatures::signatures, module)?)?;
    module.add_function(wrap_pyfunction!(signatures::band_keys, module)?)?;
    module.add_function(wrap_pyfunction!(signatures::shingles, module)?)?;
    module.add_function(wrap_pyfunction!(signatures::jaccard, module)?)?;
    module.add_function(wrap_pyfunction!(join::join, module)?)?;
    module.add_function(wrap_pyfunction!(clusters::keep_fields, module)?)?;
    module.add_function(wrap_pyfunction!(clusters::check_clustering, module)?)?;
    module.add_function(wrap_pyfunction!(clusters::dates, module)?)?;
    module.add_function(wrap_pyfunction!(clusters::preference_keys, module)?)?;
    module.add_function(wrap_pyfunction!(clusters::blank, module)?)?;
    module.add_function(wrap_pyfunction!(report::report, module)?)?;
    module.add_function(wrap_pyfunction!(report::check_report, module)?)?;
    module.add_function(wrap_pyfunction!(compat::presets, module)?)?;
    module.add_function(wrap_pyfunction!(compat::simplify_text, module)?)?;
    module.add_function(wrap_pyfunction!(compat::spark_values, module)?)?;
    module.add_function(wrap_pyfunction!(datatrove::datatrove_clusters, module)?)?;
    module.add_function(wrap_pyfunction!(pickles::restored_signatures, module)?)?;
    module.add_function(wrap_pyfunction!(pickles::restored_column, module)?)?;
    module.add_function(wrap_pyfunction!(panic::panic_on_purpose, module)?)?;
    module.add_function(wrap_pyfunction!(command::command, module)?)?;
    module.add_function(wrap_pyfunction!(evidence::evidence, module)?)?;
    module.add_function(wrap_pyfunction!(datasketch::datasketch_lowered, module)?)?;
    module.add_function(wrap_pyfunction!(datasketch::datasketch_bulk, module)?)?;
    Ok(())
}

/// Finds the functions of numpy, which the first array of a process would do otherwise: Ctrl-C may come in between there.
fn find_numpy(py: Python<'_>) -> PyResult<()> {
    py.import("numpy")?;
    PyArray1::<u64>::zeros(py, 0, false).try_readonly()?;
    Ok(())
}
