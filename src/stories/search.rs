//! Finds the pairs of texts that may tell one story, and joins them into stories.

use super::candidates::Candidates;
use super::index::StoryIndex;
use super::linkage::Linkage;
use super::{Story, StoryPair};
use crate::parallel;

impl StoryIndex {
    /// Returns the pairs of texts that may tell one story, by the numbers of their texts, on all cores.
    #[must_use]
    pub fn pairs(&self) -> Vec<StoryPair> {
        let candidates = Candidates::new(self);
        let texts: Vec<usize> = (0..self.texts.len()).collect();
        let of_text = |&left: &usize, buffer: &mut Vec<u32>| {
            let rights = candidates.after(left, buffer);
            rights.into_iter().filter_map(|right| self.pair(left, right)).collect::<Vec<_>>()
        };
        parallel::map(&texts, Vec::new, of_text).into_iter().flatten().collect()
    }

    /// Returns how many texts apart those of a pair may be, if the order of the texts was taken for that of time.
    #[must_use]
    pub fn order_window(&self) -> Option<usize> {
        Candidates::order_window(self)
    }

    /// Joins pairs into stories, those with most texts first. The pairs may be fewer than [`pairs`](Self::pairs) found.
    ///
    /// Pairs of numbers that no text has are passed over.
    #[must_use]
    pub fn stories(&self, pairs: &[StoryPair]) -> Vec<Story> {
        Linkage::new(self).stories(pairs)
    }
}
