//! `twinprint evaluate`.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Error, Result, anyhow, bail};
use plotters::prelude::*;
use twinprint::evaluate::{ClusterScores, Evaluation, Labels, Scores};

use crate::arguments::Evaluate;
use crate::escape::value;
use crate::inputs::refuse_replacing;
use crate::messages::counted;
use crate::output::{LineSink, Output};
use crate::relations::PairRelation;

pub(crate) fn run(command: &Evaluate) -> Result<()> {
    let read = [&command.pairs, &command.clusters].into_iter().flatten().chain([&command.labels]);
    refuse_replacing("--plot", command.plot.as_deref(), read.map(PathBuf::as_path))?;
    let named = [&command.pairs, &command.clusters].into_iter().flatten().chain([&command.labels]);
    if named.filter(|path| path.as_os_str() == "-").count() > 1 {
        bail!("standard input (-) is named twice, but can be read only once; save one of the tables to a file");
    }
    let verdicts = Verdicts::read(&command.labels)?;
    match (&command.pairs, &command.clusters) {
        (Some(pairs), _) => evaluate_pairs(command, pairs, verdicts),
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

fn evaluate_pairs(command: &Evaluate, path: &Path, verdicts: Verdicts) -> Result<()> {
    let plot_file = command.plot.as_deref().map(open_plot).transpose()?;
    let Pairs { scored, judged_others } = read_pairs(path, &verdicts)?;
    let evaluation = Evaluation::new(&verdicts.into(), scored)?;
    let mut out = LineSink::standard()?;
    out.line(format_args!("{}", evaluation.table(command.thresholds.iter().copied())))?;
    let best = evaluation.best();
    let said = match evaluation.duplicates() {
        0 => "no label says that a pair is a duplicate, so that no threshold is the best".to_string(),
        _ if best.scores.true_pairs == 0 => "no threshold finds a duplicate".to_string(),
        _ => format!(
            "best threshold {:.3}: precision {:.3}, recall {:.3}, F1 {:.3}",
            best.threshold,
            best.scores.precision(),
            best.scores.recall(),
            best.scores.f1()
        ),
    };
    out.line(format_args!(
        "{said}; of {}, {} never scored; {} no label",
        counted(evaluation.duplicates(), "duplicate", "duplicates"),
        counted(evaluation.never_scored(), "was", "were"),
        counted(evaluation.unlabelled(), "pair has", "pairs have")
    ))?;
    if judged_others > 0 {
        let said = counted(
            judged_others,
            "pair is no duplicate by the relation, such as a template, and counts as never scored",
            "pairs are no duplicates by the relation, such as templates, and count as never scored",
        );
        out.line(format_args!("{said}"))?;
    }
    out.finish()?;
    if let Some(plot) = plot_file {
        let mut out = plot.create()?;
        out.write_all(svg(&evaluation)?.as_bytes())?;
        out.finish()?;
    }
    Ok(())
}

fn evaluate_clusters(path: &Path, labels: Vec<(String, String)>) -> Result<()> {
    let mut out = LineSink::standard()?;
    out.line(format_args!("{}", ClusterScores::new(labels, read_clusters(path)?)))?;
    out.finish()
}

/// Reads a table from a file, or from standard input.
fn read(path: &Path) -> Result<String> {
    let is_standard = path.as_os_str() == "-";
    let name = if is_standard { "standard input".to_string() } else { path.display().to_string() };
    let read = if is_standard { std::io::read_to_string(std::io::stdin()) } else { fs::read_to_string(path) };
    read.map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidData => {
            anyhow!("{name}: this is not text in UTF-8, as tables are; unpack the file first if it is compressed")
        }
        _ => Error::from(error).context(name),
    })
}

/// Returns the lines of a table that are neither blank nor a header, with their numbers from 1.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    // Some editors and spreadsheets mark the beginning of a file.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines.skip_while(|(number, line)| *number == 1 && is_header(line))
}

/// Names of the first column in a header.
const FIRST_COLUMNS: [&str; 8] = ["id", "id1", "id_1", "left", "inner", "doc", "document", "representative"];

