//! Keeps other processes out of a join's folder.

use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, FileProblem};

/// Keeps other processes out of a join's folder. The operating system releases it with the process, however that ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Names of files that a join writes or replaces. Where there is one but no lock, it belongs to somebody else.
pub(crate) const KNOWN_FILES: [&str; 12] = [
    "key",
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
    pub(crate) fn take(folder: &Path) -> Result<Arc<Self>, Error> {
        fs::create_dir_all(folder).map_err(|error| Error::io(folder, error))?;
        let path = folder.join("lock");
        if !path.exists()
            && let Some(theirs) = KNOWN_FILES.iter().map(|name| folder.join(name)).find(|path| path.exists())
        {
            return Err(Error::File { path: theirs, problem: FileProblem::Foreign });
        }
        let options = File::options().create(true).write(true).truncate(false).open(&path);
        let file = options.map_err(|error| Error::io(&path, error))?;
        match file.try_lock() {
            Ok(()) => Ok(Arc::new(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Err(Error::File { path, problem: FileProblem::InUse }),
            // Not every file system has locks.
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {
                Ok(Arc::new(Self { _file: file }))
            }
            Err(TryLockError::Error(error)) => Err(Error::io(&path, error)),
        }
    }
}
