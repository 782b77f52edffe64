//! A stream of texts: each is told at once to be new or a duplicate.

use pyo3::prelude::*;
use pyo3::types::PyString;
use std::sync::Arc;
use twinprint::InsertOutcome;

use crate::error::raise;
use crate::number::{Number, RECALL, SHARE};
use crate::scheme::{Scheme, or_news};
use crate::shared::Shared;
use crate::texts::one;

/// The stream. It holds the ids too, so that neither another thread nor Ctrl-C comes between a text and its id.
#[pyclass(frozen, module = "twinprint._native")]
pub struct Deduplicator {
    inner: Shared<twinprint::Deduplicator<Arc<Py<PyAny>>>>,
}

/// What a text is (new, empty, copy, same-shingles, similar), the id of the earlier text, and their similarity.
type Inserted = (&'static str, Option<Py<PyAny>>, Option<f64>);

#[pymethods]
impl Deduplicator {
    #[new]
    fn new(scheme: Option<&Scheme>, threshold: Number<f64>, recall: Number<f64>) -> PyResult<Self> {
        let builder = twinprint::Deduplicator::builder()
            .scheme(or_news(scheme))
            .threshold(threshold.within("threshold", SHARE)?)
            .recall(recall.within("recall", RECALL)?);
        Ok(Self { inner: Shared::new(builder.build().map_err(raise)?) })
    }

    /// Adds a text.
    fn insert(&self, py: Python<'_>, id: Py<PyAny>, text: &Bound<'_, PyString>) -> PyResult<Inserted> {
        let (id, text) = (Arc::new(id), one("text", text)?);
        let outcome = self.inner.change(py, |stream| stream.insert(Arc::clone(&id), text))?;
        let earlier = |id: Arc<Py<PyAny>>| Some(id.clone_ref(py));
        Ok(match outcome.map_err(raise)? {
            InsertOutcome::Copy { of } => ("copy", earlier(of), Some(1.0)),
            InsertOutcome::SameShingles { to } => ("same-shingles", earlier(to), Some(1.0)),
            InsertOutcome::Similar { to, overlap } => ("similar", earlier(to), Some(overlap.jaccard())),
            InsertOutcome::Empty => ("empty", None, None),
            _ => ("new", None, None),
        })
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.inner.read(py, twinprint::Deduplicator::len)
    }
}
