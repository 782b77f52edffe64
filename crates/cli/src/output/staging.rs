//! A folder for unfinished files beside an output.

use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::lock::OutputLock;
use crate::interrupt::{self, Cleanup};

/// The beginning of the name of a staging folder; sixteen hexadecimal digits follow.
const PREFIX: &str = ".twinprint-";

/// Holds the lock of an output, and a folder beside it for files until they are complete. Both are removed with this value.
///
/// Unfinished files never have a name in the folder of the output. So whatever is there under the name of an output is complete, and
/// what a killed process leaves is in one folder, which its lock file names.
#[derive(Debug)]
pub(crate) struct Staging {
    folder: PathBuf,
    lock: OutputLock,
    _cleanup: Cleanup,
}

impl Staging {
    /// Takes the lock of an output; its file is in `beside` and has this name.
    pub(crate) fn begin(beside: &Path, lock: &str, output: &Path) -> Result<Self> {
        let _section = interrupt::section();
        let mut lock = OutputLock::take(beside.join(lock), output)?;
        let name = format!("{PREFIX}{}", random_id());
        let (folder, file) = (beside.join(&name), lock.path().to_path_buf());
        let cleanup = {
            let folder = folder.clone();
            Cleanup::new(move || {
                // A thread that was about to create a file in it can be in the way once, but not for long.
                let removed = (0..3).any(|_| fs::remove_dir_all(&folder).is_ok()) || !folder.exists();
                // The lock file says whose the folder is, so it outlives the folder.
                if removed {
                    let _ = fs::remove_file(file);
                }
                None
            })
        };
        lock.note(&name)?;
        fs::create_dir(&folder).with_context(|| folder.display().to_string())?;
        Ok(Self { folder, lock, _cleanup: cleanup })
    }

    /// Returns the path of an unfinished file of this name.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Returns whether a name beside the output is that of the lock file or of the staging folder.
    pub(crate) fn owns(&self, path: &Path) -> bool {
        path == self.lock.path() || path == self.folder
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // If this fails, the lock file would have to stay. A folder of temporary files is the smaller evil.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Returns whether this can be the name of a staging folder.
pub(super) fn is_staging_name(name: &str) -> bool {
    let random = name.strip_prefix(PREFIX);
    random.is_some_and(|random| random.len() == 16 && random.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Returns sixteen random hexadecimal digits.
pub(super) fn random_id() -> String {
    // The standard library seeds each `RandomState` from the operating system's random numbers.
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

/// Gives a complete file its final name. Replaces only regular files, and syncs the folder.
pub(super) fn publish(staged: &Path, target: &Path) -> Result<()> {
    refuse_irregular(target)?;
    fs::rename(staged, target)
        .and_then(|()| sync_folder(folder_of(target)))
        .with_context(|| target.display().to_string())
}

/// Syncs a folder and the folders in it. Its files are synced already.
pub(super) fn sync_folders(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_folders(&entry.path())?;
        }
    }
    sync_folder(folder)
}

/// Refuses to replace what is not a regular file.
pub(super) fn refuse_irregular(path: &Path) -> Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if !found.is_file() => {
            bail!("{}: this is not a regular file, so it is not replaced; choose another output", path.display())
        }
        _ => Ok(()),
    }
}

/// Makes the content of a file durable that another part of the program wrote.
pub(super) fn sync_file(path: &Path) -> io::Result<()> {
    File::options().write(true).open(path)?.sync_all()
}

/// Makes new names in a folder durable. Windows has no such operation, and needs none.
#[cfg(unix)]
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Returns the folder that a path is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
