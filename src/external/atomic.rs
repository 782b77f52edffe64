//! Files that are complete or not there at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes a file under a temporary name and gives it its own name when it is complete.
///
/// Until [`commit`](Self::commit) an earlier file of that name stays as it is; a reader sees the old content or all of the new one,
/// never a part. The temporary file is in the same directory, has a random name, and is removed when this value is dropped.
///
/// ```
/// use std::io::Write;
/// use twinprint::external::AtomicFile;
///
/// let path = std::env::temp_dir().join("twinprint-atomic-example");
/// let mut file = AtomicFile::create(&path)?;
/// file.write_all(b"all or nothing")?;
/// file.commit()?;
/// assert_eq!(std::fs::read(&path)?, b"all or nothing");
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
    temporary: Temporary,
    file: BufWriter<File>,
}

/// Removes a file when it is dropped, unless it was renamed.
#[derive(Debug)]
struct Temporary(Option<PathBuf>);

/// Bytes that are gathered before they are written.
const BUFFER: usize = 1 << 14;

/// Random names that are tried: with 64 bits, a second one is never needed unless the directory is hostile.
const TRIES: usize = 8;

impl AtomicFile {
    /// Begins a file of this name.
    ///
    /// # Errors
    /// Those of the operating system, where the directory does not exist or cannot be written to.
    pub fn create(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        let mut tries = 0;
        loop {
            tries += 1;
            let temporary = temporary_name(&path);
            match File::options().write(true).create_new(true).open(&temporary) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tries < TRIES => {}
                Err(error) => return Err(error),
                Ok(file) => {
                    let file = BufWriter::with_capacity(BUFFER, file);
                    return Ok(Self { path, temporary: Temporary(Some(temporary)), file });
                }
            }
        }
    }

    /// Returns the name that the file will have.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes everything that is buffered and synchronizes the file with the disk, without giving it its name. Several files that
    /// belong together are synchronized before the first of them is committed.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn sync(&mut self) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().sync_all()
    }

    /// Synchronizes the file with the disk, gives it its name, and synchronizes the directory, so that a power failure afterwards
    /// takes back neither content nor name.
    ///
    /// # Errors
    /// Those of the operating system; the file does not have its name then.
    pub fn commit(self) -> io::Result<()> {
        let directory = parent(&self.path).to_path_buf();
        self.rename(File::sync_all)?;
        sync_directory(&directory)
    }

    /// Gives the file its name without waiting for the disk: for files that nobody looks for after a crash.
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    pub fn commit_unsynced(self) -> io::Result<()> {
        self.rename(|_| Ok(()))
    }

    fn rename(mut self, sync: impl FnOnce(&File) -> io::Result<()>) -> io::Result<()> {
        self.file.flush()?;
        sync(self.file.get_ref())?;
        if let Some(temporary) = &self.temporary.0 {
            fs::rename(temporary, &self.path)?;
        }
        self.temporary.0 = None;
        Ok(())
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // There is nobody to tell; the name says what the file was.
            let _ = fs::remove_file(path);
        }
    }
}

/// `name` becomes `.name.0123456789abcdef.unfinished`.
fn temporary_name(path: &Path) -> PathBuf {
    // The standard library seeds each `RandomState` from the operating system's random numbers.
    let random = RandomState::new().build_hasher().finish();
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{random:016x}.unfinished"));
    path.with_file_name(name)
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Makes new names in a directory durable. Windows has no such operation, and needs none.
#[cfg(unix)]
fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_earlier_file_stays_until_the_new_one_is_complete() {
        let directory = std::env::temp_dir().join(format!("twinprint-atomic-{}", std::process::id()));
        fs::create_dir_all(&directory).expect("a temporary directory");
        let path = directory.join("file");
        let names = || fs::read_dir(&directory).expect("there").count();
        fs::write(&path, "old").expect("written");
        let mut dropped = AtomicFile::create(&path).expect("created");
        dropped.write_all(b"half of the n").expect("written");
        assert_eq!(names(), 2);
        drop(dropped);
        assert_eq!((fs::read_to_string(&path).expect("there"), names()), ("old".to_string(), 1));
        let mut first = AtomicFile::create(&path).expect("created");
        let mut second = AtomicFile::create(&path).expect("two at once have names of their own");
        first.write_all(b"first").expect("written");
        second.write_all(b"second").expect("written");
        second.commit().expect("committed");
        first.commit_unsynced().expect("committed");
        assert_eq!((fs::read_to_string(&path).expect("there"), names()), ("first".to_string(), 1));
        assert!(AtomicFile::create(directory.join("nowhere").join("file")).is_err());
        fs::remove_dir_all(&directory).expect("our own");
    }

    #[test]
    fn a_bare_name_is_in_the_current_directory() {
        assert_eq!(parent(Path::new("name")), Path::new("."));
        assert_eq!(parent(Path::new("a/name")), Path::new("a"));
    }
}
