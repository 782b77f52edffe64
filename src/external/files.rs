//! Every operation on the files of a work folder, in one place, so that tests can make any of them fail.
//!
//! In a release these are the calls of the standard library. In tests, [`faults`](super::faults) counts them, fails the one that was
//! asked for, and remembers what would survive a power cut.

use std::fs::{self, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

#[cfg(test)]
use super::faults::{self, Operation};

/// An open file.
#[derive(Debug)]
pub(crate) struct File {
    inner: fs::File,
    #[cfg(test)]
    watched: Option<faults::Watched>,
}

impl File {
    /// Opens a file for reading.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        #[cfg(test)]
        faults::before(path, Operation::Open)?;
        Ok(Self {
            inner: fs::File::open(path)?,
            #[cfg(test)]
            watched: faults::opened(path),
        })
    }

    /// Creates a file for writing, and fails if there is anything of its name.
    pub(crate) fn create_new(path: &Path) -> io::Result<Self> {
        #[cfg(test)]
        faults::before(path, Operation::Create)?;
        Ok(Self {
            inner: fs::File::options().write(true).create_new(true).open(path)?,
            #[cfg(test)]
            watched: faults::created(path),
        })
    }

    /// Opens a file for reading and writing, and creates an empty one if there is none.
    pub(crate) fn open_or_create(path: &Path) -> io::Result<Self> {
        #[cfg(test)]
        faults::before(path, Operation::Create)?;
        Ok(Self {
            inner: fs::File::options().read(true).write(true).create(true).truncate(false).open(path)?,
            #[cfg(test)]
            watched: faults::created(path),
        })
    }

    /// Returns the bytes of the file.
    pub(crate) fn len(&self) -> io::Result<u64> {
        self.inner.metadata().map(|data| data.len())
    }

    /// Cuts the file, or fills it with zeros, to this many bytes.
    pub(crate) fn set_len(&self, bytes: u64) -> io::Result<()> {
        #[cfg(test)]
        if let Some(watched) = &self.watched {
            faults::before_handle(Some(watched), Operation::Write)?;
            watched.cut();
        }
        self.inner.set_len(bytes)
    }

    /// Waits until the content is on the disk.
    pub(crate) fn sync_all(&self) -> io::Result<()> {
        #[cfg(test)]
        if let Some(watched) = &self.watched {
            return watched.sync();
        }
        self.inner.sync_all()
    }

    /// Waits until the content that was written so far is on the disk. The file may not have its name yet.
    pub(crate) fn sync_data(&self) -> io::Result<()> {
        #[cfg(test)]
        if let Some(watched) = &self.watched {
            return watched.sync();
        }
        self.inner.sync_data()
    }

    /// Returns another handle of the same file, for another thread.
    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        Ok(Self {
            inner: self.inner.try_clone()?,
            #[cfg(test)]
            watched: self.watched.clone(),
        })
    }

    /// Maps the file into memory. Nobody changes it: it was complete when it got its name, and its writer only ever removes it.
    #[cfg(feature = "mmap")]
    pub(crate) fn map(&self) -> io::Result<memmap2::Mmap> {
        #[cfg(test)]
        faults::before_handle(self.watched.as_ref(), Operation::Read)?;
        // SAFETY: The bytes are only read. A segment never changes once it has its name, and removing it leaves a map as it is. If
        // somebody else changes the file all the same, then what was checked may differ from what is read, as with every map; bytes
        // have no invalid values, so that answers may be wrong or the process may be ended by the system, but no memory is misused.
        unsafe { memmap2::Mmap::map(&self.inner) }
    }

    /// Takes the file for this process alone.
    pub(crate) fn try_lock(&self) -> Result<(), TryLockError> {
        self.inner.try_lock()
    }
}

impl Read for File {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        #[cfg(test)]
        faults::before_handle(self.watched.as_ref(), Operation::Read)?;
        self.inner.read(bytes)
    }
}

impl Seek for File {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        self.inner.seek(place)
    }
}

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        #[cfg(test)]
        if let Some(watched) = &self.watched
            && let Some(part) = watched.before_write(bytes)?
        {
            self.inner.write_all(part)?;
            return Err(faults::failed());
        }
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Gives a file another name, in place of any file that has it.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(test)]
    faults::before(to, Operation::Rename)?;
    fs::rename(from, to)?;
    #[cfg(test)]
    faults::renamed(from, to);
    Ok(())
}

/// Removes a file.
pub(crate) fn remove_file(path: &Path) -> io::Result<()> {
    #[cfg(test)]
    faults::before(path, Operation::Remove)?;
    fs::remove_file(path)?;
    #[cfg(test)]
    faults::removed(path);
    Ok(())
}

/// Removes an empty directory.
pub(crate) fn remove_dir(path: &Path) -> io::Result<()> {
    #[cfg(test)]
    faults::before(path, Operation::Remove)?;
    fs::remove_dir(path)?;
    #[cfg(test)]
    faults::removed(path);
    Ok(())
}

/// Creates a directory, and fails if there is anything of its name.
pub(crate) fn create_dir(path: &Path) -> io::Result<()> {
    #[cfg(test)]
    faults::before(path, Operation::Create)?;
    fs::create_dir(path)?;
    #[cfg(test)]
    faults::created_dir(path);
    Ok(())
}

/// Creates a directory with those above it, as far as they are not there, and makes each durable.
pub(crate) fn create_dir_all(path: &Path) -> io::Result<()> {
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    let parent = parent(path);
    create_dir_all(parent)?;
    match create_dir(path) {
        // Another process was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        created => created.and_then(|()| sync_directory(parent)),
    }
}

/// Makes the names in a directory durable. Windows has no such operation, and needs none.
pub(crate) fn sync_directory(directory: &Path) -> io::Result<()> {
    #[cfg(test)]
    if let Some(synced) = faults::sync_directory(directory) {
        return synced;
    }
    if cfg!(unix) { fs::File::open(directory)?.sync_all() } else { Ok(()) }
}

/// Returns the directory that a name is in.
pub(crate) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_is_in_the_current_directory() {
        assert_eq!(parent(Path::new("name")), Path::new("."));
        assert_eq!(parent(Path::new("a/name")), Path::new("a"));
    }
}
