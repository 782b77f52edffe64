//! The work folder of a join: whose it is, and that one process at a time works in it.

use std::fs::{self, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::{Error, FileProblem};
use crate::external::files::{self, File};
use crate::external::{FolderId, FrameReader, FrameWriter, Label, OwnFolder, Role};

/// A folder that belongs to joins, locked for this process.
///
/// A marker file proves that it does, and gives it a random number. Every file that is made has that number in its header, and
/// everything temporary has it in its name. Nothing else in the folder is ever replaced or removed, whatever it is called.
///
/// The marker is also what is locked. The operating system releases it with the process, however that ends.
#[derive(Debug)]
pub(crate) struct WorkDir {
    own: OwnFolder,
    /// Holds the lock; `None` where the folder is only read.
    _marker: Option<File>,
    /// Temporary directories so far.
    temporary: AtomicU32,
}

/// The name of the marker.
pub(crate) const MARKER: &str = "twinprint-work";

const MARKER_HEAD: &str =
    "This is a work folder of twinprint. Files that hold its number belong to twinprint; it never touches others.\n";

/// Kinds of files that a join writes under fixed names, some of them with a number.
const KINDS: [&str; 19] = [
    "done",
    "groups",
    "pairs-of-bands",
    "crowds-of-bands",
    "key",
    "scheme-key",
    "documents",
    "keys",
    "sets",
    "candidates",
    "crowd-of-candidates",
    "rejoined",
    "crowd-of-rejoined",
    "samples",
    "verified",
    "verified-contained",
    "edges",
    "contained",
    "copies",
];

/// The file that is written last.
pub(crate) const DONE: &str = "joined";

impl WorkDir {
    /// Opens a work folder, or makes a folder one. Removes what an interrupted process left in it.
    ///
    /// Where there is no marker yet, the folder may hold anything except files of names that a join writes: they are somebody else's, or
    /// those of a version that had no marker.
    pub(crate) fn open(folder: &Path) -> Result<Arc<Self>, Error> {
        Self::open_with(folder, true)
    }

    /// Opens a work folder, as [`open`](Self::open) does. If it need not be durable, its files do not wait for the disk.
    pub(crate) fn open_with(folder: &Path, durable: bool) -> Result<Arc<Self>, Error> {
        files::create_dir_all(folder).map_err(|error| Error::io(folder, error))?;
        let path = folder.join(MARKER);
        let problem = |problem| Error::File { path: path.clone(), problem };
        match fs::symlink_metadata(&path) {
            Ok(data) if !data.is_file() => return Err(problem(FileProblem::Foreign)),
            Ok(_) => {}
            // Before the marker is there, so that a folder that is refused stays as it is.
            Err(_) => refuse_known_names(folder)?,
        }
        let mut marker = File::open_or_create(&path).map_err(|error| Error::io(&path, error))?;
        match marker.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(problem(FileProblem::InUse)),
            // Not every file system has locks.
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(Error::io(&path, error)),
        }
        if !path.exists() {
            // The folder was removed between opening and locking.
            return Err(problem(FileProblem::InUse));
        }
        let mut text = Vec::new();
        marker.read_to_end(&mut text).map_err(|error| Error::io(&path, error))?;
        let id = match parse_marker(&text).map_err(problem)? {
            Some(id) => id,
            None => {
                refuse_known_names(folder)?;
                let id = FolderId::random();
                write_marker(&mut marker, id)
                    .and_then(|()| files::sync_directory(folder))
                    .map_err(|error| Error::io(&path, error))?;
                id
            }
        };
        let own = OwnFolder::new(folder.into(), id).durable(durable);
        own.remove_temporary()?;
        Ok(Arc::new(Self { own, _marker: Some(marker), temporary: AtomicU32::new(0) }))
    }

    /// Opens a work folder to read its files, without its lock: any number of processes may. Returns `None` where there is no such
    /// folder.
    pub(crate) fn open_to_read(folder: &Path) -> Result<Option<Arc<Self>>, Error> {
        let path = folder.join(MARKER);
        let text = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            read => read.map_err(|error| Error::io(&path, error))?,
        };
        let id = parse_marker(&text).map_err(|problem| Error::File { path, problem })?;
        let open = |id| Self { own: OwnFolder::new(folder.into(), id), _marker: None, temporary: AtomicU32::new(0) };
        Ok(id.map(open).map(Arc::new))
    }

    pub(crate) fn folder(&self) -> &Path {
        self.own.folder()
    }

    pub(crate) fn own(&self) -> &OwnFolder {
        &self.own
    }

    /// Returns whether a file of this name is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.own.path(name).exists()
    }

    /// Begins a file of this name, in place of any that the folder has.
    pub(crate) fn create(&self, name: &str, role: Role) -> Result<FrameWriter, Error> {
        self.own.create(&self.own.path(name), role)
    }

    /// Opens the file of this name.
    pub(crate) fn open_file(&self, name: &str, role: Role) -> Result<FrameReader, Error> {
        self.own.open(&self.own.path(name), role)
    }

    /// Opens the file of this name, if it is there and of this role. One that was made for other parameters can be made again; one of
    /// another folder, or in another's place, is an error.
    pub(crate) fn open_current(&self, name: &str, role: Role) -> Result<Option<FrameReader>, Error> {
        if !self.has(name) {
            return Ok(None);
        }
        match self.open_file(name, role) {
            Err(Error::File { problem: FileProblem::OtherScheme, .. }) => Ok(None),
            opened => opened.map(Some),
        }
    }

    /// Creates a temporary directory.
    pub(crate) fn create_temporary(&self) -> Result<OwnFolder, Error> {
        loop {
            let number = self.temporary.fetch_add(1, Ordering::Relaxed);
            // One of an interrupted run is there still if somebody else put something into it.
            if let Some(created) = self.own.create_temporary(&number.to_string())? {
                return Ok(created);
            }
        }
    }
}

