//! Pairs of documents that are similar to very many others, such as items of one form.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use twinprint::dedup::PreferenceKey;
use twinprint::relation::NearestPairs;
use twinprint::result::DiskPairs;

/// The maximum number of partners with which the text of a document is compared, if the memory has room for them.
const MAX_PARTNERS: u32 = 32;
const MIN_PARTNERS: u32 = 4;

/// The partners take this part of the memory, unless each document has only a few.
const MEMORY_PER_BYTE: u64 = 16;

/// Pairs after which their memory is checked.
const CHECKED_PAIRS: usize = 1 << 16;

/// The documents of a press release in many versions that are compared with all others of these: those that would be kept.
const MAX_FIRST: usize = 32;

/// Which pairs are compared by their texts. The others are not compared, and nothing is removed for them.
pub(super) struct Crowd {
    pub(super) nearest: NearestPairs,
    versions: Versions,
}

/// Documents that copies and edits among the nearest partners connect, such as the versions of a press release.
#[derive(Default)]
pub(super) struct Versions {
    /// For each document another one that it is connected with, up to the one that stands for all.
    parents: HashMap<u32, u32>,
    /// Of those that are connected, the documents that are preferred to the others.
    first: HashSet<u32>,
}

impl Crowd {
    /// Reads all pairs, and keeps the nearest partners of each document. A group of equal sets is compared by its first document, so copies
    /// are no partners.
    pub(super) fn new(pairs: &DiskPairs, first_of: &[u32], memory: u64) -> Result<Self> {
        let mut nearest = NearestPairs::new(MAX_PARTNERS)?;
        let similar = pairs.pairs()?.map(|pair| pair.map(|pair| (pair.left, pair.right, pair.jaccard())));
        let contained =
            pairs.contained(1)?.map(|pair| pair.map(|pair| (pair.inner, pair.outer, pair.overlap.containment())));
        for (count, pair) in similar.chain(contained).enumerate() {
            let (left, right, similarity) = pair?;
            if first_of.get(left as usize) == first_of.get(right as usize) {
                continue;
            }
            nearest.add(left, right, similarity);
            let is_full = count % CHECKED_PAIRS == 0 && nearest.memory() as u64 > memory / MEMORY_PER_BYTE;
            if is_full && nearest.limit() > MIN_PARTNERS {
                nearest.lower_limit((nearest.limit() / 2).max(MIN_PARTNERS));
            }
        }
        Ok(Self { nearest, versions: Versions::default() })
    }

    pub(super) fn set_versions(&mut self, versions: Versions) {
        self.versions = versions;
    }

    /// Returns whether a pair is compared: if it is among the nearest of one of its documents, or if one of them would be kept of all the
    /// versions that both are of.
    pub(super) fn compares(&self, left: u32, right: u32) -> bool {
        self.nearest.contains(left, right) || self.versions.compares(left, right)
    }
}

impl Versions {
    /// Connects two documents.
    pub(super) fn connect(&mut self, left: u32, right: u32) {
        let (left, right) = (self.root(left), self.root(right));
        if left != right {
            self.parents.insert(left.max(right), left.min(right));
        }
    }

    /// Chooses the documents that would be kept, by their keys if there are any and then by their places. All are connected then.
    pub(super) fn choose_first(&mut self, keys: &[PreferenceKey], first_of: &[u32]) {
        let preferred = preferred(keys, first_of);
        let mut documents: Vec<u32> = self.parents.iter().flat_map(|(&document, &parent)| [document, parent]).collect();
        documents.sort_unstable_by_key(|&document| {
            let preferred = preferred.get(document as usize).copied().unwrap_or(document);
            (keys.get(preferred as usize), preferred)
        });
        documents.dedup();
        let mut chosen: HashMap<u32, usize> = HashMap::new();
        for document in documents {
            let root = self.root(document);
            self.parents.insert(document, root);
            let count = chosen.entry(root).or_default();
            *count += 1;
            if *count <= MAX_FIRST {
                self.first.insert(document);
            }
        }
    }

    fn compares(&self, left: u32, right: u32) -> bool {
        let has_first = self.first.contains(&left) || self.first.contains(&right);
        has_first && self.parents.get(&left).is_some_and(|root| self.parents.get(&right) == Some(root))
    }

    fn root(&mut self, mut document: u32) -> u32 {
        while let Some(&parent) = self.parents.get(&document)
            && parent != document
        {
            let above = self.parents.get(&parent).copied().unwrap_or(parent);
            // Halves the way for the next one.
            self.parents.insert(document, above);
            document = above;
        }
        document
    }
}

/// Returns which document of a group would be kept, at the place of its first one. Without keys it is the first.
fn preferred(keys: &[PreferenceKey], first_of: &[u32]) -> Vec<u32> {
    if keys.is_empty() {
        return Vec::new();
    }
    let mut preferred: Vec<u32> = (0..first_of.len() as u32).collect();
    for (document, &first) in first_of.iter().enumerate() {
        let before = preferred[first as usize];
        if keys.get(document) < keys.get(before as usize) {
            preferred[first as usize] = document as u32;
        }
    }
    preferred
}

#[cfg(test)]
mod tests {
    use twinprint::dedup::{Facts, Preference};

    use super::*;

    /// Documents 0 to 99 are connected in a row, and 100 to 199.
    fn two_rows(keys: &[PreferenceKey]) -> Versions {
        let mut versions = Versions::default();
        for document in (0..99).rev().chain(100..199) {
            versions.connect(document + 1, document);
        }
        versions.choose_first(keys, &(0..200).collect::<Vec<_>>());
        versions
    }

    #[test]
    fn versions_are_compared_with_the_first_of_them() {
        let versions = two_rows(&[]);
        assert!(versions.compares(0, 99) && versions.compares(99, 31) && versions.compares(199, 100));
        assert!(!versions.compares(32, 99), "neither would be kept");
        assert!(!versions.compares(0, 100) && !versions.compares(0, 500) && !versions.compares(500, 501));
    }

    #[test]
    fn the_first_are_those_that_are_preferred() {
        let key = |length| Preference::Longest.key(&Facts { length: Some(length), ..Facts::default() });
        let versions = two_rows(&(0..200).map(key).collect::<Vec<_>>());
        assert!(versions.compares(99, 0) && versions.compares(199, 100));
        assert!(!versions.compares(0, 1) && !versions.compares(100, 101));
    }

    #[test]
    fn a_group_is_preferred_for_any_of_its_documents() {
        let key = |length| Preference::Longest.key(&Facts { length: Some(length), ..Facts::default() });
        let keys = [5, 3, 9, 1].map(key);
        assert_eq!(preferred(&keys, &[0, 1, 1, 0]), [0, 2, 2, 3]);
        assert!(preferred(&[], &[0, 1, 1, 0]).is_empty());
    }
}
