//! Pairs counted by the documents that were drawn.

use std::collections::BTreeMap;

use super::Proportion;
use super::proportion::Halves;

/// Pairs of drawn documents, and how many of them are as wished.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    by_document: BTreeMap<u32, Halves>,
}

impl Tally {
    /// Counts a pair once, by those of its documents that were drawn.
    pub(super) fn add(&mut self, drawn: &[u32], is_part: bool) {
        let halves = if drawn.len() > 1 { 1 } else { 2 };
        for &document in drawn {
            let of_document = self.by_document.entry(document).or_default();
            of_document.whole += halves;
            of_document.part += if is_part { halves } else { 0 };
        }
    }

    /// The share of pairs.
    pub(super) fn pairs(&self, z: f64, complete: bool) -> Proportion {
        Proportion::of_pairs(&self.by_document.values().copied().collect::<Vec<_>>(), z, complete)
    }

    /// The share of documents that have a pair as wished, among those that have any.
    pub(super) fn documents(&self, z: f64, complete: bool) -> Proportion {
        let some = self.by_document.values().filter(|halves| halves.part > 0).count();
        Proportion::of_units(some as u64, self.by_document.len() as u64, z, complete)
    }
}
