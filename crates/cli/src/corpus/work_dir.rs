//! The work folder of a run.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;

/// The folder for the files of the join.
pub(super) enum WorkDir {
    /// A folder that the user named with `--work`, or that belongs to the output folder. It outlives the process.
    Named(PathBuf),
    /// A folder that is removed with this value.
    Temporary(TempDir),
}

impl WorkDir {
    /// Takes the named folder, or makes a temporary one.
    pub(super) fn new(named: Option<PathBuf>) -> Result<Self> {
        Ok(match named {
            Some(folder) => Self::Named(folder),
            None => Self::Temporary(TempDir::with_prefix("twinprint-").context("the folder for temporary files")?),
        })
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Named(folder) => folder,
            Self::Temporary(folder) => folder.path(),
        }
    }
}
