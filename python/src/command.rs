//! The command, which comes with the module.

use pyo3::prelude::*;
use std::ffi::OsString;
use std::panic::catch_unwind;

/// The exit status of a process that panicked, as Rust gives it to a binary.
const PANICKED: u8 = 101;

/// Runs the command `twinprint` with the arguments of a process, the name of the program first, and returns the exit status. It may
/// be called once per process: see `twinprint_cli::run`.
#[pyfunction]
pub fn command(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| catch_unwind(|| twinprint_cli::run(arguments)).unwrap_or(PANICKED))
}
