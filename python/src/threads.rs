//! The number of threads of a call.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rayon::ThreadPoolBuilder;

/// Runs work on a number of threads, or on all cores, while other threads of Python go on.
pub fn run<T: Send>(py: Python<'_>, threads: Option<usize>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    let Some(threads) = threads else {
        return Ok(py.detach(work));
    };
    if threads == 0 {
        return Err(PyValueError::new_err("threads is 0; it must be 1 or more, or None for all cores"));
    }
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| PyValueError::new_err(format!("{threads} threads cannot be started: {error}")))?;
    Ok(py.detach(|| pool.install(work)))
}