/// Removes a folder in which joins were [built](crate::SimilarityJoinBuilder::build_on_disk): every file that they made, and the folder
/// itself if nothing else is in it. Files of others stay. Does nothing where there is no folder.
///
/// ```
/// use twinprint::join::remove_work_folder;
/// use twinprint::{Document, Scheme, SimilarityJoin};
///
/// let folder = std::env::temp_dir().join("twinprint-example-remove");
/// let mut join = SimilarityJoin::builder(&Scheme::news()).build_on_disk(&folder)?;
/// join.push(Document::text(1, "The ferry to Skelby was cancelled on Monday."))?;
/// drop(join.finish()?);
/// remove_work_folder(&folder)?;
/// assert!(!folder.exists());
/// # Ok::<(), twinprint::Error>(())
/// ```
///
/// # Errors
/// [`Error::File`] where the folder has no marker that proves whose it is, where a join is at work in it, and where a file cannot be
/// removed.
pub fn remove_work_folder(folder: impl AsRef<Path>) -> Result<(), Error> {
    let folder = folder.as_ref();
    if !folder.exists() {
        return Ok(());
    }
    let marker = folder.join(MARKER);
    if !marker.exists() {
        return Err(Error::File { path: folder.into(), problem: FileProblem::NotAWorkFolder });
    }
    let work = WorkDir::open(folder)?;
    // The last file first: what is left of an interrupted removal is no result.
    work.own.remove_where(|name| name == DONE)?;
    work.own.remove_where(is_known)?;
    files::remove_file(&marker).map_err(|error| Error::io(&marker, error))?;
    match files::remove_dir(folder) {
        Err(error) if error.kind() != ErrorKind::DirectoryNotEmpty => Err(Error::io(folder, error)),
        _ => Ok(()),
    }
}

/// Refuses a folder without a marker in which there is a file of a name that a join writes. Says which version of the format it has, if
/// it has one.
fn refuse_known_names(folder: &Path) -> Result<(), Error> {
    for entry in fs::read_dir(folder).map_err(|error| Error::io(folder, error))? {
        let entry = entry.map_err(|error| Error::io(folder, error))?;
        if entry.file_name().to_str().is_some_and(is_known) {
            let path = entry.path();
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            return Err(match Label::of_file(&path) {
                Err(error) if is_file => error,
                _ => Error::File { path, problem: FileProblem::Foreign },
            });
        }
    }
    Ok(())
}

/// Returns whether a join writes a file of this name.
fn is_known(name: &str) -> bool {
    let kind = name.rsplit_once('-').filter(|(_, number)| is_number(number)).map_or(name, |(kind, _)| kind);
    name == DONE || KINDS.contains(&kind)
}

pub(crate) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Writes the marker into its file, which is empty or holds a part of one.
fn write_marker(file: &mut File, id: FolderId) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(marker_text(id).as_bytes())?;
    file.sync_all()
}

fn marker_text(id: FolderId) -> String {
    let check = xxhash_rust::xxh3::xxh3_64(&id.to_bytes()) as u32;
    format!("{MARKER_HEAD}{id} {check:08x}\n")
}

/// Reads the number of a marker; `None` where its writing was interrupted.
fn parse_marker(text: &[u8]) -> Result<Option<FolderId>, FileProblem> {
    // A power cut can leave zeros.
    if text.iter().all(|&byte| byte == 0) {
        return Ok(None);
    }
    let text = std::str::from_utf8(text).map_err(|_| FileProblem::Foreign)?;
    let Some(rest) = text.strip_prefix(MARKER_HEAD) else {
        return if MARKER_HEAD.starts_with(text) { Ok(None) } else { Err(FileProblem::Foreign) };
    };
    match rest.get(..32).and_then(FolderId::parse) {
        Some(id) if text == marker_text(id) => Ok(Some(id)),
        Some(id) if marker_text(id).starts_with(text) => Ok(None),
        None if rest.len() < 32 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()) => Ok(None),
        _ => Err(FileProblem::Corrupt),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_read_back_whole_or_taken_for_an_interrupted_one() {
        let id = FolderId::random();
        let text = marker_text(id);
        assert_eq!(parse_marker(text.as_bytes()), Ok(Some(id)));
        for cut in 0..text.len() {
            assert_eq!(parse_marker(&text.as_bytes()[..cut]), Ok(None), "{cut}");
            let mut changed = text.clone().into_bytes();
            changed[cut] ^= 1;
            assert!(parse_marker(&changed).is_err(), "{cut}");
        }
        assert_eq!(parse_marker(&[0; 40]), Ok(None));
        assert_eq!(parse_marker(b"somebody's"), Err(FileProblem::Foreign));
    }

    #[test]
    fn names_are_known_with_and_without_numbers() {
        for name in ["key", "documents-00000", "sets-12", "verified-contained-00003", "joined", "keys-1"] {
            assert!(is_known(name), "{name}");
        }
        for name in ["run-1", "documents.txt", "my-keys-1", "lock", "joined-1", "notes", "sets-", "sets-1a"] {
            assert!(!is_known(name), "{name}");
        }
    }
}
