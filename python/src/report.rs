//! The report of the command, over texts of Python.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rayon::prelude::*;
use std::collections::BTreeMap;
use twinprint::passages::PassageRules;
use twinprint::result::Pair;
use twinprint_report::{Cluster, Comparison, Curve, Member, Report};

use crate::clusters::{self, Known, Row};
use crate::error::raise;
use crate::join::Found;
use crate::number::{BITS_64, Number};
use crate::scheme::{Scheme, or_news};
use crate::texts::Held;
use crate::threads::{self, Call};

/// Writes the report of a join: a page, or JSON. Of the pairs, the first `max_pairs` are shown with their texts.
#[pyfunction]
#[pyo3(signature = (texts, found, *, ids, scheme, title, settings, max_pairs, clustering, keep, scores, dates, sources, json))]
#[allow(clippy::too_many_arguments)]
pub fn report(
    py: Python<'_>,
    texts: &Held,
    found: &Found,
    ids: Vec<String>,
    scheme: Option<&Scheme>,
    title: String,
    settings: Vec<(String, String)>,
    max_pairs: Number<usize>,
    clustering: &str,
    keep: &str,
    scores: Vec<Vec<Option<f64>>>,
    dates: Vec<Vec<Option<i64>>>,
    sources: Option<Vec<Option<String>>>,
    json: bool,
) -> PyResult<String> {
    let (scheme, views) = (or_news(scheme), texts.texts().views()?);
    let max_pairs = max_pairs.within("max_pairs", BITS_64)?;
    let (clustering, preference) = (clusters::clustering(clustering)?, clusters::preference(keep)?);
    let (known, lengths) = (Known { scores, dates, sources }, clusters::lengths(texts.texts())?);
    threads::run(py, None, |call| {
        let source = Source { ids: &ids, texts: &views, scheme: &scheme, call };
        let rows = clusters::removed(&found.pairs, &lengths, clustering, &preference, &known);
        let mut report = source.report(found, Report::new(title), settings, max_pairs)?;
        report.clusters = source.clusters(rows, keep);
        if json {
            let mut bytes = Vec::new();
            report.write_json(&mut bytes).map_err(refused)?;
            String::from_utf8(bytes).map_err(refused)
        } else {
            report.to_html().map_err(refused)
        }
    })?
}

/// Checks what a report is asked for, before the join that it is of.
#[pyfunction]
pub fn check_report(max_pairs: Number<usize>) -> PyResult<()> {
    max_pairs.within("max_pairs", BITS_64).map(drop)
}

fn refused(error: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(format!("the report cannot be written: {error}"))
}

/// Pairs that are compared before Ctrl-C is looked for.
const PAIRS: usize = 256;

/// The texts, and what they are called.
struct Source<'a> {
    ids: &'a [String],
    texts: &'a [Option<&'a str>],
    scheme: &'a twinprint::Scheme,
    call: &'a Call<'a>,
}

impl Source<'_> {
    fn id(&self, number: u32) -> &str {
        self.ids.get(number as usize).map_or("", String::as_str)
    }

    fn text(&self, number: u32) -> &str {
        self.texts.get(number as usize).copied().flatten().unwrap_or_default()
    }

    /// Fills in all but the clusters.
    fn report(
        &self,
        found: &Found,
        mut report: Report,
        settings: Vec<(String, String)>,
        max_pairs: usize,
    ) -> PyResult<Report> {
        let (pairs, stats) = (found.pairs.pairs(), found.pairs.stats());
        for (name, value) in settings {
            report = report.setting(name, value);
        }
        let shown = &pairs[..pairs.len().min(max_pairs)];
        report = report
            .setting("scheme", self.scheme.description().trim().replace('\n', ", "))
            .count("documents", stats.documents)
            .count("copies", stats.copies)
            .count("others with the same shingles", stats.equal_sets.saturating_sub(stats.copies))
            .count("empty", stats.empty)
            .count("pairs", pairs.len() as u64)
            .count("pairs shown", shown.len() as u64);
        report.curve = Some(Curve::new(&found.banding, found.threshold));
        report.similarities = pairs.iter().map(Pair::jaccard).collect();
        for some in shown.chunks(PAIRS) {
            self.call.check().map_err(raise)?;
            let compared: Result<Vec<_>, twinprint::Error> = some.par_iter().map(|pair| self.compare(pair)).collect();
            report.pairs.extend(compared.map_err(raise)?);
        }
        let numbers = shown.iter().flat_map(|pair| [*pair.left, *pair.right]);
        report.texts = numbers
            .map(|number| (self.id(number).to_string(), self.text(number).to_string()))
            .collect::<BTreeMap<_, _>>();
        Ok(report)
    }

    fn compare(&self, pair: &Pair<&u32>) -> Result<Comparison, twinprint::Error> {
        let text = |number: u32| (self.id(number), self.text(number));
        let compared = Comparison::new(self.scheme, text(*pair.left), text(*pair.right), PassageRules::default())?;
        let kind = match pair.jaccard() {
            1.0.. if pair.is_copy() => "copy",
            1.0.. => "same shingles",
            _ => "near-duplicate",
        };
        Ok(compared.called(kind, "their shingle sets reach the threshold"))
    }

    /// Gathers removed texts by the one that is kept in their place.
    fn clusters(&self, rows: Vec<Row>, keep: &str) -> Vec<Cluster> {
        let mut members: BTreeMap<u32, Vec<Member>> = BTreeMap::new();
        for row in rows {
            let reason = row.overlap.map_or("linked through other documents".to_string(), |overlap| {
                format!("{:.0}\u{a0}% of its shingles are in the representative", 100.0 * overlap.left_in_right())
            });
            let jaccard = row.overlap.map(|overlap| overlap.jaccard());
            let member = Member { id: self.id(row.document).to_string(), jaccard, reason };
            members.entry(row.representative).or_default().push(member);
        }
        let cluster = |(representative, members)| Cluster {
            representative: self.id(representative).to_string(),
            kind: "near-duplicates".to_string(),
            reason: format!("preferred to the others: {keep}"),
            members,
        };
        members.into_iter().map(cluster).collect()
    }
}
