//! Which of these news texts tell one story, which are copies, and which would be kept?
//!
//! ```text
//! cargo run --release --example news                  # the sample corpus in examples/news
//! cargo run --release --example news -- FOLDER        # .txt files
//! cargo run --release --example news -- FILE.jsonl    # one {"id": …, "text": …} a line
//! cargo run --release --example news -- FOLDER --report FILE.html    # also writes the pairs and their texts as a page
//! ```
//!
//! Copies share phrases; rewrites of one story share only its names and topics. So texts are compared by their *content
//! words*: single words without the common ones. That finds both. Word 3-grams then tell copies from rewrites, and
//! figures tell a rewrite from another day's text of the same template.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use rayon::prelude::*;
use twinprint::containment::{ContainmentIndex, FracMinHash};
use twinprint::result::VerifiedPairs;
use twinprint::text::{Normalization, UnicodeForm, WordFilter};
use twinprint::{Cluster, Clustering, Keep, Overlap, Pair, Scheme, ShingleSet, SimilarityJoin};
use twinprint_documents::{LoadedCorpus, LoadedDocument, Options, read};

mod news_report;

/// Finds copies, edits and rewrites of one story among news texts.
#[derive(Parser)]
struct Arguments {
    /// A folder of .txt files, or a file of JSON lines; defaults to the sample corpus.
    path: Option<PathBuf>,
    /// The least Jaccard similarity of content words, for all pairs that are reported.
    #[arg(long, default_value_t = 0.11, value_name = "T", allow_negative_numbers = true)]
    threshold: f64,
    /// Print only the pairs, as left<TAB>right<TAB>jaccard<TAB>containment<TAB>relation<TAB>phrases.
    #[arg(long)]
    tsv: bool,
    /// Replace bytes that are not UTF-8.
    #[arg(long)]
    lossy: bool,
    /// Skip records that cannot be read, and count them.
    #[arg(long)]
    skip_bad: bool,
    /// The maximum number of lines of each table and list; --tsv prints every pair.
    #[arg(long, default_value_t = 200, value_name = "N")]
    limit: usize,
    /// Also write the result with its texts to this file: as a page (.html) or as data (.json).
    #[arg(long, value_name = "FILE", conflicts_with = "tsv")]
    report: Option<PathBuf>,
}

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/news");

/// The least share of a text's word 3-grams in a copy or an edit of it. Rewrites share a tenth at most.
const COPIED: f64 = 0.4;
/// The least share of figures in prices, results and weather: every twelfth word. Stories have fewer.
const FULL_OF_FIGURES: f64 = 1.0 / 12.0;
/// The least share of common figures of two such texts about the same thing.
const SAME_FIGURES: f64 = 0.6;
/// The least similarity of texts that share phrases. If they do, but hardly a figure, one template was filled in twice.
const SHARES_PHRASES: f64 = 0.1;
const HARDLY_A_FIGURE: f64 = 1.0 / 3.0;
const ENOUGH_FIGURES: usize = 3;
/// The least number of phrases of a page that contains a text, as a multiple of the text's.
const MUCH_LONGER: usize = 3;
/// The least share of a text's phrases in a page that contains it.
const HELD: f64 = 0.6;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let of_record =
                error.downcast_ref::<twinprint_documents::Error>().is_some_and(|error| error.line.is_some());
            let remedy = if of_record { "; mend the line, or set such lines aside with --skip-bad" } else { "" };
            eprintln!("news: {error}{remedy}");
            ExitCode::from(2)
        }
    }
}

/// What a text is compared by.
struct Features {
    content: Scheme,
    sets: HashMap<String, Sets>,
}

/// The sets that decide what two similar texts are to one another.
struct Sets {
    phrases: ShingleSet,
    figures: ShingleSet,
    full_of_figures: bool,
}

/// A reported pair, and what the two are to one another.
struct Row {
    left: String,
    right: String,
    estimate: f64,
    jaccard: f64,
    containment: f64,
    phrases: Overlap,
    relation: Relation,
}

/// A text that is contained in a much longer one.
struct Held {
    inner: String,
    outer: String,
    /// The inner text's word 3-grams on the left.
    phrases: Overlap,
}

