//! The true pairs of documents, by an exact join, and the recall and precision of other pairs against them.
//!
//! The join uses prefix filtering (S. Chaudhuri, V. Ganti, R. Kaushik, ICDE 2006): two sets that reach the threshold share
//! one of the rarest elements of each. It uses no signature and no part of twinprint's own join.

use std::fs;
use std::io::Write;
use std::path::Path;

use ahash::{AHashMap, RandomState};
use xxhash_rust::xxh3::xxh3_64;

use crate::corpus::Corpus;
use crate::measure::Outcome;
use crate::splitting::{Splitting, scheme};

/// A pair of document numbers, the smaller one first, with its exact Jaccard similarity.
pub(crate) type TruePair = (u32, u32, f64);

/// A margin, so that rounding never makes a prefix too short.
const SLACK: f64 = 1e-9;

/// Returns all pairs of these sets that reach the threshold, in order. Each set is ascending, without repetitions.
pub(crate) fn exact_join(sets: &[Vec<u64>], threshold: f64) -> Vec<TruePair> {
    let frequencies = frequencies(sets);
    let mut postings: AHashMap<u64, Vec<u32>> = AHashMap::new();
    let mut met = vec![u32::MAX; sets.len()];
    let mut pairs = Vec::new();
    for (number, set) in (0_u32..).zip(sets) {
        for element in prefix(set, threshold, &frequencies) {
            let posting = postings.entry(element).or_default();
            for &earlier in posting.iter() {
                let other = &sets[earlier as usize];
                if met[earlier as usize] == number || !sizes_allow(set.len(), other.len(), threshold) {
                    continue;
                }
                met[earlier as usize] = number;
                let jaccard = jaccard(set, other);
                if jaccard >= threshold {
                    pairs.push((earlier, number, jaccard));
                }
            }
            posting.push(number);
        }
    }
    pairs.sort_unstable_by_key(|&(left, right, _)| (left, right));
    pairs
}

/// Returns the number of sets that hold each element.
fn frequencies(sets: &[Vec<u64>]) -> AHashMap<u64, u32> {
    // Fixed seeds make the speed repeatable. The result does not depend on them.
    let mut frequencies = AHashMap::with_hasher(RandomState::with_seeds(1, 2, 3, 4));
    for element in sets.iter().flatten() {
        *frequencies.entry(*element).or_insert(0) += 1;
    }
    frequencies
}

/// Returns the prefix of a set: its rarest elements. A similar set has one of them in its own prefix. Elements of one set
/// only are left out.
fn prefix(set: &[u64], threshold: f64, frequencies: &AHashMap<u64, u32>) -> Vec<u64> {
    if set.is_empty() {
        return Vec::new();
    }
    let shared = (threshold * set.len() as f64 - SLACK).ceil() as usize;
    let length = (set.len() - shared.min(set.len()) + 1).min(set.len());
    let frequency = |element: &u64| frequencies.get(element).copied().unwrap_or_default();
    let mut order: Vec<(u32, u64)> = set.iter().map(|element| (frequency(element), *element)).collect();
    order.select_nth_unstable(length - 1);
    order.truncate(length);
    order.into_iter().filter(|(frequency, _)| *frequency > 1).map(|(_, element)| element).collect()
}

fn sizes_allow(one: usize, other: usize, threshold: f64) -> bool {
    one.min(other) as f64 + SLACK >= threshold * one.max(other) as f64
}

/// Returns the exact Jaccard similarity of two ascending sets.
fn jaccard(left: &[u64], right: &[u64]) -> f64 {
    let (mut i, mut j, mut shared) = (0, 0, 0_usize);
    while let (Some(a), Some(b)) = (left.get(i), right.get(j)) {
        shared += usize::from(a == b);
        i += usize::from(a <= b);
        j += usize::from(b <= a);
    }
    let all = left.len() + right.len() - shared;
    if all == 0 { 0.0 } else { shared as f64 / all as f64 }
}

