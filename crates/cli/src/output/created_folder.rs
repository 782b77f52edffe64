//! A folder that is created for an output.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::Target;
use crate::interrupt::{self, Cleanup};

/// Creates the folder of an output, with the folders it is in. Those that are empty are removed again with this value.
#[derive(Debug)]
pub(super) struct CreatedFolder {
    /// The folders that did not exist, the innermost first.
    created: Vec<PathBuf>,
    _cleanup: Cleanup,
}

impl CreatedFolder {
    pub(super) fn new(folder: &Path) -> Result<Self> {
        match Target::new(folder)? {
            Target::Folder(_) => {}
            Target::File(path) if !path.exists() => {}
            _ => bail!("{}: this is not a folder; choose another --output", folder.display()),
        }
        let _section = interrupt::section();
        let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
        let created: Vec<PathBuf> = folder.ancestors().take_while(is_missing).map(Path::to_path_buf).collect();
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        let own = created.clone();
        let cleanup = Cleanup::new(move || {
            remove_empty(&own);
            None
        });
        Ok(Self { created, _cleanup: cleanup })
    }
}

impl Drop for CreatedFolder {
    fn drop(&mut self) {
        remove_empty(&self.created);
    }
}

/// Removes folders, the innermost first, as long as they are empty.
fn remove_empty(folders: &[PathBuf]) {
    let _ = folders.iter().all(|folder| fs::remove_dir(folder).is_ok());
}
