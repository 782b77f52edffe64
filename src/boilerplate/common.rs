//! The common shingles of one source.

use crate::error::{Error, Mismatch};
use crate::mix::token_hash;
use crate::scheme::{Scheme, SchemeId};
use crate::set::ShingleSet;

/// Holds the shingles that are removed from the documents of a source before signatures are made.
///
/// It is a plain value, to be stored beside the signatures. A signature made without these shingles does not
/// compare well with one made with them, and nothing in the two shows it. So store the [id](Self::id) with the
/// signatures.
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::boilerplate::ShingleCounts;
///
/// let scheme = Scheme::builder().words(1).build()?;
/// let shingler = scheme.shingler()?;
/// let mut counts = ShingleCounts::new(&scheme);
/// ["log in now", "log in here", "log in, then read"].iter().for_each(|text| counts.add(&shingler.set(text)));
/// let common = counts.common(0.6, 2)?;
/// assert_eq!((common.len(), common.documents(), common.min_documents()), (2, 3, 2));
/// assert_eq!(common.remove_from(&scheme, &shingler.set("log in"))?.len(), 0);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "StoredCommonShingles", into = "StoredCommonShingles"))]
pub struct CommonShingles {
    pub(super) scheme: SchemeId,
    pub(super) documents: u64,
    pub(super) min_documents: u64,
    pub(super) hashes: ShingleSet,
}

impl CommonShingles {
    /// Returns the number of common shingles.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Returns whether no shingle is common.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Returns the id of the scheme that made the shingles.
    #[must_use]
    pub fn scheme_id(&self) -> SchemeId {
        self.scheme
    }

    /// Returns the number of documents that were counted.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.documents
    }

    /// Returns the least number of documents that have a common shingle: the greater of the rule's number and of its
    /// share of all documents, rounded up.
    #[must_use]
    pub fn min_documents(&self) -> u64 {
        self.min_documents
    }

    /// Returns an id of the scheme, the rule and the shingles. Equal values have equal ids on every machine.
    #[must_use]
    pub fn id(&self) -> String {
        let numbers = [self.documents, self.min_documents];
        let numbers = numbers.iter().chain(self.hashes.as_slice()).flat_map(|number| number.to_le_bytes());
        let bytes: Vec<u8> = self.scheme.to_string().bytes().chain([0]).chain(numbers).collect();
        format!("{:016x}", token_hash(&bytes))
    }

    /// Returns the shingles of a document without the common ones.
    ///
    /// A document of nothing but boilerplate keeps none, and matches nothing. It takes O(n log m) time for a set of `n`
    /// and `m` common shingles.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if the shingles were counted under another scheme.
    pub fn remove_from(&self, scheme: &Scheme, set: &ShingleSet) -> Result<ShingleSet, Error> {
        check_scheme(self.scheme, scheme)?;
        Ok(self.without(set))
    }

    /// Returns the elements of a set that are not common.
    pub(super) fn without(&self, set: &ShingleSet) -> ShingleSet {
        let is_own = |hash: &u64| self.hashes.as_slice().binary_search(hash).is_err();
        set.as_slice().iter().copied().filter(is_own).collect()
    }
}

/// Fails if shingles were counted under another scheme than this one.
pub(super) fn check_scheme(counted: SchemeId, scheme: &Scheme) -> Result<(), Error> {
    let id = scheme.id();
    if id != counted {
        return Err(Mismatch { field: "scheme id", left: counted.to_string(), right: id.to_string() }.into());
    }
    Ok(())
}

/// The fields as stored. Hashes are sorted again when they are read.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredCommonShingles {
    scheme: SchemeId,
    documents: u64,
    min_documents: u64,
    hashes: Vec<u64>,
}

#[cfg(feature = "serde")]
impl From<StoredCommonShingles> for CommonShingles {
    fn from(stored: StoredCommonShingles) -> Self {
        let StoredCommonShingles { scheme, documents, min_documents, hashes } = stored;
        Self { scheme, documents, min_documents, hashes: hashes.into() }
    }
}

#[cfg(feature = "serde")]
impl From<CommonShingles> for StoredCommonShingles {
    fn from(common: CommonShingles) -> Self {
        let CommonShingles { scheme, documents, min_documents, hashes } = common;
        Self { scheme, documents, min_documents, hashes: hashes.as_slice().to_vec() }
    }
}
