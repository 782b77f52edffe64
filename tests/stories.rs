//! Stories of the sample corpora, against their labels.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use twinprint::Scheme;
use twinprint::relation::{Relation, RelationRules, TextComparer};
use twinprint::stories::{StoryFinder, StoryRules, StoryText};

/// Pairs of ids.
type Pairs = BTreeSet<(String, String)>;

struct Corpus {
    ids: Vec<String>,
    texts: Vec<String>,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name)
}

impl Corpus {
    fn read(folders: &[&Path]) -> Self {
        let files = folders
            .iter()
            .flat_map(|folder| fs::read_dir(folder).expect("a folder"))
            .map(|entry| entry.expect("an entry").path());
        let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "txt")).collect();
        files.sort();
        let id = |path: &PathBuf| path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = |path: &PathBuf| String::from_utf8_lossy(&fs::read(path).expect("readable")).into_owned();
        Self { ids: files.iter().map(id).collect(), texts: files.iter().map(text).collect() }
    }

    /// Returns the ids of each story, without pairs that the texts show to be templates, background or pages of many texts.
    fn stories(&self) -> Vec<Vec<String>> {
        let mut finder = StoryFinder::new(StoryRules::default()).expect("valid");
        finder.push_all(&self.texts.iter().map(|text| StoryText::new(text)).collect::<Vec<_>>());
        let index = finder.finish();
        let comparer = TextComparer::new(&Scheme::news(), RelationRules::default()).expect("valid");
        let is_story = |left: usize, right: usize| {
            let judged = comparer.compare(&comparer.prepare(&self.texts[left]), &comparer.prepare(&self.texts[right]));
            let is_background = judged.relation == Relation::Background && judged.phrases.containment() >= 0.2;
            !is_background && ![Relation::Template, Relation::Contained].contains(&judged.relation)
        };
        let mut pairs = index.pairs();
        pairs.retain(|pair| is_story(pair.left, pair.right));
        let ids = |story: twinprint::stories::Story| {
            story.members.iter().map(|member| self.ids[member.text].clone()).collect()
        };
        index.stories(&pairs).into_iter().map(ids).collect()
    }

    fn told_together(&self) -> Pairs {
        let pairs = |mut ids: Vec<String>| {
            ids.sort();
            let mut found = Vec::new();
            for (at, left) in ids.iter().enumerate() {
                found.extend(ids[at + 1..].iter().map(|right| (left.clone(), right.clone())));
            }
            found
        };
        self.stories().into_iter().flat_map(pairs).collect()
    }
}

/// The labelled pairs of some relations.
fn labelled(folder: &Path, relations: &[&str]) -> Pairs {
    let labels = fs::read_to_string(folder.join("labels.tsv")).expect("readable");
    let rows = labels.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>());
    rows.filter(|row| relations.contains(&row[2])).map(|row| (row[0].to_string(), row[1].to_string())).collect()
}

#[test]
fn the_stories_of_the_sample_corpus_are_those_of_its_labels() {
    let folder = folder("news");
    let found = Corpus::read(&[&folder]).told_together();
    let stories = labelled(&folder, &["copy", "edit", "rewrite"]);
    let missed: Vec<_> = stories.difference(&found).collect();
    assert!(missed.is_empty(), "{} of {}: {missed:?}", missed.len(), stories.len());
    let wrong: Vec<_> = found.difference(&stories).collect();
    assert!(wrong.len() * 8 <= found.len(), "{} of {}: {wrong:?}", wrong.len(), found.len());
}

#[test]
fn harder_stories_are_told_apart() {
    // Among a few texts, no word is rarer than another, so both corpora are read.
    let (easy, folder) = (folder("news"), folder("news_hard"));
    let corpus = Corpus::read(&[&easy, &folder]);
    let found = corpus.told_together();
    let hard: BTreeSet<String> = Corpus::read(&[&folder]).ids.into_iter().collect();
    let stories = labelled(&folder, &["rewrite", "edit"]);
    let mut wrong: Vec<_> = found.difference(&stories).collect();
    wrong.retain(|pair| hard.contains(&pair.0) || hard.contains(&pair.1));
    assert!(wrong.is_empty(), "templates, background or two stories about the same people: {wrong:?}");
    for pair in stories.iter().filter(|pair| !pair.0.contains("viaduct")) {
        assert!(found.contains(pair), "{pair:?}");
    }
    let largest = &corpus.stories()[0];
    assert!(largest.len() >= 10 && largest.iter().all(|id| id.contains("viaduct")), "{largest:?}");
}

/// Real articles, which are not part of the project: three tell one story, and the fourth tells of the same people.
#[test]
fn real_articles_about_the_same_people_are_told_apart() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/news");
    if !folder.is_dir() {
        println!("skipped: there is no ../shared/data/news");
        return;
    }
    let corpus = Corpus::read(&[&folder]);
    let stories = corpus.stories();
    assert_eq!(stories.len(), 1, "{stories:?}");
    assert!(stories[0].iter().map(|id| &id[..3]).eq(["000", "001", "002"]), "{stories:?}");
}
