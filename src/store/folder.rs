//! The folder of a store: whose it is, and that one process at a time writes to it.

use std::fs::{self, TryLockError};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::log;
use super::manifest::{self, Manifest};
use super::segment::Data;
use crate::error::{Error, FileProblem, IoError};
use crate::external::files::{self, File};
use crate::external::{AtomicFile, FolderId, OwnFolder};

const LOCK: &str = "LOCK";
/// What a lock file begins with.
const LOCK_HEAD: &str = "The writer of this twinprint index: ";

/// A folder that this process writes to.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    id: FolderId,
    /// The operating system releases it with the process, however that ends.
    _lock: File,
}

/// Reads a file through the layer that tests make fail.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let refused = |error| Error::io(path, error);
    let mut bytes = Vec::new();
    let mut file = File::open(path).map_err(refused)?;
    bytes.reserve_exact(usize::try_from(file.len().map_err(refused)?).unwrap_or(0));
    file.read_to_end(&mut bytes).map_err(refused)?;
    Ok(bytes)
}

/// Reads the manifest of a folder.
pub(super) fn read_manifest(folder: &Path) -> Result<Manifest, Error> {
    let path = folder.join(manifest::NAME);
    match read(&path) {
        Err(Error::File { problem: FileProblem::Io(error), .. }) if is_missing(&error) => {
            Err(Error::File { path: folder.into(), problem: FileProblem::NotAnIndex })
        }
        bytes => Manifest::from_bytes(&bytes?).map_err(|error| error.at(&path)),
    }
}

fn is_missing(error: &IoError) -> bool {
    matches!(error.as_io().kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Opens the bytes of a segment: as a map with the feature `mmap`, and in memory otherwise.
pub(super) fn open_segment(path: &Path) -> Result<Data, Error> {
    #[cfg(feature = "mmap")]
    {
        let refused = |error| Error::io(path, error);
        let file = File::open(path).map_err(refused)?;
        // There is no map of nothing on some systems.
        if file.len().map_err(refused)? > 0 {
            return file.map().map(Data::Map).map_err(refused);
        }
    }
    read(path).map(Data::Memory)
}

pub(super) fn segment_path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:08}.segment"))
}

pub(super) fn log_path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:08}.log"))
}

impl Folder {
    /// Takes a new folder, or one without an index.
    pub(super) fn create(path: &Path) -> Result<Self, Error> {
        // Before the lock, so that nothing is put into a folder that has an index, or something of that name.
        Self::refuse_manifest(path)?;
        files::create_dir_all(path).map_err(|error| Error::io(path, error))?;
        let lock = take_lock(path)?;
        Self::refuse_manifest(path)?;
        Ok(Self { path: path.into(), id: FolderId::random(), _lock: lock })
    }

    fn refuse_manifest(path: &Path) -> Result<(), Error> {
        let manifest = path.join(manifest::NAME);
        if fs::symlink_metadata(&manifest).is_ok() {
            let there = std::io::Error::new(
                ErrorKind::AlreadyExists,
                "an index is there already; open it, or use another folder",
            );
            return Err(Error::io(path, there));
        }
        Ok(())
    }

