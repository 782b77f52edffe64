//! Signatures of one text, and of whole columns.

use arrow_array::builder::BooleanBufferBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{Array, FixedSizeListArray, LargeListArray, ListArray, UInt32Array, UInt64Array};
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field};
use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1};
use pyo3::exceptions::{PyIndexError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyString, PyTuple};
use std::sync::Arc;
use twinprint_arrow::kernels::{self, Lists};

use crate::batches;
use crate::column::{self, Column};
use crate::error::{raise, raise_column};
use crate::imported::Arrow;
use crate::number::Number;
use crate::pickles::missing;
use crate::scheme::{Banding, Scheme, or_news};
use crate::texts::{Texts, one};
use crate::threads::{self, Call};

/// Makes signatures of single texts and of features of your own.
#[pyclass(frozen, module = "twinprint")]
pub struct MinHasher {
    hasher: twinprint::MinHasher,
    shingler: Option<twinprint::Shingler>,
}

#[pymethods]
impl MinHasher {
    #[new]
    #[pyo3(signature = (scheme=None))]
    fn new(scheme: Option<&Scheme>) -> Self {
        let scheme = or_news(scheme);
        Self { hasher: scheme.minhasher(), shingler: scheme.shingler().ok() }
    }

    #[getter]
    fn scheme(&self) -> Scheme {
        Scheme { inner: self.hasher.scheme().clone() }
    }

    /// The signature of a text.
    fn signature(&self, py: Python<'_>, text: &Bound<'_, PyString>) -> PyResult<Signature> {
        let shingler =
            self.shingler.as_ref().ok_or_else(|| PyValueError::new_err("the scheme has no text features"))?;
        let text = one("text", text)?;
        Ok(Signature { inner: py.detach(|| self.hasher.signature(&shingler.hashes(text))) })
    }

    /// The signature of a set of 64-bit hashes.
    fn signature_of(&self, hashes: PyReadonlyArray1<'_, u64>) -> PyResult<Signature> {
        let hashes = hashes.as_array().to_vec();
        Ok(Signature { inner: self.hasher.signature(&hashes) })
    }

    /// The signature of an empty set, to which `merge` adds others.
    fn empty(&self) -> Signature {
        Signature { inner: self.hasher.empty() }
    }

    /// The hashes of the shingles of a text, in order, as a numpy array.
    fn shingles<'py>(&self, py: Python<'py>, text: &Bound<'_, PyString>) -> PyResult<Bound<'py, PyArray1<u64>>> {
        let shingler =
            self.shingler.as_ref().ok_or_else(|| PyValueError::new_err("the scheme has no text features"))?;
        Ok(PyArray1::from_slice(py, shingler.set(one("text", text)?).as_slice()))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        (py.get_type::<Self>(), (slf.get().scheme(),)).into_pyobject(py)
    }
}

/// The signature of one text.
#[pyclass(frozen, module = "twinprint")]
#[derive(Clone)]
pub struct Signature {
    pub inner: twinprint::Signature,
}

#[pymethods]
impl Signature {
    /// Makes a signature of the values of one, such as a row of `Signatures.numpy()`.
    #[new]
    fn new(scheme: &Scheme, values: PyReadonlyArray1<'_, u32>) -> PyResult<Self> {
        let values = values.as_array().to_vec();
        Ok(Self { inner: twinprint::Signature::from_values(&scheme.inner, values).map_err(raise)? })
    }

    #[getter]
    fn scheme(&self) -> Scheme {
        Scheme { inner: self.inner.scheme().clone() }
    }

    /// The values, a numpy array of uint32.
    fn numpy<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<u32>> {
        PyArray1::from_slice(py, self.inner.values())
    }

    /// The estimated Jaccard similarity.
    fn jaccard(&self, other: &Self) -> PyResult<f64> {
        self.inner.jaccard(&other.inner).map_err(|error| raise(error.into()))
    }

    /// The signature of the union of both sets.
    fn merge(&self, other: &Self) -> PyResult<Self> {
        let mut merged = self.inner.clone();
        merged.merge(&other.inner).map_err(|error| raise(error.into()))?;
        Ok(Self { inner: merged })
    }

    /// Whether it is of an empty set.
    fn is_empty(&self) -> bool {
        self.inner.is_empty()
    }

    fn __len__(&self) -> usize {
        self.inner.values().len()
    }

    fn __repr__(&self) -> String {
        let values = self.inner.values();
        format!("<twinprint.Signature of {} hashes: {:?} ..>", values.len(), &values[..values.len().min(4)])
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().inner == self.inner)
    }

    fn __hash__(&self) -> u64 {
        self.inner.values().iter().fold(0, |hash: u64, &value| hash.wrapping_mul(31).wrapping_add(u64::from(value)))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let this = slf.get();
        (py.get_type::<Self>(), (this.scheme(), this.numpy(py))).into_pyobject(py)
    }
}

