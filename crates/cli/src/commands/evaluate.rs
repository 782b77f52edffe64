//! `twinprint evaluate`.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use plotters::prelude::*;
use twinprint::evaluate::{ClusterScores, Evaluation, Labels, Scores};

use crate::arguments::Evaluate;
use crate::inputs::refuse_replacing;
use crate::line_sink::LineSink;

pub(crate) fn run(command: &Evaluate) -> Result<()> {
    let read = [&command.pairs, &command.clusters].into_iter().flatten().chain([&command.labels]);
    refuse_replacing("--plot", command.plot.as_deref(), read.map(PathBuf::as_path))?;
    let verdicts = Verdicts::read(&command.labels)?;
    match (&command.pairs, &command.clusters) {
        (Some(pairs), _) => evaluate_pairs(command, pairs, &verdicts.into()),
        (None, Some(clusters)) => match verdicts {
            Verdicts::Documents(labels) => evaluate_clusters(clusters, labels),
            Verdicts::Pairs(_) => bail!(
                "{}: clusters need labels of documents; write an id and the name of its cluster on each line",
                command.labels.display()
            ),
        },
        (None, None) => bail!("give PAIRS or --clusters"),
    }
}

fn evaluate_pairs(command: &Evaluate, path: &Path, labels: &Labels<String>) -> Result<()> {
    let evaluation = Evaluation::new(labels, read_pairs(path)?)?;
    let mut out = LineSink::create(None)?;
    out.line(format_args!("{}", evaluation.table(command.thresholds.iter().copied())))?;
    let best = evaluation.best();
    out.line(format_args!(
        "best threshold {:.3}: precision {:.3}, recall {:.3}, F1 {:.3}; of {} duplicates {} were never scored, {} pairs have no label",
        best.threshold,
        best.scores.precision(),
        best.scores.recall(),
        best.scores.f1(),
        evaluation.duplicates(),
        evaluation.never_scored(),
        evaluation.unlabelled()
    ))?;
    if let Some(path) = &command.plot {
        plot(&evaluation, path)?;
    }
    out.finish()
}

fn evaluate_clusters(path: &Path, labels: Vec<(String, String)>) -> Result<()> {
    let mut out = LineSink::create(None)?;
    out.line(format_args!("{}", ClusterScores::new(labels, read_clusters(path)?)))?;
    out.finish()
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| path.display().to_string())
}

/// Returns the lines of a table that are not blank, with their numbers from 1.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty())
}

/// Remembers the line of each document, to refuse one that has two clusters.
struct Seen<'a> {
    path: &'a Path,
    lines: HashMap<String, usize>,
}

impl<'a> Seen<'a> {
    fn new(path: &'a Path) -> Self {
        Self { path, lines: HashMap::new() }
    }

    fn note(&mut self, id: &str, line: usize) -> Result<()> {
        if let Some(earlier) = self.lines.insert(id.to_string(), line) {
            let path = self.path.display();
            bail!(
                "{path}, line {line}: the document {id:?} is already in line {earlier}; give each document one cluster"
            );
        }
        Ok(())
    }
}

/// Reads two ids and a similarity from each line.
fn read_pairs(path: &Path) -> Result<Vec<(String, String, f64)>> {
    let mut scored = Vec::new();
    for (number, line) in lines(&read(path)?) {
        let mut fields = line.split('\t');
        let pair = fields.next().zip(fields.next());
        let jaccard = fields.next().and_then(|field| field.parse::<f64>().ok());
        let Some(((left, right), jaccard)) = pair.zip(jaccard) else {
            bail!("{}, line {number}: expected id1, id2 and a similarity, separated by tabs", path.display());
        };
        scored.push((left.to_string(), right.to_string(), jaccard));
    }
    Ok(scored)
}

