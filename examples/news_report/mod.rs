//! Makes a report of what the example found.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use rayon::prelude::*;
use twinprint::join::JoinStats;
use twinprint::lsh::Banding;
use twinprint::passages::{PassageRules, SharedPassages};
use twinprint::text::Shingler;
use twinprint::{Cluster, Scheme};
use twinprint_documents::{LoadedCorpus, LoadedDocument};
use twinprint_report::{Comparison, Curve, Repetition, Report, TextRef};

use super::{Features, Held, Relation, Row, prose};

/// The maximum number of pairs in the report; the most similar are taken.
const PAIRS: usize = 5_000;

/// What was found.
pub(super) struct Results<'a> {
    pub(super) corpus: &'a LoadedCorpus,
    pub(super) rows: &'a [Row],
    pub(super) held: &'a [Held],
    pub(super) near: &'a [Cluster<String>],
    pub(super) stories: &'a [Cluster<String>],
}

/// Writes the report as JSON if the file name ends in `.json`, and as a page otherwise.
pub(super) fn write(report: &Report, path: &Path) -> io::Result<()> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let out = BufWriter::new(File::create(path).map_err(named)?);
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let written = if is_json { report.write_json(out) } else { report.write_html(out) };
    written.map_err(named)
}

impl Results<'_> {
    pub(super) fn report(
        &self,
        features: &Features,
        threshold: f64,
        banding: &Banding,
        stats: JoinStats,
    ) -> Result<Report, twinprint::Error> {
        let texts = Texts::of(self.corpus, features)?;
        let shown = &self.rows[..self.rows.len().min(PAIRS)];
        let recall = banding.recall(threshold);
        let mut report = Report::new("News: copies, edits and versions of one story")
            .count("texts", stats.documents)
            .count("pairs", self.rows.len() as u64)
            .count("near-duplicate texts", self.near.iter().map(|cluster| cluster.members().len() as u64).sum())
            .count("stories told several times", self.stories.len() as u64)
            .count("contained texts", self.held.len() as u64)
            .setting("compared by", "content words, without the common ones")
            .setting("scheme", features.content.id())
            .setting("threshold", threshold.to_string())
            .setting("banding", format!("{} bands of {} rows", banding.bands(), banding.rows()))
            .setting("recall", format!("{recall:.3} at the threshold"))
            .setting("candidates", format!("{}, of which {} compared exactly", stats.candidates, stats.compared))
            .setting("passages", format!("from {} words or {} letters on", texts.rules.words(), texts.rules.letters()));
        if shown.len() < self.rows.len() {
            report = report.setting("pairs shown", format!("the {PAIRS} most similar"));
        }
        report.curve = Some(Curve::new(banding, threshold));
        report.similarities = self.rows.iter().map(|row| row.jaccard).collect();
        report.pairs = shown.par_iter().map(|row| texts.pair(row)).collect::<Result<_, _>>()?;
        report.containments = self.held.par_iter().map(|held| texts.contained(held)).collect::<Result<_, _>>()?;
        report.repetitions = texts.repetitions(self.corpus);
        report.clusters.extend(self.near.iter().map(|cluster| {
            twinprint_report::Cluster::new(
                cluster,
                "near-duplicates",
                "kept, for it is the longest; the others are dropped",
            )
        }));
        report.clusters.extend(
            self.stories
                .iter()
                .map(|cluster| twinprint_report::Cluster::new(cluster, "one story", "the first of them; all are kept")),
        );
        texts.add_to(self.corpus, &mut report);
        Ok(report)
    }
}

/// The texts, and what is marked in them.
struct Texts<'a> {
    /// As they were compared: without page script.
    prose: HashMap<&'a str, String>,
    features: &'a Features,
    phrases: Scheme,
    phrase: Shingler,
    word: Shingler,
    rules: PassageRules,
}

impl<'a> Texts<'a> {
    fn of(corpus: &'a LoadedCorpus, features: &'a Features) -> Result<Self, twinprint::Error> {
        let phrases = Scheme::news();
        Ok(Self {
            prose: corpus.documents.iter().map(|document| (document.id.as_str(), prose(&document.text))).collect(),
            phrase: phrases.shingler()?,
            word: features.content.shingler()?,
            rules: PassageRules::default(),
            features,
            phrases,
        })
    }

    fn named<'b>(&'b self, id: &'b str) -> TextRef<'b> {
        (id, self.prose.get(id).map_or("", String::as_str))
    }

    /// Compares a pair by content words, with the passages that both have. Rewrites have none, so their words are marked.
    fn pair(&self, row: &Row) -> Result<Comparison, twinprint::Error> {
        let (left, right) = (self.named(&row.left), self.named(&row.right));
        let compared = Comparison::new(&self.features.content, left, right, self.rules)?
            .with_passages(&SharedPassages::new(&self.phrase, left.1, right.1, self.rules))
            .called(row.relation.name(), reason(row));
        let by_words = matches!(row.relation, Relation::SameStory | Relation::Template);
        Ok(if by_words { compared.with_words(&self.word, left.1, right.1) } else { compared })
    }

    fn contained(&self, held: &Held) -> Result<Comparison, twinprint::Error> {
        let compared = Comparison::new(&self.phrases, self.named(&held.inner), self.named(&held.outer), self.rules)?;
        let share = 100.0 * held.phrases.left_in_right();
        Ok(compared.called("contained", format!("{share:.0}\u{a0}% of the text's phrases are in the page.")))
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
    let share = 100.0 * row.phrases.containment();
    match row.relation {
        Relation::NearDuplicate => format!("{share:.0}\u{a0}% of the phrases of the shorter one are in the other."),
        Relation::Contained => {
            format!("{share:.0}\u{a0}% of the phrases of the shorter one are in a much longer one.")
        }
        Relation::SameStory => {
            format!("They share names and topics, but only {share:.0}\u{a0}% of the shorter one's phrases.")
        }
        Relation::Template => {
            "They are alike, but not in their figures: one template, another day. Set aside.".to_string()
        }
    }
}