#[derive(Clone, Copy, PartialEq)]
enum Relation {
    NearDuplicate,
    Contained,
    SameStory,
    Template,
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let path = arguments.path.as_deref().unwrap_or(Path::new(SAMPLE));
    let corpus = read(path, &Options { lossy: arguments.lossy, skip_bad: arguments.skip_bad, ..Options::default() })?;
    for skipped in &corpus.rejected {
        eprintln!("set aside: {skipped}");
    }

    let features = Features::of(&corpus.documents)?;
    let mut join = SimilarityJoin::builder(&features.content)
        .threshold(arguments.threshold)
        .documents(corpus.documents.len() as u64)
        .background(0.03)
        .build()?;
    for document in &corpus.documents {
        join.push(twinprint::Document::text(document.id.clone(), prose(&document.text)))?;
    }
    let banding = join.banding();
    let mut found = join.finish()?;

    let mut rows = features.rows(&found, &corpus)?;
    rows.sort_by(|a, b| b.jaccard.total_cmp(&a.jaccard).then_with(|| (&a.left, &a.right).cmp(&(&b.left, &b.right))));
    if arguments.tsv {
        return Ok(quiet_on_closed_pipe(print_tsv(&rows))?);
    }
    let settings = format!(
        "scheme {} (content words), threshold {}, {} bands of {} rows: recall {:.3} at the threshold",
        features.content.id(),
        arguments.threshold,
        banding.bands(),
        banding.rows(),
        banding.recall(arguments.threshold)
    );
    let relations = Relations::of(&rows);
    found.retain(|pair| relations.get(pair) != Relation::Template);
    let labels = (arguments.path.is_none()).then(|| std::fs::read_to_string(path.join("labels.tsv"))).transpose()?;
    let mut page = summary(path, &corpus, &settings, &found);
    page += &tables(&rows, arguments.limit);
    let (near, stories) = (near_duplicates(&found, &relations), stories(&found, &rows, &features));
    let held = features.held(&corpus)?;
    page += &limited(&listed_containments(&held), arguments.limit);
    page += &limited(&kept(&near), arguments.limit);
    page += &limited(&listed_stories(&stories), arguments.limit);
    if let Some(labels) = labels {
        page += &score(&rows, &labels);
    }
    if let Some(path) = &arguments.report {
        let results =
            news_report::Results { corpus: &corpus, rows: &rows, held: &held, near: &near, stories: &stories };
        let report = results.report(&features, arguments.threshold, &banding, found.stats())?;
        news_report::write(&report, path)?;
    }
    Ok(quiet_on_closed_pipe(io::stdout().lock().write_all(page.as_bytes()))?)
}

/// Returns the text with blanks in place of page script: lines in which every twelfth character is one that prose hardly
/// has. With blanks, positions stay those of the text.
fn prose(text: &str) -> String {
    let is_code = |c: char| "{}()[]<>=;|&_!:#$*+".contains(c);
    let is_prose = |line: &str| 12 * line.chars().filter(|&c| is_code(c)).count() < line.chars().count().max(1);
    let mut kept = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let words = line.trim_end_matches(['\n', '\r']);
        if words.is_empty() || is_prose(words) {
            kept.push_str(line);
        } else {
            kept.extend(std::iter::repeat_n(' ', words.len()).chain(line[words.len()..].chars()));
        }
    }
    kept
}

impl Features {
    fn of(documents: &[LoadedDocument]) -> Result<Self, twinprint::Error> {
        // Without punctuation, "Mayor's" and "mayor" share a word.
        let loose = Normalization::default().form(UnicodeForm::Nfkc).strip_marks(true).drop_punctuation(true);
        let words = Scheme::builder().words(1).normalization(loose).num_hashes(256);
        let content = words.clone().filter(WordFilter::Content).spaceless_tokens(3).build()?;
        let figures = words.clone().filter(WordFilter::Figures).build()?.shingler()?;
        let words = words.build()?.shingler()?;
        let phrases = Scheme::news().shingler()?;
        let sets = |document: &LoadedDocument| {
            let text = prose(&document.text);
            let share = figures.tokens(&text).len() as f64 / words.tokens(&text).len() as f64;
            let full_of_figures = share >= FULL_OF_FIGURES;
            (document.id.clone(), Sets { phrases: phrases.set(&text), figures: figures.set(&text), full_of_figures })
        };
        Ok(Self { content, sets: documents.par_iter().map(sets).collect() })
    }

