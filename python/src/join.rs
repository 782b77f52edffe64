//! The join of a corpus: pairs, clusters, contained texts.

use numpy::PyArray1;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::path::PathBuf;
use twinprint::containment::FracMinHash;
use twinprint::join::{Origin, Text};
use twinprint::result::{ContainedPair, Pair, VerifiedPairs};
use twinprint::{Document, Overlap, SimilarityJoin, SimilarityJoinBuilder};

use crate::batches::batches;
use crate::clusters::{self, Known};
use crate::error::{raise, raise_as};
use crate::number::{BITS_64, BUCKET_LIMIT, HASHES, Number, RECALL, SHARE};
use crate::scheme::{Banding, Scheme, or_news};
use crate::texts::Held;
use crate::threads::{self, Call};

/// What a join found. Texts are numbered from 0; those of `against` come after the others.
#[pyclass(frozen, module = "twinprint")]
pub struct Found {
    pub pairs: VerifiedPairs<u32>,
    pub banding: twinprint::Banding,
    pub threshold: f64,
    /// The most equal texts that are all compared with others one by one.
    expand: usize,
}

/// Numbers of the left, of the right, and the sizes of the left, the right and the shared set.
type Columns<'py> = (
    Bound<'py, PyArray1<u32>>,
    Bound<'py, PyArray1<u32>>,
    Bound<'py, PyArray1<u64>>,
    Bound<'py, PyArray1<u64>>,
    Bound<'py, PyArray1<u64>>,
);

#[pymethods]
impl Found {
    /// The pairs, in the order of their texts.
    fn pairs<'py>(&self, py: Python<'py>) -> PyResult<Columns<'py>> {
        let rows = threads::on_all_cores(py, || {
            let pairs = self.pairs.all_pairs(self.expand);
            pairs.iter().map(|Pair { left, right, overlap, .. }| (**left, **right, *overlap)).collect()
        })?;
        Ok(columns(py, rows))
    }

    /// The pairs of which one is inside the other: the inner text is on the left.
    fn contained<'py>(&self, py: Python<'py>) -> PyResult<Columns<'py>> {
        let rows = threads::on_all_cores(py, || {
            let pairs = self.pairs.contained(self.expand);
            pairs.iter().map(|ContainedPair { inner, outer, overlap, .. }| (**inner, **outer, *overlap)).collect()
        })?;
        Ok(columns(py, rows))
    }

    /// For each text that is not kept: its number, that of the text that is kept in its place, their exact similarity, and the share
    /// of its shingles that the kept one has (both nan if only a chain of pairs connects the two). With `none`, the most similar other
    /// text is in the place of a kept one.
    #[pyo3(signature = (texts, *, clustering, keep, scores, dates, sources))]
    #[allow(clippy::too_many_arguments)]
    fn removed<'py>(
        &self,
        py: Python<'py>,
        texts: &Held,
        clustering: &str,
        keep: &str,
        scores: Vec<Vec<Option<f64>>>,
        dates: Vec<Vec<Option<i64>>>,
        sources: Option<Vec<Option<String>>>,
    ) -> PyResult<clusters::Columns<'py>> {
        let (clustering, keep) = (clusters::clustering(clustering)?, clusters::preference(keep)?);
        let (known, lengths) = (Known { scores, dates, sources }, clusters::lengths(texts.texts())?);
        let rows = threads::on_all_cores(py, || clusters::removed(&self.pairs, &lengths, clustering, &keep, &known))?;
        Ok(clusters::columns(py, &rows))
    }

    /// The bands and rows that found the pairs.
    #[getter]
    fn banding(&self) -> Banding {
        Banding { inner: self.banding }
    }

    /// What the join did, in numbers.
    fn stats(&self) -> PyResult<String> {
        serde_json::to_string(&self.pairs.stats()).map_err(|error| PyValueError::new_err(error.to_string()))
    }
}

fn columns(py: Python<'_>, rows: Vec<(u32, u32, Overlap)>) -> Columns<'_> {
    let count = |count: fn(&Overlap) -> usize| PyArray1::from_iter(py, rows.iter().map(|row| count(&row.2) as u64));
    (
        PyArray1::from_iter(py, rows.iter().map(|row| row.0)),
        PyArray1::from_iter(py, rows.iter().map(|row| row.1)),
        count(Overlap::left),
        count(Overlap::right),
        count(Overlap::shared),
    )
}

/// What a memory limit may be.
const MEMORY: &str = "from 67108864 (64 MiB) to 18446744073709551615";

/// A text, and what decides which others it is compared with.
type Row<'a> = (&'a str, Origin);

