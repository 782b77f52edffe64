//! The inverted index from rare words to texts.

use crate::parallel;
use crate::set::ShingleSet;

/// Pairs of a rare word and the number of a text that has it, sorted: 16 bytes each.
///
/// A sorted list takes less memory than a hash map of lists, and is built by one parallel sort.
pub(super) struct Postings(Vec<(u64, usize)>);

impl Postings {
    /// Indexes the words that at least two texts have, and at most `max_document_frequency`.
    pub(super) fn rare(sets: &[ShingleSet], max_document_frequency: usize) -> Self {
        let mut all = Vec::with_capacity(sets.iter().map(ShingleSet::len).sum());
        for (text, set) in sets.iter().enumerate() {
            all.extend(set.as_slice().iter().map(|&word| (word, text)));
        }
        parallel::sort(&mut all);
        // The rare ones are moved to the front in place, because this is the largest piece of memory of the search.
        let (mut rare, mut start) = (0, 0);
        while let Some(&(word, _)) = all.get(start) {
            let texts = all[start..].iter().take_while(|posting| posting.0 == word).count();
            if (2..=max_document_frequency).contains(&texts) {
                all.copy_within(start..start + texts, rare);
                rare += texts;
            }
            start += texts;
        }
        all.truncate(rare);
        Self(all)
    }

    /// Returns for each of `texts` texts how many later ones may share at least `min_rare` rare words with it.
    pub(super) fn max_partners(&self, texts: usize, min_rare: usize) -> Vec<usize> {
        let mut partners = vec![0; texts];
        for same in self.0.chunk_by(|a, b| a.0 == b.0) {
            for (after, &(_, text)) in same.iter().rev().enumerate() {
                partners[text] += after;
            }
        }
        // A partner uses up `min_rare` of the words that are shared with later texts.
        let max = |(text, shared): (usize, usize)| (shared / min_rare).min(texts - text - 1);
        partners.into_iter().enumerate().map(max).collect()
    }

    /// Yields the texts after `text` that have a word.
    pub(super) fn after(&self, word: u64, text: usize) -> impl Iterator<Item = usize> + '_ {
        let from = self.0.partition_point(|&posting| posting <= (word, text));
        self.0[from..].iter().take_while(move |posting| posting.0 == word).map(|posting| posting.1)
    }
}
