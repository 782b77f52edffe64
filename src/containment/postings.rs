//! The inverted index from keys to documents.

use std::collections::BTreeSet;

/// Pairs of a key and the number of a document that has it, about 14 bytes each.
///
/// They are one sorted set rather than a list for each key, so that adding and removing cost the same however many
/// documents share a key.
#[derive(Clone, Debug, Default)]
pub(super) struct Postings {
    /// The key in the upper half, the number in the lower.
    pairs: BTreeSet<u64>,
}

/// The documents that share keys with a set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shared {
    /// Numbers of documents, ascending, and how many keys each shares.
    pub(super) documents: Vec<(u32, usize)>,
    /// Keys of the set.
    pub(super) keys: usize,
    /// Keys of the set that too many documents have. They are not counted in `documents`.
    pub(super) common: usize,
}

impl Postings {
    /// Adds a document under its keys.
    pub(super) fn insert(&mut self, keys: impl Iterator<Item = u32>, number: u32) {
        self.pairs.extend(keys.map(|key| pair(key, number)));
    }

    /// Removes a document from its keys.
    pub(super) fn remove(&mut self, keys: impl Iterator<Item = u32>, number: u32) {
        keys.for_each(|key| {
            self.pairs.remove(&pair(key, number));
        });
    }

    /// Returns how many pairs of key and document there are.
    pub(super) fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Finds the documents that share keys with a set, without keys that more than `limit` documents have.
    pub(super) fn shared(&self, keys: impl Iterator<Item = u32>, limit: usize) -> Shared {
        let mut shared = Shared::default();
        let mut numbers = Vec::new();
        for key in keys {
            let before = numbers.len();
            let of_key = self.pairs.range(pair(key, 0)..=pair(key, u32::MAX)).map(|&pair| pair as u32);
            // One more than the limit is enough to know that the key is common.
            numbers.extend(of_key.take(limit.saturating_add(1)));
            shared.keys += 1;
            if numbers.len() - before > limit {
                numbers.truncate(before);
                shared.common += 1;
            }
        }
        numbers.sort_unstable();
        shared.documents = numbers.chunk_by(|a, b| a == b).map(|same| (same[0], same.len())).collect();
        shared
    }
}

fn pair(key: u32, number: u32) -> u64 {
    u64::from(key) << 32 | u64::from(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_keys_are_counted_apart() {
        let mut postings = Postings::default();
        for number in 0..3 {
            postings.insert([1, 2 + number, 9].into_iter(), number);
        }
        postings.remove([9].into_iter(), 0);
        assert_eq!(postings.len(), 8);
        let shared = postings.shared([1, 2, 9, 77].into_iter(), 2);
        assert_eq!(shared, Shared { documents: vec![(0, 1), (1, 1), (2, 1)], keys: 4, common: 1 });
        assert_eq!(postings.shared([1].into_iter(), 3).documents.len(), 3);
    }
}
