//! The banded index of signatures.

use pyo3::prelude::*;
use std::sync::{PoisonError, RwLock};

use crate::error::raise;
use crate::number::{BITS_64, Number, SHARE};
use crate::scheme::{Banding, Scheme, or_news};
use crate::signatures::Signature;

/// The index. Signatures have numbers, to which the caller gives ids.
#[pyclass(frozen, module = "twinprint._native")]
pub struct LshIndex {
    inner: RwLock<twinprint::LshIndex<u64>>,
}

#[pymethods]
impl LshIndex {
    #[new]
    fn new(scheme: Option<&Scheme>, banding: &Banding) -> PyResult<Self> {
        let index = twinprint::LshIndex::new(&or_news(scheme), banding.inner).map_err(raise)?;
        Ok(Self { inner: RwLock::new(index) })
    }

    fn insert(&self, py: Python<'_>, number: u64, signature: &Signature) -> PyResult<()> {
        let index = || self.inner.write().unwrap_or_else(PoisonError::into_inner).insert(number, &signature.inner);
        py.detach(index).map_err(raise)
    }

    fn remove(&self, py: Python<'_>, number: u64) -> bool {
        py.detach(|| self.inner.write().unwrap_or_else(PoisonError::into_inner).remove(&number))
    }

    /// The indexed signatures whose estimated similarity reaches the threshold, the most similar first.
    fn query(&self, py: Python<'_>, signature: &Signature, threshold: Number<f64>) -> PyResult<Vec<(u64, f64)>> {
        let threshold = threshold.within("threshold", SHARE)?;
        let hits = || {
            let index = self.inner.read().unwrap_or_else(PoisonError::into_inner);
            let hits = index.query(&signature.inner, threshold)?;
            Ok(hits.iter().map(|hit| (*hit.id, hit.estimate.jaccard)).collect())
        };
        py.detach(hits).map_err(raise)
    }

    /// The most similar candidates, at most this many.
    fn nearest(&self, py: Python<'_>, signature: &Signature, count: Number<usize>) -> PyResult<Vec<(u64, f64)>> {
        let count = count.within("count", BITS_64)?;
        let hits = || {
            let index = self.inner.read().unwrap_or_else(PoisonError::into_inner);
            let hits = index.nearest(&signature.inner, count)?;
            Ok(hits.iter().map(|hit| (*hit.id, hit.estimate.jaccard)).collect())
        };
        py.detach(hits).map_err(raise)
    }

    fn signature(&self, py: Python<'_>, number: u64) -> Option<Signature> {
        let inner = py.detach(|| self.inner.read().unwrap_or_else(PoisonError::into_inner).signature(&number));
        inner.map(|inner| Signature { inner })
    }

    #[getter]
    fn scheme(&self) -> Scheme {
        Scheme { inner: self.inner.read().unwrap_or_else(PoisonError::into_inner).scheme().clone() }
    }

    #[getter]
    fn banding(&self) -> Banding {
        Banding { inner: self.inner.read().unwrap_or_else(PoisonError::into_inner).banding() }
    }

    fn __len__(&self) -> usize {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).len()
    }
}
