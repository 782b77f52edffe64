//! A stream of texts: each is told at once to be new or a duplicate.

use pyo3::prelude::*;
use pyo3::types::PyString;
use std::sync::{Mutex, PoisonError};
use twinprint::InsertOutcome;

use crate::error::raise;
use crate::number::{Number, RECALL, SHARE};
use crate::scheme::{Scheme, or_news};
use crate::texts::one;

/// The stream. Texts are numbered from 0.
#[pyclass(frozen, module = "twinprint._native")]
pub struct Deduplicator {
    inner: Mutex<twinprint::Deduplicator<u32>>,
}

#[pymethods]
impl Deduplicator {
    #[new]
    fn new(scheme: Option<&Scheme>, threshold: Number<f64>, recall: Number<f64>) -> PyResult<Self> {
        let builder = twinprint::Deduplicator::builder()
            .scheme(or_news(scheme))
            .threshold(threshold.within("threshold", SHARE)?)
            .recall(recall.within("recall", RECALL)?);
        Ok(Self { inner: Mutex::new(builder.build().map_err(raise)?) })
    }

    /// Adds a text. Returns what it is (new, empty, copy, same-shingles, similar), the number of the earlier text, and their similarity.
    fn insert(&self, py: Python<'_>, text: &Bound<'_, PyString>) -> PyResult<(&'static str, Option<u32>, Option<f64>)> {
        let text = one("text", text)?;
        let outcome = py.detach(|| {
            let mut stream = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            let number = stream.len() as u32;
            stream.insert(number, text)
        });
        Ok(match outcome.map_err(raise)? {
            InsertOutcome::Copy { of } => ("copy", Some(of), Some(1.0)),
            InsertOutcome::SameShingles { to } => ("same-shingles", Some(to), Some(1.0)),
            InsertOutcome::Similar { to, overlap } => ("similar", Some(to), Some(overlap.jaccard())),
            InsertOutcome::Empty => ("empty", None, None),
            _ => ("new", None, None),
        })
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        py.detach(|| self.inner.lock().unwrap_or_else(PoisonError::into_inner).len())
    }
}
