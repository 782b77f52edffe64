//! The relations of judged pairs of real news. The wire copy is in `shared/data/wire` beside the checkout; a folder of web
//! articles is given as `TWINPRINT_BBC`. Without them these tests say that they skip.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use twinprint::Scheme;
use twinprint::relation::{Judgement, Relation, RelationRules, TextComparer};
use twinprint_documents::{Options, read};

/// A pair, and what a reader called it: E the same article edited, C contained, S another article on the event, T a template
/// filled in twice, B only background in common, O nothing.
struct Judged {
    left: String,
    right: String,
    verdict: char,
    sure: bool,
    part: String,
}

fn judged(path: &Path, corpus: &str) -> Vec<Judged> {
    let lines = fs::read_to_string(path).expect("the judgements are in the repository");
    let pair = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        (fields[0] == corpus).then(|| Judged {
            left: fields[1].to_string(),
            right: fields[2].to_string(),
            verdict: fields[3].chars().next().unwrap_or('O'),
            sure: fields[4] == "sure",
            part: fields[5].to_string(),
        })
    };
    lines.lines().skip(1).filter_map(pair).collect()
}

fn texts(corpus: &str) -> Option<HashMap<String, String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = match corpus {
        "wire" => root.join("../shared/data/wire/docs.jsonl"),
        _ => PathBuf::from(std::env::var_os("TWINPRINT_BBC")?),
    };
    if !path.exists() {
        return None;
    }
    let read = read(&path, &Options { lossy: true, ..Options::default() }).expect("readable");
    Some(read.documents.into_iter().map(|document| (document.id, document.text)).collect())
}

/// Precision and recall of "one of the two can go" against E and C.
fn score(pairs: &[Judged], judgements: &[Judgement], of: impl Fn(&Judged) -> bool) -> (usize, usize, usize) {
    let counted = pairs.iter().zip(judgements).filter(|(pair, _)| of(pair));
    let (mut both, mut reported, mut wanted) = (0, 0, 0);
    for (pair, judgement) in counted {
        let (is, said) = (matches!(pair.verdict, 'E' | 'C'), judgement.relation.is_duplicate());
        both += usize::from(is && said);
        reported += usize::from(said);
        wanted += usize::from(is);
    }
    (both, reported, wanted)
}

#[test]
fn edits_are_told_from_templates_and_stories() {
    let record = std::env::var_os("JUDGED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/record/judged_pairs.tsv"), PathBuf::from);
    for corpus in ["wire", "bbc"] {
        let Some(texts) = texts(corpus) else {
            eprintln!("skipped: there are no texts of {corpus}");
            continue;
        };
        let pairs = judged(&record, corpus);
        let comparer = TextComparer::new(&Scheme::news(), RelationRules::default()).expect("valid");
        let mut statistics =
            twinprint::corpus_statistics::CorpusStatistics::new(&Scheme::news(), 1 << 26).expect("valid");
        let distinct: std::collections::HashSet<&String> = texts.values().collect();
        distinct.into_iter().for_each(|text| statistics.add(text));
        let comparer = if std::env::var_os("STATS").is_some() {
            comparer.with_statistics(&statistics).expect("same")
        } else {
            comparer
        };
        let judgements: Vec<Judgement> = pairs
            .iter()
            .map(|pair| comparer.compare(&comparer.prepare(&texts[&pair.left]), &comparer.prepare(&texts[&pair.right])))
            .collect();
        for (pair, judgement) in pairs.iter().zip(&judgements) {
            let (is, said) = (matches!(pair.verdict, 'E' | 'C'), judgement.relation.is_duplicate());
            eprintln!(
                "{} {corpus} {} {} {}{} {:8} C={:.2} al={:.2} m={} slots={} conflict={:.2} subject={} lead={:.2} spec={}/{}/{} fig={:.2} num={} rare={:?} bg={:?}",
                if is == said { "  " } else { "XX" },
                pair.left,
                pair.right,
                pair.verdict,
                if pair.sure { ' ' } else { '?' },
                judgement.relation.name(),
                judgement.phrases.containment(),
                judgement.words.share(),
                judgement.words.left.min(judgement.words.right),
                judgement.slots.len(),
                judgement.conflict(),
                judgement.slots.iter().any(|slot| slot.is_subject),
                judgement.shared_lead,
                judgement.specifics.left(),
                judgement.specifics.right(),
                judgement.specifics.shared(),
                judgement.figures,
                judgement.numbers.shared(),
                judgement.rare.map(|rare| (rare.left(), rare.right(), rare.shared())),
                judgement.background,
            );
        }
        for part in ["given", "development", "held-back"] {
            eprintln!(
                "{corpus} {part}: {:?} sure {:?}",
                score(&pairs, &judgements, |pair| pair.part == part),
                score(&pairs, &judgements, |pair| pair.part == part && pair.sure)
            );
        }
    }
}
