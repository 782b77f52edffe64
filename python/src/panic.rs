//! What becomes of a panic.

use pyo3::prelude::*;

/// Panics, so that the tests see it arrive in Python as an exception: from this thread, or from one of the pool.
#[pyfunction]
#[allow(clippy::panic)]
pub fn panic_on_purpose(py: Python<'_>, in_pool: bool) {
    py.detach(|| {
        if in_pool {
            rayon::join(|| panic!("on purpose, in the pool"), || ());
        }
        panic!("on purpose");
    });
}
