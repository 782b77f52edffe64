//! Counts of pairs by drawn document.

use std::collections::BTreeMap;

use super::Proportion;
use super::proportion::Halves;

/// Counts the pairs of each drawn document, and how many of them have a property, such as being found.
///
/// Counts are kept by document, because documents were drawn and not pairs: the variance of a proportion of pairs
/// is that between documents.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    by_document: BTreeMap<u32, Halves>,
}

impl Tally {
    /// Counts a pair once, given those of its documents that were drawn. `is_part` says whether it has the property.
    ///
    /// A pair of two drawn documents counts half for each, so that the sum over documents is the number of pairs.
    pub(super) fn add(&mut self, drawn: &[u32], is_part: bool) {
        let halves = if drawn.len() > 1 { 1 } else { 2 };
        for &document in drawn {
            let of_document = self.by_document.entry(document).or_default();
            of_document.whole += halves;
            of_document.part += if is_part { halves } else { 0 };
        }
    }

    /// Returns the proportion of pairs that have the property.
    pub(super) fn pairs(&self, z: f64, complete: bool) -> Proportion {
        Proportion::from_pairs(&self.by_document.values().copied().collect::<Vec<_>>(), z, complete)
    }

    /// Returns the proportion of documents that have a pair with the property, among those that have any pair.
    pub(super) fn documents(&self, z: f64, complete: bool) -> Proportion {
        let some = self.by_document.values().filter(|halves| halves.part > 0).count();
        Proportion::from_units(some as u64, self.by_document.len() as u64, z, complete)
    }
}
