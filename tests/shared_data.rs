//! Real texts, where they are at hand: a folder `shared/data` beside the checkout. Without it these tests say that they
//! skip.

use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::PathBuf;

use twinprint::audit::{AuditOptions, audit};
use twinprint::containment::{ContainmentIndex, FracMinHash};
use twinprint::passages::{PassageRules, RepeatedPassages, SharedPassages};
use twinprint::plan::{CorpusMeasure, CorpusPlanner};
use twinprint::text::{Normalization, UnicodeForm, WordFilter};
use twinprint::{Document, Scheme, ShingleSet, SimilarityJoin};
use twinprint_documents::{Options, read};

fn folder(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: there is no {}", path.display());
    None
}

/// Pairs whose word 3-grams, by a simpler rule for words, reach 0.55 are found; none that is under 0.4 is reported.
#[test]
fn exact_pairs_are_found() {
    for name in ["peps", "rustbook_cjk", "licenses"] {
        let Some(folder) = folder(name) else { continue };
        let corpus = read(&folder.join("docs.jsonl"), &Options::default()).expect("readable");
        let mut join = SimilarityJoin::builder(&Scheme::builder().words(3).build().expect("valid"))
            .threshold(0.5)
            .build()
            .expect("valid");
        for document in corpus.documents {
            join.push(Document::text(document.id, document.text)).expect("fits");
        }
        let found = join.finish().expect("fits");
        let found: HashMap<(String, String), f64> =
            found.all_pairs(1_000).iter().map(|pair| (ordered(pair.left, pair.right), pair.jaccard())).collect();

        let exact = fs::read_to_string(folder.join("exact_pairs.tsv")).expect("readable");
        let exact: HashMap<(String, String), f64> = exact
            .lines()
            .filter_map(|line| {
                let fields: Vec<&str> = line.split('\t').collect();
                Some((ordered(fields[0], fields[1]), fields[2].parse().ok()?))
            })
            .collect();
        let wanted: Vec<_> = exact.iter().filter(|(_, jaccard)| **jaccard >= 0.55).map(|(pair, _)| pair).collect();
        let missed = wanted.iter().filter(|pair| !found.contains_key(**pair)).count();
        assert!(missed * 100 <= wanted.len(), "{name}: {missed} of {} missed", wanted.len());
        let mut differences: Vec<f64> =
            found.iter().filter_map(|(pair, jaccard)| Some((jaccard - exact.get(pair)?).abs())).collect();
        differences.sort_by(f64::total_cmp);
        assert!(differences[differences.len() * 99 / 100] <= 0.03, "{name}");
        // What is not in the list is under 0.5 there, so it must be near 0.5 here.
        for (pair, jaccard) in found.iter().filter(|(pair, _)| !exact.contains_key(*pair)) {
            assert!(*jaccard < 0.6, "{name}: {pair:?} {jaccard}");
        }
    }
}

/// A plan foretells the candidates of real texts, and an audit of some documents agrees with one of all.
#[test]
fn a_join_keeps_to_its_plan_and_passes_its_audit() {
    for name in ["peps", "rustbook_cjk", "licenses"] {
        let Some(folder) = folder(name) else { continue };
        let corpus = read(&folder.join("docs.jsonl"), &Options::default()).expect("readable");
        let texts: Vec<&str> = corpus.documents.iter().map(|document| document.text.as_str()).collect();
        let builder = Scheme::builder().words(3);
        let shingler = builder.clone().build().expect("valid").shingler().expect("text");
        let sets: Vec<ShingleSet> = texts.iter().map(|text| shingler.set(text)).collect();
        let planner = CorpusPlanner::new(0.5, texts.len() as u64);
        let plan = planner.plan(&CorpusMeasure::from_sample(&sets, 1)).expect("reachable");
        let scheme = builder.num_hashes(plan.num_hashes()).build().expect("valid");
        let mut join = SimilarityJoin::builder(&scheme).threshold(0.5).banding(plan.banding()).build().expect("valid");
        join.push_all(((0..).zip(&texts)).map(|(id, text)| Document::text(id, text))).expect("fits");
        let found: twinprint::result::VerifiedPairs<u32> = join.finish().expect("fits");

        let comparison = plan.compare(&found.stats());
        println!("{name}\n{plan}\n{comparison}");
        for row in comparison.rows() {
            assert!(row.ratio().is_some_and(|ratio| (0.5..2.0).contains(&ratio)), "{name}: {comparison}");
        }
        let all = audit(&scheme, &texts, &found, AuditOptions::new(0.5).sample(texts.len())).expect("same texts");
        let some = audit(&scheme, &texts, &found, AuditOptions::new(0.5).sample(200).seed(1)).expect("same texts");
        println!("{all}\n{some}");
        let truth = all.recall.value().expect("pairs");
        assert!(truth >= 0.99 && all.precision.value() == Some(1.0), "{name}: {all}");
        assert!((some.recall.low..=some.recall.high).contains(&truth), "{name}: {some}");
    }
}

