//! Which of these news texts are copies or edits, which tell one story, and which would be kept?
//!
//! ```text
//! cargo run --release --example news                  # the sample corpus in examples/news
//! cargo run --release --example news -- FOLDER        # .txt files
//! cargo run --release --example news -- FILE.jsonl    # one {"id": …, "text": …} a line
//! cargo run --release --example news -- FOLDER --report FILE.html    # also writes the pairs and their texts as a page
//! ```
//!
//! Copies and edits share phrases; rewrites of one story share only rare words. So candidates come from a join on word
//! 3-grams, an index of contained texts, and a search for shared rare words. [`TextComparer`] then says what the two of
//! each candidate are to one another.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use rayon::prelude::*;
use twinprint::containment::{ContainmentIndex, FracMinHash};
use twinprint::corpus_statistics::CorpusStatistics;
use twinprint::relation::{Judgement, PreparedText, Relation, RelationRules, TextComparer};
use twinprint::result::VerifiedPairs;
use twinprint::rewrites::RewriteRules;
use twinprint::text::{Normalization, Shingler, UnicodeForm, WordFilter};
use twinprint::{Banding, Cluster, Clustering, Keep, Overlap, Scheme, ShingleSet, SimilarityJoin};
use twinprint_documents::{LoadedCorpus, LoadedDocument, Options, read};

mod news_page;
mod news_report;

/// Finds copies, edits and rewrites of one story among news texts.
#[derive(Parser)]
struct Arguments {
    /// A folder of .txt files, or a file of JSON lines; defaults to the sample corpus.
    path: Option<PathBuf>,
    /// The least Jaccard similarity of the content words of rewrites.
    #[arg(long, default_value_t = 0.11, value_name = "T", allow_negative_numbers = true)]
    threshold: f64,
    /// Print only the pairs, without templates, as
    /// left<TAB>right<TAB>jaccard<TAB>containment<TAB>relation<TAB>phrases.
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

/// The least Jaccard similarity of word 3-grams at which two texts are compared. Edits of short items reach 0.26.
const PHRASES: f64 = 0.25;
/// The least share of a text's phrases in a page that contains it.
const CONTAINED: f64 = 0.6;
/// A word that more texts have is not rare.
const RARE: u32 = 40;
/// The least number of rare words that rewrites share.
const MIN_RARE: u32 = 5;
/// The least share of figures in prices, results and weather: every twelfth word. Stories have fewer.
const FULL_OF_FIGURES: f64 = 1.0 / 12.0;
/// A text this many times as long as another is a page of many articles, not a version of it.
const MUCH_LONGER: f64 = 4.0;
/// The memory of the corpus statistics.
const STATISTICS: usize = 32 << 20;

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

fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let path = arguments.path.as_deref().unwrap_or(Path::new(SAMPLE));
    let corpus = read(path, &Options { lossy: arguments.lossy, skip_bad: arguments.skip_bad, ..Options::default() })?;
    for skipped in &corpus.rejected {
        eprintln!("set aside: {skipped}");
    }
    let news = News::new(&corpus)?;
    let found = news.find(arguments.threshold)?;
    if arguments.tsv {
        return Ok(quiet_on_closed_pipe(news_page::print_tsv(&found.rows))?);
    }
    let labels = (arguments.path.is_none()).then(|| std::fs::read_to_string(path.join("labels.tsv"))).transpose()?;
    let page = news_page::page(path, &corpus, &found, arguments.limit, labels.as_deref());
    if let Some(path) = &arguments.report {
        news_report::write(&news_report::report(&news, &corpus, &found)?, path)?;
    }
    Ok(quiet_on_closed_pipe(io::stdout().lock().write_all(page.as_bytes()))?)
}

fn quiet_on_closed_pipe(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// The texts, and the words that rewrites are found by.
struct News {
    ids: Vec<String>,
    /// Without page script.
    texts: Vec<String>,
    content: Vec<ShingleSet>,
}

/// What was found.
struct Found<'a> {
    /// The most similar first.
    rows: Vec<Row>,
    near: Vec<Cluster<&'a str>>,
    /// The ids of each story, the text that the others are compared with first.
    stories: Vec<Vec<String>>,
    banding: Banding,
    phrase_candidates: u64,
    rewrite_candidates: usize,
}

