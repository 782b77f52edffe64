//! Schemes and bandings.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};
use twinprint::scheme::FeatureScheme;
use twinprint::text::Normalization;

use crate::error::{raise, raise_as};
use crate::normalization;
use crate::number::{BITS_64, HASHES, Number, RECALL, SHARE, TOKENS};

/// What of a text counts, and how it is hashed. Values of two schemes are never compared.
#[pyclass(frozen, module = "twinprint")]
#[derive(Clone)]
pub struct Scheme {
    pub inner: twinprint::Scheme,
}

/// Reads the name of a setting.
fn named<T: std::str::FromStr<Err = twinprint::Error>>(name: &str) -> PyResult<T> {
    name.parse().map_err(raise)
}

#[pymethods]
impl Scheme {
    #[new]
    #[pyo3(signature = (
        words=None, *, characters=None, tokenization=None, tokens=None, spaceless_tokens=None, filter=None, normalization=None,
        short_text=None, num_hashes=Number::Fits(128), seed=Number::Fits(1), algorithm=None,
    ), text_signature = "(words=None, *, characters=None, tokenization=None, tokens=None, spaceless_tokens=None, filter=None, \
        normalization=None, short_text=None, num_hashes=128, seed=1, algorithm=None)")]
    #[allow(clippy::too_many_arguments)]
    fn new(
        words: Option<Number<u32>>,
        characters: Option<Number<u32>>,
        tokenization: Option<&str>,
        tokens: Option<Number<u32>>,
        spaceless_tokens: Option<Number<u32>>,
        filter: Option<&str>,
        normalization: Option<&Bound<'_, PyAny>>,
        short_text: Option<&str>,
        num_hashes: Number<u32>,
        seed: Number<u64>,
        algorithm: Option<&str>,
    ) -> PyResult<Self> {
        let mut builder = twinprint::Scheme::builder();
        // The rules of a text form the base of `normalization`, so they come first: shingles of characters collapse white space.
        let mut rules = Normalization::default();
        if tokens.is_some() && tokenization.is_none() {
            return Err(PyValueError::new_err(
                "tokens belongs to tokenization; words and characters are numbers themselves",
            ));
        }
        let (number, unit) = match (words, characters, tokenization) {
            (words, None, None) => (words, "words"),
            (None, characters, None) => (characters, "characters"),
            (None, None, Some(_)) => (tokens, "tokens"),
            _ => return Err(PyValueError::new_err("give one of words, characters and tokenization")),
        };
        let number = number.map_or(Ok(3), |number| number.within(unit, TOKENS))?;
        builder = match tokenization {
            Some(tokenization) => builder.tokenization(named(tokenization)?).tokens(number),
            None if unit == "words" => builder.words(number),
            None => {
                rules = rules.collapse_white_space(true);
                builder.characters(number)
            }
        };
        if let Some(tokens) = spaceless_tokens {
            builder = builder.spaceless_tokens(tokens.within("spaceless_tokens", TOKENS)?);
        }
        if let Some(filter) = filter {
            builder = builder.filter(named(filter)?);
        }
        if let Some(normalization) = normalization {
            builder = builder.normalization(normalization::read(normalization, rules)?);
        }
        if let Some(short_text) = short_text {
            builder = builder.short_text(named(short_text)?);
        }
        if let Some(algorithm) = algorithm {
            builder = builder.algorithm(named(algorithm)?);
        }
        builder = builder.num_hashes(num_hashes.within("num_hashes", HASHES)?).seed(seed.within("seed", BITS_64)?);
        Ok(Self { inner: builder.build().map_err(|error| raise_as(error, unit, "tokens"))? })
    }

    /// The scheme for news: word 3-grams, 256 hashes.
    #[staticmethod]
    fn news() -> Self {
        Self { inner: twinprint::Scheme::news() }
    }

    /// The scheme for web pages and training corpora: word 5-grams, 128 hashes.
    #[staticmethod]
    fn web() -> Self {
        Self { inner: twinprint::Scheme::web() }
    }

    /// The scheme for source code, mathematics and tables: 10-grams of identifiers, numbers and signs, 128 hashes.
    #[staticmethod]
    fn code() -> Self {
        Self { inner: twinprint::Scheme::code() }
    }

    /// Reads a scheme that `to_json` wrote.
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, json: &str) -> PyResult<Self> {
        let inner = serde_json::from_str(json).map_err(|error| PyValueError::new_err(format!("no scheme: {error}")))?;
        Ok(Self { inner })
    }

    /// Writes all settings as JSON.
    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&self.inner).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// The id, 16 hexadecimal digits: the same for the same settings, in every language and on every machine.
    #[getter]
    fn id(&self) -> String {
        self.inner.id().to_string()
    }

    /// All fields with their values, one a line.
    #[getter]
    fn description(&self) -> String {
        self.inner.description()
    }

    /// How a text is cut; `None` for features of your own, as for the fields below.
    #[getter]
    fn tokenization(&self) -> Option<String> {
        self.text().map(|text| text.tokenization().to_string())
    }

    /// The number of tokens of a shingle.
    #[getter]
    fn tokens(&self) -> Option<u32> {
        self.text().map(|text| text.tokens())
    }

    /// The number of characters of a shingle in scripts that are written without spaces.
    #[getter]
    fn spaceless_tokens(&self) -> Option<u32> {
        self.text().map(|text| text.spaceless_tokens())
    }

    /// Which words count.
    #[getter]
    fn filter(&self) -> Option<String> {
        self.text().map(|text| text.filter().to_string())
    }

    /// The differences of writing that do not count, by their names.
    #[getter]
    fn normalization<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.text().map(|text| normalization::to_dict(py, text.normalization())).transpose()
    }

    /// What becomes of a text that is shorter than a shingle.
    #[getter]
    fn short_text(&self) -> Option<String> {
        self.text().map(|text| text.short_text().to_string())
    }

    /// How hashes become a signature.
    #[getter]
    fn algorithm(&self) -> String {
        self.inner.sketch().algorithm().to_string()
    }

    /// The number of positions of a signature.
    #[getter]
    fn num_hashes(&self) -> u32 {
        self.inner.sketch().num_hashes()
    }

    /// The seed of the hash functions.
    #[getter]
    fn seed(&self) -> u64 {
        self.inner.sketch().seed()
    }

    fn __repr__(&self) -> String {
        format!("<twinprint.Scheme {}: {}>", self.inner.id(), self.inner.description())
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().inner == self.inner)
    }

    fn __hash__(&self) -> u64 {
        u64::from_le_bytes(self.inner.id().to_bytes())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let read = py.get_type::<Self>().getattr("from_json")?;
        (read, (slf.get().to_json()?,)).into_pyobject(py)
    }
}

