//! What people say.

use std::hash::Hash;

use ahash::AHashMap;

/// Which pairs are duplicates, by people's judgement.
#[derive(Clone, Debug)]
pub struct Labels<Id> {
    documents: AHashMap<Id, u32>,
    by: By,
}

#[derive(Clone, Debug)]
enum By {
    /// Judged pairs, lesser number first.
    Pairs(AHashMap<(u32, u32), bool>),
    /// The cluster of each document.
    Documents(Vec<u32>),
}

/// A pair of documents, each by its number, as the labels see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judged {
    Labelled {
        pair: (u32, u32),
        duplicate: bool,
    },
    /// Nobody said.
    Unlabelled,
}

impl<Id: Eq + Hash> Labels<Id> {
    /// Pairs that were judged one by one: two documents, and whether they are duplicates. Of several judgements of one
    /// pair the last counts. About other pairs nothing is known.
    #[must_use]
    pub fn from_pairs(pairs: impl IntoIterator<Item = (Id, Id, bool)>) -> Self {
        let mut documents = AHashMap::new();
        let mut judged = AHashMap::new();
        for (left, right, duplicate) in pairs {
            let pair = ordered(number(&mut documents, left), number(&mut documents, right));
            if pair.0 != pair.1 {
                judged.insert(pair, duplicate);
            }
        }
        Self { documents, by: By::Pairs(judged) }
    }

    /// Documents and the clusters they belong to: those of one cluster are duplicates of one another, and those of
    /// different clusters are not. Of several labels of one document the last counts. About documents without label
    /// nothing is known.
    #[must_use]
    pub fn from_documents<L: Eq + Hash>(labels: impl IntoIterator<Item = (Id, L)>) -> Self {
        let (mut documents, mut names) = (AHashMap::new(), AHashMap::new());
        let mut clusters = Vec::new();
        for (document, label) in labels {
            let (document, cluster) = (number(&mut documents, document), number(&mut names, label));
            match clusters.get_mut(document as usize) {
                Some(known) => *known = cluster,
                None => clusters.push(cluster),
            }
        }
        Self { documents, by: By::Documents(clusters) }
    }

    /// Pairs that are labelled as duplicates. Those of a cluster are counted, not listed.
    #[must_use]
    pub fn duplicates(&self) -> u64 {
        match &self.by {
            By::Pairs(judged) => judged.values().filter(|duplicate| **duplicate).count() as u64,
            By::Documents(clusters) => sizes(clusters).into_iter().map(pairs_among).sum(),
        }
    }

    /// What is said of a pair; none of a document with itself.
    pub(super) fn judge(&self, left: &Id, right: &Id) -> Option<Judged> {
        if left == right {
            return None;
        }
        let (Some(&a), Some(&b)) = (self.documents.get(left), self.documents.get(right)) else {
            return Some(Judged::Unlabelled);
        };
        let pair = ordered(a, b);
        let duplicate = match &self.by {
            By::Pairs(judged) => judged.get(&pair).copied(),
            By::Documents(clusters) => Some(clusters[a as usize] == clusters[b as usize]),
        };
        Some(duplicate.map_or(Judged::Unlabelled, |duplicate| Judged::Labelled { pair, duplicate }))
    }
}

/// The pairs among so many documents.
pub(super) fn pairs_among(documents: u64) -> u64 {
    documents * documents.saturating_sub(1) / 2
}

/// How often each number occurs.
pub(super) fn sizes(numbers: &[u32]) -> Vec<u64> {
    let most = numbers.iter().max().map_or(0, |&most| most as usize + 1);
    let mut sizes = vec![0; most];
    numbers.iter().for_each(|&number| sizes[number as usize] += 1);
    sizes
}

/// The number of a name, by first appearance.
pub(super) fn number<N: Eq + Hash>(numbers: &mut AHashMap<N, u32>, name: N) -> u32 {
    let next = numbers.len() as u32;
    *numbers.entry(name).or_insert(next)
}

fn ordered(a: u32, b: u32) -> (u32, u32) {
    (a.min(b), a.max(b))
}