/// Returns the true pairs of a corpus. They are read from the folder if neither the file nor the rules have changed.
pub(crate) fn of_corpus(
    corpus: &Corpus,
    splitting: Splitting,
    threshold: f64,
    folder: &Path,
) -> Outcome<Vec<TruePair>> {
    let content = xxh3_64(&fs::read(&corpus.path)?);
    let rules = format!("{}\n{}\n{threshold}", scheme(128)?.description(), splitting.name());
    let file = folder.join(format!("truth-{content:016x}-{:016x}.tsv", xxh3_64(rules.as_bytes())));
    if let Some(pairs) = fs::read_to_string(&file).ok().and_then(|text| parse(&text)) {
        return Ok(pairs);
    }
    let pairs = exact_join(&splitting.sets(&corpus.texts()?)?, threshold);
    // Renamed when it is whole, so that an interrupted run leaves no partial file.
    let unfinished = file.with_extension("unfinished");
    let mut out = std::io::BufWriter::new(fs::File::create(&unfinished)?);
    for (left, right, jaccard) in &pairs {
        writeln!(out, "{left}\t{right}\t{jaccard}")?;
    }
    out.flush()?;
    fs::rename(&unfinished, &file)?;
    Ok(pairs)
}

fn parse(text: &str) -> Option<Vec<TruePair>> {
    let pair = |line: &str| {
        let mut fields = line.split('\t');
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    text.lines().map(pair).collect()
}

/// Recall and precision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Score {
    /// The share of true pairs that were found.
    pub(crate) recall: f64,
    /// The share of found pairs that are true.
    pub(crate) precision: f64,
}

/// Compares found pairs (smaller number first) with the true ones. The precision of no pairs is 1, and so is the recall if
/// there are no true pairs.
pub(crate) fn score(found: &[(u32, u32)], truth: &[TruePair]) -> Score {
    let mut found = found.to_vec();
    found.sort_unstable();
    found.dedup();
    let is_true = |pair: &&(u32, u32)| truth.binary_search_by_key(*pair, |&(left, right, _)| (left, right)).is_ok();
    let hits = found.iter().filter(is_true).count() as f64;
    let share = |of: usize| if of == 0 { 1.0 } else { hits / of as f64 };
    Score { recall: share(truth.len()), precision: share(found.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brute_force(sets: &[Vec<u64>], threshold: f64) -> Vec<TruePair> {
        let numbers = 0..sets.len();
        let pairs = numbers.flat_map(|left| (left + 1..sets.len()).map(move |right| (left, right)));
        pairs
            .map(|(left, right)| (left as u32, right as u32, jaccard(&sets[left], &sets[right])))
            .filter(|&(_, _, jaccard)| jaccard >= threshold)
            .collect()
    }

    #[test]
    fn the_join_finds_what_brute_force_finds_in_made_news() {
        let texts: Vec<String> = twinprint_generator::Generator::new(twinprint_generator::Settings::default())
            .take(800)
            .map(|document| document.text)
            .collect();
        for splitting in Splitting::ALL {
            let sets = splitting.sets(&texts).expect("valid");
            for threshold in [0.3, 0.5, 0.8, 1.0] {
                let pairs = exact_join(&sets, threshold);
                assert!(!pairs.is_empty());
                assert_eq!(pairs, brute_force(&sets, threshold), "{splitting:?} at {threshold}");
            }
        }
    }

    /// Sets of every small size, where rounding decides.
    #[test]
    fn the_join_finds_what_brute_force_finds_in_small_sets() {
        let bit = |mask: u64, i: u64| (mask >> i & 1 == 1).then_some(i);
        let sets: Vec<Vec<u64>> = (0..512).map(|mask| (0..9).filter_map(|i| bit(mask, i)).collect()).collect();
        for threshold in [0.1, 0.2, 0.25, 1.0 / 3.0, 0.5, 0.6, 0.75, 0.8, 0.875, 1.0] {
            assert_eq!(exact_join(&sets, threshold), brute_force(&sets, threshold), "at {threshold}");
        }
    }

    #[test]
    fn scores_count_each_pair_once() {
        let truth = [(0, 1, 0.9), (0, 2, 0.8), (3, 4, 1.0)];
        let found = [(0, 2), (0, 1), (0, 1), (1, 2)];
        assert_eq!(score(&found, &truth), Score { recall: 2.0 / 3.0, precision: 2.0 / 3.0 });
        assert_eq!(score(&[], &[]), Score { recall: 1.0, precision: 1.0 });
    }
}
