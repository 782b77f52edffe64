//! What tells the files of the inputs from others at the same paths.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// The files of the inputs, all together.
#[derive(Clone, Copy, Debug, Default)]
struct Contents {
    files: u64,
    bytes: u64,
    /// When the last of them was changed, in nanoseconds since 1970.
    changed: u128,
}

/// Describes the files of the inputs: a folder that has stages of other contents is not gone on with. Inputs that are no local paths,
/// such as those of a store that the session knows, are described as such.
pub(crate) fn describe(inputs: &[PathBuf]) -> String {
    let mut contents = Contents::default();
    match inputs.iter().try_for_each(|input| contents.add(input)) {
        Ok(()) => {
            let Contents { files, bytes, changed } = contents;
            format!(
                "{files} files of {bytes} bytes, changed last at {}.{:09}",
                changed / 1_000_000_000,
                changed % 1_000_000_000
            )
        }
        Err(_) => "not on local disks".into(),
    }
}

impl Contents {
    fn add(&mut self, path: &Path) -> io::Result<()> {
        let found = fs::metadata(path)?;
        if found.is_dir() {
            return fs::read_dir(path)?.try_for_each(|entry| self.add(&entry?.path()));
        }
        let changed = found.modified()?.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        self.files += 1;
        self.bytes += found.len();
        self.changed = self.changed.max(changed);
        Ok(())
    }
}
