//! Which of these news texts are copies or edits, which tell one story, and which would be kept?
//!
//! ```text
//! cargo run --release --example news                  # the sample corpus in examples/news
//! cargo run --release --example news -- FOLDER        # .txt files
//! cargo run --release --example news -- FILE.jsonl    # one {"id": …, "text": …} a line
//! cargo run --release --example news -- FOLDER --report FILE.html    # also writes the pairs and their texts as a page
//! ```
//!
//! Copies and edits share phrases, so a join on word 3-grams and an index of contained texts find them. Rewrites of one
//! story share only names and rare words, by which [`StoryFinder`] finds them. The library's `relation` then says what the
//! two of each pair are to one another, and pairs of one story are joined into stories.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use rayon::prelude::*;
use twinprint::relation::Judgement;
use twinprint::result::VerifiedPairs;
use twinprint::stories::{Story, StoryFinder, StoryIndex, StoryPair, StoryRules, StoryText};
use twinprint::{Banding, Cluster, Clustering, Document, Keep, Scheme, ShingleSet, SimilarityJoin};
use twinprint_documents::{LoadedCorpus, Options, read};

mod news_candidates;
mod news_page;
mod news_pairs;
mod news_report;
mod news_text;

use news_pairs::{Numbers, Row, Tier};

/// Finds copies, edits and stories among news texts.
#[derive(Parser)]
struct Arguments {
    /// A folder of .txt files, or a file of JSON lines; defaults to the sample corpus.
    path: Option<PathBuf>,
    /// The least similarity of two texts of a story; defaults to 0.1, and to more for more than 1,000 texts.
    #[arg(long, value_name = "T", allow_negative_numbers = true)]
    threshold: Option<f64>,
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
/// The least Jaccard similarity of the content words of two texts of one story that are listed as a pair.
const REWRITES: f64 = 0.11;
/// Of a story of more texts, only pairs with its center are listed.
const MANY_TEXTS: usize = 100;

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

/// The texts that are compared.
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
    stories: Vec<Story>,
    banding: Banding,
    phrase_candidates: u64,
    story_candidates: usize,
    /// The number of similar pairs that were not compared by their texts.
    passed_over: usize,
}

impl News {
    fn new(corpus: &LoadedCorpus) -> Result<Self, twinprint::Error> {
        let content = news_text::content_words()?.shingler()?;
        let texts: Vec<String> = corpus.documents.par_iter().map(|document| news_text::prose(&document.text)).collect();
        let ids = corpus.documents.iter().map(|document| document.id.clone()).collect();
        Ok(Self { ids, content: texts.par_iter().map(|text| content.set(text)).collect(), texts })
    }

    fn find(&self, threshold: Option<f64>) -> Result<Found<'_>, twinprint::Error> {
        let scheme = Scheme::news();
        let mut join =
            SimilarityJoin::builder(&scheme).threshold(PHRASES).documents(self.texts.len() as u64).build()?;
        for (id, text) in self.ids.iter().zip(&self.texts) {
            join.push(Document::text(id.as_str(), text))?;
        }
        let banding = join.banding();
        let joined = join.finish()?;
        let index = self.story_index(threshold)?;
        let by_words = index.pairs();

        let shingler = scheme.shingler()?;
        let phrases: Vec<ShingleSet> = self.texts.par_iter().map(|text| shingler.set(text)).collect();
        let statistics = news_pairs::statistics(&scheme, &self.texts, &phrases)?;
        let similar = news_candidates::similar(&joined, &self.ids)?;
        let by_phrases = similar.nearest.into_iter().chain(news_candidates::contained(phrases)?);
        let found = by_phrases.chain(by_words.iter().map(|pair| (pair.left, pair.right)));
        let candidates: BTreeSet<Numbers> = found.map(|(a, b)| (a.min(b), a.max(b))).collect();
        let mut judged = news_pairs::judged(&self.texts, &candidates, &statistics)?;

