//! Options of reading.

use crate::format::Format;

/// Configures how inputs are found and how bad ones are handled.
///
/// ```
/// use twinprint_documents::Options;
///
/// let options = Options { lossy: true, ..Options::default() };
/// assert!(!options.skip_bad);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Replaces bytes that are not UTF-8 by U+FFFD, instead of failing. Defaults to `false`.
    pub lossy: bool,
    /// Skips records that cannot be read and lists them as rejected, instead of failing. Defaults to `false`.
    pub skip_bad: bool,
    /// Allows several records to have the same id. Ids are then not remembered, so memory does not grow with the corpus. Defaults
    /// to `false`.
    pub repeated_ids: bool,
    /// Reads folders with all folders below them. Defaults to `false`.
    pub recursive: bool,
    /// The format of every file. Defaults to `None`, which detects it from the first bytes of a file and the extension of its name.
    pub format: Option<Format>,
}
