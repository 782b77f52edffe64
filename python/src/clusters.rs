//! Which texts are kept, which are removed, and for what reason.

use numpy::PyArray1;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyFloat, PyInt, PyString};
use twinprint::dedup::{Facts, Preference};
use twinprint::result::{Clustering, Keep, VerifiedPairs};
use twinprint::{Member, Overlap};

use crate::error::raise;
use crate::texts::Texts;

/// A text that is not kept: its number, that of the text that is kept in its place, and what both have in common.
pub struct Row {
    pub document: u32,
    pub representative: u32,
    /// `None` if only a chain of pairs connects the two.
    pub overlap: Option<Overlap>,
}

/// The rows as columns of numpy: numbers of the removed, of those kept in their place, their similarities, and the shares of the
/// removed ones' shingles that the kept ones have.
pub type Columns<'py> =
    (Bound<'py, PyArray1<u32>>, Bound<'py, PyArray1<u32>>, Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<f64>>);

/// What is known of texts besides their words, for rules that ask for it: a list for each field that the rules name.
pub struct Known {
    pub scores: Vec<Vec<Option<f64>>>,
    pub dates: Vec<Vec<Option<i64>>>,
    pub sources: Option<Vec<Option<String>>>,
}

/// Finds the rows, in the order of the removed texts.
pub fn removed(
    pairs: &VerifiedPairs<u32>,
    lengths: &[u64],
    clustering: Clustering,
    keep: &Preference,
    known: &Known,
) -> Vec<Row> {
    let mut rows: Vec<Row> = match keep {
        Preference::None => return pairs.partners().iter().map(of_partner).collect(),
        Preference::First => rows(pairs.clusters(clustering, Keep::First)),
        rule => rows(pairs.clusters_by_key(clustering, |&number| known.key(rule, lengths, number as usize))),
    };
    rows.sort_unstable_by_key(|row| row.document);
    rows
}

fn rows(clusters: Vec<twinprint::Cluster<u32>>) -> Vec<Row> {
    clusters.iter().flat_map(|cluster| cluster.members().iter().map(of_member)).collect()
}

fn of_member(member: &Member<u32>) -> Row {
    Row { document: member.document, representative: member.representative, overlap: member.overlap }
}

fn of_partner(member: &Member<&u32>) -> Row {
    Row { document: *member.document, representative: *member.representative, overlap: member.overlap }
}

impl Known {
    fn key(&self, rule: &Preference, lengths: &[u64], number: usize) -> twinprint::dedup::PreferenceKey {
        let scores: Vec<_> = self.scores.iter().map(|scores| scores.get(number).copied().flatten()).collect();
        let dates: Vec<_> = self.dates.iter().map(|dates| dates.get(number).copied().flatten()).collect();
        let source = self.sources.as_ref().and_then(|sources| sources.get(number)?.as_deref());
        rule.key(&Facts { length: lengths.get(number).copied(), scores: &scores, dates: &dates, source })
    }
}

/// Returns the lengths of texts in bytes, as the command counts them.
pub fn lengths(texts: &Texts) -> PyResult<Vec<u64>> {
    Ok(texts.views()?.into_iter().map(|text| text.unwrap_or_default().len() as u64).collect())
}

/// Turns rows into columns.
pub fn columns<'py>(py: Python<'py>, rows: &[Row]) -> Columns<'py> {
    let share = |share: fn(&Overlap) -> f64| {
        PyArray1::from_iter(py, rows.iter().map(|row| row.overlap.as_ref().map_or(f64::NAN, share)))
    };
    (
        PyArray1::from_iter(py, rows.iter().map(|row| row.document)),
        PyArray1::from_iter(py, rows.iter().map(|row| row.representative)),
        share(Overlap::jaccard),
        share(Overlap::left_in_right),
    )
}

/// Reads a rule, such as `score:quality,longest`.
pub fn preference(keep: &str) -> PyResult<Preference> {
    keep.parse().map_err(raise)
}

/// Reads the name of a way to cluster.
pub fn clustering(name: &str) -> PyResult<Clustering> {
    match name {
        "leader" => Ok(Clustering::Leader),
        "containers" => Ok(Clustering::Containers),
        "components" => Ok(Clustering::Components),
        _ => Err(PyValueError::new_err(format!("clustering is {name:?}; it must be leader, containers or components"))),
    }
}

