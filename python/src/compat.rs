//! The sketches of other tools.

use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple};
use rayon::prelude::*;
use twinprint_compat::{Preset, Sketcher};

use crate::batches;
use crate::error::raise;
use crate::imported::Listed;
use crate::number::{BITS_32, HASHES, Number};
use crate::texts::Texts;
use crate::threads::{self, Call};

/// Computes the sketches of a preset.
#[pyclass(frozen, module = "twinprint.compat", name = "Sketcher")]
pub struct PySketcher {
    inner: Sketcher,
    num_hashes: usize,
    seed: u32,
}

/// The elements of a set, as bytes.
struct Elements(Vec<Vec<u8>>);

impl<'a, 'py> FromPyObject<'a, 'py> for Elements {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if object.is_instance_of::<PyString>() || object.is_instance_of::<PyBytes>() {
            return Err(PyTypeError::new_err("one element was given where a set is expected; put it into a list"));
        }
        let element = |element: PyResult<Bound<'_, PyAny>>| {
            let element = element?;
            if let Ok(bytes) = element.cast::<PyBytes>() {
                return Ok(bytes.as_bytes().to_vec());
            }
            match element.cast::<PyString>() {
                Ok(text) => Ok(text.to_str()?.as_bytes().to_vec()),
                Err(_) => Err(PyTypeError::new_err(format!("an element is {}, not str or bytes", element.get_type()))),
            }
        };
        Ok(Self(object.try_iter()?.map(element).collect::<PyResult<_>>()?))
    }
}

fn refused(error: twinprint_compat::Error) -> PyErr {
    PyValueError::new_err(error.to_string())
}

#[pymethods]
impl PySketcher {
    #[new]
    #[pyo3(signature = (preset, *, num_hashes=None, seed=None))]
    fn new(preset: &str, num_hashes: Option<Number<usize>>, seed: Option<Number<u32>>) -> PyResult<Self> {
        let preset: Preset = preset.parse().map_err(refused)?;
        let num_hashes = num_hashes.map_or(Ok(preset.default_num_hashes()), |number| values("num_hashes", number))?;
        let seed = seed.map_or(Ok(preset.default_seed()), |seed| seed.within("seed", BITS_32))?;
        Ok(Self { inner: Sketcher::new(preset, seed, num_hashes).map_err(refused)?, num_hashes, seed })
    }

    /// The name of the preset.
    #[getter]
    fn preset(&self) -> &'static str {
        self.inner.preset().name()
    }

    /// The number of values of a sketch.
    #[getter]
    fn num_hashes(&self) -> usize {
        self.num_hashes
    }

    /// The seed of the permutations.
    #[getter]
    fn seed(&self) -> u32 {
        self.seed
    }

    /// The id of preset, seed and number of values. Sketches may be compared if their ids are equal.
    #[getter]
    fn id(&self) -> String {
        self.inner.id().to_string()
    }

    /// The value of every position of the sketch of an empty set.
    #[getter]
    fn empty_value(&self) -> u64 {
        self.inner.empty_value()
    }

    /// The multipliers and the addends of the permutations, as numpy arrays of uint64.
    #[getter]
    fn permutations<'py>(&self, py: Python<'py>) -> (Bound<'py, PyArray1<u64>>, Bound<'py, PyArray1<u64>>) {
        let (a, b) = self.inner.parameters();
        (PyArray1::from_vec(py, a), PyArray1::from_vec(py, b))
    }

    /// The sketch of a set of str or bytes, as a numpy array of uint64.
    fn sketch<'py>(&self, py: Python<'py>, elements: Elements) -> Bound<'py, PyArray1<u64>> {
        let values = py.detach(|| self.inner.sketch(&elements.0));
        PyArray1::from_vec(py, values)
    }

    /// The hashes of the elements, in their order, before any permutation.
    fn hashes<'py>(&self, py: Python<'py>, elements: Elements) -> Bound<'py, PyArray1<u64>> {
        PyArray1::from_iter(py, elements.0.iter().map(|element| self.inner.hash(element)))
    }

    /// The sketch of a set whose elements are hashed already.
    fn sketch_hashes<'py>(&self, py: Python<'py>, hashes: PyReadonlyArray1<'py, u64>) -> Bound<'py, PyArray1<u64>> {
        let hashes = hashes.as_array().to_vec();
        PyArray1::from_vec(py, py.detach(|| self.inner.sketch_hashes(&hashes)))
    }

    /// The sketches of many sets, a row for each.
    #[pyo3(signature = (sets, *, threads=None))]
    fn sketch_all<'py>(
        &self,
        py: Python<'py>,
        sets: Listed<Elements>,
        threads: Option<Number<usize>>,
    ) -> PyResult<Bound<'py, PyArray2<u64>>> {
        let Listed(sets) = sets;
        let sketches = |call: &Call<'_>| {
            let mut values = Vec::new();
            for batch in batches::batches(&sets, |set| set.0.iter().map(Vec::len).sum()) {
                call.check()?;
                values.par_extend(batch.par_iter().flat_map_iter(|set| self.inner.sketch(&set.0)));
            }
            Ok(values)
        };
        let values = threads::run(py, threads, sketches)?.map_err(raise)?;
        self.matrix(py, values, sets.len())
    }

    /// The sketch of a text, cut as the tool cuts it by default; `None` where the tool leaves the text out.
    fn sketch_text<'py>(
        &self,
        py: Python<'py>,
        text: &Bound<'_, PyString>,
    ) -> PyResult<Option<Bound<'py, PyArray1<u64>>>> {
        let text = crate::texts::one("text", text)?;
        let values = py.detach(|| self.inner.sketch_text(text)).map_err(refused)?;
        Ok(values.map(|values| PyArray1::from_vec(py, values)))
    }

    /// The sketches of a column of texts, a row for each. A text that is missing, or that the tool leaves out, has the row of an empty
    /// set.
    #[pyo3(signature = (texts, *, threads=None))]
    fn sketch_texts<'py>(
        &self,
        py: Python<'py>,
        texts: Texts,
        threads: Option<Number<usize>>,
    ) -> PyResult<Bound<'py, PyArray2<u64>>> {
        let views = texts.views()?;
        let values = threads::run(py, threads, |call| self.values(&views, call))??;
        self.matrix(py, values, views.len())
    }

    fn __repr__(&self) -> String {
        format!("<twinprint.compat.Sketcher {}: {}>", self.inner.id(), self.inner)
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().inner.id() == self.inner.id())
    }

    fn __hash__(&self) -> u64 {
        u64::from_str_radix(&self.id(), 16).unwrap_or_default()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let (py, this) = (slf.py(), slf.get());
        let restore = py.import("twinprint.compat")?.getattr("_restored")?;
        (restore, (this.preset(), this.num_hashes, this.seed)).into_pyobject(py)
    }
}

