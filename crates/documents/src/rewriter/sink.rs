//! What each format provides for writing records again.

use std::borrow::Cow;

use crate::batch::{Part, Record};
use crate::error::Error;
use crate::field_path::FieldPath;
use crate::output::Finished;

/// The new text of each text field of a record; `None` keeps the old one.
pub(super) type NewTexts = Vec<Option<String>>;

/// The text of each text field of a record; `None` if it is missing.
pub(super) type OldTexts<'a> = Vec<Option<Cow<'a, str>>>;

/// Pairs the records of a part that are written with their new texts.
pub(super) fn written<'a>(
    part: &'a Part,
    new: &'a [Option<NewTexts>],
) -> impl Iterator<Item = (&'a Record, &'a NewTexts)> {
    part.documents.iter().zip(new).filter_map(|(record, new)| Some((record, new.as_ref()?)))
}

/// Writes records in the format of the input.
pub(super) trait Sink {
    /// Returns the texts of the records of a part. Called only if there are several text fields.
    fn texts<'p>(&self, part: &'p Part, fields: &[FieldPath]) -> Result<Vec<OldTexts<'p>>, Error>;

    /// Writes the records of a part with their new texts. Leaves out those that have none.
    fn write(&mut self, part: &Part, fields: &[FieldPath], new: &[Option<NewTexts>]) -> Result<(), Error>;

    /// Completes the file, which is then only to be renamed.
    fn finish(self: Box<Self>) -> Result<Finished, Error>;
}
