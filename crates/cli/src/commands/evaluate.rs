//! `twinprint evaluate`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use plotters::prelude::*;
use twinprint::evaluate::{Evaluation, Labels, Scores};

use crate::arguments::Evaluate;
use crate::table::Table;

pub(crate) fn run(command: &Evaluate) -> Result<()> {
    let labels = read_labels(&command.labels)?;
    let pairs = fs::read_to_string(&command.pairs).with_context(|| command.pairs.display().to_string())?;
    let mut scored = Vec::new();
    for (number, line) in (1..).zip(pairs.lines()) {
        let mut fields = line.split('\t');
        let pair = fields.next().zip(fields.next());
        let jaccard = fields.next().and_then(|field| field.parse::<f64>().ok());
        let Some(((left, right), jaccard)) = pair.zip(jaccard) else {
            bail!(
                "{}, line {number}: id1, id2 and a similarity are expected, separated by tabs",
                command.pairs.display()
            );
        };
        scored.push((left.to_string(), right.to_string(), jaccard));
    }
    let evaluation = Evaluation::new(&labels, scored)?;
    let mut out = Table::create(None)?;
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

/// Pairs with a verdict, or documents with the names of their clusters.
fn read_labels(path: &Path) -> Result<Labels<String>> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let (mut pairs, mut documents) = (Vec::new(), Vec::new());
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        match line.split('\t').collect::<Vec<_>>()[..] {
            [left, right, verdict @ ("0" | "1")] => pairs.push((left.to_string(), right.to_string(), verdict == "1")),
            [id, cluster] => documents.push((id.to_string(), cluster.to_string())),
            _ => bail!(
                "{}, line {number}: id1, id2 and 0 or 1 are expected, or an id and a cluster, separated by tabs",
                path.display()
            ),
        }
    }
    match (pairs.is_empty(), documents.is_empty()) {
        (false, true) => Ok(Labels::of_pairs(pairs)),
        (true, false) => Ok(Labels::of_documents(documents)),
        (true, true) => bail!("{}: no labels", path.display()),
        (false, false) => bail!("{}: pairs and clusters are mixed; give one kind of label", path.display()),
    }
}

/// What is drawn of scores.
type Measure = fn(&Scores) -> f64;

/// Precision, recall and F1 by threshold.
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
