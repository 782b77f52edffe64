//! Files that are complete or not there at all.

use std::ffi::OsString;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::files::{self, File};
use crate::random::random64;

/// Writes a file under a temporary name and gives it its own name when it is complete.
///
/// Until [`commit`](Self::commit) an earlier file of that name stays as it is; a reader sees the old content or all of the new one,
/// never a part. The temporary file is in the same directory, has a random name, and is removed when this value is dropped. Only
/// regular files are replaced: a device, a pipe or a directory of that name is an error.
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
    /// Those of the operating system, where the directory does not exist or cannot be written to;
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) where the name is that of something else than a regular file.
    pub fn create(path: impl Into<PathBuf>) -> io::Result<Self> {
        Self::create_tagged(path.into(), "")
    }

    /// Begins a file whose temporary name holds a tag, by which its owner knows it again.
    pub(crate) fn create_tagged(path: PathBuf, tag: &str) -> io::Result<Self> {
        check_replaceable(&path)?;
        let mut tries = 0;
        loop {
            tries += 1;
            let temporary = temporary_name(&path, tag);
            match File::create_new(&temporary) {
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

    /// Writes everything that is buffered, and returns another handle of the file.
    pub(crate) fn written(&mut self) -> io::Result<File> {
        self.file.flush()?;
        self.file.get_ref().try_clone()
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
    /// Those of the operating system. The file does not have its name then, unless it was the directory that could not be synchronized: then
    /// it has, and a power failure may take that back.
    pub fn commit(self) -> io::Result<()> {
        let directory = files::parent(&self.path).to_path_buf();
        self.rename(File::sync_all)?;
        files::sync_directory(&directory)
    }

    /// Gives the file its name without waiting for the disk: for files that nobody looks for after a crash.
    ///
    /// # Errors
    /// Those of the operating system; the file does not have its name then.
    pub fn commit_unsynced(self) -> io::Result<()> {
        self.rename(|_| Ok(()))
    }

    fn rename(mut self, sync: impl FnOnce(&File) -> io::Result<()>) -> io::Result<()> {
        self.file.flush()?;
        sync(self.file.get_ref())?;
        // Something else may have taken the name in the meantime.
        check_replaceable(&self.path)?;
        if let Some(temporary) = &self.temporary.0 {
            files::rename(temporary, &self.path)?;
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
            let _ = files::remove_file(path);
        }
    }
}

/// Refuses a name that is there and is not that of a regular file. A link to a regular file, or to nothing, may be replaced.
fn check_replaceable(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(data) if !data.is_file() => {
            let problem = "not a regular file, so it is not replaced; choose another name";
            Err(io::Error::new(io::ErrorKind::InvalidInput, problem))
        }
        _ => Ok(()),
    }
}

/// Returns the temporary name: `name` becomes `.name.0123456789abcdef.unfinished`, with the tag before the random number.
fn temporary_name(path: &Path, tag: &str) -> PathBuf {
    let random = random64();
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{tag}{random:016x}.unfinished"));
    path.with_file_name(name)
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

    #[cfg(unix)]
    #[test]
    fn only_regular_files_are_replaced() {
        use std::os::unix::fs::symlink;
        use std::os::unix::net::UnixListener;

        let directory = std::env::temp_dir().join(format!("twinprint-atomic-kinds-{}", std::process::id()));
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(directory.join("folder")).expect("a temporary directory");
        let socket = directory.join("socket");
        let _listener = UnixListener::bind(&socket).expect("a socket");
        symlink(&socket, directory.join("link")).expect("a link");
        for name in ["folder", "socket", "link"] {
            let refused = AtomicFile::create(directory.join(name)).map(|_| ()).expect_err("not a regular file");
            assert_eq!(refused.kind(), io::ErrorKind::InvalidInput, "{name}");
        }
        // A name that is taken while the file is written.
        let taken = directory.join("taken");
        let file = AtomicFile::create(&taken).expect("created");
        let _listener = UnixListener::bind(&taken).expect("a socket");
        assert!(file.commit().is_err());
        assert!(!fs::symlink_metadata(&taken).expect("there").is_file());
        fs::remove_dir_all(&directory).expect("our own");
    }
}
