//! The banded index of signatures.

use pyo3::exceptions::PyKeyError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::raise;
use crate::number::{BITS_64, Number, SHARE};
use crate::scheme::{Banding, Scheme, or_news};
use crate::shared::Shared;
use crate::signatures::Signature;

/// The index. It holds the ids too, so that neither another thread nor Ctrl-C comes between a signature and its id.
#[pyclass(frozen, module = "twinprint._native")]
pub struct LshIndex {
    scheme: twinprint::Scheme,
    banding: twinprint::Banding,
    /// The places of ids. To look for one is to call Python, so it is done before the lock is taken.
    places: Py<PyDict>,
    inner: Shared<Numbered>,
}

/// The signatures under numbers in the order in which they came, from 1.
struct Numbered {
    signatures: twinprint::LshIndex<Name>,
    last: u64,
}

/// An id of Python under the number of its signature.
#[derive(Clone)]
struct Name {
    number: u64,
    id: Arc<Py<PyAny>>,
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number.fmt(formatter)
    }
}

/// The place of an id: the number of its signature, which is written under the lock of the index.
#[pyclass(frozen, module = "twinprint._native")]
struct Place {
    id: Arc<Py<PyAny>>,
    number: AtomicU64,
}

/// The number of a place that has no signature yet.
const VACANT: u64 = 0;

/// The number of a place that another one follows.
const GIVEN_UP: u64 = u64::MAX;

impl Place {
    fn number(&self) -> u64 {
        self.number.load(Ordering::Relaxed)
    }

    fn name(&self) -> Option<Name> {
        let number = self.number();
        (number != VACANT && number != GIVEN_UP).then(|| Name { number, id: Arc::clone(&self.id) })
    }
}

/// Ids and the estimated similarities of their signatures.
type Hits<Id> = Vec<(Id, f64)>;

/// What became of a signature that was to be added.
enum Added {
    New,
    Replaced,
    Held,
    /// Another thread removed the id meanwhile.
    GivenUp,
}

impl Numbered {
    fn add(
        &mut self,
        place: &Place,
        signature: &twinprint::Signature,
        replace: bool,
    ) -> Result<Added, twinprint::Error> {
        if place.number() == GIVEN_UP {
            return Ok(Added::GivenUp);
        }
        let earlier = place.name();
        if earlier.is_some() && !replace {
            return Ok(Added::Held);
        }
        let name = Name { number: self.last + 1, id: Arc::clone(&place.id) };
        if let Err(error) = self.signatures.insert(name, signature) {
            if earlier.is_none() {
                place.number.store(GIVEN_UP, Ordering::Relaxed);
            }
            return Err(error);
        }
        self.last += 1;
        place.number.store(self.last, Ordering::Relaxed);
        // The new signature is in the index: now the old one may go.
        Ok(earlier.map_or(Added::New, |earlier| {
            self.signatures.remove(&earlier);
            Added::Replaced
        }))
    }

    fn remove(&mut self, place: &Place) -> bool {
        let name = place.name();
        place.number.store(GIVEN_UP, Ordering::Relaxed);
        name.is_some_and(|name| self.signatures.remove(&name))
    }
}

#[pymethods]
impl LshIndex {
    #[new]
    fn new(py: Python<'_>, scheme: Option<&Scheme>, banding: &Banding) -> PyResult<Self> {
        let (scheme, banding) = (or_news(scheme), banding.inner);
        let signatures = twinprint::LshIndex::new(&scheme, banding).map_err(raise)?;
        let inner = Shared::new(Numbered { signatures, last: VACANT });
        Ok(Self { scheme, banding, places: PyDict::new(py).unbind(), inner })
    }

    /// Adds a signature under a new id.
    fn insert(&self, id: &Bound<'_, PyAny>, signature: &Signature) -> PyResult<()> {
        match self.add(id, signature, false)? {
            Added::Held => {
                Err(PyKeyError::new_err(format!("the index holds {} already; upsert replaces it", id.repr()?)))
            }
            _ => Ok(()),
        }
    }

    /// Adds a signature, in place of the one of this id if there is one. Returns whether there was.
    fn upsert(&self, id: &Bound<'_, PyAny>, signature: &Signature) -> PyResult<bool> {
        Ok(matches!(self.add(id, signature, true)?, Added::Replaced))
    }

