//! How rare must words be, and how many of them must two texts share, to be rewrites of one story? A measurement on
//! generated stories.
//!
//! ```text
//! cargo run --release --example choose_rare_words -- [DOCUMENTS] [THRESHOLD]
//! cargo run --release --example choose_rare_words -- --write [DOCUMENTS] > stories.jsonl
//! ```
//!
//! For each rule it prints the share of the planted pairs that are found, the pairs that were not planted, the candidates
//! a document and the time. Then it prints how many candidates a banding of the same recall would make, computed from its
//! S-curve and the similarities of planted and of random pairs.

use std::io::{BufWriter, Write};
use std::process::ExitCode;
use std::time::Instant;

use rayon::prelude::*;
use twinprint::lsh::Banding;
use twinprint::rewrites::RewriteRules;
use twinprint::text::{Normalization, UnicodeForm, WordFilter};
use twinprint::{Scheme, ShingleSet};
use twinprint_generator::{Stories, StorySettings, Version};

const DOCUMENTS: usize = 100_000;
const THRESHOLD: f64 = 0.11;

/// Random pairs that are compared to measure how alike unrelated texts are.
const RANDOM_PAIRS: usize = 200_000;

/// The rule that bandings are compared with: the default of the command.
const DEFAULT: (u32, u32) = (100, 2);

/// The number of hashes of a signature.
const NUM_HASHES: u32 = 256;

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let write = arguments.first().is_some_and(|argument| argument == "--write");
    arguments.drain(..usize::from(write));
    let number = |place: usize| arguments.get(place).and_then(|argument| argument.parse::<f64>().ok());
    let documents = number(0).map_or(DOCUMENTS, |number| number as usize);
    let done = if write { print_stories(documents) } else { measure(documents, number(1).unwrap_or(THRESHOLD)) };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("choose_rare_words: {error}");
            ExitCode::from(2)
        }
    }
}

/// Writes the texts as JSON lines, to measure other programs with them.
fn print_stories(documents: usize) -> Result<(), Box<dyn std::error::Error>> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    for Version { id, text, story } in Stories::new(StorySettings::default()).take(documents) {
        writeln!(out, "{}", serde_json::json!({"id": id, "text": text, "story": story}))?;
    }
    Ok(out.flush()?)
}

fn measure(documents: usize, threshold: f64) -> Result<(), Box<dyn std::error::Error>> {
    let versions: Vec<Version> = Stories::new(StorySettings::default()).take(documents).collect();
    let loose = Normalization::default().form(UnicodeForm::Nfkc).strip_marks(true).drop_punctuation(true);
    let words =
        Scheme::builder().words(1).normalization(loose).filter(WordFilter::Content).spaceless_tokens(3).build()?;
    let shingler = words.shingler()?;
    let sets: Vec<ShingleSet> = versions.par_iter().map(|version| shingler.set(&version.text)).collect();
    let planted = similarities_of_versions(&versions, &sets);
    let random = similarities_of_random_pairs(&sets);
    println!("{documents} documents, {} planted pairs, threshold {threshold}", planted.len());
    println!("similarity       10 %    50 %    90 %  99.99 %");
    for (name, sorted) in [("planted", &planted), ("random", &random)] {
        let at = |share: f64| sorted[((share * sorted.len() as f64) as usize).min(sorted.len() - 1)];
        println!("{name:12} {:8.3} {:7.3} {:7.3} {:8.3}", at(0.1), at(0.5), at(0.9), at(0.9999));
    }
    println!("limit  least  recall  not planted  candidates a document  seconds");
    let mut by_default = 0.0;
    for (limit, least) in [(20, 2), (20, 3), (50, 2), (50, 3), (50, 4), (100, 2), (100, 3), (100, 4), (200, 3)] {
        let started = Instant::now();
        let found = RewriteRules::new(threshold, limit, least)?.find(&sets);
        let seconds = started.elapsed().as_secs_f64();
        let is_planted = |left: usize, right: usize| versions[left].story == versions[right].story;
        let hits = found.pairs.iter().filter(|pair| is_planted(pair.left, pair.right)).count();
        let (recall, others) = (hits as f64 / planted.len() as f64, found.pairs.len() - hits);
        let candidates = found.candidates as f64 / documents as f64;
        println!("{limit:5} {least:6} {recall:7.4} {others:12} {candidates:22.2} {seconds:8.2}");
        if (limit, least) == DEFAULT {
            by_default = recall;
        }
    }
    print_banding(by_default, documents, &planted, &random)
}

/// Prints for each number of rows the fewest bands that make this share of the planted pairs candidates.
fn print_banding(
    recall: f64,
    documents: usize,
    planted: &[f64],
    random: &[f64],
) -> Result<(), Box<dyn std::error::Error>> {
    println!("rows  bands  recall                candidates a document");
    let mean = |banding: Banding, similarities: &[f64]| {
        similarities.par_iter().map(|&jaccard| banding.probability(jaccard)).sum::<f64>() / similarities.len() as f64
    };
    for rows in 1..=3 {
        let reaches = |bands: &u32| Banding::new(*bands, rows).is_ok_and(|banding| mean(banding, planted) >= recall);
        let Some(bands) = (1..=NUM_HASHES / rows).find(reaches) else {
            println!("{rows:4}      –  {recall:.4} is out of reach of {NUM_HASHES} hashes");
            continue;
        };
        let banding = Banding::new(bands, rows)?;
        let candidates = mean(banding, random) * (documents as f64 - 1.0) / 2.0;
        println!("{rows:4} {bands:6} {:7.4} {candidates:36.1}", mean(banding, planted));
    }
    Ok(())
}

/// Returns the similarities of all planted pairs, sorted. Versions of a story follow one another.
fn similarities_of_versions(versions: &[Version], sets: &[ShingleSet]) -> Vec<f64> {
    let mut similarities = Vec::new();
    for (left, version) in versions.iter().enumerate() {
        let others = versions[left + 1..].iter().take_while(|other| other.story == version.story).zip(left + 1..);
        similarities.extend(others.map(|(_, right)| sets[left].jaccard(&sets[right])));
    }
    similarities.sort_by(f64::total_cmp);
    similarities
}

/// Returns the similarities of random pairs, sorted. Two large steps that are prime make the pairs.
fn similarities_of_random_pairs(sets: &[ShingleSet]) -> Vec<f64> {
    let pair = |number: usize| (number.wrapping_mul(7_919) % sets.len(), number.wrapping_mul(104_729) % sets.len());
    let pairs = (0..RANDOM_PAIRS).into_par_iter().map(pair).filter(|(left, right)| left != right);
    let mut similarities: Vec<f64> = pairs.map(|(left, right)| sets[left].jaccard(&sets[right])).collect();
    similarities.sort_by(f64::total_cmp);
    similarities
}
