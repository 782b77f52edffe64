//! sketchir: `MinHash::signature` of a `HashSet`, which is built before the time is taken, and `MinHashTextLSH`, which its
//! documentation recommends for near-duplicates, with words instead of characters.

use std::collections::HashSet;

use sketchir::{BlockingConfig, MinHash, MinHashTextLSH};

use super::{Pairs, Task};
use crate::corpus::Corpus;
use crate::measure::{Contestant, Outcome};
use crate::splitting::WORDS;

pub(super) fn signatures(sets: &[Vec<u64>]) -> Outcome<Vec<Contestant<'_>>> {
    let hasher = MinHash::new(128)?;
    let sets: Vec<HashSet<u64>> = sets.iter().map(|set| set.iter().copied().collect()).collect();
    Ok(vec![Contestant::new("sketchir `MinHash`", move || {
        sets.iter().map(|set| hasher.signature(set).as_slice()[0]).fold(0, u64::wrapping_add)
    })])
}

fn index(bands: usize, rows: usize) -> Outcome<MinHashTextLSH> {
    let config = BlockingConfig { num_bands: bands, num_hashes_per_band: rows, ngram_size: WORDS, char_ngrams: false };
    Ok(MinHashTextLSH::new(config)?)
}

pub(super) fn text_signatures(texts: &[String]) -> Outcome<Contestant<'_>> {
    let index = index(32, 4)?;
    Ok(Contestant::new("sketchir `MinHashTextLSH::signature`", move || {
        texts.iter().map(|text| index.signature(text).as_slice()[0]).fold(0, u64::wrapping_add)
    }))
}

/// Inserts all documents, and keeps the candidate pairs whose estimate reaches the threshold.
pub(super) fn pairs(corpus: &Corpus, task: Task) -> Outcome<Pairs> {
    let (bands, rows) = task.full_banding();
    let mut index = index(bands, rows)?;
    // All texts without words would have one signature.
    let mut numbers = Vec::new();
    corpus.read(|number, text| {
        if !text.trim().is_empty() {
            index.insert_text(number.to_string(), text);
            numbers.push(number);
        }
        Ok(())
    })?;
    let similar = |&(left, right): &(usize, usize)| {
        index.estimated_similarity(left, right).is_some_and(|estimate| estimate >= task.threshold)
    };
    let candidates = index.candidate_pairs().into_iter().filter(similar);
    Ok(candidates.map(|(left, right)| (numbers[left], numbers[right])).collect())
}