        let story_candidates = by_words.len();
        let stories = stories(&index, by_words, &judged);
        // Two texts of a story that share too few words to be candidates are a pair, too.
        let of_stories: BTreeSet<Numbers> = stories.iter().flat_map(pairs_of_story).collect();
        let others = of_stories.iter().filter(|pair| !judged.contains_key(*pair)).copied().collect();
        judged.extend(news_pairs::judged(&self.texts, &others, &statistics)?);
        let rows = self.rows(judged, &of_stories);
        Ok(Found {
            phrase_candidates: joined.stats().candidates,
            near: near_duplicates(joined, &rows),
            rows,
            stories,
            banding,
            story_candidates,
            passed_over: similar.passed_over,
        })
    }

    fn story_index(&self, threshold: Option<f64>) -> Result<StoryIndex, twinprint::Error> {
        let rules = StoryRules::default();
        let mut finder = StoryFinder::new(threshold.map_or(rules, |threshold| rules.threshold(threshold)))?;
        finder.push_all(&self.texts.iter().map(|text| StoryText::new(text)).collect::<Vec<_>>());
        Ok(finder.finish())
    }

    /// Returns the pairs to report, sorted. Those of one story are those that a story holds.
    fn rows(&self, judged: BTreeMap<Numbers, Judgement>, of_stories: &BTreeSet<Numbers>) -> Vec<Row> {
        let row = |((left, right), judgement): (Numbers, Judgement)| {
            let tier = Tier::of(&judgement)?;
            let content = self.content[left].overlap(&self.content[right]);
            let is_told = of_stories.contains(&(left, right)) && content.jaccard() >= REWRITES;
            let is_reported = tier != Tier::SameStory || is_told;
            let (left, right) = (self.ids[left].clone(), self.ids[right].clone());
            is_reported.then_some(Row { left, right, content, judgement, tier })
        };
        let mut rows: Vec<Row> = judged.into_iter().filter_map(row).collect();
        let jaccard = |row: &Row| row.content.jaccard();
        rows.sort_by(|a, b| {
            jaccard(b).total_cmp(&jaccard(a)).then_with(|| (&a.left, &a.right).cmp(&(&b.left, &b.right)))
        });
        rows
    }
}

/// Joins the pairs that are neither templates nor background into stories.
fn stories(index: &StoryIndex, mut pairs: Vec<StoryPair>, judged: &BTreeMap<Numbers, Judgement>) -> Vec<Story> {
    pairs.retain(|pair| {
        let tier = judged.get(&(pair.left, pair.right)).and_then(Tier::of);
        matches!(tier, Some(Tier::NearDuplicate | Tier::SameStory))
    });
    index.stories(&pairs)
}

/// Yields all pairs of a story; of a large one, those of its center.
fn pairs_of_story(story: &Story) -> Vec<Numbers> {
    let members: Vec<usize> = story.members.iter().map(|member| member.text).collect();
    let firsts = if members.len() > MANY_TEXTS { vec![members[story.center]] } else { members.clone() };
    let of_first = |&first: &usize| members.iter().map(move |&other| (first.min(other), first.max(other)));
    firsts.iter().flat_map(of_first).filter(|(left, right)| left != right).collect()
}

/// Clusters near-duplicates. The longest text represents each cluster, because it has what the others left out.
fn near_duplicates<'a>(mut joined: VerifiedPairs<&'a str>, rows: &[Row]) -> Vec<Cluster<&'a str>> {
    let of_tier = rows.iter().filter(|row| row.tier == Tier::NearDuplicate);
    let near: HashSet<(&str, &str)> = of_tier.map(|row| (&*row.left, &*row.right)).collect();
    joined.retain(|pair| near.contains(&(*pair.left, *pair.right)) || near.contains(&(*pair.right, *pair.left)));
    joined.clusters(Clustering::Leader, Keep::Longest)
}
