//! How many characters should a shingle have in scripts written without spaces? A measurement on labelled texts.
//!
//! ```text
//! cargo run --release --example choose_n -- docs.jsonl labels.tsv [PREFIX]
//! ```
//!
//! `labels.tsv` has lines `id<TAB>label`: texts of one label are versions of one text. For each n it prints how similar
//! versions are (quartiles of the exact Jaccard similarity), how similar unrelated texts are (the 99th and 99.9th
//! percentile), and the AUC: how often a pair of versions is more similar than an unrelated pair. With a prefix, only
//! ids that begin with it count.

use std::collections::HashMap;
use std::process::ExitCode;

use twinprint::{Scheme, ShingleSet};
use twinprint_documents::{LoadedDocument, Options, read};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let ([docs, labels] | [docs, labels, _]) = arguments.as_slice() else {
        eprintln!("usage: choose_n docs.jsonl labels.tsv [PREFIX]");
        return ExitCode::from(2);
    };
    match run(docs, labels, arguments.get(2).map_or("", String::as_str)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("choose_n: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(docs: &str, labels: &str, prefix: &str) -> Result<(), Box<dyn std::error::Error>> {
    let labels = std::fs::read_to_string(labels)?;
    let labels: HashMap<&str, &str> = labels.lines().filter_map(|line| line.split_once('\t')).collect();
    let mut documents = read(docs.as_ref(), &Options::default())?.documents;
    documents.retain(|document| document.id.starts_with(prefix) && labels.contains_key(document.id.as_str()));
    println!(" n  versions: 25 %   50 %   75 %   unrelated: 99 %  99.9 %       AUC");
    for n in 1..=8 {
        let scheme = Scheme::builder().words(3).spaceless_tokens(n).build()?;
        let shingler = scheme.shingler()?;
        let sets: Vec<ShingleSet> = documents.iter().map(|document| shingler.set(&document.text)).collect();
        let (mut versions, mut unrelated) = similarities(&documents, &labels, &sets);
        versions.sort_by(f64::total_cmp);
        unrelated.sort_by(f64::total_cmp);
        println!(
            "{n:2} {:15.3} {:6.3} {:6.3} {:17.4} {:7.4} {:9.5}",
            quantile(&versions, 0.25),
            quantile(&versions, 0.5),
            quantile(&versions, 0.75),
            quantile(&unrelated, 0.99),
            quantile(&unrelated, 0.999),
            auc(&versions, &unrelated)
        );
    }
    Ok(())
}

/// The similarities of all pairs of versions, and of every seventh unrelated pair.
fn similarities(
    documents: &[LoadedDocument],
    labels: &HashMap<&str, &str>,
    sets: &[ShingleSet],
) -> (Vec<f64>, Vec<f64>) {
    let (mut versions, mut unrelated, mut number) = (Vec::new(), Vec::new(), 0_u64);
    for (right, document) in documents.iter().enumerate() {
        for left in 0..right {
            if labels[documents[left].id.as_str()] == labels[document.id.as_str()] {
                versions.push(sets[left].jaccard(&sets[right]));
            } else {
                number += 1;
                if number.is_multiple_of(7) {
                    unrelated.push(sets[left].jaccard(&sets[right]));
                }
            }
        }
    }
    (versions, unrelated)
}

fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = (share * sorted.len() as f64) as usize;
    sorted.get(place.min(sorted.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

/// Returns how often a pair of versions is more similar than an unrelated pair, 0 to 1. Ties count half.
fn auc(versions: &[f64], unrelated: &[f64]) -> f64 {
    let below = |value: f64| {
        let less = unrelated.partition_point(|&other| other < value);
        let not_more = unrelated.partition_point(|&other| other <= value);
        (less + not_more) as f64 / 2.0
    };
    versions.iter().map(|&value| below(value)).sum::<f64>() / (versions.len() * unrelated.len()) as f64
}