    fn rows(&self, found: &VerifiedPairs<String>, corpus: &LoadedCorpus) -> Result<Vec<Row>, twinprint::Error> {
        let texts: Vec<String> = corpus.documents.iter().map(|document| prose(&document.text)).collect();
        let signatures = self.content.minhasher().matrix_of_texts(&texts)?;
        let number: HashMap<&str, usize> = corpus.documents.iter().map(|d| d.id.as_str()).zip(0..).collect();
        let row = |pair: &Pair<&String>| {
            let phrases = self.sets[pair.left].phrases.overlap(&self.sets[pair.right].phrases);
            let estimate = signatures.estimate(number[pair.left.as_str()], number[pair.right.as_str()]);
            Row {
                left: pair.left.clone(),
                right: pair.right.clone(),
                estimate: estimate.map_or(0.0, |estimate| estimate.jaccard),
                jaccard: pair.jaccard(),
                containment: pair.overlap.containment(),
                phrases,
                relation: self.relation(pair, phrases),
            }
        };
        Ok(found.all_pairs(100).par_iter().map(row).collect())
    }

    /// Finds the texts that are contained in much longer ones.
    fn held(&self, corpus: &LoadedCorpus) -> Result<Vec<Held>, twinprint::Error> {
        let mut index = ContainmentIndex::new(FracMinHash::default());
        for LoadedDocument { id, .. } in &corpus.documents {
            index.insert(id.clone(), self.sets[id].phrases.clone())?;
        }
        let found = index.pairs(HELD)?.into_iter().map(|pair| Held {
            inner: pair.inner.clone(),
            outer: pair.outer.clone(),
            phrases: pair.overlap,
        });
        Ok(found.filter(|pair| MUCH_LONGER * pair.phrases.left() < pair.phrases.right()).collect())
    }

    fn longer<'a>(&self, left: &'a String, right: &'a String) -> &'a String {
        if self.sets[left].phrases.len() > self.sets[right].phrases.len() { left } else { right }
    }

    fn relation(&self, pair: &Pair<&String>, phrases: Overlap) -> Relation {
        let (left, right) = (&self.sets[pair.left], &self.sets[pair.right]);
        if other_figures(left, right, phrases) {
            Relation::Template
        } else if phrases.containment() < COPIED {
            Relation::SameStory
        } else if MUCH_LONGER * phrases.left().min(phrases.right()) < phrases.left().max(phrases.right()) {
            Relation::Contained
        } else {
            Relation::NearDuplicate
        }
    }
}

/// What the two of each reported pair are to one another.
struct Relations<'a>(HashMap<(&'a str, &'a str), Relation>);

impl<'a> Relations<'a> {
    fn of(rows: &'a [Row]) -> Self {
        Self(rows.iter().map(|row| ((row.left.as_str(), row.right.as_str()), row.relation)).collect())
    }

    fn get(&self, pair: &Pair<&String>) -> Relation {
        self.0.get(&(pair.left.as_str(), pair.right.as_str())).copied().unwrap_or(Relation::SameStory)
    }
}

fn other_figures(left: &Sets, right: &Sets, phrases: Overlap) -> bool {
    let figures = left.figures.overlap(&right.figures);
    if figures.left().min(figures.right()) < ENOUGH_FIGURES {
        return false;
    }
    let both_full = left.full_of_figures && right.full_of_figures;
    both_full && figures.containment() < SAME_FIGURES
        || phrases.jaccard() >= SHARES_PHRASES && figures.containment() < HARDLY_A_FIGURE
}

impl Relation {
    fn name(self) -> &'static str {
        match self {
            Self::NearDuplicate => "near-duplicate",
            Self::Contained => "contained",
            Self::SameStory => "same-story",
            Self::Template => "template",
        }
    }
}