    /// Removes a signature. Returns whether it was there.
    fn remove(&self, id: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Some(place) = self.place(id)? else { return Ok(false) };
        let was = self.inner.change(id.py(), |index| index.remove(place.get()))?;
        self.forget(id, &place)?;
        Ok(was)
    }

    /// The indexed signatures whose estimated similarity reaches the threshold, the most similar first.
    fn query(&self, py: Python<'_>, signature: &Signature, threshold: Number<f64>) -> PyResult<Hits<Py<PyAny>>> {
        let threshold = threshold.within("threshold", SHARE)?;
        self.hits(py, |index| index.query(&signature.inner, threshold))
    }

    /// The most similar candidates, at most this many.
    fn nearest(&self, py: Python<'_>, signature: &Signature, count: Number<usize>) -> PyResult<Hits<Py<PyAny>>> {
        let count = count.within("count", BITS_64)?;
        self.hits(py, |index| index.nearest(&signature.inner, count))
    }

    /// The signature of an id; `None` if the index does not hold it.
    fn signature(&self, id: &Bound<'_, PyAny>) -> PyResult<Option<Signature>> {
        let Some(place) = self.place(id)? else { return Ok(None) };
        let signature = |index: &Numbered| place.get().name().and_then(|name| index.signatures.signature(&name));
        Ok(self.inner.read(id.py(), signature)?.map(|inner| Signature { inner }))
    }

    /// The ids, in the order of their signatures.
    fn ids(&self, py: Python<'_>) -> PyResult<Vec<Py<PyAny>>> {
        let mut names: Vec<Name> = self.inner.read(py, |index| index.signatures.ids().cloned().collect())?;
        names.sort_unstable_by_key(|name| name.number);
        Ok(names.iter().map(|name| name.id.clone_ref(py)).collect())
    }

    #[getter]
    fn scheme(&self) -> Scheme {
        Scheme { inner: self.scheme.clone() }
    }

    #[getter]
    fn banding(&self) -> Banding {
        Banding { inner: self.banding }
    }

    fn __contains__(&self, id: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.place(id)?.is_some_and(|place| place.get().name().is_some()))
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.inner.read(py, |index| index.signatures.len())
    }
}

impl LshIndex {
    fn place(&self, id: &Bound<'_, PyAny>) -> PyResult<Option<Py<Place>>> {
        let place = self.places.bind(id.py()).get_item(id)?;
        Ok(place.map(|place| place.cast_into::<Place>()).transpose()?.map(Bound::unbind))
    }

    fn add(&self, id: &Bound<'_, PyAny>, signature: &Signature, replace: bool) -> PyResult<Added> {
        let py = id.py();
        loop {
            let vacant = Place { id: Arc::new(id.clone().unbind()), number: AtomicU64::new(VACANT) };
            let place = self.places.bind(py).call_method1(intern!(py, "setdefault"), (id, vacant))?;
            let place = place.cast_into::<Place>()?.unbind();
            let added = self.inner.change(py, |index| index.add(place.get(), &signature.inner, replace))?;
            if place.get().number() == GIVEN_UP {
                self.forget(id, &place)?;
            }
            match added.map_err(raise)? {
                Added::GivenUp => {}
                added => return Ok(added),
            }
        }
    }

    /// Takes a place that was given up out of the dict, unless another one is there already.
    fn forget(&self, id: &Bound<'_, PyAny>, place: &Py<Place>) -> PyResult<()> {
        let places = self.places.bind(id.py());
        if places.get_item(id)?.is_some_and(|found| found.is(place)) {
            places.del_item(id)?;
        }
        Ok(())
    }

    fn hits(
        &self,
        py: Python<'_>,
        ask: impl FnOnce(&twinprint::LshIndex<Name>) -> Result<Vec<twinprint::lsh::Hit<'_, Name>>, twinprint::Error> + Send,
    ) -> PyResult<Hits<Py<PyAny>>> {
        let named = |index: &Numbered| -> Result<Hits<Arc<Py<PyAny>>>, twinprint::Error> {
            let hits = ask(&index.signatures)?;
            Ok(hits.iter().map(|hit| (Arc::clone(&hit.id.id), hit.estimate.jaccard)).collect())
        };
        let hits = self.inner.read(py, named)?.map_err(raise)?;
        Ok(hits.into_iter().map(|(id, jaccard)| (id.clone_ref(py), jaccard)).collect())
    }
}
