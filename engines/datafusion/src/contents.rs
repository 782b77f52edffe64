//! What tells the files of the inputs from others at the same paths.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use sha2::{Digest, Sha256};

/// A file: its path, its bytes, and when it was changed, as time since 1970.
type Found = (PathBuf, u64, Duration);

/// Describes the files of the inputs, by a hash of their paths, sizes and times of change, so that stages of other files are refused. What
/// is no local path, such as an object of a store that the session knows, is described by its name alone.
pub(crate) fn describe(inputs: &[PathBuf]) -> String {
    let mut files = Vec::new();
    for input in inputs {
        let before = files.len();
        if add(input, &mut files).is_err() {
            files.truncate(before);
            files.push((input.clone(), 0, Duration::ZERO));
        }
    }
    files.sort();
    let (mut hash, mut all) = (Sha256::new(), 0);
    for (path, bytes, changed) in &files {
        hash.update(format!("{path:?} {bytes} {}\n", changed.as_nanos()));
        all += bytes;
    }
    // It is stored, so that it must not depend on the version of Rust. Nobody gains from a collision.
    let hash: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{} files of {all} bytes, {hash} with their names and times of change", files.len())
}

fn add(path: &Path, files: &mut Vec<Found>) -> io::Result<()> {
    let found = fs::metadata(path)?;
    if found.is_dir() {
        return fs::read_dir(path)?.try_for_each(|entry| add(&entry?.path(), files));
    }
    let changed = found.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    files.push((path.into(), found.len(), changed));
    Ok(())
}