fn quiet_on_closed_pipe(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

fn print_tsv(rows: &[Row]) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for row in rows.iter().filter(|row| row.relation != Relation::Template) {
        let Row { left, right, jaccard, containment, relation, phrases, .. } = row;
        let (relation, phrases) = (relation.name(), phrases.jaccard());
        writeln!(out, "{left}\t{right}\t{jaccard:.4}\t{containment:.4}\t{relation}\t{phrases:.4}")?;
    }
    out.flush()
}

fn summary(path: &Path, corpus: &LoadedCorpus, settings: &str, found: &VerifiedPairs<String>) -> String {
    let stats = found.stats();
    format!(
        "Read {} texts, {} kB, from {}: {} without a content word, {} set aside.\n{settings}.\n{} candidate pairs, {} of them \
         compared exactly, {} reach the threshold.\n",
        stats.documents,
        corpus.bytes / 1000,
        path.display(),
        stats.empty,
        corpus.rejected.len(),
        stats.candidates,
        stats.compared,
        stats.verified
    )
}

fn tables(rows: &[Row], limit: usize) -> String {
    let tiers = [
        (Relation::NearDuplicate, "Near-duplicates: copies and edits of one text (they share phrases)"),
        (Relation::Contained, "Contained: one text is inside a much longer one"),
        (Relation::SameStory, "Rewrites of one story: names and topics in common, not phrases"),
        (
            Relation::Template,
            "Set aside: texts full of figures that differ in them (one template, another day), not duplicates",
        ),
    ];
    let mut page = String::new();
    for (tier, title) in tiers {
        let rows: Vec<&Row> = rows.iter().filter(|row| row.relation == tier).collect();
        if !rows.is_empty() {
            page += &format!("\n{title}\n{}", table(&rows[..rows.len().min(limit)]));
        }
        if rows.len() > limit {
            page += &format!("  and {} more\n", rows.len() - limit);
        }
    }
    page + "\njaccard, containment: of content words, exact; estimate: from the signatures; phrases: Jaccard of word \
            3-grams. --threshold moves all tiers.\n"
}

/// A heading and the first lines under it.
fn limited(list: &str, limit: usize) -> String {
    let lines: Vec<&str> = list.trim_start().lines().collect();
    let shown = lines.len().min(limit + 1);
    let mut page = format!("\n{}\n", lines[..shown].join("\n"));
    if lines.len() > shown {
        page += &format!("  and {} more lines\n", lines.len() - shown);
    }
    page
}

fn table(rows: &[&Row]) -> String {
    let width = |name: fn(&Row) -> &String| rows.iter().map(|row| name(row).chars().count()).max().unwrap_or(0);
    let (left, right) = (width(|row| &row.left).max(4), width(|row| &row.right).max(5));
    let head = format!("  {:left$}  {:right$}  estimate  jaccard  containment  phrases\n", "left", "right");
    let line = |row: &&Row| {
        format!(
            "  {:left$}  {:right$}  {:8.3}  {:7.3}  {:11.3}  {:7.3}\n",
            row.left,
            row.right,
            row.estimate,
            row.jaccard,
            row.containment,
            row.phrases.jaccard()
        )
    };
    head + &rows.iter().map(line).collect::<String>()
}

/// Clusters near-duplicates. The longest text represents each cluster, because it has what the others left out.
fn near_duplicates(found: &VerifiedPairs<String>, relations: &Relations<'_>) -> Vec<Cluster<String>> {
    let mut near = found.clone();
    near.retain(|pair| relations.get(pair) == Relation::NearDuplicate);
    near.clusters(Clustering::Leader, Keep::Longest)
}

/// Prints which near-duplicates would be kept.
fn kept(clusters: &[Cluster<String>]) -> String {
    if clusters.is_empty() {
        return "Nothing would be removed: no text is a near-duplicate of another.\n".to_string();
    }
    let mut page = "What would be kept of the near-duplicates (the longest of each)\n".to_string();
    for cluster in clusters {
        page += &format!("  keep {}\n", cluster.representative());
        for duplicate in cluster.members() {
            let why = match duplicate.overlap.filter(|_| !duplicate.has_equal_set()) {
                Some(overlap) => format!(
                    "{:.0} % of its words are there, jaccard {:.3}",
                    100.0 * overlap.left_in_right(),
                    overlap.jaccard()
                ),
                None => "the same words".to_string(),
            };
            page += &format!("    remove {}: {why}\n", duplicate.document);
        }
    }
    page
}

