//! Document frequencies of shingles, counted exactly.

use ahash::RandomState;
use hashbrown::HashMap;

use super::CommonShingles;
use super::rule::min_count;
use crate::error::{Error, similarity};
use crate::scheme::{Scheme, SchemeId};
use crate::set::ShingleSet;

/// Counts how many documents of a source have each shingle.
///
/// It takes about 20 bytes for each different shingle. For a corpus of any size with many sources, see
/// [`BoilerplateSketch`](super::BoilerplateSketch).
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
    scheme: SchemeId,
    documents: u64,
    counts: HashMap<u64, u64, RandomState>,
}

impl ShingleCounts {
    /// Creates counts of nothing, for sets of this scheme.
    #[must_use]
    pub fn new(scheme: &Scheme) -> Self {
        Self { scheme: scheme.id(), documents: 0, counts: HashMap::with_hasher(RandomState::new()) }
    }

    /// Counts the shingles of one more document.
    ///
    /// Add each text once and leave copies out: what ten copies share is no boilerplate. An empty set counts as a
    /// document.
    pub fn add(&mut self, set: &ShingleSet) {
        self.add_document();
        for hash in set.as_slice() {
            self.add_shingle(*hash);
        }
    }

    /// Counts a document without its shingles.
    pub(super) fn add_document(&mut self) {
        self.documents += 1;
    }

    /// Counts one shingle of the last document. Returns whether it is new.
    pub(super) fn add_shingle(&mut self, hash: u64) -> bool {
        let count = self.counts.entry(hash).or_default();
        *count += 1;
        *count == 1
    }

    /// Returns the number of documents that were counted.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.documents
    }

    /// Returns the shingles that at least `min_documents` documents have, and at least this share of all documents.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the share is not greater than 0 and at most 1.
    ///
    /// The counts stay, so that several rules can be tried. Without documents, no shingle is common.
    pub fn common(&self, share: f64, min_documents: u64) -> Result<CommonShingles, Error> {
        similarity("share", share)?;
        Ok(self.common_from(min_documents.max(min_count(share, self.documents))))
    }

    /// Returns the shingles that at least `min_documents` documents have.
    pub(super) fn common_from(&self, min_documents: u64) -> CommonShingles {
        let common = self.counts.iter().filter(|(_, count)| **count >= min_documents);
        let hashes = common.map(|(hash, _)| *hash).collect();
        CommonShingles { scheme: self.scheme, documents: self.documents, min_documents, hashes }
    }
}
