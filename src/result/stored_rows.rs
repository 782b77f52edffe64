//! Rows of results as they are stored: what is called a copy must have the set of one.

use super::{Member, Pair};
use crate::error::Error;
use crate::set::Overlap;

/// The fields of a [`Pair`], not yet checked.
#[derive(serde::Deserialize)]
pub(super) struct StoredPair<D> {
    left: D,
    right: D,
    overlap: Overlap,
    #[serde(default)]
    same_text: bool,
}

/// The fields of a [`Member`], not yet checked.
#[derive(serde::Deserialize)]
pub(super) struct StoredMember<D> {
    document: D,
    representative: D,
    overlap: Option<Overlap>,
    #[serde(default)]
    same_text: bool,
}

impl<D> TryFrom<StoredPair<D>> for Pair<D> {
    type Error = Error;

    fn try_from(StoredPair { left, right, overlap, same_text }: StoredPair<D>) -> Result<Self, Error> {
        check_copies(same_text, Some(overlap))?;
        Ok(Self { left, right, overlap, same_text })
    }
}

impl<D> TryFrom<StoredMember<D>> for Member<D> {
    type Error = Error;

    fn try_from(stored: StoredMember<D>) -> Result<Self, Error> {
        let StoredMember { document, representative, overlap, same_text } = stored;
        check_copies(same_text, overlap)?;
        Ok(Self { document, representative, overlap, same_text })
    }
}

/// Fails if what is said to be copies has different sets.
fn check_copies(same_text: bool, overlap: Option<Overlap>) -> Result<(), Error> {
    let has_equal_sets = overlap.is_some_and(|both| both.shared() == both.left().max(both.right()));
    if same_text && !has_equal_sets {
        let (value, expected) = ("true".to_string(), "false for documents with different sets");
        return Err(Error::OutOfRange { field: "same_text", value, expected });
    }
    Ok(())
}
