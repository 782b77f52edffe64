//! The process, of which a fork makes another one.

use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict};
use std::sync::atomic::{AtomicU32, Ordering};

/// The forks that lie between the process that imported the module and this one.
static FORKS: AtomicU32 = AtomicU32::new(0);

/// Returns a number that a child has otherwise than its parent. It is faster to ask for than the number of the system, and no later
/// process has it again.
pub fn number() -> u32 {
    FORKS.load(Ordering::Relaxed)
}

/// Counts forks from now on.
pub fn count_forks(py: Python<'_>) -> PyResult<()> {
    let os = py.import("os")?;
    // Windows does not fork.
    if !os.hasattr("register_at_fork")? {
        return Ok(());
    }
    let hooks = PyDict::new(py);
    let count = |_: &Bound<'_, _>, _: Option<&Bound<'_, _>>| {
        FORKS.fetch_add(1, Ordering::Relaxed);
    };
    hooks.set_item("after_in_child", PyCFunction::new_closure(py, None, None, count)?)?;
    os.call_method("register_at_fork", (), Some(&hooks)).map(drop)
}
