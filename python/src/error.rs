//! Errors of the library as exceptions of Python. Their messages say what to do.

use pyo3::create_exception;
use pyo3::exceptions::{
    PyFileNotFoundError, PyKeyboardInterrupt, PyMemoryError, PyNotADirectoryError, PyOSError, PyPermissionError,
    PyTypeError, PyValueError,
};
use pyo3::prelude::*;
use std::io::ErrorKind;
use twinprint::error::FileProblem;

create_exception!(
    twinprint,
    SchemeMismatch,
    PyValueError,
    "Two values were made under different schemes; the message names the field that differs."
);

/// Turns an error of the library into an exception.
pub fn raise(error: twinprint::Error) -> PyErr {
    let message = error.to_string();
    match error {
        twinprint::Error::Mismatch(_) | twinprint::Error::File { problem: FileProblem::OtherScheme, .. } => {
            SchemeMismatch::new_err(message)
        }
        twinprint::Error::File { problem: FileProblem::Io(error), .. } => raise_io(&message, error.as_io().kind()),
        twinprint::Error::File { .. } => PyOSError::new_err(message),
        twinprint::Error::MemoryLimit { .. } => PyMemoryError::new_err(message),
        twinprint::Error::Cancelled => PyKeyboardInterrupt::new_err(message),
        _ => PyValueError::new_err(message),
    }
}

/// Turns an error of the operating system into the exception that Python has for it. Some reasons of it do not tell what to do.
fn raise_io(message: &str, kind: ErrorKind) -> PyErr {
    match kind {
        ErrorKind::AlreadyExists | ErrorKind::NotADirectory => PyNotADirectoryError::new_err(format!(
            "{message}; a file is where a folder is needed: choose another folder"
        )),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            PyPermissionError::new_err(format!("{message}; choose a folder that you may write to"))
        }
        ErrorKind::NotFound => PyFileNotFoundError::new_err(message.to_string()),
        _ => PyOSError::new_err(message.to_string()),
    }
}

/// Turns an error of the library into an exception that calls a parameter by its name in Python.
pub fn raise_as(error: twinprint::Error, name: &'static str, field_of_library: &str) -> PyErr {
    raise(match error {
        twinprint::Error::OutOfRange { field, value, expected } if field == field_of_library => {
            twinprint::Error::OutOfRange { field: name, value, expected }
        }
        other => other,
    })
}

/// Turns an error of a column into an exception.
pub fn raise_column(error: twinprint_arrow::Error) -> PyErr {
    match error {
        twinprint_arrow::Error::Library(error) => raise(error),
        twinprint_arrow::Error::Type { .. } => PyTypeError::new_err(error.to_string()),
        _ => PyValueError::new_err(error.to_string()),
    }
}
