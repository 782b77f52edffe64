//! What becomes of a panic.

use pyo3::prelude::*;

use crate::threads;

/// Panics, so that the tests see it arrive in Python as an exception: from this thread, or from one of the pool.
#[pyfunction]
#[allow(clippy::panic)]
pub fn panic_on_purpose(py: Python<'_>, in_pool: bool) -> PyResult<()> {
    if in_pool {
        return threads::on_all_cores(py, || {
            rayon::join(|| panic!("on purpose, in the pool"), || ());
        });
    }
    py.detach(|| panic!("on purpose"))
}
