//! How to read.

use crate::formats::Format;

/// How to deal with input that is not as it should be, and what input is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Bytes that are not UTF-8 become replacement characters, instead of an error.
    pub lossy: bool,
    /// Records that cannot be read are set aside and counted, instead of an error.
    pub skip_bad: bool,
    /// Ids may repeat, and are not remembered: reading takes the same memory however long the corpus is.
    pub repeated_ids: bool,
    /// Folders are read with all that is inside of them.
    pub recursive: bool,
    /// The format of every file; `None` finds out by the first bytes and the ending of its name.
    pub format: Option<Format>,
}
