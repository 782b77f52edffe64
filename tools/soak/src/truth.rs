//! Checks of the printed pairs against the texts.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, Result, bail};
use twinprint::{Scheme, ShingleSet};

use crate::corpus::Corpus;

/// The counts of a check.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Sampled planted pairs that reach the threshold, without the giants, and those of them that were found.
    pub(crate) planted: u64,
    pub(crate) found: u64,
    /// Documents of the giants without a printed pair with the first document of their giant.
    pub(crate) without_leader: u64,
    /// Printed pairs, and those whose similarity was computed again.
    pub(crate) printed: u64,
    pub(crate) checked: u64,
}

impl Found {
    pub(crate) fn recall(&self) -> f64 {
        self.found as f64 / self.planted.max(1) as f64
    }
}

/// The approximate number of planted pairs, and of printed pairs, that are checked.
const SAMPLE: u64 = 50_000;

/// The first document of each giant.
const LEADERS: [u64; 2] = [6, 18];

/// Compares the printed pairs with the texts. A wrong pair is an error.
pub(crate) fn check(corpus: &Corpus, pairs: &Path, threshold: f64) -> Result<Found> {
    let mut found = Found::default();
    let planted = planted(corpus);
    let lines = BufReader::with_capacity(1 << 20, File::open(pairs)?).lines().count() as u64;
    let every = lines.div_ceil(SAMPLE).max(1);
    let wanted: HashSet<(u64, u64)> = planted.iter().copied().collect();
    let mut there = HashSet::new();
    let mut led = [HashSet::new(), HashSet::new()];
    let mut printed = Vec::new();
    for (number, line) in BufReader::with_capacity(1 << 20, File::open(pairs)?).lines().enumerate() {
        let line = line?;
        let (left, right, jaccard) = parse(&line).with_context(|| line.clone())?;
        if wanted.contains(&(left, right)) {
            there.insert((left, right));
        }
        if let Some(kind) = LEADERS.iter().position(|leader| *leader == left) {
            led[kind].insert(right);
        }
        if (number as u64).is_multiple_of(every) {
            printed.push((left, right, jaccard));
        }
        found.printed += 1;
    }
    let sets = sets(corpus, planted.iter().copied().chain(printed.iter().map(|(left, right, _)| (*left, *right))))?;
    for (left, right, jaccard) in printed {
        let exact = sets[&left].jaccard(&sets[&right]);
        if exact < threshold || (exact - jaccard).abs() > 1e-6 {
            bail!("{left} and {right} were printed with {jaccard}, and have {exact}");
        }
        found.checked += 1;
    }
    for pair in planted {
        if sets[&pair.0].jaccard(&sets[&pair.1]) >= threshold {
            found.planted += 1;
            found.found += u64::from(there.contains(&pair));
        }
    }
    for document in corpus.again() {
        if let Some(kind) = LEADERS.iter().position(|leader| document.original == Some(*leader)) {
            found.without_leader += u64::from(!led[kind].contains(&document.id));
        }
    }
    Ok(found)
}

/// Returns a sample of the pairs of a near-duplicate and its original.
fn planted(corpus: &Corpus) -> Vec<(u64, u64)> {
    let every = (corpus.documents / 5).div_ceil(SAMPLE).max(1);
    let pairs = corpus.again().filter_map(|document| document.original.map(|original| (original, document.id)));
    pairs.filter(|(original, id)| !LEADERS.contains(original) && id.is_multiple_of(every)).collect()
}

fn parse(line: &str) -> Option<(u64, u64, f64)> {
    let mut fields = line.split('\t');
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

/// Returns the shingle sets of all documents in some pairs.
fn sets(corpus: &Corpus, pairs: impl Iterator<Item = (u64, u64)>) -> Result<HashMap<u64, ShingleSet>> {
    let wanted: HashSet<u64> = pairs.flat_map(|(left, right)| [left, right]).collect();
    let shingler = Scheme::builder().words(3).build()?.shingler()?;
    let documents = corpus.again().filter(|document| wanted.contains(&document.id));
    Ok(documents.map(|document| (document.id, shingler.set(&document.text))).collect())
}