/// Joins texts with one another, or with others.
#[pyfunction]
#[pyo3(signature = (
    texts, against, *, within, across, scheme, threshold, recall, expand, bucket_limit, contained, least, scaled, max_document_frequency, folder,
    memory, threads, progress,
))]
#[allow(clippy::too_many_arguments)]
pub fn join(
    py: Python<'_>,
    texts: &Held,
    against: Option<&Held>,
    within: Option<Vec<String>>,
    across: Option<Vec<String>>,
    scheme: Option<&Scheme>,
    threshold: Number<f64>,
    recall: Number<f64>,
    expand: Number<usize>,
    bucket_limit: Option<Number<usize>>,
    contained: Option<Number<f64>>,
    least: Option<Number<f64>>,
    scaled: Number<u32>,
    max_document_frequency: Number<u32>,
    folder: Option<PathBuf>,
    memory: Option<Number<u64>>,
    threads: Option<Number<usize>>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Found> {
    let (scheme, texts, against) = (or_news(scheme), texts.texts(), against.map(Held::texts));
    // The banding is not planned for the number of texts: the command, which reads as it goes, does not know it.
    let threshold = threshold.within("threshold", SHARE)?;
    let expand = expand.within("expand", BITS_64)?;
    let mut builder = SimilarityJoin::builder(&scheme).threshold(threshold).recall(recall.within("recall", RECALL)?);
    if let Some(limit) = bucket_limit {
        builder = builder.bucket_limit(limit.within("bucket_limit", BUCKET_LIMIT)?);
    }
    let scaled = scaled.within("scaled", HASHES)?;
    let max_document_frequency = max_document_frequency.within("max_document_frequency", "from 1 to 4294967295")?;
    // Each function calls the share by its own name.
    let contained = contained.map(|share| ("contained", share)).or(least.map(|share| ("least", share)));
    if let Some((name, share)) = contained {
        let share = share.checked(name, SHARE, |&share| share > 0.0 && share <= 1.0)?;
        builder = builder.containment(share, FracMinHash::new(scaled, max_document_frequency).map_err(raise)?);
    }
    if let Some(memory) = memory {
        builder = builder.memory_limit(memory.within("memory", MEMORY)?);
    }
    builder = builder.within_blocks(within.is_some()).across_sources(across.is_some() || against.is_some());
    let mut rows = Vec::with_capacity(texts.len());
    for (number, text) in texts.views()?.into_iter().enumerate() {
        let (within, across) = (name(within.as_ref(), number), name(across.as_ref(), number));
        rows.push((text.unwrap_or_default(), Origin::default().block(within).source(across)));
    }
    if let Some(against) = against {
        let origin = Origin::default().source("against");
        rows.extend(against.views()?.into_iter().map(|text| (text.unwrap_or_default(), origin)));
    }
    let banding = builder.planned_banding().map_err(raise)?;
    let found = threads::watched(py, threads, progress.as_ref(), |call| run(builder, &rows, folder, call))?;
    let pairs = found.map_err(|error| raise_as(error, "memory", "memory_limit"))?;
    Ok(Found { pairs, banding, threshold, expand })
}

fn run(
    builder: SimilarityJoinBuilder,
    rows: &[Row<'_>],
    folder: Option<PathBuf>,
    call: &Call<'_>,
) -> Result<VerifiedPairs<u32>, twinprint::Error> {
    match folder {
        None => {
            let mut join: SimilarityJoin<u32> = builder.build()?;
            let mut numbers = 0_u32..;
            for batch in batches(rows, size) {
                call.check()?;
                join.push_all(batch.iter().zip(numbers.by_ref()).map(document).collect::<Vec<_>>())?;
            }
            join.finish_with(|step| call.step(step))
        }
        Some(folder) => {
            let mut join = builder.build_on_disk(folder)?;
            let mut numbers = 0_u32..;
            for batch in batches(rows, size) {
                call.check()?;
                for row in batch.iter().zip(numbers.by_ref()) {
                    join.push(document(row))?;
                }
            }
            let numbers = (0..rows.len() as u32).collect();
            join.finish_with(|step| call.step(step))?.load_with(numbers)
        }
    }
}

fn size((text, _): &Row<'_>) -> usize {
    text.len()
}

fn document<'a>((&(text, origin), number): (&Row<'a>, u32)) -> Document<u32, Text<&'a str>> {
    Document::text(number, text).from(origin)
}

fn name(names: Option<&Vec<String>>, number: usize) -> &str {
    names.and_then(|names| names.get(number)).map_or("", String::as_str)
}