/// A pair of texts, and what the two are to one another.
struct Row {
    left: String,
    right: String,
    content: Overlap,
    judgement: Judgement,
    tier: Tier,
}

#[derive(Clone, Copy, PartialEq)]
enum Tier {
    NearDuplicate,
    Contained,
    SameStory,
    Template,
}

/// The scheme of the words that rewrites share. Without punctuation, "Mayor's" and "mayor" are one word.
fn content_words() -> Result<Scheme, twinprint::Error> {
    let loose = Normalization::default().form(UnicodeForm::Nfkc).strip_marks(true).drop_punctuation(true);
    Scheme::builder().words(1).normalization(loose).filter(WordFilter::Content).spaceless_tokens(3).build()
}

impl News {
    fn new(corpus: &LoadedCorpus) -> Result<Self, twinprint::Error> {
        let content = content_words()?.shingler()?;
        let texts: Vec<String> = corpus.documents.par_iter().map(|document| prose(&document.text)).collect();
        let ids = corpus.documents.iter().map(|LoadedDocument { id, .. }| id.clone()).collect();
        Ok(Self { ids, content: texts.par_iter().map(|text| content.set(text)).collect(), texts })
    }

    fn find(&self, threshold: f64) -> Result<Found<'_>, twinprint::Error> {
        let scheme = Scheme::news();
        let mut join =
            SimilarityJoin::builder(&scheme).threshold(PHRASES).documents(self.texts.len() as u64).build()?;
        for (id, text) in self.ids.iter().zip(&self.texts) {
            join.push(twinprint::Document::text(id.as_str(), text))?;
        }
        let banding = join.banding();
        let joined = join.finish()?;
        let phrases = sets(&scheme.shingler()?, &self.texts);
        let statistics = self.statistics(&scheme, &phrases)?;

        let numbers: HashMap<&str, usize> = self.ids.iter().map(String::as_str).zip(0..).collect();
        let similar = joined.all_pairs(100).into_iter().map(|pair| (numbers[*pair.left], numbers[*pair.right]));
        let similar: BTreeSet<(usize, usize)> =
            similar.chain(contained(phrases)?).map(|(a, b)| (a.min(b), a.max(b))).collect();
        let rewrites = RewriteRules::new(threshold, RARE, MIN_RARE)?.find(&self.content);
        let others = rewrites.pairs.iter().map(|pair| (pair.left, pair.right)).filter(|pair| !similar.contains(pair));
        let candidates: Vec<(usize, usize)> = similar.iter().copied().chain(others).collect();

        let comparer = TextComparer::new(&scheme, RelationRules::default())?.with_statistics(&statistics)?;
        let rows = self.rows(&comparer, &candidates, similar.len());
        Ok(Found {
            phrase_candidates: joined.stats().candidates,
            rewrite_candidates: rewrites.candidates,
            near: near_duplicates(joined, &rows),
            stories: stories(&rows),
            banding,
            rows,
        })
    }

    /// Counts each distinct text once.
    fn statistics(&self, scheme: &Scheme, phrases: &[ShingleSet]) -> Result<CorpusStatistics, twinprint::Error> {
        let words = sets(&Scheme::builder().words(1).build()?.shingler()?, &self.texts);
        let mut statistics = CorpusStatistics::new(scheme, STATISTICS)?;
        let mut seen = HashSet::new();
        for (phrases, words) in phrases.iter().zip(&words) {
            if seen.insert(phrases.as_slice()) {
                statistics.add_sets(phrases, words);
            }
        }
        Ok(statistics)
    }

    /// Compares the candidates. Those from `similar` on share no phrases that count.
    fn rows(&self, comparer: &TextComparer<'_>, candidates: &[(usize, usize)], similar: usize) -> Vec<Row> {
        let mut needed = vec![false; self.texts.len()];
        candidates.iter().for_each(|&(left, right)| (needed[left], needed[right]) = (true, true));
        let prepare = |(text, needed): (&String, &bool)| needed.then(|| comparer.prepare(text));
        let prepared: Vec<Option<PreparedText>> = self.texts.par_iter().zip(&needed).map(prepare).collect();
        let row = |(number, &(left, right)): (usize, &(usize, usize))| {
            let judgement = comparer.compare(prepared[left].as_ref()?, prepared[right].as_ref()?);
            let content = self.content[left].overlap(&self.content[right]);
            let tier = Tier::of(&judgement, number >= similar)?;
            Some(Row { left: self.ids[left].clone(), right: self.ids[right].clone(), content, judgement, tier })
        };
        let mut rows: Vec<Row> = candidates.par_iter().enumerate().filter_map(row).collect();
        let jaccard = |row: &Row| row.content.jaccard();
        rows.sort_by(|a, b| {
            jaccard(b).total_cmp(&jaccard(a)).then_with(|| (&a.left, &a.right).cmp(&(&b.left, &b.right)))
        });
        rows
    }
}

