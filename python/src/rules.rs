//! The decisions of a join on columns, for engines that move the data themselves.

use numpy::PyArray1;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use twinprint::SimilarityJoin;
use twinprint_arrow::rules;

use crate::column::Column;
use crate::error::{raise, raise_column};
use crate::imported::{Arrow, Listed};
use crate::number::{BUCKET_LIMIT, Number, RECALL, SHARE};
use crate::scheme::{Banding, Scheme, or_news};
use crate::signatures::list;
use crate::threads;

/// Rows, places of the earlier sets, and places of the later sets, a column each.
type Found<'py> = (Bound<'py, PyArray1<u32>>, Bound<'py, PyArray1<u32>>, Bound<'py, PyArray1<u32>>);

/// What decides about pairs of a join.
#[pyclass(frozen, module = "twinprint._native")]
pub struct JoinRules {
    inner: twinprint::join::JoinRules,
}

#[pymethods]
impl JoinRules {
    #[new]
    #[pyo3(signature = (scheme, *, threshold, recall, bucket_limit))]
    fn new(
        scheme: Option<&Scheme>,
        threshold: Number<f64>,
        recall: Number<f64>,
        bucket_limit: Option<Number<usize>>,
    ) -> PyResult<Self> {
        let mut builder = SimilarityJoin::builder(&or_news(scheme))
            .threshold(threshold.within("threshold", SHARE)?)
            .recall(recall.within("recall", RECALL)?);
        if let Some(limit) = bucket_limit {
            builder = builder.bucket_limit(limit.within("bucket_limit", BUCKET_LIMIT)?);
        }
        Ok(Self { inner: builder.rules().map_err(raise)? })
    }

    /// The bands and rows that find candidates.
    #[getter]
    fn banding(&self) -> Banding {
        Banding { inner: self.inner.banding() }
    }

    /// The most distinct sets of a bucket that are all compared with one another.
    #[getter]
    fn bucket_limit(&self) -> usize {
        self.inner.bucket_limit()
    }

    /// How many shingles the sets of two columns share, row by row; -1 where the pair does not count.
    fn verify<'py>(&self, py: Python<'py>, left: Arrow, right: Arrow) -> PyResult<Bound<'py, PyArray1<i64>>> {
        let (left, right) = (list(left)?, list(right)?);
        let shared = threads::on_all_cores(py, || rules::verify(&left, &right, &self.inner))?.map_err(raise_column)?;
        Ok(PyArray1::from_iter(py, shared.iter().map(|shared| shared.map_or(-1, i64::from))))
    }

    /// The odd sketches of a column of sets.
    fn sketches(&self, py: Python<'_>, sets: Arrow) -> PyResult<Column> {
        let sets = list(sets)?;
        Ok(Column::new(threads::on_all_cores(py, || rules::sketches(&sets, &self.inner))?.map_err(raise_column)?))
    }

    /// Whether the sketches of two columns are of similar sets, as far as they tell, row by row.
    fn similar<'py>(&self, py: Python<'py>, left: Arrow, right: Arrow) -> PyResult<Bound<'py, PyArray1<bool>>> {
        let (left, right) = (list(left)?, list(right)?);
        let similar =
            threads::on_all_cores(py, || rules::similar(&left, &right, &self.inner))?.map_err(raise_column)?;
        Ok(PyArray1::from_iter(py, similar.values()))
    }

    /// With how many of the first sets each set of an oversized bucket is compared.
    fn reach<'py>(
        &self,
        py: Python<'py>,
        before: Listed<u32>,
        similar: Listed<u32>,
    ) -> PyResult<Bound<'py, PyArray1<u32>>> {
        let (Listed(before), Listed(similar)) = (before, similar);
        if before.len() != similar.len() {
            return Err(PyValueError::new_err("before and similar must be of the same length"));
        }
        let pairs = before.into_iter().zip(similar);
        Ok(PyArray1::from_iter(py, pairs.map(|(before, similar)| self.inner.reach(before, similar))))
    }

    /// Searches blocks of sketches for pairs that may be similar: rows, places of pivots, places of probes.
    fn search<'py>(&self, py: Python<'py>, pivots: Arrow, probes: Arrow, reaches: Arrow) -> PyResult<Found<'py>> {
        let (pivots, probes, reaches) = (list(pivots)?, list(probes)?, list(reaches)?);
        let found = threads::on_all_cores(py, || rules::search(&pivots, &probes, &reaches, &self.inner))?
            .map_err(raise_column)?;
        let column = |of: fn(&rules::Found) -> u32| PyArray1::from_iter(py, found.iter().map(of));
        Ok((column(|found| found.row), column(|found| found.pivot), column(|found| found.probe)))
    }
}
