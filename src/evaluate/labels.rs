//! The judgements of people: which documents are duplicates.

use std::hash::Hash;

use ahash::AHashMap;

/// Holds the judgements of people: which pairs are duplicates, and which are not.
///
/// It holds each id once. Labels by document take four bytes more for each; labels by pair take a hash map of the
/// judged pairs.
///
/// ```
/// use twinprint::evaluate::Labels;
///
/// let pairs = Labels::from_pairs([("a", "b", true), ("a", "c", false)]);
/// assert_eq!(pairs.duplicates(), 1);
/// let documents = Labels::from_documents([("a", "ferry"), ("b", "ferry"), ("c", "ferry"), ("d", "budget")]);
/// assert_eq!(documents.duplicates(), 3);
/// ```
#[derive(Clone, Debug)]
pub struct Labels<Id> {
    documents: AHashMap<Id, u32>,
    by: By,
}

#[derive(Clone, Debug)]
enum By {
    /// The verdict of each judged pair, lesser number first.
    Pairs(AHashMap<(u32, u32), bool>),
    /// The cluster of each document.
    Documents(Vec<u32>),
}

/// What the labels say of a pair of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judged {
    /// The numbers of the documents, the lesser first, and whether they are duplicates.
    Labelled { pair: (u32, u32), duplicate: bool },
    /// There is no judgement.
    Unlabelled,
}

impl<Id: Eq + Hash> Labels<Id> {
    /// Creates labels from pairs that were judged one by one: two documents, and whether they are duplicates.
    ///
    /// Of several judgements of one pair, in either order, the last counts. All other pairs are unlabelled, also where
    /// others imply a verdict: from a ~ b and b ~ c nothing follows for a and c. A document with itself is no pair.
    ///
    /// ```
    /// use twinprint::evaluate::Labels;
    ///
    /// let labels = Labels::from_pairs([("a", "b", true), ("b", "a", false), ("b", "c", true), ("c", "c", true)]);
    /// assert_eq!(labels.duplicates(), 1);
    /// ```
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

    /// Creates labels from documents and the clusters they belong to.
    ///
    /// Documents of one cluster are duplicates of one another, and those of different clusters are not. Of several
    /// labels of one document the last counts. Pairs with a document that has no label are unlabelled. Give a document
    /// without duplicates a cluster of its own: without any label, its pairs would not count.
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

    /// Returns the number of pairs that are labelled as duplicates.
    ///
    /// It is computed from the sizes of clusters, without listing their pairs: a cluster of `n` documents has
    /// `n (n - 1) / 2`.
    #[must_use]
    pub fn duplicates(&self) -> u64 {
        match &self.by {
            By::Pairs(judged) => judged.values().filter(|duplicate| **duplicate).count() as u64,
            By::Documents(clusters) => sizes(clusters).into_iter().map(pairs_among).sum(),
        }
    }

    /// Returns what the labels say of a pair, or `None` for a document and itself.
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

/// Returns the number of pairs among this many documents.
pub(super) fn pairs_among(documents: u64) -> u64 {
    documents * documents.saturating_sub(1) / 2
}

/// Returns how often each number occurs.
pub(super) fn sizes(numbers: &[u32]) -> Vec<u64> {
    let most = numbers.iter().max().map_or(0, |&most| most as usize + 1);
    let mut sizes = vec![0; most];
    numbers.iter().for_each(|&number| sizes[number as usize] += 1);
    sizes
}

/// Returns the number of a name, in the order of first appearance.
pub(super) fn number<N: Eq + Hash>(numbers: &mut AHashMap<N, u32>, name: N) -> u32 {
    let next = numbers.len() as u32;
    *numbers.entry(name).or_insert(next)
}

fn ordered(a: u32, b: u32) -> (u32, u32) {
    (a.min(b), a.max(b))
}
