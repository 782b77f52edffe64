//! Corpora, and their expected pairs.

use std::collections::HashMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;
use twinprint::{Scheme, ShingleSet};
use twinprint_generator::{Generator, Settings};

/// An id and a text.
pub(crate) type Document = (String, String);

/// Generates news with near-duplicates, and adds unusual texts: empty and very short ones, copies, and other scripts.
pub(crate) fn documents(count: usize) -> Vec<Document> {
    let settings = Settings { near_duplicates: 0.4, median_words: 40.0, ..Settings::default() };
    let mut documents: Vec<Document> =
        Generator::new(settings).take(count).map(|made| (format!("made-{}", made.id), made.text)).collect();
    let copied = documents[count / 2].1.clone();
    for (at, text) in
        ["", "two words", "two words", copied.as_str(), copied.as_str(), "", "Ёлка стоит у дома", "ёлка стоит у дома."]
            .into_iter()
            .enumerate()
    {
        documents.insert(at * count / 9, (format!("ü{at}"), text.to_string()));
    }
    documents
}

/// Formats documents as JSON lines.
pub(crate) fn json_lines(documents: &[Document]) -> String {
    documents.iter().fold(String::new(), |mut lines, (id, text)| {
        writeln!(lines, "{}", json!({"id": id, "text": text})).unwrap();
        lines
    })
}

/// Creates a folder with a file `corpus.jsonl`.
pub(crate) fn folder_of(lines: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("corpus.jsonl"), lines).unwrap();
    folder
}

/// Returns the sets of word 3-grams.
pub(crate) fn sets(documents: &[Document]) -> Vec<ShingleSet> {
    let shingler = Scheme::builder().words(3).build().unwrap().shingler().unwrap();
    documents.iter().map(|(_, text)| shingler.set(text)).collect()
}

/// Returns every pair at or above the threshold as `twinprint pairs` must print it, by comparing all pairs.
pub(crate) fn all_pairs(documents: &[Document], threshold: f64) -> String {
    let sets = sets(documents);
    let mut lines = String::new();
    for (left, one) in sets.iter().enumerate() {
        for (right, other) in sets.iter().enumerate().skip(left + 1) {
            if let Some(jaccard) = jaccard(one, other).filter(|&jaccard| jaccard >= threshold) {
                writeln!(lines, "{}\t{}\t{jaccard:.6}", documents[left].0, documents[right].0).unwrap();
            }
        }
    }
    lines
}

/// Returns the similarity of two sets; an empty set is similar to none.
fn jaccard(one: &ShingleSet, other: &ShingleSet) -> Option<f64> {
    (!one.is_empty() && !other.is_empty()).then(|| one.jaccard(other))
}

/// Returns the sets by the ids of their documents.
pub(crate) fn sets_by_id(documents: &[Document]) -> HashMap<String, ShingleSet> {
    documents.iter().map(|(id, _)| id.clone()).zip(sets(documents)).collect()
}

/// Reads the records of a file of JSON lines.
pub(crate) fn records(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Reads the ids of a file of JSON lines, in order.
pub(crate) fn ids(path: &Path) -> Vec<String> {
    records(path).iter().map(|record| record["id"].as_str().unwrap().to_string()).collect()
}
