//! The number of threads of a call.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rayon::ThreadPoolBuilder;

use crate::number::Number;

/// The most threads of a call, as in the command: more help on no machine, and take long to start.
const MAX_THREADS: usize = 1_024;

/// Runs work on a number of threads, or on all cores, while other threads of Python go on.
pub fn run<T: Send>(py: Python<'_>, threads: Option<Number<usize>>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    let Some(threads) = threads else {
        return Ok(py.detach(work));
    };
    let expected = "from 1 to 1024, or None for all cores";
    let threads = threads.checked("threads", expected, |threads| (1..=MAX_THREADS).contains(threads))?;
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| PyValueError::new_err(format!("{threads} threads cannot be started: {error}")))?;
    Ok(py.detach(|| pool.install(work)))
}
