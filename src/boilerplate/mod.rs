//! Shingles that are too common in a source to tell its texts apart.

mod sources;

use ahash::RandomState;
use hashbrown::HashMap;

use crate::error::{Error, Mismatch, similarity};
use crate::mix::token_hash;
use crate::scheme::Scheme;
use crate::set::ShingleSet;
pub use sources::{Boilerplate, BoilerplateCounts, BoilerplateRule, BoilerplateSketch};

/// How many documents of a source have each shingle. About 20 bytes a different shingle while it counts; for a corpus
/// of any size, and source by source, see [`BoilerplateSketch`].
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::boilerplate::ShingleCounts;
///
/// let scheme = Scheme::news();
/// let shingler = scheme.shingler()?;
/// let mut counts = ShingleCounts::new(&scheme);
/// let sets = ["rain", "sun", "fog"].map(|word| shingler.set(&format!("Weather for the coast today: {word}")));
/// sets.iter().for_each(|set| counts.add(set));
/// let common = counts.common(0.5, 3)?;
/// assert_eq!(common.len(), 3);
/// let left = common.remove_from(&scheme, &sets[0])?;
/// assert_eq!((left.len(), sets[0].jaccard(&sets[1])), (1, 0.6));
/// assert_eq!(left.jaccard(&common.remove_from(&scheme, &sets[1])?), 0.0);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ShingleCounts {
    scheme: String,
    documents: u64,
    counts: HashMap<u64, u64, RandomState>,
}

impl ShingleCounts {
    /// Counts for sets of one scheme.
    #[must_use]
    pub fn new(scheme: &Scheme) -> Self {
        Self { scheme: scheme.id(), documents: 0, counts: HashMap::with_hasher(RandomState::new()) }
    }

    /// Counts the shingles of one more document.
    pub fn add(&mut self, set: &ShingleSet) {
        self.documents += 1;
        for hash in set.as_slice() {
            *self.counts.entry(*hash).or_default() += 1;
        }
    }

    /// Documents counted.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.documents
    }

    /// The shingles that at least the share `share` of the documents have, and at least `min_documents` of them.
    ///
    /// Count each text once, copies not at all: what ten copies share is no boilerplate.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] where the share is not within 0 (exclusive) to 1.
    pub fn common(&self, share: f64, min_documents: u64) -> Result<CommonShingles, Error> {
        similarity("share", share)?;
        Ok(self.common_from(min_documents.max(share_of(share, self.documents))))
    }

    /// The shingles that at least so many documents have.
    fn common_from(&self, min_documents: u64) -> CommonShingles {
        let common = self.counts.iter().filter(|(_, count)| **count >= min_documents);
        let hashes = common.map(|(hash, _)| *hash).collect();
        CommonShingles { scheme: self.scheme.clone(), documents: self.documents, min_documents, hashes }
    }
}

/// The fewest of some documents that are at least this share of them.
fn share_of(share: f64, documents: u64) -> u64 {
    let least = (share * documents as f64).ceil() as u64;
    // A product that is rounded up by a hair is one too many: 0.07 of 100 are 7.
    let is_enough = |count: u64| count as f64 / documents as f64 >= share;
    if least > 0 && is_enough(least - 1) { least - 1 } else { least }
}

/// The shingles to leave out of a source's documents before signatures are made: a plain value, to be stored beside
/// them.
///
/// Signatures with and without these do not compare well, and do not show it. Store the [id](Self::id) with them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Stored", into = "Stored"))]
pub struct CommonShingles {
    scheme: String,
    documents: u64,
    min_documents: u64,
    hashes: ShingleSet,
}

impl CommonShingles {
    /// How many shingles are left out.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// The id of the scheme of its shingles.
    #[must_use]
    pub fn scheme_id(&self) -> &str {
        &self.scheme
    }

