//! What each format provides for writing records again.

use std::borrow::Cow;

use crate::batch::Part;
use crate::error::Error;
use crate::field_path::FieldPath;
use crate::output::Finished;

/// The new text of each text field of a record; `None` keeps the old one.
pub(super) type NewTexts = Vec<Option<String>>;

/// The text of each text field of a record; `None` if it is missing.
pub(super) type OldTexts<'a> = Vec<Option<Cow<'a, str>>>;

/// Writes records in the format of the input.
pub(super) trait Sink {
    /// Returns the texts of the records of a part. Called only if there are several text fields.
    fn texts<'p>(&self, part: &'p Part, fields: &[FieldPath]) -> Result<Vec<OldTexts<'p>>, Error>;

    /// Writes the records of a part with their new texts.
    fn write(&mut self, part: &Part, fields: &[FieldPath], new: &[NewTexts]) -> Result<(), Error>;

    /// Completes the file, which is then only to be renamed.
    fn finish(self: Box<Self>) -> Result<Finished, Error>;
}
