//! The kernels of `twinprint.datasketch`.

use numpy::{Element, PyArray1, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};
use twinprint_compat::{fmix32, fmix64, kernels, sha1_32, sha1_64};

/// The hashes times the permutations from which on other Python threads may go on. Below it, letting them takes longer.
const WORTH_DETACHING: usize = 1 << 16;

/// Lowers the values of a sketch by hashes, multipliers and addends.
type Lower<T> = fn(&[T], &[T], &[T], &mut [T]);

/// One scheme: how elements are hashed, and how their hashes lower the values of a sketch.
struct Arithmetic<T> {
    hash: fn(&[u8]) -> T,
    lower: Lower<T>,
}

const AFFINE_32: Arithmetic<u32> = Arithmetic { hash: |element| fmix32(sha1_32(element)), lower: kernels::affine_32 };
const AFFINE_64: Arithmetic<u64> = Arithmetic { hash: |element| fmix64(sha1_64(element)), lower: kernels::affine_64 };
const LEGACY: Arithmetic<u64> = Arithmetic {
    hash: |element| sha1_32(element).into(),
    lower: |hashes, a, b, minima| kernels::mersenne(hashes, a, b, u32::MAX.into(), minima),
};

/// The settings of a sketch, copied, because another thread may write to the arrays they come from.
struct Sketch<T> {
    arithmetic: Arithmetic<T>,
    minima: Vec<T>,
    a: Vec<T>,
    b: Vec<T>,
}

impl<T: Element + Copy + Send + Sync> Sketch<T> {
    /// Reads a sketch. `None` where its arrays are of another type or shape, which is then for NumPy to judge.
    fn read(arithmetic: Arithmetic<T>, hashvalues: &Bound<'_, PyAny>, permutations: &Bound<'_, PyAny>) -> Option<Self> {
        let hashvalues: PyReadonlyArray1<'_, T> = hashvalues.extract().ok()?;
        let permutations: PyReadonlyArray2<'_, T> = permutations.extract().ok()?;
        let (minima, both) = (hashvalues.as_slice().ok()?, permutations.as_slice().ok()?);
        if both.len() != 2 * minima.len() {
            return None;
        }
        let (a, b) = both.split_at(minima.len());
        Some(Self { arithmetic, minima: minima.to_vec(), a: a.to_vec(), b: b.to_vec() })
    }

    /// Returns the values after elements are added. `None` where one is not of the type bytes.
    fn lowered<'py>(&self, elements: &Bound<'py, PyList>) -> Option<Bound<'py, PyArray1<T>>> {
        let py = elements.py();
        let mut hashes = Vec::with_capacity(elements.len());
        for element in elements {
            hashes.push((self.arithmetic.hash)(element.cast_exact::<PyBytes>().ok()?.as_bytes()));
        }
        let mut minima = self.minima.clone();
        let mut lower = || (self.arithmetic.lower)(&hashes, &self.a, &self.b, &mut minima);
        if hashes.len() * self.a.len() < WORTH_DETACHING {
            lower();
        } else {
            py.detach(lower);
        }
        Some(PyArray1::from_vec(py, minima))
    }

    fn bulk<'py>(&self, sets: &Bound<'py, PyList>) -> PyResult<Option<Bound<'py, PyList>>> {
        let sketches = PyList::empty(sets.py());
        for set in sets {
            let Some(sketch) = set.cast::<PyList>().ok().and_then(|set| self.lowered(set)) else { return Ok(None) };
            sketches.append(sketch)?;
            sets.py().check_signals()?;
        }
        Ok(Some(sketches))
    }
}

/// Returns the values of a sketch after elements are added, or `None` where Python must do it: for elements other than bytes, and
/// for arrays of another type or shape.
#[pyfunction]
pub fn datasketch_lowered<'py>(
    scheme: &str,
    hashvalues: &Bound<'py, PyAny>,
    permutations: &Bound<'py, PyAny>,
    elements: &Bound<'py, PyList>,
) -> Option<Bound<'py, PyAny>> {
    match scheme {
        "affine32" => Sketch::read(AFFINE_32, hashvalues, permutations)?.lowered(elements).map(Bound::into_any),
        "affine64" => Sketch::read(AFFINE_64, hashvalues, permutations)?.lowered(elements).map(Bound::into_any),
        "legacy" => Sketch::read(LEGACY, hashvalues, permutations)?.lowered(elements).map(Bound::into_any),
        _ => None,
    }
}

/// Returns the values of a sketch for each list of elements, or `None` as [`datasketch_lowered`] does.
#[pyfunction]
pub fn datasketch_bulk<'py>(
    scheme: &str,
    hashvalues: &Bound<'py, PyAny>,
    permutations: &Bound<'py, PyAny>,
    sets: &Bound<'py, PyList>,
) -> PyResult<Option<Bound<'py, PyList>>> {
    match scheme {
        "affine32" => Sketch::read(AFFINE_32, hashvalues, permutations).map_or(Ok(None), |sketch| sketch.bulk(sets)),
        "affine64" => Sketch::read(AFFINE_64, hashvalues, permutations).map_or(Ok(None), |sketch| sketch.bulk(sets)),
        "legacy" => Sketch::read(LEGACY, hashvalues, permutations).map_or(Ok(None), |sketch| sketch.bulk(sets)),
        _ => Ok(None),
    }
}
