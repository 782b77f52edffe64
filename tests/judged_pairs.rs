//! The relations of judged pairs of real news. The wire copy is in `shared/data/wire` beside the checkout; the web articles
//! are a file of JSON lines that `TWINPRINT_BBC` names. Without them these tests say that they skip.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use twinprint::Scheme;
use twinprint::corpus_statistics::CorpusStatistics;
use twinprint::relation::{RelationRules, TextComparer};
use twinprint_documents::{Options, read};

/// The least precision and recall of "one of the two can go".
const FLOOR: f64 = 0.95;

/// A pair, and what a reader called it: E the same article edited, C contained, S another article on the event, T a template
/// filled in twice, B only background in common, O nothing.
struct Judged {
    left: String,
    right: String,
    verdict: String,
}

/// Returns the pairs that the judge was sure of, and that nobody chose rules by.
fn held_back(corpus: &str) -> Vec<Judged> {
    let record = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/record/judged_pairs.tsv");
    let lines = fs::read_to_string(record).expect("the judgements are in the repository");
    let pair = |line: &str| {
        let fields: Vec<String> = line.split('\t').map(str::to_string).collect();
        let [of, left, right, verdict, sure, part] = <[String; 6]>::try_from(fields).expect("six fields");
        (of == corpus && sure == "sure" && part == "held-back").then_some(Judged { left, right, verdict })
    };
    lines.lines().skip(1).filter_map(pair).collect()
}

fn texts(corpus: &str) -> Option<HashMap<String, String>> {
    let path = match corpus {
        "wire" => Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/wire/docs.jsonl")),
        _ => std::env::var_os("TWINPRINT_BBC").map(PathBuf::from),
    };
    let path = path.filter(|path| path.exists())?;
    let read = read(&path, &Options { lossy: true, ..Options::default() }).expect("readable");
    Some(read.documents.into_iter().map(|document| (document.id, document.text)).collect())
}

/// Checks precision and recall, and names the pairs that were told wrong.
fn check(comparer: &TextComparer<'_>, texts: &HashMap<String, String>, pairs: &[Judged], what: &str) {
    let (mut right, mut said, mut wanted, mut wrong) = (0, 0, 0, Vec::new());
    for pair in pairs {
        let [left, of_right] = [&pair.left, &pair.right].map(|id| comparer.prepare(&texts[id]));
        let relation = comparer.compare(&left, &of_right).relation;
        let is = matches!(&*pair.verdict, "E" | "C");
        right += usize::from(is && relation.is_duplicate());
        said += usize::from(relation.is_duplicate());
        wanted += usize::from(is);
        if is != relation.is_duplicate() {
            wrong.push(format!("{} {} is {}, not {}", pair.left, pair.right, pair.verdict, relation.name()));
        }
    }
    eprintln!("{what}: {right} of {said} right, {right} of {wanted} found; {wrong:#?}");
    let share = |of: usize| right as f64 / of as f64;
    assert!(share(said) >= FLOOR && share(wanted) >= FLOOR, "{what}: {right} of {said} and of {wanted}: {wrong:#?}");
}

#[test]
fn edits_are_told_from_templates_and_stories() {
    let scheme = Scheme::news();
    for corpus in ["wire", "bbc"] {
        let Some(texts) = texts(corpus) else {
            eprintln!("skipped: there are no texts of {corpus}");
            continue;
        };
        let pairs = held_back(corpus);
        let comparer = TextComparer::new(&scheme, RelationRules::default()).expect("valid");
        check(&comparer, &texts, &pairs, corpus);

        let mut statistics = CorpusStatistics::new(&scheme, 1 << 24).expect("valid");
        let distinct: HashSet<&String> = texts.values().collect();
        distinct.into_iter().for_each(|text| statistics.add(text));
        let informed = comparer.with_statistics(&statistics).expect("same scheme");
        check(&informed, &texts, &pairs, &format!("{corpus} with statistics"));
    }
}