/// Returns whether a line names columns, instead of documents.
fn is_header(line: &str) -> bool {
    let mut columns = line.split('\t').map(|column| column.trim().to_ascii_lowercase());
    let first = columns.next().unwrap_or_default();
    // A document may be called "id" too, but then its row holds a number.
    FIRST_COLUMNS.contains(&&first[..]) && columns.all(|column| column.parse::<f64>().is_err())
}

/// Splits a row into its columns and undoes their escapes.
fn columns(line: &str) -> Vec<String> {
    line.split('\t').map(|column| value(column).into_owned()).collect()
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

/// Returns the relation of this name.
fn relation(name: &str) -> Option<PairRelation> {
    PairRelation::from_name(name.trim())
}

/// The pairs of a table.
struct Pairs {
    /// Two ids and their similarity, of pairs that may be duplicates.
    scored: Vec<(String, String, f64)>,
    /// The number of pairs whose relation says that they are no duplicates, however similar.
    judged_others: usize,
}

/// A line of a table of pairs.
struct Row {
    pair: (String, String, f64),
    relation: Option<PairRelation>,
}

/// Reads two ids, a similarity and, if there is one, a relation from each line. Refuses the table of `twinprint clusters`.
fn read_pairs(path: &Path, verdicts: &Verdicts) -> Result<Pairs> {
    let text = read(path)?;
    if is_of_clusters(&text, verdicts) {
        bail!(
            "{}: these are the clusters of twinprint clusters, and not pairs; give the file with --clusters, or the pairs of twinprint pairs",
            path.display()
        );
    }
    let (mut scored, mut judged_others) = (Vec::new(), 0);
    for (number, line) in lines(&text) {
        let row = if line.starts_with('{') { row_of_json(line) } else { row_of_columns(line) };
        let Some(Row { pair, relation }) = row else {
            bail!("{}, line {number}: expected id1, id2 and a similarity, separated by tabs", path.display());
        };
        if !(0.0..=1.0).contains(&pair.2) {
            bail!("{}, line {number}: the similarity is {}; it must be from 0 to 1", path.display(), pair.2);
        }
        if relation.is_none_or(PairRelation::is_duplicate) {
            scored.push(pair);
        } else {
            judged_others += 1;
        }
    }
    Ok(Pairs { scored, judged_others })
}

/// Returns whether each line is a cluster. Pairs of numbered documents with more columns can have that form too, but then the second
/// column has ids that are labelled.
fn is_of_clusters(text: &str, verdicts: &Verdicts) -> bool {
    let mut rows = lines(text).peekable();
    if rows.peek().is_none() {
        return false;
    }
    let labelled = verdicts.documents();
    rows.all(|(_, line)| match line.starts_with('{') {
        true => cluster_of_json(line).is_some(),
        false => {
            cluster_of_columns(line).is_some() && columns(line).get(1).is_some_and(|id| !labelled.contains(id.as_str()))
        }
    })
}

fn row_of_columns(line: &str) -> Option<Row> {
    match &columns(line)[..] {
        [left, right, jaccard, more @ ..] => Some(Row {
            pair: (left.clone(), right.clone(), jaccard.parse().ok()?),
            relation: more.first().and_then(|name| relation(name)),
        }),
        _ => None,
    }
}

/// Reads a line of `twinprint pairs --json`.
fn row_of_json(line: &str) -> Option<Row> {
    let pair: serde_json::Value = serde_json::from_str(line).ok()?;
    let id = |name: &str| pair[name].as_str().map(str::to_string);
    Some(Row {
        pair: (id("left")?, id("right")?, pair["jaccard"].as_f64()?),
        relation: pair["relation"].as_str().and_then(relation),
    })
}

/// Reads each document with the line of its cluster.
fn read_clusters(path: &Path) -> Result<Vec<(String, usize)>> {
    let (mut documents, mut seen) = (Vec::new(), Seen::new(path));
    for (number, line) in lines(&read(path)?) {
        let ids = if line.starts_with('{') { cluster_of_json(line) } else { cluster_of_columns(line) };
        let Some(ids) = ids else { bail!("{}, line {number}: {CLUSTER}", path.display()) };
        for id in ids {
            seen.note(&id, number)?;
            documents.push((id, number));
        }
    }
    Ok(documents)
}

fn cluster_of_columns(line: &str) -> Option<Vec<String>> {
    match &columns(line)[..] {
        [representative, size, _, others @ ..] if size.parse() == Ok(others.len() + 1) => {
            Some([representative].into_iter().chain(others).cloned().collect())
        }
        _ => None,
    }
}

/// Reads a line of `twinprint clusters --json`.
fn cluster_of_json(line: &str) -> Option<Vec<String>> {
    let cluster: serde_json::Value = serde_json::from_str(line).ok()?;
    let others = cluster["others"].as_array()?;
    let ids = [&cluster["representative"]].into_iter().chain(others);
    ids.map(|id| id.as_str().map(str::to_string)).collect()
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
    /// Returns the ids that have labels.
    fn documents(&self) -> HashSet<&str> {
        match self {
            Self::Pairs(pairs) => pairs.iter().flat_map(|(left, right, _)| [&left[..], right]).collect(),
            Self::Documents(documents) => documents.iter().map(|(id, _)| &id[..]).collect(),
        }
    }

    fn read(path: &Path) -> Result<Self> {
        let (mut pairs, mut documents, mut seen) = (Vec::new(), Vec::new(), Seen::new(path));
        let mut judged = HashMap::new();
        for (number, line) in lines(&read(path)?) {
            match &columns(line)[..] {
                [left, right, label] if verdict(label).is_some() => {
                    let verdict = verdict(label) == Some(true);
                    let pair = if left <= right { [left, right] } else { [right, left] }.map(String::clone);
                    let (earlier, line) = *judged.entry(pair).or_insert((verdict, number));
                    if earlier != verdict {
                        bail!(
                            "{}, line {number}: the pair of {left:?} and {right:?} has the other label in line {line}; give each pair one label",
                            path.display()
                        );
                    }
                    pairs.push((left.clone(), right.clone(), verdict));
                }
                [id, cluster] => {
                    seen.note(id, number)?;
                    documents.push((id.clone(), cluster.clone()));
                }
                _ => bail!(
                    "{}, line {number}: expected id1, id2 and 0, 1 or a relation such as edit, or an id and a cluster, separated by tabs",
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

/// Returns whether a label of a pair says that it is one of duplicates.
fn verdict(label: &str) -> Option<bool> {
    match label.trim() {
        "0" => Some(false),
        "1" => Some(true),
        name => match relation(name) {
            Some(PairRelation::NotCompared) | None => None,
            Some(relation) => Some(relation.is_duplicate()),
        },
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

/// Prepares the file of a plot.
fn open_plot(path: &Path) -> Result<Output> {
    let output = Output::open(Some(path))?;
    let ending = path.extension().filter(|_| matches!(output, Output::File { .. }));
    if let Some(other) = ending.filter(|ending| !ending.eq_ignore_ascii_case("svg")) {
        bail!(
            "{}: a plot is written as SVG, and not as .{}; choose a name that ends in .svg",
            path.display(),
            other.to_string_lossy()
        );
    }
    Ok(output)
}

/// Plots precision, recall and F1 by threshold.
fn svg(evaluation: &Evaluation) -> Result<String> {
    let mut svg = String::new();
    draw(evaluation, &mut svg).map_err(|error| anyhow!("the plot cannot be drawn: {error}"))?;
    Ok(svg)
}

fn draw(evaluation: &Evaluation, svg: &mut String) -> Result<(), Box<dyn std::error::Error>> {
    let area = SVGBackend::with_string(svg, (720, 420)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area);
    let mut chart =
        chart.margin(16).x_label_area_size(40).y_label_area_size(48).build_cartesian_2d(0.0..1.0, 0.0..1.0)?;
    chart.configure_mesh().x_desc("threshold").y_desc("share").draw()?;
    let curves: [(&str, RGBColor, Measure); 3] = [
        ("precision", RGBColor(0, 90, 156), Scores::precision),
        ("recall", RGBColor(200, 80, 0), Scores::recall),
        ("F1", RGBColor(40, 120, 60), Scores::f1),
    ];
    for (name, color, value) in curves {
        let points = evaluation.points().iter().map(|row| (row.threshold, value(&row.scores)));
        let series = chart.draw_series(LineSeries::new(points, color.stroke_width(2)))?;
        series.label(name).legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], color.stroke_width(2)));
    }
    chart.configure_series_labels().border_style(BLACK).background_style(WHITE).draw()?;
    Ok(area.present()?)
}