impl Scheme {
    fn text(&self) -> Option<&twinprint::scheme::TextFeatures> {
        match self.inner.features() {
            FeatureScheme::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// How signatures are cut into bands: two texts are candidates if all rows of one band agree.
#[pyclass(frozen, module = "twinprint")]
#[derive(Clone, Copy)]
pub struct Banding {
    pub inner: twinprint::Banding,
}

#[pymethods]
impl Banding {
    #[new]
    fn new(bands: Number<u32>, rows: Number<u32>) -> PyResult<Self> {
        let (bands, rows) = (bands.within("bands", HASHES)?, rows.within("rows", HASHES)?);
        Ok(Self { inner: twinprint::Banding::new(bands, rows).map_err(raise)? })
    }

    /// Plans the cheapest banding that finds pairs at the threshold with at least this recall.
    #[staticmethod]
    #[pyo3(
        signature = (threshold, *, recall=Number::Fits(0.99), num_hashes=Number::Fits(128)),
        text_signature = "(threshold, *, recall=0.99, num_hashes=128)",
    )]
    fn for_threshold(threshold: Number<f64>, recall: Number<f64>, num_hashes: Number<u32>) -> PyResult<Self> {
        let planner = twinprint::Banding::for_threshold(threshold.within("threshold", SHARE)?)
            .recall(recall.within("recall", RECALL)?)
            .num_hashes(num_hashes.within("num_hashes", HASHES)?);
        Ok(Self { inner: planner.plan().map_err(raise)? })
    }

    #[getter]
    fn bands(&self) -> u32 {
        self.inner.bands()
    }

    #[getter]
    fn rows(&self) -> u32 {
        self.inner.rows()
    }

    /// The probability that two texts of this similarity become candidates.
    fn probability(&self, similarity: Number<f64>) -> PyResult<f64> {
        let similarity =
            similarity.checked("similarity", "from 0 to 1", |similarity| (0.0..=1.0).contains(similarity))?;
        Ok(self.inner.probability(similarity))
    }

    fn __repr__(&self) -> String {
        format!("twinprint.Banding({}, {})", self.inner.bands(), self.inner.rows())
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().inner == self.inner)
    }

    fn __hash__(&self) -> u64 {
        u64::from(self.inner.bands()) << 32 | u64::from(self.inner.rows())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let inner = slf.get().inner;
        (py.get_type::<Self>(), (inner.bands(), inner.rows())).into_pyobject(py)
    }
}

/// Returns the scheme, or the one for news.
pub fn or_news(scheme: Option<&Scheme>) -> twinprint::Scheme {
    scheme.map_or_else(twinprint::Scheme::news, |scheme| scheme.inner.clone())
}