/// The signatures of many texts, one row each.
#[pyclass(frozen, module = "twinprint")]
pub struct Signatures {
    scheme: twinprint::Scheme,
    array: FixedSizeListArray,
}

#[pymethods]
impl Signatures {
    #[getter]
    fn scheme(&self) -> Scheme {
        Scheme { inner: self.scheme.clone() }
    }

    fn __len__(&self) -> usize {
        self.array.len()
    }

    fn __repr__(&self) -> String {
        format!("<twinprint.Signatures of {} texts, {} hashes each>", self.array.len(), self.array.value_length())
    }

    fn __getitem__(&self, row: Number<isize>) -> PyResult<Option<Signature>> {
        let row = place(row, self.array.len())?;
        if self.array.is_null(row) {
            return Ok(None);
        }
        let values = self.row(row).to_vec();
        Ok(Some(Signature { inner: twinprint::Signature::from_values(&self.scheme, values).map_err(raise)? }))
    }

    /// The estimated Jaccard similarity of two rows; `None` if one has no text.
    fn jaccard(&self, left: Number<isize>, right: Number<isize>) -> PyResult<Option<f64>> {
        let (left, right) = (self.__getitem__(left)?, self.__getitem__(right)?);
        left.zip(right).map(|(left, right)| left.jaccard(&right)).transpose()
    }

    /// The values of all rows: an array of uint32 with a row for each text. A missing text has the row of an empty one.
    fn numpy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<u32>>> {
        let values = self.array.values().as_primitive::<UInt32Type>().values();
        PyArray1::from_slice(py, values).reshape([self.array.len(), self.array.value_length() as usize])
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        column::export(py, &self.array, requested_schema)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let (py, this) = (slf.py(), slf.get());
        let restore = py.import("twinprint._native")?.getattr("restored_signatures")?;
        let values = PyArray1::from_slice(py, this.array.values().as_primitive::<UInt32Type>().values());
        (restore, (this.scheme(), values, missing(py, &this.array))).into_pyobject(py)
    }
}

impl Signatures {
    /// Wraps the signatures of a scheme, which are as wide as its own.
    pub fn restored(scheme: twinprint::Scheme, array: FixedSizeListArray) -> Self {
        Self { scheme, array }
    }

    fn row(&self, row: usize) -> &[u32] {
        let width = self.array.value_length() as usize;
        &self.array.values().as_primitive::<UInt32Type>().values()[row * width..(row + 1) * width]
    }
}

/// Returns the place of a row, which may be counted from the end.
fn place(row: Number<isize>, rows: usize) -> PyResult<usize> {
    let row = match row {
        Number::Fits(row) => row,
        Number::Outside(row) => return Err(no_row(row, rows)),
        Number::OfOtherType(message) => return Err(PyTypeError::new_err(message)),
    };
    let place = if row < 0 { row.checked_add_unsigned(rows) } else { Some(row) };
    let place = place.and_then(|place| usize::try_from(place).ok()).filter(|&place| place < rows);
    place.ok_or_else(|| no_row(row, rows))
}

fn no_row(row: impl std::fmt::Display, rows: usize) -> PyErr {
    PyIndexError::new_err(format!("there is no row {row} among {rows}"))
}

/// The signatures of texts, made on all cores.
#[pyfunction]
#[pyo3(signature = (texts, scheme=None, *, threads=None))]
pub fn signatures(
    py: Python<'_>,
    texts: Texts,
    scheme: Option<&Scheme>,
    threads: Option<Number<usize>>,
) -> PyResult<Signatures> {
    let scheme = or_news(scheme);
    let views = texts.views()?;
    scheme.shingler().map_err(raise)?;
    let values = threads::run(py, threads, |call| values(&views, &scheme, call))?.map_err(raise)?;
    let values = Arc::new(UInt32Array::from(values));
    let item = Arc::new(Field::new("item", DataType::UInt32, true));
    let array = FixedSizeListArray::new(item, scheme.sketch().num_hashes() as i32, values, nulls(&views));
    Ok(Signatures { scheme, array })
}

/// Returns the values of the signatures of texts.
fn values(texts: &[Option<&str>], scheme: &twinprint::Scheme, call: &Call<'_>) -> Result<Vec<u32>, twinprint::Error> {
    let mut values = Vec::with_capacity(texts.len() * scheme.sketch().num_hashes() as usize);
    for batch in batches::of_texts(texts) {
        call.check()?;
        values.extend_from_slice(kernels::signatures(batch, scheme)?.values());
    }
    Ok(values)
}

fn nulls(views: &[Option<&str>]) -> Option<NullBuffer> {
    if views.iter().all(Option::is_some) {
        return None;
    }
    let mut valid = BooleanBufferBuilder::new(views.len());
    views.iter().for_each(|view| valid.append(view.is_some()));
    Some(NullBuffer::new(valid.finish()))
}

