//! The positions of one signature, and the mark of an empty set.

use crate::error::Error;

/// The value of every position in the signature of an empty set, and of no position in another signature.
pub(crate) const EMPTY: u32 = u32::MAX;

/// Returns whether a row is the signature of an empty set. One position tells, because all or none are [`EMPTY`].
pub(crate) fn is_empty(row: &[u32]) -> bool {
    row.first() == Some(&EMPTY)
}

/// Checks that all positions of a row are [`EMPTY`], or none, as in every signature that a hasher makes.
pub(super) fn check(row: &[u32]) -> Result<(), Error> {
    let marks = row.iter().filter(|&&value| value == EMPTY).count();
    if marks == 0 || marks == row.len() {
        return Ok(());
    }
    Err(Error::OutOfRange {
        field: "values",
        value: format!("4294967295 at {marks} of {} positions", row.len()),
        expected: "4294967295 at all positions, for an empty set, or at none",
    })
}
