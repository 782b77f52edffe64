//! What each format provides for writing kept and removed records.

use super::decision::DuplicateOf;
use crate::batch::{Part, Record};
use crate::error::Error;
use crate::output::Finished;

/// The fields or columns that removed records get, the last three only if passages are written.
const DUPLICATE_FIELDS: [&str; 6] =
    ["duplicate_of", "jaccard", "containment", "passage_start", "passage_end", "passage_share"];

/// Returns the fields or columns that removed records get.
pub(super) fn duplicate_fields(passages: bool) -> &'static [&'static str] {
    if passages { &DUPLICATE_FIELDS } else { &DUPLICATE_FIELDS[..3] }
}

/// Writes records in the format of the input.
pub(super) trait Sink {
    /// Writes the records of a part: kept if there is no duplicate for it, or else removed.
    fn write(&mut self, part: &Part, duplicates: &[Option<DuplicateOf>]) -> Result<(), Error>;

    /// Completes both files, which are then only to be renamed: kept, and removed.
    fn finish(self: Box<Self>) -> Result<[Finished; 2], Error>;
}

/// Pairs the records of a part with what they duplicate.
pub(super) fn with_duplicates<'a>(
    part: &'a Part,
    duplicates: &'a [Option<DuplicateOf>],
) -> impl Iterator<Item = (&'a Record, Option<&'a DuplicateOf>)> {
    part.documents.iter().zip(duplicates.iter().map(Option::as_ref))
}