/// Checks the name of a way to cluster, before the join whose pairs are clustered.
#[pyfunction]
pub fn check_clustering(name: &str) -> PyResult<()> {
    clustering(name).map(drop)
}

/// What a rule names: the fields of scores, those of dates, and the sources.
#[pyfunction]
pub fn keep_fields(keep: &str) -> PyResult<(Vec<String>, Vec<String>, Vec<String>)> {
    let preference = preference(keep)?;
    let owned = |fields: Vec<&str>| fields.into_iter().map(str::to_string).collect();
    let sources = |rule: &Preference| match rule {
        Preference::Sources(order) => order.clone(),
        _ => Vec::new(),
    };
    let sources = preference.rules().into_iter().flat_map(sources).collect();
    Ok((owned(preference.score_fields()), owned(preference.date_fields()), sources))
}

/// The places of texts in the order of a rule, as bytes that sort so: the text with the least is kept.
#[pyfunction]
pub fn preference_keys<'py>(
    py: Python<'py>,
    keep: &str,
    lengths: Vec<u64>,
    scores: Vec<Vec<Option<f64>>>,
    dates: Vec<Vec<Option<i64>>>,
    sources: Option<Vec<Option<String>>>,
) -> PyResult<Vec<Bound<'py, PyBytes>>> {
    let (preference, known) = (preference(keep)?, Known { scores, dates, sources });
    let key = |number| known.key(&preference, &lengths, number).to_sortable_bytes();
    Ok((0..lengths.len()).map(|number| PyBytes::new(py, &key(number))).collect())
}

/// Reads the dates of a column as the command does: seconds since 1970 for text (RFC 3339 or 2822, eight digits, a year) and for numbers,
/// whose size tells whether they are seconds or a finer unit. What is no date is an error.
#[pyfunction]
pub fn dates(name: &str, values: Vec<Bound<'_, PyAny>>) -> PyResult<Vec<Option<i64>>> {
    let dated = |(number, value): (usize, &Bound<'_, PyAny>)| {
        if value.is_none() {
            return Ok(None);
        }
        match date(value)? {
            Some(seconds) => Ok(Some(seconds)),
            None => Err(no_date(name, number, value)),
        }
    };
    values.iter().enumerate().map(dated).collect()
}

fn no_date(name: &str, number: usize, value: &Bound<'_, PyAny>) -> PyErr {
    let shown = value.py().import("twinprint._columns").and_then(|columns| columns.call_method1("shown", (value,)));
    let shown = shown.map_or_else(|_| value.get_type().to_string(), |shown| shown.to_string());
    PyValueError::new_err(format!(
        "the column '{name}' has {shown} at text {number}, which is no date; give datetime, text as in RFC 3339 or RFC 2822 or as 20261125, \
         a year, or seconds or milliseconds since 1970, or None for none"
    ))
}

fn date(value: &Bound<'_, PyAny>) -> PyResult<Option<i64>> {
    let value: serde_json::Value = if let Ok(text) = value.cast::<PyString>() {
        text.to_string_lossy().into()
    } else if value.is_exact_instance_of::<PyInt>() {
        // A number beyond 64 bits is no date.
        value.extract::<i64>().ok().into()
    } else if value.is_exact_instance_of::<PyFloat>() {
        value.extract::<f64>()?.into()
    } else {
        let kind = value.get_type();
        let also = if value.is_instance_of::<PyBool>() { "which is no date" } else { "which is not known" };
        return Err(PyTypeError::new_err(format!(
            "a date is {kind}, {also}; give datetime, str, or seconds or milliseconds since 1970"
        )));
    };
    Ok(twinprint_documents::date_seconds(&value))
}

/// The numbers of blank texts: those of white space, control and format characters only.
#[pyfunction]
pub fn blank(texts: &crate::texts::Held) -> PyResult<Vec<u32>> {
    let views = texts.texts().views()?;
    let numbered = (0_u32..).zip(views);
    Ok(numbered
        .filter(|(_, text)| twinprint::text::is_blank(text.unwrap_or_default()))
        .map(|(number, _)| number)
        .collect())
}
