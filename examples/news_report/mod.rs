//! Makes a report of what the example found.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use rayon::prelude::*;
use twinprint::Scheme;
use twinprint::passages::{PassageRules, SharedPassages};
use twinprint::text::Shingler;
use twinprint_documents::{LoadedCorpus, LoadedDocument};
use twinprint_report::{Comparison, Curve, Repetition, Report, TextRef};

use super::news_pairs::{Row, Tier};
use super::news_text::content_words;
use super::{Found, News, PHRASES};

/// The maximum number of pairs in the report; the most similar are taken.
const PAIRS: usize = 5_000;

/// Writes the report as JSON if the file name ends in `.json`, and as a page otherwise.
pub(super) fn write(report: &Report, path: &Path) -> io::Result<()> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let out = BufWriter::new(File::create(path).map_err(named)?);
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let written = if is_json { report.write_json(out) } else { report.write_html(out) };
    written.map_err(named)
}

/// Makes the report.
pub(super) fn report(news: &News, corpus: &LoadedCorpus, found: &Found<'_>) -> Result<Report, twinprint::Error> {
    let texts = Texts::new(news)?;
    let shown = &found.rows[..found.rows.len().min(PAIRS)];
    let mut report = Report::new("News: copies, edits and versions of one story")
        .count("texts", corpus.documents.len() as u64)
        .count("pairs", found.rows.len() as u64)
        .count("near-duplicate texts", found.near.iter().map(|cluster| cluster.members().len() as u64).sum())
        .count("stories told several times", found.stories.len() as u64)
        .setting("compared by", "phrases, and words of stories")
        .setting("scheme", texts.phrases.id())
        .setting("threshold", PHRASES.to_string())
        .setting("banding", format!("{} bands of {} rows", found.banding.bands(), found.banding.rows()))
        .setting("recall", format!("{:.3} at the threshold", found.banding.recall(PHRASES)))
        .setting("candidates", format!("{} by phrases, {} by words", found.phrase_candidates, found.story_candidates))
        .setting("passages", format!("from {} words or {} letters on", texts.rules.words(), texts.rules.letters()));
    if shown.len() < found.rows.len() {
        report = report.setting("pairs shown", format!("the {PAIRS} most similar"));
    }
    report.curve = Some(Curve::new(&found.banding, PHRASES));
    report.similarities = found.rows.iter().map(|row| row.judgement.phrases.jaccard()).collect();
    report.pairs = shown.par_iter().map(|row| texts.pair(row)).collect::<Result<_, _>>()?;
    report.repetitions = texts.repetitions(corpus);
    let near = |cluster| {
        let reason = "kept, because it is the longest; the others are dropped";
        twinprint_report::Cluster::new(cluster, "near-duplicates", reason)
    };
    report.clusters.extend(found.near.iter().map(near));
    texts.add_to(corpus, &mut report);
    Ok(report)
}

/// The texts, and what is marked in them.
struct Texts<'a> {
    /// As they were compared: without page script.
    prose: HashMap<&'a str, &'a str>,
    phrases: Scheme,
    phrase: Shingler,
    word: Shingler,
    rules: PassageRules,
}

impl<'a> Texts<'a> {
    fn new(news: &'a News) -> Result<Self, twinprint::Error> {
        let phrases = Scheme::news();
        Ok(Self {
            prose: news.ids.iter().map(String::as_str).zip(news.texts.iter().map(String::as_str)).collect(),
            phrase: phrases.shingler()?,
            word: content_words()?.shingler()?,
            rules: PassageRules::default(),
            phrases,
        })
    }

    fn named<'b>(&'b self, id: &'b str) -> TextRef<'b> {
        (id, self.prose.get(id).copied().unwrap_or_default())
    }

    /// Compares a pair by phrases, with the passages that both have. Rewrites have none, so their words are marked.
    fn pair(&self, row: &Row) -> Result<Comparison, twinprint::Error> {
        let (left, right) = (self.named(&row.left), self.named(&row.right));
        let compared = Comparison::new(&self.phrases, left, right, self.rules)?
            .with_passages(&SharedPassages::new(&self.phrase, left.1, right.1, self.rules))
            .called(row.tier.name(), reason(row));
        let by_words = matches!(row.tier, Tier::SameStory | Tier::Template);
        Ok(if by_words { compared.with_words(&self.word, left.1, right.1) } else { compared })
    }

    fn repetitions(&self, corpus: &LoadedCorpus) -> Vec<Repetition> {
        let of = |document: &LoadedDocument| Repetition::new(&self.phrase, self.named(&document.id), self.rules);
        let mut found: Vec<Repetition> = corpus.documents.par_iter().map(of).collect();
        found.retain(|repetition| !repetition.passages.is_empty());
        found
    }

    /// Adds the texts that the report names.
    fn add_to(self, corpus: &LoadedCorpus, report: &mut Report) {
        let compared = report.pairs.iter().chain(&report.containments);
        let ids = compared.flat_map(|compared| [compared.left.clone(), compared.right.clone()]);
        let ids: HashSet<String> =
            ids.chain(report.repetitions.iter().map(|repetition| repetition.id.clone())).collect();
        let shown = corpus.documents.iter().filter(|document| ids.contains(&document.id));
        report.texts = shown.map(|document| (document.id.clone(), document.text.clone())).collect();
    }
}

/// Explains the relation of a pair.
fn reason(row: &Row) -> String {
    let share = 100.0 * row.judgement.phrases.containment();
    let slots = row.judgement.slots.len();
    match row.tier {
        Tier::NearDuplicate => format!("{share:.0}\u{a0}% of the phrases of the shorter one are in the other."),
        Tier::Contained => format!("{share:.0}\u{a0}% of the phrases of the shorter one are in a much longer one."),
        Tier::SameStory => {
            format!("They share names and topics, but only {share:.0}\u{a0}% of the shorter one's phrases.")
        }
        Tier::Template => {
            format!("They are alike, but have other names or figures in {slots} places: one template. Set aside.")
        }
    }
}
