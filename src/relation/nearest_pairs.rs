//! Which pairs are compared by their texts where one form fills thousands of documents.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use ahash::RandomState;
use hashbrown::HashMap;

use crate::error::{Error, within};

/// Chooses the pairs that are compared by their texts, so that their number is linear in that of the documents.
///
/// Five thousand items of one form are millions of similar pairs. An edit of one of them is more similar to it than the
/// other items are. So each document is compared with its most similar partners only. A pair of two documents that both
/// have more partners than the limit, and that is among the nearest of neither, is left out.
///
/// The choice depends on all pairs. Once some documents are removed, others are the nearest of those that are left, so that a second
/// run over these compares further pairs.
///
/// ```
/// use twinprint::relation::NearestPairs;
///
/// let mut nearest = NearestPairs::new(1)?;
/// for (left, right, similarity) in [(0, 1, 0.9), (0, 2, 0.6), (1, 2, 0.5), (2, 3, 0.7), (1, 3, 0.4)] {
///     nearest.add(left, right, similarity);
/// }
/// assert!(nearest.contains(0, 1) && nearest.contains(3, 2));
/// assert!(!nearest.contains(0, 2) && !nearest.contains(1, 3));
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct NearestPairs {
    limit: usize,
    partners: HashMap<u32, Partners, RandomState>,
    /// The partners that are kept, of all documents.
    kept: usize,
}

/// The partners of a document.
#[derive(Clone, Debug, Default)]
struct Partners {
    /// The number of all partners.
    count: u32,
    /// The nearest ones, the least similar first. Of equally similar ones, the first documents are kept.
    nearest: BinaryHeap<Reverse<(u32, Reverse<u32>)>>,
}

impl NearestPairs {
    /// Creates a choice without pairs. `limit` is the maximum number of partners that a document is compared with.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the limit is 0.
    pub fn new(limit: u32) -> Result<Self, Error> {
        within("limit", limit, 1..=u32::MAX, "1 or more")?;
        Ok(Self { limit: limit as usize, partners: HashMap::with_hasher(RandomState::new()), kept: 0 })
    }

    /// Adds a pair with its similarity, 0 to 1.
    pub fn add(&mut self, left: u32, right: u32, similarity: f64) {
        self.add_partner(left, right, similarity);
        self.add_partner(right, left, similarity);
    }

    fn add_partner(&mut self, document: u32, partner: u32, similarity: f64) {
        let partners = self.partners.entry(document).or_default();
        partners.count = partners.count.saturating_add(1);
        // Floats that are not negative are in the order of their bits.
        let similarity = (similarity.max(0.0) as f32).to_bits();
        partners.nearest.push(Reverse((similarity, Reverse(partner))));
        if partners.nearest.len() > self.limit {
            partners.nearest.pop();
        } else {
            self.kept += 1;
        }
    }

    /// Returns whether a pair is to be compared: if it is among the nearest of one of its documents, or if one of them has
    /// no more partners than the limit.
    #[must_use]
    pub fn contains(&self, left: u32, right: u32) -> bool {
        self.has_few(left) || self.has_few(right) || self.is_near(left, right) || self.is_near(right, left)
    }

    fn has_few(&self, document: u32) -> bool {
        self.partners.get(&document).is_none_or(|partners| partners.count as usize <= self.limit)
    }

    fn is_near(&self, document: u32, partner: u32) -> bool {
        let is_partner = |of: &Reverse<(u32, Reverse<u32>)>| of.0.1.0 == partner;
        self.partners.get(&document).is_some_and(|partners| partners.nearest.iter().any(is_partner))
    }

    /// Returns the documents that have more partners than the limit, in order.
    #[must_use]
    pub fn crowded(&self) -> Vec<u32> {
        let is_crowded = |(_, partners): &(&u32, &Partners)| partners.count as usize > self.limit;
        let mut crowded: Vec<u32> = self.partners.iter().filter(is_crowded).map(|(document, _)| *document).collect();
        crowded.sort_unstable();
        crowded
    }

    /// Yields the nearest partners of a document, in no order.
    pub fn nearest(&self, document: u32) -> impl Iterator<Item = u32> {
        self.partners.get(&document).into_iter().flat_map(|partners| partners.nearest.iter().map(|of| of.0.1.0))
    }

    /// Returns the maximum number of partners that a document is compared with.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.limit as u32
    }

    /// Lowers the limit, to at least 1, so that fewer partners take memory.
    pub fn lower_limit(&mut self, limit: u32) {
        self.limit = self.limit.min(limit.max(1) as usize);
        self.kept = 0;
        for partners in self.partners.values_mut() {
            while partners.nearest.len() > self.limit {
                partners.nearest.pop();
            }
            partners.nearest.shrink_to(self.limit);
            self.kept += partners.nearest.len();
        }
    }

    /// Returns the bytes of memory that it takes at most.
    #[must_use]
    pub fn memory(&self) -> usize {
        // Heaps and tables double, so up to half of each is free.
        2 * (self.kept * size_of::<(u32, u32)>() + self.partners.len() * size_of::<(u32, Partners)>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All pairs of documents whose similarity falls with their distance.
    fn row(documents: u32, limit: u32) -> NearestPairs {
        let mut nearest = NearestPairs::new(limit).expect("valid");
        for left in 0..documents {
            for right in left + 1..documents {
                nearest.add(left, right, 1.0 / f64::from(right - left));
            }
        }
        nearest
    }

    #[test]
    fn the_number_of_pairs_is_linear_in_that_of_documents() {
        let nearest = row(200, 8);
        let chosen = |left: u32| (left + 1..200).filter(|&right| nearest.contains(left, right)).count();
        assert!((0..200).map(chosen).sum::<usize>() <= 200 * 8);
        assert!(nearest.contains(50, 54) && !nearest.contains(50, 60));
        assert_eq!(nearest.crowded().len(), 200);
        assert_eq!(nearest.nearest(50).count(), 8);
    }

    #[test]
    fn documents_with_few_partners_are_compared_with_all() {
        let mut nearest = row(20, 8);
        nearest.add(3, 900, 0.01);
        assert!(nearest.contains(3, 900) && nearest.contains(900, 3));
        assert!(nearest.contains(1_000, 1_001), "nobody said that they are similar to many");
    }

    #[test]
    fn of_equal_similarities_the_first_documents_are_kept() {
        let mut nearest = NearestPairs::new(2).expect("valid");
        for right in [9, 4, 7, 5] {
            nearest.add(1, right, 0.5);
        }
        let mut kept: Vec<u32> = nearest.nearest(1).collect();
        kept.sort_unstable();
        assert_eq!(kept, [4, 5]);
    }

    #[test]
    fn a_lower_limit_takes_less_memory() {
        let (mut nearest, lower) = (row(100, 32), row(100, 4));
        let before = nearest.memory();
        nearest.lower_limit(4);
        assert!(nearest.memory() < before / 2);
        assert_eq!((nearest.limit(), nearest.memory()), (4, lower.memory()));
        for (left, right) in [(0, 1), (0, 9), (40, 42), (40, 43), (97, 99)] {
            assert_eq!(nearest.contains(left, right), lower.contains(left, right), "{left} {right}");
        }
        assert!(NearestPairs::new(0).is_err());
    }
}
