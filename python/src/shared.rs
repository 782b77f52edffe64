//! A value that threads of Python share.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{PoisonError, RwLock};

use crate::process;

/// A value behind a lock. Threads wait for it without holding up Python.
///
/// A forked child has only one of its parent's threads. If another one was using the value, the child would wait for it forever, so it
/// has an error instead.
pub struct Shared<T> {
    value: RwLock<T>,
    /// The process that uses the value, and how many of its threads do. Only a thread that is attached to Python writes these, and Python
    /// forks from such a thread, so a child finds them as they are.
    process: AtomicU32,
    uses: AtomicU32,
}

impl<T: Send + Sync> Shared<T> {
    pub fn new(value: T) -> Self {
        Self { value: RwLock::new(value), process: AtomicU32::new(process::number()), uses: AtomicU32::new(0) }
    }

    /// Runs work that reads the value, while other threads of Python go on.
    pub fn read<R: Send>(&self, py: Python<'_>, work: impl FnOnce(&T) -> R + Send) -> PyResult<R> {
        let _used = Use::begin(py, &self.process, &self.uses)?;
        Ok(py.detach(|| work(&self.value.read().unwrap_or_else(PoisonError::into_inner))))
    }

    /// Runs work that changes the value, while other threads of Python go on.
    pub fn change<R: Send>(&self, py: Python<'_>, work: impl FnOnce(&mut T) -> R + Send) -> PyResult<R> {
        let _used = Use::begin(py, &self.process, &self.uses)?;
        Ok(py.detach(|| work(&mut self.value.write().unwrap_or_else(PoisonError::into_inner))))
    }
}

/// One thread that uses a value, counted until it is dropped.
struct Use<'a> {
    uses: &'a AtomicU32,
}

impl<'a> Use<'a> {
    fn begin(_: Python<'_>, owner: &AtomicU32, uses: &'a AtomicU32) -> PyResult<Self> {
        if owner.load(Ordering::Relaxed) != process::number() {
            if uses.load(Ordering::Relaxed) > 0 {
                return Err(PyRuntimeError::new_err(
                    "this process was forked while another thread of its parent used the object; make a new one, or fork when none does",
                ));
            }
            owner.store(process::number(), Ordering::Relaxed);
        }
        uses.fetch_add(1, Ordering::Relaxed);
        Ok(Self { uses })
    }
}

impl Drop for Use<'_> {
    fn drop(&mut self) {
        self.uses.fetch_sub(1, Ordering::Relaxed);
    }
}
