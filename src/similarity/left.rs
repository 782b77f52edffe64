//! A document that is compared with many others, one after the other.

use super::Document;
use super::measure::shared_at_least;
use super::table::Table;

/// A document on the left of candidate pairs. After a few of them its set is put into a table, in which the elements of the
/// others are looked up: less work than to merge, and none of it waits for the step before.
pub(crate) struct Left<'a> {
    pub(super) document: Document<'a>,
    compared: u32,
    table: Option<Table>,
}

/// Comparisons after which there are so many that a table is worth its making.
const FEW: u32 = 3;

impl<'a> Left<'a> {
    pub(crate) fn new(document: Document<'a>) -> Self {
        Self { document, compared: 0, table: None }
    }

    /// How many elements the sets share, or `None` where these are fewer than `least`.
    pub(super) fn shared_at_least(&mut self, right: &[u64], least: usize) -> Option<usize> {
        self.compared = self.compared.saturating_add(1);
        if self.compared == FEW {
            self.table = Table::of(self.document.set);
        }
        match &self.table {
            Some(table) => table.shared_at_least(right, least),
            None => shared_at_least(self.document.set, right, least),
        }
    }
}
