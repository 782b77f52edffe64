//! Files that are only there while something is worked out.

use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::families::FamilyFile;
use super::sorter::Sorter;
use crate::error::{Error, FileProblem};

/// Keeps other processes out of a join's folder. The operating system lets go of it with the process, however that ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// Names of files that a join writes or replaces: where there is one but no lock, it is somebody else's.
pub(super) const OURS: [&str; 11] = [
    "documents-00000",
    "keys-00000",
    "sets-00000",
    "candidates",
    "samples",
    "verified-00000",
    "verified-contained-00000",
    "edges",
    "contained",
    "copies",
    "joined",
];

impl Lock {
    pub(super) fn take(folder: &Path) -> Result<Arc<Self>, Error> {
        fs::create_dir_all(folder).map_err(|error| Error::io(folder, &error))?;
        let path = folder.join("lock");
        if !path.exists()
            && let Some(theirs) = OURS.iter().map(|name| folder.join(name)).find(|path| path.exists())
        {
            return Err(Error::File { path: theirs, problem: FileProblem::Foreign });
        }
        let options = File::options().create(true).write(true).truncate(false).open(&path);
        let file = options.map_err(|error| Error::io(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Arc::new(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Err(Error::File { path, problem: FileProblem::InUse }),
            // Not every file system has locks.
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {
                Ok(Arc::new(Self { _file: file }))
            }
            Err(TryLockError::Error(error)) => Err(Error::io(&path, &error)),
        }
    }
}

/// A folder in the join's folder, removed with it. As long as it is there, the join's folder is this process's.
#[derive(Debug)]
pub(super) struct Work {
    folder: PathBuf,
    _lock: Arc<Lock>,
    memory: usize,
    sorters: AtomicU32,
}

/// Work that is going on in this process, each in its folder. What an interrupted process left is removed when there is none.
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// What the names of the folders begin with.
const NAME: &str = "run-";

impl Work {
    pub(super) fn begin(folder: &Path, lock: &Arc<Lock>, memory: usize) -> Result<Self, Error> {
        let folder = folder.join(format!("{NAME}{}", NUMBER.fetch_add(1, Ordering::Relaxed)));
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|error| Error::io(&folder, &error))?;
        }
        fs::create_dir_all(&folder).map_err(|error| Error::io(&folder, &error))?;
        Ok(Self { folder, _lock: Arc::clone(lock), memory, sorters: AtomicU32::new(0) })
    }

    /// Removes what an interrupted process left in a join's folder.
    pub(super) fn clear(folder: &Path) -> Result<(), Error> {
        let io = |error: &std::io::Error| Error::io(folder, error);
        for entry in fs::read_dir(folder).map_err(|error| io(&error))? {
            let entry = entry.map_err(|error| io(&error))?;
            if entry.file_name().to_str().and_then(|name| name.strip_prefix(NAME)).is_some_and(is_number) {
                fs::remove_dir_all(entry.path()).map_err(|error| Error::io(&entry.path(), &error))?;
            }
        }
        Ok(())
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Bytes that what is largest at a time may take.
    pub(super) fn memory(&self) -> usize {
        self.memory
    }

    /// Files that may be written at a time: each gathers a frame, and operating systems limit them.
    pub(super) fn files(&self) -> usize {
        (self.memory >> 17).clamp(16, 256)
    }

    /// A sorter of half the memory.
    pub(super) fn small_sorter<const N: usize>(&self, name: &str) -> Sorter<N> {
        self.sorter_with(name, self.memory / 2)
    }

    /// A sorter in the folder.
    pub(super) fn sorter<const N: usize>(&self, name: &str) -> Sorter<N> {
        self.sorter_with(name, self.memory)
    }

    /// A sorter of so many bytes of memory.
    pub(super) fn sorter_with<const N: usize>(&self, name: &str, memory: usize) -> Sorter<N> {
        let number = self.sorters.fetch_add(1, Ordering::Relaxed);
        Sorter::new(&self.folder, &format!("{name}-{number}"), memory)
    }

    /// Sorts members, each with the document that it belongs to, which comes first.
    pub(super) fn families(
        &self,
        members: impl Iterator<Item = Result<(u32, u32), Error>>,
    ) -> Result<FamilyFile, Error> {
        let mut sorter = self.sorter::<1>("members");
        for member in members {
            let (document, member) = member?;
            sorter.push([u64::from(document) << 32 | u64::from(member)])?;
        }
        FamilyFile::write(self.folder.join("families"), sorter.finish()?)
    }

    /// Removes the folder, and says so where that is not possible.
    pub(super) fn end(self) -> Result<(), Error> {
        fs::remove_dir_all(&self.folder).map_err(|error| Error::io(&self.folder, &error))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        // Where that is not possible, the next join in the folder does it.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
