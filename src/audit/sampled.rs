//! The documents of the sample, and the search for those that a document is similar to.

use ahash::AHashMap;
use smallvec::SmallVec;

use crate::set::{Overlap, ShingleSet};

/// The distinct sets of the sample, and an index from shingles to them.
///
/// Not all shingles are indexed, by the prefix filter (S. Chaudhuri, V. Ganti, R. Kaushik, "A primitive operator for
/// similarity joins in data cleaning", 2006). A set that reaches threshold `t` with set A shares at least `t |A|`
/// elements with it, so at least one of any `|A| - ceil(t |A|) + 1` elements of A. The index holds those that are rarest
/// in the sample, so that shingles that all texts share make no candidates.
#[derive(Clone, Debug)]
pub(super) struct Sampled {
    threshold: f64,
    /// The documents of the sample by number, each with the number of its set, or `None` if the set is empty.
    documents: Vec<(u32, Option<u32>)>,
    sets: Vec<DistinctSet>,
    index: AHashMap<u64, SmallVec<[u32; 2]>>,
}

/// Holds a set and the documents that have it. Copies of one text are searched for once.
#[derive(Clone, Debug)]
struct DistinctSet {
    elements: ShingleSet,
    /// The documents of the sample that have the set, ascending.
    members: SmallVec<[u32; 2]>,
}

/// A document that reaches the threshold with a set of the sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TruePair {
    /// The number of the set.
    pub(super) set: u32,
    /// The number of the document.
    pub(super) document: u32,
    pub(super) jaccard: f64,
}

impl TruePair {
    pub(super) fn order(&self, other: &Self) -> std::cmp::Ordering {
        (self.set, self.document).cmp(&(other.set, other.document))
    }
}

impl Sampled {
    /// Indexes the documents of a sample.
    pub(super) fn new(documents: Vec<(u32, ShingleSet)>, threshold: f64) -> Self {
        let mut numbers: AHashMap<ShingleSet, u32> = AHashMap::new();
        let mut sets: Vec<DistinctSet> = Vec::new();
        let mut set_of = |document, elements: ShingleSet| {
            if elements.is_empty() {
                return (document, None);
            }
            let set = *numbers.entry(elements).or_insert_with_key(|elements| {
                sets.push(DistinctSet { elements: elements.clone(), members: SmallVec::new() });
                sets.len() as u32 - 1
            });
            sets[set as usize].members.push(document);
            (document, Some(set))
        };
        let documents = documents.into_iter().map(|(document, elements)| set_of(document, elements)).collect();
        let index = index_of(&sets, threshold);
        Self { threshold, documents, sets, index }
    }

    /// Returns the number of documents that were drawn, empty ones included.
    pub(super) fn drawn(&self) -> usize {
        self.documents.len()
    }

    /// Returns whether a document was drawn.
    pub(super) fn contains(&self, document: u32) -> bool {
        self.place(document).is_some()
    }

    /// Returns the set of a document if it was drawn and is not empty.
    pub(super) fn set_of(&self, document: u32) -> Option<u32> {
        self.place(document).and_then(|place| self.documents[place].1)
    }

    fn place(&self, document: u32) -> Option<usize> {
        self.documents.binary_search_by_key(&document, |(number, _)| *number).ok()
    }

    /// Returns the documents of the sample that have this set.
    pub(super) fn members(&self, set: u32) -> &[u32] {
        &self.sets[set as usize].members
    }

    /// Finds the sets that a document reaches the threshold with. Its elements ascend without repeats.
    ///
    /// Candidates are the sets with an indexed element in common with the document, each of which is compared exactly.
    /// It takes one look-up for each element, and a merge for each candidate.
    pub(super) fn similar_to(&self, document: u32, elements: &[u64]) -> Vec<TruePair> {
        let mut candidates: Vec<u32> =
            elements.iter().filter_map(|element| self.index.get(element)).flatten().copied().collect();
        candidates.sort_unstable();
        candidates.dedup();
        let verify = |set: u32| {
            let of_sample = self.sets[set as usize].elements.as_slice();
            let overlap = Overlap::from_sorted_at_least(of_sample, elements, self.threshold)?;
            (overlap.jaccard() >= self.threshold).then_some(TruePair { set, document, jaccard: overlap.jaccard() })
        };
        candidates.into_iter().filter_map(verify).collect()
    }
}

/// Indexes the prefix of each set, the rarest elements first.
///
/// Frequencies are those in the sample, which costs no pass over the corpus. They need not be exact: any order of
/// elements gives a correct prefix, and a better one only fewer candidates.
fn index_of(sets: &[DistinctSet], threshold: f64) -> AHashMap<u64, SmallVec<[u32; 2]>> {
    let mut frequency: AHashMap<u64, u32> = AHashMap::new();
    for &element in sets.iter().flat_map(|set| set.elements.as_slice()) {
        *frequency.entry(element).or_default() += 1;
    }
    let mut index: AHashMap<u64, SmallVec<[u32; 2]>> = AHashMap::new();
    for (number, set) in (0..).zip(sets) {
        let mut rarest_first = set.elements.as_slice().to_vec();
        rarest_first.sort_by_cached_key(|element| (frequency.get(element).copied(), *element));
        rarest_first.truncate(prefix(rarest_first.len(), threshold));
        for element in rarest_first {
            index.entry(element).or_default().push(number);
        }
    }
    index
}

/// Returns how many elements of a set form its prefix: `|A| - ceil(t |A|) + 1`, and one more to be safe from
/// rounding.
fn prefix(elements: usize, threshold: f64) -> usize {
    let shared = ((threshold * elements as f64).ceil() as usize).saturating_sub(1).max(1);
    elements - shared.min(elements) + 1
}
