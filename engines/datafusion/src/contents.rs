//! What tells the files of the inputs from others at the same paths.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file: its path, its bytes, and when it was changed.
type Found = (PathBuf, u64, SystemTime);

/// Describes the files of the inputs, by a hash of their paths, sizes and times of change: a folder that has stages of other files is not
/// gone on with. What is no local path, such as an object of a store that the session knows, is described by its name alone.
pub(crate) fn describe(inputs: &[PathBuf]) -> String {
    let mut files = Vec::new();
    for input in inputs {
        let before = files.len();
        if add(input, &mut files).is_err() {
            files.truncate(before);
            files.push((input.clone(), 0, SystemTime::UNIX_EPOCH));
        }
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    files.hash(&mut hasher);
    let bytes: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
    format!("{} files of {bytes} bytes, {:016x} with their names and times of change", files.len(), hasher.finish())
}

fn add(path: &Path, files: &mut Vec<Found>) -> io::Result<()> {
    let found = fs::metadata(path)?;
    if found.is_dir() {
        return fs::read_dir(path)?.try_for_each(|entry| add(&entry?.path(), files));
    }
    files.push((path.into(), found.len(), found.modified()?));
    Ok(())
}