/// The band keys of signatures: a list of 64-bit keys for each text. Two texts with a key in common are candidates.
#[pyfunction]
#[pyo3(signature = (signatures, banding, *, signed=false, threads=None))]
pub fn band_keys(
    py: Python<'_>,
    signatures: &Signatures,
    banding: &Banding,
    signed: bool,
    threads: Option<Number<usize>>,
) -> PyResult<Column> {
    let keys = threads::run(py, threads, |_| {
        twinprint_arrow::band_keys(&signatures.array, &signatures.scheme, banding.inner)
    })?;
    let keys = keys.map_err(raise_column)?;
    Ok(Column::new(if signed { column::signed(&keys) } else { keys }))
}

/// The shingle sets of texts: a list of 64-bit hashes for each, in ascending order.
#[pyfunction]
#[pyo3(signature = (texts, scheme=None, *, threads=None))]
pub fn shingles(
    py: Python<'_>,
    texts: Texts,
    scheme: Option<&Scheme>,
    threads: Option<Number<usize>>,
) -> PyResult<Column> {
    let scheme = or_news(scheme);
    let views = texts.views()?;
    scheme.shingler().map_err(raise)?;
    let lists = threads::run(py, threads, |call| sets(&views, &scheme, call))?.map_err(raise)?;
    let offsets: Vec<i32> = lists.offsets.iter().map_while(|&offset| i32::try_from(offset).ok()).collect();
    if offsets.len() < lists.offsets.len() {
        return Err(PyValueError::new_err("more than 2^31 shingles; pass the texts in pieces"));
    }
    let item = Arc::new(Field::new("item", DataType::UInt64, true));
    let values = Arc::new(UInt64Array::from(lists.values));
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    let sets = ListArray::new(item, offsets, values, nulls(&views));
    Ok(Column::of_sets(sets, scheme))
}

/// Returns the shingle sets of texts.
fn sets(texts: &[Option<&str>], scheme: &twinprint::Scheme, call: &Call<'_>) -> Result<Lists, twinprint::Error> {
    let mut all = Lists { offsets: vec![0], values: Vec::new() };
    for batch in batches::of_texts(texts) {
        call.check()?;
        let lists = kernels::shingles(batch, scheme)?;
        all.offsets.extend(lists.offsets.iter().skip(1).map(|offset| all.values.len() + offset));
        // The values of a single batch are not copied.
        if all.values.is_empty() { all.values = lists.values } else { all.values.extend(lists.values) }
    }
    Ok(all)
}

/// The exact Jaccard similarities of two columns of shingle sets, row by row, as a numpy array; nan where a text is missing. Columns of
/// `shingles` under two schemes are refused with `SchemeMismatch`; a column that was in another library does not tell its scheme.
#[pyfunction]
pub fn jaccard<'py>(
    py: Python<'py>,
    left: &Bound<'py, PyAny>,
    right: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    Column::check_comparable(left, right)?;
    let (left, right) = (lists(left.extract()?)?, lists(right.extract()?)?);
    if left.len() != right.len() || left.iter().zip(&right).any(|(left, right)| left.len() != right.len()) {
        return Err(PyValueError::new_err("both columns must have as many rows, in chunks of the same lengths"));
    }
    let mut all = Vec::new();
    for (left, right) in left.iter().zip(&right) {
        let similarities =
            threads::on_all_cores(py, || twinprint_arrow::jaccard(left, right))?.map_err(raise_column)?;
        all.extend(similarities.iter().map(|jaccard| jaccard.unwrap_or(f64::NAN)));
    }
    Ok(PyArray1::from_vec(py, all))
}

/// Takes the offsets of a list as numbers of 32 bits: polars has lists with 64.
fn narrowed(large: &LargeListArray) -> PyResult<ListArray> {
    let offsets: Result<Vec<i32>, _> = large.value_offsets().iter().map(|&offset| i32::try_from(offset)).collect();
    let offsets = offsets.map_err(|_| PyValueError::new_err("more than 2^31 hashes; pass the column in pieces"))?;
    let DataType::LargeList(item) = large.data_type().clone() else {
        return Err(PyTypeError::new_err("the column is no list of hashes"));
    };
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    ListArray::try_new(item, offsets, Arc::clone(large.values()), large.nulls().cloned())
        .map_err(|error| PyValueError::new_err(error.to_string()))
}

/// Reads a column of lists that comes in one piece.
pub fn list(column: Arrow) -> PyResult<ListArray> {
    let [list] = <[ListArray; 1]>::try_from(lists(column)?).map_err(|lists| {
        PyValueError::new_err(format!("the column has {} chunks; combine them into one", lists.len()))
    })?;
    Ok(list)
}

fn lists(column: Arrow) -> PyResult<Vec<ListArray>> {
    let list = |chunk: Arc<dyn Array>| {
        if let Some(large) = chunk.as_list_opt::<i64>() {
            return narrowed(large);
        }
        let found = chunk.data_type().clone();
        chunk.as_list_opt::<i32>().cloned().ok_or_else(|| PyTypeError::new_err(format!("{found} is no list of hashes")))
    };
    column.0.into_iter().map(list).collect()
}
