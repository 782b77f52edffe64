//! Files of a corpus.

use std::path::PathBuf;

/// A file, and the id of the document if the whole file is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) name: String,
}

/// Returns the path of a file as text, by the number of the file, counted from 1.
#[cfg(feature = "formats")]
pub(crate) fn path_of(sources: &[Source], number: u64) -> String {
    let source = usize::try_from(number).ok().and_then(|number| sources.get(number.checked_sub(1)?));
    source.map(|source| source.path.display().to_string()).unwrap_or_default()
}