/// The fast path from text to hashes against the plain composition, on every text there is.
#[test]
fn hashes_are_those_of_the_plain_composition() {
    let loose = Normalization::default().form(UnicodeForm::Nfkc).strip_marks(true).drop_punctuation(true);
    let schemes = [
        Scheme::news(),
        Scheme::builder().words(1).normalization(Normalization::NONE).build().expect("valid"),
        Scheme::builder().words(1).normalization(loose).filter(WordFilter::Content).build().expect("valid"),
        Scheme::builder().characters(5).build().expect("valid"),
    ];
    let corpora = ["news", "peps/docs.jsonl", "rustbook_cjk/docs.jsonl", "licenses/docs.jsonl"];
    for path in corpora.into_iter().filter_map(folder) {
        let corpus = read(&path, &Options::default()).expect("readable");
        for scheme in &schemes {
            let shingler = scheme.shingler().expect("text");
            for document in corpus.documents.iter().step_by(7) {
                let plain: Vec<u64> = shingler.shingles(&document.text).iter().map(|shingle| shingle.hash).collect();
                assert_eq!(shingler.hashes(&document.text), plain, "{} {}", document.id, scheme.description());
            }
        }
    }
}

/// Two outlets quote four passages alike; unrelated texts share none.
#[test]
fn passages_are_the_quotations() {
    let Some(folder) = folder("news") else { return };
    let texts = read(&folder, &Options::default()).expect("readable").documents;
    let shingler = Scheme::news().shingler().expect("text");
    let shared =
        |i: usize, j: usize| SharedPassages::new(&shingler, &texts[i].text, &texts[j].text, PassageRules::default());
    let found = shared(0, 1);
    let beginnings: Vec<String> =
        found.passages().iter().map(|passage| texts[0].text[passage.left.clone()].chars().take(20).collect()).collect();
    assert_eq!(
        beginnings,
        ["We continue working ", "the idea of an inter", "You could say that I", "all agreements on th"]
    );
    assert_eq!(found.passages().iter().map(|passage| passage.left_tokens).collect::<Vec<_>>(), [14, 8, 17, 17]);
    for (i, j) in [(0, 2), (1, 2), (0, 3), (1, 3), (0, 4), (1, 4), (2, 4), (3, 4)] {
        assert_eq!(shared(i, j).passages(), [], "{i} {j}");
    }
}

/// Each longer paragraph of an aggregator page, as a text of its own, is found in that page and in no other text.
#[test]
fn an_article_is_found_in_the_page_it_was_cut_from() {
    let Some(folder) = folder("news") else { return };
    let texts = read(&folder, &Options::default()).expect("readable").documents;
    let shingler = Scheme::news().shingler().expect("text");
    let mut index = ContainmentIndex::new(FracMinHash::default());
    for (number, document) in texts.iter().enumerate() {
        index.insert(number, shingler.set(&document.text)).expect("new");
    }
    let lines: Vec<&str> = texts[4].text.lines().collect();
    let articles: Vec<_> =
        lines.chunks(6).map(|lines| lines.join("\n")).filter(|article| article.len() > 500).collect();
    assert!(articles.len() > 10);
    for article in articles {
        let found = index.containers(&shingler.set(&article), 0.9).expect("valid");
        assert_eq!(found.iter().map(|found| *found.id).collect::<Vec<_>>(), [4], "{article}");
    }
}

/// The aggregator page repeats its teasers before the articles; a plain story repeats nothing.
#[test]
fn a_page_repeats_its_teasers() {
    let Some(folder) = folder("news") else { return };
    let texts = read(&folder, &Options::default()).expect("readable").documents;
    let shingler = Scheme::news().shingler().expect("text");
    let repeated = |i: usize| RepeatedPassages::new(&shingler, &texts[i].text, PassageRules::default());
    assert_eq!(repeated(1).passages(), []);
    let page = repeated(4);
    let text = &texts[4].text;
    let begins = |range: &Range<usize>| text[range.clone()].starts_with("US Senator Lindsey Graham has called for");
    assert!(page.passages().iter().any(|passage| begins(&passage.earlier) && begins(&passage.later)));
    assert!(page.passages().len() > 5 && page.coverage().share() < 0.5);
    assert!(page.distinct_shingles() < page.shingles());
}

fn ordered(left: &str, right: &str) -> (String, String) {
    let (left, right) = if left < right { (left, right) } else { (right, left) };
    (left.to_string(), right.to_string())
}