    /// Takes the folder of a store, and returns its manifest.
    pub(super) fn open(path: &Path) -> Result<(Self, Manifest), Error> {
        // Before the lock, so that nothing is put into a folder without an index.
        read_manifest(path)?;
        let lock = take_lock(path)?;
        // The writer before this one may have replaced it since.
        let manifest = read_manifest(path)?;
        Ok((Self { path: path.into(), id: manifest.id, _lock: lock }, manifest))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn id(&self) -> FolderId {
        self.id
    }

    /// Begins a file that has its name when it is complete.
    pub(super) fn create_file(&self, path: &Path) -> Result<AtomicFile, Error> {
        AtomicFile::create_tagged(path.into(), &self.id.tag()).map_err(|error| Error::io(path, error))
    }

    /// Replaces the manifest of the folder. When it returns, the new one is on the disk.
    pub(super) fn write_manifest(&self, manifest: &Manifest) -> Result<(), Error> {
        let path = self.path.join(manifest::NAME);
        let refused = |error| Error::io(&path, error);
        let mut file = self.create_file(&path)?;
        file.write_all(&manifest.to_bytes()).map_err(refused)?;
        file.commit().map_err(refused)
    }

    /// Makes the names in the folder durable.
    pub(super) fn sync(&self) -> Result<(), Error> {
        files::sync_directory(&self.path).map_err(|error| Error::io(&self.path, error))
    }

    /// Returns the first number from this one on that no file has, our own or another.
    pub(super) fn free_number(&self, from: u64) -> u64 {
        let is_taken = |number: u64| {
            let paths = [segment_path(&self.path, number), log_path(&self.path, number)];
            paths.iter().any(|path| fs::symlink_metadata(path).is_ok())
        };
        (from..).find(|&number| !is_taken(number)).unwrap_or(from)
    }

    /// Removes what an interrupted process left: files of this store that the manifest does not name.
    pub(super) fn remove_left_over(&self, manifest: &Manifest) -> Result<(), Error> {
        let own = OwnFolder::new(self.path.clone(), self.id);
        own.remove_temporary()?;
        for (name, path) in own.entries()? {
            let Some((number, is_log)) = parse(&name) else { continue };
            let is_named = if is_log {
                manifest.log == number
            } else {
                manifest.segments.iter().any(|segment| segment.number == number)
            };
            if !is_named {
                self.remove_own(&path, is_log)?;
            }
        }
        Ok(())
    }

    /// Removes a log or a segment, if it is there and of this store.
    pub(super) fn remove_own(&self, path: &Path, is_log: bool) -> Result<(), Error> {
        let is_file = fs::symlink_metadata(path).is_ok_and(|data| data.is_file());
        let is_own = is_file && owner(path, is_log).is_some_and(|owner| owner == self.id);
        if is_own { remove(path) } else { Ok(()) }
    }
}

/// Removes a file of the store, which may be gone.
pub(super) fn remove(path: &Path) -> Result<(), Error> {
    match files::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io(path, error)),
        _ => Ok(()),
    }
}

/// Returns the number of a file, and whether it is a log, if its name is one that a store gives.
fn parse(name: &str) -> Option<(u64, bool)> {
    let (digits, kind) = name.split_once('.')?;
    let is_log = match kind {
        "log" => true,
        "segment" => false,
        _ => return None,
    };
    let is_ours = digits.len() >= 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_ours).map(|number| (number, is_log))
}

/// Returns the store that a file says it belongs to.
fn owner(path: &Path, is_log: bool) -> Option<FolderId> {
    let mut file = File::open(path).ok()?;
    if is_log {
        let mut head = [0; log::HEAD];
        file.read_exact(&mut head).ok()?;
        return log::read_head(&head).ok().map(|(owner, _, _)| owner);
    }
    let mut footer = [0; 128];
    let start = file.len().ok()?.checked_sub(128)?;
    file.seek(SeekFrom::Start(start)).ok()?;
    file.read_exact(&mut footer).ok()?;
    footer.ends_with(b"twinpidx").then(|| FolderId::from_bytes(&footer[48..64]))
}

fn take_lock(folder: &Path) -> Result<File, Error> {
    let path = folder.join(LOCK);
    let problem = |problem| Error::File { path: folder.into(), problem };
    if fs::symlink_metadata(&path).is_ok_and(|data| !data.is_file()) {
        return Err(Error::File { path, problem: FileProblem::Foreign });
    }
    let mut lock = File::open_or_create(&path).map_err(|error| Error::io(&path, error))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(problem(FileProblem::HeldBy(holder(&mut lock)))),
        // Not every file system has locks.
        Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {}
        Err(TryLockError::Error(error)) => return Err(Error::io(&path, error)),
    }
    let refused = |error| Error::io(&path, error);
    let mut text = Vec::new();
    lock.read_to_end(&mut text).map_err(refused)?;
    // A power cut may have left a part of it, or zeros.
    let written = text.split(|byte| *byte == 0).next().unwrap_or_default();
    let common = written.len().min(LOCK_HEAD.len());
    if written[..common] != LOCK_HEAD.as_bytes()[..common] {
        return Err(Error::File { path, problem: FileProblem::Foreign });
    }
    let text = format!("{LOCK_HEAD}process {}\n", std::process::id());
    let written =
        lock.set_len(0).and_then(|()| lock.seek(SeekFrom::Start(0))).and_then(|_| lock.write_all(text.as_bytes()));
    written.map_err(refused)?;
    Ok(lock)
}

/// Says who holds the lock.
fn holder(lock: &mut File) -> String {
    let mut text = String::new();
    // The holder may be writing to it right now.
    let _ = lock.read_to_string(&mut text);
    let name = text.strip_prefix(LOCK_HEAD).map(str::trim).filter(|name| !name.is_empty() && name.len() < 80);
    name.map_or_else(|| "another process".to_string(), |name| name.chars().filter(|c| !c.is_control()).collect())
}
