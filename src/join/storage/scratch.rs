//! A folder for files that are needed only during a run.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::lock::{KNOWN_FILES, Lock};
use crate::error::Error;
use crate::external::{Sorter, Sorters};

/// A directory in the join's folder, removed when it is dropped. As long as it is there, the join's folder belongs to this process.
#[derive(Debug)]
pub(crate) struct ScratchDir {
    folder: PathBuf,
    _lock: Arc<Lock>,
    memory: usize,
    sorters: AtomicU32,
}

/// Numbers the scratch directories of this process.
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// What the names of the folders begin with.
const NAME: &str = "run-";

impl ScratchDir {
    pub(crate) fn begin(folder: &Path, lock: &Arc<Lock>, memory: usize) -> Result<Self, Error> {
        let folder = folder.join(format!("{NAME}{}", NUMBER.fetch_add(1, Ordering::Relaxed)));
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|error| Error::io(&folder, error))?;
        }
        fs::create_dir_all(&folder).map_err(|error| Error::io(&folder, error))?;
        Ok(Self { folder, _lock: Arc::clone(lock), memory, sorters: AtomicU32::new(0) })
    }

    /// Removes what an interrupted process left in a join's folder: scratch directories and files that were not finished.
    pub(crate) fn clear(folder: &Path) -> Result<(), Error> {
        for entry in fs::read_dir(folder).map_err(|error| Error::io(folder, error))? {
            let entry = entry.map_err(|error| Error::io(folder, error))?;
            let (name, path) = (entry.file_name(), entry.path());
            let Some(name) = name.to_str() else { continue };
            let removed = if name.strip_prefix(NAME).is_some_and(is_number) {
                fs::remove_dir_all(&path)
            } else if is_unfinished(name) {
                fs::remove_file(&path)
            } else {
                Ok(())
            };
            removed.map_err(|error| Error::io(&path, error))?;
        }
        Ok(())
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Bytes that what is largest at a time may take.
    pub(crate) fn memory(&self) -> usize {
        self.memory
    }

    /// Files that may be written at a time: each gathers a frame, and operating systems limit them.
    pub(crate) fn files(&self) -> usize {
        (self.memory >> 17).clamp(16, 256)
    }

    /// Makes a sorter of half the memory.
    pub(crate) fn small_sorter<const N: usize>(&self, name: &str) -> Sorter<N> {
        self.sorter_with(name, self.memory / 2)
    }

    /// Makes a sorter that takes this many bytes of memory.
    pub(crate) fn sorter_with<const N: usize>(&self, name: &str, memory: usize) -> Sorter<N> {
        let number = self.sorters.fetch_add(1, Ordering::Relaxed);
        Sorter::new(&self.folder, &format!("{name}-{number}"), memory)
    }

    /// Removes the folder, and says so where that is not possible.
    pub(crate) fn end(self) -> Result<(), Error> {
        fs::remove_dir_all(&self.folder).map_err(|error| Error::io(&self.folder, error))
    }
}

impl Sorters for ScratchDir {
    type Error = Error;
    type Sorter<const N: usize> = Sorter<N>;

    fn sorter<const N: usize>(&self, name: &str) -> Sorter<N> {
        self.sorter_with(name, self.memory)
    }
}

impl Drop for ScratchDir {
    fn drop(&mut self) {
        // Where that is not possible, the next join in the folder does it.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Whether a file of this name is one of a join's, as it is called until it is complete.
fn is_unfinished(name: &str) -> bool {
    let own = name.strip_prefix('.').and_then(|name| name.strip_suffix(".unfinished"));
    let Some((name, random)) = own.and_then(|own| own.rsplit_once('.')) else { return false };
    let kind = name.rsplit_once('-').filter(|(_, number)| is_number(number)).map_or(name, |(kind, _)| kind);
    let is_known = KNOWN_FILES.iter().any(|known| known.strip_suffix("-00000").unwrap_or(known) == kind);
    is_known && random.len() == 16 && random.bytes().all(|byte| byte.is_ascii_hexdigit())
}

pub(crate) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
