//! The work folder of a run.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::interrupt::TemporaryFolder;

/// The folder for the files of the join.
pub(super) enum WorkDir {
    /// A folder that the user named with `--work`, or that belongs to the output folder. It outlives the process.
    Named(PathBuf),
    /// A folder that is removed with this value.
    Temporary(TemporaryFolder),
}

impl WorkDir {
    /// Takes the named folder, or makes a temporary one.
    pub(super) fn new(named: Option<PathBuf>) -> Result<Self> {
        Ok(match named {
            Some(folder) => Self::Named(folder),
            None => Self::Temporary(TemporaryFolder::new()?),
        })
    }

    /// Returns whether the folder outlives the process.
    pub(super) fn is_kept(&self) -> bool {
        matches!(self, Self::Named(_))
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Named(folder) => folder,
            Self::Temporary(folder) => folder.path(),
        }
    }
}
