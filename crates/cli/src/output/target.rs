//! What an output on the command line names.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::staging::folder_of;

/// The place where an output goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Standard output.
    Standard,
    /// A pipe or a device, which is written to as it is.
    Stream(PathBuf),
    /// A regular file, or a name that is free. It is replaced when the new file is complete.
    File(PathBuf),
    /// A folder.
    Folder(PathBuf),
}

/// Names of standard output, besides `-`.
const STANDARD: [&str; 3] = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/// Links that are followed before they count as a circle, as in Linux.
const MAX_LINKS: usize = 40;

impl Target {
    /// Finds out what a path names. Follows links: the file that a link leads to is replaced, not the link.
    pub(crate) fn new(path: &Path) -> Result<Self> {
        let mut path = path.to_path_buf();
        if path.as_os_str() == "-" {
            return Ok(Self::Standard);
        }
        for _ in 0..MAX_LINKS {
            if STANDARD.iter().any(|standard| path.as_os_str() == *standard) {
                return Ok(Self::Standard);
            }
            let Ok(found) = fs::symlink_metadata(&path) else { return Ok(Self::File(path)) };
            if !found.is_symlink() {
                return of_file_type(path, found.file_type());
            }
            // Open files are links to names that may no longer exist, so their links are not followed by name.
            if folder_of(&path).ends_with("fd") && (path.starts_with("/dev") || path.starts_with("/proc")) {
                return Ok(Self::Stream(path));
            }
            let Ok(next) = fs::read_link(&path) else { return Ok(Self::File(path)) };
            path = folder_of(&path).join(next);
        }
        bail!("{}: there are too many links; choose another output", path.display())
    }

    /// Returns whether this is something to write to, not to replace.
    pub(crate) fn is_stream(&self) -> bool {
        matches!(self, Self::Standard | Self::Stream(_))
    }
}

fn of_file_type(path: PathBuf, file_type: fs::FileType) -> Result<Target> {
    if file_type.is_dir() {
        return Ok(Target::Folder(path));
    }
    if file_type.is_file() {
        return Ok(Target::File(path));
    }
    #[cfg(unix)]
    if std::os::unix::fs::FileTypeExt::is_block_device(&file_type) {
        bail!("{}: this is a disk, whose content would be lost; choose another output", path.display());
    }
    Ok(Target::Stream(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(path: impl AsRef<Path>) -> Target {
        Target::new(path.as_ref()).expect("sound")
    }

    #[test]
    fn an_output_is_a_file_a_folder_or_a_stream() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        assert_eq!(target(&file), Target::File(file.clone()));
        fs::write(&file, "").expect("written");
        assert_eq!(target(&file), Target::File(file));
        assert_eq!(target(folder.path()), Target::Folder(folder.path().into()));
        assert_eq!(target("-"), Target::Standard);
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_to_what_is_replaced() {
        use std::os::unix::fs::symlink;

        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        symlink("second", path("first")).expect("linked");
        symlink(path("file"), path("second")).expect("linked");
        assert_eq!(target(path("first")), Target::File(path("file")), "it does not exist yet");
        symlink("circle", path("circle")).expect("linked");
        assert!(Target::new(&path("circle")).is_err());
        symlink("/dev/null", path("null")).expect("linked");
        assert_eq!(target(path("null")), Target::Stream("/dev/null".into()));
        for standard in STANDARD {
            assert_eq!(target(standard), Target::Standard);
        }
    }
}