/// Finds the texts that are contained in longer ones, by an index of sampled phrases, which no page is too long for.
fn contained(phrases: Vec<ShingleSet>) -> Result<Vec<(usize, usize)>, twinprint::Error> {
    let mut index = ContainmentIndex::new(FracMinHash::default());
    for (number, set) in phrases.into_iter().enumerate() {
        index.insert(number, set)?;
    }
    let pairs = index.pairs(CONTAINED)?;
    Ok(pairs.iter().map(|pair| (*pair.inner.min(pair.outer), *pair.inner.max(pair.outer))).collect())
}

fn sets(shingler: &Shingler, texts: &[String]) -> Vec<ShingleSet> {
    texts.par_iter().map(|text| shingler.set(text)).collect()
}

impl Tier {
    /// Places a pair, or returns `None` for one that is not reported.
    fn of(judgement: &Judgement, by_rare_words: bool) -> Option<Self> {
        match judgement.relation {
            Relation::Copy | Relation::Edit => Some(Self::NearDuplicate),
            Relation::Contained => Some(Self::Contained),
            Relation::Template => Some(Self::Template),
            relation => {
                let (left, right) = (judgement.words.left, judgement.words.right);
                let is_page = left.max(right) > MUCH_LONGER * left.min(right);
                let is_story = relation == Relation::SameStory || by_rare_words;
                (is_story && !is_page && judgement.figures < FULL_OF_FIGURES).then_some(Self::SameStory)
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::NearDuplicate => "near-duplicate",
            Self::Contained => "contained",
            Self::SameStory => "same-story",
            Self::Template => "template",
        }
    }
}

/// Clusters near-duplicates. The longest text represents each cluster, because it has what the others left out.
fn near_duplicates<'a>(mut joined: VerifiedPairs<&'a str>, rows: &[Row]) -> Vec<Cluster<&'a str>> {
    let of_tier = rows.iter().filter(|row| row.tier == Tier::NearDuplicate);
    let near: HashSet<(&str, &str)> = of_tier.map(|row| (&*row.left, &*row.right)).collect();
    joined.retain(|pair| near.contains(&(*pair.left, *pair.right)) || near.contains(&(*pair.right, *pair.left)));
    joined.clusters(Clustering::Leader, Keep::Longest)
}

/// Groups the texts of each story around the one that most others share it with. A chain of pairs is no story.
fn stories(rows: &[Row]) -> Vec<Vec<String>> {
    let mut partners: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in rows.iter().filter(|row| matches!(row.tier, Tier::NearDuplicate | Tier::SameStory)) {
        partners.entry(&row.left).or_default().push(&row.right);
        partners.entry(&row.right).or_default().push(&row.left);
    }
    let mut leaders: Vec<&str> = partners.keys().copied().collect();
    leaders.sort_by_key(|id| std::cmp::Reverse(partners[id].len()));
    let (mut taken, mut stories) = (HashSet::new(), Vec::new());
    for leader in leaders {
        if !taken.insert(leader) {
            continue;
        }
        let mut members: Vec<&str> = partners[leader].iter().copied().filter(|id| taken.insert(id)).collect();
        members.sort_unstable();
        if !members.is_empty() {
            stories.push(std::iter::once(leader).chain(members).map(str::to_string).collect());
        }
    }
    stories
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
