//! gaoya, used as its documentation shows: `MinHasher32` with its default hasher (FNV), `whitespace_split` of the
//! lower-cased text, `MinHashIndex`.
//!
//! It offers two ways to make word shingles: `shingle_tokens` builds a `String` for each; windows of tokens, which its
//! hasher accepts directly, build none. The run to pairs uses the faster one. Its bulk calls do the same work on rayon's
//! threads, so on one thread they save nothing. The index uses `SmallVecContainer`, which gaoya recommends when few points
//! are similar and none are removed.

use std::hash::{BuildHasher, Hasher};

use gaoya::minhash::{MinHashIndex, MinHasher, MinHasher32, SmallVecContainer};
use gaoya::text::{shingle_tokens, whitespace_split};

use super::{Pairs, Task, us};
use crate::corpus::Corpus;
use crate::measure::{Contestant, Outcome};
use crate::splitting::WORDS;

/// Returns hashes unchanged, because they are hashed already.
#[derive(Clone, Copy, Default)]
struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |all, &byte| all << 8 | u64::from(byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl BuildHasher for Identity {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        *self
    }
}

pub(super) fn signatures(sets: &[Vec<u64>]) -> Vec<Contestant<'_>> {
    let (fnv, identity) = (MinHasher32::new(128), MinHasher32::new_with_hasher(128, Identity::default()));
    vec![
        Contestant::new("gaoya `MinHasher32`, its default hasher", move || over(sets, &fnv)),
        Contestant::new("gaoya `MinHasher32`, hashes taken as they are", move || over(sets, &identity)),
    ]
}

fn over(sets: &[Vec<u64>], hasher: &impl MinHasher<V = u32>) -> u64 {
    sets.iter().map(|set| u64::from(hasher.create_signature(set.iter())[0])).sum()
}

pub(super) fn text_signatures(texts: &[String]) -> Vec<Contestant<'_>> {
    let strings = MinHasher32::new(128);
    let windows = MinHasher32::new(128);
    vec![
        Contestant::new("gaoya `whitespace_split`, `shingle_tokens`, `MinHasher32`", move || {
            let mut sum = 0;
            for text in texts {
                let lower = text.to_lowercase();
                let tokens: Vec<&str> = whitespace_split(&lower).collect();
                sum += u64::from(strings.create_signature(shingle_tokens(&tokens, WORDS))[0]);
            }
            sum
        }),
        Contestant::new("gaoya `whitespace_split`, windows of tokens, `MinHasher32`", move || {
            texts.iter().filter_map(|text| signature(text, &windows)).map(|signature| u64::from(signature[0])).sum()
        }),
    ]
}

/// Returns `None` for a text without words: all such texts would have one signature.
fn signature(text: &str, hasher: &impl MinHasher<V = u32>) -> Option<Vec<u32>> {
    let lower = text.to_lowercase();
    let tokens: Vec<&str> = whitespace_split(&lower).collect();
    let size = WORDS.min(tokens.len());
    (size > 0).then(|| hasher.create_signature(tokens.windows(size)))
}

/// Finds pairs with twinprint's banding. Signatures have only the positions that the bands use, which makes them cheap and
/// their estimates coarse.
pub(super) fn pairs(corpus: &Corpus, task: Task) -> Outcome<Pairs> {
    let banding = us::banding(task)?;
    pairs_by(corpus, task.threshold, (banding.bands() as usize, banding.rows() as usize))
}

/// Finds pairs with bands that use all 128 positions.
pub(super) fn pairs_of_all_positions(corpus: &Corpus, task: Task) -> Outcome<Pairs> {
    pairs_by(corpus, task.threshold, task.full_banding())
}

/// Queries the index for each document before inserting it. The index filters by estimated similarity.
fn pairs_by(corpus: &Corpus, threshold: f64, (bands, rows): (usize, usize)) -> Outcome<Pairs> {
    let hasher = MinHasher32::new(bands * rows);
    let mut index = MinHashIndex::<u32, u32, SmallVecContainer<u32, 4>>::new_index(bands, rows, threshold);
    let mut pairs = Vec::new();
    corpus.read(|number, text| {
        if let Some(signature) = signature(text, &hasher) {
            pairs.extend(index.query(&signature).into_iter().map(|&earlier| (earlier, number)));
            index.insert(number, signature);
        }
        Ok(())
    })?;
    Ok(pairs)
}
