//! Which documents have which key.

use std::collections::BTreeSet;

/// Pairs of a key and a document's number, sorted, so that adding and removing cost the same however many documents
/// share a key. About 14 bytes each.
#[derive(Clone, Debug, Default)]
pub(super) struct Postings {
    /// The key in the upper half, the number in the lower.
    pairs: BTreeSet<u64>,
}

/// Documents by number, and how many keys they share with a set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shared {
    /// Numbers ascend.
    pub(super) documents: Vec<(u32, usize)>,
    /// Keys of the set, and those among them that too many documents have; these are not counted above.
    pub(super) keys: usize,
    pub(super) common: usize,
}

impl Postings {
    pub(super) fn insert(&mut self, keys: impl Iterator<Item = u32>, number: u32) {
        self.pairs.extend(keys.map(|key| pair(key, number)));
    }

    pub(super) fn remove(&mut self, keys: impl Iterator<Item = u32>, number: u32) {
        keys.for_each(|key| {
            self.pairs.remove(&pair(key, number));
        });
    }

    /// How many pairs there are.
    pub(super) fn len(&self) -> usize {
        self.pairs.len()
    }

    /// The documents that share keys with a set, not counting keys of more than `limit` documents.
    pub(super) fn shared(&self, keys: impl Iterator<Item = u32>, limit: usize) -> Shared {
        let mut shared = Shared::default();
        let mut numbers = Vec::new();
        for key in keys {
            let before = numbers.len();
            let of_key = self.pairs.range(pair(key, 0)..=pair(key, u32::MAX)).map(|&pair| pair as u32);
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
