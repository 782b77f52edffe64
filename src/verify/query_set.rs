//! The left side of candidates: a document that is compared with many others in turn.

use super::cuckoo::CuckooSet;
use crate::set::shared_at_least;

/// The signature of a document and the sorted set that it was made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SignedSet<'a> {
    pub(crate) row: &'a [u32],
    pub(crate) set: &'a [u64],
}

/// A document on the left of candidate pairs.
///
/// After a few comparisons its set becomes a hash table, in which the elements of the others are looked up. That is less
/// work than a merge, and no lookup waits for the one before.
pub(crate) struct QuerySet<'a> {
    pub(super) signed: SignedSet<'a>,
    compared: u32,
    table: Option<CuckooSet>,
}

/// The number of comparisons after which a table pays off.
const TABLE_AFTER: u32 = 3;

impl<'a> QuerySet<'a> {
    pub(crate) fn new(signed: SignedSet<'a>) -> Self {
        Self { signed, compared: 0, table: None }
    }

    /// Returns how many elements the sets share, or `None` if these are fewer than `least`.
    pub(super) fn shared_at_least(&mut self, right: &[u64], least: usize) -> Option<usize> {
        self.compared = self.compared.saturating_add(1);
        if self.compared == TABLE_AFTER {
            self.table = CuckooSet::new(self.signed.set);
        }
        match &self.table {
            Some(table) => table.shared_at_least(right, least),
            None => shared_at_least(self.signed.set, right, least),
        }
    }
}
