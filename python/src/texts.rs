//! Texts as Python has them: sequences of strings, and Arrow columns of any library.

use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBytes, PyIterator, PyMapping, PyString};

use crate::error::raise_column;
use crate::imported::{Arrow, reserved};

/// Texts that are taken over before Ctrl-C is looked for.
const LOOK: usize = 1 << 16;

/// Texts that are held while they are read. None is copied.
pub enum Texts {
    /// Strings of Python.
    Strings(Vec<Option<PyBackedStr>>),
    /// The chunks of an Arrow column.
    Chunks(Vec<ArrayRef>),
}

impl Texts {
    /// Returns how many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Strings(strings) => strings.len(),
            Self::Chunks(chunks) => chunks.iter().map(|chunk| chunk.len()).sum(),
        }
    }

    /// Returns the texts; a missing one is `None`. One that is not UTF-8 is an error.
    pub fn views(&self) -> PyResult<Vec<Option<&str>>> {
        match self {
            Self::Strings(strings) => Ok(strings.iter().map(|text| text.as_deref()).collect()),
            Self::Chunks(chunks) => {
                let mut all = Vec::with_capacity(self.len());
                for chunk in chunks {
                    all.extend(of_chunk(chunk, all.len())?);
                }
                Ok(all)
            }
        }
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Texts {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if object.is_instance_of::<PyString>() || object.is_instance_of::<PyBytes>() {
            return Err(PyTypeError::new_err(
                "one text was given where a sequence of texts is expected; put it into a list",
            ));
        }
        if object.hasattr("__arrow_c_stream__")? || object.hasattr("__arrow_c_array__")? {
            return chunks(&object);
        }
        let items = items(&object)?;
        let mut strings = reserved(&object);
        for item in items {
            if strings.len() % LOOK == LOOK - 1 {
                object.py().check_signals()?;
            }
            strings.push(string(strings.len(), &item?)?);
        }
        Ok(Self::Strings(strings))
    }
}

/// Begins to read a sequence. What has its texts elsewhere is refused with the way to them.
fn items<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyIterator>> {
    let kind = object.get_type();
    if object.is_instance_of::<PyMapping>() {
        return Err(PyTypeError::new_err(format!(
            "{kind} is no sequence of texts; give its values, such as list(texts.values()), or one of its columns, such as texts[\"text\"]"
        )));
    }
    if object.hasattr("collect_schema")? {
        return Err(PyTypeError::new_err(format!(
            "{kind} holds no texts yet; call collect(), and give one of the columns"
        )));
    }
    object.try_iter().map_err(|_| {
        PyTypeError::new_err(format!(
            "{kind} is no sequence of texts; give a list of str, or an Arrow column of strings"
        ))
    })
}

fn chunks(object: &Bound<'_, PyAny>) -> PyResult<Texts> {
    let Arrow(chunks) = object.extract()?;
    for chunk in &chunks {
        // A wrong type is refused where it is given, not where it is read.
        check_type(chunk.data_type())?;
    }
    Ok(Texts::Chunks(chunks))
}

fn check_type(found: &DataType) -> PyResult<()> {
    if let DataType::Struct(fields) = found {
        let names: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
        return Err(PyTypeError::new_err(format!(
            "a table was given where a column of texts is expected; give one of its columns: {}",
            names.join(", ")
        )));
    }
    twinprint_arrow::check_texts(found).map_err(raise_column)
}

/// Returns the texts of a chunk, without a copy, and checks that they are UTF-8. Texts are counted from the first of all chunks.
fn of_chunk(chunk: &ArrayRef, first: usize) -> PyResult<Vec<Option<&str>>> {
    twinprint_arrow::texts(chunk).map_err(|error| match error {
        twinprint_arrow::Error::NotUtf8 { row } => PyValueError::new_err(format!(
            "text {} is not UTF-8, though its column is of strings; read the column as binary, such as \
             column.cast(pyarrow.binary()) in pyarrow, and decode it: [text.decode('latin-1') for text in binary.to_pylist()]",
            first + row
        )),
        twinprint_arrow::Error::OutsideBytes { row } => {
            raise_column(twinprint_arrow::Error::OutsideBytes { row: first + row })
        }
        error => raise_column(error),
    })
}

fn string(number: usize, item: &Bound<'_, PyAny>) -> PyResult<Option<PyBackedStr>> {
    if item.is_none() {
        return Ok(None);
    }
    let Ok(text) = item.cast::<PyString>() else {
        let kind = item.get_type();
        return Err(PyTypeError::new_err(format!("text {number} is {kind}, not str or None")));
    };
    text.extract().map(Some).map_err(|_| {
        PyValueError::new_err(format!(
            "text {number} holds half of a surrogate pair, which is no character; \
             text.encode('utf-8', 'replace').decode() replaces it"
        ))
    })
}

/// Returns one text. The name of the argument is part of the message.
pub fn one<'a>(name: &str, text: &'a Bound<'_, PyString>) -> PyResult<&'a str> {
    text.to_str().map_err(|_| {
        PyValueError::new_err(format!(
            "{name} holds half of a surrogate pair, which is no character; \
             {name}.encode('utf-8', 'replace').decode() replaces it"
        ))
    })
}

/// Texts that are read more than once; an iterator or a stream gives them only once.
#[pyclass(frozen, module = "twinprint._native")]
pub struct Held {
    texts: Texts,
}

impl Held {
    pub fn texts(&self) -> &Texts {
        &self.texts
    }
}

#[pymethods]
impl Held {
    #[new]
    fn new(texts: Texts) -> Self {
        Self { texts }
    }

    fn __len__(&self) -> usize {
        self.texts.len()
    }
}