/// Finds the stories: texts that chains of reported pairs connect. Pages that contain other texts would connect these, so
/// they are left out.
fn stories(found: &VerifiedPairs<String>, rows: &[Row], features: &Features) -> Vec<Cluster<String>> {
    let contained = rows.iter().filter(|row| row.relation == Relation::Contained);
    let pages: HashSet<&String> = contained.map(|row| features.longer(&row.left, &row.right)).collect();
    let mut apart = found.clone();
    apart.retain(|pair| !pages.contains(pair.left) && !pages.contains(pair.right));
    apart.clusters(Clustering::Components, Keep::First)
}

fn listed_stories(clusters: &[Cluster<String>]) -> String {
    if clusters.is_empty() {
        return "No story is told by several texts.\n".to_string();
    }
    let mut page = "Stories told by several texts\n".to_string();
    for (number, cluster) in clusters.iter().enumerate() {
        page += &format!("  {:2}. {}\n", number + 1, cluster.representative());
        for duplicate in cluster.members() {
            page += &format!("      {}\n", duplicate.document);
        }
    }
    page
}

/// Prints which text is contained in which page, whatever their lengths.
fn listed_containments(held: &[Held]) -> String {
    if held.is_empty() {
        return "No text is contained in a much longer one.\n".to_string();
    }
    let mut page = "Contained in (by an index of sampled phrases, which no page is too long for)\n".to_string();
    for Held { inner, outer, phrases } in held {
        let share = 100.0 * phrases.left_in_right();
        page += &format!("  {inner}  is contained in  {outer}: {share:.0} % of its phrases\n");
    }
    page
}

/// Precision and recall against `labels.tsv`.
fn score(rows: &[Row], labels: &str) -> String {
    let pair = |line: &'_ str| {
        let mut fields = line.split('\t').map(str::to_string);
        Some((fields.next()?, fields.next()?, fields.next()?))
    };
    let labels: HashMap<(String, String), String> =
        labels.lines().skip(1).filter_map(pair).map(|(left, right, kind)| ((left, right), kind)).collect();
    let reported: HashMap<(String, String), Relation> = rows
        .iter()
        .filter(|row| row.relation != Relation::Template)
        .map(|row| ((row.left.clone(), row.right.clone()), row.relation))
        .collect();
    let right = reported.keys().filter(|pair| labels.contains_key(pair)).count();
    let mut page = format!(
        "\nAgainst labels.tsv: precision {:.3} ({right} of {} reported), recall {:.3} ({right} of {} labelled)\n",
        right as f64 / reported.len() as f64,
        reported.len(),
        right as f64 / labels.len() as f64,
        labels.len()
    );
    for kind in ["copy", "edit", "contains", "rewrite"] {
        let of_kind: Vec<_> = labels.iter().filter(|(_, label)| *label == kind).map(|(pair, _)| pair).collect();
        let found = of_kind.iter().filter(|pair| reported.contains_key(**pair)).count();
        let tier = if kind == "rewrite" { Relation::SameStory } else { Relation::NearDuplicate };
        let tier = if kind == "contains" { Relation::Contained } else { tier };
        let placed = of_kind.iter().filter(|pair| reported.get(**pair) == Some(&tier)).count();
        page += &format!("  {kind:9} {found:3} of {:3} found, {placed:3} of them as {}\n", of_kind.len(), tier.name());
    }
    let mut wrong: Vec<_> = reported.keys().filter(|pair| !labels.contains_key(pair)).collect();
    let mut missed: Vec<_> = labels.keys().filter(|pair| !reported.contains_key(pair)).collect();
    wrong.sort();
    missed.sort();
    for (left, right) in wrong {
        page += &format!("  reported, not labelled: {left}  {right}\n");
    }
    for (left, right) in missed {
        page += &format!("  labelled, not reported: {left}  {right}\n");
    }
    page
}
