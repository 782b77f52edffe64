//! The common shingles of a corpus, source by source.

use std::collections::BTreeMap;

use super::CommonShingles;
use super::common::check_scheme;
use crate::error::Error;
#[cfg(feature = "serde")]
use crate::error::Mismatch;
use crate::mix::token_hash;
use crate::scheme::{Scheme, SchemeId};
use crate::set::ShingleSet;

/// Holds the shingles that are removed from a corpus, source by source; made by
/// [`BoilerplateSketch`](super::BoilerplateSketch), which has an example.
///
/// It takes 8 bytes for each common shingle of each source. Store it beside the signatures that were made with it,
/// or at least its [`id`](Self::id).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredBoilerplate"))]
pub struct Boilerplate {
    pub(super) scheme: SchemeId,
    pub(super) sources: BTreeMap<u64, CommonShingles>,
}

impl Boilerplate {
    /// Returns the common shingles of a source, or `None` if no document of it was counted.
    #[must_use]
    pub fn of_source(&self, source: u64) -> Option<&CommonShingles> {
        self.sources.get(&source)
    }

    /// Yields all sources by number, each with its common shingles.
    pub fn sources(&self) -> impl Iterator<Item = (u64, &CommonShingles)> + '_ {
        self.sources.iter().map(|(source, common)| (*source, common))
    }

    /// Returns the id of the scheme that made the shingles.
    #[must_use]
    pub fn scheme_id(&self) -> SchemeId {
        self.scheme
    }

    /// Returns an id of the scheme and of the common shingles of every source. Equal values have equal ids on every
    /// machine.
    ///
    /// Signatures of one scheme are comparable only if the same shingles were removed, so compare the ids first.
    #[must_use]
    pub fn id(&self) -> String {
        let of_source = |(source, common): (&u64, &CommonShingles)| format!("{source:016x}{}", common.id());
        let text: String = self.sources.iter().map(of_source).collect();
        format!("{:016x}", token_hash(format!("{}\n{text}", self.scheme).as_bytes()))
    }

    /// Returns the shingles of a document without those that are common in its source.
    ///
    /// A document of nothing but boilerplate keeps none, and matches nothing. The set of a source that was not counted
    /// comes back as it is. The set must be made with the scheme that was counted with; [`check`](Self::check) tells
    /// whether it is that one.
    ///
    /// It takes O(n log m) time for a set of `n` and `m` common shingles.
    #[must_use]
    pub fn remove_from(&self, source: u64, set: &ShingleSet) -> ShingleSet {
        match self.of_source(source) {
            Some(common) if !common.is_empty() => common.without(set),
            _ => set.clone(),
        }
    }

    /// Checks that the shingles were counted under this scheme.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if they were not.
    ///
    /// Call it once before [`remove_from`](Self::remove_from) is called for many sets:
    ///
    /// ```
    /// use twinprint::Scheme;
    /// use twinprint::boilerplate::{BoilerplateRule, BoilerplateSketch};
    ///
    /// let counted = BoilerplateSketch::new(&Scheme::news(), BoilerplateRule::new(0.5, 3)?, 1 << 20);
    /// let boilerplate = counted.finish().finish()?;
    /// assert!(boilerplate.check(&Scheme::news()).is_ok());
    /// assert!(boilerplate.check(&Scheme::builder().words(7).build()?).is_err());
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    pub fn check(&self, scheme: &Scheme) -> Result<(), Error> {
        check_scheme(self.scheme, scheme)
    }
}

/// The fields as stored, before they are checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredBoilerplate {
    scheme: SchemeId,
    sources: BTreeMap<u64, CommonShingles>,
}

#[cfg(feature = "serde")]
impl TryFrom<StoredBoilerplate> for Boilerplate {
    type Error = Error;

    fn try_from(stored: StoredBoilerplate) -> Result<Self, Error> {
        let StoredBoilerplate { scheme, sources } = stored;
        match sources.values().find(|common| common.scheme != scheme) {
            Some(other) => {
                Err(Mismatch { field: "scheme id", left: scheme.to_string(), right: other.scheme.to_string() }.into())
            }
            None => Ok(Self { scheme, sources }),
        }
    }
}