impl PySketcher {
    /// Returns the values of the sketches of texts.
    fn values(&self, texts: &[Option<&str>], call: &Call<'_>) -> PyResult<Vec<u64>> {
        let mut values = Vec::with_capacity(texts.len() * self.num_hashes);
        for batch in batches::of_texts(texts) {
            call.check().map_err(raise)?;
            let rows: Result<Vec<Vec<u64>>, _> = batch.par_iter().map(|text| self.row(*text)).collect();
            values.extend(rows.map_err(refused)?.concat());
        }
        Ok(values)
    }

    fn row(&self, text: Option<&str>) -> Result<Vec<u64>, twinprint_compat::Error> {
        let values = text.map_or(Ok(None), |text| self.inner.sketch_text(text))?;
        Ok(values.unwrap_or_else(|| vec![self.inner.empty_value(); self.num_hashes]))
    }

    fn matrix<'py>(&self, py: Python<'py>, values: Vec<u64>, rows: usize) -> PyResult<Bound<'py, PyArray2<u64>>> {
        PyArray1::from_vec(py, values).reshape([rows, self.num_hashes])
    }
}

/// The names of all presets, each with its number of values and its seed by default.
#[pyfunction]
pub fn presets() -> Vec<(&'static str, usize, u32)> {
    Preset::ALL.map(|preset| (preset.name(), preset.default_num_hashes(), preset.default_seed())).to_vec()
}

/// Simplifies a text as datatrove does by default.
#[pyfunction]
pub fn simplify_text(text: &Bound<'_, PyString>) -> PyResult<String> {
    Ok(twinprint_compat::datatrove::simplify_text(crate::texts::one("text", text)?))
}

/// The values of Spark's `MinHashLSHModel` for the indices of a sparse vector, one for each hash table.
#[pyfunction]
#[pyo3(
    signature = (indices, *, tables, seed=Number::Fits(328_749_633)),
    text_signature = "(indices, *, tables, seed=328749633)",
)]
pub fn spark_values<'py>(
    py: Python<'py>,
    indices: Listed<Number<u32>>,
    tables: Number<usize>,
    seed: Number<i64>,
) -> PyResult<Bound<'py, PyArray1<u64>>> {
    let seed = seed.within("seed", "from -9223372036854775808 to 9223372036854775807")?;
    let indices: Vec<u32> =
        indices.0.into_iter().map(|index| index.within("an index", BITS_32)).collect::<PyResult<_>>()?;
    let model = twinprint_compat::SparkMinHash::new(seed, values("tables", tables)?);
    Ok(PyArray1::from_vec(py, model.values(indices)))
}

/// Checks the number of values of a sketch, before memory is taken for them.
fn values(field: &'static str, number: Number<usize>) -> PyResult<usize> {
    number.checked(field, HASHES, |number| (1..=65_536).contains(number))
}