    /// Documents that were counted.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.documents
    }

    /// A shingle of so many documents is common.
    #[must_use]
    pub fn min_documents(&self) -> u64 {
        self.min_documents
    }

    /// An id of all of this: scheme, rule and shingles. Equal values have equal ids on every machine.
    #[must_use]
    pub fn id(&self) -> String {
        let numbers = [self.documents, self.min_documents];
        let numbers = numbers.iter().chain(self.hashes.as_slice()).flat_map(|number| number.to_le_bytes());
        let bytes: Vec<u8> = self.scheme.bytes().chain([0]).chain(numbers).collect();
        format!("{:016x}", token_hash(&bytes))
    }

    /// A document's shingles without the common ones. A document of nothing but boilerplate keeps none, and matches
    /// nothing.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the scheme is not the one that was counted with.
    pub fn remove_from(&self, scheme: &Scheme, set: &ShingleSet) -> Result<ShingleSet, Error> {
        let id = scheme.id();
        if id != self.scheme {
            return Err(Mismatch { field: "scheme id", left: self.scheme.clone(), right: id }.into());
        }
        Ok(self.rest_of(set))
    }

    fn rest_of(&self, set: &ShingleSet) -> ShingleSet {
        let is_own = |hash: &u64| self.hashes.as_slice().binary_search(hash).is_err();
        set.as_slice().iter().copied().filter(is_own).collect()
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    scheme: String,
    documents: u64,
    min_documents: u64,
    hashes: Vec<u64>,
}

#[cfg(feature = "serde")]
impl From<Stored> for CommonShingles {
    fn from(stored: Stored) -> Self {
        let Stored { scheme, documents, min_documents, hashes } = stored;
        Self { scheme, documents, min_documents, hashes: hashes.into() }
    }
}

#[cfg(feature = "serde")]
impl From<CommonShingles> for Stored {
    fn from(common: CommonShingles) -> Self {
        let CommonShingles { scheme, documents, min_documents, hashes } = common;
        Self { scheme, documents, min_documents, hashes: hashes.as_slice().to_vec() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn set(elements: impl IntoIterator<Item = u64>) -> ShingleSet {
        elements.into_iter().collect()
    }

    #[test]
    fn another_scheme_is_refused() {
        let common = ShingleCounts::new(&Scheme::news()).common(0.5, 1).expect("valid");
        let refused = common.remove_from(&Scheme::web(), &set([1]));
        assert!(matches!(refused, Err(Error::Mismatch(Mismatch { field: "scheme id", .. }))));
        assert!(ShingleCounts::new(&Scheme::news()).common(0.0, 1).is_err());
    }

    #[test]
    fn a_share_is_exact() {
        for (share, documents, least) in
            [(0.07, 100, 7), (0.14, 100, 14), (0.28, 100, 28), (0.55, 100, 55), (0.071, 100, 8)]
        {
            assert_eq!(share_of(share, documents), least, "{share}");
        }
        for documents in 1..300 {
            for part in 1..=documents {
                assert_eq!(share_of(part as f64 / documents as f64, documents), part);
            }
        }
        assert_eq!((share_of(0.5, 0), share_of(1.0, 3), share_of(0.01, 3)), (0, 3, 1));
    }

    #[test]
    fn the_id_names_the_rule_and_the_shingles() {
        let mut counts = ShingleCounts::new(&Scheme::news());
        counts.add(&set([1, 2]));
        counts.add(&set([1, 3]));
        let (one, all) = (counts.common(1.0, 1).expect("valid"), counts.common(0.5, 1).expect("valid"));
        assert_eq!((one.len(), all.len(), one.documents(), one.min_documents()), (1, 3, 2, 2));
        assert_ne!(one.id(), all.id());
        assert_eq!(one.id(), counts.common(0.9, 2).expect("valid").id());
    }

    proptest! {
        #[test]
        fn it_is_what_counting_gives(
            documents in prop::collection::vec(prop::collection::btree_set(0_u64..20, 0..15), 1..12),
            share in 0.05_f64..=1.0,
            least in 0_u64..6,
        ) {
            let scheme = Scheme::news();
            let (mut counts, mut naive) = (ShingleCounts::new(&scheme), BTreeMap::new());
            for document in &documents {
                counts.add(&set(document.iter().copied()));
                document.iter().for_each(|hash| *naive.entry(*hash).or_insert(0_u64) += 1);
            }
            let common = counts.common(share, least).expect("valid");
            for document in &documents {
                let rare = |hash: &u64| naive[hash] < least || (naive[hash] as f64) < share * documents.len() as f64;
                let expected = set(document.iter().copied().filter(rare));
                prop_assert_eq!(common.remove_from(&scheme, &set(document.iter().copied())), Ok(expected));
            }
        }
    }
}