/// Reads each document with the line of its cluster.
fn read_clusters(path: &Path) -> Result<Vec<(String, usize)>> {
    let (mut documents, mut seen) = (Vec::new(), Seen::new(path));
    for (number, line) in lines(&read(path)?) {
        let [representative, size, _, others @ ..] = &line.split('\t').collect::<Vec<_>>()[..] else {
            bail!("{}, line {number}: {CLUSTER}", path.display());
        };
        if size.parse() != Ok(others.len() + 1) {
            bail!("{}, line {number}: {CLUSTER}", path.display());
        }
        for id in [representative].into_iter().chain(others) {
            seen.note(id, number)?;
            documents.push((id.to_string(), number));
        }
    }
    Ok(documents)
}

/// The error of a line that is not a cluster.
const CLUSTER: &str =
    "expected a representative, the number of documents, the minimum similarity and the other ids, separated by tabs";

/// The labels of a file.
enum Verdicts {
    /// Pairs, and whether they are duplicates.
    Pairs(Vec<(String, String, bool)>),
    /// Documents, with the names of their clusters.
    Documents(Vec<(String, String)>),
}

impl Verdicts {
    fn read(path: &Path) -> Result<Self> {
        let (mut pairs, mut documents, mut seen) = (Vec::new(), Vec::new(), Seen::new(path));
        for (number, line) in lines(&read(path)?) {
            match line.split('\t').collect::<Vec<_>>()[..] {
                [left, right, verdict @ ("0" | "1")] => {
                    pairs.push((left.to_string(), right.to_string(), verdict == "1"));
                }
                [id, cluster] => {
                    seen.note(id, number)?;
                    documents.push((id.to_string(), cluster.to_string()));
                }
                _ => bail!(
                    "{}, line {number}: expected id1, id2 and 0 or 1, or an id and a cluster, separated by tabs",
                    path.display()
                ),
            }
        }
        match (pairs.is_empty(), documents.is_empty()) {
            (false, true) => Ok(Self::Pairs(pairs)),
            (true, false) => Ok(Self::Documents(documents)),
            (true, true) => bail!("{}: no labels", path.display()),
            (false, false) => {
                bail!("{}: the file mixes labels of pairs and of documents; give one kind of label", path.display())
            }
        }
    }
}

impl From<Verdicts> for Labels<String> {
    fn from(verdicts: Verdicts) -> Self {
        match verdicts {
            Verdicts::Pairs(pairs) => Self::from_pairs(pairs),
            Verdicts::Documents(documents) => Self::from_documents(documents),
        }
    }
}

/// The score that a curve shows.
type Measure = fn(&Scores) -> f64;

/// Plots precision, recall and F1 by threshold.
fn plot(evaluation: &Evaluation, path: &Path) -> Result<()> {
    let failed = |error: &dyn std::fmt::Display| anyhow!("{}: {error}", path.display());
    let area = SVGBackend::new(path, (720, 420)).into_drawing_area();
    area.fill(&WHITE).map_err(|error| failed(&error))?;
    let mut chart = ChartBuilder::on(&area);
    let mut chart = chart
        .margin(16)
        .x_label_area_size(40)
        .y_label_area_size(48)
        .build_cartesian_2d(0.0..1.0, 0.0..1.0)
        .map_err(|error| failed(&error))?;
    chart.configure_mesh().x_desc("threshold").y_desc("share").draw().map_err(|error| failed(&error))?;
    let curves: [(&str, RGBColor, Measure); 3] = [
        ("precision", RGBColor(0, 90, 156), Scores::precision),
        ("recall", RGBColor(200, 80, 0), Scores::recall),
        ("F1", RGBColor(40, 120, 60), Scores::f1),
    ];
    for (name, color, value) in curves {
        let points = evaluation.points().iter().map(|row| (row.threshold, value(&row.scores)));
        let series =
            chart.draw_series(LineSeries::new(points, color.stroke_width(2))).map_err(|error| failed(&error))?;
        series.label(name).legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], color.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .border_style(BLACK)
        .background_style(WHITE)
        .draw()
        .map_err(|error| failed(&error))?;
    area.present().map_err(|error| failed(&error))
}
