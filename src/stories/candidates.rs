//! Which pairs of texts are compared.

use super::bursts::order_window;
use super::index::StoryIndex;
use crate::parallel;

/// The least number of rare words that candidates share.
const MIN_SHARED: usize = 3;
/// With how many of the texts after it in a bucket of the sketch a text is compared. Buckets of a template may hold
/// thousands of texts.
const NEXT_IN_BUCKET: usize = 8;

/// Rare words and buckets of sketches, each with the texts that have it.
pub(super) struct Candidates<'a> {
    index: &'a StoryIndex,
    /// Pairs of a rare word and a text, sorted.
    rare: Vec<(u32, u32)>,
    /// Pairs of a text and a later one that share a bucket, sorted.
    neighbours: Vec<(u32, u32)>,
    order_window: Option<usize>,
}

impl<'a> Candidates<'a> {
    pub(super) fn new(index: &'a StoryIndex) -> Self {
        let mut rare = postings(index);
        let order_window = window_of(index, &rare);
        retain_words(&mut rare, |texts| (2..=index.rules.max_document_frequency as usize).contains(&texts.len()));
        Self { index, rare, neighbours: neighbours(index), order_window }
    }

    pub(super) fn order_window(index: &StoryIndex) -> Option<usize> {
        window_of(index, &postings(index))
    }

    /// Returns the later texts that a text is compared with, in order. `buffer` is reused.
    pub(super) fn after(&self, left: usize, buffer: &mut Vec<u32>) -> Vec<usize> {
        let number = left as u32;
        buffer.clear();
        for word in self.index.texts[left].iter().filter(|word| word.is_rare()) {
            let from = self.rare.partition_point(|&posting| posting <= (word.hash(), number));
            buffer.extend(
                self.rare[from..].iter().take_while(|posting| posting.0 == word.hash()).map(|posting| posting.1),
            );
        }
        buffer.sort_unstable();
        let mut found: Vec<usize> = Vec::new();
        found.extend(
            buffer.chunk_by(|a, b| a == b).filter(|same| same.len() >= MIN_SHARED).map(|same| same[0] as usize),
        );
        let from = self.neighbours.partition_point(|&(text, _)| text < number);
        let of_text = self.neighbours[from..].iter().take_while(|&&(text, _)| text == number);
        found.extend(of_text.map(|&(_, right)| right as usize));
        found.sort_unstable();
        found.dedup();
        found.retain(|&right| self.is_near(left, right));
        found
    }

    fn is_near(&self, left: usize, right: usize) -> bool {
        self.order_window.is_none_or(|window| right - left <= window) && self.index.is_within_window(left, right)
    }
}

fn postings(index: &StoryIndex) -> Vec<(u32, u32)> {
    let mut postings = Vec::new();
    for (text, words) in index.texts.iter().enumerate() {
        postings.extend(words.iter().filter(|word| word.is_rare()).map(|word| (word.hash(), text as u32)));
    }
    parallel::sort(&mut postings);
    postings
}

/// Keeps the words whose texts satisfy a condition, in place, because this is the largest piece of memory of the search.
fn retain_words(postings: &mut Vec<(u32, u32)>, keep: impl Fn(&[(u32, u32)]) -> bool) {
    let (mut kept, mut start) = (0, 0);
    while let Some(&(word, _)) = postings.get(start) {
        let texts = postings[start..].iter().take_while(|posting| posting.0 == word).count();
        if keep(&postings[start..start + texts]) {
            postings.copy_within(start..start + texts, kept);
            kept += texts;
        }
        start += texts;
    }
    postings.truncate(kept);
    postings.shrink_to_fit();
}

fn window_of(index: &StoryIndex, postings: &[(u32, u32)]) -> Option<usize> {
    if !index.rules.order || index.times.iter().any(Option::is_some) {
        return None;
    }
    let of_word = postings.chunk_by(|a, b| a.0 == b.0).filter(|texts| texts.len() == 2);
    let gaps: Vec<usize> = of_word.map(|texts| (texts[1].1 - texts[0].1) as usize).collect();
    order_window(index.texts.len(), &gaps)
}

/// Returns the texts that share a bucket of the sketch, each with the next ones in time. It takes the bands one by one, so
/// that one table of buckets is held.
fn neighbours(index: &StoryIndex) -> Vec<(u32, u32)> {
    let texts: Vec<u32> = (0..index.texts.len() as u32).collect();
    let keys = parallel::map(&texts, || (), |&text, ()| index.band_keys(text as usize));
    let mut in_time = texts;
    in_time.sort_by_key(|&text| index.times[text as usize].unwrap_or(i64::MAX));
    let mut pairs = Vec::new();
    for band in 0..keys.iter().map(Vec::len).max().unwrap_or(0) {
        let key = |(place, &text): (usize, &u32)| Some((*keys[text as usize].get(band)?, place as u32));
        let mut buckets: Vec<(u32, u32)> = in_time.iter().enumerate().filter_map(key).collect();
        parallel::sort(&mut buckets);
        for bucket in buckets.chunk_by(|a, b| a.0 == b.0) {
            for (first, &(_, place)) in bucket.iter().enumerate() {
                let left = in_time[place as usize];
                let next = bucket[first + 1..].iter().take(NEXT_IN_BUCKET).map(|&(_, place)| in_time[place as usize]);
                pairs.extend(next.map(|right| (left.min(right), left.max(right))));
            }
        }
        parallel::sort(&mut pairs);
        pairs.dedup();
    }
    pairs
}
